"""Which customers are about to leave: training, the model as a formula, and its explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csm_xl.churn.classifier import ChurnClassifier

__all__ = ["ChurnClassifier"]


def __getattr__(name: str) -> Any:
    # Scoring a sheet must not load scikit-learn, which the estimator needs.
    if name == "ChurnClassifier":
        from csm_xl.churn.classifier import ChurnClassifier

        return ChurnClassifier
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
