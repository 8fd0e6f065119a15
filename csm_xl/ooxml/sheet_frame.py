"""A sheet without its cells: dimension, columns, table parts. Changed as a tree, if at all."""

from __future__ import annotations

import re

from csm_xl.formulas.addresses import block_address, parse_block
from csm_xl.formulas.workbook_model import Block
from csm_xl.ooxml import xml_parts
from csm_xl.ooxml.sheet_xml import SheetXml
from csm_xl.ooxml.xml_numbers import columns_of, decimal_of, whole_of
from csm_xl.ooxml.xml_parts import RELS, STRICT_MAIN, STRICT_RELS, Element

#: Excel's default column width in characters.
DEFAULT_WIDTH = 8.43
#: The digits' margin that a stored width has beyond the width that Excel shows.
_MARGIN = 0.7109375

#: What a sheet may hold, in the schema's order (CT_Worksheet).
_ORDER = (
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    # What stands for oleObjects and controls in files of newer programs.
    "AlternateContent",
    "webPublishItems",
    "tableParts",
    "extLst",
)


class SheetFrame:
    """Head and tail of a sheet's XML.

    Parameters
    ----------
    xml : SheetXml
    """

    def __init__(self, xml: SheetXml) -> None:
        self._xml = xml
        self._tree: Element | None = None
        self._styles: list[tuple[int, int, int]] | None = None
        self.changed = False

    @property
    def root(self) -> Element:
        """The sheet as a tree with an empty ``<sheetData>``."""
        if self._tree is None:
            xml = self._xml
            self._tree = xml_parts.parse(xml.head + xml.tail, xml.name, xml.path)
        return self._tree

    @property
    def _ns(self) -> str:
        return str(self.root.tag).partition("}")[0] + "}"

    @property
    def links(self) -> str:
        """The namespace of relationships."""
        return STRICT_RELS if self._ns == f"{{{STRICT_MAIN}}}" else RELS

    def part_of(self, name: str) -> Element:
        """The first child of that name, made at its place in the schema's order if there is none."""
        found = self.root.find(self._ns + name)
        return self.new_part(name) if found is None else found

    def new_part(self, name: str, prefixes: dict[str, str] | None = None) -> Element:
        """A further child of that name, behind those that come before it."""
        new = self.root.makeelement(self._ns + name, {}, prefixes)
        before = _ORDER[: _ORDER.index(name) + 1]
        places = [i for i, e in enumerate(self.root) if xml_parts.local(e) in before]
        self.root.insert(places[-1] + 1 if places else 0, new)
        self.changed = True
        return new

    def around(self, used: Block | None) -> tuple[bytes, bytes]:
        """What comes before and after the rows, the dimension made to cover `used`."""
        head, tail = self._xml.head, self._xml.tail
        if self.changed:
            content = xml_parts.serialise(self.root)
            empty = SheetXml(lambda: content, self._xml.name, self._xml.path)
            head, tail = empty.head, empty.tail
        if used is not None:
            head = _with_dimension(head, self._xml.prefix, used)
        return head, tail

    def active_filters(self) -> list[Block]:
        """The block of the sheet's own filter, if it hides anything."""
        found = (
            self.root.findall(self._ns + "autoFilter") if b"autoFilter" in self._xml.tail else []
        )
        return [parse_block(f.get("ref", "A1")) for f in found if len(f)]

    # -- columns --------------------------------------------------------------------------------

    def _columns(self) -> list[Element]:
        holder = self.root.find(self._ns + "cols")
        return [] if holder is None else holder.findall(self._ns + "col")

    def column_style(self, column: int) -> int:
        """The style that new cells in a column get."""
        if self._styles is None:
            self._styles = []
            if b"cols" in self._xml.head or self.changed:
                self._styles = [
                    (*columns, whole_of(c, "style"))
                    for c in self._columns()
                    if (columns := columns_of(c)) is not None
                ]
        for first, last, style in self._styles:
            if first <= column <= last:
                return style
        return 0

    def column_width(self, column: int) -> float:
        """The width of a column in characters, as Excel shows it."""
        for item in self._columns():
            first, last = columns_of(item) or (0, 0)
            width = decimal_of(item, "width")
            if first <= column <= last and width is not None:
                return round(max(0.0, width - _MARGIN), 2)
        sheet_format = self.root.find(self._ns + "sheetFormatPr")
        width = None if sheet_format is None else decimal_of(sheet_format, "defaultColWidth")
        return DEFAULT_WIDTH if width is None else round(width - _MARGIN, 2)

    def set_columns(self, first: int, last: int, attributes: dict[str, str]) -> None:
        """Give the columns `first` to `last` attributes of ``<col>``, others kept."""
        holder = self.part_of("cols")
        tag = self._ns + "col"
        pieces: list[Element] = []
        at = first
        for item in holder.findall(tag):
            # An entry for no column says nothing; it is the owner's, and stays.
            low, high = columns_of(item) or (0, 0)
            kept = xml_parts.attributes(item)
            if high < first or low > last:
                pieces.append(item)
                continue
            if low > at:
                pieces.append(_span(holder, tag, at, low - 1, attributes))
            if low < first:
                pieces.append(_span(holder, tag, low, first - 1, kept))
            inner = max(low, first), min(high, last)
            pieces.append(_span(holder, tag, *inner, kept | attributes))
            if high > last:
                pieces.append(_span(holder, tag, last + 1, high, kept))
            at = max(at, min(high, last) + 1)
        if at <= last:
            pieces.append(_span(holder, tag, at, last, attributes))
        holder[:] = sorted(pieces, key=lambda e: columns_of(e) or (0, 0))
        self.changed = True
        self._styles = None

    def set_column_width(self, first: int, last: int, width: float) -> None:
        """Set the width that Excel shows, in characters."""
        stored = f"{width + _MARGIN:.10g}"
        if not all(self.column_width(c) == round(width, 2) for c in range(first, last + 1)):
            self.set_columns(first, last, {"width": stored, "customWidth": "1"})

    @property
    def is_protected(self) -> bool:
        """Whether Excel refuses to let anybody type into locked cells."""
        found = self.root.find(self._ns + "sheetProtection")
        return found is not None and found.get("sheet") in ("1", "true")

    def merged(self) -> list[str]:
        """The addresses of merged cells."""
        return [area.get("ref", "") for area in self.root.iter(self._ns + "mergeCell")]

    # -- validation -----------------------------------------------------------------------------

    def offer_list(self, area: str, choices: str) -> None:
        """Offer a list of texts, divided by commas, in the cells of `area`; others may be typed too."""
        holder = self.part_of("dataValidations")
        for rule in list(holder):
            if rule.get("sqref") == area:
                holder.remove(rule)
        rule = holder.makeelement(
            self._ns + "dataValidation",
            {"type": "list", "errorStyle": "information", "allowBlank": "1", "sqref": area},
        )
        formula = rule.makeelement(self._ns + "formula1")
        formula.text = f'"{choices}"'
        rule.append(formula)
        holder.append(rule)
        holder.set("count", str(len(holder)))
        self.changed = True

    # -- tables ---------------------------------------------------------------------------------

    def add_table(self, relationship: str) -> None:
        """List a table part by the id of its relationship."""
        from lxml import etree

        links = self.links
        holder = self.part_of("tableParts")
        etree.SubElement(
            holder, self._ns + "tablePart", {f"{{{links}}}id": relationship}, nsmap={"r": links}
        )
        holder.set("count", str(len(holder)))
        self.changed = True


def _span(holder: Element, tag: str, first: int, last: int, attributes: dict[str, str]) -> Element:
    return holder.makeelement(tag, attributes | {"min": str(first), "max": str(last)})


def _with_dimension(head: bytes, prefix: bytes, used: Block) -> bytes:
    """The head with a ``<dimension>`` that covers `used`, if there is one at all."""
    match = re.search(rb"(<%sdimension\s+ref\s*=\s*[\"'])([^\"']*)" % prefix, head)
    if match is None:
        return head
    try:
        old = parse_block(match[2].decode())
    except ValueError:
        return head
    new = (
        min(old[0], used[0]),
        min(old[1], used[1]),
        max(old[2], used[2]),
        max(old[3], used[3]),
    )
    if new == old:
        return head
    return head[: match.start(2)] + block_address(new).encode() + head[match.end(2) :]
