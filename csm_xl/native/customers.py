"""Native Excel formulas for what is asked of a customer: stage, logistic score, RFM."""

from __future__ import annotations

from collections.abc import Sequence

from csm_xl.metrics.lifecycle_stages import DEFAULT_THRESHOLDS, STAGES, Stage
from csm_xl.native.arguments import Argument, NoNativeForm, constant_text
from csm_xl.native.figures import checked
from csm_xl.native.rows import (
    Cell,
    Context,
    every,
    first_wrong,
    is_number_text,
    not_numbers,
    some,
)
from csm_xl.vocabulary.cells import is_blank


def lifecycle(
    tenure_days: Argument,
    days_since_last: Argument,
    usage_now: Argument,
    usage_before: Argument,
    context: Context,
) -> str:
    """The stage of a customer."""
    cells = [Cell(a) for a in (tenure_days, days_since_last, usage_now, usage_before)]
    tenure, silence, now, before = cells
    limits = DEFAULT_THRESHOLDS
    trial = context.setting("trial_days", limits.trial_days)
    silent = context.setting("silence_days", limits.silent_days)
    decline = context.setting("decline_ratio", limits.decline_ratio)
    growth = context.setting("growth_ratio", limits.growth_ratio)
    named = {s: constant_text(STAGES[s].within(context.lang)) for s in Stage}
    n, b = now.or_nothing, before.or_nothing
    # Nothing is known of a customer without activity but that it lasted the whole tenure.
    since = (
        silence.value
        if silence.known
        else f"IF({silence.blank},{tenure.or_nothing},{silence.value})"
    )
    no_tenure = f"{tenure.or_nothing}=0"
    on_trial = f"{tenure.value}<={trial}"
    if not tenure.known:
        on_trial = f'({tenure.text}<>"")*({on_trial})'
    stage = checked(
        [
            (every(no_tenure, f"{n}=0", f"{b}=0"), named[Stage.EXPLORATION]),
            (on_trial, named[Stage.TRIAL]),
            (some(f"{since}>{silent}", f"{n}<{decline}*{b}"), named[Stage.DECLINE]),
            (f"{n}>{growth}*{b}", named[Stage.GROWTH]),
        ],
        named[Stage.MATURITY],
    )
    return checked(
        [
            (every(*(cell.blank for cell in cells)), '""'),
            *first_wrong(cells, 0),
        ],
        stage,
    )


def churn_logit(intercept: Argument, coefficients: Argument, features: Argument) -> str:
    """The logistic formula of one customer.

    Parameters
    ----------
    intercept : Argument
        One cell.
    coefficients : Argument
        A row or a column.
    features : Argument
        One customer: a row, or a column of as many cells as there are coefficients.
    """
    n = len(coefficients.flat)
    b0 = Cell(intercept)
    if coefficients.held is None or features.held is None or features.area is None:
        raise NoNativeForm(
            "The coefficients or features are computed, not written as cells.",
            "系数或特征由公式计算得出，而不是直接写出的单元格。",
        )
    if coefficients.blank or len(features.flat) != n:
        raise NoNativeForm(
            "There is not one coefficient for each feature.", "系数与特征的个数不一致。"
        )
    for argument in (coefficients, features):
        if any(isinstance(v, bool) or is_number_text(v) for v in argument.flat):
            raise NoNativeForm(
                "Some coefficients or features are no plain numbers.",
                "有些系数或特征不是普通数字。",
            )
    c, f = coefficients.text, features.text
    if coefficients.constant:
        comma = "," if features.rows == 1 else ";"
        weighed = f"SUMPRODUCT({{{comma.join(map(constant_text, coefficients.flat))}}},{f})"
    elif coefficients.extent == features.extent:
        weighed = f"SUMPRODUCT({c},{f})"
    else:
        weighed = "+".join(
            f"{coefficients.cell(*divmod(i, coefficients.columns)).text}"
            f"*{features.cell(*divmod(i, features.columns)).text}"
            for i in range(n)
        )
    missing = some(
        f"COUNT({f})<{n}",
        "" if coefficients.constant else f"COUNT({c})<{n}",
        "" if b0.known or intercept.left_out else f"({b0.blank})+{b0.number}=0",
    )
    start = "" if intercept.left_out else f"{b0.or_nothing}+"
    return checked(
        [(f'SUMPRODUCT(--({f}<>""))=0', '""'), (missing, "#VALUE!")],
        # Excel's EXP fails from 710 up, where the probability is 0 to 300 places.
        f"1/(1+EXP(MIN(700,-({start}{weighed}))))",
    )


def rfm(
    days: Argument, orders: Argument, spend: Argument, *, bins: Argument, row: int, column: int
) -> str:
    """One score of one customer among all of them."""
    columns = [a.upright() for a in (days, orders, spend)]
    if any(a.area is None or a.columns != 1 or a.extent != columns[0].extent for a in columns):
        raise NoNativeForm(
            "The three ranges are not columns of one length.", "三个区域不是等长的列。"
        )
    if any(type(v) is not float and not is_blank(v) for a in columns for v in a.flat[1:]):
        raise NoNativeForm(
            "Some days, orders or amounts are no plain numbers.",
            "有些天数、订单数或金额不是普通数字。",
        )
    best = _bins(bins)
    d, o, s = (a.text for a in columns)
    cells = [Cell(a.cell(row, 0)) for a in columns]
    mine, r = cells[column].value, columns[column].text
    up, down = (f"RANK({mine},{r},1)", f"RANK({mine},{r},0)")
    if column == 0:
        up, down = down, up
    complete = "*".join(f'({r}<>"")' for r in (d, o, s))
    complete = f"SUMPRODUCT({complete}){_minus_titles(columns)}"
    return checked(
        [
            (every(*(cell.blank for cell in cells)), '""'),
            (f"{complete}<>COUNT({d})", "#VALUE!"),
            (f"(COUNT({o})<>COUNT({d}))+(COUNT({s})<>COUNT({d}))>0", "#VALUE!"),
            (not_numbers(cells), "#VALUE!"),
            (f'COUNTIF({d},"<0")+COUNTIF({o},"<0")>0', "#NUM!"),
        ],
        f"ROUNDUP({best}*({up}-{down}+COUNT({r}))/(2*COUNT({r})),0)",
    )


def _minus_titles(columns: Sequence[Argument]) -> str:
    """Takes a row of titles off a count of complete rows."""
    titles = [column.value for column in columns if isinstance(column.value, str)]
    if not titles:
        return ""
    if len(titles) < len(columns):
        raise NoNativeForm(
            "Only some of the ranges begin with a title.", "只有部分区域以标题开头。"
        )
    same = (
        f"(INDEX({column.text},1)={constant_text(title)})"
        for column, title in zip(columns, titles, strict=True)
    )
    return "-" + "*".join(same)


def _bins(bins: Argument) -> str:
    cell = Cell(bins)
    if bins.left_out:
        return "5"
    if not cell.known:
        raise NoNativeForm("The number of scores is in a cell.", "分值个数写在单元格中。")
    return cell.value
