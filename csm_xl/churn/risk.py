"""Low, medium or high: a probability of leaving as a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from csm_xl.errors import ScaleError
from csm_xl.language import Text
from csm_xl.vocabulary.settings import default_number
from csm_xl.vocabulary.words import RISKS as _WORDS

#: From the lowest to the highest, by the codes that :func:`risk_levels` gives.
RISKS: tuple[Text, ...] = tuple(map(_WORDS.text, ("low", "medium", "high")))
#: From these probabilities up a risk is medium, or high, where no model says otherwise.
MEDIUM, HIGH = default_number("risk_medium"), default_number("risk_high")

#: Share of the present customers who are High: what is aimed at, and between what it must lie.
_AIM, _FEWEST, _MOST = 0.15, 0.05, 0.25
#: Low holds at least this share of the present customers, and more while ...
_LEAST_LOW = 0.35
#: ... its mean probability is at most this part of everybody's, ...
_LOW_RATE = 0.4
#: ... and at most this part of those expected to leave is in it.
_LOW_LEAVERS = 0.3
#: Low ends below this part of the present customers, so that somebody is left for Medium.
_MOST_LOW = 0.75


@dataclass(frozen=True)
class RiskCuts:
    """The probabilities from which a risk is medium, and high."""

    medium: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """The cuts as JSON data, as :func:`cuts_of` reads them."""
        return asdict(self)


def cuts_of(meta: Mapping[str, Any]) -> RiskCuts:
    """The cuts that were learned with a model, out of its ``meta``; else the usual ones."""
    kept = meta.get("risk")
    try:
        medium, high = float(kept["medium"]), float(kept["high"])  # type: ignore[index]
    except (KeyError, TypeError, ValueError):
        return RiskCuts(MEDIUM, HIGH)
    return RiskCuts(medium, high) if 0 <= medium <= high <= 1 else RiskCuts(MEDIUM, HIGH)


def learn_cuts(present: np.ndarray, everybody: np.ndarray | None = None) -> RiskCuts:
    """Cuts at which the three levels say something, whatever share of the customers leaves.

    Fixed cuts call nearly everybody Low where few leave, and everybody High where most do. Here
    about one in seven of the present customers is High; Low is as large as it may be while those
    in it leave at well under half of the usual rate and most of who leaves is not among them.

    Parameters
    ----------
    present : array (n,)
        Probabilities of the customers who are there, by models that had not seen them.
    everybody : array (m,), optional
        The same with those who left; `present` when not given.

    Returns
    -------
    RiskCuts
        Rounded to two digits, so that a person can say them.
    """
    p = np.sort(np.asarray(present, dtype=float))
    if not p.size:
        return RiskCuts(MEDIUM, HIGH)
    whole = np.sort(np.asarray(p if everybody is None else everybody, dtype=float))
    high = _high_cut(p)
    candidates = np.unique(_tidy(np.quantile(p, np.arange(0.3, _MOST_LOW, 0.02))))
    least = float(_tidy(np.quantile(p, _LEAST_LOW)))
    medium = least
    for cut in candidates[candidates > least]:
        low = whole[whole < cut]
        if cut > high or not low.size:
            break
        if low.mean() > _LOW_RATE * whole.mean() or low.sum() > _LOW_LEAVERS * whole.sum():
            break
        medium = float(cut)
    return RiskCuts(min(medium, high), high)


def _high_cut(p: np.ndarray) -> float:
    """The cut whose share of High is nearest to the aim, inside its limits where possible."""
    cuts = np.unique(_tidy(np.quantile(p, np.linspace(0.5, 1.0, 201))))
    # Above everybody is a cut too: where all are alike, nobody stands out.
    cuts = np.append(cuts, min(1.0, float(cuts[-1]) * 1.2 + 1e-6))
    share = 1.0 - np.searchsorted(p, cuts, side="left") / p.size
    outside = np.maximum(_FEWEST - share, 0.0) + np.maximum(share - _MOST, 0.0)
    return float(_tidy(cuts[np.lexsort((np.abs(share - _AIM), outside))[0]]))


def _tidy(cuts: np.ndarray | float) -> np.ndarray:
    """Probabilities with two digits, as many as tell one in a hundred of either end apart."""
    cut = np.clip(np.asarray(cuts, dtype=float), 1e-4, 1.0)
    size = 10.0 ** (np.floor(np.log10(np.minimum(cut, np.maximum(1.0 - cut, 1e-4)))) - 1.0)
    return np.asarray(np.minimum(np.round(cut / size) * size, 1.0)).round(8)


def risk_levels(probability: np.ndarray, medium: float = MEDIUM, high: float = HIGH) -> np.ndarray:
    """Index into :data:`RISKS` for each probability.

    Parameters
    ----------
    probability : ndarray of float, shape (n,)
        Without NaN.
    medium, high : float
        The probabilities from which a risk is medium, and high.

    Returns
    -------
    ndarray of int, shape (n,)

    Raises
    ------
    ScaleError
        Unless 0 <= medium <= high <= 1.
    """
    if not 0 <= medium <= high <= 1:
        raise ScaleError(
            f"The limits of risk are {medium:g} and {high:g}, but medium must not be above high "
            "and both lie between 0 and 1. Correct them.",
            f"中、高风险起点为 {medium:g} 和 {high:g}，但前者不能高于后者，"
            "且两者都应在 0 到 1 之间，请更正。",
        )
    return (probability >= medium).astype(int) + (probability >= high)
