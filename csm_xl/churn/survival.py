"""How long customers stay: Cox's proportional hazards model, scored with numpy alone.

:func:`fit_survival` uses lifelines and returns a :class:`SurvivalModel`, which is plain data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.churn.reading import find_columns, read_codes, read_numbers, text_key
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
class SurvivalModel:
    """A fitted Cox model.

    Assumes that each column multiplies the hazard of leaving by the same factor at every tenure.

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
        ``not_proportional`` (columns whose effect changes with tenure, with p-values),
        ``left_out`` (columns that carry the duration, with the reason in both languages).

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

    @property
    def features(self) -> tuple[str, ...]:
        """The columns that the model needs."""
        return tuple(effect.name for effect in self.effects)

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
        t = np.asarray(tenure, dtype=float)
        steps = np.concatenate([[0.0], self.hazard])
        inside = steps[np.searchsorted(self.months, t, side="right")]
        return inside + self.tail * np.maximum(t - self.longest, 0.0)

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
        risk = np.exp(np.clip(self.log_hazard(frame), -50.0, 50.0))
        risk, ahead, tenure = columns(risk if risk.size > 1 else risk[0], months, tenure_months)
        problems = no_problems(risk.size)
        mark_holes(problems, [(_MONTHS, ahead), (_TENURE, tenure)])
        mark_scale(problems, _MONTHS, ahead, 0)
        mark_scale(problems, _TENURE, tenure, 0)
        fine = sound(problems) & ~np.isnan(ahead)
        left = np.full(risk.size, np.nan)
        left[fine] = self.cumulative((tenure + ahead)[fine]) - self.cumulative(tenure[fine])
        return Rows(np.exp(-risk * left), problems)

    def to_dict(self) -> dict[str, Any]:
        """The model as JSON data."""
        return {
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
            )
        except (KeyError, TypeError, ValueError):
            raise _damaged() from None
        same = len(model.months) == len(model.hazard)
        steps = np.array([model.months, model.hazard]) if same else np.zeros((2, 0))
        numbers = [e for effect in model.effects for e in (effect.coefficient, effect.typical)]
        if not (
            same
            and np.isfinite(steps).all()
            and (np.diff(steps, axis=1) >= 0).all()
            and np.isfinite([*numbers, model.longest, model.tail]).all()
        ):
            raise _damaged()
        return model


def _damaged() -> NoModelError:
    return NoModelError(
        "The stored survival model is damaged. Retrain.", "已保存的生存模型已损坏，请重新训练。"
    )
