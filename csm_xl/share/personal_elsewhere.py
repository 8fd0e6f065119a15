"""Names that stand under no header: in lists without one, beside a label, behind a colon.

A receipt says ``Name: | Alice Jones``, a note ``Contact: Alice Jones``, and below one table of a
sheet there may be another one, or a list that nobody gave a title.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from csm_xl.churn.feature_columns import named_personal
from csm_xl.formulas.addresses import contains
from csm_xl.formulas.workbook_model import CellValue, ErrorValue, WorkbookModel
from csm_xl.share.column_decisions import RESULTS, Treatment, kind_of
from csm_xl.share.ordinary_words import may_be_name
from csm_xl.share.owner_workbook import column_cells
from csm_xl.share.personal_columns import PersonalColumn, personal_columns
from csm_xl.share.personal_patterns import kind_in, looks_like_name, shaped_like_name
from csm_xl.share.regions import LONGEST_TITLE, Region
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cells import is_blank

Row = dict[int, CellValue]

#: A longer text is no label, and what follows a colon in one is no name.
_LONGEST_LABEL = 24
_LONGEST_NAME = 60
#: A value stands at most so many columns to the right of its label.
_NEAR = 3
_LABELLED = re.compile(r"([^:：]{1,24})[:：]\s*([^:：,，;；(（\n]+)")
#: Labels of people that are no headers of names.
_PEOPLE = re.compile(
    r"(?:contact|customer|client|guest|attn|attention|buyer|bill to|ship to|dear|from|to)"
    r"|客户|顾客|联系人|收件人|会员|买家|经手人",
    re.IGNORECASE,
)


@dataclass
class Elsewhere:
    """What was found.

    Attributes
    ----------
    columns : list of PersonalColumn
        Lists, and single cells as columns of one row.
    told : list of (str, Treatment)
        Names inside of texts.
    """

    columns: list[PersonalColumn] = field(default_factory=list)
    told: list[tuple[str, Treatment]] = field(default_factory=list)


def find_elsewhere(
    model: WorkbookModel, found: Iterable[Region], unread: Collection[str] = ()
) -> Elsewhere:
    """Look through the cells that are in no table.

    Parameters
    ----------
    model : WorkbookModel
    found : iterable of Region
        The tables, and the plain sheets' rows under headers.
    unread : collection of str
        Sheets that say nothing of anybody by themselves.
    """
    known = list(found)
    elsewhere = Elsewhere()
    numbers = _customer_numbers(model, known)
    for sheet in model.sheet_names:
        if sheet in unread or layout.sheet_key(sheet) in RESULTS:
            continue
        here = [region for region in known if region.sheet == sheet]
        rows = _rows(model, sheet, [region for region in here if region.table])
        if not any(region.table for region in here):
            lists = list(_lists(sheet, rows, {region.header for region in here}))
            elsewhere.columns += [
                column
                for column in personal_columns(model, lists, None)
                if column.treatment != "text" or column.header
            ]
            here += lists
        _labelled(sheet, rows, here, elsewhere)
        _beside_numbers(sheet, rows, here, numbers, elsewhere)
    return elsewhere


def _customer_numbers(model: WorkbookModel, found: Iterable[Region]) -> frozenset[CellValue]:
    """The owner's numbers of customers, as they stand in their columns."""
    held: set[CellValue] = set()
    for region in found:
        column = region.match().get("customer_id")
        if column is not None:
            held.update(column_cells(model, region.sheet, column, region.body[0], region.body[2]))
    # Small numbers are counts and amounts as well.
    return frozenset(v for v in held if isinstance(v, str) or (type(v) is float and v >= 1000))


def _beside_numbers(
    sheet: str,
    rows: dict[int, Row],
    here: list[Region],
    numbers: frozenset[CellValue],
    found: Elsewhere,
) -> None:
    """Texts written like names in the row of a customer's number, under no title."""
    for number, row in rows.items():
        if any(number in region.rows for region in here if any(region.headers)):
            continue
        if not any(value in numbers for value in row.values()):
            continue
        found.columns += [
            PersonalColumn(sheet, "", column, number, number, "person")
            for column, value in row.items()
            if value not in numbers
            and _is_text(value)
            and shaped_like_name(str(value))
            and may_be_name(str(value))
        ]


def _rows(model: WorkbookModel, sheet: str, tables: list[Region]) -> dict[int, Row]:
    """What is held by the cells of a sheet that are in no Excel table."""
    rows: dict[int, Row] = {}
    for row, first, values in model.values(sheet):
        for column, value in enumerate(values, first):
            if is_blank(value) or any(_within(table, row, column) for table in tables):
                continue
            rows.setdefault(row, {})[column] = value
    return rows


def _within(region: Region, row: int, column: int) -> bool:
    r1, c1, r2, c2 = region.body
    top = r1 if region.header is None else region.header
    return contains((top, c1, r2, c2), (row, column, row, column))


def _lists(sheet: str, rows: dict[int, Row], headers: set[int | None]) -> Iterator[Region]:
    """Rows that follow each other, without those under a header that is known."""
    for run in _runs(sorted(rows)):
        if headers.intersection(run):
            continue
        columns = {column for row in run for column in rows[row]}
        first, last = min(columns), max(columns)
        top = rows[run[0]]
        titles = ["" for _ in range(first, last + 1)]
        header: int | None = None
        if len(run) > 1 and all(_is_title(value) for value in top.values()):
            header = run[0]
            titles = [str(top.get(column) or "") for column in range(first, last + 1)]
        start = run[0] if header is None else run[1]
        yield Region(sheet, header, (start, first, run[-1], last), tuple(titles), "", None)


def _runs(rows: list[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for row in rows:
        if run and row != run[-1] + 1:
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _is_title(value: CellValue) -> bool:
    return _is_text(value) and len(str(value)) <= LONGEST_TITLE and str(value)[-1] not in ":："


def _is_text(value: CellValue) -> bool:
    return isinstance(value, str) and not isinstance(value, ErrorValue)


def _labelled(sheet: str, rows: dict[int, Row], here: list[Region], found: Elsewhere) -> None:
    """Cells beside a label, and names behind one in the same cell."""
    for number, row in rows.items():
        inside = any(
            number == region.header or number in region.rows for region in here if region.headers
        )
        for column, value in row.items():
            if not _is_text(value):
                continue
            text = str(value).strip()
            _behind_colon(text, found)
            label = text.rstrip(":： ")
            if not label or len(label) > _LONGEST_LABEL or not _names_people(label):
                continue
            beside = next((c for c in range(column + 1, column + 1 + _NEAR) if c in row), None)
            if beside is None or not _is_text(row[beside]):
                continue
            name = str(row[beside]).strip()
            sure = looks_like_name(name) or kind_in(name) is not None
            says = named_personal(label) and (text != label or not inside)
            if (sure or says) and len(name) <= _LONGEST_NAME and not _names_people(name):
                kind = kind_of(label, None)
                found.columns.append(PersonalColumn(sheet, label, beside, number, number, kind))


def _behind_colon(text: str, found: Elsewhere) -> None:
    match = _LABELLED.fullmatch(text)
    if match is None:
        return
    label, name = match[1].strip(), match[2].strip()
    sure = named_personal(label) or (_names_people(label) and looks_like_name(name))
    if sure and 1 < len(name) <= _LONGEST_NAME:
        found.told.append((name, kind_of(label, None)))


def _names_people(label: str) -> bool:
    return named_personal(label) or _PEOPLE.fullmatch(label) is not None
