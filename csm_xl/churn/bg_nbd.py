"""How often customers without a contract buy again: the BG/NBD model, fitted by our own code.

Nobody tells a shop that they have left. The model takes every customer to buy at a rate of their
own until, after some order, they silently stop; rates and chances to stop differ between
customers. What is known of a customer is how many orders came, when the last one was, and for
how long the customer has been known.

Fitted parameters are plain data; :func:`fit_bg_nbd` and :meth:`BgNbdModel.expected` import
scipy when called, everything else needs numpy only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.errors import NoModelError, ScaleError, TooLittleDataError
from csm_xl.language import Text
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

#: Fewer customers, or fewer who came back, say too little about four parameters.
LEAST_CUSTOMERS, LEAST_REPEATERS = 10, 3

_ORDERS = Text("the number of orders", "订单数")
_SPAN = Text("the number of days from the first order to the last", "首末订单相隔天数")
_AGE = Text("the number of days since the first order", "距首次购买的天数")

# In log parameters; outside, the likelihood is flat and only rounding decides.
_BOUND = 7.0


@dataclass(frozen=True)
class BgNbdModel:
    """A fitted BG/NBD model.

    Assumes that a customer buys at random at a rate λ and after each order, the first one left
    out, stops for good with chance p; that λ follows a gamma distribution (`r`, `alpha`) and p a
    beta distribution (`a`, `b`) over the customers, independently; and that nothing else changes
    with time (no seasons, no growth).

    Attributes
    ----------
    r, alpha : float
        Shape and rate of the gamma distribution; `alpha` in units of time.
    a, b : float
        Of the beta distribution.
    days_per_unit : float
        How many days make the unit of time that the model was fitted in.
    customers : int
        How many customers it was fitted on.
    log_likelihood : float
        At the fitted parameters.

    Notes
    -----
    P. S. Fader, B. G. S. Hardie & K. L. Lee (2005), "Counting your customers" the easy way: an
    alternative to the Pareto/NBD model, Marketing Science 24(2).
    """

    r: float
    alpha: float
    a: float
    b: float
    days_per_unit: float
    customers: int
    log_likelihood: float

    def to_dict(self) -> dict[str, Any]:
        """The model as JSON data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> BgNbdModel:
        """The model out of JSON data as :meth:`to_dict` gives it.

        Raises
        ------
        NoModelError
            If a parameter is missing, not a number, or not above 0.
        """
        try:
            model = cls(
                r=float(data["r"]),
                alpha=float(data["alpha"]),
                a=float(data["a"]),
                b=float(data["b"]),
                days_per_unit=float(data["days_per_unit"]),
                customers=int(data["customers"]),
                log_likelihood=float(data["log_likelihood"]),
            )
        except (KeyError, TypeError, ValueError):
            raise damaged() from None
        parameters = [model.r, model.alpha, model.a, model.b, model.days_per_unit]
        if not all(np.isfinite(p) and p > 0 for p in parameters):
            raise damaged()
        return model

    def alive(self, repeat: ArrayLike, last: ArrayLike, age: ArrayLike) -> Floats:
        """Probability that the customer has not stopped by now.

        Parameters
        ----------
        repeat, last, age : array_like of float, shape (n,)
            Orders after the first, time from the first to the last, time from the first until
            now, in the model's unit of time.

        Returns
        -------
        ndarray of float, shape (n,)
            1 for customers with a single order: in this model one stops after a repeat order
            only.
        """
        x, last_, age_ = columns(repeat, last, age)
        # How much likelier stopped than going on, as a logarithm: many orders and a long silence
        # would overflow otherwise.
        stopped = (self.r + x) * np.log((self.alpha + age_) / (self.alpha + last_))
        stopped += np.log(self.a / (self.b + np.maximum(x, 1.0) - 1.0))
        return np.where(x > 0, 1.0 / (1.0 + np.exp(np.minimum(stopped, 700.0))), 1.0)

    def none_within(
        self, repeat: ArrayLike, last: ArrayLike, age: ArrayLike, horizon: ArrayLike
    ) -> Floats:
        """Probability of no order within the horizon from now.

        Either the customer has stopped, or goes on and buys nothing for that long:
        ``1 - alive * (1 - ((alpha + age) / (alpha + age + horizon)) ** (r + x))``.

        Parameters
        ----------
        repeat, last, age
            As in :meth:`alive`.
        horizon : array_like of float
            In the model's unit of time.
        """
        x, last_, age_, horizon_ = columns(repeat, last, age, horizon)
        buys = -np.expm1(-(self.r + x) * np.log1p(horizon_ / (self.alpha + age_)))
        return 1.0 - self.alive(x, last_, age_) * buys

    def expected(
        self, repeat: ArrayLike, last: ArrayLike, age: ArrayLike, horizon: ArrayLike
    ) -> Floats:
        """Expected number of orders within the horizon from now.

        Parameters are those of :meth:`none_within`.

        Notes
        -----
        Equation (10) of the paper, with its Gaussian hypergeometric function after Euler's
        transformation ``(1 - z)^(r + x) 2F1(r + x, b + x; c; z) = (1 - z)^(a - 1)
        2F1(a + b - 1 - r, a - 1; c; z)``, c = a + b + x - 1: the number of orders is then in c
        only, and hundreds of orders neither overflow nor cancel.
        """
        x, last_, age_, horizon_ = columns(repeat, last, age, horizon)
        # At a = 1 and at c = 0 the expression is 0 / 0; next to them, its limit.
        a = self.a if abs(self.a - 1.0) > 1e-6 else 1.0 + 1e-6
        c = a + self.b + x - 1.0
        c = np.where(np.abs(c) > 1e-8, c, 1e-8)
        z = horizon_ / (self.alpha + age_ + horizon_)
        stays = (1.0 - z) ** (a - 1.0) * _hypergeometric(a + self.b - 1.0 - self.r, a - 1.0, c, z)
        return np.maximum(c / (a - 1.0) * (1.0 - stays), 0.0) * self.alive(x, last_, age_)

    def rate_if_kept(self, repeat: ArrayLike, age: ArrayLike) -> Floats:
        """Expected orders per unit of time of a customer who goes on buying.

        The mean of λ given that the customer has not stopped: ``(r + x) / (alpha + age)``.
        """
        x, age_ = columns(repeat, age)
        return (self.r + x) / (self.alpha + age_)


def _hypergeometric(a: float, b: float, c: Floats, z: Floats) -> Floats:
    """2F1(a, b; c; z) for ``0 <= z < 1``.

    For z over 0.9 scipy takes the form in 1 - z, whose gamma functions overflow where c is large
    (hundreds of orders in a short time); there the power series converges quickly.
    """
    from scipy.special import hyp2f1

    quickly = (z > 0.9) & (c - a - b > 20.0)
    found = np.array(hyp2f1(a, b, np.where(quickly, 1.0, c), np.where(quickly, 0.0, z)))
    if quickly.any():
        denominator, ratio = c[quickly], z[quickly]
        term = total = np.ones_like(ratio)
        for k in range(1000):
            term = term * ((a + k) * (b + k) / ((denominator + k) * (k + 1)) * ratio)
            total = total + term
            if (np.abs(term) <= 1e-17 * np.abs(total)).all():
                break
        found[quickly] = total
    return found


def fit_bg_nbd(
    repeat: ArrayLike, last: ArrayLike, age: ArrayLike, days_per_unit: float = 1.0
) -> BgNbdModel:
    """Fit a BG/NBD model by maximum likelihood.

    Parameters
    ----------
    repeat, last, age : array_like of float, shape (n,)
        Per customer: orders after the first (several on one day count once), time from the first
        to the last, time from the first to the end of the record.
    days_per_unit : float
        How many days make the unit of those times.

    Returns
    -------
    BgNbdModel

    Raises
    ------
    ScaleError
        If a row is impossible (see :func:`purchase_history`).
    TooLittleDataError
        If there are too few customers, or too few who came back.
    """
    from scipy.optimize import minimize

    x, t_x, t = columns(repeat, last, age)
    known = ~(np.isnan(x) | np.isnan(t_x) | np.isnan(t))
    x, t_x, t = x[known], t_x[known], t[known]
    if x.size < LEAST_CUSTOMERS or np.count_nonzero(x) < LEAST_REPEATERS:
        text = Text(
            "Expected orders need at least {least} customers of whom {back} ordered again; "
            "there are {n}, and {again} ordered again.",
            "估计购买次数至少需要 {least} 位客户，其中 {back} 位有复购；"
            "目前有 {n} 位客户，{again} 位有复购。",
        ).fill(least=LEAST_CUSTOMERS, back=LEAST_REPEATERS, n=x.size, again=np.count_nonzero(x))
        raise TooLittleDataError(text.en, text.zh)
    x, t_x, t = purchase_history(x + 1.0, t_x, t).checked().T
    # In units of the mean age, one starting point and one bound serve weeks and days alike.
    unit = float(t.mean()) or 1.0
    table, weight = np.unique(
        np.column_stack([x, t_x / unit, t / unit]), axis=0, return_counts=True
    )
    best = min(
        (
            minimize(
                _negative_log_likelihood,
                np.log(start),
                args=(*table.T, weight),
                jac=True,
                method="L-BFGS-B",
                bounds=[(-_BOUND, _BOUND)] * 4,
                options={"maxiter": 1000, "ftol": 1e-13, "gtol": 1e-9},
            )
            for start in ((1.0, 1.0, 1.0, 1.0), (0.3, 0.1, 0.8, 2.5), (3.0, 1.0, 0.1, 2.0))
        ),
        key=lambda result: result.fun,
    )
    r, alpha, a, b = np.exp(best.x)
    # The density of the waits is per unit of time: back from the fit's unit to the caller's.
    log_likelihood = -float(best.fun) * weight.sum() - float(x.sum()) * np.log(unit)
    return BgNbdModel(
        float(r),
        float(alpha * unit),
        float(a),
        float(b),
        float(days_per_unit),
        int(x.size),
        float(log_likelihood),
    )


def _negative_log_likelihood(
    log_parameters: Floats, x: Floats, t_x: Floats, t: Floats, weight: Floats
) -> tuple[float, Floats]:
    """Mean negative log-likelihood of the customers, and its gradient."""
    from scipy.special import gammaln, psi

    r, alpha, a, b = np.exp(log_parameters)
    again = x > 0
    before = np.maximum(b + x - 1.0, 1e-300)
    going_on = -(r + x) * np.log(alpha + t)
    stopped = np.where(again, np.log(a / before) - (r + x) * np.log(alpha + t_x), -np.inf)
    either = np.logaddexp(going_on, stopped)
    per_row = (
        gammaln(r + x)
        - gammaln(r)
        + r * np.log(alpha)
        + gammaln(a + b)
        + gammaln(b + x)
        - gammaln(b)
        - gammaln(a + b + x)
        + either
    )
    w_on, w_stopped = np.exp(going_on - either), np.exp(stopped - either)
    by_r = psi(r + x) - psi(r) + np.log(alpha)
    by_r -= w_on * np.log(alpha + t) + w_stopped * np.log(alpha + t_x)
    by_alpha = r / alpha - (r + x) * (w_on / (alpha + t) + w_stopped / (alpha + t_x))
    both = psi(a + b) - psi(a + b + x)
    by_a = both + w_stopped / a
    by_b = both + psi(b + x) - psi(b) - w_stopped / before
    gradient = np.array([by_r * r, by_alpha * alpha, by_a * a, by_b * b])
    total = weight.sum()
    return -float(weight @ per_row) / total, -(gradient @ weight) / total


def purchase_history(
    orders: ArrayLike, days_first_to_last: ArrayLike, days_since_first: ArrayLike
) -> Rows:
    """Check what is known of each customer's orders and turn it into the model's terms.

    Parameters
    ----------
    orders : array_like of float, shape (n,)
        All orders, the first one included.
    days_first_to_last, days_since_first : array_like of float, shape (n,)
        Time from the first order to the last, and until now. NaN in all three is a blank row.

    Returns
    -------
    Rows
        Repeat orders, time to the last, age: shape (n, 3). Several orders that are all on one
        day are one visit, so no repeat. A ScaleError for a row that cannot be: fewer than one
        order, a negative time, a last order later than today, one order with time between the
        first and the last.
    """
    count, span, age = columns(orders, days_first_to_last, days_since_first)
    problems = no_problems(count.size)
    mark_holes(problems, [(_ORDERS, count), (_SPAN, span), (_AGE, age)])
    mark_scale(problems, _ORDERS, count, 1)
    mark_scale(problems, _SPAN, span, 0)
    mark_scale(problems, _AGE, age, 0)

    def error(en: str, zh: str) -> Callable[[int], ScaleError]:
        def made(i: int) -> ScaleError:
            text = Text(en, zh).fill(row=i + 1, span=float(span[i]), age=float(age[i]))
            return ScaleError(text.en, text.zh)

        return made

    mark(
        problems,
        span > age,
        error(
            "Row {row}: the last order is {span:g} days after the first, but the first was only "
            "{age:g} days ago. Correct one of the two.",
            "第 {row} 行：末次订单在首单之后 {span:g} 天，而首单距今只有 {age:g} 天，"
            "请更正其中一个。",
        ),
    )
    mark(
        problems,
        (count < 2) & (span > 0),
        error(
            "Row {row}: there is one order only, yet {span:g} days from the first to the last. "
            "Correct one of the two.",
            "第 {row} 行：只有一笔订单，首末订单却相隔 {span:g} 天，请更正其中一个。",
        ),
    )
    repeat = np.where(span > 0, count - 1.0, np.where(np.isnan(span), np.nan, 0.0))
    table = np.column_stack([repeat, span, age])
    table[~sound(problems)] = np.nan
    return Rows(table, problems)


def damaged() -> NoModelError:
    """The error of stored parameters that cannot be read."""
    return NoModelError(
        "The stored model of orders and values is damaged. Retrain.",
        "已保存的购买与价值模型已损坏，请重新训练。",
    )
