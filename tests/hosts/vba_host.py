"""Excel with the shipped VBA running in it: pyOpenVBA's interpreter and object model, and Windows
and Python at the other end stood in for.

What Excel has and pyOpenVBA has not is supplied here: ``Application.Caller``, ``OnTime`` with a
clock that the test moves, dialogs, ``MacroOptions``, Windows API calls, the environment, the shell
that expands ``%NAME%``, and the xlwings DLL, behind which stands xlwings' own ``XLPython``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hosts.pywin32_standins import MISSING as NOT_GIVEN
from hosts.pywin32_standins import Wrapped, com_error, variant
from pyopenvba import ExcelFile
from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.apps.excel._bridge import ExcelBridge
from pyopenvba.apps.excel._model import Application, Range, Workbook
from pyopenvba.exceptions import VBARuntimeError
from pyopenvba.interpreter import _ast as A
from pyopenvba.interpreter._objects import MemberSpec, VBAObject, member, method
from pyopenvba.interpreter._parse import parse_module
from pyopenvba.interpreter._preprocess import strip_directives
from pyopenvba.interpreter._runtime import (
    Frame,
    Interpreter,
    ModuleRuntime,
    Slot,
    vba_constant,
)
from pyopenvba.interpreter._values import (
    EMPTY,
    MISSING,
    NOTHING,
    NULL,
    VBAArray,
    VBADate,
    VBAErrorValue,
    VBAInt,
    compare,
    error,
    to_bool,
    to_text,
)
from pyopenvba.vba import VBAModuleKind

#: More than any test needs; a column of a sheet has 1,048,576.
MOST_CELLS = 200_000
#: A cell that holds #DIV/0!.
ERROR_CELL = object()
RPC_SERVER_UNAVAILABLE = -2147023174
RPC_CALL_FAILED = -2147023170
_ERROR_BASE = -2146828288


# -- values crossing COM ----------------------------------------------------------------------------


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


# -- Excel ------------------------------------------------------------------------------------------


_RANGE: Any = Application._vba_members["range"].getter


class HostApplication(Application):
    """Excel's Application with the members that pyOpenVBA has not."""

    vba_type_name = "Application"
    host: ExcelHost

    @member
    def Caller(self) -> object:
        return self.host.caller

    @member
    def Range(self, Cell1: object = MISSING, Cell2: object = MISSING) -> object:
        # Two cells of a workbook that is not in front, as xlwings reads its settings.
        if isinstance(Cell1, Range) and isinstance(Cell2, Range):
            corners = f"{Cell1.vba_get('Address')}:{Cell2.vba_get('Address')}"
            return Cell1.vba_get("Worksheet").vba_get("Range", [corners])
        return _RANGE(self, Cell1, Cell2)

    @member
    def Hwnd(self) -> object:
        return VBAInt(4711, "Long")

    @member
    def OperatingSystem(self) -> object:
        return "Windows (64-bit) NT 10.00"

    @method
    def CalculateFull(self) -> object:
        self.host.full_calculations += 1
        return EMPTY

    @method
    def OnTime(
        self,
        EarliestTime: object = MISSING,
        Procedure: object = MISSING,
        LatestTime: object = MISSING,
        Schedule: object = MISSING,
    ) -> object:
        assert isinstance(EarliestTime, VBADate)
        planned = (EarliestTime.to_datetime(), to_text(Procedure))
        if Schedule is MISSING or Schedule is True:
            self.host.planned.append(planned)
        elif planned in self.host.planned:
            self.host.planned.remove(planned)
        else:
            raise error(1004, "Method 'OnTime' of object '_Application' failed")
        return EMPTY

    @method
    def MacroOptions(
        self,
        Macro: object = MISSING,
        Description: object = MISSING,
        Category: object = MISSING,
        ArgumentDescriptions: object = MISSING,
    ) -> object:
        self.host.wizard[to_text(Macro)] = SimpleNamespace(
            description=to_text(Description),
            category=to_text(Category),
            arguments=from_vba(ArgumentDescriptions),
        )
        self.host.book.saved = False
        return EMPTY

    @method
    def GetOpenFilename(
        self,
        FileFilter: object = MISSING,
        FilterIndex: object = MISSING,
        Title: object = MISSING,
    ) -> object:
        self.host.dialogs.append(to_text(Title))
        return self.host.chosen_file

    @method
    def GetSaveAsFilename(
        self,
        InitialFilename: object = MISSING,
        FileFilter: object = MISSING,
        FilterIndex: object = MISSING,
        Title: object = MISSING,
    ) -> object:
        self.host.dialogs.append(to_text(Title))
        return self.host.chosen_file


class _Bridge(ExcelBridge):
    """Names that a project sees: its own modules too, as in ``xlwings.XLPy()``."""

    host: Any

    def global_object(self, name: str) -> object:
        if name == "vba":
            return _VbaLibrary(self.host.interpreter)
        runtime = self.host.interpreter.modules.get(name)
        if runtime is not None and not runtime.is_class:
            return _ModuleObject(self.host.interpreter, name)
        return super().global_object(name)

    def create(self, type_name: str) -> object:
        if type_name.lower() == "wscript.shell":
            return _Shell(self.host)
        return super().create(type_name)


def _precedents(area: Any) -> object:
    """The range that a cell's formula names first; an error where it names none, as in Excel."""
    found = re.search(
        r"\$?[A-Z]{1,3}\$?\d+(:\$?[A-Z]{1,3}\$?\d+)?", to_text(area.vba_get("Formula"))
    )
    if found is None:
        raise error(1004, "No cells were found.")
    return area.vba_get("Worksheet").vba_get("Range", [found[0]])


Range.vba_add_member(MemberSpec("Precedents", "property", getter=_precedents))

_VALUE2 = Range._vba_members["value2"].getter
assert _VALUE2 is not None


def _whole_value2(area: Any) -> object:
    """Every cell of the range, as Excel gives it; pyOpenVBA leaves out what lies below the used cells."""
    rows, columns = area.first.rows, area.first.columns
    if rows * columns > MOST_CELLS:
        raise AssertionError(f"{rows} rows are read: a whole column must be cut first")
    found = _VALUE2(area)
    if rows * columns == 1:
        return found
    array = VBAArray([(1, rows), (1, columns)])
    if not isinstance(found, VBAArray):
        array.set([1, 1], found)
        return array
    (_, bottom), (_, right) = found.bounds
    for i in range(1, bottom + 1):
        for j in range(1, right + 1):
            array.set([i, j], found.get([i, j]))
    return array


Range._vba_members["value2"].getter = _whole_value2


class _VbaLibrary(VBAObject):
    """The name ``VBA``, as in ``VBA.vbTextCompare`` and ``VBA.IsObject(x)``."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter

    def vba_get(self, name: str, args: Any = (), named: Any = None) -> object:
        if name.lower() in self.interpreter._intrinsics:
            return self.interpreter.call_intrinsic(name.lower(), list(args), named or {})
        return vba_constant(name.lower())


class _ModuleObject(VBAObject):
    def __init__(self, interpreter: _Interpreter, name: str) -> None:
        self.interpreter = interpreter
        self.name = name

    def vba_get(self, name: str, args: Any = (), named: Any = None) -> object:
        if self.interpreter.host_.mac and name == "RunPython":
            self.interpreter.host_.ran_on_mac.append(to_text(args[0]))
            return EMPTY
        runtime = self.interpreter.module(self.name)
        procedure = runtime.procedure(name)
        assert procedure is not None and procedure.scope != "private", f"{self.name}.{name}"
        return self.interpreter.call(procedure, runtime, list(args), dict(named or {}))


class _Shell(VBAObject):
    def __init__(self, host: ExcelHost) -> None:
        self.host = host

    @method
    def ExpandEnvironmentStrings(self, Source: object = MISSING) -> object:
        return re.sub(
            "%([^%]+)%",
            lambda found: self.host.environment.get(found[1].upper(), found[0]),
            to_text(Source),
        )


@cache
def _parsed(source: str, name: str, kind: str) -> A.Module:
    return parse_module(source, name=name, kind=kind)


class _Interpreter(Interpreter):
    """pyOpenVBA's interpreter, able to call what a module declares from a DLL."""

    host_: ExcelHost

    def add_module(self, source: str, *, name: str = "", kind: str = "standard") -> Any:
        # pyOpenVBA cannot read a comment behind a directive, an attribute inside a procedure, nor
        # the word WithEvents.
        source = re.sub(r"(?m)^Attribute \w+\.VB_.*$", "", source)
        source = re.sub(r"(?m)^([ \t]*#\w+ [^'\r\n]*)'.*$", r"\1", source)
        source = re.sub(r"(?m)^(Private|Public|Dim) WithEvents ", r"\1 ", source)
        if self.host_.mac:
            constants = {"Mac": True, "Win32": False, "Win64": False, "MAC_OFFICE_VERSION": 16}
            source = strip_directives(source, module=name, constants=constants)
        runtime = ModuleRuntime(_parsed(source, name, kind), self)
        self.modules[name.lower()] = runtime
        return runtime

    def create(self, type_name: str) -> object:
        # VBA-Dictionary, which xlwings ships for the Mac, is more VBA than pyOpenVBA runs.
        return (
            super().create_com("Scripting.Dictionary")
            if type_name == "Dictionary"
            else (super().create(type_name))
        )

    def _binary(self, expression: Any, frame: Frame | None) -> object:
        # VBA reads the text "False" as a Boolean beside one: GetConfig(...) = True in xlwings.
        if expression.op == "=":
            left = _plain(self.evaluate(expression.left, frame))
            right = _plain(self.evaluate(expression.right, frame))
            if isinstance(right, bool) and isinstance(left, str):
                return to_bool(left) == right
            return compare("=", left, right, text_compare=self.option_compare_text)
        return super()._binary(expression, frame)

    def _call_name(
        self, callee: Any, args: Any, frame: Frame | None, *, statement_context: bool = False
    ) -> object:
        key = callee.name.lower()
        if any(key in runtime.declares for runtime in self.modules.values()):
            given = [
                self.lookup(a.value.name, frame, want_slot=True)
                if isinstance(a.value, A.Name)
                else self.evaluate(a.value, frame, want_object=True)
                for a in args
            ]
            return self.host_.windows_api[key](*given)
        return super()._call_name(callee, args, frame, statement_context=statement_context)


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
        bridge = _Bridge(self.application)
        bridge.host = self
        self.interpreter = _Interpreter(bridge)
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
                elif isinstance(document, VBAObject) and not isinstance(document, _ModuleObject):
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


class Control(VBAObject):
    """IRibbonControl."""

    vba_type_name = "IRibbonControl"

    def __init__(self, name: str) -> None:
        self.name = name

    @member
    def Id(self) -> object:
        return self.name


class Ribbon(VBAObject):
    """IRibbonUI."""

    vba_type_name = "IRibbonUI"

    def __init__(self) -> None:
        self.redrawn: list[str] = []

    @method
    def InvalidateControl(self, ControlID: object = MISSING) -> object:
        self.redrawn.append(to_text(ControlID))
        return EMPTY


def _plain(value: Any) -> Any:
    return value.vba_value() if isinstance(value, VBAObject) else value


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
