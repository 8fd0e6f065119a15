"""Which cells a part of a formula means, seen from the cell the formula stands in."""

from __future__ import annotations

from csm_xl.calc import kept_reasons as reasons
from csm_xl.calc.scope import Scope, read_formula
from csm_xl.formulas.references import (
    Area,
    Place,
    common,
    moved,
    read_block,
    read_brackets,
    read_prefix,
    spanning,
    table_area,
)
from csm_xl.formulas.syntax import Binary, Group, Node, Postfix, Reference
from csm_xl.formulas.tokens import FormulaSyntaxError, Kind

#: One area, several of them, an Excel error such as ``#REF!``, or not known before computing.
Meant = Area | list[Area] | str | None


class Resolver:
    """Finds the cells that references mean.

    Parameters
    ----------
    scope : Scope
    sheet : str
    row, column : int
        Where the formula stands.

    Attributes
    ----------
    sides : list of int
        For each range or table that the formula should stand beside but does not, on which side
        of it: -1 above, 1 below, 0 elsewhere.
    """

    def __init__(self, scope: Scope, sheet: str, row: int, column: int) -> None:
        self.scope = scope
        self.sheet = sheet
        self.row = row
        self.column = column
        self.sides: list[int] = []
        self._within: list[str] = []

    def meant(self, node: Node, local: frozenset[str] = frozenset()) -> Meant:
        """The cells that a part of the formula means.

        Parameters
        ----------
        node : Node
        local : frozenset of str
            The names that ``LET`` gave a value.

        Returns
        -------
        Area, list of Area, str or None
            None where it is no reference or is known only once computed.

        Raises
        ------
        NotCalculated
            When it points at what the workbook does not hold.
        """
        if isinstance(node, Reference):
            if node.kind is Kind.AREA:
                return self._area(node)
            if node.kind is Kind.STRUCTURED:
                return self._table_part(node)
            return None if is_local(node, local) else self._named_cells(node)
        if isinstance(node, Group):
            return self._union([self.meant(item, local) for item in node.items])
        if isinstance(node, Binary) and node.operator in (" ", ":"):
            return self._joined(
                node.operator, self.meant(node.left, local), self.meant(node.right, local)
            )
        if isinstance(node, Postfix) and node.operator == "#":
            return self._spilled(self.meant(node.operand, local))
        return None

    def _named_cells(self, node: Reference) -> Meant:
        key = f"{node.prefix}{node.body}".casefold()
        if key in self._within:
            raise reasons.endless_name(node.body)
        self._within.append(key)
        try:
            return self.meant(self.named(node))
        finally:
            self._within.pop()

    def beside(self, area: Area) -> None:
        """Take note that the formula does not stand beside an area though it should."""
        above, below = self.row <= area.block[0], self.row >= area.block[2]
        self.sides.append(-1 if above else 1 if below else 0)

    def named(self, node: Reference) -> Node:
        """The tree of what a name stands for; for a table's bare name, its data.

        Raises
        ------
        NotCalculated
            When nothing has this name.
        """
        place = self._place(node)
        sheet = self.sheet
        if place.sheet is not None:
            found = self.scope.sheet(place.sheet)
            if found is None:
                # 'Book.xlsx'!Name points at a name of another workbook.
                raise reasons.external(place.sheet)
            sheet = found
        if place.lost:
            return read_formula("#REF!")
        name = self.scope.name(node.body, None if place.book == "0" else sheet)
        if name is None:
            if self.scope.table(node.body) is not None:
                return read_formula(f"{node.body}[]")
            raise reasons.unknown_name(node.body)
        text = name.text.lstrip("=")
        wrong = None
        # Several ranges stand in parentheses everywhere but here.
        for written in (text, f"({text})"):
            try:
                # A name's relative references count from A1.
                return read_formula(moved(written, self.row - 1, self.column - 1))
            except FormulaSyntaxError as error:
                wrong = wrong or error
        assert wrong is not None
        raise reasons.unreadable(wrong.text)

    def _place(self, node: Reference) -> Place:
        place = read_prefix(node.prefix)
        if place.book is not None and place.book != "0":
            raise reasons.external(place.book)
        return place

    def _area(self, node: Reference) -> Meant:
        place = self._place(node)
        block = read_block(node.body)
        if place.lost or block is None:
            return "#REF!"
        if place.sheet is None:
            return Area(self.sheet, block)
        sheet = self._known_sheet(place.sheet)
        if place.last_sheet is None:
            return Area(sheet, block)
        last = self._known_sheet(place.last_sheet)
        return [Area(name, block) for name in self.scope.sheets_between(sheet, last)]

    def _known_sheet(self, name: str) -> str:
        sheet = self.scope.sheet(name)
        if sheet is None:
            raise reasons.missing_sheet(name)
        return sheet

    def _table_part(self, node: Reference) -> Meant:
        self._place(node)
        if node.body:
            table = self.scope.table(node.body)
            if table is None:
                raise reasons.missing_table(node.body)
        else:
            table = self.scope.table_at(self.sheet, self.row, self.column)
            if table is None:
                above = self.scope.tables_above(self.sheet, self.row)
                raise reasons.missing_table(node.brackets, side=above)
        try:
            chosen = read_brackets(node.brackets)
            area = table_area(table, chosen, self.sheet, self.row)
            if area == "#VALUE!":
                self.beside(Area(table.sheet, table.ref))
            return area
        except KeyError as error:
            raise reasons.missing_column(error.args[0], table.name) from error
        except ValueError as error:
            raise reasons.missing_column(node.brackets, table.name) from error

    def _union(self, items: list[Meant]) -> Meant:
        if len(items) == 1:
            return items[0]
        areas: list[Area] = []
        for item in items:
            if item is None or isinstance(item, str):
                return item
            areas += item if isinstance(item, list) else [item]
        return areas

    def _joined(self, operator: str, left: Meant, right: Meant) -> Meant:
        for side in (left, right):
            if side is None or isinstance(side, str):
                return side
        if not isinstance(left, Area) or not isinstance(right, Area):
            return None
        if operator == ":":
            return spanning(left, right) or "#VALUE!"
        return common(left, right) or "#NULL!"

    def _spilled(self, cell: Meant) -> Meant:
        if not isinstance(cell, Area):
            return cell if isinstance(cell, str) else None
        return self.scope.block_from(cell.sheet, *cell.block[:2]) or "#REF!"


def is_local(node: Node, local: frozenset[str]) -> bool:
    """Whether a node is a name that ``LET`` gave a value."""
    return (
        isinstance(node, Reference)
        and node.kind is Kind.NAME
        and not node.prefix
        and local_name(node.body) in local
    )


def local_name(name: str) -> str:
    """A name of ``LET`` as it compares; files put ``_xlpm.`` before it."""
    return name.lower().removeprefix("_xlpm.")
