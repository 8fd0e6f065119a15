"""XML parts of a workbook: checked before use, parsed without fetching or expanding anything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from xml.parsers import expat

from csm_xl.language import Text
from csm_xl.ooxml import file_errors

if TYPE_CHECKING:
    from lxml import etree

    Element: TypeAlias = etree._Element
else:
    Element = Any

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELS = "http://purl.oclc.org/ooxml/officeDocument/relationships"

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class _DocumentTypeFound(Exception):
    """A document type declaration: the way in for entity bombs and outside files."""


def _refuse_document_type(*_: object) -> None:
    raise _DocumentTypeFound


def check(content: bytes, name: str, path: Path) -> None:
    """Refuse a part that is not well-formed or that declares a document type."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        parser.Parse(content, True)
    except _DocumentTypeFound:
        raise file_errors.unsafe(
            path, Text(f"{name} declares a document type", f"{name} 声明了文档类型")
        ) from None
    except (expat.ExpatError, LookupError, ValueError):
        # Not well-formed, or in an encoding that does not exist.
        raise file_errors.damaged(path, name) from None


def parse(content: bytes, name: str, path: Path, *, strip_cdata: bool = False) -> Element:
    """The root element of a part, once it is checked."""
    from lxml import etree

    check(content, name, path)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=strip_cdata
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise file_errors.damaged(path, name) from None


def new_root(name: str, namespace: str, attributes: dict[str, str] | None = None) -> Element:
    """The root of a new part, its namespace declared without a prefix as Excel writes it."""
    from lxml import etree

    return etree.Element(
        f"{{{namespace}}}{name}", attributes or {}, nsmap=prefixed(None, namespace)
    )


def prefixed(prefix: str | None, namespace: str) -> Mapping[str, str]:
    """A prefix for a namespace, as lxml takes it; its stubs do not know that None is "no prefix"."""
    return cast("Mapping[str, str]", {prefix: namespace})


def attributes(element: Element) -> dict[str, str]:
    """An element's attributes, as a copy."""
    return {str(name): str(value) for name, value in element.attrib.items()}


def local(element: Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace_of(root: Element, name: str) -> str:
    """The spreadsheet namespace of a part, whose root must be called `name`.

    Raises
    ------
    ValueError
        It is another kind of part: what is looked for in it would quietly not be there.
    """
    namespace = str(root.tag).rpartition("}")[0][1:]
    if namespace not in (MAIN, STRICT_MAIN) or local(root) != name:
        raise ValueError(f"{str(root.tag)[:80]} is not {name}")
    return namespace


def serialise(root: Element) -> bytes:
    """The part as bytes, with the declaration that Excel writes."""
    from lxml import etree

    # The tree, not the element: comments outside the root belong to the part too.
    text: str = etree.tostring(root.getroottree(), encoding="unicode")
    return _DECLARATION + text.encode("utf-8")
