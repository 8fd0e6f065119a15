"""The churn model as a scikit-learn estimator."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import DataConversionWarning
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from csm_xl import errors
from csm_xl.churn.blend import fit_blend
from csm_xl.churn.explain import typical_values
from csm_xl.churn.feature_columns import Feature, sift_features
from csm_xl.churn.feature_table import read_table
from csm_xl.churn.folds import duplicate_sets, joined, plan_folds
from csm_xl.churn.formula import sigmoid


class ChurnClassifier(ClassifierMixin, BaseEstimator):
    """Which customers leave: a blend of ridge logistic regressions and small boosted trees.

    Takes data frames with numbers, texts, logicals, dates and holes, or arrays of numbers with
    NaN for holes. The candidates are a ridge logistic regression with straight lines, one with
    bent lines (hinges at quantiles), and gradient boosted trees on bin numbers: of three and eight
    leaves below 1,000 customers, of three, eight and 24 from there on. They are blended by a
    non-negative stack of their log-odds, fitted out
    of fold. Below 40 customers, or 4 of either outcome, only the first is used. The fitted model
    is a :class:`csm_xl.churn.formula.ChurnFormula`.

    Parameters
    ----------
    random_state : int, default 0
        The same data and number give the same model.
    n_jobs : int or None, default None
        Kept for scikit-learn's sake; the work is done by array operations, which use the cores
        that numpy is given.
    progress : callable (float) or None, default None
        Told the part that is done, 0 to 1.
    cancelled : callable () -> bool or None, default None
        Asked often; a true answer raises :class:`csm_xl.errors.Cancelled`.

    Attributes
    ----------
    classes_ : array (2,)
        The second one is the one whose probability is modelled.
    formula_ : ChurnFormula
    out_of_fold_ : array (n,)
        Probabilities of the second class by models that had not seen the customer.
    n_features_in_ : int
    feature_names_in_ : array of str
        When fitted on a data frame.

    Examples
    --------
    >>> import pandas as pd
    >>> customers = pd.DataFrame(
    ...     {"visits": [10, 5, 8, 3, 12], "plan": ["pro", "free", "pro", "free", "pro"]}
    ... )
    >>> model = ChurnClassifier().fit(customers, [0, 1, 0, 1, 0])
    >>> bool(model.predict_proba(customers)[3, 1] > model.predict_proba(customers)[4, 1])
    True
    """

    def __init__(
        self,
        random_state: int | None = 0,
        n_jobs: int | None = None,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.progress = progress
        self.cancelled = cancelled

    def __sklearn_tags__(self) -> Any:
        """Two classes only, holes and texts allowed."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags

    def fit(self, X: Any, y: Any, groups: Any = None) -> ChurnClassifier:
        """Train on customers whose outcome is known.

        Parameters
        ----------
        X : data frame or array (n, p)
        y : array (n,)
            Two classes; the second in sorted order is the churned one.
        groups : array (n,), optional
            Rows with one value are never parted by a fold.

        Raises
        ------
        ValueError
            For infinities, complex numbers, one class, more than two classes.
        csm_xl.errors.CellError
            For a text in a column of numbers.
        """
        frame = self._frame(X, y, reset=True)
        y = np.asarray(y)
        if y.ndim == 2 and y.shape[1] == 1:
            warnings.warn(
                "A column-vector y was passed when a 1d array was expected.",
                DataConversionWarning,
                stacklevel=2,
            )
            y = y.ravel()
        check_classification_targets(y)
        self.classes_, target = np.unique(y, return_inverse=True)
        if len(self.classes_) > 2:
            raise ValueError(
                "Only binary classification is supported. The type of the target is "
                f"{type_of_target(y)}."
            )
        if len(self.classes_) < 2:
            raise ValueError(
                "Classifier can't train when only one class is present: mark who left and who "
                "stayed."
            )
        target = target.astype(float)
        seed = self.random_state
        if not isinstance(seed, (int, np.integer)):
            seed = int(check_random_state(seed).randint(2**31))
        kept: list[Feature] = [f for f, reason in sift_features(frame) if reason is None]
        table = read_table(frame, kept)
        sets = joined(duplicate_sets(table), None if groups is None else np.asarray(groups))
        fitted = fit_blend(table, target, plan_folds(target, sets, seed), seed, self._step)
        typical = typical_values(fitted.formula, table)
        self.formula_ = replace(fitted.formula, meta={"typical": typical})
        self.out_of_fold_ = sigmoid(fitted.out_of_fold)
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """The log-odds of the second class, (n,)."""
        check_is_fitted(self)
        return self.formula_.log_odds(self._frame(X, "no_validation", reset=False))

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probabilities of both classes, (n, 2)."""
        chance = sigmoid(self.decision_function(X))
        return np.column_stack([1.0 - chance, chance])

    def predict(self, X: Any) -> np.ndarray:
        """The likelier class, (n,)."""
        check_is_fitted(self)
        return self.classes_[(self.decision_function(X) > 0).astype(int)]

    def _step(self, done: float) -> None:
        if self.cancelled is not None and self.cancelled():
            raise errors.Cancelled
        if self.progress is not None:
            self.progress(done)

    def _frame(self, X: Any, y: Any, reset: bool) -> Any:
        """X as a data frame; arrays get the columns x0, x1 ..."""
        import pandas as pd

        if isinstance(X, pd.DataFrame):
            validate_data(self, X, y, reset=reset, skip_check_array=True)
            if len(X) == 0:
                raise ValueError(
                    f"Found array with 0 sample(s) (shape={X.shape}) while a minimum of 1 is "
                    "required."
                )
            return X
        checked = validate_data(self, X, y, reset=reset, dtype=None, ensure_all_finite="allow-nan")
        array = checked[0] if reset else checked
        return pd.DataFrame(array, columns=[f"x{k}" for k in range(array.shape[1])])
