"""Values and calls that cross COM between VBA and Python, as pywin32 carries them."""

from __future__ import annotations

from typing import Any

from hosts.pywin32_standins import MISSING as NOT_GIVEN
from hosts.pywin32_standins import Wrapped, com_error, variant
from pyopenvba.apps.excel._model import Range
from pyopenvba.interpreter._objects import VBAObject
from pyopenvba.interpreter._values import (
    EMPTY,
    MISSING,
    NOTHING,
    NULL,
    VBAArray,
    VBADate,
    VBAErrorValue,
    VBAInt,
    error,
)

RPC_SERVER_UNAVAILABLE = -2147023174
RPC_CALL_FAILED = -2147023170
_ERROR_BASE = -2146828288


def to_python(value: object) -> Any:
    """What Python receives for a VBA value, as pywin32 hands it over."""
    if value is EMPTY or value is NULL or value is NOTHING or value is None:
        return None
    if value is MISSING:
        return NOT_GIVEN
    if isinstance(value, VBAErrorValue):
        return _ERROR_BASE + value.number
    if isinstance(value, VBADate):
        return value.to_datetime()
    if isinstance(value, VBAArray):
        return _array_to_python(value)
    if isinstance(value, PythonObject):
        return value.wrapped
    if isinstance(value, (bool, str, float)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Range):
        raise AssertionError("a range must not cross to Python: it costs a call for every property")
    return value


def _array_to_python(array: VBAArray) -> tuple:
    if array.dimensions == 1:
        low, high = array.bounds[0]
        return tuple(to_python(array.get([i])) for i in range(low, high + 1))
    (top, bottom), (left, right) = array.bounds
    return tuple(
        tuple(to_python(array.get([i, j])) for j in range(left, right + 1))
        for i in range(top, bottom + 1)
    )


def to_vba(value: Any) -> object:
    """What VBA receives for a Python result."""
    value = variant(value)
    if value is None:
        return NULL
    if isinstance(value, Wrapped):
        return PythonObject(value)
    if isinstance(value, (bool, str, float)):
        return value
    if isinstance(value, int):
        return VBAInt(value, "Long")
    if value and isinstance(value[0], tuple):
        return block([[to_vba(cell) for cell in row] for row in value])
    array = VBAArray([(0, len(value) - 1)])
    for i, cell in enumerate(value):
        array.set([i], to_vba(cell))
    return array


def block(rows: list[list[object]], first: int = 0) -> VBAArray:
    """A two-dimensional Variant array."""
    array = VBAArray([(first, first + len(rows) - 1), (first, first + len(rows[0]) - 1)])
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            array.set([first + i, first + j], cell)
    return array


def from_vba(value: object) -> Any:
    """A VBA result for a test to look at: rows as tuples, errors as ``#N/A`` texts' numbers."""
    if isinstance(value, VBAErrorValue):
        return value
    if isinstance(value, VBAArray):
        if value.dimensions == 1:
            low, high = value.bounds[0]
            return tuple(from_vba(value.get([i])) for i in range(low, high + 1))
        (top, bottom), (left, right) = value.bounds
        return tuple(
            tuple(from_vba(value.get([i, j])) for j in range(left, right + 1))
            for i in range(top, bottom + 1)
        )
    if value is EMPTY:
        return None
    if isinstance(value, VBAInt):
        return int(value)
    return value


class PythonObject(VBAObject):
    """A COM object of the Python server, as VBA holds it."""

    def __init__(self, wrapped: Wrapped) -> None:
        self.wrapped = wrapped

    def vba_member(self, name: str) -> Any:
        return None


class PythonServer(VBAObject):
    """``XLPy``: xlwings' ``XLPython`` at the other end of COM, which a test can let die."""

    def __init__(self, python: Any) -> None:
        self.python = python
        self.alive = True
        self.calls: list[tuple[str, tuple]] = []
        self.fails_with: list[int] = []

    def vba_member(self, name: str) -> Any:
        return None

    def vba_get(self, name: str, args: Any = (), named: Any = None) -> object:
        if self.fails_with:
            raise error(self.fails_with.pop(0), "Automation error")
        if not self.alive:
            raise error(RPC_SERVER_UNAVAILABLE, "The RPC server is unavailable.")
        assert name in self.python._public_methods_, name
        given = tuple(to_python(arg) for arg in args)
        self.calls.append((name, given))
        try:
            return to_vba(getattr(self.python, name)(*given))
        except com_error as problem:
            raise error(-2147352567, str(problem.args[1])) from None
        except Exception as problem:
            text = str(problem).encode("cp1252", "replace").decode("cp1252")
            raise error(-2147352567, f"Unexpected Python Error: {text}") from problem
