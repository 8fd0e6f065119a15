"""What a command answers: printed as it is said, or kept and printed as one JSON object.

A program that runs csm-xl reads the object: ``ok``, ``message``, ``warnings``, ``table`` (a list of
rows by title) and what the command adds of its own.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import typer

from csm_xl.cli.printable import OBEYED


class Answer:
    """What was said so far.

    Attributes
    ----------
    message, warnings : list of str
    table : list of dict
    more : dict
        What a command adds under names of its own.
    """

    def __init__(self) -> None:
        self.message: list[str] = []
        self.warnings: list[str] = []
        self.table: list[dict[str, Any]] = []
        self.more: dict[str, Any] = {}

    def add_table(self, headers: Sequence[object], rows: Sequence[Sequence[object]]) -> None:
        """Rows by their titles."""
        titles = [str(header) for header in headers]
        self.table += [dict(zip(titles, row, strict=False)) for row in rows]

    def as_json(self, *, ok: bool) -> str:
        """One object on one page, in the characters of its language."""
        whole = {
            "ok": ok,
            "message": "\n".join(part.strip("\n") for part in self.message),
            "warnings": self.warnings,
            "table": self.table,
            **self.more,
        }
        text = json.dumps(whole, ensure_ascii=False, indent=2, default=plain)
        return OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain(value: object) -> object:
    """A value that JSON does not know, as one that it does."""
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


_kept: Answer | None = None


def keep() -> Answer:
    """From now on nothing is printed; what is said is kept."""
    global _kept
    _kept = Answer()
    return _kept


def forget() -> None:
    """From now on what is said is printed."""
    global _kept
    _kept = None


def kept() -> Answer | None:
    """What is kept, or None while everything is printed."""
    return _kept


def finish(*, ok: bool = True) -> None:
    """Print the object, where one was asked for."""
    if _kept is not None:
        typer.echo(_kept.as_json(ok=ok))
        forget()
