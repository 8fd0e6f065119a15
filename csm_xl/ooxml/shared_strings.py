"""The shared strings of a workbook, read only: new text is written into the cell itself."""

from __future__ import annotations

import re
from pathlib import Path

from csm_xl.ooxml import file_errors, xml_parts
from csm_xl.ooxml.cell_text import decode_text, unescape_controls

_PLAIN = re.compile(
    rb"<si>\s*<t(?: xml:space=\"preserve\")?>([^<]*)</t>\s*</si>"
    rb"|<si>\s*(?:<t ?/>\s*)?</si>|<si ?/>"
)
_ITEM = re.compile(rb"<si[\s>/]")


def read_strings(content: bytes, name: str, path: Path) -> list[str]:
    """Every shared string in order; the runs of a rich text joined, readings left out.

    Parameters
    ----------
    content : bytes
        The part ``sharedStrings.xml``.
    name : str
    path : Path
        For messages.
    """
    plain = _PLAIN.findall(content)
    if plain and len(plain) == len(_ITEM.findall(content)) and b"<!" not in content:
        # All of them are a single run, the usual case by far; no tree is needed.
        with file_errors.reading(path, name):
            return [decode_text(raw) for raw in plain]
    root = xml_parts.parse(content, name, path)
    namespace = root.tag.partition("}")[0] + "}"
    return [item_text(item, namespace) for item in root.iterchildren(f"{namespace}si")]


def item_text(item: xml_parts.Element, namespace: str) -> str:
    """The text of an ``<si>`` or ``<is>``: its own ``<t>`` and those of its runs."""
    parts = []
    for child in item:
        if child.tag == f"{namespace}t":
            parts.append(child.text or "")
        elif child.tag == f"{namespace}r":
            parts += [t.text or "" for t in child.iterchildren(f"{namespace}t")]
    return unescape_controls("".join(parts))
