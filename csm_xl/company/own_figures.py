"""The key figures of an owner's own list, for the Dashboard that is added to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from csm_xl.company.column_contents import number_of
from csm_xl.company.customers import customer_name, name_column
from csm_xl.company.monthly_movements import monthly_movements
from csm_xl.company.rule_health import day_of
from csm_xl.company.scoring import Scored
from csm_xl.company.value_if_kept import monthly_prices
from csm_xl.language import Text

#: Renewals are shown when they are no further away than this, in days.
_RENEWALS = 60
#: So many of them are named at most.
_LISTED = 20
_RISKS = (Text("High", "高"), Text("Medium", "中"), Text("Low", "低"))
_LIGHTS = (Text("Red", "红"), Text("Amber", "黄"), Text("Green", "绿"))


@dataclass(frozen=True)
class Block:
    """Some rows of a dashboard under a heading.

    Attributes
    ----------
    title : Text
    headers : tuple of Text
    rows : list of tuple
        Numbers, None, or texts in both languages.
    formats : list of tuple of str
        The number format of each cell, row by row.
    """

    title: Text
    headers: tuple[Text, ...]
    rows: list[tuple[Any, ...]]
    formats: list[tuple[str, ...]]


def own_figures(scored: Scored, today: float) -> list[Block]:
    """How many customers there are, what they pay, and how they are doing.

    Parameters
    ----------
    scored : Scored
        By a model or by rule.
    today : float
        A serial number.
    """
    table = scored.table
    status = np.array([why or "" for why in scored.status], dtype=object)
    present = table.holds & np.isin(status, ["", "notice"])
    prices = monthly_prices(table)
    rows: list[tuple[Any, ...]] = [(Text("Present customers", "在用客户"), float(present.sum()))]
    formats: list[tuple[str, ...]] = [("@", "#,##0")]

    def add(title: Text, value: float, form: str) -> None:
        rows.append((title, None if value != value else float(value)))
        formats.append(("@", form))

    for key, title in (
        ("left", Text("Have left", "已流失")),
        ("notice", Text("Leave on a day to come", "已定好离开日期")),
        ("paused", Text("On pause", "暂停")),
        ("trial", Text("On trial", "试用")),
        ("lead", Text("Leads", "意向")),
    ):
        count = int((status[table.holds] == key).sum())
        if count or key == "left":
            add(title, count, "#,##0")
    if prices is not None and np.isfinite(prices[present]).any():
        paid = np.nan_to_num(np.where(present, prices, 0.0))
        add(Text("Monthly revenue (MRR)", "月度经常性收入（MRR）"), paid.sum(), "#,##0.00")
        if (scored.risk >= 0).any():
            at_risk = paid[scored.risk == 2].sum()
            add(Text("Of that at risk, a month", "其中面临风险（每月）"), at_risk, "#,##0.00")
    for place in table.roles.places("renewal")[:1]:
        days = np.array([day_of(cell) for cell in table.cells(place)], dtype=float) - today
        due = (days >= 0) & (days <= _RENEWALS) & present
        title = Text(f"Renewals within {_RENEWALS} days", f"{_RENEWALS} 天内续约")
        add(title, float(due.sum()), "#,##0")
    for place in table.roles.places("rating")[:1]:
        read = [number_of(cell) for cell in table.cells(place)]
        given = np.array([np.nan if one is None else one for one in read], dtype=float)[present]
        if np.isfinite(given).any():
            rated = table.headers[place]
            add(Text(f"Mean of {rated}", f"“{rated}”平均值"), np.nanmean(given), "0.00")
    figures = Block(
        Text("Key figures", "关键指标"),
        (Text("Figure", "指标"), Text("Value", "数值")),
        rows,
        formats,
    )
    blocks = [figures, *_months(scored, prices, today), *_renewals(scored, prices, today)]
    if not (scored.risk >= 0).any():
        return blocks
    by_rule = scored.by_rule is not None
    headers = [Text("Health (by rule)", "健康度（按规则）") if by_rule else Text("Risk", "风险")]
    headers.append(Text("Customers", "客户数"))
    levels: list[tuple[Any, ...]] = []
    for code, word in zip((2, 1, 0), _LIGHTS if by_rule else _RISKS, strict=True):
        of_level = scored.risk == code
        line: tuple[Any, ...] = (word, float(of_level.sum()))
        if prices is not None:
            line += (float(np.nansum(prices[of_level])),)
        levels.append(line)
    if prices is not None:
        headers.append(Text("They pay a month", "每月付费"))
    forms = [("@", "#,##0", "#,##0.00")[: len(headers)]] * len(levels)
    return [*blocks, Block(Text("How they are doing", "客户状况"), tuple(headers), levels, forms)]


def _months(scored: Scored, prices: np.ndarray | None, today: float) -> list[Block]:
    """New, lost and net retention of the last whole months, of money or else of customers."""
    worth = prices if prices is not None and np.isfinite(prices).any() else None
    months = monthly_movements(scored.table, worth, today)
    if not months:
        return []
    form = "#,##0" if worth is None else "#,##0.00"
    unit = Text("customers", "客户数") if worth is None else Text("MRR", "MRR")
    kept = (
        Text("Customers kept", "客户保留率")
        if worth is None
        else Text("Net revenue retention", "净收入留存率")
    )
    headers = (
        Text("Month", "月份"),
        Text(
            f"{unit.en} at its start".capitalize() if worth is None else "MRR at its start",
            f"月初{unit.zh}",
        ),
        Text("New", "新增"),
        Text("Lost", "流失"),
        Text("At its end", f"月末{unit.zh}"),
        kept,
    )
    rows: list[tuple[Any, ...]] = [
        (
            Text(f"{m.first:%Y-%m}", f"{m.first.year}年{m.first.month}月"),
            m.opening, m.new, m.lost, m.closing, None if m.kept != m.kept else m.kept,
        )
        for m in months
    ]  # fmt: skip
    title = Text("Month by month", "按月")
    return [Block(title, headers, rows, [("@", form, form, form, form, "0.0%")] * len(rows))]


def _renewals(scored: Scored, prices: np.ndarray | None, today: float) -> list[Block]:
    """Whose renewal comes soon, the nearest first."""
    table = scored.table
    place = table.roles.place("renewal")
    if place is None or name_column(table) is None:
        return []
    days = np.array([day_of(cell) for cell in table.cells(place)], dtype=float) - today
    with np.errstate(invalid="ignore"):
        due = (days >= 0) & (days <= _RENEWALS) & _present(scored)
    order = [int(i) for i in np.argsort(days, kind="stable") if due[i]][:_LISTED]
    if not order:
        return []
    headers = [
        Text(f"Renewals within {_RENEWALS} days", f"{_RENEWALS} 天内续约"),
        Text("On", "日期"),
    ]
    headers += [] if prices is None else [Text("Pays a month", "每月付费")]
    rows: list[tuple[Any, ...]] = []
    for i in order:
        line: tuple[Any, ...] = (customer_name(table, i), float(today + days[i]))
        rows.append(
            line if prices is None else (*line, None if np.isnan(prices[i]) else float(prices[i]))
        )
    forms = [("@", "yyyy-mm-dd", "#,##0.00")[: len(headers)]] * len(rows)
    return [Block(Text("Renewals", "续约"), tuple(headers), rows, forms)]


def _present(scored: Scored) -> np.ndarray:
    status = np.array([why or "" for why in scored.status], dtype=object)
    return scored.table.holds & np.isin(status, ["", "notice"])
