"""The key figures of an owner's own list, for the Dashboard that is added to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from csm_xl.churn.risk import RISKS
from csm_xl.company.column_contents import number_of
from csm_xl.company.customers import customer_name, name_column
from csm_xl.company.loyalty_programme import programme_of
from csm_xl.company.monthly_movements import monthly_movements
from csm_xl.company.record_figures import Figure
from csm_xl.company.rule_health import day_of
from csm_xl.company.scoring import Scored
from csm_xl.company.settings import Settings
from csm_xl.company.value_if_kept import monthly_prices
from csm_xl.language import Text
from csm_xl.vocabulary.words import SIGNALS

#: Renewals are shown when they are no further away than this, in days.
_RENEWALS = 60
#: So many of them are named at most.
_LISTED = 20


@dataclass(frozen=True)
class Block:
    """Some rows of a dashboard under a heading.

    Attributes
    ----------
    key : str
        ``figures``, ``levels``, ``records``, ``months``, ``renewals`` or ``advocates``.
    title : Text
    headers : tuple of Text
    rows : list of tuple
        Numbers, None, or texts in both languages.
    formats : list of tuple of str
        The number format of each cell, row by row.
    chart : Text or None
        The title of its chart, where it has one.
    """

    key: str
    title: Text
    headers: tuple[Text, ...]
    rows: list[tuple[Any, ...]]
    formats: list[tuple[str, ...]]
    chart: Text | None = None


def own_figures(
    scored: Scored, today: float, settings: Settings, records: Sequence[Figure] = ()
) -> list[Block]:
    """How many customers there are, what they pay, and how they are doing.

    Parameters
    ----------
    scored : Scored
        By a model or by rule.
    today : float
        A serial number.
    settings : Settings
    records : sequence
        Figures of orders, reviews and calls, by :func:`~csm_xl.company.record_figures.record_figures`.
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
    for word, number in programme_figures(scored, settings):
        add(word, number, "#,##0")
    figures = Block(
        "figures",
        Text("Key figures", "关键指标"),
        (Text("Figure", "指标"), Text("Value", "数值")),
        rows,
        formats,
    )
    levels = _levels(scored, prices)
    return [
        figures,
        *levels,
        *_of_records(records),
        *_months(scored, prices, today),
        *_renewals(scored, prices, today),
        *_advocates(scored, settings),
    ]


def programme_figures(scored: Scored, settings: Settings) -> list[tuple[Text, float]]:
    """Points that customers hold, and how many customers came by word of mouth."""
    programme = programme_of(scored.table, settings)
    found: list[tuple[Text, float]] = []
    if programme.brought is not None:
        brought = Text("Customers who were referred", "由他人介绍的客户")
        found.append((brought, float(programme.came.sum())))
    if programme.points is not None:
        held = np.nansum(programme.points[_present(scored)])
        found.append((Text("Points that customers hold", "客户手中的积分"), float(held)))
        if programme.reward == programme.reward:
            near = sum(programme.near(int(i)) for i in np.flatnonzero(_present(scored)))
            found.append((Text("Near a reward, or have one", "接近或可兑换奖励"), float(near)))
    return found


def _of_records(records: Sequence[Figure]) -> list[Block]:
    """What the sheets beside the list say."""
    if not records:
        return []
    headers = (
        Text("From your other sheets", "取自其他工作表"),
        Text("Last 365 days", "近 365 天"),
        Text("365 days before", "此前 365 天"),
    )
    rows: list[tuple[Any, ...]] = [
        (title, *(None if n != n else n for n in (now, before)))
        for title, now, before, _ in records
    ]
    forms: list[tuple[str, ...]] = [("@", form, form) for *_, form in records]
    title = Text("Orders, reviews and calls", "订单、评价与联系")
    return [Block("records", title, headers, rows, forms)]


def _advocates(scored: Scored, settings: Settings) -> list[Block]:
    """Who brought most customers."""
    programme, table = programme_of(scored.table, settings), scored.table
    if programme.brought is None or name_column(table) is None or not programme.brought.any():
        return []
    order = [int(i) for i in np.argsort(-programme.brought, kind="stable") if programme.brought[i]]
    rows: list[tuple[Any, ...]] = [
        (customer_name(table, i), float(programme.brought[i])) for i in order[:_ADVOCATES]
    ]
    headers = (Text("Customer", "客户"), Text("Brought", "介绍客户数"))
    title = Text("Word of mouth: who brought most", "口碑：介绍客户最多的人")
    return [Block("advocates", title, headers, rows, [("@", "#,##0")] * len(rows))]


#: So many of those who brought customers are named.
_ADVOCATES = 5


def _levels(scored: Scored, prices: np.ndarray | None) -> list[Block]:
    """How many customers are of each level of risk, or of each light, and what they pay."""
    if not (scored.risk >= 0).any():
        return []
    by_rule = scored.by_rule is not None
    headers = [Text("Health (by rule)", "健康度（按规则）") if by_rule else Text("Risk", "风险")]
    headers.append(Text("Customers", "客户数"))
    levels: list[tuple[Any, ...]] = []
    shown = SIGNALS if by_rule else RISKS
    for code in (2, 1, 0):
        word = Text(shown[code].en.capitalize(), shown[code].zh)
        of_level = scored.risk == code
        line: tuple[Any, ...] = (word, float(of_level.sum()))
        if prices is not None:
            line += (float(np.nansum(prices[of_level])),)
        levels.append(line)
    if prices is not None:
        headers.append(Text("They pay a month", "每月付费"))
    forms = [("@", "#,##0", "#,##0.00")[: len(headers)]] * len(levels)
    title = Text("How they are doing", "客户状况")
    return [Block("levels", title, tuple(headers), levels, forms, title)]


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
    chart = (
        Text("Customers at the end of each month", "每月末客户数")
        if worth is None
        else Text("MRR at the end of each month", "每月末 MRR")
    )
    forms: list[tuple[str, ...]] = [("@", form, form, form, form, "0.0%")] * len(rows)
    return [Block("months", title, headers, rows, forms, chart)]


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
    headers = [Text("Customer", "客户"), Text("On", "日期")]
    headers += [] if prices is None else [Text("Pays a month", "每月付费")]
    rows: list[tuple[Any, ...]] = []
    for i in order:
        line: tuple[Any, ...] = (customer_name(table, i), float(today + days[i]))
        rows.append(
            line if prices is None else (*line, None if np.isnan(prices[i]) else float(prices[i]))
        )
    forms = [("@", "yyyy-mm-dd", "#,##0.00")[: len(headers)]] * len(rows)
    title = Text(f"Renewals within {_RENEWALS} days", f"{_RENEWALS} 天内续约")
    return [Block("renewals", title, tuple(headers), rows, forms)]


def _present(scored: Scored) -> np.ndarray:
    status = np.array([why or "" for why in scored.status], dtype=object)
    return scored.table.holds & np.isin(status, ["", "notice"])
