"""Opening and saving the workbook that a command was given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from csm_xl.errors import CsmError
from csm_xl.safety_copies import note_saved

#: What is made of a template.
_OF_TEMPLATES = {".xltx": ".xlsx", ".xltm": ".xlsm"}


@contextmanager
def opened(book: Any) -> Iterator[Any]:
    """A book that is closed in any case."""
    try:
        yield book
    finally:
        book.close()


def save_as(book: Any, out: Path | None) -> None:
    """Save over the file itself or, with the same suffix, as another one.

    Of a template a workbook is made.
    """
    if out is None:
        book.save()
        note_saved(Path(book.fullname))
        return
    own = Path(book.fullname).suffix.lower()
    suffix = _OF_TEMPLATES.get(own, own)
    if out.suffix.lower() != suffix:
        raise CsmError(
            f"{out.name} must end in {suffix}, like the workbook itself.",
            f"{out.name} 的扩展名应为 {suffix}，与原工作簿相同。",
        )
    book.save(out)
