"""The shared strings of a workbook, read only: new text is written into the cell itself."""

from __future__ import annotations

import re
from pathlib import Path

from csm_xl.ooxml import file_errors, xml_parts
from csm_xl.ooxml.cell_text import decode_text, unescape_controls
from csm_xl.ooxml.xml_parts import MAIN, STRICT_MAIN

_PLAIN = re.compile(
    rb"<si>\s*<t(?: xml:space=\"preserve\")?>([^<]*)</t>\s*</si>"
    rb"|<si>\s*(?:<t ?/>\s*)?</si>|<si ?/>"
)
#: What is left of the part without such items: a list of texts, and nothing else.
_REST = re.compile(
    rb"\s*(?:<\?xml[^<>]*\?>)?\s*<sst(?:\s[^<>]*?)?\sxmlns=\"(?:%s|%s)\"[^<>]*>\s*</sst>\s*"
    % (re.escape(MAIN.encode()), re.escape(STRICT_MAIN.encode()))
)


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
    xml_parts.check(content, name, path)
    if _REST.fullmatch(_PLAIN.sub(b"", content)):
        # All of them are a single run, the usual case by far; no tree is needed.
        with file_errors.reading(path, name):
            return [decode_text(raw) for raw in _PLAIN.findall(content)]
    root = xml_parts.parse(content, name, path)
    with file_errors.reading(path, name):
        namespace = f"{{{xml_parts.namespace_of(root, 'sst')}}}"
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
