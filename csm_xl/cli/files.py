"""Opening and saving the workbook that a command was given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from csm_xl.errors import CsmError


@contextmanager
def opened(book: Any) -> Iterator[Any]:
    """A book that is closed in any case."""
    try:
        yield book
    finally:
        book.close()


def save_as(book: Any, out: Path | None) -> None:
    """Save over the file itself or, with the same suffix, as another one."""
    if out is None:
        book.save()
        return
    if out.suffix.lower() != Path(book.fullname).suffix.lower():
        raise CsmError(
            f"{out.name} must end in {Path(book.fullname).suffix}, like the workbook itself.",
            f"{out.name} 的扩展名应与原工作簿相同（{Path(book.fullname).suffix}）。",
        )
    book.save(out)
