"""Opening a workbook file as a book on which csm-xl's functions are computed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from csm_xl.xlfile import engine, open_file

if TYPE_CHECKING:
    import xlwings

__all__ = ["ENGINE_NAME", "files", "open_book"]

#: ``xlwings.engines[ENGINE_NAME]``, once :func:`files` was called.
ENGINE_NAME = "csm-xl"


def files() -> Any:
    """The xlwings engine for files that knows csm-xl's functions."""
    from csm_xl.functions import REGISTRY
    from csm_xl.workbook.hidden_arguments import HiddenArguments

    return engine(ENGINE_NAME, REGISTRY, HiddenArguments)


def open_book(path: str | Path, *, readonly: bool = False) -> xlwings.Book:
    """Open a workbook file without Excel, see :func:`csm_xl.xlfile.open_file`.

    Parameters
    ----------
    path : str or Path
    readonly : bool
        True refuses ``book.save()``; ``book.save(other_path)`` works.
    """
    return open_file(path, readonly=readonly, on=files)
