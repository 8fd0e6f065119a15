"""Control totals: what the accountant ties out to the books, by month, from the Orders sheet."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from csm_xl.errors import CsmError
from csm_xl.formulas.addresses import column_letters
from csm_xl.formulas.references import quoted_sheet
from csm_xl.formulas.workbook_model import CellValue, ErrorValue, WorkbookModel
from csm_xl.native.arguments import constant_text
from csm_xl.share.owner_workbook import column_cells
from csm_xl.share.regions import Region
from csm_xl.vocabulary.cell_readers import DATE, NUMBER, Reader
from csm_xl.vocabulary.cells import is_blank
from csm_xl.vocabulary.words import ORDER_KINDS

#: A page holds this many months; earlier ones are added up in one line.
MOST_MONTHS = 24


@dataclass
class Line:
    """The totals of one month, or of several.

    Attributes
    ----------
    start, end : datetime.date or None
        The first day, and the first day after; None for no limit, both None for orders without a
        date.
    revenue, refunds : float
        Refunds are negative.
    orders : int
    customers : int
        Who ordered.
    """

    start: dt.date | None
    end: dt.date | None
    revenue: float = 0.0
    refunds: float = 0.0
    orders: int = 0
    customers: int = 0


@dataclass
class Totals:
    """The control totals of a workbook.

    Attributes
    ----------
    lines : list of Line
        By month, in order.
    whole : Line
        All of them together.
    by_kind : bool
        Whether refunds are told by their kind; else by their sign.
    unreadable : int
        Rows with an amount or a date that is no number: counted as far as they can be read.
    live : bool
        Whether formulas can give the same totals.
    some_positive : bool
        Whether some refunds are written without a minus.
    date1904 : bool
        Whether the workbook counts its days from 1904.
    """

    region: Region
    columns: dict[str, int]
    lines: list[Line]
    whole: Line
    refund_words: list[str]
    unreadable: int
    live: bool
    some_positive: bool = False
    date1904: bool = False
    #: For each row of the orders a number of its customer from 1, 0 for none; and how many there are.
    customer_numbers: list[int] = field(default_factory=list)
    n_customers: int = 0

    @property
    def by_kind(self) -> bool:
        """Whether refunds are told by their kind; else by their sign."""
        return bool(self.refund_words)

    def formulas(self, line: Line, sheet: str, first: str, after: str) -> tuple[str, str, str]:
        """Revenue, refunds and orders of a line as formulas.

        Parameters
        ----------
        line : Line
        sheet : str
            The Orders sheet in the copy.
        first, after : str
            The cells with the first day, and with the first day after; ``""`` for no limit.
        """
        r1, _, r2, _ = self.region.body

        def area(key: str) -> str:
            letters = column_letters(self.columns[key])
            return f"{quoted_sheet(sheet)}!${letters}${r1}:${letters}${r2}"

        amount, date = area("amount"), area("date")
        limits = ""
        if first:
            limits += f',{date},">="&{first}'
        if after:
            limits += f',{date},"<"&{after}'
        if line.start is None and line.end is None:
            limits = f',{date},""'
        if self.by_kind:
            kind = area("kind")
            taken = "+".join(
                f"SUMIFS({amount}{limits},{kind},{constant_text(word)})"
                for word in self.refund_words
            )
            refunds = taken
            if self.some_positive:
                refunds = "+".join(
                    f'SUMIFS({amount}{limits},{kind},{constant_text(word)},{amount},"<0")'
                    f'-SUMIFS({amount}{limits},{kind},{constant_text(word)},{amount},">0")'
                    for word in self.refund_words
                )
            several = "+".join(
                f"COUNTIFS({kind},{constant_text(word)}{limits},{amount},{sign})"
                for word in self.refund_words
                for sign in ('">=0"', '"<0"')
            )
            revenue = f"SUMIFS({amount}{limits})" if limits else f"SUM({amount})"
            orders = f'COUNTIFS({amount},">=0"{limits})+COUNTIFS({amount},"<0"{limits})-({several})'
            return f"{revenue}-({taken})", refunds, orders
        refunds = f'SUMIFS({amount},{amount},"<0"{limits})'
        revenue = f'SUMIFS({amount},{amount},">=0"{limits})'
        return revenue, refunds, f'COUNTIFS({amount},">=0"{limits})'

    def customers_formula(
        self, line: Line, sheet: str, index: str, first: str, after: str
    ) -> str | None:
        """How many customers ordered, as a formula; None where rows do not tell their customers.

        Parameters
        ----------
        line, sheet, first, after
            As for :meth:`formulas`.
        index : str
            The sheet that has a number for the customer of each row (column A), and all numbers from
            0 below each other (column C). The numbers of the rows that count are sorted into these,
            which takes one pass, where counting each row's equals would take one for each row.
        """
        if not self.n_customers:
            return None
        r1, _, r2, _ = self.region.body

        def area(key: str) -> str:
            letters = column_letters(self.columns[key])
            return f"{quoted_sheet(sheet)}!${letters}${r1}:${letters}${r2}"

        amount, date = area("amount"), area("date")
        conditions = [f'({amount}<>"")']
        if self.by_kind:
            kind = area("kind")
            conditions += [f"({kind}<>{constant_text(word)})" for word in self.refund_words]
        else:
            conditions.append(f"({amount}>=0)")
        if first:
            conditions.append(f"({date}>={first})")
        if after:
            conditions.append(f'({date}<>"")*({date}<{after})')
        elif line.start is None and line.end is None and line is not self.whole:
            conditions.append(f'({date}="")')
        own = quoted_sheet(index)
        numbers = f"{own}!$A${r1}:$A${r2}"
        bins = f"{own}!$C${r1}:$C${r1 + self.n_customers}"
        # One more than the bins: what is above the last one is counted there.
        weights = f"{own}!$C${r1}:$C${r1 + self.n_customers + 1}"
        return f"SUMPRODUCT((FREQUENCY({'*'.join(conditions)}*{numbers},{bins})>0)*({weights}>0))"


def totals(model: WorkbookModel, regions: list[Region]) -> Totals | None:
    """The control totals of a workbook; None where it keeps no orders.

    Parameters
    ----------
    model : WorkbookModel
        The owner's workbook.
    regions : list of Region
        Those that are in the copy.
    """
    region = next((r for r in regions if r.key == "orders" and "amount" in r.match()), None)
    if region is None:
        return None
    columns = region.match()
    if "date" not in columns:
        return None
    reader = _Orders(model, region, columns)
    lines = _lines(reader, epoch_of(model.date1904))
    return Totals(
        region,
        columns,
        lines,
        reader.line(None, None, list(range(len(reader.amounts)))),
        reader.refund_words,
        reader.unreadable,
        not reader.unreadable and "refunded" not in columns,
        any(
            refund and (amount or 0.0) > 0
            for refund, amount in zip(reader.refund, reader.amounts, strict=True)
        ),
        model.date1904,
        *reader.numbered(),
    )


class _Orders:
    """The rows of orders, read."""

    def __init__(self, model: WorkbookModel, region: Region, columns: dict[str, int]) -> None:
        def cells(key: str) -> list[CellValue]:
            column = columns.get(key)
            if column is None:
                return [None] * len(region.rows)
            return column_cells(model, region.sheet, column, region.body[0], region.body[2])

        self.unreadable = 0
        raw_amounts, raw_dates = cells("amount"), cells("date")
        self.amounts = [self._read(NUMBER, value) for value in raw_amounts]
        self.dates = [
            None if amount is None else self._read(DATE, value)
            for amount, value in zip(self.amounts, raw_dates, strict=True)
        ]
        self.customers = cells("customer_id")
        refunded = [self._read(NUMBER, value) for value in cells("refunded")]
        self.refunded = [abs(value) if value is not None else 0.0 for value in refunded]
        kinds = cells("kind")
        words = Counter(
            str(k) for k in kinds if isinstance(k, str) and ORDER_KINDS.key(k) == "refund"
        )
        # Words that Excel holds for equal are asked for once.
        self.refund_words = list({word.casefold(): word for word in words}.values())
        if self.refund_words:
            self.refund = [ORDER_KINDS.key(kind) == "refund" for kind in kinds]
        else:
            self.refund = [amount is not None and amount < 0 for amount in self.amounts]

    def _read(self, reader: Reader, value: CellValue) -> float | None:
        if is_blank(value):
            return None
        if isinstance(value, str):
            # A number that is kept as text is read here, but no formula adds it up.
            self.unreadable += 1
        try:
            number = reader.read(None if isinstance(value, ErrorValue) else value)
        except CsmError:
            return None
        return None if number != number else number

    def numbered(self) -> tuple[list[int], int]:
        """A number for the customer of each row, 0 for none, and how many customers there are."""
        given: dict[str, int] = {}
        numbers = [
            0 if is_blank(who) else given.setdefault(str(who).lower(), len(given) + 1)
            for who in self.customers
        ]
        return numbers, len(given)

    def line(self, start: dt.date | None, end: dt.date | None, places: list[int]) -> Line:
        """The totals of some rows."""
        line = Line(start, end)
        who = set()
        for place in places:
            amount = self.amounts[place]
            if amount is None:
                continue
            if self.refund[place]:
                line.refunds -= abs(amount)
                continue
            line.revenue += amount
            line.refunds -= self.refunded[place]
            line.orders += 1
            if not is_blank(self.customers[place]):
                who.add(str(self.customers[place]).lower())
        line.customers = len(who)
        return line


def epoch_of(date1904: bool) -> dt.date:
    """The day that the workbook counts as 0."""
    return dt.date(1904, 1, 1) if date1904 else dt.date(1899, 12, 30)


def day_of(serial: float, epoch: dt.date) -> dt.date | None:
    """The day so many days after day 0; None where no calendar has it."""
    try:
        return epoch + dt.timedelta(days=int(serial))
    except OverflowError:
        return None


def _lines(orders: _Orders, epoch: dt.date) -> list[Line]:
    by_month: dict[dt.date, list[int]] = defaultdict(list)
    undated: list[int] = []
    for place, serial in enumerate(orders.dates):
        if orders.amounts[place] is None:
            continue
        if serial is None:
            undated.append(place)
            continue
        day = day_of(serial, epoch)
        if day is None:
            undated.append(place)
            continue
        by_month[day.replace(day=1)].append(place)
    lines = []
    months = sorted(by_month)
    early, late = months[:-MOST_MONTHS], months[-MOST_MONTHS:]
    if early:
        lines.append(orders.line(None, late[0], [p for m in early for p in by_month[m]]))
    for month in _every_month(late):
        lines.append(orders.line(month, _next(month), by_month.get(month, [])))
    if undated:
        lines.append(orders.line(None, None, undated))
    return lines


def _every_month(months: list[dt.date]) -> list[dt.date]:
    """The months from the first to the last, those without orders too, while they fit the page."""
    if not months:
        return []
    every = [months[0]]
    while every[-1] < months[-1] and (following := _next(every[-1])) is not None:
        every.append(following)
    return every if len(every) <= MOST_MONTHS else months


def _next(month: dt.date) -> dt.date | None:
    """The month after; None after the last one that a calendar has."""
    if (month.year, month.month) == (dt.MAXYEAR, 12):
        return None
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
