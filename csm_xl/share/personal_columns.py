"""Which columns of a workbook say who a person is, and which hold the numbers of the books.

A column is personal when the workbook's Settings or csm-xl's layout say so, when its header does,
or when its cells look like names, e-mail addresses, telephone numbers, postal addresses or ID
numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from csm_xl.churn.columns import named_identifier, named_personal
from csm_xl.formulas.workbook_model import ErrorValue, WorkbookModel
from csm_xl.share.known_names import CHINESE
from csm_xl.share.personal_patterns import column_kind, kind_in, looks_like_name
from csm_xl.share.pseudonyms import Kind, as_text
from csm_xl.share.regions import Region
from csm_xl.share.source import column_cells
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cells import is_blank
from csm_xl.vocabulary.headers import normalised

#: What becomes of a column: a kind of pseudonym, or "text" for what is left out as free text.
Treatment = Kind | Literal["text"]

_KEY_KINDS: dict[str, Kind] = {"email": "email", "phone": "phone", "address": "address"}
_HEADER_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("email", re.compile(r"mail|邮箱|邮件", re.IGNORECASE)),
    ("phone", re.compile(r"phone|mobile|\btel|fax|电话|手机|whatsapp", re.IGNORECASE)),
    ("id", re.compile(r"passport|\bssn\b|身份证|证件|护照", re.IGNORECASE)),
    ("address", re.compile(r"addr|street|地址|住址", re.IGNORECASE)),
)
_FREE_TEXT = re.compile(
    r"\b(notes?|comments?|remarks?|message|feedback text|review text)\b|备注|留言|评论内容|反馈内容|沟通内容",
    re.IGNORECASE,
)
#: csm-xl's own columns that quote what customers wrote.
_QUOTES = {("pain_points", "example")}
#: Sheets on which csm-xl itself writes sentences.
RESULTS = frozenset({"dashboard", "actions", "playbook", "cohorts", "model", "history", "settings"})
#: Texts of this mean length, nearly all different, are written by people.
_LONG = 30
_SPLIT = re.compile(r"[,，;；、\n]")
#: Numbers by which the books are tied out, whatever they look like.
_BOOKS = re.compile(
    r"\b(?:order|invoice|bill|receipt|voucher|transaction|payment|credit note|shipment|tracking)s?\b"
    r"|订单|发票|单号|票据|收据|凭证|流水|交易|快递|运单",
    re.IGNORECASE,
)
_BOOK_KEYS = frozenset({"order_id", "invoice", "feedback_id"})


@dataclass(frozen=True)
class PersonalColumn:
    """One personal column.

    Attributes
    ----------
    sheet, header : str
    column : int
    first, last : int
        The rows of its body.
    treatment : Treatment
    """

    sheet: str
    header: str
    column: int
    first: int
    last: int
    treatment: Treatment


def settings_list(text: object) -> list[str]:
    """The headers in the setting that names the personal columns."""
    return [part.strip() for part in _SPLIT.split(str(text or "")) if part.strip()]


def personal_columns(
    model: WorkbookModel, found: Iterable[Region], listed: Sequence[str] | None
) -> list[PersonalColumn]:
    """The personal columns of a workbook.

    Parameters
    ----------
    model : WorkbookModel
    found : iterable of Region
    listed : sequence of str or None
        The headers that Settings name; None where the workbook has no such setting.
    """
    wanted = {normalised(header) for header in listed or ()}
    columns = []
    for region in found:
        keys = {column: key for key, column in region.match().items()}
        for column, header in region.columns:
            treatment = _treatment(model, region, column, header, keys.get(column), wanted, listed)
            if treatment is not None:
                first = region.body[0]
                untitled = looks_like_name(header) or kind_in(header) is not None
                if untitled and not region.table and region.header is not None:
                    # A list without headers begins with its first name.
                    first = region.header
                columns.append(
                    PersonalColumn(region.sheet, header, column, first, region.body[2], treatment)
                )
    return columns


def _treatment(
    model: WorkbookModel,
    region: Region,
    column: int,
    header: str,
    key: str | None,
    wanted: set[str],
    listed: Sequence[str] | None,
) -> Treatment | None:
    known = layout.table(region.key).column(key) if region.key and key else None
    if header and normalised(header) in wanted and not (known is not None and known.ours):
        return kind_of(header, key) if not _is_text(header, known) else "text"
    if region.key and key and (region.key, key) in _QUOTES:
        return "text"
    if known is not None and known.personal:
        chosen = region.key == "customers" and known.template and listed is not None
        if not chosen:
            return "text" if known.kind == "long_text" else kind_of(header, key)
    elif known is not None and (known.ours or known.words or known.kind not in ("text", "id")):
        return None
    identifier = _identifies(header, known)
    if known is None and named_personal(header):
        return "text" if _FREE_TEXT.search(header) else kind_of(header, key)
    texts, numbers = _contents(model, region, column)
    kind = column_kind(texts)
    if kind is None and len(numbers) > len(texts):
        kind = column_kind([as_text(number) for number in numbers])
    if identifier:
        # Numbers of orders look like telephone numbers; an e-mail address is one all the same.
        keeps = _is_of_books(header, key)
        return kind if kind == "email" or (kind in ("phone", "id") and not keeps) else None
    results = layout.sheet_key(region.sheet) in RESULTS
    if kind is None and known is None and not results and _written_by_people(texts):
        return "text"
    return kind


def _identifies(header: str, known: layout.Column | None) -> bool:
    return known.identifier if known is not None else named_identifier(header)


def _is_of_books(header: str, key: str | None) -> bool:
    return key in _BOOK_KEYS if key is not None else _BOOKS.search(header) is not None


def book_columns(found: Iterable[Region]) -> list[tuple[str, int, int, int]]:
    """Sheet, column, first and last row of the numbers of orders and invoices."""
    columns = []
    for region in found:
        keys = {column: key for key, column in region.match().items()}
        for column, header in region.columns:
            key = keys.get(column)
            known = layout.table(region.key).column(key) if region.key and key else None
            if _identifies(header, known) and _is_of_books(header, key):
                columns.append((region.sheet, column, region.body[0], region.body[2]))
    return columns


def kind_of(header: str, key: str | None) -> Kind:
    """What stands under a header, where the column is personal."""
    if key in _KEY_KINDS:
        return _KEY_KINDS[key]
    for kind, pattern in _HEADER_KINDS:
        if pattern.search(header):
            return kind
    return "person"


def _is_text(header: str, known: layout.Column | None) -> bool:
    return known.kind == "long_text" if known is not None else bool(_FREE_TEXT.search(header))


def _contents(model: WorkbookModel, region: Region, column: int) -> tuple[list[str], list[float]]:
    cells = column_cells(model, region.sheet, column, region.body[0], region.body[2])
    texts = [c for c in cells if isinstance(c, str) and not isinstance(c, ErrorValue)]
    numbers = [c for c in cells if isinstance(c, float)]
    return [text for text in texts if not is_blank(text)], numbers


def _written_by_people(texts: Sequence[str]) -> bool:
    if len(texts) < 3 or len(set(texts)) < 0.6 * len(texts):
        return False
    # A Chinese character says about as much as two letters.
    return sum(len(t) + len(CHINESE.findall(t)) for t in texts) >= _LONG * len(texts)
