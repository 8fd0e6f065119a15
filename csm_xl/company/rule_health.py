"""Health by rule, where no model can be learned: green, amber or red, with reasons a person can check."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from csm_xl.company.column_contents import flag_of, is_nothing, number_of, spoken
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.months import in_order, level_and_trend, month_of
from csm_xl.company.settings import Settings
from csm_xl.errors import CsmError
from csm_xl.language import Text
from csm_xl.vocabulary.cell_readers import LEVEL, parse_date, serial
from csm_xl.vocabulary.traditional import pattern

#: From so many points on a customer is amber, and red. A warning is one point, an alarm two.
AMBER, RED = 1, 3
#: How much of 100 a point takes away.
_POINT = 20
#: A renewal speaks for a call when it is no further away than this, in days.
_RENEWAL_NEAR = 30
#: Silence is never alarming before this, in days, however often others are spoken to.
_SHORT = 45

#: Titles of columns in which any number, or a yes, is trouble.
_TROUBLE = pattern(
    r"\b(open|unresolved|pending) (complaints?|tickets?|issues?|cases?|requests?|bugs?)\b|\bcomplaints?\b"
    r"|\b(overdue|unpaid|arrears|past due|missed payments?|late payments?|no shows?)\b"
    r"|投诉|投訴|客诉|未解决|未解決|未处理|未處理|逾期|欠费|欠費|拖欠|未付|退款次数"
)
#: Titles of columns in which many are trouble, and a few are usual.
_MANY = pattern(
    r"\b(tickets?|issues?|cases?|incidents?|cancellations?|absences?|missed|late|refunds?|returns?)\b"
    r"|工单|工單|缺勤|缺课|缺課|请假|請假|退货|退貨|退款"
)


@dataclass(frozen=True)
class Finding:
    """One rule that speaks for leaving.

    Attributes
    ----------
    points : int
        1 for a warning, 2 for an alarm.
    said : Text
        With the customer's own numbers.
    """

    points: int
    said: Text


@dataclass(frozen=True)
class RuleHealth:
    """Health of each row of a table.

    Attributes
    ----------
    findings : list of list of Finding
        Of each row, the gravest first.
    judged : ndarray of bool, shape (n,)
        Whether any rule could be applied to the row.
    """

    findings: list[list[Finding]]
    judged: np.ndarray

    @property
    def points(self) -> np.ndarray:
        """What the findings of each row add up to."""
        return np.array([sum(f.points for f in row) for row in self.findings], dtype=float)

    @property
    def level(self) -> np.ndarray:
        """0 green, 1 amber, 2 red; -1 where nothing is known of the row."""
        points = self.points
        found = np.where(points >= RED, 2, np.where(points >= AMBER, 1, 0))
        return np.where(self.judged, found, -1)

    @property
    def health(self) -> np.ndarray:
        """From 100 down to 0, each point takes 20; NaN where nothing is known."""
        return np.where(self.judged, np.maximum(0.0, 100.0 - _POINT * self.points), np.nan)

    def reason(self, row: int) -> Text:
        """The findings of a row in one phrase."""
        said = [f.said for f in self.findings[row]]
        return Text("; ".join(one.en for one in said), "；".join(one.zh for one in said))


def rule_health(
    table: HeaderTable,
    present: np.ndarray,
    settings: Settings,
    today: float,
    last_order: np.ndarray | None = None,
) -> RuleHealth:
    """Judge the present customers of a table by its columns.

    Parameters
    ----------
    table : HeaderTable
    present : ndarray of bool, shape (n,)
        Who is a customer now: they are judged, and compared with one another.
    settings : Settings
    today : float
        A serial number.
    last_order : ndarray of float, shape (n,), optional
        The day of each customer's last order, NaN without one.
    """
    rules = _Rules(table, present, settings, today)
    rules.silence()
    if last_order is not None:
        rules.silent_since("last order", "最近一笔订单", last_order)
    rules.usage()
    rules.ratings()
    rules.trouble()
    rules.renewal()
    findings = [sorted(row, key=lambda f: -f.points) for row in rules.found]
    return RuleHealth(findings, rules.judged & present)


class _Rules:
    def __init__(
        self, table: HeaderTable, present: np.ndarray, settings: Settings, today: float
    ) -> None:
        self.table, self.present, self.today = table, present, today
        self.silent = settings.number("silence_days")
        self.found: list[list[Finding]] = [[] for _ in table.rows]
        self.judged = np.zeros(len(table.rows), dtype=bool)

    def _add(self, row: int, points: int, en: str, zh: str) -> None:
        self.found[row].append(Finding(points, Text(en, zh)))

    def _rows(self, values: np.ndarray) -> list[int]:
        """The present customers of whom a value is known."""
        known = ~np.isnan(values) & self.present
        self.judged |= known
        return [int(i) for i in np.flatnonzero(known)]

    def _typical(self, values: np.ndarray) -> float:
        known = values[~np.isnan(values) & self.present]
        return float(np.median(known)) if known.size else float("nan")

    def _numbers(self, place: int) -> np.ndarray:
        read = [number_of(cell) for cell in self.table.cells(place)]
        return np.array([np.nan if one is None else one for one in read], dtype=float)

    def _days(self, place: int) -> np.ndarray:
        """A column of dates as serial numbers; NaN where there is none."""
        return np.array([day_of(cell) for cell in self.table.cells(place)], dtype=float)

    def silence(self) -> None:
        """Nobody spoke to the customer for long, compared with the others."""
        for place in self.table.roles.places("last contact"):
            title = self.table.headers[place]
            self.silent_since(title, f"“{title}”", self._days(place))

    def silent_since(self, en: str, zh: str, day: np.ndarray) -> None:
        """Nothing was heard since a day, for longer than of the others."""
        since = self.today - day
        since[since < 0] = np.nan
        usual = self._typical(since)
        for i in self._rows(since):
            days = since[i]
            if days > self.silent and days > 3 * usual:
                points = 2
            elif days > self.silent or (days > _SHORT and days > 2 * usual):
                points = 1
            else:
                continue
            self._add(
                i,
                points,
                f"{en} {days:.0f} days ago (half of the others: within {usual:.0f} days)",
                f"{zh}已是 {days:.0f} 天前（其他客户有一半在 {usual:.0f} 天以内）",
            )

    def usage(self) -> None:
        """Months that fall, a use that stopped, and a price that is high for what is used."""
        places = self.table.roles.places("usage")
        months = [p for p in places if month_of(self.table.headers[p]) is not None]
        level = np.full(len(self.table.rows), np.nan)
        what = Text("a month", "每月")
        if len(months) >= 3:
            order = [months[k] for k in in_order([self.table.headers[p] for p in months])]
            usage = np.column_stack([self._numbers(p) for p in order])
            level, trend = level_and_trend(usage)
            self._falling(level, level - trend)
        elif len(places) == 1:
            level = self._numbers(places[0])
            title = self.table.headers[places[0]]
            what = Text(title, title)
            usual = self._typical(level)
            for i in self._rows(level):
                if level[i] == 0 and usual > 0:
                    self._add(
                        i,
                        2,
                        f"{title} is 0, half of the others have {usual:g} or more",
                        f"“{title}”为 0，其他客户有一半不低于 {usual:g}",
                    )
        self._dear(level, what)

    def _falling(self, level: np.ndarray, before: np.ndarray) -> None:
        for i in self._rows(level):
            if not before[i] > 0:
                continue
            share = 1 - level[i] / before[i]
            if share >= 0.25:
                self._add(
                    i,
                    2 if share >= 0.5 else 1,
                    f"use fell by {share:.0%}, from {before[i]:.1f} to {level[i]:.1f} a month",
                    f"使用量下降 {share:.0%}，由每月 {before[i]:.1f} 降至 {level[i]:.1f}",
                )

    def _dear(self, level: np.ndarray, what: Text) -> None:
        place = self.table.roles.place("price")
        if place is None or np.isnan(level).all():
            return
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.where(level > 0, self._numbers(place) / level, np.nan)
        usual = self._typical(each)
        for i in np.flatnonzero(~np.isnan(each) & self.present):
            if usual > 0 and each[i] > 3 * usual:
                self._add(
                    int(i),
                    1,
                    f"pays {each[i]:.2f} per use ({what.en}), usual is {usual:.2f}",
                    f"每次使用（{what.zh}）付 {each[i]:.2f}，通常为 {usual:.2f}",
                )

    def ratings(self) -> None:
        """Low ratings, and who would not recommend."""
        for place in self.table.roles.places("rating"):
            title, cells = _plain(self.table.headers[place]), self.table.cells(place)
            given = np.array([rating_of(cell) for cell in cells], dtype=float)
            highest = np.nanmax(given) if not np.isnan(given).all() else 0.0
            best = 5 if highest <= 5 else 10
            for i in self._rows(given):
                if given[i] <= 0.6 * best:
                    self._add(
                        i,
                        2 if given[i] <= 0.4 * best else 1,
                        f"{title}: {given[i]:g} of {best}",
                        f"{title}：{given[i]:g}（满分 {best}）",
                    )
        for place in self.table.roles.places("nps"):
            title, given = self.table.headers[place], self._numbers(place)
            given[(given < 0) | (given > 10)] = np.nan
            for i in self._rows(given):
                if given[i] <= 6:
                    self._add(
                        i,
                        2 if given[i] <= 3 else 1,
                        f"{title}: {given[i]:g} of 10",
                        f"{title}：{given[i]:g}（满分 10）",
                    )

    def trouble(self) -> None:
        """Open complaints, money that is owed, and far more tickets than others have."""
        for place, one in enumerate(self.table.roles.columns):
            if one.role not in ("feature", "formula", "usage") or not one.header:
                continue
            said = spoken(one.header)
            if _TROUBLE.search(said):
                self._trouble(place, least=1, grave=3)
            elif _MANY.search(said):
                usual = self._typical(self._numbers(place))
                if usual == usual:
                    least = max(3.0, 2 * usual)
                    self._trouble(place, least=least, grave=2 * least)

    def _trouble(self, place: int, least: float, grave: float) -> None:
        title, cells = self.table.headers[place], self.table.cells(place)
        counts = self._numbers(place)
        for i, cell in enumerate(cells):
            if np.isnan(counts[i]) and not is_nothing(cell) and flag_of(cell) is not None:
                counts[i] = float(bool(flag_of(cell)))
        yes = set(counts[~np.isnan(counts)]) <= {0.0, 1.0}
        for i in self._rows(counts):
            if counts[i] < least or counts[i] <= 0:
                continue
            shown = Text("yes", "是") if yes else Text(f"{counts[i]:g}", f"{counts[i]:g}")
            points = 2 if counts[i] >= grave else 1
            self._add(i, points, f"{title}: {shown.en}", f"{title}：{shown.zh}")

    def renewal(self) -> None:
        """A renewal that is near."""
        place = self.table.roles.place("renewal")
        if place is None:
            return
        days = self._days(place) - self.today
        for i in self._rows(days):
            if 0 <= days[i] <= _RENEWAL_NEAR:
                self._add(i, 1, f"renews in {days[i]:.0f} days", f"{days[i]:.0f} 天后续约")


def _plain(title: str) -> str:
    """A title that asks, such as Happy?, before a colon."""
    return title.rstrip("?？:： ")


def day_of(cell: object) -> float:
    """A cell as the serial number of a day; NaN where it is none."""
    if is_nothing(cell) or isinstance(cell, bool):
        return float("nan")
    if isinstance(cell, (int, float)):
        return float(np.floor(cell)) if 20000 <= cell <= 80000 else float("nan")
    found = serial(cell) if isinstance(cell, dt.date) else parse_date(str(cell))
    return float("nan") if found is None else float(np.floor(found))


def rating_of(cell: object) -> float:
    """A cell as a rating, a level word among them; NaN where it is none."""
    number = number_of(cell)
    if number is not None:
        return number
    try:
        return float("nan") if is_nothing(cell) else float(LEVEL.read(cell))
    except CsmError:
        return float("nan")
