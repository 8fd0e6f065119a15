"""What csm-xl adds to the calculator so that arrays behave as in Excel.

``CSM_EACH``
    computes a function of single values for every cell of an array.
``CSM_FILLED``
    lays an array out over the block of an array formula: one row or column is repeated, what
    is too much is cut, what is missing is ``#N/A``.
``CSM_HELD``, ``CSM_PART``
    the same for a block too large for one array: computed once, laid out part by part.
``CSM_JOINED``
    joins texts, a number with the 15 digits that Excel shows.
``CSM_NUMBER``
    reads numbers that formualizer's ``VALUE`` does not: ``$1,234.50``, ``(5)``.
``CSM_TRIMMED``
    takes away plain spaces only: to formualizer's ``TRIM`` hard and Chinese spaces are spaces, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from csm_xl.calc.engine import Engine, Failure
from csm_xl.formulas.addresses import column_letters
from csm_xl.formulas.workbook_model import ErrorValue

EACH = "CSM_EACH"
JOINED = "CSM_JOINED"
NUMBER = "CSM_NUMBER"
TRIMMED = "CSM_TRIMMED"
FILLED = "CSM_FILLED"
HELD = "CSM_HELD"
PART = "CSM_PART"

Grid = list[list[Any]]


def add_array_functions(engine: Engine, new_engine: Callable[[], Engine]) -> None:
    """Register the functions with a calculator.

    Parameters
    ----------
    engine : Engine
    new_engine : callable
        Makes an empty one with the same date system and clock.
    """

    def each(function: str, kinds: str, *arguments: Any) -> Any:
        return _each(new_engine, function, kinds, arguments)

    held = _Held()
    engine.register(EACH, each, 3)
    engine.register(FILLED, _filled, 3, 3)
    engine.register(HELD, held.hold, 2, 2)
    engine.register(PART, held.part, 4, 4)
    engine.register(JOINED, _joined)
    engine.register(NUMBER, _number, 1, 1)
    engine.register(TRIMMED, _trimmed, 1, 1)


def _grid(value: Any) -> Grid:
    return value if isinstance(value, list) else [[value]]


def _size(grids: Iterable[Grid]) -> tuple[int, int]:
    rows = columns = 1
    for grid in grids:
        rows, columns = max(rows, len(grid)), max(columns, len(grid[0]) if grid else 1)
    return rows, columns


def _cell(grid: Grid, row: int, column: int) -> Any:
    """The value of an array at a place in a larger one; `IndexError` where it has none."""
    line = grid[0] if len(grid) == 1 else grid[row]
    return line[0] if len(line) == 1 else line[column]


def _filled(rows: float, columns: float, value: Any) -> Grid:
    return _laid_out(_grid(value), range(int(rows)), int(columns))


def _laid_out(grid: Grid, rows: range, columns: int) -> Grid:
    """Some rows of a block that an array fills."""
    missing = ErrorValue("#N/A")
    block = []
    for row in rows:
        line = []
        for column in range(columns):
            try:
                cell = _cell(grid, row, column)
            except IndexError:
                cell = missing
            line.append(0.0 if cell is None else cell)
        block.append(line)
    return block


class _Held:
    """Arrays computed in spare cells, each under the number that its cell shows."""

    def __init__(self) -> None:
        self._grids: dict[int, Grid] = {}
        self._numbers: dict[int, int] = {}
        self._count = 0

    def hold(self, spare: float, value: Any) -> float:
        """Keep what a spare cell computed; a new number each time, so that its parts follow."""
        self._grids.pop(self._numbers.get(int(spare), 0), None)
        self._count += 1
        self._numbers[int(spare)] = self._count
        self._grids[self._count] = _grid(value)
        return float(self._count)

    def part(self, number: float, first: float, count: float, columns: float) -> Grid:
        """`count` rows of a block from `first` on, 0 being the top."""
        grid = self._grids[int(number)]
        return _laid_out(grid, range(int(first), int(first + count)), int(columns))


def _each(
    new_engine: Callable[[], Engine], function: str, kinds: str, arguments: Sequence[Any]
) -> Grid:
    """Every combination of cells is one formula in a workbook of its own."""
    engine = new_engine()
    for sheet in ("each", "whole"):
        engine.add_sheet(sheet)
    varying = {
        k: _grid(a)
        for k, (a, kind) in enumerate(zip(arguments, kinds, strict=True))
        if kind in "VP"
    }
    rows, columns = _size(varying.values())
    count = rows * columns
    texts: list[Callable[[int], str]] = []
    missing = [False] * count
    used = 0
    for place, (argument, kind) in enumerate(zip(arguments, kinds, strict=True)):
        if kind == "O":
            texts.append(lambda n: "")
        elif place in varying:
            letters = column_letters(place + 1)
            values = []
            for n in range(count):
                try:
                    values.append([_cell(varying[place], *divmod(n, columns))])
                except IndexError:
                    values.append([None])
                    missing[n] = True
            engine.set_values("each", 1, place + 1, values)
            texts.append(lambda n, letters=letters: f"{letters}{n + 1}")  # type: ignore[misc]
        else:
            grid = _grid(argument)
            engine.set_values("whole", 1, used + 1, grid)
            first, last = column_letters(used + 1), column_letters(used + len(grid[0]))
            whole = f"whole!${first}$1:${last}${len(grid)}"
            texts.append(lambda n, whole=whole: whole)  # type: ignore[misc]
            used += len(grid[0])
    result = len(arguments) + 1
    formulas = [[f"=@{function}({','.join(text(n) for text in texts)})"] for n in range(count)]
    engine.set_formulas("each", 1, result, formulas)
    engine.evaluate()
    values = engine.values("each", (1, result, count, result))
    absent = ErrorValue("#N/A")
    flat = [absent if missing[n] else _or_value(values[n][0]) for n in range(count)]
    return [flat[row * columns : (row + 1) * columns] for row in range(rows)]


def _or_value(value: Any) -> Any:
    return ErrorValue("#VALUE!") if isinstance(value, Failure) else value


def number_text(number: float) -> str:
    """A number as Excel writes it into a text: 15 digits, ``1E+20``."""
    text = f"{number:.15G}"
    if "E-" in text:
        plain = f"{Decimal(text):f}"
        text = plain if len(plain) <= 12 else text
    return "0" if text == "-0" else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return number_text(value) if isinstance(value, float) else str(value)


def _joined(*arguments: Any) -> Any:
    grids = [_grid(argument) for argument in arguments]
    rows, columns = _size(grids)
    result = []
    for row in range(rows):
        line: list[Any] = []
        for column in range(columns):
            try:
                cells = [_cell(grid, row, column) for grid in grids]
            except IndexError:
                line.append(ErrorValue("#N/A"))
                continue
            errors = [cell for cell in cells if isinstance(cell, ErrorValue)]
            line.append(errors[0] if errors else "".join(map(_text, cells)))
        result.append(line)
    return result if rows * columns > 1 else result[0][0]


def _trimmed(value: Any) -> Any:
    if isinstance(value, list):
        return [[_trimmed(cell) for cell in line] for line in value]
    if isinstance(value, ErrorValue):
        return value
    return " ".join(part for part in _text(value).split(" ") if part)


_AMOUNT = re.compile(
    r"(?P<open>\()?\s*(?P<sign>[-+])?\s*[$¥￥€£]?\s*(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?)"
    r"\s*(?P<percent>%)?\s*(?P<close>\))?"
)


def _number(value: Any) -> Any:
    if isinstance(value, ErrorValue):
        return value
    match = _AMOUNT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or bool(match["open"]) != bool(match["close"]):
        return ErrorValue("#VALUE!")
    number = float(match["digits"].replace(",", ""))
    number = number / 100 if match["percent"] else number
    return -number if match["open"] or match["sign"] == "-" else number
