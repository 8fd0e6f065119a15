"""Explain customer: in words, why one customer is likely to leave or to stay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import xlwings as xw

from csm_xl.churn.explain import LEAST_EFFECT, effects, reasons, shown
from csm_xl.churn.feature_values import find_columns
from csm_xl.churn.formula import ChurnFormula
from csm_xl.churn.risk import RISKS
from csm_xl.commands.call_list import plan_of
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.score_or_health import score_or_health
from csm_xl.commands.session import Session
from csm_xl.company.customers import customer_keys, customer_name, identifier_columns
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.reason_sentences import phrase
from csm_xl.company.scoring import Scored
from csm_xl.errors import SheetError
from csm_xl.language import Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import as_key, as_text, is_blank
from csm_xl.vocabulary.words import SIGNALS, STATUSES

_MORE, _LESS = (
    Text("makes leaving likelier", "更可能流失"),
    Text("makes staying likelier", "更易留住"),
)
_NEITHER = Text("hardly matters", "几乎没有影响")


def explain(book: xw.Book, customer: str | None = None) -> Outcome:
    """Say why a customer is likely to leave or to stay. Writes nothing.

    Parameters
    ----------
    book : xlwings.Book
    customer : str, optional
        A customer number or name; the customer of the selected row when not given, on whichever
        sheet that row is.

    Raises
    ------
    NoModelError
        When the workbook has no model yet.
    SheetError
        When nobody, or more than one customer, is meant.
    """
    session = Session(book)
    scored, formula, records = score_or_health(session)
    table = scored.table
    row = _selected(session, table) if customer is None else row_of_customer(table, customer)
    who = customer_name(table, row)
    if scored.risk[row] < 0:
        status = scored.status[row]
        why = STATUSES.text(status) if status else Text("no score", "没有评分")
        text = Text("{who} gets no churn probability: {why}.", "{who} 没有流失概率：{why}。").fill(
            who=who, why=Text(why.en.lower(), why.zh)
        )
        return Outcome(text)
    if formula is None:
        return _by_rule(session, scored, records, row)
    readings = {header: [cells[row]] for header, cells in scored.readings.items()}
    numbers = [table.row_numbers[row]]
    said = [reasons(formula, readings, 3, lang, numbers, phrase)[0] for lang in ("en", "zh")]
    message = Text("{who}: {p:.0%} likely to leave{within}, risk {risk}. {why}", "").fill(
        who=who,
        p=scored.probability[row],
        within=_within(formula),
        risk=Text(RISKS[scored.risk[row]].en.lower(), ""),
        why=said[0],
    )
    chinese = Text("", "{who}：{within}流失的概率为 {p:.0%}，风险{risk}。{why}").fill(
        who=who,
        p=scored.probability[row],
        within=_within(formula),
        risk=RISKS[scored.risk[row]],
        why=said[1],
    )
    headers = (
        Text("What", "因素"),
        Text("This customer", "该客户"),
        Text("Typical", "多数客户"),
        Text("Effect", "影响"),
    )
    return Outcome(
        Text(message.en, chinese.zh),
        tuple(_advice(session, scored, formula, records, row)),
        headers,
        _table(formula, readings),
    )


def _by_rule(session: Session, scored: Scored, records: Mapping[str, str], row: int) -> Outcome:
    """What speaks for leaving by rule, in a workbook that has no model."""
    assert scored.by_rule is not None
    light, why = SIGNALS[scored.risk[row]], scored.by_rule.reason(row)
    nothing = Text("Nothing that is known speaks for leaving.", "已知的信息中没有流失迹象。")
    message = Text(
        "{who}: {light} by rule, not by a model. {why}",
        "{who}：按规则（非模型预测）为{light}。{why}",
    )
    return Outcome(
        message.fill(
            who=customer_name(scored.table, row),
            light=light,
            why=Text(f"{why.en[:1].upper()}{why.en[1:]}.", f"{why.zh}。") if why.en else nothing,
        ),
        tuple(_advice(session, scored, None, records, row)),
    )


def _within(formula: ChurnFormula) -> Text:
    days = formula.meta.get("horizon_days")
    return Text(f" within {days:g} days", f"{days:g} 天内") if days else Text("", "")


def _table(formula: ChurnFormula, readings: Mapping[str, Any]) -> tuple[tuple, ...]:
    """Every feature with the customer's value, the typical one, and what it does."""
    added = effects(formula, readings)[0]
    found = find_columns(readings, formula.features)
    typical = formula.meta["typical"]
    rows = []
    for k in np.argsort(-np.abs(added), kind="stable").tolist():
        term, name = formula.terms[k], formula.features[k]
        effect = _NEITHER if abs(added[k]) < LEAST_EFFECT else _MORE if added[k] > 0 else _LESS
        value = shown(term, readings[found[name]][0])
        rows.append(
            (name, str(value).strip(), str(shown(term, typical[name])).strip(), str(effect))
        )
    return tuple(rows)


def _advice(
    session: Session,
    scored: Scored,
    formula: ChurnFormula | None,
    records: Mapping[str, str],
    row: int,
) -> list[Text]:
    """What the call list says of this customer."""
    plan = plan_of(session, scored, formula, records)
    key = customer_keys(scored.table)[row]
    if not key:
        return []
    for listed in plan.listed:
        if listed["customer_id"] == key:
            text = Text("What to do: {action}", "建议行动：{action}")
            return [text.fill(action=listed["action"])]
    return [Text("Not on the call list now.", "目前不在行动清单中。")]


def _selected(session: Session, table: HeaderTable) -> int:
    """The customer of the selected row: a row of the customers, or one that names a customer."""
    selection = session.book.selection
    if selection is not None:
        if selection.sheet.name == table.sheet:
            row = selection.row - table.row - 1
            if 0 <= row < len(table.rows):
                return row
        else:
            other = selection.table
            number = _number_in(session, selection, str(other.name)) if other is not None else None
            if number:
                return row_of_customer(table, number)
    raise SheetError(
        f"Select a cell in a customer's row on {table.sheet} first.",
        f"请先在“{table.sheet}”中选中某位客户所在行的单元格。",
    )


def _number_in(session: Session, selection: xw.Range, name: str) -> str | None:
    """The customer number in the selected row of another table."""
    known = layout.table_named(name)
    key = known.key if known is not None else "orders"
    if known is not None and all(column.key != "customer_id" for column in known.columns):
        return None
    other = session.customers(name)
    place = layout.find_column(other.headers, "customer_id", key)
    row = selection.row - other.row - 1
    if place is None or not 0 <= row < len(other.rows):
        return None
    return as_key(other.rows[row][place]) or None


def row_of_customer(table: HeaderTable, customer: str) -> int:
    """The row of the customer with this number, name, mail or telephone, or in this row of the sheet.

    What is typed may also be a part of one name.
    """
    wanted = folded(customer)
    places = table.places("customers")
    columns = [places[key] for key in ("customer_id", "name", "company", "email") if key in places]
    columns = list(dict.fromkeys([*columns, *identifier_columns(table)]))
    for place in columns:
        rows = [i for i, cell in enumerate(table.cells(place)) if _spelled(cell) == wanted]
        if rows:
            return _only(table, customer, rows, place)
    digits = re.sub(r"\D", "", customer)
    if "phone" in places and len(digits) >= 7:
        cells = table.cells(places["phone"])
        rows = [i for i, c in enumerate(cells) if re.sub(r"\D", "", _spelled(c)) == digits]
        if rows:
            return _only(table, customer, rows, places["phone"])
    number = _ROW.fullmatch(wanted)
    if number is not None:
        row = int(number[1] or number[2]) - table.row - 1
        if 0 <= row < len(table.rows) and table.holds[row]:
            return row
    names = [places[key] for key in ("name", "company") if key in places]
    for place in names:
        cells = [_spelled(cell) for cell in table.cells(place)]
        rows = [i for i, cell in enumerate(cells) if len(wanted) >= 2 and wanted in cell]
        if rows:
            return _only(table, customer, rows, place)
    raise SheetError(*_nobody(table, customer, names))


#: A row of the sheet: "row 12", "第 12 行", or only its number.
_ROW = re.compile(r"(?:row|zeile|line)?\s*#?(\d{1,7})|第\s*(\d{1,7})\s*行")


def _spelled(cell: object) -> str:
    """A cell as it is compared: a long number with all its digits."""
    if is_blank(cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return folded(as_text(cell))


def _only(table: HeaderTable, customer: str, rows: list[int], place: int) -> int:
    if len(rows) == 1:
        return rows[0]
    where = ", ".join(table.address(row, place) for row in rows[:5])
    one = table.row_numbers[rows[0]]
    raise SheetError(
        f"{len(rows)} customers are called {customer} ({where}). Use the customer number, or the row "
        f'of the sheet: "row {one}".',
        f"有 {len(rows)} 位客户都叫“{customer}”（{where}），请用客户编号，或工作表的行号：“第 {one} 行”。",
    )


def _nobody(table: HeaderTable, customer: str, names: list[int]) -> tuple[str, str]:
    """Nobody is meant; who is called nearly so is named."""
    from difflib import get_close_matches

    known = {_spelled(cell): as_text(cell) for place in names for cell in table.cells(place)}
    near = [known[one] for one in get_close_matches(folded(customer), list(known), 3, 0.7)]
    did = f" Did you mean {', '.join(near)}?" if near else ""
    oder = f"是不是要找：{'、'.join(near)}？" if near else ""
    return (
        f"There is no customer {customer} on {table.sheet}.{did} Use a name, a customer number, an "
        "e-mail address, or the row of the sheet.",
        f"“{table.sheet}”中没有客户“{customer}”。{oder}请使用姓名、客户编号、邮箱，或工作表的行号。",
    )
