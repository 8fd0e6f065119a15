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


class Records(dict[str, Record]):
    """Records by name.

    Attributes
    ----------
    damaged : dict of str to list of rows
        What stands there of records that cannot be read, by name: one that was damaged does not
        take the others with it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.damaged: dict[str, list[tuple]] = {}

    def refuse_damaged(self, unused: Iterable[str] = ()) -> None:
        """Refuse to go on without a record that is there but cannot be read.

        Parameters
        ----------
        unused : iterable of str
            Names of records that do not matter now.

        Raises
        ------
        NoModelError
            Names the first damaged record.
        """
        for name in sorted(self.damaged.keys() - set(unused)):
            raise _damaged(name)


def unpack(rows: Iterable[Sequence[Any]]) -> Records:
    """Records by name, from the rows of the ``_csm`` sheet."""
    found: dict[str, list[tuple]] = {}
    for row in rows:
        name, ident = row[0], row[1]
        if name and ident and (name, ident) != HEADER[:2]:
            found.setdefault(str(name), []).append(tuple(row))
    records = Records()
    for name, parts in found.items():
        record = _joined(name, parts)
        if record is None:
            records.damaged[name] = parts
        else:
            records[name] = record
    return records


def _joined(name: str, rows: list[tuple]) -> Record | None:
    """The record that the rows make; None when a part is missing or was changed."""
    chunks: dict[int, str] = {}
    try:
        for row in rows:
            chunks[int(float(row[2]))] = str(row[4] or "")
        wanted = {int(float(row[3])) for row in rows}
    except (TypeError, ValueError):
        return None
    if len(wanted) != 1 or sorted(chunks) != list(range(1, wanted.pop() + 1)):
        return None
    record = Record(name, "".join(chunks[part] for part in sorted(chunks)))
    return record if {row[1] for row in rows} == {record.id} else None


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
        try:
            _built[key] = build(_seen[ident])
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
            # Its checksum fits, yet csm-xl has not written it.
            raise _damaged("?") from error
        while len(_built) > _KEPT:
            _built.popitem(last=False)
    return _built[key]
