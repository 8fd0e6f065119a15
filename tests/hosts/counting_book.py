"""A book that counts what is asked of it: over COM each call costs about a millisecond.

It stands before the objects that xlwings calls: each member that xlwings reads, sets or calls is
one call, as it is one at Excel.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import xlwings as xw

from csm_xl.formulas.addresses import block_address

#: Reading the cells of a range, in the words of xlwings' objects.
_CELLS = {"raw_value": "values", "formula": "formulas"}
#: Questions that xlwings answers without asking Excel.
_FREE = {"engine", "parent", "options"}


class Calls:
    """What was asked.

    Attributes
    ----------
    asked : Counter of str
        ``Range.raw_value`` and so on, and how often.
    read, written : Counter of (str, str, str)
        Sheet, block, and ``values`` or ``formulas`` of each range whose cells went over.
    """

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.read: Counter[tuple[str, str, str]] = Counter()
        self.written: Counter[tuple[str, str, str]] = Counter()

    @property
    def total(self) -> int:
        """How many calls there were."""
        return sum(self.asked.values())

    def twice(self) -> list[tuple[str, str, str]]:
        """What was read more than once."""
        return [place for place, times in self.read.items() if times > 1]


class _Counted:
    """An object of xlwings' engine that counts."""

    def __init__(self, counted: Any, calls: Calls) -> None:
        self.__dict__.update(_counted=counted, _calls=calls)

    def __getattr__(self, member: str) -> Any:
        found = getattr(self._counted, member)
        if member.startswith("_") or member in _FREE:
            return found
        if callable(found) and not _is_of_engine(found):

            def called(*given: Any, **named: Any) -> Any:
                self._note(member)
                given = tuple(map(_bare, given))
                named = {name: _bare(value) for name, value in named.items()}
                return self._wrap(found(*given, **named))

            return called
        self._note(member)
        if member in _CELLS:
            self._calls.read[self._cells(member)] += 1
        return self._wrap(found)

    def __setattr__(self, member: str, value: Any) -> None:
        if member not in _FREE:
            self._note(member)
        if member in _CELLS or member == "value":
            self._calls.written[self._cells(member)] += 1
        setattr(self._counted, member, _bare(value))

    def __call__(self, *given: Any) -> Any:
        self._note("item")
        return self._wrap(self._counted(*map(_bare, given)))

    def __iter__(self) -> Iterator[Any]:
        for one in self._counted:
            self._note("item")
            yield self._wrap(one)

    def __bool__(self) -> bool:
        return True

    def __len__(self) -> int:
        self._note("count")
        return len(self._counted)

    def __contains__(self, name: object) -> bool:
        self._note("contains")
        return name in self._counted

    def _note(self, member: str) -> None:
        self._calls.asked[f"{type(self._counted).__name__}.{member}"] += 1

    def _cells(self, member: str) -> tuple[str, str, str]:
        block = self._counted
        return (
            block.sheet.name,
            block_address(block.block),
            _CELLS.get(member, "values"),
        )

    def _wrap(self, found: Any) -> Any:
        return _Counted(found, self._calls) if _is_of_engine(found) else found


def _is_of_engine(found: Any) -> bool:
    return type(found).__module__.startswith("csm_xl.xlfile")


def _bare(given: Any) -> Any:
    if isinstance(given, _Counted):
        return given._counted
    impl = getattr(given, "impl", None)
    if isinstance(impl, _Counted):
        return type(given)(impl=impl._counted)
    return given


def counting(book: xw.Book) -> tuple[xw.Book, Calls]:
    """The same book before which every call is counted, and the count."""
    calls = Calls()
    return xw.Book(impl=_Counted(book.impl, calls)), calls
