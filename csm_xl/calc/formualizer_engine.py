"""formualizer, as :class:`csm_xl.calc.engine.Engine`: the only place that knows it."""

from __future__ import annotations

import datetime
import math
import secrets
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import formualizer as fz

from csm_xl.calc.engine import EngineError, Failure
from csm_xl.formulas.workbook_model import Block, CellValue, ErrorValue

#: formualizer's names of the errors that Excel has too.
_ERRORS = {
    "Null": "#NULL!",
    "Div": "#DIV/0!",
    "Value": "#VALUE!",
    "Ref": "#REF!",
    "Name": "#NAME?",
    "Num": "#NUM!",
    "Na": "#N/A",
    "Spill": "#SPILL!",
    "Calc": "#CALC!",
}
_KINDS = {error: kind for kind, error in _ERRORS.items()}
#: A panic in Rust arrives as a BaseException, like these, which are meant for somebody else.
_NEVER_CAUGHT = (KeyboardInterrupt, SystemExit, MemoryError)
#: The sheet that every workbook of formualizer has.
_FIRST = "Sheet1"
#: The longest text that fits into a cell.
_LONGEST = 32_767


class FormualizerEngine:
    """A formualizer workbook.

    Parameters
    ----------
    date1904 : bool
    now : datetime, optional
        What ``NOW()`` and ``TODAY()`` answer, in its own time zone; the real time if left out.
    """

    def __init__(self, date1904: bool = False, now: datetime.datetime | None = None) -> None:
        config = fz.EvaluationConfig()
        config.date_system = "1904" if date1904 else "1900"
        # RAND and its like differ from run to run.
        config.workbook_seed = secrets.randbits(63)
        # A circle that no computed branch closes is none, as in Excel.
        config.cycle_detection = "runtime"
        # Two threads take twice the memory for arrays of 100,000 rows, and save no time.
        config.enable_parallel = False
        # With its change log, formualizer takes eight times as long to load values.
        self._book: Any = fz.Workbook(
            config=fz.WorkbookConfig(eval_config=config, enable_changelog=False)
        )
        self._book.set_temporal_egress("serial")
        if now is not None:
            self._book.set_deterministic_clock(*_clock(now))

    def add_sheet(self, name: str) -> None:
        """See :class:`Engine`."""
        if _called(name) != _FIRST:
            self._book.add_sheet(name)

    def register(
        self, name: str, function: Callable[..., Any], least: int = 0, most: int | None = None
    ) -> None:
        """See :class:`Engine`."""

        def called(*arguments: Any) -> Any:
            result = function(*map(_argument, arguments))
            return (
                [list(map(_given, r)) for r in result] if type(result) is list else _given(result)
            )

        limits = {} if most is None else {"max_args": most}
        self._book.register_function(
            name, called, min_args=least, allow_override_builtin=True, **limits
        )

    def set_values(
        self, sheet: str, row: int, column: int, lines: Sequence[Sequence[CellValue]]
    ) -> None:
        """See :class:`Engine`."""
        given = [
            list(map(_given, line)) if ErrorValue in map(type, line) else list(line)
            for line in lines
        ]
        self._book.set_values_batch(_called(sheet), row, column, given)

    def set_formulas(
        self, sheet: str, row: int, column: int, lines: Sequence[Sequence[str]]
    ) -> None:
        """See :class:`Engine`."""
        try:
            self._book.set_formulas_batch(
                _called(sheet), row, column, [list(line) for line in lines]
            )
        except _NEVER_CAUGHT:
            raise
        except BaseException as error:
            raise EngineError from error

    def evaluate(self) -> None:
        """See :class:`Engine`."""
        try:
            self._book.evaluate_all()
        except _NEVER_CAUGHT:
            raise
        except BaseException as error:
            raise EngineError from error

    def values(self, sheet: str, block: Block) -> list[list[CellValue | Failure]]:
        """See :class:`Engine`."""
        try:
            place = _called(sheet)
            found = self._book[place].get_values(fz.RangeAddress(place, *block))
        except _NEVER_CAUGHT:
            raise
        except BaseException:
            r1, c1, r2, c2 = block
            if block[:2] == block[2:]:
                return [[Failure("other")]]
            # One value that cannot be handed over hides all others.
            cells = [[(r, c, r, c) for c in range(c1, c2 + 1)] for r in range(r1, r2 + 1)]
            return [[self.values(sheet, cell)[0][0] for cell in line] for line in cells]
        return [list(map(_result, line)) for line in found]


@cache
def known_function(name: str) -> bool:
    """Whether formualizer has a built-in function of this name."""
    engine = FormualizerEngine()
    engine.add_sheet("known")
    try:
        engine.set_formulas("known", 1, 1, [[f"={name}()"]])
        engine.evaluate()
    except EngineError:
        return False
    value = engine.values("known", (1, 1, 1, 1))[0][0]
    return value not in (Failure("other"), ErrorValue("#NAME?"))


def _called(sheet: str) -> str:
    """A new workbook has a sheet of this name, and sheets whose names differ by case are mixed up."""
    return _FIRST if sheet.lower() == _FIRST.lower() else sheet


def _clock(now: datetime.datetime) -> tuple[datetime.datetime, int]:
    """An instant and the distance of its time zone from UTC in seconds."""
    aware = now if now.tzinfo is not None else now.replace(tzinfo=datetime.UTC)
    offset = aware.utcoffset() or datetime.timedelta()
    return aware.astimezone(datetime.UTC), int(offset.total_seconds())


def _result(value: Any) -> CellValue | Failure:
    """The result of a formula, as a cell holds it."""
    if type(value) is float:
        return value if math.isfinite(value) else ErrorValue("#NUM!")
    if value is None:
        return 0.0
    if type(value) is dict:
        kind = value["kind"]
        if kind == "Circ":
            return Failure("circular")
        return ErrorValue(_ERRORS[kind]) if kind in _ERRORS else Failure("other")
    if type(value) is str and len(value) > _LONGEST:
        return ErrorValue("#VALUE!")
    return float(value) if type(value) is int else value


def _argument(value: Any) -> Any:
    if type(value) is list:
        return [list(map(_plain, row)) if dict in map(type, row) else row for row in value]
    return _plain(value)


def _plain(value: Any) -> Any:
    return ErrorValue(_ERRORS.get(value["kind"], "#VALUE!")) if type(value) is dict else value


def _given(value: Any) -> Any:
    return _literal(value) if type(value) is ErrorValue else value


@cache
def _literal(error: str) -> Any:
    """An error for formualizer; one that it lacks becomes ``#VALUE!``."""
    return fz.LiteralValue.error(_KINDS.get(str(error), "Value"), None)


def can_be_given(value: CellValue) -> bool:
    """Whether formualizer can hold a value: it lacks some of Excel's newer errors."""
    return not isinstance(value, ErrorValue) or value in _KINDS
