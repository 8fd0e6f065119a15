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

from csm_xl.calc.formualizer_values import error_literal, kind_of
from csm_xl.formulas.addresses import column_letters

EACH = "CSM_EACH"
JOINED = "CSM_JOINED"
NUMBER = "CSM_NUMBER"
TRIMMED = "CSM_TRIMMED"
FILLED = "CSM_FILLED"
HELD = "CSM_HELD"
PART = "CSM_PART"

Grid = list[list[Any]]


def add_array_functions(workbook: Any, new_workbook: Callable[[], Any]) -> None:
    """Register the functions with a formualizer workbook.

    Parameters
    ----------
    workbook : formualizer.Workbook
    new_workbook : callable
        Makes an empty one with the same date system and clock.
    """

    def each(function: str, kinds: str, *arguments: Any) -> Any:
        return _each(new_workbook, function, kinds, arguments)

    held = _Held()
    workbook.register_function(EACH, each, min_args=3)
    workbook.register_function(FILLED, _filled, min_args=3, max_args=3)
    workbook.register_function(HELD, held.hold, min_args=2, max_args=2)
    workbook.register_function(PART, held.part, min_args=4, max_args=4)
    workbook.register_function(JOINED, _joined)
    workbook.register_function(NUMBER, _number, min_args=1, max_args=1)
    workbook.register_function(TRIMMED, _trimmed, min_args=1, max_args=1)


def given_back(value: Any) -> Any:
    """A value that formualizer gave, so that it takes it back: errors are given as words."""
    kind = kind_of(value)
    if kind is None:
        return value
    from formualizer import LiteralValue

    return LiteralValue.error(kind, None)


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
    missing = error_literal("#N/A")
    block = []
    for row in rows:
        line = []
        for column in range(columns):
            try:
                cell = _cell(grid, row, column)
            except IndexError:
                cell = missing
            line.append(0.0 if cell is None else given_back(cell))
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
    new_workbook: Callable[[], Any], function: str, kinds: str, arguments: Sequence[Any]
) -> Grid:
    """Every combination of cells is one formula in a workbook of its own."""
    from formualizer import RangeAddress

    workbook = new_workbook()
    for sheet in ("each", "whole"):
        workbook.add_sheet(sheet)
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
                    values.append([given_back(_cell(varying[place], *divmod(n, columns)))])
                except IndexError:
                    values.append([None])
                    missing[n] = True
            workbook.set_values_batch("each", 1, place + 1, values)
            texts.append(lambda n, letters=letters: f"{letters}{n + 1}")  # type: ignore[misc]
        else:
            grid = [list(map(given_back, line)) for line in _grid(argument)]
            workbook.set_values_batch("whole", 1, used + 1, grid)
            first, last = column_letters(used + 1), column_letters(used + len(grid[0]))
            whole = f"whole!${first}$1:${last}${len(grid)}"
            texts.append(lambda n, whole=whole: whole)  # type: ignore[misc]
            used += len(grid[0])
    result = len(arguments) + 1
    formulas = [[f"=@{function}({','.join(text(n) for text in texts)})"] for n in range(count)]
    workbook.set_formulas_batch("each", 1, result, formulas)
    workbook.evaluate_all()
    values = workbook["each"].get_values(RangeAddress("each", 1, result, count, result))
    absent = error_literal("#N/A")
    flat = [absent if missing[n] else given_back(values[n][0]) for n in range(count)]
    return [flat[row * columns : (row + 1) * columns] for row in range(rows)]


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
                line.append(error_literal("#N/A"))
                continue
            errors = [cell for cell in cells if kind_of(cell) is not None]
            line.append(given_back(errors[0]) if errors else "".join(map(_text, cells)))
        result.append(line)
    return result if rows * columns > 1 else result[0][0]


def _trimmed(value: Any) -> Any:
    if isinstance(value, list):
        return [[_trimmed(cell) for cell in line] for line in value]
    if kind_of(value) is not None:
        return given_back(value)
    return " ".join(part for part in _text(value).split(" ") if part)


_AMOUNT = re.compile(
    r"(?P<open>\()?\s*(?P<sign>[-+])?\s*[$¥￥€£]?\s*(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?)"
    r"\s*(?P<percent>%)?\s*(?P<close>\))?"
)


def _number(value: Any) -> Any:
    if kind_of(value) is not None:
        return given_back(value)
    match = _AMOUNT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or bool(match["open"]) != bool(match["close"]):
        return error_literal("#VALUE!")
    number = float(match["digits"].replace(",", ""))
    number = number / 100 if match["percent"] else number
    return -number if match["open"] or match["sign"] == "-" else number
