"""A database's column as the churn model reads a sheet's: numbers, serial dates, flags and texts.

What an engine cannot read as a sheet would (``"￥1,200"``, ``"２"``, ``VIP`` in full width) is looked
up: the differing values are fetched once, read by the very functions that read cells
(:mod:`csm_xl.churn.feature_values`), and written into the expression as a list. So the two ways in agree
whatever was typed, and a text that is no number is refused with the text itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from csm_xl.churn.feature_values import Kind, read_numbers, text_key
from csm_xl.errors import CellError
from csm_xl.language import Text

#: Excel's day 0 for dates from March 1900 on, its first day that counts the 29 February 1900, and
#: the largest double.
_EPOCH, _MARCH_1900, _LARGEST = "1899-12-30", 61, 1.7976931348623157e308
_PLAIN_NUMBER = r"^[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]+)?$"
#: The 29 February is looked up: engines stumble over those that never were.
_ISO_DAY = (
    r"^[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    r"|02-(0[1-9]|1[0-9]|2[0-8]))"
)
_ISO_DATE = f"{_ISO_DAY}$"
#: A zone behind it says nothing of the day that was typed, as in a sheet.
_ISO_MOMENT = (
    _ISO_DAY
    + r"[ T]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})?$"
)
#: More different texts than these are not dates and amounts that somebody typed.
_MOST_SPELLINGS = 20_000


def number(
    table: Any,
    header: str,
    kind: Kind = "number",
    *,
    spellings: Mapping[str, float] | None = None,
    has_nan: bool = True,
) -> Any:
    """A column as numbers, null where the cell is blank.

    Parameters
    ----------
    table : ibis Table
    header : str
    kind : {"number", "date", "flag"}
    spellings : mapping of str to float, optional
        What texts stand for that the engine cannot read, see :func:`number_spellings`.
    has_nan : bool
        Whether the engine's doubles can be NaN, which is a blank.

    Returns
    -------
    ibis expression of float64
    """
    import ibis

    column = table[header]
    dtype = column.type()
    if dtype.is_boolean():
        return ibis.cases((column, _double(1.0)), (~column, _double(0.0)))
    if dtype.is_date() or dtype.is_timestamp():
        return _serial(column)
    if dtype.is_string():
        text = _trimmed(column)
        cases = [(text.re_search(_PLAIN_NUMBER), text.cast("float64"))]
        if kind == "date":
            day = _serial(text.substr(0, 10).cast("date"))
            cases.append((text.re_search(_ISO_DATE), day))
            cases.append((text.re_search(_ISO_MOMENT), day + _time_of(text)))
        cases += [(column == typed, _double(value)) for typed, value in (spellings or {}).items()]
        return ibis.cases(*cases)
    column = column.cast("float64")
    return ibis.cases((~column.isnan(), column)) if dtype.is_floating() and has_nan else column


def day(
    table: Any,
    header: str,
    *,
    spellings: Mapping[str, float] | None = None,
    has_nan: bool = True,
) -> Any:
    """A column of dates as whole serial numbers, null where the cell is blank.

    Parameters
    ----------
    table, header, spellings, has_nan
        See :func:`number`.

    Returns
    -------
    ibis expression of int64
    """
    column = table[header]
    if column.type().is_date() or column.type().is_timestamp():
        return _serial(column.cast("date"), whole=True)
    read = number(table, header, "date", spellings=spellings, has_nan=has_nan)
    return read.floor().cast("int64")


def number_spellings(table: Any, header: str, kind: Kind) -> dict[str, float]:
    """What each text of a column stands for that the engine itself cannot read as a number.

    Raises
    ------
    CellError
        When a text is no number (or date, or flag): names the column and the text.
    """
    column = table[header]
    if not column.type().is_string():
        return {}
    text = _trimmed(column)
    unread = (text != "") & ~text.re_search(_PLAIN_NUMBER)
    if kind == "date":
        unread = unread & ~text.re_search(_ISO_DATE) & ~text.re_search(_ISO_MOMENT)
    found = table.filter(unread).select(typed=column).distinct().limit(_MOST_SPELLINGS + 1)
    read: dict[str, float] = {}
    for typed in sorted(found.execute()["typed"].tolist()):
        try:
            value = float(read_numbers([typed], header, kind)[0])
        except CellError:
            raise _unreadable(header, typed, kind) from None
        if not np.isnan(value):
            read[typed] = value
    if len(read) > _MOST_SPELLINGS:
        raise _unreadable(header, next(iter(read)), kind)
    return read


def refuse_impossible(
    table: Any, numbers: Mapping[str, Any], dates: Mapping[str, Any] | None = None
) -> None:
    """Refuse infinities, and dates that Excel has not.

    Parameters
    ----------
    table : ibis Table
    numbers, dates : mapping of header to ibis expression
        As :func:`number` reads them.

    Raises
    ------
    CellError
    """
    import ibis

    from csm_xl.churn.feature_values import AFTER_LAST_SERIAL

    wrong = {name: (x.abs() > _double(_LARGEST)).ifelse(1, 0).sum() for name, x in numbers.items()}
    for name, x in (dates or {}).items():
        dtype = table[name].type() if name in table.columns else None
        if dtype is not None and (dtype.is_date() or dtype.is_timestamp()):
            # The first and the last say it: engines know these without reading day by day.
            early, late = table[name].min().year() < 1900, table[name].max().year() > 9999
            wrong[name] = ibis.cases((early | late, 1), else_=0)
        else:
            outside = (x < _double(0.0)) | (x >= _double(AFTER_LAST_SERIAL))
            wrong[name] = outside.ifelse(1, 0).sum()
    if not wrong:
        return
    columns = list(wrong)
    # Aggregates of one scan; a name of a column is no name for an aggregate in every engine.
    counted = table.aggregate(**{f"n{k}": wrong[name] for k, name in enumerate(columns)}).execute()
    for k, name in enumerate(columns):
        n = counted[f"n{k}"].iloc[0]
        if n == n and n is not None and int(n):
            kind: Kind = "date" if name in (dates or {}) else "number"
            raise _unreadable(name, None, kind)


def folded(table: Any, header: str) -> Any:
    """A column as keys of categories, ``""`` where blank: one case, one space, as in a sheet.

    Full-width forms are not folded by engines: see :func:`text_spellings`.
    """
    import ibis

    column = table[header]
    dtype = column.type()
    if dtype.is_boolean():
        text = ibis.cases((column, ibis.literal("true")), (~column, ibis.literal("false")))
    elif dtype.is_floating() or dtype.is_decimal():
        plain = column.cast("float64")
        whole = (plain == plain.round(0)) & (plain.abs() < _double(1e15))
        text = whole.ifelse(plain.cast("int64").cast("string"), column.cast("string"))
    elif dtype.is_string():
        text = column.re_replace(r"\s+", " ").strip()
    else:
        text = column.cast("string")
    return text.lower().fill_null("")


def key(table: Any, header: str) -> Any:
    """A column as the numbers and names that rows are found by, null where blank.

    Whole numbers stay what they are: engines group them several times as fast as texts.
    """
    column = table[header]
    dtype = column.type()
    if dtype.is_integer():
        return column
    if dtype.is_floating() or dtype.is_decimal():
        plain = column.cast("float64")
        whole = (plain == plain.round(0)) & (plain.abs() < _double(1e15))
        text = whole.ifelse(plain.cast("int64").cast("string"), column.cast("string"))
    else:
        text = column.cast("string").strip()
    return text.nullif("")


def text_spellings(table: Any, header: str, known: Mapping[str, int]) -> dict[str, int]:
    """Categories under a spelling that the engine does not fold as a sheet's are.

    Parameters
    ----------
    table : ibis Table
    header : str
    known : mapping of str to int
        Keys of the categories and their indices.

    Returns
    -------
    dict of str to int
        The engine's key of each such spelling, and the index of its category.
    """
    column, key = table[header], folded(table, header)
    dtype = column.type()
    if dtype.is_integer() or dtype.is_boolean():
        return {}
    unlike = key.notin(list(known)) if known else key == key
    if dtype.is_string():
        # What is plain ASCII the engine folds alike.
        unlike = unlike & key.re_search("[^ -~]")
    found = table.filter(unlike).select(typed=column, folded=key).distinct().execute()
    spelled = ((row.folded, text_key(row.typed)) for row in found.itertuples())
    return {typed: known[meant] for typed, meant in spelled if meant in known}


def _double(value: float) -> Any:
    import ibis

    return ibis.literal(float(value), "float64")


def _trimmed(column: Any) -> Any:
    return column.strip()


def _time_of(text: Any) -> Any:
    """The part of a day that the time in a text is, such as ``2024-02-01 18:00:00``."""
    hours, minutes, seconds = (text.substr(at, 2).cast("float64") for at in (11, 14, 17))
    return ((hours * 60.0 + minutes) * 60.0 + seconds) / _double(86_400.0)


def _serial(column: Any, whole: bool = False) -> Any:
    """Excel's serial number of a date or a moment; its calendar has a 29 February 1900."""
    import ibis

    days = column.cast("date").delta(ibis.date(_EPOCH), unit="day").cast("int64")
    if not whole:
        days = days.cast("float64")
    if column.type().is_timestamp():
        seconds = (column.hour() * 60 + column.minute()) * 60 + column.second()
        days = days + seconds.cast("float64") / _double(86_400.0)
    return ibis.cases((days >= _MARCH_1900, days), (days >= 2, days - 1), (days < 2, -1))


def _unreadable(header: str, typed: str | None, kind: Kind) -> CellError:
    what = {
        "date": Text("a date from 1900 on", "1900 年以后的日期"),
        "flag": Text("TRUE or FALSE", "TRUE 或 FALSE"),
    }.get(kind, Text("a number", "数字"))
    if typed is None:
        return CellError(
            f"The column {header!r} holds a value that is not {what.en}. Correct it where it is "
            "kept, or leave such rows out with --query.",
            f"“{header}”列中有的值不是{what.zh}。请在数据源中更正，或用 --query 排除这些行。",
        )
    shown = typed[:40]
    return CellError(
        f"The column {header!r} holds {shown!r}, which is not {what.en}. Correct it where it is "
        "kept, or leave such rows out with --query.",
        f"“{header}”列中的“{shown}”不是{what.zh}。请在数据源中更正，或用 --query 排除这些行。",
    )
