"""What a training run found out, as plain data: figures, comparison, drivers, words.

A :class:`Report` crosses from the process that trains to the one that writes the Model sheet,
so it turns into JSON and back.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from csm_xl.language import Text

#: With fewer customers of either outcome an AUC is 0 or 1 by luck, for every model.
LEAST_TO_RANK = 5


@dataclass(frozen=True)
class Figure:
    """A quality figure with its 95 % interval; `low` and `high` are None where none is given."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Peer:
    """One model of the comparison, judged on the same folds.

    Parameters
    ----------
    key : str
        ``"ours"``, ``"base_rate"``, ``"logistic"``, ``"forest"`` or ``"boosting"``.
    name : Text
    log_loss, brier, auc : float
    """

    key: str
    name: Text
    log_loss: float
    brier: float
    auc: float


@dataclass(frozen=True)
class Held:
    """A past day on which the model was tried.

    Parameters
    ----------
    day : str
        ISO date.
    customers, left : int
        Who was judged, and who of them left within the horizon.
    predicted : float
        How many the model foresaw.
    named, hits : int
        The customers it would have named first, and who of them left.
    by_chance : float
        How many of as many picked by chance.
    auc, log_loss : float
    """

    day: str
    customers: int
    left: int
    predicted: float
    named: int
    hits: int
    by_chance: float
    auc: float
    log_loss: float


@dataclass(frozen=True)
class Driver:
    """How much one feature moves the predictions over all customers.

    Parameters
    ----------
    feature : str
    strength : float
        Mean over customers of the change in log-odds, up or down, from a typical value.
    share : float
        Its part of the strengths of all features, 0 to 1.
    sentence : Text
        Which values go with leaving.
    """

    feature: str
    strength: float
    share: float
    sentence: Text


@dataclass(frozen=True)
class Report:
    """The evaluation of one training run.

    Parameters
    ----------
    n_customers, n_churned : int
        Different customers, and those of them who left.
    n_cases, n_cases_left : int
        Rows: a customer looked at on several dates is several cases. Otherwise the same numbers.
    base_rate : float
        Share of the cases that left; where the cases are a snapshot, the share of the customers
        present that leaves within the horizon.
    features : tuple of str
    left_out : tuple of (str, Text)
        Columns that training itself left out, with the reason.
    figures : dict of str to Figure
        Out of fold: ``log_loss``, ``brier``, ``auc``, ``calibration_slope``,
        ``calibration_gap`` (mean predicted minus share churned), and from 200 customers
        ``lift_top_tenth``.
    comparison : tuple of Peer
        Ours first, then the others, on the same folds; on one of them when there are more than
        20,000 customers.
    in_sample_mean_active, out_of_fold_mean_active : float
        Mean probability of the customers who have not left: by the final model, and by models
        that had not seen them.
    drivers : tuple of Driver
        Strongest first.
    warnings : tuple of Text
    trust_level : {"none", "little", "some", "good"}
    trust : Text
        In plain words, how far to trust the model.
    method : Text
        What was trained, in a sentence.
    in_sample, out_of_fold : array (n,)
        Probabilities in the order of the frame's rows.
    judged : array (n,)
        The out-of-fold probability of having left that the figures judge: before a level was set.
    backtest : tuple of Held
        Past days on which the model was tried, latest first; where customers have a history.
    correction : array (n,)
        Log-odds that turn the formula's probability of a row into the one to show: of customers
        that it learned from the formula thinks too well.
    """

    n_customers: int
    n_churned: int
    n_cases: int
    n_cases_left: int
    base_rate: float
    features: tuple[str, ...]
    left_out: tuple[tuple[str, Text], ...]
    figures: dict[str, Figure]
    comparison: tuple[Peer, ...]
    in_sample_mean_active: float
    out_of_fold_mean_active: float
    drivers: tuple[Driver, ...]
    warnings: tuple[Text, ...]
    trust_level: str
    trust: Text
    method: Text
    in_sample: np.ndarray = field(compare=False)
    out_of_fold: np.ndarray = field(compare=False)
    correction: np.ndarray = field(compare=False)
    judged: np.ndarray = field(compare=False)
    backtest: tuple[Held, ...] = ()

    @property
    def ranks(self) -> bool:
        """Whether there are enough customers of either outcome for an AUC to mean anything."""
        return min(self.n_churned, self.n_cases - self.n_cases_left) >= LEAST_TO_RANK

    def to_json(self) -> str:
        """The report as JSON text."""
        plain = asdict(self)
        plain["in_sample"] = self.in_sample.tolist()
        plain["out_of_fold"] = self.out_of_fold.tolist()
        plain["correction"] = self.correction.tolist()
        plain["judged"] = self.judged.tolist()
        return json.dumps(plain, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Report:
        """Read back what :meth:`to_json` wrote."""
        plain: dict[str, Any] = json.loads(text)
        plain["features"] = tuple(plain["features"])
        plain["left_out"] = tuple((name, Text(**reason)) for name, reason in plain["left_out"])
        plain["figures"] = {key: Figure(**figure) for key, figure in plain["figures"].items()}
        plain["comparison"] = tuple(
            Peer(**{**peer, "name": Text(**peer["name"])}) for peer in plain["comparison"]
        )
        plain["drivers"] = tuple(
            Driver(**{**driver, "sentence": Text(**driver["sentence"])})
            for driver in plain["drivers"]
        )
        plain["backtest"] = tuple(Held(**held) for held in plain.get("backtest", ()))
        plain["warnings"] = tuple(Text(**warning) for warning in plain["warnings"])
        for key in ("trust", "method"):
            plain[key] = Text(**plain[key])
        # A report that was kept by an earlier version has no corrections.
        plain.setdefault("correction", [0.0] * len(plain["out_of_fold"]))
        plain.setdefault("judged", plain["out_of_fold"])
        for key in ("in_sample", "out_of_fold", "correction", "judged"):
            plain[key] = np.array(plain[key], dtype=float)
        return cls(**plain)


def percent(share: float) -> str:
    """A share as people write it: ``26%``, ``4.2%``, ``0.13%``."""
    if 0 < share < 0.01:
        return f"{share:.2%}"
    return f"{share:.1%}" if 0 < share < 0.1 else f"{share:.0%}"
