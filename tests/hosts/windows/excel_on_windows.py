"""The workbook's VBA with real Windows below it: what it asks of the xlwings DLL and of Python's COM
server is done by com_client.exe, with the command string that the VBA has built.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from hosts.com_values import block
from hosts.vba_host import ExcelHost
from hosts.windows.com_client import (
    MISSING,
    NULL,
    ComClient,
    ComError,
    Date,
    ErrorCell,
    Range,
    Remote,
)
from hosts.windows.machine import windows_path
from pyopenvba.interpreter._objects import VBAObject
from pyopenvba.interpreter._runtime import Slot
from pyopenvba.interpreter._values import EMPTY as VBA_EMPTY
from pyopenvba.interpreter._values import MISSING as VBA_MISSING
from pyopenvba.interpreter._values import NOTHING as VBA_NOTHING
from pyopenvba.interpreter._values import NULL as VBA_NULL
from pyopenvba.interpreter._values import VBAArray, VBADate, VBAErrorValue, VBAInt, error, to_text

_EPOCH = dt.datetime(1899, 12, 30)


class ExcelOnWindows(ExcelHost):
    """Excel whose Python is Windows' own.

    Parameters
    ----------
    path : Path
        The workbook.
    client : ComClient
    interpreter : str, optional
        What the settings name as the interpreter; the client's when not given.
    """

    def __init__(self, path: Path, client: ComClient, interpreter: str | None = None) -> None:
        super().__init__(path, lambda: None)
        self.client = client
        self.loaded: list[str] = []
        self.windows_api["loadlibrary"] = self._load
        program = interpreter or windows_path(client.python.folder / "pythonw.exe")
        used = self.area("A1", "xlwings.conf").vba_get("CurrentRegion")
        below = int(used.vba_get("Rows").vba_get("Count")) + 1
        self.put(f"A{below}", [["INTERPRETER_WIN", program]], "xlwings.conf")

    def _load(self, path: Any) -> object:
        name = to_text(_given(path))
        self.loaded.append(name)
        return VBAInt(1 if self.client.ask("dll", name) else 0, "Long")

    def _set_environment(self, variable: Any, value: Any) -> object:
        text = _given(value)
        self.client.ask("env", _given(variable), text if isinstance(text, str) else None)
        return super()._set_environment(variable, value)

    def _activate(self, result: Any, command: Any, mode: Any = None) -> object:
        text = to_text(_given(command))
        number = int(_given(mode))
        if number == 1:
            self.commands.append(text)
        code, found = self.client.activate(text, number)
        result.value = Server(self.client, found) if isinstance(found, Remote) else found
        return VBAInt(code, "Long")


class Server(VBAObject):
    """An object of the Python server, as VBA holds it."""

    def __init__(self, client: ComClient, remote: Remote) -> None:
        self.client, self.remote = client, remote

    def vba_member(self, name: str) -> Any:
        return None

    def vba_get(self, name: str, args: Any = (), named: Any = None) -> object:
        try:
            found = self.client.invoke(self.remote, name, *map(_to_com, args))
        except ComError as problem:
            raise error(problem.hresult, problem.description) from None
        return self._from_com(found)

    def _from_com(self, value: Any) -> object:
        match value:
            case None:
                return VBA_EMPTY
            case Remote():
                return Server(self.client, value)
            case ErrorCell(number):
                return VBAErrorValue(number)
            case bool() | str() | float():
                return value
            case int():
                return VBAInt(value, "Long")
            case tuple() if value and isinstance(value[0], tuple):
                return block([[self._from_com(cell) for cell in row] for row in value])
            case tuple():
                array = VBAArray([(0, len(value) - 1)])
                for i, cell in enumerate(value):
                    array.set([i], self._from_com(cell))
                return array
        return VBA_NULL if value is NULL else value


def _to_com(value: Any) -> Any:
    value = _given(value)
    if value is VBA_EMPTY or value is VBA_NOTHING or value is None:
        return None
    if value is VBA_NULL:
        return NULL
    if value is VBA_MISSING:
        return MISSING
    if isinstance(value, VBAErrorValue):
        return ErrorCell(value.number)
    if isinstance(value, VBADate):
        return Date((value.to_datetime() - _EPOCH) / dt.timedelta(days=1))
    if isinstance(value, Server):
        return value.remote
    if isinstance(value, VBAArray):
        bounds = [range(low, high + 1) for low, high in value.bounds]
        if len(bounds) == 1:
            return [_to_com(value.get([i])) for i in bounds[0]]
        return Range([[_to_com(value.get([i, j])) for j in bounds[1]] for i in bounds[0]])
    return int(value) if isinstance(value, VBAInt) else value


def _given(value: Any) -> Any:
    return value.get() if isinstance(value, Slot) else value
