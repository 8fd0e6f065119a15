"""What an order is worth: its lines added up or counted once, less what was paid back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from csm_xl.intake.cells import Amount
from csm_xl.vocabulary.export_headers import LINE_AMOUNT, ORDER_AMOUNT
from csm_xl.vocabulary.headers import normalised
from csm_xl.vocabulary.order_statuses import Meaning

_CENT = 0.005


@dataclass(frozen=True, slots=True)
class Line:
    """One row of an order: what stands in it, what its columns say of its state."""

    amount: Amount | None
    states: frozenset[Meaning] = frozenset()
    back: float | None = None
    price: float | None = None
    quantity: float | None = None

    @property
    def number(self) -> float | None:
        """The amount without its sign of a currency."""
        return None if self.amount is None else self.amount.number

    @property
    def item(self) -> float | None:
        """Price times quantity."""
        return (
            None
            if self.price is None
            else self.price * (1.0 if self.quantity is None else self.quantity)
        )


@dataclass(frozen=True, slots=True)
class Worth:
    """What was paid for an order and what of it was paid back.

    Attributes
    ----------
    amount : float or None
    refund : float
    called_off : {"", "unpaid", "cancelled"}
    vague : bool
        Some part was paid back, and the file does not say how much.
    sign : str
        The currency's sign beside the amount.
    """

    amount: float | None
    refund: float = 0.0
    called_off: Literal["", "unpaid", "cancelled"] = ""
    vague: bool = False
    sign: str = ""


def line_wise(
    numbers: Sequence[float | None],
    prices: Sequence[float | None],
    quantities: Sequence[float | None],
    several: Sequence[Sequence[int]],
    title: str,
    declared: str | None,
    told: float | None,
) -> bool | None:
    """Whether an order is worth the sum of its lines, not what each line repeats.

    Lines that differ decide; then the file's own total; then quantity times price; then what its
    exporter does; then what the amount is called.

    Parameters
    ----------
    numbers, prices, quantities : sequence of float or None, shape (n_rows,)
    several : sequence of sequence of int
        The rows of each order of more than one line.
    title : str
        What the amount is called.
    declared : {"line", "order"}, optional
        What the exporter does.
    told : float, optional
        The file's own total.

    Returns
    -------
    bool or None
        None where nothing tells: lines that are all alike are taken for the order's.
    """
    filled = [[v for v in (numbers[i] for i in rows) if v is not None] for rows in several]
    filled = [values for values in filled if len(values) > 1]
    if not filled or any(max(values) - min(values) > _CENT for values in filled):
        return True
    every = sum(v for v in numbers if v is not None)
    once = every - sum(sum(values[1:]) for values in filled)
    if told is not None and (abs(every - told) < 2 * _CENT) != (abs(once - told) < 2 * _CENT):
        return abs(every - told) < 2 * _CENT
    if declared is not None:
        return declared == "line"
    items = []
    for rows in several:
        for i in rows:
            number, price = numbers[i], prices[i]
            if number is not None and price is not None:
                quantity = quantities[i]
                items.append(
                    abs(number - price * (1.0 if quantity is None else quantity)) < 2 * _CENT
                )
    if items:
        return sum(items) * 2 > len(items)
    plain = normalised(title)
    if ORDER_AMOUNT.search(plain):
        return False
    return True if LINE_AMOUNT.search(plain) else None


def one_line(line: Line) -> Worth:
    """What an order of one row is worth."""
    sign = "" if line.amount is None else line.amount.sign
    number = line.number
    off = _called_off(line.states, line.back, number)
    if off:
        return Worth(number, called_off=off, sign=sign)
    if line.back:
        return Worth(number, line.back, sign=sign)
    if "part_refunded" in line.states:
        return Worth(number, vague=True, sign=sign)
    return Worth(number, max(number or 0.0, 0.0) if "refunded" in line.states else 0.0, sign=sign)


def repeated(lines: Sequence[Line]) -> Worth:
    """What an order is worth whose total every line repeats."""
    first = next((line for line in lines if line.amount is not None), lines[0])
    backs = [line.back for line in lines if line.back]
    back = None
    if backs:
        back = backs[0] if max(backs) - min(backs) < _CENT else sum(backs)
    filled = [line for line in lines if line.states]
    states = frozenset(state for line in filled for state in line.states)
    gone = [line for line in filled if "refunded" in line.states]
    if gone and len(gone) < len(lines) and len(filled) == len(lines):
        # Some of the lines went back: their prices tell how much.
        states = states - {"refunded"} | {"part_refunded"}
        items = [line.item for line in gone]
        if back is None and all(item is not None for item in items):
            back = sum(item for item in items if item is not None)
    calls = [_called_off(line.states, line.back, line.number) for line in filled]
    if calls and not all(calls):
        states = states - {"cancelled", "unpaid"}
    return one_line(Line(first.amount, states, back))


def summed(lines: Sequence[Line]) -> Worth:
    """What an order is worth whose lines have amounts and states of their own.

    A state that only some lines have, the others blank, is the order's and carried down.
    """
    sign = next(
        (line.amount.sign for line in lines if line.amount is not None and line.amount.sign), ""
    )
    own = [line.states for line in lines]
    above: frozenset[Meaning] = next((states for states in own if states), frozenset())
    carried = []
    for states in own:
        above = states or above
        carried.append(above)
    order_back = _order_refund(lines, carried)
    amount: float | None = None
    refund = order_back or 0.0
    off: list[str] = []
    vague = False
    any_back = any(line.back for line in lines)
    # More than its own line brought is of the whole order, told once: no line's status adds to it.
    for_all = any(line.back and line.back > (line.number or 0.0) + _CENT for line in lines)
    for line, states in zip(lines, carried, strict=True):
        called = _called_off(states, line.back, line.number)
        if called:
            off.append(called)
            continue
        if line.number is not None:
            amount = (amount or 0.0) + line.number
        if order_back is not None:
            continue
        if line.back:
            refund += line.back
        elif "part_refunded" in states:
            vague |= not any_back
        elif "refunded" in states and not for_all and (line.states or not any_back):
            refund += max(line.number or 0.0, 0.0)
    if off and amount is None:
        known = [line.number for line in lines if line.number is not None]
        whole = round(sum(known), 6) if known else None
        return Worth(whole, called_off="cancelled" if "cancelled" in off else "unpaid", sign=sign)
    return Worth(
        None if amount is None else round(amount, 6), round(refund, 6), vague=vague, sign=sign
    )


def _order_refund(lines: Sequence[Line], states: Sequence[frozenset[Meaning]]) -> float | None:
    """The order's refund where every line repeats it; None where lines have their own."""
    backs = [line.back for line in lines]
    if len(lines) < 2 or not all(backs):
        return None
    numbers = [b for b in backs if b is not None]
    if max(numbers) - min(numbers) > _CENT:
        return None
    paid = sum(line.number or 0.0 for line in lines)
    smallest = min((line.number or 0.0) for line in lines)
    if (
        sum(numbers) > paid + _CENT
        or numbers[0] > smallest + _CENT
        or any("part_refunded" in one for one in states)
    ):
        return numbers[0]
    return None


def _called_off(
    states: frozenset[Meaning], back: float | None, amount: float | None
) -> Literal["", "unpaid", "cancelled"]:
    if "cancelled" in states and not (back and amount and back < amount - _CENT):
        return "cancelled"
    return "unpaid" if "unpaid" in states else ""
