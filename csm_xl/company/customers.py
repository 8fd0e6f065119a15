"""From a sheet's rows to what the model learns from: label, features, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from csm_xl.churn.columns import choose_features, named_identifier
from csm_xl.churn.time_columns import undated_columns
from csm_xl.company.header_table import HeaderTable, refuse_duplicate_headers
from csm_xl.company.result_dependents import dependent_columns
from csm_xl.errors import CellError, CsmError, ScaleError, SheetError, TooLittleDataError
from csm_xl.language import Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import FLAG
from csm_xl.vocabulary.cells import align, as_text, is_blank


@dataclass(frozen=True)
class Labelled:
    """Customers with a known outcome.

    Attributes
    ----------
    frame : pandas.DataFrame
        Raw cells of the features.
    label : ndarray of float, shape (n,)
        1 for a customer who left.
    label_name : str
    rows : list of int
        The sheet's row numbers.
    left_out : tuple of (str, Text)
        Columns that are no features, with the reason.
    notes : tuple of Text
    """

    frame: Any
    label: np.ndarray
    label_name: str
    rows: list[int]
    left_out: tuple[tuple[str, Text], ...]
    notes: tuple[Text, ...] = ()


def own_headers(table: HeaderTable, copies: Collection[str] = ()) -> set[str]:
    """The headers of csm-xl's own columns, of their `copies`, and of formulas that depend on them."""
    declared = layout.table("customers")
    match = layout.match_headers(table.headers, "customers")
    own = set(copies) | {
        table.headers[place]
        for key, place in match.columns.items()
        if declared.column(key).ours and key in RESULTS
    }
    return own | dependent_columns(table.headers, table.formulas, table.column, own)


#: Own columns that come from the model, or from figures over all customers.
RESULTS = frozenset(
    [
        "churn_probability",
        "correction",
        "risk",
        "reasons",
        "value_at_risk",
        "clv",
        "health",
        "stage",
        "tier",
        "rfm",
        "group",
    ]
)


def holds_customer(table: HeaderTable) -> np.ndarray:
    """Which rows hold anything besides the model's results: a gap between customers is nobody.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    match = layout.match_headers(table.headers, "customers").columns
    typed = sorted(set(range(len(table.headers))) - {match[key] for key in RESULTS & set(match)})
    return np.array([any(not is_blank(row[i]) for i in typed) for row in table.rows], dtype=bool)


def labelled(table: HeaderTable, copies: Collection[str] = ()) -> Labelled:
    """The customers that a model can learn from.

    Parameters
    ----------
    table : HeaderTable
    copies : collection of str
        Headers of columns that repeat the results of an older model.

    Raises
    ------
    SheetError, CellError, TooLittleDataError
        When there is no label, two of them, or one that cannot be read.
    """
    import pandas as pd

    refuse_duplicate_headers(table)
    place = layout.find_label(table.headers)
    if place is None:
        raise SheetError(
            f"{table.sheet} has no column that says who left (Churned, Exited, 是否流失 ...). "
            "Add one, with yes or no in each row.",
            f"工作表“{table.sheet}”没有注明客户是否流失的列（例如“是否流失”）。"
            "请添加这样一列，每行填是或否。",
        )
    if not table.rows:
        raise TooLittleDataError(
            f"{table.sheet} has headers but no customers below them. Fill some in first.",
            f"工作表“{table.sheet}”只有标题，没有客户，请先填写客户。",
        )
    name = table.headers[place]
    table.refuse_errors([place])
    label = _read_label(table, place)
    known = ~np.isnan(label)
    if not known.any():
        raise TooLittleDataError(
            f"The column {name} is blank in every row, so it is not known who left. Write yes or no in "
            "each row. If it holds formulas, open the file in Excel and save it first.",
            f"“{name}”列全部为空，无法得知哪些客户已流失。请每行填写是或否；"
            "如果该列是公式，请先用 Excel 打开并保存文件。",
        )
    headers = table.headers
    frame = pd.DataFrame(table.rows, columns=headers, dtype=object)[known]
    match = layout.match_headers(table.headers, "customers")
    declared = layout.table("customers")
    chosen = choose_features(
        frame,
        name,
        own=own_headers(table, copies),
        personal=[
            table.headers[p] for k, p in match.columns.items() if declared.column(k).personal
        ],
        identifiers=[
            table.headers[p] for k, p in match.columns.items() if declared.column(k).identifier
        ],
        rows=[number for number, kept in zip(table.row_numbers, known, strict=True) if kept],
    )
    undated = undated_columns(frame[list(chosen.features)])
    features = [
        feature
        for feature in chosen.features
        if feature not in _date_keys(table, match) and feature not in undated
    ]
    table.refuse_errors([headers.index(feature) for feature in features])
    if not features:
        raise TooLittleDataError(
            f"{table.sheet} has no column to learn from: besides names, numbers of customers "
            "and csm-xl's own columns everything is blank or the same in every row.",
            f"工作表“{table.sheet}”没有可供学习的列：除姓名、编号和 csm-xl 自己的列之外，"
            "其余列为空或每行都相同。",
        )
    rows = [number for number, kept in zip(table.row_numbers, known, strict=True) if kept]
    return Labelled(
        frame[features].reset_index(drop=True),
        label[known],
        name,
        rows,
        (*chosen.left_out, *undated.items()),
        (*_notes(label[holds_customer(table)]), *_undated_note(undated)),
    )


def _date_keys(table: HeaderTable, match: layout.HeaderMatch) -> set[str]:
    """Columns that tell the outcome: the day on which a customer left."""
    return {table.headers[match.columns[key]] for key in ("left_on",) if key in match.columns}


def _notes(label: np.ndarray) -> tuple[Text, ...]:
    blank = int(np.isnan(label).sum())
    if not blank:
        return ()
    return (
        Text(
            f"{blank} rows do not say whether the customer left and were not learned from.",
            f"有 {blank} 行没有注明客户是否流失，未用于训练。",
        ),
    )


def _undated_note(undated: dict[str, Text]) -> tuple[Text, ...]:
    if not undated:
        return ()
    names = list(undated)
    return (
        Text(
            f"Not learned from, because without the dates on which customers left they would tell "
            f"the answer: {', '.join(names)}.",
            f"未用于训练的列（没有流失日期时，这些列会泄露答案）：{'、'.join(names)}。",
        ),
    )


def _read_label(table: HeaderTable, place: int) -> np.ndarray:
    """The label of each row, NaN where it is blank."""
    name = table.headers[place]
    cells = table.cells(place)
    read = align(tuple((cell,) for cell in cells), FLAG, name)
    if not read.problems and not read.header:
        return read.values[:, 0]
    kinds = Counter(str(cell) for cell in cells if not is_blank(cell))
    if len(kinds) > 2:
        listed = ", ".join(list(kinds)[:5])
        raise SheetError(
            f"The column {name} holds {len(kinds)} different values ({listed}), but a customer "
            "left or did not: use yes and no.",
            f"“{name}”列有 {len(kinds)} 种不同的值（{listed}），而客户要么流失、要么没有，请只用是和否。",
        )
    (index, _), problem = min(read.problems.items(), default=((0, 0), _unread()))
    raise _placed(problem, table.address(index, place), cells[index])


def _unread() -> CsmError:
    return FLAG.unreadable()


def _placed(problem: CsmError, where: str, cell: Any) -> CsmError:
    kind = problem if isinstance(problem, (CellError, ScaleError)) else FLAG.unreadable()
    return type(kind)(
        f"{where} holds “{cell}”, but it should say yes or no (1/0, TRUE/FALSE, 是/否). Correct it.",
        f"{where} 中是“{cell}”，应填是或否（1/0、TRUE/FALSE、yes/no），请更正。",
    )


def name_column(table: HeaderTable) -> int | None:
    """The column that best says which customer a row is: the name, else an identifier."""
    match = layout.match_headers(table.headers, "customers").columns
    for key in ("name", "company", "customer_id"):
        if key in match:
            return match[key]
    return next(iter(identifier_columns(table)), None)


def identifier_columns(table: HeaderTable) -> list[int]:
    """The places of the columns whose title says that they hold numbers of customers."""
    return [i for i, header in enumerate(table.headers) if header and named_identifier(header)]


def customer_name(table: HeaderTable, row: int) -> str:
    """What to call the customer of a row, from 0: the name or number, else the sheet's row."""
    place = name_column(table)
    if place is None or is_blank(table.rows[row][place]):
        return str(Text(f"Row {table.row_numbers[row]}", f"第 {table.row_numbers[row]} 行"))
    return as_text(table.rows[row][place]).strip()
