"""Macro workbooks for the hosts: the one that csm-xl builds, in a file of its own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from csm_xl.language import Language
from csm_xl.workbook.build import build
from csm_xl.workbook.macro_package import add_macros


@cache
def built(lang: Language = "en") -> bytes:
    """A new, empty csm-xl workbook with its macros."""
    return add_macros(build(lang), lang)


def written(path: Path, lang: Language = "en") -> Path:
    """The same, written to a file."""
    path.write_bytes(built(lang))
    return path
