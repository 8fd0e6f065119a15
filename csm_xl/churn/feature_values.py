"""Raw cells to feature values, in training and in scoring alike.

A cell may hold a number, a logical, a date, a text or nothing, and a sheet's cells arrive as
floats where a file's arrive as texts. Whatever the way in, one feature has one reading:

* a **number** is a float, NaN where the cell is blank; ``"5"``, ``"５"``, ``"1,234.5"`` and
  ``"12%"`` are numbers, any other text is an error that names the cell,
* a **date** is Excel's serial number (days, 1 is 1900-01-01, with Excel's 29 February 1900),
* a **flag** (TRUE/FALSE) is 1.0 or 0.0,
* a **text** is a key: surrounding and repeated spaces, letter case and full-width forms do not
  make another category; ``""`` where the cell is blank.

Only numpy is needed here: scoring a sheet loads nothing heavier.
"""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from csm_xl.errors import CellError, SheetError
from csm_xl.vocabulary.cell_readers import EXCEL_EPOCH, parse_date, parse_number, serial

Kind = Literal["number", "date", "flag", "text"]

#: The first serial that Excel cannot show; 9999-12-31 is the day before.
AFTER_LAST_SERIAL = 2958466.0
_PLAIN = frozenset({float, int, bool, type(None), np.float64, np.int64, np.bool_})


def text_key(value: object) -> str:
    """The category a cell's content stands for; ``""`` when blank.

    Numbers are written the way Excel writes them (15 digits, no ``.0``), so that a code typed
    as a number in one row and as a text in another is one category.
    """
    if type(value) is not str:
        value = spelled(value)
    if not value.isascii():
        value = unicodedata.normalize("NFKC", value)
    return " ".join(value.split()).lower()


def spelled(value: object) -> str:
    """A cell's content as text, the way ``cell & ""`` gives it in Excel."""
    if is_blank(value):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, np.bool_)):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.15g}"
    if isinstance(value, (dt.date, np.datetime64)):
        return f"{_date_serial(value):.15g}"
    return str(value)


def is_blank(value: object) -> bool:
    """Whether a cell holds nothing: None, NaN, NaT, or only spaces."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value or value.isspace()
    if isinstance(value, (float, np.floating)):
        return math.isnan(value)
    # pandas' NaT and NA, without loading pandas.
    return type(value).__name__ in ("NaTType", "NAType")


def serial_date(serial: float) -> dt.date:
    """The date an Excel serial shows."""
    days = math.floor(serial)
    return (EXCEL_EPOCH + dt.timedelta(days=days if days >= 61 else days + 1)).date()


def _date_serial(value: object) -> float:
    """Days on Excel's calendar; negative before 1900."""
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[us]").astype(dt.datetime)
    assert isinstance(value, dt.date)
    return serial(value)


def as_cells(values: Any) -> np.ndarray:
    """One column as a one-dimensional array; categories, lists and Series alike."""
    if hasattr(values, "to_numpy") and not isinstance(values, np.ndarray):
        values = values.to_numpy()
    if isinstance(values, np.ndarray):
        # Two columns of a frame under one header: the first one counts.
        return values[:, 0] if values.ndim == 2 else values.ravel()
    cells = np.empty(len(values), dtype=object)
    cells[:] = list(values)
    return cells


def read_numbers(
    values: Any,
    name: str,
    kind: Kind = "number",
    rows: Sequence[object] | None = None,
    largest: float = math.inf,
) -> np.ndarray:
    """One numeric column: floats, NaN where blank.

    Parameters
    ----------
    values : sequence of n cells
    name : str
        The column's header, for messages.
    kind : {"number", "date", "flag"}
    rows : sequence of n, optional
        What to call each row in a message; its place in the range, from 1, when not given.
    largest : float
        Numbers beyond it are refused.

    Raises
    ------
    CellError
        For text that is no number, an infinity, or a date before 1900; names row and content.
    """
    cells = as_cells(values)
    if cells.dtype.kind == "M":
        numbers = _serials(cells)
    elif cells.dtype.kind in "fiub":
        numbers = cells.astype(float)
    else:
        plain = cells.tolist() if cells.dtype == object else list(cells)
        read = _plain_numbers(plain)
        if read is not None:
            numbers = read
        else:
            numbers = np.array(
                [
                    cell if type(cell) is float else _read_number(cell, i, name, kind, rows)
                    for i, cell in enumerate(plain)
                ],
                dtype=float,
            )
    wrong = np.abs(numbers) > largest if largest < math.inf else np.isinf(numbers)
    if kind == "date":
        wrong |= (numbers < 0.0) | (numbers >= AFTER_LAST_SERIAL)
    if wrong.any():
        i = int(np.argmax(wrong))
        _refuse(cells[i], i, name, kind, rows)
    return numbers


def _plain_numbers(cells: list) -> np.ndarray | None:
    """Cells that are all numbers, logicals or None; None where a cell has to be looked at."""
    if not set(map(type, cells)) <= _PLAIN:
        return None
    try:
        return np.array(cells, dtype=float)
    except OverflowError:
        return None


def _read_number(
    cell: object, i: int, name: str, kind: Kind, rows: Sequence[object] | None
) -> float:
    if is_blank(cell):
        return math.nan
    if isinstance(cell, str):
        number = parse_number(cell)
        if number is None:
            number = parse_date(cell)
        if number is None and kind == "flag":
            number = {"true": 1.0, "false": 0.0}.get(cell.strip().lower())
    elif isinstance(cell, (dt.date, np.datetime64)):
        number = _date_serial(cell)
    else:
        try:
            number = float(cell)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            number = None
    if number is None:
        _refuse(cell, i, name, kind, rows)
    return number  # type: ignore[return-value]


def _refuse(cell: object, i: int, name: str, kind: Kind, rows: Sequence[object] | None) -> None:
    row = rows[i] if rows is not None else i + 1
    shown = str(cell)[:40]
    if kind == "date":
        raise CellError(
            f"Column {name!r}, row {row}: {shown!r} is not a date from 1900 on. "
            "Type it as a date, such as 2024-01-31, or clear the cell.",
            f"“{name}”列第 {row} 行的“{shown}”不是 1900 年以后的日期。"
            "请改成日期（例如 2024-01-31），或清空该单元格。",
        )
    if kind == "flag":
        raise CellError(
            f"Column {name!r}, row {row}: {shown!r} is neither TRUE nor FALSE. "
            "Type one of them, or clear the cell.",
            f"“{name}”列第 {row} 行的“{shown}”不是 TRUE 或 FALSE。请改成其中之一，或清空该单元格。",
        )
    raise CellError(
        f"Column {name!r}, row {row}: {shown!r} is not a number. "
        "Type a number there, or clear the cell.",
        f"“{name}”列第 {row} 行的“{shown}”不是数字。请改成数字，或清空该单元格。",
    )


def _serials(moments: np.ndarray) -> np.ndarray:
    """Excel serials of a datetime64 array, vectorised; NaT becomes NaN."""
    days = (moments - np.datetime64(EXCEL_EPOCH)) / np.timedelta64(1, "D")
    early = days < 61.0
    days = np.where(early, days - 1.0, days)
    return np.where(early & (days < 1.0), -1.0, days)


def read_texts(values: Any) -> np.ndarray:
    """One text column: an object array of keys (see :func:`text_key`), ``""`` where blank."""
    cells = as_cells(values)
    known: dict[object, str] = {}
    keys = np.empty(len(cells), dtype=object)
    for i, cell in enumerate(cells.tolist() if cells.dtype.kind != "M" else cells):
        # True, 1 and 1.0 are equal as dictionary keys, but not as cells.
        mark: object = cell if type(cell) is str else (type(cell), cell)
        key = known.get(mark)
        if key is None:
            key = known[mark] = text_key(cell)
        keys[i] = key
    return keys


def read_codes(values: Any, codes: Mapping[str, int], other: int) -> np.ndarray:
    """One text column as integers: ``codes[key]``, or `other` for a key that is not listed."""
    cells = as_cells(values)
    known: dict[object, int] = {}
    out = np.empty(len(cells), dtype=np.intp)
    for i, cell in enumerate(cells.tolist() if cells.dtype.kind != "M" else cells):
        mark: object = cell if type(cell) is str else (type(cell), cell)
        code = known.get(mark)
        if code is None:
            code = known[mark] = codes.get(text_key(cell), other)
        out[i] = code
    return out


def find_columns(columns: Mapping[Any, Any], names: Iterable[str]) -> dict[str, Any]:
    """Which of `columns` each named feature is in: the same header, or one that reads the same.

    Raises
    ------
    SheetError
        When a feature has no column; names every missing one.
    """
    exact: dict[str, Any] = {}
    alike: dict[str, Any] = {}
    for header in columns:
        exact.setdefault(str(header), header)
        alike.setdefault(text_key(str(header)), header)
    found: dict[str, Any] = {}
    missing: list[str] = []
    for name in names:
        if name in exact:
            found[name] = exact[name]
        elif text_key(name) in alike:
            found[name] = alike[text_key(name)]
        else:
            missing.append(name)
    if missing:
        raise SheetError(
            f"The model needs the column {_listed(missing, 'en')}, which is not there. "
            "Add it, or retrain the model.",
            f"模型需要“{_listed(missing, 'zh')}”列，但没有找到。请补上该列，或重新训练模型。",
        )
    return found


def _listed(names: Sequence[str], lang: str) -> str:
    shown = [repr(name) if lang == "en" else name for name in names[:5]]
    joined = (", " if lang == "en" else "”、“").join(shown)
    if len(names) > 5:
        joined += f" and {len(names) - 5} more" if lang == "en" else f"”等 {len(names)} 列“"
    return joined
