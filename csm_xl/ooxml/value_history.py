"""Who computed the values of a workbook file, and what its cells held when it was opened.

Values that were computed here are listed in a custom XML part, which Excel keeps: stretches of
cells with a fingerprint of what they hold. Where Excel has computed them anew since, the fingerprint
no longer fits, and they count as Excel's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from csm_xl.formulas.addresses import block_address, parse_block
from csm_xl.formulas.workbook_model import Block, CellValue
from csm_xl.ooxml import xml_parts
from csm_xl.ooxml.cell_columns import Stretches
from csm_xl.ooxml.xml_parts import Element

if TYPE_CHECKING:
    from csm_xl.ooxml.workbook_file import Workbook
    from csm_xl.ooxml.worksheet import Worksheet

#: Of the custom XML part.
NAMESPACE = "urn:csm-xl:computed-values"
_ROOT = f"{{{NAMESPACE}}}values"
_SHEET = f"{{{NAMESPACE}}}sheet"
_CELLS = f"{{{NAMESPACE}}}cells"


#: The first title in HeadingPairs, ``Worksheets`` and its like.
_TITLES = re.compile(rb"HeadingPairs>.*?lpstr>([^<]*)</", re.DOTALL)
#: That title in languages that write 1.5.
_WITH_POINT = frozenset(
    word.encode()
    for word in (
        "Worksheets",
        "Charts",
        "工作表",
        "ワークシート",
        "워크시트",
        "גליונות עבודה",
        "แผ่นงาน",
    )
)


class ValueHistory:
    """The past of a workbook file, see :class:`csm_xl.calc.provenance.Provenance`.

    Parameters
    ----------
    workbook : Workbook
        Just opened.
    """

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self.demands_calculation = workbook.calculation_property("fullCalcOnLoad")
        self.iterates = workbook.calculation_property("iterate")
        self._part = self._find_part()
        self._last: Worksheet | None = None
        self._recorded: dict[str, dict[int, Stretches[bool]]] | None = None

    def changed(self) -> Iterator[tuple[str, int, int, int]]:
        """Constants and formulas that changed: sheet, column, first row, last row."""
        for sheet in self._workbook.sheets:
            for column, rows in sheet.changed_inputs.items():
                for first, last, _ in rows:
                    yield sheet.name, column, first, last

    def original(self, sheet: str, row: int, column: int) -> CellValue:
        """What a cell held when the file was opened."""
        return self._sheet(sheet).original_value(row, column)

    def _sheet(self, name: str) -> Worksheet:
        """A sheet by name: asked for every formula, so the last one is remembered."""
        if self._last is None or self._last.name != name:
            self._last = self._workbook.sheet(name)
        return self._last

    def computed_here(self, sheet: str, row: int, column: int) -> bool:
        """Whether the value of a formula is known to be this calculator's, not a program's."""
        rows = self._sheet(sheet).computed.get(column)
        if rows and rows.get(row):
            return True
        recorded = self._known().get(sheet, {}).get(column)
        return bool(recorded and recorded.get(row))

    def reshaped_tables(self) -> frozenset[str]:
        """The tables, in small letters, that had another size when the file was opened."""
        return self._workbook.reshaped_tables()

    @cached_property
    def decimal_comma(self) -> bool | None:
        """Whether the program that wrote the file puts a comma before decimals; None if unknown.

        Excel names the kinds of sheets in its own language, which tells.
        """
        package = self._workbook.package
        for link in package.relationships(""):
            if link.kind == "extended-properties" and package.has(link.target):
                words = set(_TITLES.findall(package.read(package.name_of(link.target))))
                return not words & _WITH_POINT if words else None
        return None

    # -- the record -----------------------------------------------------------------------------

    def _find_part(self) -> str | None:
        book = self._workbook
        for link in book.package.relationships(book.part):
            if link.kind == "customXml" and not link.external and book.package.has(link.target):
                name = book.package.name_of(link.target)
                if NAMESPACE.encode() in book.package.read(name)[:400]:
                    return name
        return None

    def _known(self) -> dict[str, dict[int, Stretches[bool]]]:
        """The recorded cells whose values are still those that were recorded, by sheet, column."""
        if self._recorded is None:
            self._recorded = {}
            for sheet, block, mark in self._read():
                first, column, last, _ = block
                values = (sheet.original_value(row, column) for row in range(first, last + 1))
                if fingerprint(values) == mark:
                    columns = self._recorded.setdefault(sheet.name, {})
                    columns.setdefault(column, Stretches()).set(first, last, True)
        return self._recorded

    def _read(self) -> Iterator[tuple[Worksheet, Block, str]]:
        if self._part is None:
            return
        try:
            root = xml_parts.parse(
                self._workbook.package.read(self._part), self._part, self._workbook.path
            )
        except Exception:
            # Whoever changed the part, it is only a record.
            return
        names = {sheet.name: sheet for sheet in self._workbook.sheets}
        for element in root.iterchildren(_SHEET):
            sheet = names.get(element.get("name", ""))
            if sheet is None:
                continue
            for cells in element.iterchildren(_CELLS):
                try:
                    yield sheet, parse_block(cells.get("ref", "")), cells.get("mark", "")
                except ValueError:
                    continue

    def record(self) -> None:
        """Write down which values were computed here, before the workbook is saved."""
        book = self._workbook
        if self._part is None and not any(sheet.computed for sheet in book.sheets):
            return
        root = xml_parts.new_root("values", NAMESPACE)
        for sheet in book.sheets:
            self._record_sheet(root, sheet)
        content = xml_parts.serialise(root)
        if self._part is None:
            self._part = book.package.free_name("customXml/item{}.xml")
            book.package.add(self._part, content)
            if book.package.content_type(self._part) != "application/xml":
                book.package.set_content_type(self._part, "application/xml")
            book.package.relate(book.part, f"{book.links}/customXml", self._part)
        elif book.package.read(self._part) != content:
            book.package.replace(self._part, (content,))

    def _record_sheet(self, root: Element, sheet: Worksheet) -> None:
        known = self._known().get(sheet.name, {})
        if not sheet.computed and not known:
            return
        holder = root.makeelement(_SHEET, {"name": sheet.name})
        for column in sorted({*sheet.computed, *known}):
            marks: Stretches[bool] = Stretches()
            for stretches in (known.get(column), sheet.computed.get(column)):
                for first, last, _ in stretches or ():
                    marks.set(first, last, True)
            for first, last, _ in marks:
                for low, high in sheet.formula_cells.computed_runs(column, first, last):
                    ref = block_address((low, column, high, column))
                    mark = fingerprint(sheet.column_values(column, low, high))
                    holder.append(holder.makeelement(_CELLS, {"ref": ref, "mark": mark}))
        if len(holder):
            root.append(holder)


def fingerprint(values: Iterable[CellValue]) -> str:
    """A short text that is the same for the same values."""
    digest = hashlib.blake2b(digest_size=8)
    for value in values:
        digest.update(f"{type(value).__name__}:{value!r};".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
