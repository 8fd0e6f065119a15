"""Stable pseudonyms: the same name gets the same code in every copy, and no code leads back.

A code is the beginning of the HMAC-SHA256 of the text under a secret of 256 bits, which never
leaves the owner's workbook. Without the secret nobody can try names until one fits, which is what
breaks plain hashes of names and telephone numbers.

Texts that Excel holds for equal get one pseudonym, and texts that differ get different ones, so
that a formula that looks a name up, or counts how often it occurs, gives the same number.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import hmac
import io
import json
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from csm_xl.churn.feature_values import spelled
from csm_xl.errors import FileError, SheetError
from csm_xl.language import Language, Text

#: What a text says of a person; decides the word before its code.
Kind = Literal["person", "email", "phone", "address", "id", "other"]

LABELS: dict[Kind, Text] = {
    "person": Text("Customer", "客户"),
    "email": Text("E-mail", "邮箱"),
    "phone": Text("Phone", "电话"),
    "address": Text("Address", "地址"),
    "id": Text("ID", "证件"),
    "other": Text("Entry", "条目"),
}

#: The record of the workbook that keeps the secret.
RECORD = "share"
SECRET_BYTES = 32
#: 50 bits: among 100,000 customers two would share a code once in 200,000 companies; they are
#: told apart all the same, see :meth:`Pseudonyms.of`.
CODE_LENGTH = 10
#: Crockford's digits: no I, L, O or U, which look like others or spell words.
_DIGITS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def new_secret() -> bytes:
    """A secret for a workbook that has none."""
    return secrets.token_bytes(SECRET_BYTES)


def secret_to_json(secret: bytes) -> str:
    """The record that keeps a secret."""
    return json.dumps({"secret": secret.hex()})


def secret_from_json(text: str) -> bytes:
    """The secret out of its record.

    Raises
    ------
    SheetError
        When the record is damaged: another secret would give other pseudonyms without a word.
    """
    try:
        secret = bytes.fromhex(json.loads(text)["secret"])
    except (ValueError, KeyError, TypeError):
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise SheetError(
            "The secret that keeps pseudonyms the same is damaged.",
            "用于保持代号一致的密钥已损坏。",
        )
    return secret


class Pseudonyms:
    """Pseudonyms under one secret.

    Parameters
    ----------
    secret : bytes
    lang : {"en", "zh"}
        The language of the word before the code.

    Attributes
    ----------
    key : dict of str to str
        Each pseudonym given out, with the text it stands for.
    """

    def __init__(self, secret: bytes, lang: Language) -> None:
        self._secret = secret
        self._lang = lang
        self._given: dict[str, str] = {}
        self.key: dict[str, str] = {}

    def of(self, text: str, kind: Kind = "person") -> str:
        """The pseudonym of a text; the kind of its first use decides the word before the code.

        Two texts that fall on one code, which chance all but forbids, get longer ones, so that
        nobody is taken for somebody else.
        """
        same = equal_in_excel(text)
        if same not in self._given:
            length = CODE_LENGTH
            while (name := self._named(same, kind, length)) in self.key:
                length += 5
            self._given[same] = name
            self.key[name] = text
        return self._given[same]

    def known(self, text: str) -> str | None:
        """The pseudonym that a text was already given, or None."""
        return self._given.get(equal_in_excel(text))

    def _named(self, text: str, kind: Kind, length: int) -> str:
        digest = hmac.new(self._secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256)
        code = base64.b32encode(digest.digest()).decode().translate(_DIGITS)[:length]
        parts = [code[i : i + 5] for i in range(0, length, 5)]
        return f"{LABELS[kind].within(self._lang)} {'-'.join(parts)}"


def pseudonym_width(kind: Kind, lang: Language) -> float:
    """How wide a column must be to show a pseudonym; a Chinese character takes two letters."""
    label = LABELS[kind].within(lang)
    letters = sum(1 if character.isascii() else 2 for character in label)
    return letters + 1 + CODE_LENGTH + 1 + 2.5


def equal_in_excel(text: str) -> str:
    """A text as Excel compares it: in any case, but with its spaces."""
    return text.lower()


def as_text(value: object) -> str:
    """A cell's content as the text that stands for a person: a telephone number without ``.0``."""
    return spelled(value)


#: A pseudonym of ours inside a text.
CODED = re.compile(
    rf"(?:{'|'.join(re.escape(t) for label in LABELS.values() for t in (label.en, label.zh))}) "
    r"[0-9A-HJKMNP-TV-Z]{5}(?:-[0-9A-HJKMNP-TV-Z]{5})+"
)


def is_pseudonym(text: str) -> bool:
    """Whether a text looks like a pseudonym of ours."""
    return CODED.fullmatch(text) is not None


# --- The owner's key ---------------------------------------------------------------------------


def key_file(path: Path, key: dict[str, str], lang: Language) -> bytes:
    """The owner's key, pseudonym to name, as a CSV or an Excel file by its suffix.

    Raises
    ------
    FileError
        For another suffix.
    """
    headers = (Text("Pseudonym", "代号").within(lang), Text("Name", "原文").within(lang))
    rows = sorted(key.items())
    if path.suffix.lower() == ".csv":
        return _csv(headers, rows)
    if path.suffix.lower() == ".xlsx":
        return _xlsx(headers, rows)
    raise FileError(
        f"The key must be a .csv or an .xlsx file, not {path.name}.",
        f"对照表必须是 .csv 或 .xlsx 文件，而不是 {path.name}。",
    )


def _csv(headers: tuple[str, str], rows: Iterable[tuple[str, str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(headers)
    # Excel would compute a text that begins like a formula; an apostrophe keeps it a text.
    writer.writerows((code, f"'{text}" if text[:1] in "=+-@\t\r" else text) for code, text in rows)
    # With its mark Excel reads UTF-8, without it Chinese becomes unreadable.
    return buffer.getvalue().encode("utf-8-sig")


def _xlsx(headers: tuple[str, str], rows: Iterable[tuple[str, str]]) -> bytes:
    from openpyxl import Workbook

    from csm_xl.workbook.grid import put_text

    book = Workbook()
    sheet = book.active
    sheet.column_dimensions["A"].width = 26
    sheet.column_dimensions["B"].width = 40
    for r, row in enumerate((headers, *rows), 1):
        for c, text in enumerate(row, 1):
            put_text(sheet.cell(r, c), text)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
