"""Which columns of a sheet can be features, and of what kind each one is.

What is never a feature: identifiers, personal columns, csm-xl's own columns, columns with
nothing to learn from. Each column left out comes with a reason in words.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from csm_xl.churn.feature_values import (
    Kind,
    as_cells,
    is_blank,
    read_numbers,
    read_texts,
    text_key,
)
from csm_xl.language import Text
from csm_xl.vocabulary.cell_readers import parse_date, parse_number


@dataclass(frozen=True)
class Feature:
    """One column that the model learns from: its header and its kind."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class Chosen:
    """The outcome of :func:`choose_features`.

    Parameters
    ----------
    features : tuple of str
        Headers, in the sheet's order.
    left_out : list of (str, Text)
        Every other header (but the label's) with the reason.
    """

    features: tuple[str, ...]
    left_out: list[tuple[str, Text]]


OWN = Text("csm-xl fills this column itself", "由 csm-xl 填写的列")
PERSONAL = Text("personal data", "个人信息")
IDENTIFIER = Text("names the customer, says nothing about them", "只用来标识客户，不含其他信息")
ALL_DIFFERENT = Text("nearly every customer has another value", "几乎每位客户的值都不同")
CONSTANT = Text("the same for every customer", "所有客户的值都相同")
EMPTY = Text("empty", "整列为空")
SAME_HEADER = Text("another column has the same header", "与另一列的标题相同")
UNTITLED = Text("it has no title", "没有标题")

#: Larger numbers are typing errors, and their differences would not be numbers any more.
LARGEST = 1e300

# Words of a header that name a person or a record, and the words that may stand beside them.
_PERSONAL_WORDS = frozenset(
    [
        "name",
        "surname",
        "firstname",
        "lastname",
        "fullname",
        "username",
        "nickname",
        "email",
        "mail",
        "phone",
        "telephone",
        "tel",
        "mobile",
        "cellphone",
        "fax",
        "wechat",
        "weixin",
        "qq",
        "whatsapp",
        "address",
        "addr",
        "ip",
        "ssn",
        "passport",
        "password",
        "note",
        "notes",
        "comment",
        "comments",
        "remark",
        "remarks",
        "url",
        "website",
        "homepage",
    ]
)
_BESIDE = frozenset(
    [
        "customer",
        "client",
        "user",
        "member",
        "contact",
        "subscriber",
        "first",
        "last",
        "full",
        "middle",
        "home",
        "work",
        "number",
        "no",
        "nr",
        "cell",
        "street",
        "billing",
        "shipping",
        "postal",
        "company",
        "account",
        "person",
        "e",
        "web",
        "site",
        "line",
        "1",
        "2",
    ]
)
_ID_WORDS = frozenset(
    ["id", "ids", "uid", "uuid", "guid", "key", "code", "number", "no", "nr", "num"]
)
_ID_OF = frozenset(
    [
        "customer",
        "client",
        "user",
        "member",
        "contact",
        "subscriber",
        "account",
        "order",
        "invoice",
        "row",
        "record",
        "index",
        "serial",
        "contract",
        "ticket",
        "tax",
        "registration",
    ]
)
_SURE_ID_WORDS = frozenset(["id", "uid", "uuid", "guid"])
_PERSONAL_ZH = re.compile(
    r".*(姓名|手机|手机号码?|电话|电话号码|微信|微信号|邮箱|电子邮件|邮件地址|地址|联系人|联系方式"
    r"|身份证号?码?|备注|网址|昵称|qq号?)|(客户|公司|会员|用户|店铺|企业)?(名称|名字|名)|客户|公司"
)
_IDENTIFIER_ZH = re.compile(
    r".*(编号|单号|卡号|账号|帐号|户号|会员号|流水号|工号)|序号|行号|(客户|会员|用户|订单|账户)(id|号|代码)"
)
_DATE_WORDS = re.compile(r"\b(date|day|when)\b|\b(on|at|since)$|日期|时间|日$|时$")

# Excel serials of 1954 and 2119: numbers outside are no dates, whatever the header says.
_EARLY, _LATE = 20000.0, 80000.0


def words(header: str) -> list[str]:
    """A header's words in lower case; ``customerID`` is customer, id."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", header)
    return re.findall(r"[a-z]+|\d+", parted.lower())


def named_personal(header: str) -> bool:
    """Whether a header names personal data (name, phone, 姓名, 微信 ...)."""
    if _PERSONAL_ZH.fullmatch(text_key(header)):
        return True
    parts = set(words(header))
    return bool(parts & _PERSONAL_WORDS) and parts <= _PERSONAL_WORDS | _BESIDE


def named_identifier(header: str) -> bool:
    """Whether a header names an identifier of a customer or a record (id, 编号 ...)."""
    if _IDENTIFIER_ZH.fullmatch(text_key(header)):
        return True
    parts = words(header)
    if not parts or not text_key(header).isascii():
        return False
    before = set(parts[:-1])
    if parts[-1] in _SURE_ID_WORDS and before <= _ID_OF | _BESIDE:
        return True
    return parts[-1] in _ID_WORDS and bool(before) and before <= _ID_OF


def choose_features(
    frame: Any,
    label_name: str | None,
    *,
    own: Collection[str] = (),
    personal: Collection[str] = (),
    identifiers: Collection[str] = (),
    rows: Sequence[object] | None = None,
) -> Chosen:
    """Which columns of a sheet the model may learn from.

    Parameters
    ----------
    frame : data frame of n customers
        Raw cells. A column without a header is never a feature: nobody could name it again.
    label_name : str or None
        The column that says who left; never a feature, and not listed as left out.
    own : collection of str
        csm-xl's own columns, and formulas that depend on them.
    personal, identifiers : collections of str
        Headers that the owner calls so, on top of those recognised by name or content.
    rows : sequence of n, optional
        What to call each row in a message, such as the sheet's row numbers.
    """
    own_keys, personal_keys, identifier_keys = (
        {text_key(name) for name in names} for names in (own, personal, identifiers)
    )
    features: list[str] = []
    left_out: list[tuple[str, Text]] = []
    for place, header in enumerate(frame.columns):
        name = str(header)
        key = text_key(name)
        if label_name is not None and key == text_key(label_name):
            continue
        reason = None
        if not key:
            left_out.append((f"#{place + 1}", UNTITLED))
            continue
        if name in features:
            reason = SAME_HEADER
        elif key in own_keys:
            reason = OWN
        elif key in personal_keys or named_personal(name):
            reason = PERSONAL
        elif key in identifier_keys or named_identifier(name):
            reason = IDENTIFIER
        else:
            cells = as_cells(frame.iloc[:, place])
            kind = kind_of(cells, name)
            reason = _nothing_to_learn(cells, name, kind, rows)
            if reason is None and kind == "number" and _counts_rows(cells, name, rows):
                reason = IDENTIFIER
        if reason is None:
            features.append(name)
        else:
            left_out.append((name, reason))
    return Chosen(tuple(features), left_out)


def sift_features(
    frame: Any, dates: Collection[str] = (), rows: Sequence[object] | None = None
) -> list[tuple[Feature, Text | None]]:
    """Every column of a frame with its kind, and why it holds nothing to learn from, or None."""
    sifted: list[tuple[Feature, Text | None]] = []
    seen: set[str] = set()
    for place, header in enumerate(frame.columns):
        name = str(header)
        if name in seen:
            sifted.append((Feature(name, "number"), SAME_HEADER))
            continue
        seen.add(name)
        cells = as_cells(frame.iloc[:, place])
        kind = kind_of(cells, name, dates)
        sifted.append((Feature(name, kind), _nothing_to_learn(cells, name, kind, rows)))
    return sifted


def _nothing_to_learn(
    cells: np.ndarray, name: str, kind: Kind, rows: Sequence[object] | None
) -> Text | None:
    """Why a column's content cannot be a feature, or None."""
    if kind == "text":
        keys = read_texts(cells)
        filled = keys[keys != ""]
        distinct = len(set(filled.tolist()))
        if distinct == 0:
            return EMPTY
        if distinct == 1 and len(filled) == len(keys):
            return CONSTANT
        if distinct > 2 and distinct >= 0.9 * len(filled):
            return ALL_DIFFERENT
        return None
    numbers = read_numbers(cells, name, kind, rows, LARGEST)
    filled = numbers[~np.isnan(numbers)]
    if len(filled) == 0:
        return EMPTY
    if filled.min() == filled.max() and len(filled) == len(numbers):
        return CONSTANT
    return None


def _counts_rows(cells: np.ndarray, name: str, rows: Sequence[object] | None) -> bool:
    """All different whole numbers that go up row by row in small steps, or are very long."""
    numbers = read_numbers(cells, name, rows=rows)
    numbers = numbers[~np.isnan(numbers)]
    if len(numbers) < 5 or np.any(numbers != np.floor(numbers)):
        return False
    steps = np.diff(numbers)
    if np.all(steps > 0) and numbers[-1] - numbers[0] <= 3 * len(steps):
        return True
    return bool(numbers.min() >= 1e9) and len(np.unique(numbers)) == len(numbers)


def kind_of(values: Any, name: str = "", dates: Collection[str] = ()) -> Kind:
    """What one column holds, from all of its cells.

    A column of numbers with a few texts among them is a column of numbers: reading it then says
    which cell to correct. Numbers in a column that `dates` lists, or whose header speaks of a
    date, are dates.
    """
    cells = as_cells(values)
    if cells.dtype.kind == "b":
        return "flag"
    if cells.dtype.kind == "M":
        return "date"
    if cells.dtype.kind in "fiu":
        return _date_or_number(cells.astype(float), name, dates)
    plain = [cell for cell in cells.tolist() if not is_blank(cell)]
    if not plain:
        return "number"
    numbers: list[float] = []
    n_dates = n_flags = n_texts = 0
    for cell in plain:
        if isinstance(cell, (bool, np.bool_)):
            n_flags += 1
        elif isinstance(cell, str):
            number = parse_number(cell)
            if number is not None:
                numbers.append(number)
            elif parse_date(cell) is not None:
                n_dates += 1
            else:
                n_texts += 1
        elif isinstance(cell, (dt.date, np.datetime64)):
            n_dates += 1
        else:
            try:
                numbers.append(float(cell))
            except (TypeError, ValueError):
                n_texts += 1
    if n_texts > 0.2 * len(plain):
        return "text"
    if n_flags and not numbers and not n_dates and not n_texts:
        return "flag"
    if n_dates >= max(1, len(numbers)):
        return "date"
    if len(numbers) >= 0.8 * len(plain):
        return "date" if n_dates else _date_or_number(np.array(numbers), name, dates)
    return "text"


def _date_or_number(numbers: np.ndarray, name: str, dates: Collection[str]) -> Kind:
    if text_key(name) in {text_key(date) for date in dates}:
        return "date"
    filled = numbers[np.isfinite(numbers)]
    plausible = len(filled) > 0 and filled.min() >= _EARLY and filled.max() <= _LATE
    spoken = " ".join(words(name)) if name.isascii() else text_key(name)
    return "date" if plausible and _DATE_WORDS.search(spoken) else "number"
