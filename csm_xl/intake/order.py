"""One order of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from csm_xl.intake.identities import Who


@dataclass
class Order:
    """One order of a file.

    Attributes
    ----------
    order_id : str or None
    line : int
        Where it begins.
    who : Who
    date : float or None
    fields : dict
        ``product``, ``quantity``, ``invoice``, ``kind`` and the owner's own columns.
    amount : float or None
        What was paid, in the currency of the books.
    refund : float
        What was paid back, 0 or more.
    refund_date : float or None
    called_off : str
        ``""``, ``"unpaid"`` or ``"cancelled"``: such an order counts only against one that an
        earlier export told of as paid.
    lines : list of int
        All its lines.
    sign : str
        The currency's sign beside its amount.
    row : int
        Where it begins in the export's columns.
    is_refund : bool
        A refund whose order is not in the file.
    """

    order_id: str | None
    line: int
    who: Who
    date: float | None
    fields: dict[str, Any]
    amount: float | None
    refund: float = 0.0
    refund_date: float | None = None
    called_off: str = ""
    lines: list[int] = field(default_factory=list)
    sign: str = ""
    row: int = 0
    is_refund: bool = False
