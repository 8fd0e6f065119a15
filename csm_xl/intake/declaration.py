"""What is known of one program's export: its titles, who its rows name, what its amounts are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from csm_xl.intake.dates import Order
from csm_xl.vocabulary.headers import normalised

#: What one file can hold: the tables, and the ends and new beginnings of subscriptions.
Table = Literal[
    "customers", "orders", "feedback", "contacts", "subscriptions", "usage", "cancellations"
]
#: ``"line"`` where each line of an order has its own amount, ``"order"`` where each repeats the order's.
Amounts = Literal["line", "order"]


@dataclass(frozen=True)
class Exporter:
    """One export of one program.

    Parameters
    ----------
    name : str
        The program.
    table : str
        What a row is.
    signs : str
        Titles that together no other export has, divided by ``|``; three in four must be there.
        Where a title has changed over the years, its forms stand side by side: ``a/b`` is one sign.
    columns : dict
        What its columns are, each with its titles, best first, divided by ``|``. Titles that are
        missing are looked for by meaning. A key with several columns takes the first that is
        filled in a row.
    amounts : {"line", "order"}, optional
        Decides only where the file itself does not tell.
    dates : {"day", "month"}, optional
        What 03/04/2026 means in its exports, where the file itself does not tell.
    along : str
        Further titles that come along as columns of the owner's, divided by ``|``.
    questions : bool
        A survey: its other columns are the owner's own questions, and come along.
    technical : str
        Titles of a survey that are no questions.
    """

    name: str
    table: Table
    signs: str
    columns: dict[str, str]
    amounts: Amounts | None = None
    dates: Order | None = None
    along: str = ""
    questions: bool = False
    technical: str = ""
    _signs: tuple[frozenset[str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        signs = tuple(
            frozenset(normalised(form) for form in sign.split("/"))
            for sign in self.signs.split("|")
        )
        object.__setattr__(self, "_signs", signs)

    def fit(self, titles: set[str]) -> float:
        """How surely a file with these titles (normalised) is this one; 0 when it is not."""
        there = sum(not sign.isdisjoint(titles) for sign in self._signs)
        if there < max(2, 0.75 * len(self._signs)):
            return 0.0
        known = {normalised(t) for forms in self.columns.values() for t in forms.split("|")}
        return there + len(known & titles) / (len(known) + 1) + there / len(self._signs)


def recognised(headers: Sequence[object], exporters: Sequence[Exporter]) -> Exporter | None:
    """The export that a file with these headers is, or None."""
    titles = {normalised(header) for header in headers} | {
        normalised(header, brackets=False) for header in headers
    }
    titles.discard("")
    best = max(exporters, key=lambda one: one.fit(titles), default=None)
    return best if best is not None and best.fit(titles) else None
