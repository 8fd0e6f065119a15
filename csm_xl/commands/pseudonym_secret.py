"""The secret behind the pseudonyms of shared copies: kept in the workbook, never replaced silently.

It is a record of the hidden sheet. A hidden name of the workbook holds its fingerprint besides, so
that a secret that is lost with its sheet is missed, and one that was damaged is noticed.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import xlwings as xw

from csm_xl.commands.backups import back_up, backup_folder
from csm_xl.commands.excel import hide_name
from csm_xl.commands.hidden_sheet import write_records
from csm_xl.commands.session import Session
from csm_xl.commands.writing import calm
from csm_xl.errors import CsmError, SheetError
from csm_xl.functions.records import unpack
from csm_xl.language import Text
from csm_xl.ooxml.workbook_file import Workbook
from csm_xl.share import pseudonyms
from csm_xl.share.naming import FINGERPRINT
from csm_xl.vocabulary import layout


def stored_secret(session: Session) -> bytes | None:
    """The workbook's secret; None where it never had one.

    Raises
    ------
    SheetError
        When it had one that is lost or damaged: with another one everybody would get another
        pseudonym, and copies that were sent before would not match any more.
    """
    book = session.book
    mark = _fingerprint_kept(book)
    record = session.records.get(pseudonyms.RECORD)
    if record is None:
        if mark is None and pseudonyms.RECORD not in session.records.damaged:
            return None
        raise _lost(book, mark)
    try:
        secret = pseudonyms.secret_from_json(record.text)
    except SheetError:
        raise _lost(book, mark) from None
    if mark is not None and mark != fingerprint(secret):
        raise _lost(book, mark)
    return secret


def store_secret(session: Session, secret: bytes) -> bool:
    """Keep a secret in the workbook; whether anything had to be written."""
    book, mark = session.book, fingerprint(secret)
    record = session.records.get(pseudonyms.RECORD)
    text = pseudonyms.secret_to_json(secret)
    known = record is not None and record.text == text
    if known and _fingerprint_kept(book) == mark:
        return False
    back_up(book)
    with calm(book):
        if not known:
            write_records(session, {pseudonyms.RECORD: text})
        if FINGERPRINT in book.names:
            book.names[FINGERPRINT].refers_to = f'="{mark}"'
        else:
            hide_name(book.names.add(FINGERPRINT, f'="{mark}"'))
    return True


def fingerprint(secret: bytes) -> str:
    """What tells a secret from others without telling it."""
    return hmac.new(secret, b"csm-xl pseudonyms", hashlib.sha256).hexdigest()[:16]


def _fingerprint_kept(book: xw.Book) -> str | None:
    if FINGERPRINT not in book.names:
        return None
    return str(book.names[FINGERPRINT].refers_to).strip('="') or None


def _lost(book: xw.Book, mark: str | None) -> SheetError:
    """What to do: the newest safety copy that still has the secret, or a decision of the owner."""
    what = Text(
        "The secret that gives everybody the same pseudonym in every copy is damaged or gone from "
        "this workbook, so nothing was written.",
        "用于让每个人在每份副本中保持同一代号的密钥已损坏或丢失，因此未写入任何内容。",
    )
    copy = _intact_copy(book, mark)
    if copy is not None:
        way = Text(
            " The safety copy {copy} still has it: open that copy, check that nothing newer is missing, "
            "and save it under the workbook's name. Or share with --keep-names.",
            "安全副本 {copy} 中仍有该密钥：请打开它，确认没有遗漏较新的内容，再以本工作簿的名称保存。"
            "也可以用 --keep-names 保留姓名分享。",
        ).fill(copy=copy)
    else:
        way = Text(
            " No safety copy in {folder} has it. With --new-pseudonyms everybody gets another pseudonym, "
            "which copies sent before do not know; with --keep-names names stay.",
            "{folder} 中没有含该密钥的安全副本。使用 --new-pseudonyms 会给每个人新的代号（与以前发出的副本不一致）；"
            "使用 --keep-names 则保留姓名。",
        ).fill(folder=backup_folder(book))
    return SheetError(what.en + way.en, what.zh + way.zh)


def _intact_copy(book: xw.Book, mark: str | None) -> Path | None:
    try:
        copies = sorted(backup_folder(book).iterdir(), reverse=True)
    except OSError:
        return None
    for copy in copies:
        secret = _secret_in(copy)
        if secret is not None and mark in (None, fingerprint(secret)):
            return copy
    return None


def _secret_in(path: Path) -> bytes | None:
    try:
        book = Workbook(path, readonly=True)
        if layout.HIDDEN_SHEET not in book.sheet_names:
            return None
        rows = [values for _, first, values in book.values(layout.HIDDEN_SHEET) if first == 1]
        record = unpack(row for row in rows if len(row) >= 5).get(pseudonyms.RECORD)
        return None if record is None else pseudonyms.secret_from_json(record.text)
    except (CsmError, OSError):
        return None
