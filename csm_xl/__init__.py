"""csm-xl: customer success for a one-person company, inside the workbook its owner keeps.

What a notebook or a service imports; each name is loaded when it is first used.

>>> import csm_xl
>>> csm_xl.csat([5, 4, "satisfied", "very dissatisfied"])
3.5
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csm_xl.churn.classifier import ChurnClassifier
    from csm_xl.commands.opening import open_book as open_workbook
    from csm_xl.company.figures import (
        clv,
        csat,
        experience,
        health,
        loyalty,
        nps,
        pain_points,
        sentiment,
    )
    from csm_xl.company.modelling import ChurnModel, plan, score, train, training_set
    from csm_xl.errors import CsmError

__version__ = "0.1.0"

__all__ = [
    "ChurnClassifier",
    "ChurnModel",
    "CsmError",
    "clv",
    "csat",
    "experience",
    "health",
    "loyalty",
    "nps",
    "open_workbook",
    "pain_points",
    "plan",
    "score",
    "sentiment",
    "train",
    "training_set",
]

_FIGURES, _MODELLING = "company.figures", "company.modelling"
_HOMES = {
    "ChurnClassifier": ("churn.classifier", "ChurnClassifier"),
    "ChurnModel": (_MODELLING, "ChurnModel"),
    "CsmError": ("errors", "CsmError"),
    "clv": (_FIGURES, "clv"),
    "csat": (_FIGURES, "csat"),
    "experience": (_FIGURES, "experience"),
    "health": (_FIGURES, "health"),
    "loyalty": (_FIGURES, "loyalty"),
    "nps": (_FIGURES, "nps"),
    "open_workbook": ("commands.opening", "open_book"),
    "pain_points": (_FIGURES, "pain_points"),
    "plan": (_MODELLING, "plan"),
    "score": (_MODELLING, "score"),
    "sentiment": (_FIGURES, "sentiment"),
    "train": (_MODELLING, "train"),
    "training_set": (_MODELLING, "training_set"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home, there = _HOMES[name]
    found = getattr(import_module(f"{__name__}.{home}"), there)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
