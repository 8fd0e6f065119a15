"""Finding known names inside texts, however they are written there.

``Alice Jones`` is found in ``Dear Alice  Jones,``, ``JONES, Alice``, ``alice.jones`` and
``AliceJones_total``; a Chinese name is found between other characters. Names of one word are found
where they begin with a capital, since many of them are words as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: Where a known name stands in a text: start, end, and what to write there.
Span = tuple[int, int, str]

CHINESE = re.compile(r"[\u3400-\u9fff]")
#: Words, parted where a capital follows a small letter, and numbers.
_PARTS = re.compile(r"[^\W\d_a-z]+(?![a-z])|[^\W\d_a-z]?[^\W\d_A-Z]+|[^\W\d_]+|\d+")
#: What may stand between the words of one name.
_BETWEEN = re.compile(r"[ \t\u00a0\u3000_.,'’·&+-]{0,3}")
#: Names of more parts are not looked for inside other texts.
_MOST_PARTS = 8
#: Shorter names, without spaces, are syllables of other words.
_SHORTEST = 5
#: Names of one word that mark nobody, or are words of every sentence.
_ORDINARY_WORDS = """
unknown none nobody guest anonymous test various other others customer client cash private online
january february march april may june july august september october november december
monday tuesday wednesday thursday friday saturday sunday will mark bill grant art pat sue hope
grace rose joy faith order total name note shop store yes not new mail
"""
_ORDINARY = frozenset(_ORDINARY_WORDS.split())


class KnownNames:
    """The names that are replaced, with what replaces them."""

    def __init__(self) -> None:
        self._joined: dict[str, str] = {}
        self._beginnings: set[str] = set()
        self._single: dict[str, str] = {}
        self._chinese: dict[str, str] = {}
        self._lengths: list[int] = []

    def add(self, name: str, replacement: str, *, alone: bool) -> None:
        """Take note of a name.

        Parameters
        ----------
        name : str
        replacement : str
        alone : bool
            Whether a name of one word is looked for too.
        """
        if CHINESE.search(name):
            self._add_chinese(name.lower(), replacement)
            return
        parts = [_plain(match[0]) for match in _PARTS.finditer(name)]
        if len(name.split()) == 1:
            if alone and name.isalpha() and len(name) > 2 and name.lower() not in _ORDINARY:
                self._single.setdefault(_plain(name), replacement)
            return
        if not 1 < len(parts) <= _MOST_PARTS or not any(p.isalpha() and len(p) > 1 for p in parts):
            return
        orders = ["".join(parts)]
        words = name.replace(",", " ").split()
        if len(words) == 2:
            orders.append("".join(_plain(m[0]) for w in words[::-1] for m in _PARTS.finditer(w)))
        for joined in orders:
            if len(joined) >= _SHORTEST:
                self._joined.setdefault(joined, replacement)
                self._beginnings.add(joined[:2])

    def _add_chinese(self, name: str, replacement: str) -> None:
        if len(name) >= 2:
            self._chinese.setdefault(name, replacement)
            self._lengths = sorted({*self._lengths, len(name)}, reverse=True)

    def find(self, text: str) -> list[Span]:
        """Where names stand in a text, none of them inside another."""
        found: list[Span] = []
        if self._joined or self._single:
            found += self._words(text)
        if self._lengths and CHINESE.search(text):
            found += [
                span
                for span in self._between(text)
                if not any(span[0] < end and start < span[1] for start, end, _ in found)
            ]
        return found

    def _words(self, text: str) -> Iterator[Span]:
        parts = list(_PARTS.finditer(text))
        plain = [_plain(part[0]) for part in parts]
        at = 0
        while at < len(parts):
            longest = self._longest(text, parts, plain, at)
            if longest is not None:
                last, replacement = longest
                yield parts[at].start(), parts[last].end(), replacement
                at = last
            elif plain[at] in self._single and self._stands_alone(text, parts[at]):
                yield parts[at].start(), parts[at].end(), self._single[plain[at]]
            at += 1

    def _longest(
        self, text: str, parts: list[re.Match[str]], plain: list[str], at: int
    ) -> tuple[int, str] | None:
        """The last part of the longest name that begins with a part."""
        if len(plain[at]) > 1 and plain[at][:2] not in self._beginnings:
            return None
        found = None
        joined = ""
        for last in range(at, min(at + _MOST_PARTS, len(parts))):
            if last > at:
                between = text[parts[last - 1].end() : parts[last].start()]
                if _BETWEEN.fullmatch(between) is None:
                    break
            joined += plain[last]
            if joined in self._joined:
                found = (last, self._joined[joined])
        return found

    @staticmethod
    def _stands_alone(text: str, part: re.Match[str]) -> bool:
        start, end = part.span()
        before, after = text[start - 1 : start], text[end : end + 1]
        return part[0][:1].isupper() and not before.isalnum() and not after.isalnum()

    def _between(self, text: str) -> Iterator[Span]:
        """Chinese names, which no spaces part from their surroundings."""
        lower = text.lower()
        if len(lower) != len(text):
            lower = text
        at = 0
        while at < len(text):
            for length in self._lengths:
                part = lower[at : at + length]
                if part in self._chinese:
                    yield at, at + length, self._chinese[part]
                    at += length - 1
                    break
            at += 1


def _plain(word: str) -> str:
    """A word without accents, in small letters."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.lower())
    return "".join(character for character in apart if not unicodedata.combining(character))
