"""The styles of the copy: the owner's, those of the added sheets, and texts that stay texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy

from csm_xl.ooxml.xml_numbers import whole_of
from csm_xl.ooxml.xml_parts import MAIN, Element
from csm_xl.share.xml_sanitizer import cleaned

_NS = f"{{{MAIN}}}"
_FIRST_OWN_FORMAT = 164
#: The sections of the part, in the order that the schema asks for.
_ORDER = (
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
)


#: Words of the names of fonts that Office, macOS, Windows and Linux bring.
_FONTS = re.compile(
    r"(?:calibri|cambria|candara|consolas|constantia|corbel|segoe|arial|helvetica|times|verdana|tahoma|georgia|"
    r"garamond|trebuchet|courier|aptos|roboto|lato|noto|dejavu|liberation|century|gothic|simsun|simhei|nsimsun|"
    r"fangsong|kaiti|dengxian|microsoft|yahei|jhenghei|pingfang|songti|heiti|mingliu|pmingliu|meiryo|yu|ms|malgun|"
    r"gulim|batang|open|sans|serif|mono|ui|light|new|roman|unicode|narrow|black|bold|symbol|wingdings|webdings|"
    r"source|han|cjk|sc|tc|hk|jp|kr|condensed|display|text|book|antiqua|neue|gb|pro|st|"
    r"等线|新?宋体|黑体|楷体|仿宋|微软雅黑|微軟正黑體|新?細明體|标楷体|標楷體|苹方|华文|方正|思源|[\s\d_+@.,()-])+",
    re.IGNORECASE,
)


def font_name(name: str) -> str:
    """A font's name, the usual one in place of one that nobody knows."""
    return name if not name or _FONTS.fullmatch(name) else "Calibri"


class StylePart:
    """The styles part of the copy.

    Parameters
    ----------
    root : Element
        Of the owner's styles part, in the common dialect.
    text, format_code : callable
        A text, and a number format, without what is personal in it.
    """

    def __init__(
        self,
        root: Element,
        text: Callable[[str], str] = str,
        format_code: Callable[[str], str] = str,
    ) -> None:
        self.root = cleaned(root)
        for child in list(self.root):
            if child.tag not in {f"{_NS}{name}" for name in _ORDER}:
                self.root.remove(child)
        self._quoted: dict[int, int] = {}
        styles = self._section("cellXfs")
        if not len(styles):
            # Cells without a number have the first style, so there is one.
            styles.append(styles.makeelement(f"{_NS}xf"))
        for number_format in self.root.iter(f"{_NS}numFmt"):
            number_format.set("formatCode", format_code(number_format.get("formatCode", "")))
        for number, style in enumerate(self.root.iter(f"{_NS}cellStyle", f"{_NS}tableStyle"), 1):
            name = style.get("name", "")
            if text(name) != name:
                style.set("name", f"Style {number}")
        for font in self.root.iter(f"{_NS}name"):
            font.set("val", font_name(font.get("val", "")))

    def _section(self, name: str) -> Element:
        found = self.root.find(f"{_NS}{name}")
        if found is not None:
            return found
        new = self.root.makeelement(f"{_NS}{name}", {"count": "0"})
        before = _ORDER[: _ORDER.index(name)]
        place = sum(child.tag in {f"{_NS}{n}" for n in before} for child in self.root)
        self.root.insert(place, new)
        return new

    def quoted(self, style: int) -> int:
        """A style like `style` whose text stays a text when the cell is edited."""
        if style not in self._quoted:
            section = self._section("cellXfs")
            styles = list(section)
            old = styles[style] if style < len(styles) else styles[0]
            if old.get("quotePrefix") in ("1", "true"):
                self._quoted[style] = style
            else:
                new = deepcopy(old)
                new.set("quotePrefix", "1")
                section.append(new)
                section.set("count", str(len(section)))
                self._quoted[style] = len(styles)
        return self._quoted[style]

    def add(self, other: Element) -> int:
        """Take over all styles of another workbook.

        Returns
        -------
        int
            What to add to that workbook's style numbers.
        """
        starts = {}
        for name in ("fonts", "fills", "borders"):
            starts[name] = self._append(name, other)
        formats = self._add_formats(other)
        section = self._section("cellXfs")
        first = len(section)
        source = other.find(f"{_NS}cellXfs")
        for style in () if source is None else source:
            new = deepcopy(style)
            for attribute, name in (
                ("fontId", "fonts"),
                ("fillId", "fills"),
                ("borderId", "borders"),
            ):
                new.set(attribute, str(whole_of(new, attribute) + starts[name]))
                new.set(f"apply{name[:-1].capitalize()}", "1")
            number = whole_of(new, "numFmtId")
            new.set("numFmtId", str(formats.get(number, number)))
            new.set("applyNumberFormat", "1")
            # The named styles of the other workbook stay behind.
            new.set("xfId", "0")
            section.append(new)
        section.set("count", str(len(section)))
        return first

    def _append(self, name: str, other: Element) -> int:
        section = self._section(name)
        first = len(section)
        source = other.find(f"{_NS}{name}")
        for item in () if source is None else source:
            section.append(deepcopy(item))
        section.set("count", str(len(section)))
        return first

    def _add_formats(self, other: Element) -> dict[int, int]:
        source = other.find(f"{_NS}numFmts")
        if source is None or not len(source):
            return {}
        section = self._section("numFmts")
        known = {item.get("formatCode"): whole_of(item, "numFmtId") for item in section}
        free = max([_FIRST_OWN_FORMAT - 1, *known.values()]) + 1
        given = {}
        for item in source:
            code = item.get("formatCode", "")
            if code not in known:
                known[code] = free
                section.append(
                    section.makeelement(f"{_NS}numFmt", {"numFmtId": str(free), "formatCode": code})
                )
                free += 1
            given[whole_of(item, "numFmtId")] = known[code]
        section.set("count", str(len(section)))
        return given
