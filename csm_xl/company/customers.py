"""From a sheet's rows to what the model learns from: label, features, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from csm_xl.churn.checks import gives_away
from csm_xl.churn.feature_columns import choose_features, sift_features
from csm_xl.churn.feature_table import read_table
from csm_xl.churn.feature_values import text_key
from csm_xl.churn.time_columns import undated_columns
from csm_xl.company.column_contents import contents_of
from csm_xl.company.header_table import HeaderTable, refuse_duplicate_headers
from csm_xl.company.readable_cells import UnreadCell, read_as, readable, shown
from csm_xl.company.result_dependents import dependent_columns
from csm_xl.company.status_phrases import status_of
from csm_xl.company.unread import listed
from csm_xl.company.usage import AFTERWARDS, BECAME, KEYS, usage_over_time
from csm_xl.errors import SheetError, TooLittleDataError
from csm_xl.language import Text
from csm_xl.vocabulary import statuses
from csm_xl.vocabulary.cells import as_key, as_text, is_blank
from csm_xl.vocabulary.roles import NEVER_FEATURES


@dataclass(frozen=True)
class Labelled:
    """Customers with a known outcome.

    Attributes
    ----------
    frame : pandas.DataFrame
        Cells of the features; blank where a cell could not be read.
    label : ndarray of float, shape (n,)
        1 for a customer who left.
    label_name : str
    rows : list of int
        The sheet's row numbers.
    left_out : tuple of (str, Text)
        Columns that are no features, with the reason.
    notes : tuple of Text
    unread : tuple of dict
        Cells that could not be read.
    """

    frame: Any
    label: np.ndarray
    label_name: str
    rows: list[int]
    left_out: tuple[tuple[str, Text], ...]
    notes: tuple[Text, ...] = ()
    unread: tuple[dict[str, Any], ...] = ()


@dataclass
class Features:
    """The columns to learn from, cleaned.

    Attributes
    ----------
    frame : pandas.DataFrame, n rows
        One column per feature, for the rows that were asked for.
    left_out : list of (str, Text)
    unread : list of dict
    """

    frame: Any
    left_out: list[tuple[str, Text]]
    unread: list[dict[str, Any]] = field(default_factory=list)


#: Results of csm-xl's that a row may show without anybody standing in it.
RESULTS = frozenset(
    [
        "churn_probability",
        "correction",
        "risk",
        "reasons",
        "value_at_risk",
        "clv",
        "health",
        "signal",
        "stage",
        "tier",
        "rfm",
        "group",
        "brought",
    ]
)
OWN = Text("csm-xl fills this column itself", "由 csm-xl 填写的列")
YOURS = Text("you set it to {role}", "您已将其设为“{role}”")
SAYS_LEFT = Text("it says who left", "它说明谁已流失")


def refuse_unlabelled(table: HeaderTable) -> None:
    """Refuse a table that does not say who left, with the candidates and the way to say so.

    Raises
    ------
    SheetError, TooLittleDataError
    """
    leaving = table.leaving
    refuse_duplicate_headers(table)
    if not table.rows:
        raise TooLittleDataError(
            f"{table.sheet} has titles but no customers below them. Fill some in first.",
            f"工作表“{table.sheet}”只有标题，没有客户，请先填写客户。",
        )
    if leaving.competing:
        names = [table.headers[place] for place in leaving.competing]
        raise SheetError(
            f"{len(names)} columns of {table.sheet} say who left, and they disagree: "
            f'{", ".join(names)}. Say which one counts: --set "{names[0]}=left" (or --set '
            f'"{names[-1]}=left"); in Excel choose it on the sheet Columns.',
            f"工作表“{table.sheet}”中有 {len(names)} 列都表示谁已流失，但说法不一致：{'、'.join(names)}。"
            f'请指定以哪一列为准：--set "{names[0]}=流失"（或 --set "{names[-1]}=流失"）；'
            "在 Excel 中可在“列”工作表里选择。",
        )
    if not leaving.places:
        raise _no_label(table)
    if not np.isfinite(leaving.label[table.holds]).any():
        name = table.headers[leaving.places[0]]
        formula = table.formula_columns()[leaving.places[0]]
        how = Text(
            " It holds formulas without values: open the file in Excel and save it first."
            if formula
            else " Write a date, a status, or yes and no.",
            "该列是没有结果的公式：请先用 Excel 打开并保存文件。"
            if formula
            else "请填写日期、状态，或是/否。",
        )
        raise TooLittleDataError(
            f"The column {name} says of nobody whether they left.{how.en}",
            f"“{name}”列没有说明任何客户是否流失。{how.zh}",
        )


def _no_label(table: HeaderTable) -> SheetError:
    blank = [
        title for place, title in enumerate(table.headers) if table.roles.role_of(place) == "left"
    ]
    if blank:
        formulas = table.formula_columns()[table.headers.index(blank[0])]
        if formulas:
            return SheetError(
                f"The column {blank[0]} holds formulas without values, so it is not known who left. "
                "Open the file in Excel, save it, then try again.",
                f"“{blank[0]}”列是没有结果的公式，无法得知谁已流失。请用 Excel 打开并保存文件后重试。",
            )
        return SheetError(
            f"The column {blank[0]} of {table.sheet} is blank, so nobody has left yet and there "
            "is nothing to learn from. Fill in who left and when.",
            f"工作表“{table.sheet}”的“{blank[0]}”列为空，还没有客户流失，无从学习。请填写谁已流失及日期。",
        )
    near = [table.headers[place] for place in table.leaving.nearest]
    if near:
        asked = near[0]
        if contents_of(table.cells(table.leaving.nearest[0])).serials >= 0.5:
            return SheetError(
                f"No column of {table.sheet} says plainly who left. If {asked} does, with days up to today "
                f'for those who left: --set "{asked}=left"; or add a column with a date, a status, or yes '
                "and no.",
                f"工作表“{table.sheet}”没有明确注明谁已流失的列。如果“{asked}”表示流失日期（今天及以前的日期即已"
                f'流失），请指定：--set "{asked}=流失"；或添加一列，填写日期、状态或是/否。',
            )
        values = _few_values(table, table.leaving.nearest[0])
        gone = next((value for value in values if status_of(value) == "left"), values[-1])
        en = f"Perhaps {', '.join(near[:5])}"
        zh = f"可能是：{'、'.join(near[:5])}"
        return SheetError(
            f"No column of {table.sheet} says who left. {en}: say which, with the values that mean "
            f'left, for example --set "{asked}=left:{gone}" (it holds {", ".join(values)}); or add a '
            "column with a date, a status, or yes and no.",
            f"工作表“{table.sheet}”没有注明谁已流失的列。{zh}。请指定该列及表示流失的值，例如 "
            f'--set "{asked}=流失:{gone}"（其中有 {"、".join(values)}）；或添加一列，填写日期、状态或是/否。',
        )
    return SheetError(
        f"No column of {table.sheet} says who left. Add one with a date, a status, or yes and no; "
        f'if one does say it, name it: --set "Title=left". The columns are: '
        f"{', '.join(filter(None, table.headers))}.",
        f"工作表“{table.sheet}”没有注明谁已流失的列。请添加一列，填写日期、状态或是/否；"
        f'如果已有这样的列，请指定：--set "标题=流失"。现有的列：{"、".join(filter(None, table.headers))}。',
    )


def _few_values(table: HeaderTable, place: int) -> list[str]:
    counts = Counter(shown(c) for c in table.cells(place) if not is_blank(c))
    return [value for value, _ in counts.most_common(6)]


def cleaned_features(
    table: HeaderTable,
    kept: np.ndarray,
    *,
    copies: Collection[str] = (),
    also: Collection[str] = (),
) -> Features:
    """The columns to learn from, with the cells that could not be read as blanks.

    Parameters
    ----------
    table : HeaderTable
    kept : ndarray of bool, shape (n,)
        The rows to learn from.
    copies : collection of str
        Headers of columns that repeat the results of an older model.
    also : collection of str
        Headers that are left out without a word, being the label or part of it.
    """
    import pandas as pd

    rows = [number for number, holds in zip(table.row_numbers, kept, strict=True) if holds]
    own = own_headers(table, copies)
    left_out: list[tuple[str, Text]] = []
    columns: dict[str, list[Any]] = {}
    forced: list[str] = []
    unread: list[dict[str, Any]] = []
    personal, identifiers = [], []
    leaving = table.leaving
    usage = usage_over_time(table)
    for place, one in enumerate(table.roles.columns):
        header = one.header
        if table.ours.get(place) in KEYS:
            continue
        if usage is not None and place in usage.places:
            left_out.append((header, BECAME if usage.telling else AFTERWARDS))
            continue
        if header in also or place in leaving.places or header in columns:
            continue
        if not header:
            continue
        if header in own:
            left_out.append((header, OWN))
            continue
        if place in leaving.repeats:
            left_out.append((header, SAYS_LEFT))
            continue
        if one.chosen and one.role in NEVER_FEATURES:
            left_out.append((header, YOURS.fill(role=one.role)))
            continue
        if one.role == "left":
            left_out.append((header, SAYS_LEFT))
            continue
        if one.role == "formula" and all(is_blank(cell) for cell in table.cells(place)):
            left_out.append((header, one.why))
            continue
        if one.role == "ignore" and one.why:
            left_out.append((header, one.why))
            continue
        if one.chosen:
            forced.append(header)
        elif one.role in (
            "name",
            "e-mail",
            "phone",
            "note",
            "personal",
            "referred by",
            "do not contact",
        ):
            personal.append(header)
        elif one.role == "id":
            identifiers.append(header)
        cells = table.cells(place)
        kind = read_as(cells, header, one.role)
        clean, wrong = readable(cells, kind)
        if header not in personal and header not in identifiers:
            unread += [
                listed(table, UnreadCell(row, place, shown(cells[row]), one.role))
                for row in wrong
                if table.holds[row]
            ]
        columns[header] = [cell for cell, holds in zip(clean, kept, strict=True) if holds]
    if usage is not None and usage.telling:
        columns |= usage.to_learn_from(kept)
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})
    chosen = choose_features(
        frame[[name for name in columns if name not in forced]],
        None,
        personal=personal,
        identifiers=identifiers,
        rows=rows,
    )
    used = [name for name in columns if name in chosen.features or name in forced]
    return Features(frame[used], [*left_out, *chosen.left_out], unread)


def own_headers(table: HeaderTable, copies: Collection[str] = ()) -> set[str]:
    """The headers of csm-xl's own columns, of their `copies`, and of formulas that depend on them."""
    own = set(copies) | {
        table.headers[place] for place, key in table.ours.items() if key in RESULTS
    }
    return own | dependent_columns(table.headers, table.formulas, table.column, own)


def labelled(table: HeaderTable, copies: Collection[str] = ()) -> Labelled:
    """The customers that a model can learn from.

    Parameters
    ----------
    table : HeaderTable
    copies : collection of str
        Headers of columns that repeat the results of an older model.

    Raises
    ------
    SheetError, TooLittleDataError
        When no column says who left, or several do and differ.
    """
    refuse_unlabelled(table)
    label = table.leaving.label
    known = ~np.isnan(label) & table.holds
    found = cleaned_features(table, known, copies=copies)
    undated = undated_columns(found.frame)
    asked = {c.header for c in table.roles.columns if c.chosen}
    undated = {name: why for name, why in undated.items() if name not in asked}
    frame = found.frame.drop(columns=list(undated))
    answers = columns_that_tell(frame, label[known], asked)
    frame = frame.drop(columns=list(answers))
    if frame.shape[1] == 0:
        raise TooLittleDataError(
            f"{table.sheet} has no column to learn from: besides names, numbers of customers "
            "and csm-xl's own columns everything is blank or the same in every row.",
            f"工作表“{table.sheet}”没有可供学习的列：除姓名、编号和 csm-xl 自己的列之外，"
            "其余列为空或每行都相同。",
        )
    rows = [number for number, kept in zip(table.row_numbers, known, strict=True) if kept]
    return Labelled(
        frame.reset_index(drop=True),
        label[known],
        table.headers[table.leaving.places[0]],
        rows,
        (*found.left_out, *undated.items(), *answers.items()),
        (*status_notes(table), *_undated_note(undated), *telling_note(answers)),
        (*_unread_labels(table), *found.unread),
    )


def _unread_labels(table: HeaderTable) -> list[dict[str, Any]]:
    return [
        listed(table, UnreadCell(row, place, shown(table.rows[row][place]), "left"))
        for row, place in table.leaving.unreadable
        if table.holds[row]
    ]


def status_notes(table: HeaderTable) -> tuple[Text, ...]:
    """Who is neither left nor kept, and who has given notice, with their numbers."""
    leaving = table.leaving
    counts = Counter(leaving.status[table.holds].tolist()) if len(leaving.status) else Counter()
    notes = []
    neither = [key for key in ("paused", "trial", "lead") if counts[key]]
    if neither:
        en = ", ".join(f"{counts[key]} {_EN[key]}" for key in neither)
        zh = "、".join(f"{statuses.STATUS_NAMES[key].zh} {counts[key]} 位" for key in neither)
        notes.append(
            Text(
                f"{en}: neither left nor kept, so they were not learned from and get no score.",
                f"{zh}：既未流失也不算在用，未用于训练，也不评分。",
            )
        )
    if counts["notice"]:
        n = counts["notice"]
        notes.append(
            Text(
                f"{n} leave on a day that is still to come: customers until then, not scored and not "
                "on the call list.",
                f"{n} 位已定好将来的离开日期：在此之前仍是客户，不评分，也不列入行动清单。",
            )
        )
    if leaving.contradictions:
        rows = [table.row_numbers[row] for row in leaving.contradictions]
        shown_rows = ", ".join(map(str, rows[:20]))
        notes.append(
            Text(
                f"In {len(rows)} rows the columns that say who left contradict each other (rows "
                f"{shown_rows}); these were not learned from and get no score.",
                f"有 {len(rows)} 行中说明谁已流失的各列互相矛盾（第 {shown_rows} 行），未用于训练，也不评分。",
            )
        )
    blank = int(counts[""])
    if blank and leaving.places:
        notes.append(
            Text(
                f"{blank} rows do not say whether the customer left and were not learned from.",
                f"有 {blank} 行没有注明客户是否流失，未用于训练。",
            )
        )
    return tuple(notes)


_EN = {"paused": "on pause (paused)", "trial": "on trial", "lead": "only leads"}


ANSWER = Text(
    "it tells all alone who left, so it was probably filled in when they did",
    "仅凭这一列就能断定谁已流失，很可能是客户离开时才填写的",
)


def columns_that_tell(frame: Any, label: np.ndarray, asked: Collection[str]) -> dict[str, Text]:
    """Columns that give the answer away, but for those that the owner asked for."""
    kept = [
        feature
        for feature, reason in sift_features(frame)
        if reason is None and feature.name not in asked
    ]
    told = gives_away(read_table(frame, kept), label)
    return {name: ANSWER for name in told if _set_when_leaving(frame[name].tolist(), label)}


def _set_when_leaving(cells: list[Any], label: np.ndarray) -> bool:
    """Whether those who left, or those who stayed, share one value that the others do not have.

    A column that merely ranks customers well, such as visits, stays, and the report warns of it.
    """
    keys = np.array([text_key(cell) for cell in cells], dtype=object)
    for ones in (label == 1, label == 0):
        value, count = Counter(keys[ones].tolist()).most_common(1)[0]
        others = keys[~ones]
        if count >= 0.9 * ones.sum() and (others == value).sum() <= 0.05 * len(others):
            return True
    return False


def telling_note(answers: dict[str, Text]) -> tuple[Text, ...]:
    """One sentence on the columns that give the answer away, and the way to put them back."""
    if not answers:
        return ()
    names = list(answers)
    return (
        Text(
            f"Left out, because alone it tells almost exactly who left: {', '.join(names)}. It was "
            "probably filled in when customers left, and cannot warn in advance. To learn from it all "
            f'the same: --set "{names[0]}=feature".',
            f"未用于训练的列（仅凭它几乎就能断定谁已流失）：{'、'.join(names)}。它很可能是客户离开时才填写的，"
            f'无法提前预警。如仍要使用：--set "{names[0]}=特征"。',
        ),
    )


def _undated_note(undated: dict[str, Text]) -> tuple[Text, ...]:
    if not undated:
        return ()
    names = list(undated)
    return (
        Text(
            f"Not learned from, because without the dates on which customers left they would tell "
            f"the answer: {', '.join(names)}. To learn from one all the same: --set "
            f'"{names[0]}=feature".',
            f"未用于训练的列（没有流失日期时，这些列会泄露答案）：{'、'.join(names)}。"
            f'如仍要使用：--set "{names[0]}=特征"。',
        ),
    )


def name_column(table: HeaderTable) -> int | None:
    """The column that best says which customer a row is: the name, else an identifier."""
    places = table.places("customers")
    for key in ("name", "company", "customer_id", "email"):
        if key in places:
            return places[key]
    return next(iter(identifier_columns(table)), None)


def customer_keys(table: HeaderTable) -> list[str]:
    """What each row's customer is known by; "" where nobody is."""
    place = table.places("customers").get("customer_id")
    if place is None:
        place = name_column(table)
    if place is None:
        return [""] * len(table.rows)
    return [as_key(cell) for cell in table.cells(place)]


def identifier_columns(table: HeaderTable) -> list[int]:
    """The places of the columns that hold numbers of customers."""
    return table.roles.places("id")


def customer_name(table: HeaderTable, row: int) -> str:
    """What to call the customer of a row, from 0: the name or number, else the sheet's row."""
    place = name_column(table)
    if place is None or is_blank(table.rows[row][place]):
        return str(Text(f"Row {table.row_numbers[row]}", f"第 {table.row_numbers[row]} 行"))
    return as_text(table.rows[row][place]).strip()
