"""The role of each column of a table, by its title and by what it holds.

Pure functions of headers and cells: they know no spreadsheet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from csm_xl.churn.feature_columns import named_identifier, named_personal
from csm_xl.company.column_contents import Contents, contents_of, points_of, spoken
from csm_xl.company.leaving import Leaving, find_leaving
from csm_xl.company.months import month_columns
from csm_xl.language import Text
from csm_xl.vocabulary import statuses
from csm_xl.vocabulary.roles import CONSENT, TITLES, TROUBLE

#: How much of a column has to be of a kind for the column to be of that kind.
_MOST = 0.8
#: A text column with this share of different values names the rows.
_NAMES = 0.9
#: A column of words of which so many are levels, such as happy and unhappy, is one of ratings.
_LEVELS = 0.95
#: Roles that one column has alone; a second one for which a title speaks is something else.
_ONCE = (
    "id",
    "name",
    "start",
    "price",
    "do not contact",
    "last contact",
    "renewal",
    "points",
    "referred by",
)


@dataclass(frozen=True)
class ColumnRole:
    """One column's role.

    Attributes
    ----------
    header : str
    role : str
        A key of :data:`csm_xl.vocabulary.roles.ROLES`.
    why : Text
        The evidence, for the owner.
    example : str
        A value of the column.
    chosen : bool
        Whether the owner set it.
    """

    header: str
    role: str
    why: Text
    example: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Roles:
    """The roles of a table's columns, in their order, and who left."""

    columns: tuple[ColumnRole, ...]
    leaving: Leaving = field(repr=False)

    def places(self, role: str) -> list[int]:
        """The columns that have a role."""
        return [place for place, one in enumerate(self.columns) if one.role == role]

    def place(self, role: str) -> int | None:
        """The first column that has a role, or None."""
        return next(iter(self.places(role)), None)

    def role_of(self, place: int) -> str:
        """The role of a column."""
        return self.columns[place].role


def find_roles(
    headers: Sequence[str],
    columns: Sequence[Sequence[Any]],
    today: float,
    *,
    formulas: Sequence[bool] = (),
    chosen: Mapping[int, str] | None = None,
    ours: Mapping[int, str] | None = None,
    dependent: Sequence[int] = (),
    leavers: bool = True,
) -> Roles:
    """The role of each column.

    Parameters
    ----------
    headers : sequence of p str
        ``""`` where a column has none.
    columns : sequence of p sequences of n cells
        As Excel delivers them.
    today : float
        A serial number: dates after it are still to come.
    formulas : sequence of p bool, optional
        Which columns are filled by formulas.
    chosen : mapping of int to str, optional
        What the owner set: place to role. ``left:R,Q`` names the values that mean left.
    ours : mapping of int to str, optional
        Columns that csm-xl wrote, with what they are called in the code.
    dependent : sequence of int
        Formulas that follow from csm-xl's own columns.
    leavers : bool
        Whether somebody can leave in this kind of table.
    """
    chosen, ours = dict(chosen or {}), dict(ours or {})
    read = [contents_of(cells) for cells in columns]
    excluded = {*ours, *dependent, *(p for p, role in chosen.items() if not _is_left(role))}
    named = {p: role.partition(":")[2] for p, role in chosen.items() if _is_left(role)}
    if leavers:
        leaving = find_leaving(headers, columns, today, chosen=named, excluded=excluded)
    else:
        leaving = Leaving()
    months = month_columns(headers, read)
    found: list[ColumnRole] = []
    taken: set[str] = set(chosen.values())
    for place, header in enumerate(headers):
        example = example_of(read[place])
        if place in ours:
            found.append(ColumnRole(header, "csm-xl", _OURS, example))
        elif place in chosen:
            role = "left" if _is_left(chosen[place]) else chosen[place]
            found.append(ColumnRole(header, role, _CHOSEN, example, chosen=True))
        else:
            role, why = _role_of(
                place,
                header,
                read[place],
                leaving,
                place in months,
                place < len(formulas) and formulas[place],
                taken,
            )
            if role in _ONCE:
                taken.add(role)
            found.append(ColumnRole(header, role, why, example))
    return Roles(tuple(_with_name(found, read)), leaving)


def _is_left(role: str) -> bool:
    return role == "left" or role.startswith("left:")


_OURS = Text("csm-xl wrote it", "由 csm-xl 写入")
_CHOSEN = Text("you set it", "由您指定")
_TITLE = Text("its title says so", "标题如此说明")
_BOTH = Text("its title and its contents say so", "标题和内容都如此说明")
_CONTENTS = Text("its contents say so", "内容如此说明")
_DIFFERENT = Text("nearly every row has another text", "几乎每行的文字都不同")
_EMPTY = Text("it is empty", "整列为空")
_UNTITLED = Text("it has no title", "没有标题")
_FORMULA = Text("Excel calculates it", "由 Excel 计算")
_NO_VALUES = Text(
    "formulas without values: open the file in Excel and save it",
    "公式没有结果：请用 Excel 打开并保存文件",
)
_OTHER = Text("it may say something about who leaves", "可能与流失有关")
_AGREES = Text("it says the same as {0}", "与“{0}”说明的是同一件事")
_MONTHS = Text("months stand side by side", "按月份并列")
_LONG = Text("it holds remarks", "内容是备注")
_COMPETES = Text(
    "it says who left, and so does another column that differs",
    "它说明谁已流失，但另一列的说法不同",
)


def _role_of(
    place: int,
    header: str,
    contents: Contents,
    leaving: Leaving,
    month: bool,
    formula: bool,
    taken: set[str],
) -> tuple[str, Text]:
    said = spoken(header)
    if place in leaving.places:
        return "left", _BOTH
    if place in leaving.competing:
        return "left", _COMPETES
    if place in leaving.repeats:
        return "left", _REPEATS
    if not header:
        return "ignore", _UNTITLED
    if month:
        return "usage", _MONTHS
    titled = [role for role, one in TITLES if any(one.search(part) for part in _parts(said))]
    if named_identifier(header) and "id" not in titled:
        titled.insert(0, "id")
    if contents.filled == 0:
        if statuses.LEAVING.search(said) and not statuses.OTHER_THING.search(said):
            return "left", _TITLE
        if formula:
            return "formula", _NO_VALUES
        role = next((r for r in titled if r not in taken), None)
        return (role, _TITLE) if role is not None else ("ignore", _EMPTY)
    if CONSENT.search(said) and contents.flags >= _MOST and "do not contact" not in taken:
        return "do not contact", _BOTH
    for role in titled:
        if role in taken and role in _ONCE:
            continue
        if role == "id" and formula:
            continue
        if role == "name" and "id" not in taken and not formula and _numbers_rows(contents):
            return "id", _CONTENTS
        if _fits(role, contents, said, formula):
            return role, _BOTH
    if contents.mails >= _MOST:
        return "e-mail", _CONTENTS
    if contents.phones >= _MOST and contents.distinct_share > 0.5:
        return "phone", _CONTENTS
    if "id" not in taken and not formula and _numbers_rows(contents):
        return "id", _CONTENTS
    if formula:
        return "formula", _FORMULA
    if contents.text_share >= _MOST and contents.levels >= _LEVELS and 3 <= contents.distinct <= 9:
        return "rating", _CONTENTS
    if named_personal(header):
        return "personal", _TITLE
    if contents.text_share >= _MOST and contents.words >= 5 and contents.distinct_share > 0.3:
        return "note", _LONG
    return "feature", _OTHER


def _numbers_rows(contents: Contents) -> bool:
    """Whether every row has a number of its own, written as text."""
    return (
        contents.codes >= 0.95
        and contents.distinct_share >= 0.98
        and contents.filled >= _MOST * contents.rows
        and contents.distinct > 2
    )


def _parts(said: str) -> tuple[str, ...]:
    """A title, and its Latin and its Chinese words where it says the same in both."""
    latin = " ".join(_CHINESE.sub(" ", said).split())
    chinese = "".join(_CHINESE.findall(said))
    return (said, latin, chinese) if latin and chinese else (said,)


_CHINESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
#: Owners begin to number their customers here, or higher; nobody brings so many.
_FIRST_NUMBER = 100
_REPEATS = Text("it says again who left", "重复说明谁已流失")


def _fits(role: str, contents: Contents, said: str, formula: bool) -> bool:
    """Whether a column's contents can be what its title says."""
    dates, numbers, texts = contents.serials, contents.number_share, contents.text_share
    if formula and role in ("price", "revenue", "usage", "rating", "nps", "note", "personal"):
        # What Excel makes out of other columns is no statement of its own.
        return False
    if role == "do not contact":
        return contents.flags >= _MOST or contents.marks >= _MOST or contents.distinct <= 6
    if role == "e-mail":
        return contents.mails >= 0.5
    if role == "phone":
        return contents.phones >= 0.5 or (
            numbers + texts >= _MOST and contents.distinct_share > 0.5
        )
    if role in ("start", "last contact", "renewal"):
        return dates >= 0.7
    if role == "rating":
        if contents.levels >= 0.5:
            return True
        return numbers >= _MOST and _within(contents.numbers, 0, 10) and contents.distinct <= 60
    if role == "nps":
        return numbers >= _MOST and _within(contents.numbers, -100, 100)
    if role in ("price", "revenue", "tenure"):
        return numbers >= _MOST and not _only_flags(contents)
    if role == "points":
        read = [points_of(cell) is not None for cell in contents.cells]
        return sum(read) >= _MOST * len(read) and not _only_flags(contents)
    if role == "referred by":
        # A yes or no does not say who it was.
        return texts >= 0.5 or contents.codes >= 0.5 or _numbers_people(contents)
    if role == "usage":
        return numbers >= _MOST and not (
            _only_flags(contents) or _is_rate(said) or TROUBLE.search(said)
        )
    if role == "id":
        return contents.distinct_share >= _NAMES and contents.dates < 0.5 and contents.words < 4
    if role == "note":
        return texts >= 0.5
    if role == "personal":
        return True
    if role == "name":
        # A name may be anybody's twice; a shop that few customers have is where they buy.
        surely = bool(re.search(r"\bnames?\b|姓名|名称|名稱", said))
        least = 0.05 if surely else 0.5
        return texts >= _MOST and contents.words < 8 and contents.distinct_share >= least
    return False


def _numbers_people(contents: Contents) -> bool:
    """Whether numbers are those of customers or telephones, and no count of people."""
    numbers = contents.numbers
    if contents.number_share < _MOST or not len(numbers):
        return False
    return bool((numbers == np.floor(numbers)).all() and np.median(numbers) >= _FIRST_NUMBER)


def _within(numbers: np.ndarray, low: float, high: float) -> bool:
    return len(numbers) > 0 and float(numbers.min()) >= low and float(numbers.max()) <= high


def _only_flags(contents: Contents) -> bool:
    return contents.flags >= 1.0 and contents.distinct <= 2


def _is_rate(said: str) -> bool:
    return bool(re.search(r"\b(rate|share|percent|ratio|average|avg|price|fee)\b|率|占比|价", said))


def _with_name(found: list[ColumnRole], read: list[Contents]) -> list[ColumnRole]:
    """Where no title says who a row is, a text column that differs from row to row does."""
    if any(one.role == "name" for one in found):
        return found
    best = None
    for place, one in enumerate(found):
        contents = read[place]
        untitled = one.role == "ignore" and not one.header
        if one.chosen or not (untitled or one.role in ("feature", "note", "personal", "formula")):
            continue
        if contents.text_share < _MOST or contents.filled < 0.6 * contents.rows:
            continue
        if contents.distinct_share >= _NAMES and contents.distinct > 2 and 0 < contents.words < 5:
            best = place
            break
    if best is not None:
        one = found[best]
        found[best] = ColumnRole(one.header, "name", _DIFFERENT, one.example)
    return found


def example_of(contents: Contents) -> str:
    """A value as a person would write it."""
    for cell in contents.cells:
        if hasattr(cell, "strftime"):
            return f"{cell:%Y-%m-%d}"
        if isinstance(cell, float):
            return f"{cell:.10g}"
        return str(cell)[:40]
    return ""
