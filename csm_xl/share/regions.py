"""Where a workbook keeps rows under headers: its tables, and sheets with a header row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from csm_xl.formulas.workbook_model import Block, CellValue, WorkbookModel
from csm_xl.share.ordinary_words import ordinary
from csm_xl.share.personal_patterns import looks_like_name
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cells import is_blank

#: A header is looked for in the first rows of a sheet, below a title or a note.
_HEADER_WITHIN = 20
#: A longer text is a sentence, no header.
LONGEST_TITLE = 80


@dataclass(frozen=True)
class Region:
    """Rows under headers.

    Attributes
    ----------
    sheet : str
    header : int or None
        The sheet's row of the headers; None where a table hides it.
    body : Block
        The cells below, totals left out; may be empty (first row below last).
    headers : tuple of str
        ``""`` where a column has none.
    table : str
        The Excel table's name, ``""`` for a plain sheet.
    key : str or None
        Which of csm-xl's tables it is, such as ``"customers"``.
    """

    sheet: str
    header: int | None
    body: Block
    headers: tuple[str, ...]
    table: str
    key: str | None

    @property
    def columns(self) -> Iterator[tuple[int, str]]:
        """The sheet's number of each column, and its header."""
        return ((self.body[1] + i, header) for i, header in enumerate(self.headers))

    @property
    def rows(self) -> range:
        """The sheet's rows of the body."""
        return range(self.body[0], self.body[2] + 1)

    def match(self) -> dict[str, int]:
        """The keys of csm-xl's columns, each with the sheet's column; nothing where unknown."""
        if self.key is None:
            return {}
        found = layout.match_headers(self.headers, self.key).columns
        return {key: self.body[1] + place for key, place in found.items()}


def regions(model: WorkbookModel) -> list[Region]:
    """Every table, then every sheet without a table that has a header row."""
    found = []
    tables = model.tables()
    for table in tables:
        r1, c1, r2, c2 = table.ref
        first = r1 + (1 if table.has_header else 0)
        known = layout.table_named(table.name)
        key = known.key if known else _key_by_sheet(table.sheet)
        body = (first, c1, r2 - table.totals_rows, c2)
        header = r1 if table.has_header else None
        found.append(Region(table.sheet, header, body, tuple(table.columns), table.name, key))
    with_tables = {table.sheet for table in tables}
    for sheet in model.sheet_names:
        if sheet not in with_tables:
            region = _plain(model, sheet)
            if region is not None:
                found.append(region)
    return found


def _key_by_sheet(sheet: str) -> str | None:
    key = layout.sheet_key(sheet)
    return key if key in layout.TABLES else None


def _plain(model: WorkbookModel, sheet: str) -> Region | None:
    rows: list[tuple[int, int, list[CellValue]]] = list(model.values(sheet))
    held: dict[int, dict[int, CellValue]] = {}
    for row, first, values in rows:
        held.setdefault(row, {}).update(
            {first + i: v for i, v in enumerate(values) if not is_blank(v)}
        )
    computed = {cell.row for cell in model.formulas(sheet)}
    filled = sorted({row for row, cells in held.items() if cells} | computed)
    if not filled:
        return None
    candidates = []
    for row in filled[:_HEADER_WITHIN]:
        cells = held.get(row, {})
        titles = [value for value in cells.values() if isinstance(value, str)]
        if len(cells) < 2 or len(titles) < len(cells) or max(map(len, titles)) > LONGEST_TITLE:
            continue
        if row + 1 not in filled or any(title.strip()[-1:] in (":", "：") for title in titles):
            # A label with a colon stands beside its value, not above it.
            continue
        candidates.append(row)
    if not candidates:
        return None
    # csm-xl's own sheets are known as they are.
    row = candidates[0] if layout.sheet_key(sheet) else _below_a_form(candidates, held)
    cells = held[row]
    first, last = min(cells), max(cells)
    headers = tuple(str(cells.get(column) or "") for column in range(first, last + 1))
    return Region(sheet, row, (row + 1, first, filled[-1], last), headers, "", _key_by_sheet(sheet))


def _below_a_form(candidates: Sequence[int], held: Mapping[int, Mapping[int, CellValue]]) -> int:
    """The row of the headers: below a form's labels with their values, such as an invoice's, if any."""
    top = candidates[0]
    for row in candidates[1:]:
        if len(held[row]) < 3:
            continue
        above = [held[r] for r in range(top, row) if held.get(r)]
        labels = [cells[min(cells)] for cells in above]
        form = all(len(cells) <= 2 for cells in above) and all(map(_is_label, labels))
        return row if form else top
    return top


def _is_label(cell: CellValue) -> bool:
    return isinstance(cell, str) and ordinary(cell) and not looks_like_name(cell)
