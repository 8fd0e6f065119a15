"""Many texts as one row of characters: freed of markup, folded to one way of writing.

Sentiment and pain points read tens of thousands of short texts. Folding, matching and counting run
over one long array of 16-bit codes instead of text by text, so the work is numpy's.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from csm_xl.vocabulary.traditional import pairs

#: Stands between two texts. No folded text contains it.
END = 0
_DROP = 1
_OTHER = 0xF8FF
_EMOJI_BASE = 0xE000
_EMOJI_ROOM = _OTHER - _EMOJI_BASE

_MARKUP = re.compile(
    r"<(?:script|style)\b[^<>]{0,2000}>[^<]*|<!--[^<>]{0,2000}-->|</?[a-zA-Z][^<>]{0,2000}>"
)
_REPLY = re.compile(
    r"(?:宾馆|酒店|商家|卖家|店家|店主|掌柜|客服|官方|平台)(?:反馈|回复|回覆|答复)"
    r"(?:\d{4}年\d{1,2}月\d{1,2}日)?[:：].*?(?=补充点评|追评|$)",
    re.DOTALL,
)
_ADDRESS = re.compile(
    r"https?://[\w./?=&%#:+~\-]+|www\.[\w./?=&%#:+~\-]+"
    # A name ends at a space or a colon; @ in the middle of a sentence begins none.
    r"|[A-Za-z0-9._+\-]{0,64}@[\w.\-]{1,30}(?=[\s:：,，]|$)"
)


def unmarked(text: str) -> str:
    """The customer's own words: no HTML tags, web addresses, names after an ``@``, seller's reply.

    Entities are resolved. ``<3`` and ``>_<`` are faces, not tags, and stay.
    """
    if "<" in text and ">" in text:
        text = _MARKUP.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    if "@" in text or "http" in text or "www." in text:
        text = _ADDRESS.sub(" ", text)
    if ":" in text or "：" in text:
        # Review sites append the seller's answer, whose courtesy is not the customer's.
        text = _REPLY.sub("", text)
    return text


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded texts, one after the other, each followed by :data:`END`.

    Attributes
    ----------
    codes : array of uint16, shape (n_characters,)
    row : array of int32, shape (n_characters,)
        The text that a character belongs to.
    n : int
        Number of texts.
    """

    codes: np.ndarray
    row: np.ndarray
    n: int

    def texts(self) -> list[str]:
        """The folded texts as strings, an emoji as one private character each."""
        joined = self.codes.astype("<u2").tobytes().decode("utf-16-le")
        return joined.split("\x00")[: self.n]

    def spread(self, form: np.ndarray) -> tuple[Folded, np.ndarray]:
        """The texts of which these are the distinct ones, and where each character comes from."""
        row, at = spread(self.row, form)
        return Folded(self.codes[at], row.astype(np.int32), form.size), at

    def with_emoji(self) -> np.ndarray:
        """The numbers of the texts that hold a character beyond the basic plane."""
        return np.unique(self.row[(self.codes >= _EMOJI_BASE) & (self.codes <= _OTHER)])


def fold(texts: Sequence[str]) -> Folded:
    """Fold texts to lower case, simplified characters, half-width signs, no run longer than two.

    Parameters
    ----------
    texts : sequence of str, shape (n,)

    Returns
    -------
    Folded
        Codes of 16 bits: characters beyond the basic plane are one code each when they are emoji
        with a known feeling, and one common code otherwise.
    """
    joined = chr(END).join([*texts, ""])
    if joined.count(chr(END)) > len(texts):
        joined = "".join(f"{text.replace(chr(END), ' ')}{chr(END)}" for text in texts)
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    codes = _basic_table()[np.minimum(points, 0xFFFF)]
    beyond = np.flatnonzero(points > 0xFFFF)
    if beyond.size:
        known = _emoji_codes()
        codes[beyond] = [known.get(int(p), _OTHER) for p in points[beyond]]
    codes = codes[codes != _DROP]
    run = np.zeros(codes.size, dtype=bool)
    run[2:] = (codes[2:] == codes[1:-1]) & (codes[2:] == codes[:-2]) & (codes[2:] != END)
    run &= (codes < ord("0")) | (codes > ord("9"))
    codes = codes[~run]
    ended = codes == END
    row = np.cumsum(ended) - ended
    return Folded(codes, row.astype(np.int32), len(texts))


def folded(text: str) -> str:
    """One text, folded (see :func:`fold`)."""
    return fold([text]).texts()[0]


def keys(codes: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Every run of `length` (1 to 4) characters within a text, as one 64-bit number.

    Returns
    -------
    key : array of uint64, shape (m,)
    start : array of int, shape (m,)
        Where each run begins in `codes`.
    """
    m = max(codes.size - length + 1, 0)
    told = codes != END
    whole = told[:m].copy()
    for i in range(1, length):
        whole &= told[i : i + m]
    start = np.flatnonzero(whole)
    return key_at(codes, start, length), start


def key_at(codes: np.ndarray, start: np.ndarray, length: int) -> np.ndarray:
    """The numbers (see :func:`keys`) of the runs of `length` characters that begin at `start`."""
    key = codes[start].astype(np.uint64)
    for i in range(1, length):
        key |= codes[start + i].astype(np.uint64) << np.uint64(16 * i)
    return key


def membership(characters: str) -> np.ndarray:
    """Whether each character of the basic plane is one of these: bool, shape (0x10000,)."""
    out = np.zeros(0x10000, dtype=bool)
    out[[ord(character) for character in characters]] = True
    return out


def spread(row: np.ndarray, form: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What was found in distinct texts, for each text that is one of them.

    Parameters
    ----------
    row : array of int, shape (k,)
        The distinct text of each find, ascending.
    form : array of int, shape (m,)
        Which of the distinct texts each text is.

    Returns
    -------
    text, find : array of int
        Each pair of a text and a find in it, by text.
    """
    begin = np.searchsorted(row, np.arange(form.max(initial=-1) + 2))
    number = np.diff(begin)[form]
    within = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    return np.repeat(np.arange(form.size), number), np.repeat(begin[:-1][form], number) + within


def key_of(text: str) -> int:
    """The number that :func:`keys` gives to a folded text of 1 to 4 characters."""
    return int.from_bytes(text.encode("utf-16-le"), "little")


def resource_lines(name: str) -> Iterable[str]:
    """The lines of a word list beside this file, without comments and empty lines."""
    text = (files("csm_xl.feedback") / name).read_text(encoding="utf-8")
    return (line for raw in text.splitlines() if (line := raw.strip()) and line[:2] != "# ")


@cache
def _basic_table() -> np.ndarray:
    table = np.arange(0x10000, dtype=np.uint16)
    for point in range(1, 0x10000):
        lower = chr(point).lower()
        if len(lower) == 1:
            table[point] = ord(lower)
        if unicodedata.category(chr(point)) in ("Cc", "Cs", "Co", "Zl", "Zp", "Zs"):
            table[point] = ord(" ")
    for traditional, simplified in pairs().items():
        table[traditional] = simplified
    for point in range(0xFF01, 0xFF5F):
        table[point] = ord(chr(point - 0xFEE0).lower())
    for signs, plain in (
        ("、﹐", ","),
        ("｡．", "。"),
        ("“”„«»「」『』", '"'),
        ("‘’", "'"),
        ("﹗", "!"),
    ):
        for sign in signs:
            table[ord(sign)] = ord(plain)
    # Joiners, variation selectors and marks of direction change how a sign looks, not what it says.
    for point in (0xAD, *range(0x200B, 0x2010), 0x2060, *range(0xFE00, 0xFE10), 0xFEFF):
        table[point] = _DROP
    table[0xFFFF] = _OTHER
    return table


@cache
def _emoji_codes() -> dict[int, int]:
    known: dict[int, int] = dict.fromkeys(range(0x1F3FB, 0x1F400), _DROP)
    for line in resource_lines("emoji.txt"):
        if not line.startswith("[score"):
            for item in line.split():
                if len(item) == 1 and ord(item) > 0xFFFF:
                    known.setdefault(ord(item), _EMOJI_BASE + len(known) % _EMOJI_ROOM)
    return known
