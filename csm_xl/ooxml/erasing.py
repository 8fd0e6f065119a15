"""Taking texts out of every part of a workbook file, and searching every part for them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from csm_xl.ooxml import xml_parts
from csm_xl.ooxml.package import Package

#: Elements whose text may be cut into runs of different looks, by their local names.
_CUT = frozenset(["si", "is", "text", "p"])
_PRINTER = "/printersettings/"
_XML = (".xml", ".rels", ".vml")
_HEADER = re.compile(r"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)>([^<]*)<")
#: What a header says about itself: place, font, size, colour, number of the page.
_CODE = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-Fa-f]{6}|K\d\d[+-]\d+|[A-Za-z&])')
_TAG = re.compile(r"<[^>]*>")
_SHARED = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\bt="s"[^>]*>.*?<(?:\w+:)?v>\s*(\d{1,10})\s*</', re.DOTALL
)


def erase(package: Package, replaced: Callable[[str], str]) -> None:
    """Replace texts in every part of XML; shared strings that no cell shows any more are emptied.

    Parameters
    ----------
    package : Package
    replaced : callable
        Gives a text as it shall be.
    """
    for name in package.part_names():
        if not name.casefold().endswith(_XML):
            continue
        content = package.read(name)
        strings = name.casefold().endswith("sharedstrings.xml")
        if not strings and not _concerns(content, replaced):
            continue
        root = xml_parts.parse(content, name, package.path)
        changed = _erase_in(root, replaced)
        if strings:
            changed = _empty_unused(package, root) or changed
        if changed:
            package.replace(name, (xml_parts.serialise(root),))
    for name in package.part_names():
        if _PRINTER in name.casefold() and any(
            replaced(text) != text for text in _readings(name, package.read(name))
        ):
            _drop_printer(package, name)


def _drop_printer(package: Package, name: str) -> None:
    """Take the settings of a printer away, which are bytes of its driver's: the program asks it again."""
    for sheet in package.part_names():
        if "/_rels/" in sheet or not sheet.casefold().endswith(".xml"):
            continue
        for link in package.relationships(sheet):
            if link.external or package.name_of(link.target) != name:
                continue
            root = xml_parts.parse(package.read(sheet), sheet, package.path)
            for element in root.iter():
                for attribute, value in list(element.attrib.items()):
                    if value == link.id and str(attribute).endswith("}id"):
                        del element.attrib[attribute]
            package.replace(sheet, (xml_parts.serialise(root),))
            package.unrelate(sheet, link)
    package.remove(name)


def holding_parts(path: Path, found_in: Callable[[str], bool]) -> list[str]:
    """The parts of a saved workbook in which a text is found, runs joined, pictures included.

    Raises
    ------
    FileError
        When the file cannot be read.
    """
    package = Package(path)
    return [
        name
        for name in package.part_names()
        if found_in(name) or any(map(found_in, _readings(name, package.read(name))))
    ]


def _concerns(content: bytes, replaced: Callable[[str], str]) -> bool:
    return any(replaced(text) != text for text in _readings(".xml", content))


def _readings(name: str, content: bytes) -> Iterator[str]:
    """A part as text, in each way that a program could have written one."""
    if name.casefold().endswith(_XML):
        codec = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
        text = content.decode(codec, "replace")
        yield html.unescape(text)
        yield html.unescape(_TAG.sub("", text))
        # A text alone between two tags, or in an attribute, is a whole one.
        yield from {html.unescape(part) for part in _TAG.split(text) if part.strip()}
        yield from {html.unescape(part) for part in re.findall(r'="([^"]*)"', text)}
        # A letter that says where a header stands would hide the word behind it.
        for header in _HEADER.findall(text):
            yield from map(
                str.strip,
                _CODE.sub("", "\n".join(re.split("&[LCR]", html.unescape(header)))).split("\n"),
            )
    else:
        yield content.decode("latin-1")
        yield content.decode("utf-8", "ignore")
        yield content.decode("utf-16-le", "ignore")


def _erase_in(root: xml_parts.Element, replaced: Callable[[str], str]) -> bool:
    changed = False
    for element in root.iter():
        if not isinstance(element.tag, str):
            changed = _put(element, "text", replaced) or changed
            continue
        local = element.tag.rpartition("}")[2]
        if local in _CUT:
            changed = _erase_runs(element, replaced) or changed
        if local.endswith(("Header", "Footer")) and element.text:
            new = _without_codes(element.text, replaced)
            changed, element.text = changed or new != element.text, new
        for attribute, text in list(element.attrib.items()):
            new = replaced(str(text))
            if new != text:
                element.set(attribute, new)
                changed = True
        # A number is none of a text: the cell of a number gets one.
        number = local == "v" and _is_number(element)
        changed = _put(element, "text", _zero(replaced) if number else replaced) or changed
        changed = _put(element, "tail", replaced) or changed
    return changed


def _without_codes(text: str, replaced: Callable[[str], str]) -> str:
    """A header or footer; in a part of which one is found, the codes for its font go with it."""
    found = ""
    for part in re.split(r"(?=&[LCR])", text):
        place = part[:2] if part.startswith("&") else ""
        said = _CODE.sub("", part)
        found += part if replaced(said) == said else place + replaced(said)
    return found


def _put(element: Any, where: str, replaced: Callable[[str], str]) -> bool:
    text = getattr(element, where)
    if not text or not text.strip():
        return False
    new = replaced(text)
    if new == text:
        return False
    setattr(element, where, new)
    return True


def _is_number(value: Any) -> bool:
    cell = value.getparent()
    return cell is not None and cell.get("t", "n") in ("n", "s")


def _zero(replaced: Callable[[str], str]) -> Callable[[str], str]:
    """Only a telephone number of ten digits or more is taken out of a number's cell."""

    def zero(text: str) -> str:
        return "0" if text.isdigit() and len(text) >= 10 and replaced(text) != text else text

    return zero


def _erase_runs(element: xml_parts.Element, replaced: Callable[[str], str]) -> bool:
    """A text that is cut into runs: where it is found across a cut, the first run holds all of it."""
    runs = [t for t in element.iter() if str(t.tag).rpartition("}")[2] == "t"]
    text = "".join(run.text or "" for run in runs)
    if not text or replaced(text) == text:
        return False
    if len(runs) > 1:
        runs[0].text = replaced(text)
        for run in runs[1:]:
            run.text = ""
    else:
        runs[0].text = replaced(text)
    # How a name is pronounced is the name once more.
    for reading in [e for e in element.iter() if str(e.tag).rpartition("}")[2] == "rPh"]:
        parent = reading.getparent()
        if parent is not None:
            parent.remove(reading)
    return True


def _empty_unused(package: Package, root: xml_parts.Element) -> bool:
    used: set[int] = set()
    for name in package.part_names():
        if "/worksheets/" in name.casefold() and name.casefold().endswith(".xml"):
            used |= {int(number) for number in _SHARED.findall(package.read(name))}
    changed = False
    items = [e for e in root if isinstance(e.tag, str) and e.tag.rpartition("}")[2] == "si"]
    for place, item in enumerate(items):
        if place not in used and len(item):
            namespace = item.tag.rpartition("}")[0] + "}"
            for child in list(item):
                item.remove(child)
            item.append(item.makeelement(f"{namespace}t", {}))
            changed = True
    return changed
