"""Traditional Chinese characters and the simplified ones they are compared as."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files


@cache
def pairs() -> dict[int, int]:
    """Code points of traditional characters and of the simplified ones they become."""
    text = files("csm_xl.vocabulary").joinpath("traditional.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return {ord(pair[0]): ord(pair[1]) for line in lines for pair in line.split()}


def simplified(text: str) -> str:
    """The text in simplified characters, one for one: enough to compare titles and words.

    >>> simplified("訂單編號")
    '订单编号'
    """
    return text if text.isascii() else text.translate(pairs())


def pattern(text: str) -> re.Pattern[str]:
    """A pattern for titles and words, which are compared in simplified characters."""
    return re.compile(simplified(text))
