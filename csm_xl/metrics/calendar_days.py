"""Days and months of the calendar, and Excel's serial numbers as days."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

#: Mean length of a month of the Gregorian calendar.
DAYS_PER_MONTH = 365.2425 / 12

_EPOCH = np.datetime64("1899-12-30", "D")


def days(dates: ArrayLike) -> np.ndarray:
    """Dates as whole days: datetime64 of any unit, or Excel's serial numbers."""
    given = np.asarray(dates)
    if np.issubdtype(given.dtype, np.datetime64):
        return given.astype("datetime64[D]")
    serial = given.astype(np.float64)
    out = np.full(serial.shape, np.datetime64("NaT"), dtype="datetime64[D]")
    known = np.isfinite(serial)
    out[known] = _EPOCH + np.floor(serial[known]).astype("timedelta64[D]")
    return out
