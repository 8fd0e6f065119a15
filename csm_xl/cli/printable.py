"""Text that a terminal shows and does not obey.

A cell, a file name or an export may hold anything: an escape sequence that renames the window or
clears the screen, a bell, or marks that turn the direction of writing and make a sentence read
otherwise than it is. They are shown as pictures of themselves.

Source: ECMA-48; Unicode Standard Annex 9 (bidirectional text).
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path

#: Control characters of both sets (C0 but tab and line feed, DEL, C1), line and paragraph
#: separators, marks of direction, and halves of surrogate pairs from names that are no Unicode.
OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str) -> str:
    r"""The text with everything that a terminal would obey as a visible sign.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Tabs and line feeds stay; ``\x1b`` becomes ``␛``, a mark of direction ``�``.

    Examples
    --------
    >>> printable("K\x1b[31m9")
    'K␛[31m9'
    """
    for name in _names_of_lines():
        text = text.replace(name, name.replace("\n", "␊"))
    return OBEYED.sub(_picture, text)


@cache
def _names_of_lines() -> tuple[str, ...]:
    """File names of more than one line among the arguments: a line of theirs is no line of ours."""
    given = [part for argument in sys.argv[1:] for part in (argument, *Path(argument).parts)]
    return tuple(sorted({name for name in given if "\n" in name}, key=len, reverse=True))


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "�"
