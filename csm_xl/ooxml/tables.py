"""The tables (list objects) of a sheet, each a part of its own.

The names of a table's columns are kept twice, in the table part and in the header cells. Excel
repairs, that is breaks, a workbook where the two differ; both are therefore written together.
Source: ISO/IEC 29500-1, 18.5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from csm_xl.errors import SheetError
from csm_xl.formulas.addresses import block_address, parse_block
from csm_xl.formulas.workbook_model import Block, TableInfo
from csm_xl.ooxml import xml_parts
from csm_xl.ooxml.cell_text import escape_controls, unescape_controls
from csm_xl.ooxml.package import Package
from csm_xl.ooxml.xml_numbers import whole, whole_of
from csm_xl.ooxml.xml_parts import Element


class TablePart:
    """One table.

    Parameters
    ----------
    package : Package
    name : str
        The part.
    sheet : callable
        Gives the name of the sheet that the table is on, which may change.
    """

    def __init__(self, package: Package, name: str, sheet: Callable[[], str]) -> None:
        self._package, self._part, self._sheet = package, name, sheet

    @property
    def part(self) -> str:
        """The name of the part."""
        return self._part

    @property
    def _root(self) -> Element:
        return self._package.tree(self._part)

    @property
    def _ns(self) -> str:
        return str(self._root.tag).partition("}")[0] + "}"

    def _changed(self) -> None:
        self._package.touch(self._part)

    @property
    def name(self) -> str:
        """The name that formulas use."""
        return self._root.get("displayName", "") or self._root.get("name", "")

    @property
    def active_filter(self) -> Block | None:
        """The block of the table's filter, if it hides anything."""
        found = self._root.find(self._ns + "autoFilter")
        return None if found is None or not len(found) else parse_block(found.get("ref", "A1"))

    @property
    def style(self) -> str | None:
        """The name of the table's style."""
        info = self._root.find(self._ns + "tableStyleInfo")
        return None if info is None else info.get("name")

    @property
    def ref(self) -> Block:
        """The block of cells, header and totals included."""
        return parse_block(self._root.get("ref", ""))

    @property
    def header_rows(self) -> int:
        """1, or 0 where the header row is hidden."""
        return whole(self._root.get("headerRowCount", "1"))

    @property
    def totals_rows(self) -> int:
        """1 where totals are shown, else 0."""
        return whole(self._root.get("totalsRowCount", "0"))

    @property
    def body(self) -> Block | None:
        """The block of cells between header and totals; None if there are no rows."""
        r1, c1, r2, c2 = self.ref
        r1, r2 = r1 + self.header_rows, r2 - self.totals_rows
        return (r1, c1, r2, c2) if r1 <= r2 else None

    @property
    def header(self) -> Block | None:
        """The block of the header cells."""
        r1, c1, _, c2 = self.ref
        return (r1, c1, r1, c2) if self.header_rows else None

    @property
    def totals(self) -> Block | None:
        """The block of the totals row."""
        _, c1, r2, c2 = self.ref
        return (r2, c1, r2, c2) if self.totals_rows else None

    def _columns(self) -> list[Element]:
        holder = self._root.find(self._ns + "tableColumns")
        return [] if holder is None else holder.findall(self._ns + "tableColumn")

    @property
    def columns(self) -> list[str]:
        """The names of the columns, from left to right."""
        return [unescape_controls(c.get("name", "")) for c in self._columns()]

    @property
    def calculated(self) -> dict[int, str]:
        """Formulas without ``=`` that fill whole columns, by the column's place from 0.

        Array formulas are left out: they are not filled down.
        """
        found = {}
        for place, column in enumerate(self._columns()):
            formula = column.find(self._ns + "calculatedColumnFormula")
            if formula is not None and formula.text and formula.get("array") not in ("1", "true"):
                found[place] = formula.text
        return found

    def info(self) -> TableInfo:
        """The table as a calculator sees it.

        Raises
        ------
        ValueError
            Its columns or rows do not fit its cells: a figure would be read from the wrong column.
        """
        xml_parts.namespace_of(self._root, "table")
        r1, c1, r2, c2 = self.ref
        if len(self._columns()) != c2 - c1 + 1 or self.header_rows + self.totals_rows > r2 - r1 + 1:
            raise ValueError(f"{self._part}: its columns or rows do not fit its cells")
        return TableInfo(
            self.name,
            self._sheet(),
            self.ref,
            self.columns,
            bool(self.header_rows),
            self.totals_rows,
        )

    def rename_columns(self, names: Sequence[str | None]) -> list[str]:
        """Give the columns names; blanks become ``Column1``, doubles get a number, as in Excel.

        Parameters
        ----------
        names : sequence of str or None
            One for each column, from left to right.

        Returns
        -------
        list of str
            The names given, which belong into the header cells.
        """
        given: list[str] = []
        taken: set[str] = set()
        for position, (column, wanted) in enumerate(zip(self._columns(), names, strict=True), 1):
            base = wanted or f"Column{position}"
            name, number = base, 2
            while name.casefold() in taken:
                name, number = f"{base}{number}", number + 1
            taken.add(name.casefold())
            given.append(name)
            spelled = _attribute_text(name)
            if column.get("name") != spelled:
                column.set("name", spelled)
                self._changed()
        return given

    def resize(self, block: Block) -> None:
        """Give the table another block with the same first row.

        Columns keep their place; new ones come at the right, with names still to be given by
        :meth:`rename_columns`.

        Raises
        ------
        SheetError
            The block does not begin in the table's first row, or has no room for a body row.
        """
        old, own = self.ref, block_address(block)
        least = self.header_rows + self.totals_rows
        if block[0] != old[0] or block[2] - block[0] < least:
            raise SheetError(
                f"Table {self.name} cannot be resized to {own}: it must keep its header row and "
                "have at least one row of data.",
                f"表格 {self.name} 不能调整为 {own}：标题行的位置不能变，且至少要有一行数据。",
            )
        if block == old:
            return
        self._root.set("ref", own)
        filtered = self._root.find(self._ns + "autoFilter")
        if filtered is not None:
            r1, c1, r2, c2 = block
            filtered.set("ref", block_address((r1, c1, r2 - self.totals_rows, c2)))
        self._fit_columns(block[1] - old[1], block[3] - block[1] + 1)
        self._changed()

    def _fit_columns(self, moved: int, width: int) -> None:
        """Drop columns that are no longer in the block, and add those that are new."""
        holder = self._root.find(self._ns + "tableColumns")
        if holder is None:
            raise SheetError(
                f"Table {self.name} has no list of columns.", f"表格 {self.name} 缺少列清单。"
            )
        columns = self._columns()
        for column in columns[: max(0, moved)] + columns[max(0, moved) :][width:]:
            holder.remove(column)
        identity = max((whole_of(c, "id") for c in columns), default=0)
        taken = {c.get("name", "").casefold() for c in self._columns()}

        def new(at: int, position: int) -> None:
            nonlocal identity
            identity += 1
            number = position
            while f"column{number}" in taken:
                number += 1
            taken.add(f"column{number}")
            attributes = {"id": str(identity), "name": f"Column{number}"}
            holder.insert(at, holder.makeelement(self._ns + "tableColumn", attributes))

        for at in range(max(0, -moved)):
            new(at, at + 1)
        while len(self._columns()) < width:
            new(len(holder), len(self._columns()) + 1)
        holder.set("count", str(width))

    @property
    def show_autofilter(self) -> bool:
        """Whether the header cells carry filter buttons."""
        return self._root.find(self._ns + "autoFilter") is not None


def _attribute_text(name: str) -> str:
    """A column's name as the part spells it; a line break in a header is ``_x000a_``."""
    return escape_controls(name).replace("\n", "_x000a_").replace("\t", "_x0009_")


def new_table(
    namespace: str,
    identity: int,
    name: str,
    block: Block,
    columns: Sequence[str],
    style: str | None,
) -> Element:
    """The root of a new table part with a header row and filter buttons."""
    from lxml import etree

    ns = f"{{{namespace}}}"
    ref = block_address(block)
    root = xml_parts.new_root(
        "table",
        namespace,
        {
            "id": str(identity),
            "name": name,
            "displayName": name,
            "ref": ref,
            "totalsRowShown": "0",
        },
    )
    etree.SubElement(root, f"{ns}autoFilter", {"ref": ref})
    holder = etree.SubElement(root, f"{ns}tableColumns", {"count": str(len(columns))})
    for number, column in enumerate(columns, 1):
        attributes = {"id": str(number), "name": _attribute_text(column)}
        etree.SubElement(holder, f"{ns}tableColumn", attributes)
    if style:
        etree.SubElement(
            root,
            f"{ns}tableStyleInfo",
            {
                "name": style,
                "showFirstColumn": "0",
                "showLastColumn": "0",
                "showRowStripes": "1",
                "showColumnStripes": "0",
            },
        )
    return root
