"""Parts of a workbook for the copy: only what is on a list gets in.

Every element and attribute that is not of the main namespace goes: extensions of newer Excels hold
paths, identities and cached data in places that nobody looks at.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy

from csm_xl.ooxml.xml_parts import MAIN, RELS, Element

_STRICT = "http://purl.oclc.org/ooxml/"
#: Namespaces of the strict dialect, with those of the common one.
_DIALECTS: tuple[tuple[bytes, bytes], ...] = tuple(
    (f"{_STRICT}{strict}".encode(), common.encode())
    for strict, common in (
        ("spreadsheetml/main", MAIN),
        ("officeDocument/relationships", RELS),
        ("drawingml/main", "http://schemas.openxmlformats.org/drawingml/2006/main"),
        ("drawingml/chart", "http://schemas.openxmlformats.org/drawingml/2006/chart"),
        (
            "drawingml/spreadsheetDrawing",
            "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
        ),
    )
)


def common_dialect(content: bytes) -> bytes:
    """A part of the strict dialect in the common one, which every program reads."""
    if _STRICT.encode() not in content:
        return content
    for strict, common in _DIALECTS:
        content = content.replace(strict, common)
    return content


def local(element: Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace_of(element: Element) -> str:
    """An element's namespace."""
    return str(element.tag).partition("}")[0][1:]


def cleaned(element: Element, keep: Iterable[str] = ()) -> Element:
    """A copy of an element with nothing in it from other namespaces.

    Parameters
    ----------
    element : Element
    keep : iterable of str
        Namespaces that may stay besides the element's own.
    """
    copy = deepcopy(element)
    copy.tail = None
    allowed = {namespace_of(element), *keep}
    for part in list(copy.iter()):
        if part is not copy and (
            not isinstance(part.tag, str)
            or namespace_of(part) not in allowed
            or local(part) == "extLst"
        ):
            parent = part.getparent()
            if parent is not None:
                _take_out(part, parent)
            continue
        for name in list(part.attrib):
            if str(name).startswith("{") and str(name)[1:].partition("}")[0] not in allowed:
                del part.attrib[name]
    return copy


def _take_out(part: Element, parent: Element) -> None:
    """Remove an element, its tail with it."""
    part.tail = None
    parent.remove(part)


def only(element: Element, names: Iterable[str]) -> Element:
    """The element with no attributes but those named."""
    wanted = set(names)
    for name in list(element.attrib):
        if name not in wanted:
            del element.attrib[name]
    return element


def serialised(root: Element) -> bytes:
    """A part as bytes, with unused namespaces left out."""
    from lxml import etree

    etree.cleanup_namespaces(root)
    declaration = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return declaration + etree.tostring(root, encoding="unicode").encode()
