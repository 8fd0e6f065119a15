"""How long customers stay: Cox's proportional hazards model, scored with numpy alone.

:func:`fit_survival` uses lifelines and returns a :class:`SurvivalModel`, which is plain data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.churn.feature_values import find_columns, read_codes, read_numbers, text_key
from csm_xl.errors import NoModelError
from csm_xl.language import Text
from csm_xl.metrics.rows import Floats, Rows, columns, mark_holes, mark_scale, no_problems, sound

_MONTHS = Text("the number of months", "月数")
_TENURE = Text("the tenure in months", "客户月数")


@dataclass(frozen=True)
class Effect:
    """What one column does to the log of the hazard of leaving.

    Attributes
    ----------
    name : str
    kind : {"number", "date", "flag", "text"}
    coefficient : float
        Of a number; 0 for a text.
    typical : float
        A number's median: it stands for a blank, and has no effect itself.
    categories : tuple of (str, float)
        A text's categories, each with its effect beside the most common one.
    other : float
        The effect of any other category, blanks included.
    """

    name: str
    kind: str
    coefficient: float = 0.0
    typical: float = 0.0
    categories: tuple[tuple[str, float], ...] = ()
    other: float = 0.0

    def of(self, values: Any) -> Floats:
        """The effect of each cell.

        Raises
        ------
        CellError
            If a number cannot be read.
        """
        if self.kind == "text":
            codes = {text_key(name): i for i, (name, _) in enumerate(self.categories)}
            effects = np.array([*(e for _, e in self.categories), self.other])
            return effects[read_codes(values, codes, len(self.categories))]
        numbers = read_numbers(values, self.name, self.kind)  # type: ignore[arg-type]
        away = np.where(np.isnan(numbers), 0.0, numbers - self.typical)
        return self.coefficient * away


@dataclass(frozen=True)
class Split:
    """A column whose groups each have a course of their own: its effect changes with tenure.

    Attributes
    ----------
    name : str
    kind : {"number", "date", "flag", "text"}
    cut : float
        Of a number: up to it is one group, above it the other; a blank counts as the cut.
    categories : tuple of str
        Of a text: each is a group, all others are one more.
    """

    name: str
    kind: str
    cut: float = 0.0
    categories: tuple[str, ...] = ()

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return len(self.categories) + 1 if self.kind == "text" else 2

    def of(self, values: Any) -> np.ndarray:
        """The group of each cell, from 0.

        Raises
        ------
        CellError
            If a number cannot be read.
        """
        if self.kind == "text":
            codes = {text_key(name): i for i, name in enumerate(self.categories)}
            return np.asarray(read_codes(values, codes, len(self.categories)), dtype=int)
        numbers = read_numbers(values, self.name, self.kind)  # type: ignore[arg-type]
        return (np.where(np.isnan(numbers), self.cut, numbers) > self.cut).astype(int)


@dataclass(frozen=True)
class Baseline:
    """The cumulative hazard of one group's typical customer, as in :class:`SurvivalModel`."""

    months: tuple[float, ...]
    hazard: tuple[float, ...]
    longest: float
    tail: float

    def cumulative(self, tenure: ArrayLike) -> Floats:
        """Cumulative hazard at each tenure in months."""
        t = np.asarray(tenure, dtype=float)
        steps = np.concatenate([[0.0], self.hazard])
        inside = steps[np.searchsorted(self.months, t, side="right")]
        return inside + self.tail * np.maximum(t - self.longest, 0.0)


@dataclass(frozen=True)
class SurvivalModel:
    """A fitted Cox model, stratified by columns whose effect changes with tenure.

    Within a group each column multiplies the hazard of leaving by the same factor at every tenure.

    Attributes
    ----------
    effects : tuple of Effect
    months : tuple of float
        Tenures at which somebody left, ascending.
    hazard : tuple of float
        Breslow's cumulative baseline hazard at each of them, for a customer whose every number
        is typical and every text the most common category.
    longest : float
        The longest tenure on record, in months.
    tail : float
        Hazard per month beyond it: the mean hazard over the later half of the record, since
        nothing is known and nobody stays for ever.
    customers, left : int
        How many the model was fitted on, and how many of them left.
    report : dict
        ``concordance`` (of customers the model had not seen, NaN with too few),
        ``not_proportional`` (columns whose effect changes with tenure and that are no strata,
        with p-values), ``stratified`` (those that are, with p-values),
        ``left_out`` (columns that carry the duration, with the reason in both languages).
    splits : tuple of Split
        What the strata are made of; empty without any.
    strata : tuple of (int, Baseline)
        Per stratum with enough leavers its number and its own hazard; the others have that of all.

    Notes
    -----
    D. R. Cox (1972), Regression models and life-tables, Journal of the Royal Statistical Society
    B 34; N. Breslow, in its discussion.
    """

    effects: tuple[Effect, ...]
    months: tuple[float, ...]
    hazard: tuple[float, ...]
    longest: float
    tail: float
    customers: int
    left: int
    report: dict[str, Any] = field(default_factory=dict)
    splits: tuple[Split, ...] = ()
    strata: tuple[tuple[int, Baseline], ...] = ()

    @property
    def features(self) -> tuple[str, ...]:
        """The columns that the model needs."""
        named = [effect.name for effect in self.effects] + [split.name for split in self.splits]
        return tuple(dict.fromkeys(named))

    def stratum(self, frame: Mapping[str, Any]) -> np.ndarray:
        """The number of each customer's stratum, shape (n,); one 0 without strata.

        Raises
        ------
        SheetError
            If a column is missing.
        CellError
            If a number cannot be read.
        """
        found = find_columns(frame, self.features)
        number = np.zeros(1, dtype=int)
        for split in self.splits:
            number = number * split.groups + split.of(frame[found[split.name]])
        return number

    def log_hazard(self, frame: Mapping[str, Any]) -> Floats:
        """Log of each customer's hazard beside the typical customer's, shape (n,).

        Raises
        ------
        SheetError
            If a column is missing.
        CellError
            If a number cannot be read.
        """
        found = find_columns(frame, self.features)
        effects = [effect.of(frame[found[effect.name]]) for effect in self.effects]
        if not effects:
            return np.zeros(1)
        return np.sum(effects, axis=0)

    def cumulative(self, tenure: ArrayLike) -> Floats:
        """Cumulative baseline hazard at each tenure in months."""
        return Baseline(self.months, self.hazard, self.longest, self.tail).cumulative(tenure)

    def _cumulative(self, tenure: Floats, stratum: np.ndarray) -> Floats:
        total = self.cumulative(tenure)
        for number, baseline in self.strata:
            own = stratum == number
            total[own] = baseline.cumulative(tenure[own])
        return total

    def survival(
        self, frame: Mapping[str, Any], months: ArrayLike, tenure_months: ArrayLike = 0.0
    ) -> Rows:
        """Probability that each customer is still there `months` from now.

        Parameters
        ----------
        frame : mapping of str to sequence, n rows
            The columns of :attr:`features`, raw cells; others are ignored.
        months : array_like of float
            How far to look ahead, not negative.
        tenure_months : array_like of float
            For how long each has been a customer already; 0 for a new one.

        Returns
        -------
        Rows
            ``S(tenure + months) / S(tenure)``, given that the customer has stayed so far. A
            ScaleError where a number is negative.
        """
        stratum = self.stratum(frame)
        risk = np.exp(np.clip(self.log_hazard(frame) + np.zeros(stratum.size), -50.0, 50.0))
        risk, ahead, tenure = columns(risk if risk.size > 1 else risk[0], months, tenure_months)
        problems = no_problems(risk.size)
        mark_holes(problems, [(_MONTHS, ahead), (_TENURE, tenure)])
        mark_scale(problems, _MONTHS, ahead, 0)
        mark_scale(problems, _TENURE, tenure, 0)
        fine = sound(problems) & ~np.isnan(ahead)
        left = np.full(risk.size, np.nan)
        group = np.broadcast_to(stratum, risk.shape)[fine]
        left[fine] = self._cumulative((tenure + ahead)[fine], group) - self._cumulative(
            tenure[fine], group
        )
        return Rows(np.exp(-risk * left), problems)

    def to_dict(self) -> dict[str, Any]:
        """The model as JSON data."""
        strata = {
            "splits": [
                {"name": p.name, "kind": p.kind, "cut": p.cut, "categories": list(p.categories)}
                for p in self.splits
            ],
            "strata": [
                [number, list(b.months), list(b.hazard), b.longest, b.tail]
                for number, b in self.strata
            ],
        }
        return (strata if self.splits else {}) | {
            "effects": [
                {
                    "name": e.name,
                    "kind": e.kind,
                    "coefficient": e.coefficient,
                    "typical": e.typical,
                    "categories": [list(c) for c in e.categories],
                    "other": e.other,
                }
                for e in self.effects
            ],
            "months": list(self.months),
            "hazard": list(self.hazard),
            "longest": self.longest,
            "tail": self.tail,
            "customers": self.customers,
            "left": self.left,
            "report": self.report,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> SurvivalModel:
        """The model out of JSON data as :meth:`to_dict` gives it.

        Raises
        ------
        NoModelError
            If it is damaged.
        """
        try:
            model = cls(
                tuple(
                    Effect(
                        str(e["name"]),
                        str(e["kind"]),
                        float(e["coefficient"]),
                        float(e["typical"]),
                        tuple((str(name), float(effect)) for name, effect in e["categories"]),
                        float(e["other"]),
                    )
                    for e in data["effects"]
                ),
                tuple(float(t) for t in data["months"]),
                tuple(float(h) for h in data["hazard"]),
                float(data["longest"]),
                float(data["tail"]),
                int(data["customers"]),
                int(data["left"]),
                dict(data["report"]),
                # Models of before have neither.
                tuple(
                    Split(
                        str(p["name"]),
                        str(p["kind"]),
                        float(p["cut"]),
                        tuple(str(name) for name in p["categories"]),
                    )
                    for p in data.get("splits", ())
                ),
                tuple(
                    (
                        int(number),
                        Baseline(
                            tuple(float(t) for t in months),
                            tuple(float(h) for h in hazard),
                            float(longest),
                            float(tail),
                        ),
                    )
                    for number, months, hazard, longest, tail in data.get("strata", ())
                ),
            )
        except (KeyError, TypeError, ValueError):
            raise _damaged() from None
        numbers = [e for effect in model.effects for e in (effect.coefficient, effect.typical)]
        whole = Baseline(model.months, model.hazard, model.longest, model.tail)
        cuts = [split.cut for split in model.splits]
        if not (
            all(_sound(baseline) for baseline in (whole, *(b for _, b in model.strata)))
            and np.isfinite([*numbers, *cuts]).all()
        ):
            raise _damaged()
        return model


def _sound(baseline: Baseline) -> bool:
    if len(baseline.months) != len(baseline.hazard):
        return False
    steps = np.array([baseline.months, baseline.hazard])
    return bool(
        np.isfinite(steps).all()
        and (np.diff(steps, axis=1) >= 0).all()
        and np.isfinite([baseline.longest, baseline.tail]).all()
    )


def _damaged() -> NoModelError:
    return NoModelError(
        "The stored survival model is damaged. Retrain.", "已保存的生存模型已损坏，请重新训练。"
    )
