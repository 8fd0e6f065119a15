"""What the last import wrote: a cell is written again only while it still holds that.

For every row that came from a file a short checksum of each cell is kept in the very hidden sheet,
by the row's key. A cell that holds something else is the owner's.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np

from csm_xl.vocabulary.cell_readers import serial
from csm_xl.vocabulary.cells import is_blank

_NEVER = 0


def checksum(value: Any) -> int:
    """A cell's checksum, 1 to 65,535; the same for a value and for what a sheet makes of it."""
    if is_blank(value):
        text = ""
    elif isinstance(value, dt.date):
        text = f"{serial(value):.6f}"
    elif isinstance(value, bool):
        text = str(value)
    elif isinstance(value, (int, float)):
        text = f"{float(value):.6f}"
    else:
        text = str(value)
    return zlib.crc32(text.encode()) % 65535 + 1


def _mark(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=6).digest(), "little")


class Written:
    """The checksums of a table's imported cells.

    Parameters
    ----------
    text : str, optional
        What :meth:`text` gave.
    """

    def __init__(self, text: str | None = None) -> None:
        self._titles: list[str] = []
        self._rows: dict[int, list[int]] = {}
        self._known: dict[Any, int] = {}
        if text:
            self._load(text)
        self._places = {title: place for place, title in enumerate(self._titles)}

    def _load(self, text: str) -> None:
        kept = json.loads(text)
        self._titles = list(kept["titles"])
        width, n = len(self._titles), kept["rows"]
        marks = np.frombuffer(_unpacked(kept["keys"]), dtype="<u8", count=n)
        cells = np.frombuffer(_unpacked(kept["cells"]), dtype="<u2", count=n * width)
        self._rows = dict(zip(marks.tolist(), cells.reshape(n, width).tolist(), strict=True))

    def owners(self, key: str, title: str, there: Any) -> bool:
        """Whether a cell that holds `there` is the owner's: not what an import wrote, and not blank."""
        row = self._rows.get(_mark(key))
        place = self._places.get(title, -1)
        if row is None or place < 0 or place >= len(row) or row[place] == _NEVER:
            return not is_blank(there)
        return row[place] != self._sum(there)

    def put(self, key: str, values: dict[str, Any]) -> None:
        """Remember what is written into the cells of a row, by the columns' titles."""
        row = self._rows.setdefault(_mark(key), [])
        for title, value in values.items():
            place = self._places.get(title, -1)
            if place < 0:
                place = self._places[title] = len(self._titles)
                self._titles.append(title)
            if place >= len(row):
                row.extend([_NEVER] * (place + 1 - len(row)))
            row[place] = self._sum(value)

    def forget(self, keys: Iterable[str]) -> bool:
        """Forget the rows of some keys; whether there were any."""
        marks = {_mark(key) for key in keys} & set(self._rows)
        for mark in marks:
            del self._rows[mark]
        return bool(marks)

    def _sum(self, value: Any) -> int:
        try:
            known = (type(value), value)
            found = self._known.get(known)
            if found is None:
                found = self._known[known] = checksum(value)
            return found
        except TypeError:
            return checksum(value)

    def text(self) -> str:
        """The record as text."""
        width, n = len(self._titles), len(self._rows)
        marks = np.fromiter(self._rows, dtype="<u8", count=n)
        cells = np.zeros((n, width), dtype="<u2")
        for i, row in enumerate(self._rows.values()):
            cells[i, : len(row)] = row
        order = np.argsort(marks, kind="stable")
        kept = {
            "titles": self._titles,
            "rows": n,
            "keys": _packed(marks[order].tobytes()),
            "cells": _packed(cells[order].tobytes()),
        }
        return json.dumps(kept, ensure_ascii=False)


def _packed(raw: bytes) -> str:
    return base64.b85encode(zlib.compress(raw, 6)).decode("ascii")


def _unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b85decode(text))
