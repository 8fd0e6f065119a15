"""The figures of customer success for arrays and data frames.

What a cell's formula gives, a function here gives of a list, an array or a column: the same
numbers, with the same sentences as exceptions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from csm_xl import metrics
from csm_xl.vocabulary.cell_readers import LEVEL, NPS_SCORE
from csm_xl.vocabulary.cells import collect


def csat(ratings: Any, method: Literal["mean", "positive"] = "mean") -> float:
    """Customer satisfaction.

    Parameters
    ----------
    ratings : sequence
        Numbers 1 to 5 or level words in English and Chinese; blanks are skipped.
    method : {"mean", "positive"}
        The mean level, 1 to 5, or the share of ratings of 4 or more, 0 to 1.

    Raises
    ------
    CellError, ScaleError, DivideError

    Examples
    --------
    >>> csat([5, 4, "satisfied", "非常不满意", None])
    3.5
    >>> csat([5, 4, 2, 1], method="positive")
    0.5
    """
    if method not in ("mean", "positive"):
        raise ValueError(f"method must be 'mean' or 'positive', not {method!r}")
    levels = collect(_cells(ratings), LEVEL, "ratings")
    return metrics.csat_mean(levels) if method == "mean" else metrics.csat_positive(levels)


def nps(scores: Any) -> float:
    """Net promoter score: share of 9 and 10 minus share of 0 to 6, times 100.

    Parameters
    ----------
    scores : sequence
        0 to 10; blanks are skipped.

    Examples
    --------
    >>> nps([10, 9, 8, 3])
    25.0
    """
    return metrics.nps(collect(_cells(scores), NPS_SCORE, "scores"))


def loyalty(repeat: ArrayLike, total: ArrayLike) -> Any:
    """Repeat purchases by all purchases, element by element; NaN for blank rows.

    Examples
    --------
    >>> loyalty([2, 0], [4, 1])
    array([0.5, 0. ])
    """
    return _like(metrics.loyalty(repeat, total), repeat)


def experience(
    functional: ArrayLike,
    service: ArrayLike,
    emotional: ArrayLike,
    weights: Sequence[float] = (1.0, 1.0, 1.0),
) -> Any:
    """Functional, service and emotional satisfaction as one weighted sum, row by row.

    Examples
    --------
    >>> experience([4.0], [3.0], [5.0])
    array([12.])
    """
    return _like(metrics.experience(functional, service, emotional, weights), functional)


def health(
    satisfaction: ArrayLike,
    loyalty: ArrayLike,
    usage: ArrayLike,
    churn_probability: ArrayLike,
    weights: Sequence[float] = (1.0, 1.0, 1.0, 1.0),
) -> Any:
    """Health from 0 to 100 of four parts from 0 to 1; a blank (NaN) part drops out of its row.

    Examples
    --------
    >>> health([1.0], [0.5], [float("nan")], [0.1])
    array([80.])
    """
    return _like(
        metrics.health(satisfaction, loyalty, usage, churn_probability, weights), satisfaction
    )


def clv(
    orders: Any,
    *,
    months: float = 12,
    annual_discount: float = 0.10,
    margin: float = 1.0,
    today: Any = None,
) -> Any:
    """Expected value of each customer's next months, by BG/NBD with Gamma-Gamma fitted on orders.

    Parameters
    ----------
    orders : pandas.DataFrame
        ``customer_id``, ``date`` and ``amount``, under any of their usual titles.
    months : float
    annual_discount : float
    margin : float
        Share of an order's value that is earned.
    today : date, optional
        The last order by default.

    Returns
    -------
    pandas.Series
        By customer, for those who ever ordered.

    Raises
    ------
    TooLittleDataError
        With too few repeat orders.
    """
    import pandas as pd

    from csm_xl.churn import lifetime_value
    from csm_xl.churn.bg_nbd import fit_bg_nbd
    from csm_xl.company.data_frames import read_frames, table_from
    from csm_xl.company.order_training import purchase_rows
    from csm_xl.vocabulary import layout
    from csm_xl.vocabulary.cells import as_key

    table = table_from(orders, "orders")
    place = layout.find_column(table.headers, "customer_id", "orders")
    who = [] if place is None else dict.fromkeys(filter(None, map(as_key, table.cells(place))))
    given = read_frames(pd.DataFrame({"customer_id": list(who)}), orders, today=today)
    assert given.company is not None
    rows = purchase_rows(given.company)
    terms = [np.array(rows[name]) for name in ("orders", "first_to_last", "since_first", "value")]
    count, span, age, average = terms
    purchases = fit_bg_nbd(count - 1, span, age, 1.0)
    values = lifetime_value.fit_gamma_gamma(count - 1, average)
    found = lifetime_value.clv(
        purchases, values, count, span, age, average, months, annual_discount, margin
    ).checked()
    keys = [given.company.keys[int(i)] for i in rows["row"]]
    return pd.Series(found, index=pd.Index(keys, name="customer_id"), name="clv")


def sentiment(texts: Sequence[str | None]) -> Any:
    """What texts in Chinese and English sound like, from -1 to 1; NaN for blank ones.

    Parameters
    ----------
    texts : sequence of str or None
    """
    from csm_xl.feedback.sentiment_scores import sentiment as of_texts

    return _labelled(of_texts(_texts(texts)), texts)


def pain_points(
    texts: Sequence[str | None], n: int = 10, *, dates: Sequence[Any] | None = None
) -> Any:
    """What customers complain about and wish for, the most mentioned first.

    Parameters
    ----------
    texts : sequence of str or None
    n : int
    dates : sequence, optional
        When each was written; then each theme has a trend.

    Returns
    -------
    pandas.DataFrame
        ``theme``, ``kind``, ``mentions``, ``share`` (of all texts read), ``sentiment``, ``trend``,
        ``example``.
    """
    import pandas as pd

    from csm_xl.feedback.pain_point_list import KINDS, TRENDS
    from csm_xl.feedback.pain_point_list import pain_points as of_texts

    rows = [
        {
            "theme": str(point.theme),
            "kind": str(KINDS[point.kind]),
            "mentions": point.mentions,
            "share": point.share,
            "sentiment": point.mean_sentiment,
            "trend": None if point.trend is None else str(TRENDS[point.trend]),
            "example": point.example,
        }
        for point in of_texts(_texts(texts), n, None if dates is None else list(dates))
    ]
    return pd.DataFrame(
        rows, columns=["theme", "kind", "mentions", "share", "sentiment", "trend", "example"]
    )


def _cells(values: Any) -> tuple[Any, ...]:
    """Cells as an array constant has them, which never has a title; missing values are blanks."""
    flat = np.ravel(np.asarray(values, dtype=object))
    return tuple(None if _is_missing(value) else _plain(value) for value in flat)


def _is_missing(value: Any) -> bool:
    """Whether a value is None, NaN, NaT or pandas' NA, which answers no question."""
    try:
        return value is None or bool(value != value)
    except TypeError:
        return True


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _texts(values: Sequence[Any]) -> list[str | None]:
    return [None if _is_missing(value) else str(value) for value in values]


def _like(rows: metrics.Rows, given: Any) -> Any:
    """The values, under the index of a pandas column that was given."""
    return _labelled(rows.checked(), given)


def _labelled(values: np.ndarray, given: Any) -> Any:
    index = getattr(given, "index", None)
    if index is None or callable(index):
        return values
    import pandas as pd

    return pd.Series(values, index=index)
