"""Native Excel formulas for the revenue that was kept: NRR and GRR."""

from __future__ import annotations

from csm_xl.native.arguments import Argument, NoNativeForm
from csm_xl.native.figures import Column, checked, column_of, guarded
from csm_xl.vocabulary.cell_readers import COUNT


def net(before: Argument, now: Argument) -> str:
    """What the customers of then pay now by what they paid."""
    then, today = _prices(before, now)
    kept = f'SUMIF({then.range},">0",{today.range})'
    return _share(before, now, then, today, kept)


def gross(before: Argument, now: Argument) -> str:
    """The same, raises not counted."""
    then, today = _prices(before, now)
    # Texts, such as titles, are compared above but count nothing in an argument of their own.
    paid = f"ISNUMBER({then.range})*({then.range}>0)"
    less = f"SUMPRODUCT({paid}*({today.range}<{then.range}),{today.range})"
    more = f"SUMPRODUCT({paid}*ISNUMBER({today.range})*({today.range}>={then.range}),{then.range})"
    return _share(before, now, then, today, f"({less}+{more})")


def _share(before: Argument, now: Argument, then: Column, today: Column, kept: str) -> str:
    form = checked(
        [
            (f"{then.filled}<>COUNT({then.range})", "#VALUE!"),
            (f"{today.filled}<>COUNT({today.range})", "#VALUE!"),
            (f'COUNTIF({then.range},"<0")+COUNTIF({today.range},"<0")>0', "#NUM!"),
        ],
        f'{kept}/SUMIF({then.range},">0")',
    )
    return guarded([before, now], form)


def _prices(before: Argument, now: Argument) -> tuple[Column, Column]:
    then, today = before.upright(), now.upright()
    if then.extent != today.extent or (then.columns, today.columns) != (1, 1):
        raise NoNativeForm(
            "The two columns of prices have different sizes.", "两列月费的大小不同。"
        )
    found = column_of(then, COUNT, {}), column_of(today, COUNT, {})
    if any(column.known for column in found):
        raise NoNativeForm(
            "Some prices are kept as text, which Excel does not add up.",
            "有些月费是文本，Excel 无法相加。",
        )
    return found
