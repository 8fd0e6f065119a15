"""What a customer is worth: the Gamma-Gamma model of order values, CLV, and value saved.

Fitted parameters are plain data. :func:`fit_gamma_gamma` and :func:`clv` import scipy when called.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.churn.bg_nbd import BgNbdModel, damaged, purchase_history
from csm_xl.errors import CellError, CsmError, ScaleError, TooLittleDataError
from csm_xl.language import Text
from csm_xl.metrics.calendar_days import DAYS_PER_MONTH
from csm_xl.metrics.rows import (
    Floats,
    Rows,
    columns,
    mark,
    mark_holes,
    mark_scale,
    no_problems,
    sound,
)

#: Fewer customers with a repeat order say too little about three parameters.
LEAST_REPEATERS = 10

_VALUE = Text("the average repeat value", "平均复购金额")
_PROBABILITY = Text("the churn probability", "流失概率")
_SAVE_RATE = Text("the save rate", "挽回率")
_MARGIN = Text("the margin if kept", "留存后的毛利")
_COST = Text("the cost of contact", "联系成本")

# Orders that all have one value drive p and q without end; at this bound they are that value.
_LARGEST = 1e5


@dataclass(frozen=True)
class GammaGammaModel:
    """A fitted Gamma-Gamma model of the average value of an order.

    Assumes that a customer's orders vary in value around a mean of the customer's own, that this
    mean differs between customers, and that it has nothing to do with how often they buy.

    Attributes
    ----------
    p : float
        Shape of one customer's order values.
    q, gamma : float
        Shape and scale of their spread over the customers; `gamma` in money.
    customers : int
        How many customers with repeat orders it was fitted on.

    Notes
    -----
    P. S. Fader & B. G. S. Hardie (2013), The Gamma-Gamma model of monetary value; P. S. Fader,
    B. G. S. Hardie & K. L. Lee (2005), RFM and CLV: using iso-value curves for customer base
    analysis, Journal of Marketing Research 42.
    """

    p: float
    q: float
    gamma: float
    customers: int

    def to_dict(self) -> dict[str, Any]:
        """The model as JSON data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> GammaGammaModel:
        """The model out of JSON data as :meth:`to_dict` gives it.

        Raises
        ------
        NoModelError
            If a parameter is missing or not a number within its range.
        """
        try:
            model = cls(
                float(data["p"]), float(data["q"]), float(data["gamma"]), int(data["customers"])
            )
        except (KeyError, TypeError, ValueError):
            raise damaged() from None
        if not (np.isfinite([model.p, model.q, model.gamma]).all() and model.p > 0 < model.gamma):
            raise damaged()
        if not model.q > 1:
            raise damaged()
        return model

    def expected(self, repeat: ArrayLike, average: ArrayLike) -> Floats:
        """Expected value of a customer's next order.

        Parameters
        ----------
        repeat : array_like of float, shape (n,)
            Orders after the first.
        average : array_like of float, shape (n,)
            Their mean value; not used where there are none.

        Returns
        -------
        ndarray of float, shape (n,)
            The customer's own mean, drawn towards everybody's the more, the fewer the orders:
            ``p (gamma + x m) / (p x + q - 1)``.
        """
        x, mean = columns(repeat, average)
        seen = np.where(x > 0, x * mean, 0.0)
        return self.p * (self.gamma + seen) / (self.p * x + self.q - 1.0)


def fit_gamma_gamma(repeat: ArrayLike, average: ArrayLike) -> GammaGammaModel:
    """Fit a Gamma-Gamma model by maximum likelihood.

    Parameters
    ----------
    repeat, average : array_like of float, shape (n,)
        Per customer: orders after the first, and their mean value. Customers without a repeat
        order or with a mean value of 0 or less (refunds) say nothing here and are left out.

    Returns
    -------
    GammaGammaModel

    Raises
    ------
    TooLittleDataError
        If fewer than ten customers are left.
    """
    from scipy.optimize import minimize
    from scipy.special import gammaln, psi

    x, mean = columns(repeat, average)
    use = (x > 0) & (mean > 0) & np.isfinite(mean)
    x, mean = x[use], mean[use]
    if x.size < LEAST_REPEATERS:
        text = Text(
            "Order values need at least {least} customers with a repeat order of more than 0; "
            "there are {n}.",
            "估计订单金额至少需要 {least} 位有复购且金额大于 0 的客户，目前有 {n} 位。",
        ).fill(least=LEAST_REPEATERS, n=x.size)
        raise TooLittleDataError(text.en, text.zh)
    unit = float(mean.mean())
    table, weight = np.unique(np.column_stack([x, mean / unit]), axis=0, return_counts=True)
    count, value = table.T

    def loss(log_parameters: Floats) -> tuple[float, Floats]:
        """Mean negative log-likelihood of the customers, and its gradient."""
        p, spread, gamma = np.exp(log_parameters)
        q = 1.0 + spread
        all_spent = gamma + count * value
        per_row = (
            gammaln(p * count + q)
            - gammaln(p * count)
            - gammaln(q)
            + q * np.log(gamma)
            + (p * count - 1.0) * np.log(value)
            + p * count * np.log(count)
            - (p * count + q) * np.log(all_spent)
        )
        own, both = psi(p * count), psi(p * count + q)
        by_p = count * (both - own + np.log(value * count / all_spent))
        by_q = both - psi(q) + np.log(gamma / all_spent)
        by_gamma = q / gamma - (p * count + q) / all_spent
        gradient = np.array([by_p * p, by_q * spread, by_gamma * gamma]) @ weight
        return -float(weight @ per_row) / weight.sum(), -gradient / weight.sum()

    limit = np.log(_LARGEST)
    best = min(
        (
            minimize(
                loss,
                np.log(start),
                jac=True,
                method="L-BFGS-B",
                bounds=[(-limit, limit), (np.log(0.01), limit), (-limit, limit)],
                options={"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-8},
            )
            for start in ((5.0, 3.0, 0.5), (1.0, 1.0, 1.0), (50.0, 20.0, 1.0))
        ),
        key=lambda result: result.fun,
    )
    p, spread, gamma = np.exp(best.x)
    return GammaGammaModel(float(p), float(1.0 + spread), float(gamma * unit), int(x.size))


def clv(
    purchases: BgNbdModel,
    values: GammaGammaModel,
    orders: ArrayLike,
    days_first_to_last: ArrayLike,
    days_since_first: ArrayLike,
    average_repeat_value: ArrayLike,
    months: float = 12,
    annual_discount: float = 0.10,
    margin: float = 1.0,
) -> Rows:
    """Expected value of the next months of each customer, discounted month by month.

    Not for subscriptions, where the end is known (there: survival times the price).

    Parameters
    ----------
    purchases, values : BgNbdModel, GammaGammaModel
        Fitted on all customers.
    orders, days_first_to_last, days_since_first : array_like of float, shape (n,)
        As in :func:`~csm_xl.churn.bg_nbd.purchase_history`.
    average_repeat_value : array_like of float, shape (n,)
        Mean value of the orders after the first, not negative; blank (NaN) where there are none.
    months : float
        Whole months to look ahead.
    annual_discount : float
        A year's discount; an order in month k counts ``(1 + annual_discount) ** -(k / 12)``.
    margin : float
        Share of the value that is earned.

    Returns
    -------
    Rows
        ``margin * value * sum_k (E[orders by k] - E[orders by k - 1]) / (1 + d) ** (k / 12)``;
        NaN for blank rows, a ScaleError for a row that cannot be.

    Raises
    ------
    ScaleError
        If `months`, `annual_discount` or `margin` is outside its scale.

    Notes
    -----
    P. S. Fader, B. G. S. Hardie & K. L. Lee (2005), see the two models.
    """
    horizon = _whole_months(months)
    discount = _discounts(horizon, annual_discount)
    _check_setting(Text("The margin", "毛利率"), margin, 0, 1)
    history = purchase_history(orders, days_first_to_last, days_since_first)
    average = _check_values(history, average_repeat_value)
    worth = np.full(average.size, np.nan)
    fine = sound(history.problems) & ~np.isnan(history.values[:, 0])
    x, last, age = (history.values[fine] / [1.0, *[purchases.days_per_unit] * 2]).T
    month = DAYS_PER_MONTH / purchases.days_per_unit
    by_now = np.zeros(x.size)
    total = np.zeros(x.size)
    for k in range(1, horizon + 1):
        by_then = purchases.expected(x, last, age, k * month)
        total += (by_then - by_now) * discount[k - 1]
        by_now = by_then
    worth[fine] = margin * values.expected(x, average[fine]) * total
    return Rows(worth, history.problems)


def margin_if_kept(
    purchases: BgNbdModel,
    values: GammaGammaModel,
    orders: ArrayLike,
    days_first_to_last: ArrayLike,
    days_since_first: ArrayLike,
    average_repeat_value: ArrayLike,
    months: float = 12,
    annual_discount: float = 0.10,
    margin: float = 1.0,
) -> Rows:
    """What the next months bring from a customer who stays, discounted month by month.

    Unlike :func:`clv` this does not allow for leaving: it is what a churn probability is
    multiplied by (:func:`expected_value_saved`), and leaving must not be counted twice.

    Parameters, returns and errors are those of :func:`clv`.
    """
    horizon = _whole_months(months)
    discount = _discounts(horizon, annual_discount)
    _check_setting(Text("The margin", "毛利率"), margin, 0, 1)
    history = purchase_history(orders, days_first_to_last, days_since_first)
    average = _check_values(history, average_repeat_value)
    x, age = history.values[:, 0], history.values[:, 2] / purchases.days_per_unit
    rate = purchases.rate_if_kept(x, age) * DAYS_PER_MONTH / purchases.days_per_unit
    worth = margin * values.expected(x, average) * rate * discount.sum()
    return Rows(np.where(sound(history.problems), worth, np.nan), history.problems)


def expected_value_saved(
    probability: ArrayLike,
    save_rate: ArrayLike,
    margin_if_kept: ArrayLike,
    contact_cost: ArrayLike,
) -> Rows:
    """What contacting each customer is expected to be worth.

    Parameters
    ----------
    probability : array_like of float, shape (n,)
        Of leaving within the horizon, 0 to 1.
    save_rate : array_like of float
        Share of leaving customers whom a contact keeps, 0 to 1.
    margin_if_kept : array_like of float, shape (n,)
        What a customer who stays brings, in money; it must not allow for leaving.
    contact_cost : array_like of float
        Cost of one contact, in money, not negative.

    Returns
    -------
    Rows
        ``probability * save_rate * margin_if_kept - contact_cost``; NaN where the probability or
        the margin is blank.
    """
    p, rate, kept, cost = columns(probability, save_rate, margin_if_kept, contact_cost)
    problems = no_problems(p.size)
    mark_scale(problems, _PROBABILITY, p, 0, 1)
    mark_scale(problems, _SAVE_RATE, rate, 0, 1)
    mark_scale(problems, _MARGIN, kept, -np.finfo(float).max)
    mark_scale(problems, _COST, cost, 0)
    mark_holes(problems, [(_SAVE_RATE, rate), (_COST, cost)])
    return Rows(np.where(sound(problems), p * rate * kept - cost, np.nan), problems)


def _check_values(history: Rows, average_repeat_value: ArrayLike) -> Floats:
    """Mark the rows whose average repeat value is negative, or blank after a repeat order."""
    average, repeat = columns(average_repeat_value, history.values[:, 0])
    mark_scale(history.problems, _VALUE, average, 0)

    def blank(i: int) -> CsmError:
        text = Text(
            "Row {row}: the average repeat value is blank although there are repeat orders. "
            "Fill it in.",
            "第 {row} 行：有复购订单，但平均复购金额为空，请补上。",
        ).fill(row=i + 1)
        return CellError(text.en, text.zh)

    mark(history.problems, np.isnan(average) & (repeat > 0), blank)
    return average


def _whole_months(months: float) -> int:
    if not (float(months).is_integer() and 1 <= months <= 1200):
        text = Text(
            "The number of months must be a whole number from 1 to 1200, not {months:g}.",
            "月数应为 1 到 1200 的整数，而不是 {months:g}。",
        ).fill(months=months)
        raise ScaleError(text.en, text.zh)
    return int(months)


def _discounts(months: int, annual_discount: float) -> Floats:
    _check_setting(Text("The annual discount", "年折现率"), annual_discount, 0, 1)
    return (1.0 + annual_discount) ** (-np.arange(1, months + 1) / 12.0)


def _check_setting(what: Text, value: float, low: float, high: float) -> None:
    if not (np.isfinite(value) and low <= value <= high):
        text = Text(
            "{what} cannot be {value:g}. Correct it in Settings or in the formula.",
            "{what}不能为 {value:g}，请在“设置”或公式中更正。",
        ).fill(what=what, value=value)
        raise ScaleError(text.en, text.zh)
