"""csm-xl's worksheet functions for the calculator, called as Excel calls them.

Excel hands a function its arguments through COM: a range as a tuple of row tuples, one cell as a
value, ``{1,2,3}`` as a flat tuple, a blank cell as None, an error cell as an integer. The
calculator knows arrays and values only, so every call carries a text that says where the formula
stands and how each argument was written (see :mod:`csm_xl.calc.translation`):

``r``
    cells
``w``
    whole columns or rows: blank rows at the bottom are left out, never those at the top
``m``
    several ranges at once, which Excel's wrapper refuses
``a``
    anything computed, and ``{1,2,3}``
``o``
    left empty

``R`` and ``W`` say that the cells begin at the top of their block: in a table's header row, in the
sheet's first row, or below nothing. A function with the hidden argument ``"tops"`` is told: a letter
for each argument, ``t`` for such cells, ``b`` for other cells, ``c`` for what is no cells.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from csm_xl.calc.engine import Engine
from csm_xl.errors import COM_ERRORS, untag
from csm_xl.formulas.workbook_model import ErrorValue
from csm_xl.language import Text

#: The hidden argument that the calculator itself knows.
_TOPS = "tops"
_COM_NUMBER = {name: number for number, name in COM_ERRORS.items()}


class FunctionParameter(Protocol):
    """An argument as :class:`csm_xl.functions.declaration.Parameter` declares it."""

    @property
    def optional(self) -> bool:
        """Whether it may be left out."""
        ...

    @property
    def hidden(self) -> str | None:
        """What the caller passes without the owner typing it."""
        ...


class WorksheetFunction(Protocol):
    """A function as :class:`csm_xl.functions.declaration.Declaration` declares it."""

    @property
    def name(self) -> str:
        """In capitals."""
        ...

    @property
    def parameters(self) -> tuple[FunctionParameter, ...]:
        """The arguments, hidden ones included, in the order of `call`."""
        ...

    @property
    def returns(self) -> str:
        """``value``, ``rows`` or ``table``."""
        ...

    @property
    def call(self) -> Any:
        """Takes the arguments as Excel delivers them, gives rows."""
        ...


@dataclass(frozen=True, slots=True)
class FunctionMessage:
    """Why a function of csm-xl gave an error.

    Attributes
    ----------
    sheet : str
    row, column : int
        The formula's cell.
    function : str
    error : str
        The Excel error.
    message : str
        One sentence, in the language in force.
    """

    sheet: str
    row: int
    column: int
    function: str
    error: str
    message: str


class HostFunctions:
    """Registers worksheet functions with a calculator and keeps their messages.

    Parameters
    ----------
    functions : mapping of str to WorksheetFunction
    hidden : mapping of str to object
        Values of the arguments that nobody types, by their key.
    sheets : list of str
        The workbook's sheets, as the calls number them.

    Attributes
    ----------
    messages : list of FunctionMessage
    interrupted : BaseException or None
        The calculator swallows what a function raises; ``KeyboardInterrupt`` must not be lost.
    """

    def __init__(
        self,
        functions: Mapping[str, WorksheetFunction],
        hidden: Mapping[str, Any],
        sheets: list[str],
    ) -> None:
        self._functions = functions
        self._hidden = hidden
        self._sheets = sheets
        self.messages: list[FunctionMessage] = []
        self.interrupted: BaseException | None = None

    def register(self, engine: Engine) -> None:
        """Make the functions known to a calculator."""
        for name, function in self._functions.items():
            engine.register(name, _Callback(self, function), 1)

    def called(self, function: WorksheetFunction, place: str, arguments: tuple[Any, ...]) -> Any:
        """Call a function for a cell; the result is what the calculator takes."""
        if self.interrupted is not None:
            return ErrorValue("#VALUE!")
        sheet, row, column, codes = place.split(".")
        found: list[tuple[str, str]] = []
        try:
            given = arguments_as_excel(function, codes, arguments, self._hidden)
            result = result_rows(function.call(*given), found)
        except ArgumentsRefused as error:
            found.append(("#VALUE!", str(error.text)))
            result = ErrorValue("#VALUE!")
        except (KeyboardInterrupt, SystemExit, MemoryError) as error:
            self.interrupted = error
            return ErrorValue("#VALUE!")
        for error_name, message in found:
            self.messages.append(
                FunctionMessage(
                    self._sheets[int(sheet)],
                    int(row),
                    int(column),
                    function.name,
                    error_name,
                    message,
                )
            )
        return result


class _Callback:
    """One function as formualizer calls it."""

    def __init__(self, host: HostFunctions, function: WorksheetFunction) -> None:
        self._host = host
        self._function = function

    def __call__(self, place: str, *arguments: Any) -> Any:
        return self._host.called(self._function, place, arguments)


class ArgumentsRefused(Exception):
    """A call that Excel's wrapper would refuse, with its sentence."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


_SEVERAL = Text(
    "{name} takes one range at a time. Select one block of cells.",
    "{name} 每个参数只能是一个连续区域，请只选择一块单元格。",
)
_TOO_MANY = Text(
    "{name} takes at most {most} arguments, not {given}.",
    "{name} 最多接受 {most} 个参数，而公式中有 {given} 个。",
)
_TOO_FEW = Text(
    "{name} needs its argument {number}.",
    "{name} 缺少第 {number} 个参数。",
)


def arguments_as_excel(
    function: WorksheetFunction, codes: str, arguments: tuple[Any, ...], hidden: Mapping[str, Any]
) -> list[Any]:
    """The arguments of a call as they arrive through COM, hidden ones filled in.

    Raises
    ------
    ArgumentsRefused
        For too many or too few arguments, or several ranges in one.
    """
    typed = sum(parameter.hidden is None for parameter in function.parameters)
    if len(codes) > typed:
        raise ArgumentsRefused(_TOO_MANY.fill(name=function.name, most=typed, given=len(codes)))
    if "m" in codes:
        raise ArgumentsRefused(_SEVERAL.fill(name=function.name))
    tops = "".join({"R": "t", "W": "t", "r": "b", "w": "b"}.get(code, "c") for code in codes)
    codes = codes.lower()
    values = [_as_com(code, value) for code, value in zip(codes, arguments, strict=True)]
    wholes = [k for k, code in enumerate(codes) if code == "w" and isinstance(values[k], tuple)]
    if wholes:
        # The longest column decides, so that columns side by side keep one length.
        rows = max(_rows_used(values[k]) for k in wholes)
        for k in wholes:
            values[k] = values[k][:rows] or values[k][:1]
    given: list[Any] = []
    pairs = list(zip(codes, values, strict=True))
    for parameter in function.parameters:
        if parameter.hidden is not None:
            told = parameter.hidden == _TOPS
            given.append(tops.ljust(typed, "c") if told else hidden.get(parameter.hidden))
            continue
        code, value = pairs.pop(0) if pairs else ("o", None)
        if code == "o" and not parameter.optional:
            number = typed - sum(p.hidden is None for p in function.parameters[len(given) :]) + 1
            raise ArgumentsRefused(_TOO_FEW.fill(name=function.name, number=number))
        given.append(None if code == "o" else value)
    return given


def _as_com(code: str, value: Any) -> Any:
    if isinstance(value, list):
        rows = tuple(map(_com_row, value))
        return rows[0] if code == "a" and len(rows) == 1 else rows
    return _com_value(value)


def _com_row(row: list[Any]) -> tuple[Any, ...]:
    return tuple(map(_com_value, row)) if ErrorValue in map(type, row) else tuple(row)


def _com_value(value: Any) -> Any:
    if type(value) is not ErrorValue:
        return value
    return _COM_NUMBER.get(str(value), _COM_NUMBER["#VALUE!"])


def _rows_used(rows: tuple[tuple[Any, ...], ...]) -> int:
    used = len(rows)
    while used and not any(value is not None for value in rows[used - 1]):
        used -= 1
    return used


def result_rows(rows: list[list[Any]], found: list[tuple[str, str]]) -> Any:
    """A function's rows for the calculator, one value if there is only one.

    Parameters
    ----------
    rows : list of list
        Numbers, texts, truth values, and tagged texts that stand for an Excel error.
    found : list of (str, str)
        Gets the Excel error and message of each tagged text, each different one once.
    """
    seen: set[str] = set()
    grid = [[_result(value, found, seen) for value in row] for row in rows]
    if not grid or not grid[0]:
        return ErrorValue("#N/A")
    return grid[0][0] if len(grid) == 1 and len(grid[0]) == 1 else grid


def _result(value: Any, found: list[tuple[str, str]], seen: set[str]) -> Any:
    if type(value) is float:
        return value if math.isfinite(value) else ErrorValue("#NUM!")
    if isinstance(value, str):
        tagged = untag(value)
        if tagged is None:
            return value
        if value not in seen:
            seen.add(value)
            found.append(tagged)
        return ErrorValue(tagged[0])
    if value is None or isinstance(value, bool):
        return "" if value is None else value
    return float(value)
