"""What the rows of an orders' export say, column by column: dates, amounts, statuses, whose they are."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from csm_xl.intake.account import lines_text, unreadable
from csm_xl.intake.cells import Amount, amounts, as_text, each, identifiers, texts, unwrapped
from csm_xl.intake.columns import Columns
from csm_xl.intake.dates import NoDate, dates
from csm_xl.intake.export import Export
from csm_xl.intake.whose import whose
from csm_xl.language import Text
from csm_xl.vocabulary import words
from csm_xl.vocabulary.cell_readers import FLAG_WORDS, folded, serial
from csm_xl.vocabulary.currencies import currency_code
from csm_xl.vocabulary.order_statuses import Meaning, status_meaning

#: What payment services list beside sales.
_NO_SALE = re.compile(
    r"withdraw|transfer|payout|conversion|hold|fee\b|reserve|deposit to|bank|提现|转账|手续费|充值",
    re.IGNORECASE,
)
#: Rows that are a refund themselves, by what they are called.
_REFUND = re.compile(
    r"refund|\breturns?\b|returned|charge ?back|credit (?:memo|note)|reversal|退款|退货|红字|冲红|erstattung|gutschrift|retoure"
    r"|rembours|\bavoir\b|reembols|devoluci|rimbors|\breso\b|nota di credito|返金|返品",
    re.IGNORECASE,
)
#: Money that went out, or merely from one account of the owner's to another.
_OUT = re.compile(r"支出|不计收支|^(?:out|outgoing|debit|dr|withdrawal)$", re.IGNORECASE)
#: As a spreadsheet shows a long number.
_POWER = re.compile(r"\d(?:[.,](\d+))?e\+?(\d{1,3})", re.IGNORECASE)


class OrderCells:
    """The columns of an orders' export, each read as a whole, one value for each row.

    Parameters
    ----------
    export : Export
    columns : Columns
    known_numbers : collection of str
        The workbook's customer numbers, folded.
    """

    def __init__(
        self, export: Export, columns: Columns, known_numbers: Collection[str] = ()
    ) -> None:
        self.export, self.columns, self.account = export, columns, export.account
        self.n = len(export)
        self.out: set[int] = set()
        self.who = whose(export, columns, known_numbers)
        self.dates = self._dates()
        self.ids = self._order_ids()
        self.products = self._texts("product")
        self.quantities = self._numbers("quantity")
        self.prices = self._numbers("price")
        self.money = self._money()
        self.back = self._refunds()
        self.kinds = self._kinds()
        self._payees()
        #: Statuses that are not known, with the rows that have them.
        self.unknown: dict[str, list[int]] = defaultdict(list)
        self.states = self._states()
        cells = self._cells("refunded_at")
        exporter = columns.exporter
        self.refund_dates = (
            None if cells is None else dates(cells, exporter.dates if exporter else None)
        )

    def leave_out(self, why: Text, rows: Sequence[int]) -> None:
        """Leave rows out that are not left out yet, and say why."""
        fresh = [i for i in rows if i not in self.out]
        self.out.update(fresh)
        self.account.leave_out(why, [self.export.lines[i] for i in fresh])

    def _cells(self, key: str) -> list[Any] | None:
        place = self.columns.first(key)
        return None if place is None else self.export.columns[place]

    def _identifiers(self, key: str) -> list[str | None] | None:
        cells = self._cells(key)
        return None if cells is None else identifiers(cells)

    def _order_ids(self) -> list[str | None] | None:
        """Numbers of orders; what a spreadsheet cut down to 1.23E+18 is told apart by its buyer and day.

        Such orders have no number of their own any more: :attr:`cut_down` holds their rows.
        """
        found = self._identifiers("order_id")
        self.cut_down: set[int] = set()
        if found is None:
            return None
        cells = self._cells("order_id") or ()
        for i, (cell, own) in enumerate(zip(cells, found, strict=True)):
            if own is not None and _is_cut_down(cell):
                self.cut_down.add(i)
                found[i] = f"{own}\0{self.who[i]}\0{self.dates[i]}"
        if self.cut_down:
            where = lines_text(self.export.lines[i] for i in sorted(self.cut_down))
            self.account.note(
                Text(
                    f"A spreadsheet cut these order numbers down, such as 1.23E+18: {where.en}. Their orders are told "
                    "apart by buyer, day and amount. Import the file as the shop gave it, not saved by Excel.",
                    f"以下订单号已被表格软件截断（如 1.23E+18）：{where.zh}，改按买家、日期和金额区分订单。"
                    "请导入店铺导出的原文件，不要用 Excel 打开后另存。",
                )
            )
        return found

    def _texts(self, key: str) -> list[str | None]:
        cells = self._cells(key)
        return [None] * self.n if cells is None else texts(cells)

    def _dates(self) -> list[float | None]:
        found: list[float | None] = [None] * self.n
        unread: dict[int, tuple[str, NoDate]] = {}
        exporter = self.columns.exporter
        for place in self.columns.places.get("date", ()):
            cells = self.export.columns[place]
            for i, value in enumerate(dates(cells, exporter.dates if exporter else None)):
                if isinstance(value, NoDate):
                    unread.setdefault(i, (self.export.headers[place], value))
                elif value is not None and found[i] is None:
                    found[i] = value
        tomorrow = serial(dt.date.today()) + 2
        ahead = [i for i, day in enumerate(found) if day is not None and day >= tomorrow]
        if ahead:
            where = lines_text(self.export.lines[i] for i in ahead)
            self.account.note(
                Text(
                    f"Dates in the future: {where.en}. Are they typed wrongly?",
                    f"以下日期在将来，请检查是否写错：{where.zh}。",
                )
            )
        told = {i: problem for i, problem in unread.items() if found[i] is None}
        unreadable(
            self.account,
            self.export.lines,
            {i: (h, p.text, p.expected) for i, (h, p) in told.items()},
        )
        return found

    def _numbers(self, key: str) -> list[float | None]:
        cells = self._cells(key)
        if cells is None:
            return [None] * self.n
        return [a.number if isinstance(a, Amount) else None for a in amounts(cells)]

    def _money(self) -> list[Amount | None]:
        cells = self._cells("amount")
        if cells is None:
            return [
                Amount(p * (1.0 if q is None else q)) if p is not None else None
                for p, q in zip(self.prices, self.quantities, strict=True)
            ]
        found: list[Amount | None] = []
        wrong = {}
        for i, value in enumerate(amounts(cells)):
            if isinstance(value, str):
                wrong[i] = value
                value = None
            found.append(value)
        place = self.columns.first("amount")
        for i, text in wrong.items():
            header = self.export.headers[place] if place is not None else ""
            shown = text if len(text) <= 30 else text[:29] + "…"
            self.leave_out(
                Text(f"{header} “{shown}” is no amount", f"“{header}”中的“{shown}”不是金额"), [i]
            )
        return found

    def _refunds(self) -> list[float | None]:
        """What was paid back in each row; a word there is a status and read as one."""
        cells = self._cells("refunded")
        if cells is None:
            return self._adjusted()
        return [abs(a.number) if isinstance(a, Amount) else None for a in amounts(cells)]

    def _adjusted(self) -> list[float | None]:
        """What was paid back where the file says what was kept."""
        kept = self._numbers("kept")
        return [
            round(paid.number - left, 2)
            if paid is not None and left is not None and 0 <= left < paid.number
            else None
            for paid, left in zip(self.money, kept, strict=True)
        ]

    def _payees(self) -> None:
        """A refund of a payment service is from the owner: its customer is whom it was paid to."""
        cells = self._cells("payee")
        if cells is None:
            return
        for i, payee in enumerate(identifiers(cells)):
            if self.kinds[i] == "refund" and payee is not None:
                self.who[i] = self.who[i]._replace(email=payee, account=None, phone=None)

    def _kinds(self) -> list[str | None]:
        """``"refund"`` for rows that are refunds themselves, ``"none"`` for those that are no sale."""
        found = each(self._texts("kind"), _kind)
        for i, way in enumerate(self._texts("direction")):
            if way is not None and _OUT.search(way):
                found[i] = found[i] or "none"
        return found

    def _states(self) -> list[tuple[Meaning, ...]]:
        """All that the columns of a row say of the order's state."""
        found: list[set[Meaning]] = [set() for _ in range(self.n)]
        for place in self.columns.places.get("status", ()):
            known: dict[Any, Meaning | None] = {}
            plain = texts(self.export.columns[place])
            for i, cell in enumerate(plain):
                if cell is None:
                    continue
                if cell not in known:
                    known[cell] = status_meaning(cell)
                meaning = known[cell]
                if meaning is None:
                    self.unknown[cell].append(i)
                else:
                    found[i].add(meaning)
        self._dated_states(found)
        refund_cells = self._cells("refunded")
        if refund_cells is not None:
            for i, cell in enumerate(texts(refund_cells)):
                if cell is not None and self.back[i] is None:
                    meaning = status_meaning(cell)
                    if meaning is not None:
                        found[i].add(meaning)
        return [tuple(sorted(one)) for one in found]

    def _dated_states(self, found: list[set[Meaning]]) -> None:
        for key, state in (
            ("cancelled_at", "cancelled"),
            ("cancelled", "cancelled"),
            ("is_refunded", "refunded"),
            ("is_paid", "unpaid"),
        ):
            cells = self._cells(key)
            if cells is None:
                continue
            for i, cell in enumerate(cells):
                plain = unwrapped(cell)
                if plain is None:
                    continue
                if key == "cancelled_at":
                    yes = not isinstance(dates([plain], "day")[0], NoDate)
                else:
                    said = FLAG_WORDS.get(folded(as_text(plain)))
                    yes = said == 0 if key == "is_paid" else plain is True or said == 1
                if yes:
                    found[i].add(state)  # type: ignore[arg-type]

    def codes(self, currency: str | None) -> list[str | None]:
        """The currency that each row names; a sign that several share means that of the books."""
        return [
            None if cell is None else currency_code(cell, currency) or cell.upper()[:8]
            for cell in self._texts("currency")
        ]


def _is_cut_down(cell: Any) -> bool:
    """Whether a number has fewer digits than it had: 1.23E+18, or more than a spreadsheet holds."""
    if isinstance(cell, float):
        return abs(cell) >= 2**53
    found = _POWER.fullmatch(str(unwrapped(cell) or ""))
    return found is not None and len(found[1] or "") < int(found[2])


def _kind(cell: str | None) -> str | None:
    if cell is None:
        return None
    if words.ORDER_KINDS.key(cell) == "refund" or _REFUND.search(cell):
        return "refund"
    return "none" if _NO_SALE.search(cell) else None
