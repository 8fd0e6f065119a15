"""What is kept for each row of a column: values as lists, styles and marks as stretches of rows.

A dictionary with an entry for each row of 50,000 costs more memory than the values in it. Rows
come in order and neighbours are alike, so both are kept as stretches instead.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from csm_xl.formulas.workbook_model import CellValue

_T = TypeVar("_T")

#: Empty rows between two values that are cheaper to keep than a new list.
_GAP = 16


def _nowhere(_: CellValue) -> None:
    raise LookupError("begin a stretch of rows first")


class ColumnValues:
    """The values of one column: lists of neighbouring rows, None where a cell is empty."""

    __slots__ = ("_lists", "_starts", "append", "next_row")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._lists: list[list[CellValue]] = []
        #: The row after the last one kept, and what adds a value there: for reading in order.
        self.next_row = 0
        self.append: Callable[[CellValue], None] = _nowhere

    def __bool__(self) -> bool:
        return bool(self._starts)

    def copy(self) -> ColumnValues:
        """The same values, apart from these."""
        made = ColumnValues()
        made._starts, made._lists = list(self._starts), [list(values) for values in self._lists]
        if made._lists:
            made.next_row = made._starts[-1] + len(made._lists[-1])
            made.append = made._lists[-1].append
        return made

    def begin(self, row: int) -> None:
        """Make `row`, which is beyond all others, the next one to be added."""
        if self._starts and row - self.next_row <= _GAP:
            self._lists[-1] += [None] * (row - self.next_row)
        else:
            self._starts.append(row)
            self._lists.append([])
            self.append = self._lists[-1].append
        self.next_row = row

    def get(self, row: int) -> CellValue:
        """The value in a row."""
        at = bisect_right(self._starts, row) - 1
        if at < 0:
            return None
        values, place = self._lists[at], row - self._starts[at]
        return values[place] if place < len(values) else None

    def slice(self, first: int, last: int) -> list[CellValue]:
        """The values from row `first` to row `last`."""
        found: list[CellValue] = []
        at = max(0, bisect_right(self._starts, first) - 1)
        row = first
        for start, values in zip(self._starts[at:], self._lists[at:], strict=True):
            if start > last:
                break
            if start > row:
                found += [None] * (start - row)
                row = start
            found += values[row - start : last - start + 1]
            row = max(row, min(last + 1, start + len(values)))
        found += [None] * (last + 1 - row)
        return found

    def put(self, first: int, values: Sequence[CellValue]) -> None:
        """Set the values from row `first` on."""
        if not values:
            return
        last = first + len(values) - 1
        low = bisect_right(self._starts, first) - 1
        if low >= 0 and first <= self._starts[low] + len(self._lists[low]):
            start, kept = self._starts[low], self._lists[low]
        else:
            low += 1
            start, kept = first, []
            self._starts.insert(low, start)
            self._lists.insert(low, kept)
        kept[first - start : last - start + 1] = values
        # Lists that are now covered, or touched at their beginning, become one with it.
        high = low + 1
        while high < len(self._starts) and self._starts[high] <= last + 1:
            kept += self._lists[high][max(0, last + 1 - self._starts[high]) :]
            high += 1
        del self._starts[low + 1 : high], self._lists[low + 1 : high]
        self.next_row = self._starts[-1] + len(self._lists[-1])
        self.append = self._lists[-1].append

    def spans(self) -> Iterator[tuple[int, int]]:
        """First and last row of each list, in order."""
        for start, values in zip(self._starts, self._lists, strict=True):
            yield start, start + len(values) - 1

    def items(self) -> Iterator[tuple[int, CellValue]]:
        """Rows that hold something, in order, with their values."""
        for start, values in zip(self._starts, self._lists, strict=True):
            for row, value in enumerate(values, start):
                if value is not None:
                    yield row, value

    def nearest(self, row: int, step: int) -> int | None:
        """The next row that holds something, after `row` (step 1) or before it (step -1)."""
        if step > 0:
            later = (r for r, _ in self.items() if r > row)
            return next(later, None)
        for start, values in zip(reversed(self._starts), reversed(self._lists), strict=True):
            for place in range(min(len(values), row - start) - 1, -1, -1):
                if values[place] is not None:
                    return start + place
        return None


class Stretches(Generic[_T]):
    """Something that is the same for stretches of rows, such as a style."""

    __slots__ = ("_ends", "_starts", "_values")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._values: list[_T] = []

    def __bool__(self) -> bool:
        return bool(self._starts)

    def __iter__(self) -> Iterator[tuple[int, int, _T]]:
        """First row, last row and value of each stretch, in order."""
        return iter(zip(self._starts, self._ends, self._values, strict=True))

    def add(self, first: int, last: int, value: _T) -> None:
        """Add a stretch beyond all others."""
        if self._ends and first == self._ends[-1] + 1 and self._values[-1] == value:
            self._ends[-1] = last
        else:
            self._starts.append(first)
            self._ends.append(last)
            self._values.append(value)

    def get(self, row: int) -> _T | None:
        """The value in a row, or None."""
        at = bisect_right(self._starts, row) - 1
        return self._values[at] if at >= 0 and row <= self._ends[at] else None

    def set(self, first: int, last: int, value: _T) -> None:
        """Set the rows from `first` to `last`."""
        if not self._starts or first > self._ends[-1]:
            self.add(first, last, value)
            return
        low, high = bisect_left(self._ends, first), bisect_right(self._starts, last)
        if (
            high - low == 1
            and self._values[low] == value
            and self._starts[low] <= first
            and last <= self._ends[low]
        ):
            return
        pieces: list[tuple[int, int, _T]] = []
        if low < high and self._starts[low] < first:
            pieces.append((self._starts[low], first - 1, self._values[low]))
        pieces.append((first, last, value))
        if low < high and self._ends[high - 1] > last:
            pieces.append((last + 1, self._ends[high - 1], self._values[high - 1]))
        self._starts[low:high] = [p[0] for p in pieces]
        self._ends[low:high] = [p[1] for p in pieces]
        self._values[low:high] = [p[2] for p in pieces]
        for at in range(low + len(pieces), low - 1, -1):
            self._join(at)

    def _join(self, at: int) -> None:
        """Make a stretch and an equal one right before it one."""
        if not 0 < at < len(self._starts):
            return
        follows = self._ends[at - 1] + 1 == self._starts[at]
        if follows and self._values[at - 1] == self._values[at]:
            self._ends[at - 1] = self._ends[at]
            del self._starts[at], self._ends[at], self._values[at]

    def within(self, first: int, last: int) -> Iterator[tuple[int, int, _T]]:
        """The stretches between two rows, cut to them."""
        for at in range(bisect_left(self._ends, first), bisect_right(self._starts, last)):
            yield max(first, self._starts[at]), min(last, self._ends[at]), self._values[at]


def merged_rows(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """First and last row of stretches that cover all `spans`, in order and apart."""
    first = last = 0
    for low, high in sorted(spans):
        if last and low <= last + 1:
            last = max(last, high)
            continue
        if last:
            yield first, last
        first, last = low, high
    if last:
        yield first, last
