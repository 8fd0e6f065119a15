"""The XML of one sheet, kept as bytes: where its rows lie, and what its cells hold.

A sheet of 50,000 customers is 15 MB of XML. A tree of it takes seconds and changes the spelling of
what nobody touched, so the rows are found by scanning, and saving splices only changed cells into
the bytes that were there. What the scanner does not understand (comments or CDATA between cells,
mixed prefixes) is spelled anew once by a real parser, with the same content.

Source: ISO/IEC 29500-1, 18.3.1.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from csm_xl.formulas.addresses import MAX_ROW
from csm_xl.language import Text
from csm_xl.ooxml import file_errors, xml_parts
from csm_xl.ooxml.xml_numbers import whole
from csm_xl.ooxml.xml_parts import MAIN, STRICT_MAIN

_ATTRIBUTES = rb"(?:\s+[\w:.\-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))*"
_COMMENT = rb"<!--.*?-->"
_ROOT = re.compile(
    _COMMENT + rb"|<(?:([\w.\-]+):)?(worksheet)(" + _ATTRIBUTES + rb")\s*>", re.DOTALL
)
#: Whatever stands there: a row whose number is none is not the one after the row before.
_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"']([^\"']*)[\"']")

_ROW_STYLE = re.compile(rb"\ss\s*=\s*[\"'](\d{1,9})[\"']")
_HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true|on)["']""")
_CUSTOM_FORMAT = re.compile(rb"\scustomFormat\s*=\s*[\"'](?:1|true)[\"']")


@dataclass(frozen=True, slots=True)
class Patterns:
    """The regular expressions for one namespace prefix (``b""`` or such as ``b"x:"``)."""

    row_open: re.Pattern[bytes]
    row_close: bytes
    #: column letters, style, type, formula element, value, inline text
    plain_cell: re.Pattern[bytes]
    cell_start: bytes
    #: attributes, content
    any_cell: re.Pattern[bytes]
    formula: re.Pattern[bytes]
    value: re.Pattern[bytes]
    text: re.Pattern[bytes]
    reading: re.Pattern[bytes]


def _patterns(prefix: bytes) -> Patterns:
    p = re.escape(prefix)
    formula = rb"<%sf(?:\s[^>]*?)?(?:/>|>[^<]*</%sf>)" % (p, p)
    return Patterns(
        row_open=re.compile(rb"\s*<%srow(%s)\s*(/?)>" % (p, _ATTRIBUTES)),
        row_close=b"</%srow>" % prefix,
        plain_cell=re.compile(
            rb'<%(p)sc r="([A-Z]{1,3})\d+"(?: s="(\d+)")?(?: t="(\w+)")?'
            rb"(?:/>|>(%(f)s)?(?:<%(p)sv>([^<]*)</%(p)sv>|<%(p)sv ?/>"
            rb'|<%(p)sis><%(p)st(?: xml:space="preserve")?>([^<]*)</%(p)st></%(p)sis>)?</%(p)sc>)'
            % {b"p": p, b"f": formula}
        ),
        cell_start=b"<%sc" % prefix,
        any_cell=re.compile(rb"<%sc(%s)\s*(?:/>|>(.*?)</%sc\s*>)" % (p, _ATTRIBUTES, p), re.DOTALL),
        formula=re.compile(rb"<%sf(%s)\s*(?:/>|>([^<]*)</%sf\s*>)" % (p, _ATTRIBUTES, p)),
        value=re.compile(rb"<%sv(?:\s[^>]*?)?>([^<]*)</%sv\s*>" % (p, p)),
        text=re.compile(rb"<%st(?:\s[^>]*?)?>([^<]*)</%st\s*>" % (p, p)),
        reading=re.compile(rb"<%srPh[\s>].*?</%srPh\s*>" % (p, p), re.DOTALL),
    )


_CACHE: dict[bytes, Patterns] = {}


def patterns(prefix: bytes) -> Patterns:
    """The compiled patterns for a prefix."""
    if prefix not in _CACHE:
        _CACHE[prefix] = _patterns(prefix)
    return _CACHE[prefix]


class SheetXml:
    """The bytes of a sheet part and the places of its rows.

    Parameters
    ----------
    load : callable
        Gives the bytes of the part, the same each time.
    name : str
    path : Path
        For messages.

    Attributes
    ----------
    prefix : bytes
        What stands before the names of elements, such as ``b"x:"``.
    head, tail : bytes
        What comes before the first row, and after the last; with the tags of ``<sheetData>``.
    numbers, starts, ends : array
        Row numbers, ascending, and where each row element begins and ends in `content`.
    first, last : int
        Where the rows begin and end.
    has_row_styles : bool
        Whether any row has a style of its own for new cells.

    Raises
    ------
    FileError
        The part is not well-formed, declares a document type, or is not a worksheet.
    """

    def __init__(self, load: Callable[[], bytes], name: str, path: Path) -> None:
        self._load = load
        self.name, self.path = name, path
        self.prefix = self.head = self.tail = b""
        self.first = self.last = 0
        self.numbers, self.starts, self.ends = array("L"), array("Q"), array("Q")
        self._content: bytes | None = load()
        # Patterns that look for the end of something take quadratic time where it never ends, so
        # nothing is looked for before the part is known to be well-formed.
        xml_parts.check(self._content, name, path)
        self._as_loaded = self._find_rows(self._content)
        if not self._as_loaded:
            self._content = _spelled_anew(self._content, name, path)
            if not self._find_rows(self._content):
                raise file_errors.damaged(path, name)
        self.has_row_styles = b"customFormat" in self._content

    @property
    def content(self) -> bytes:
        """The part as UTF-8."""
        if self._content is None:
            self._content = self._load()
        return self._content

    def release(self) -> None:
        """Let the bytes go until they are needed again: unpacking is fast, memory is not."""
        if self._as_loaded:
            self._content = None

    def _find_rows(self, content: bytes) -> bool:
        """Fill in the places of the rows; False where the scanner is not sure of itself."""
        root = next((m for m in _ROOT.finditer(content) if m[2]), None)
        if root is None or not _is_utf8(content) or not _is_main(root):
            return False
        prefix = self.prefix = root[1] + b":" if root[1] else b""
        opening = re.compile(
            rb"%s|<%s(sheetData)(%s)\s*(/?)>" % (_COMMENT, prefix, _ATTRIBUTES), re.DOTALL
        )
        data = next((m for m in opening.finditer(content, root.end()) if m[1]), None)
        if data is None:
            return False
        p = patterns(prefix)
        if data[3]:
            open_tag = b"<%ssheetData%s>" % (prefix, data[2])
            self.head = content[: data.start()] + open_tag
            self.tail = b"</%ssheetData>" % prefix + content[data.end() :]
            self.first = self.last = data.end()
            return True
        self.first = data.end()
        close = re.compile(rb"</%ssheetData\s*>" % prefix).search(content, self.first)
        if close is None:
            return False
        self.last = close.start()
        if content.find(b"<!", self.first, self.last) >= 0:
            return False
        if content.find(b"<?", self.first, self.last) >= 0:
            return False
        self.head, self.tail = content[: self.first], content[self.last :]
        return self._index_rows(p, content)

    def _index_rows(self, p: Patterns, content: bytes) -> bool:
        at, stop = self.first, self.last
        numbers, starts, ends = array("L"), array("Q"), array("Q")
        number = 0
        close, width = p.row_close, len(p.row_close)
        match_open, find_number, find = p.row_open.match, _ROW_NUMBER.search, content.find
        while True:
            match = match_open(content, at, stop)
            if match is None:
                break
            given = find_number(match[1])
            former, number = number, int(given[1]) if given else number + 1
            if number <= former:
                return False
            if number > MAX_ROW:
                raise file_errors.ImpossibleCellError(
                    self.name,
                    f"row {number}; a sheet ends at {MAX_ROW}",
                    f"第 {number} 行，工作表最多 {MAX_ROW} 行",
                )
            at = match.end()
            if not match[2]:
                end = find(close, at, stop)
                if end < 0:
                    return False
                at = end + width
            numbers.append(number)
            starts.append(match.start() + match[0].index(b"<"))
            ends.append(at)
        if content[at:stop].strip():
            return False
        self.numbers, self.starts, self.ends = numbers, starts, ends
        return True

    def row_at(self, row: int) -> int | None:
        """The position of a row in `numbers`, or None where it has no element."""
        at = bisect_left(self.numbers, row)
        return at if at < len(self.numbers) and self.numbers[at] == row else None

    def row_style(self, at: int) -> int:
        """The style that new cells of a row get, 0 for none; `at` from :meth:`row_at`."""
        opening = patterns(self.prefix).row_open.match(self.content, self.starts[at])
        return custom_row_style(opening[1]) if opening else 0

    def row_tags(self) -> Iterator[tuple[int, bytes]]:
        """The numbers of the rows, in order, each with the attributes in its tag."""
        match, content = patterns(self.prefix).row_open.match, self.content
        for number, start in zip(self.numbers, self.starts, strict=True):
            opening = match(content, start)
            yield number, b"" if opening is None else opening[1]
        self.release()

    def hidden_rows(self) -> list[tuple[int, int]]:
        """First and last of the stretches of rows that are hidden, for whatever reason."""
        if b"hidden" not in self.content:
            return []
        match, content = patterns(self.prefix).row_open.match, self.content
        found: list[tuple[int, int]] = []
        for number, start in zip(self.numbers, self.starts, strict=True):
            opening = match(content, start)
            if opening is None or not _HIDDEN.search(opening[1]):
                continue
            if found and found[-1][1] == number - 1:
                found[-1] = (found[-1][0], number)
            else:
                found.append((number, number))
        return found


def custom_row_style(attributes: bytes) -> int:
    """The style in the attributes of a row, 0 where it has none of its own."""
    style = _ROW_STYLE.search(attributes)
    return int(style[1]) if style and _CUSTOM_FORMAT.search(attributes) else 0


def _is_utf8(content: bytes) -> bool:
    declared = re.match(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w\-]+)[\"']", content)
    return declared is None or declared[1].lower() in (b"utf-8", b"us-ascii")


def _is_main(root: re.Match[bytes]) -> bool:
    """Whether the root's prefix stands for the spreadsheet namespace."""
    name = rb"xmlns:" + re.escape(root[1]) if root[1] else rb"xmlns"
    found = re.search(rb"\s%s\s*=\s*[\"']([^\"']*)[\"']" % name, root[3])
    return found is not None and found[1] in (MAIN.encode(), STRICT_MAIN.encode())


def _spelled_anew(content: bytes, name: str, path: Path) -> bytes:
    """The same sheet without comments, CDATA and mixed prefixes, rows in order."""
    from lxml import etree

    root = xml_parts.parse(content, name, path, strip_cdata=True)
    namespace = etree.QName(root).namespace
    if namespace not in (MAIN, STRICT_MAIN) or etree.QName(root).localname != "worksheet":
        raise file_errors.damaged(path, name)
    data = root.find(f"{{{namespace}}}sheetData")
    if data is None:
        raise file_errors.damaged(path, name)
    etree.strip_tags(data, etree.Comment, etree.ProcessingInstruction)
    _respell(data, root)
    rows = {}
    former = 0
    for row in data:
        former = whole(row.get("r") or str(former + 1))
        if former in rows:
            raise file_errors.damaged(
                path, Text(f"{name}: row {former} is there twice", f"{name}：第 {former} 行重复")
            )
        rows[former] = row
    data[:] = [rows[number] for number in sorted(rows)]
    for row in data:
        row.tail = None
    return xml_parts.serialise(root)


def _respell(element: xml_parts.Element, root: xml_parts.Element) -> None:
    """Give descendants in the main namespace the root's prefix."""
    from lxml import etree

    main = etree.QName(root).namespace or ""
    spelling = xml_parts.prefixed(root.prefix, main)
    for child in list(element):
        _respell(child, root)
        if child.prefix != root.prefix and etree.QName(child).namespace == main:
            twin = root.makeelement(child.tag, xml_parts.attributes(child), nsmap=spelling)
            twin.text, twin.tail = child.text, child.tail
            twin.extend(list(child))
            element.replace(child, twin)
