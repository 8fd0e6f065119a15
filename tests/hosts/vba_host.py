"""Excel with the shipped VBA running in it: pyOpenVBA's interpreter and object model, and Windows
and Python at the other end stood in for.

What Excel has and pyOpenVBA has not is supplied here: ``Application.Caller``, ``OnTime`` with a
clock that the test moves, dialogs, ``MacroOptions``, Windows API calls, the environment, the shell
that expands ``%NAME%``, and the xlwings DLL, behind which stands xlwings' own ``XLPython``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hosts.com_values import (
    RPC_CALL_FAILED,
    RPC_SERVER_UNAVAILABLE,
    PythonServer,
    block,
    from_vba,
    to_vba,
)
from hosts.excel_application import Control, HostApplication, Ribbon
from hosts.vba_interpreter import Bridge, ModuleObject, VbaInterpreter
from pyopenvba import ExcelFile
from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.apps.excel._model import Range, Workbook
from pyopenvba.exceptions import VBARuntimeError
from pyopenvba.interpreter._objects import VBAObject
from pyopenvba.interpreter._runtime import (
    Slot,
)
from pyopenvba.interpreter._values import (
    VBAErrorValue,
    VBAInt,
    error,
    to_text,
)
from pyopenvba.vba import VBAModuleKind

#: A cell that holds #DIV/0!.
ERROR_CELL = object()


class ExcelHost(ExcelApplication):
    """One Excel with one workbook whose VBA project runs.

    Parameters
    ----------
    path : Path
        The workbook; its project is read back out of the file.
    python : callable
        Makes the ``XLPython`` that a started server holds.
    mac : bool
        Compile the project as Excel for Mac does.
    """

    def __init__(self, path: Path, python: Callable[[], Any], *, mac: bool = False) -> None:
        self.mac = mac
        self.ran_on_mac: list[str] = []
        self.application = HostApplication()
        self.application.host = self
        bridge = Bridge(self.application)
        bridge.host = self
        self.interpreter = VbaInterpreter(bridge)
        self.interpreter.host_ = self
        self.application.interpreter = self.interpreter
        self.make_python = python
        self.servers: list[PythonServer] = []
        self.commands: list[str] = []
        self.caller: object = VBAErrorValue(2023)
        self.messages: list[SimpleNamespace] = []
        self.planned: list[tuple[dt.datetime, str]] = []
        self.wizard: dict[str, SimpleNamespace] = {}
        self.dialogs_shown: list[str] = []
        self.chosen_file: object = False
        self.full_calculations = 0
        self.on_full_calculation: Callable[[], object] = lambda: None
        self.no_active_cell = False
        self.refuses_help = False
        self.files: set[str] = set()
        self.environment = {
            "USERPROFILE": r"C:\Users\wang",
            "TEMP": r"C:\Temp",
            "PYTHONSAFEPATH": "",
        }
        self.seen_environments: list[dict[str, str]] = []
        self.python_missing: str | None = None
        self.now = dt.datetime(2026, 3, 5, 9, 0, 0)
        self.freeze_clock(self.now)
        self.windows_api: dict[str, Callable[..., object]] = {
            "loadlibrary": lambda name: VBAInt(1, "Long"),
            "messageboxw": self._message_box,
            "setenvironmentvariablew": self._set_environment,
            "xlpydllactivateauto": self._activate,
        }
        self._supply_intrinsics()
        self._open(path)

    @property
    def dialogs(self) -> list[str]:  # type: ignore[override]
        """The titles of the file dialogs that were shown."""
        return self.dialogs_shown

    @property
    def book(self) -> Workbook:
        """The workbook."""
        return self.workbook

    @property
    def status_bar(self) -> object:
        """What the status bar shows; False when Excel has it for itself."""
        return self.application.status_bar

    def _open(self, path: Path) -> None:
        from pyopenvba.apps.excel._io import load_workbook

        book = load_workbook(self.application, path)
        book.path = ""
        self.application.workbooks_.books.append(book)
        self.application.activate_book(book)
        with ExcelFile(path) as file:
            for module in file.vba_project().modules:
                document = self.interpreter.host.global_object(module.name.lower())
                if module.kind is VBAModuleKind.standard:
                    kind = "standard"
                elif isinstance(document, VBAObject) and not isinstance(document, ModuleObject):
                    kind = "document"
                else:
                    kind = "class"
                self.add_module(module.source, name=module.name, kind=kind)

    def _supply_intrinsics(self) -> None:
        def file_attributes(interpreter: object, args: list, named: dict) -> object:
            if to_text(args[0]) not in self.files:
                raise error(53)
            return VBAInt(0, "Integer")

        self.interpreter._intrinsics = {
            **self.interpreter._intrinsics,
            "strptr": lambda interpreter, args, named: args[0],
            "environ": lambda interpreter, args, named: self.environment.get(
                to_text(args[0]).upper(), ""
            ),
            "getattr": file_attributes,
        }

    # -- Windows ---------------------------------------------------------------------------------

    def _message_box(self, window: Any, text: Any, caption: Any, style: Any) -> object:
        text, caption, style = (_value(a) for a in (text, caption, style))
        self.messages.append(SimpleNamespace(text=text, caption=caption, style=int(style)))
        return VBAInt(1, "Long")

    def _set_environment(self, variable: Any, value: Any) -> object:
        value = _value(value)
        self.environment[_value(variable)] = value if isinstance(value, str) else ""
        return VBAInt(1, "Long")

    def _activate(self, result: Any, command: Any, mode: Any = None) -> object:
        command = to_text(_value(command))
        if int(_value(mode)) == -1:
            for server in self.servers:
                server.alive = False
            return VBAInt(0, "Long")
        self.commands.append(command)
        self.seen_environments.append(dict(self.environment))
        if self.python_missing is not None:
            result.value = self.python_missing
            return VBAInt(1, "Long")
        self.servers.append(PythonServer(self.make_python()))
        result.value = self.servers[-1]
        return VBAInt(0, "Long")

    # -- what a person does ------------------------------------------------------------------------

    def area(self, address: str, sheet: str | None = None) -> Range:
        """A range of a sheet."""
        found = self.sheet(sheet or 1).sheet.vba_get("Range", [address])
        assert isinstance(found, Range)
        return found

    def formula(self, name: str, *args: object, at: str = "Z1", sheet: str | None = None) -> Any:
        """The result of a worksheet function typed in a cell."""
        self.caller = self.area(at, sheet)
        try:
            return from_vba(self.interpreter.run(name, list(args)))
        finally:
            self.caller = VBAErrorValue(2023)

    def click(self, button: str) -> None:
        """Click a button of the ribbon."""
        self.interpreter.run("CsmClick", [Control(button)])

    def ask_ribbon(self, callback: str, control: str) -> Any:
        """The answer of a ribbon callback."""
        slot = Slot()
        self.interpreter.run(callback, [Control(control), slot])
        return from_vba(slot.get())

    def event(self, name: str, *args: object) -> None:
        """Raise an event of the workbook in its ThisWorkbook module."""
        document = self.book.vba_document
        procedure = document.module.procedure(name)
        if procedure is not None:
            self.interpreter.call(procedure, document.module, list(args), {}, me=document)

    def watcher(self, event: str, *args: object) -> None:
        """Raise an event of the workbook in the CsmEvents object that watches it."""
        watching = self.interpreter.module("CsmCommand").variables["mevents"].get()
        procedure = watching.module.procedure(f"mBook_{event}")
        self.interpreter.call(procedure, watching.module, list(args), {}, me=watching)

    @property
    def own_book(self) -> Workbook:
        """The workbook that the project is in, whichever is in front."""
        return self.application.workbooks_.books[0]

    def open_workbook_named(self, name: str) -> None:
        """Open another, empty workbook in front of ours."""
        other = self.add_workbook()
        other.name = name
        self.application._this_workbook = self.own_book
        self.activate_workbook(other)

    def select(self, address: str, sheet: str) -> None:
        """Select a cell."""
        self.sheet(sheet).sheet.vba_get("Activate")
        self.area(address, sheet).vba_get("Select")

    def new_sheet(self) -> str:
        """Add a sheet; returns its name."""
        added = self.book.vba_get("Worksheets").vba_get("Add")
        return to_text(added.vba_get("Name"))

    def put(self, address: str, rows: Any, sheet: str) -> Range:
        """Write rows of values, errors as ``=1/0``, from a cell on; returns their range."""
        corner = self.area(address, sheet)
        top, left = int(corner.vba_get("Row")), int(corner.vba_get("Column"))
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                cell = self.sheet(sheet).sheet.vba_get("Cells", [top + i, left + j])
                if value is ERROR_CELL:
                    cell.vba_set("Formula", "=1/0")
                elif value is not None:
                    cell.vba_set("Value2", value)
        return corner.vba_get("Resize", [len(rows), len(rows[0])])

    def advance(self, seconds: float) -> None:
        """Let time pass; Excel runs what was planned for it, in order."""
        until = self.now + dt.timedelta(seconds=seconds)
        while due := sorted(plan for plan in self.planned if plan[0] <= until):
            self.planned.remove(due[0])
            self.now = max(self.now, due[0][0])
            self.freeze_clock(self.now)
            book, _, procedure = due[0][1].rpartition("!")
            assert book == f"'{self.book.name}'"
            self.interpreter.run(procedure)
        self.now = until
        self.freeze_clock(self.now)

    def tasks(self) -> list[tuple]:
        """What csm_xl.addin was asked to do: the method and its arguments."""
        return [
            (call[1][1], call[1][2]._inner.obj)
            for server in self.servers
            for call in server.calls
            if call[0] == "Call"
        ]


def _value(given: Any) -> Any:
    return given.get() if isinstance(given, Slot) else given


__all__ = [
    "ERROR_CELL",
    "RPC_CALL_FAILED",
    "RPC_SERVER_UNAVAILABLE",
    "Control",
    "ExcelHost",
    "PythonServer",
    "Ribbon",
    "VBAErrorValue",
    "VBARuntimeError",
    "block",
    "to_vba",
]
