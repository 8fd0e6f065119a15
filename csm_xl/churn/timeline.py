"""What happened to each customer and when, sorted once so that any day can be looked back from."""

from __future__ import annotations

import numpy as np

from csm_xl.metrics.rows import Floats, Ints


class Timeline:
    """Events of one kind (orders, refunds, feedback ...), by customer and day.

    Parameters
    ----------
    customer : ndarray of int, shape (n,)
        Index of the customer of each event, 0 to `customers` - 1.
    day : ndarray of int, shape (n,)
        Day number of each event.
    customers : int
        How many customers there are, with or without events.
    values : dict of str to ndarray of float, shape (n,)
        What is known of each event.

    Attributes
    ----------
    customer, day : ndarray of int, shape (n,)
        Sorted by customer, then by day; events of one day stay in the order given.
    begin : ndarray of int, shape (customers,)
        Position of each customer's first event.
    """

    def __init__(
        self, customer: Ints, day: Ints, customers: int, values: dict[str, Floats] | None = None
    ) -> None:
        self._earliest = int(day.min()) if day.size else 0
        self._span = int(day.max()) - self._earliest + 2 if day.size else 2
        key = customer * self._span + (day - self._earliest)
        if np.any(key[1:] < key[:-1]):
            order = np.argsort(key, kind="stable")
            key, customer, day = key[order], customer[order], day[order]
            values = {name: v[order] for name, v in (values or {}).items()}
        self._key, self.customer, self.day = key, customer, day
        self.values = values or {}
        self._codes = np.arange(customers, dtype=np.int64) * self._span
        self.begin = np.searchsorted(key, self._codes, side="left")

    def until(self, day: int) -> Ints:
        """Position after each customer's last event on or before `day`."""
        offset = min(max(day - self._earliest, -1), self._span - 1)
        return np.searchsorted(self._key, self._codes + offset, side="right")

    def count(self, after: int | None, day: int) -> Ints:
        """Events of each customer later than `after` (None: ever) and not later than `day`."""
        return self.until(day) - (self.begin if after is None else self.until(after))

    def total(self, name: str, after: int | None, day: int) -> Floats:
        """Sum of a value over the same events; 0 without any."""
        start = self.begin if after is None else self.until(after)
        end = self.until(day)
        some = end > start
        total = np.zeros(start.size)
        if some.any():
            # One 0 at the end, since a segment may end where the events do.
            padded = np.append(self.values[name], 0.0)
            segments = np.column_stack([start[some], end[some]]).reshape(-1)
            total[some] = np.add.reduceat(padded, segments)[::2]
        return total

    def value_at(self, name: str, position: Ints) -> Floats:
        """A value of the event at each position; NaN for a position before a customer's first."""
        values = self.values[name]
        there = (position >= self.begin) & (position < values.size)
        out = np.full(position.size, np.nan)
        out[there] = values[position[there]]
        return out

    def day_at(self, position: Ints) -> Floats:
        """Day of the event at each position; NaN for a position before a customer's first."""
        there = (position >= self.begin) & (position < self.day.size)
        out = np.full(position.size, np.nan)
        out[there] = self.day[position[there]]
        return out

    def only(self, name: str) -> Timeline:
        """The same timeline with the events alone for which a value is not 0."""
        chosen = self.values[name] != 0
        values = {key: v[chosen] for key, v in self.values.items()}
        return Timeline(self.customer[chosen], self.day[chosen], self._codes.size, values)
