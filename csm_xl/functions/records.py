"""What a workbook carries with it: named texts (the churn model, fitted parameters) in cells.

A record is a text, cut into chunks that fit into cells and kept in the very hidden sheet ``_csm``
as rows ``(name, id, part, parts, chunk)``. The id is the beginning of the text's SHA-256, so a
record that was damaged or edited by hand is noticed.

A function in a cell gets a record's id, and its whole text only when this process has not seen it
yet: :func:`known` answers from what was :func:`remembered <remember>`.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from csm_xl.errors import TAG, NoModelError

#: Excel allows 32,767 characters in a cell; some readers and ``Range.Value`` writers allow less.
CHUNK = 8000
HEADER = ("record", "id", "part", "parts", "text")
#: Asks the VBA wrapper to call again with the record's text instead of its id.
SEND_TEXT = f"{TAG}csm{TAG}send"

_seen: OrderedDict[str, str] = OrderedDict()
_built: OrderedDict[tuple[str, str], Any] = OrderedDict()
_KEPT = 16


@dataclass(frozen=True)
class Record:
    """A named text and its id."""

    name: str
    text: str

    @property
    def id(self) -> str:
        """The first 16 hexadecimal digits of the text's SHA-256."""
        return record_id(self.text)


class RecordWanted(Exception):
    """This process does not know a record with the id that was passed."""


def record_id(text: str) -> str:
    """The id of a record's text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def pack(records: Iterable[Record]) -> list[tuple[str, str, float, float, str]]:
    """Rows for the ``_csm`` sheet, without the header."""
    rows: list[tuple[str, str, float, float, str]] = []
    for record in records:
        chunks = [record.text[i : i + CHUNK] for i in range(0, len(record.text), CHUNK)] or [""]
        rows += [
            (record.name, record.id, float(n), float(len(chunks)), chunk)
            for n, chunk in enumerate(chunks, 1)
        ]
    return rows


def unpack(rows: Iterable[Sequence[Any]]) -> dict[str, Record]:
    """Records by name, from the rows of the ``_csm`` sheet.

    Raises
    ------
    NoModelError
        When a chunk is missing or a text does not match its id.
    """
    chunks: dict[tuple[str, str], dict[int, str]] = {}
    parts: dict[tuple[str, str], int] = {}
    for row in rows:
        name, ident = row[0], row[1]
        if not name or not ident or (name, ident) == HEADER[:2]:
            continue
        try:
            part, parts[name, ident] = int(float(row[2])), int(float(row[3]))
        except (TypeError, ValueError):
            raise _damaged(name) from None
        chunks.setdefault((name, ident), {})[part] = str(row[4] or "")
    records = {}
    for (name, ident), found in chunks.items():
        if sorted(found) != list(range(1, parts[name, ident] + 1)):
            raise _damaged(name)
        record = Record(name, "".join(found[n] for n in sorted(found)))
        if record.id != ident:
            raise _damaged(name)
        records[name] = record
    return records


def _damaged(name: str) -> NoModelError:
    return NoModelError(
        f"What csm-xl stored in this workbook ({name}) is damaged or was edited by hand. "
        "Click Retrain to make it anew.",
        f"csm-xl 存放在本工作簿中的数据（{name}）已损坏或被手工改动，请点击“重新训练”重新生成。",
    )


def remember(text: str) -> str:
    """Keep a record's text for this process; returns its id."""
    ident = record_id(text)
    _seen[ident] = text
    _seen.move_to_end(ident)
    while len(_seen) > _KEPT:
        _seen.popitem(last=False)
    return ident


def known(passed: object, build: Callable[[str], Any], missing: NoModelError | None = None) -> Any:
    """What `build` makes of a record's text, built once for each id.

    Parameters
    ----------
    passed : str or None
        A record's id or its text, as a wrapper passes it.
    build : callable
        Takes the text.
    missing : NoModelError, optional
        Raised when nothing was passed: the workbook has no such record.

    Raises
    ------
    RecordWanted
        When only the id was passed and its text was never seen.
    """
    if not isinstance(passed, str) or not passed.strip():
        raise missing or _damaged("?")
    ident = remember(passed) if passed.lstrip().startswith("{") else passed
    key = (build.__qualname__, ident)
    if key not in _built:
        if ident not in _seen:
            raise RecordWanted(ident)
        _built[key] = build(_seen[ident])
        while len(_built) > _KEPT:
            _built.popitem(last=False)
    return _built[key]
