"""A package as its parts: read from bytes, and written anew, the same bytes on every machine."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from typing import BinaryIO

#: The moment that every part carries: a package need not tell when or where it was made.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def read_parts(package: bytes) -> dict[str, bytes]:
    """The parts of a package of our own making, by name in their order."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_parts(out: BinaryIO, parts: Iterable[tuple[str, Iterable[bytes]]]) -> None:
    """Write a package of these parts, in this order.

    Parameters
    ----------
    out : binary file
    parts : iterable of (name, pieces of its content)
    """
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in parts:
            info = zipfile.ZipInfo(name, _MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            # The same on every system; otherwise the system that built it is recorded.
            info.create_system = 0
            info.external_attr = 0
            with archive.open(info, "w") as part:
                for piece in content:
                    part.write(piece)
