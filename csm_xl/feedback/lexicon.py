"""Chinese words of feeling, emoji and emoticons, read with what negates and strengthens them.

The learned part of the sentiment model knows the shops it was trained on. This part knows the
language: it reads a review of a shop that nobody has labelled, and signs (😡, [爱你]) on which the
labelled reviews are silent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from csm_xl.feedback.characters import Folded, fold, resource_lines
from csm_xl.feedback.matching import WordTable

_WORD, _FACE, _NEGATION, _WEAK, _DEGREE, _AFTER, _CONTRAST, _BOTH, _UNREAL = range(9)
_KINDS = {
    "score": _WORD,
    "negation": _NEGATION,
    "weak": _WEAK,
    "degree": _DEGREE,
    "after": _AFTER,
    "contrast": _CONTRAST,
    "both": _BOTH,
    "unreal": _UNREAL,
}
#: A negation or degree word acts on a word of feeling at most this many characters further on.
_REACH = 3
#: What is left of a word's strength when it is negated: 不好吃 is nearly as bad as 好吃 is good, while
#: 不难吃 is faint praise.
_NEGATED = {True: -0.8, False: -0.35}
_WEAKLY_NEGATED = {True: -0.5, False: -0.25}
#: What is wished for counts for this much of what is said.
_WISHED = 0.2
#: How much a word that can be both strengthens the word of feeling after it.
_BOTH_DEGREE = 1.2
#: What was said before a "but" counts for less than what follows it.
_BEFORE_CONTRAST = 0.6


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the words of feeling in each text add up to.

    Attributes
    ----------
    positive, negative : array of float, shape (n,)
        Sums of strengths, both counted from 0 upwards.
    faces : array of float, shape (n,)
        Sum of the strengths of emoji and emoticons, with its sign.
    start, end : array of int, shape (m,)
        Where each word of feeling stands.
    negated : array of bool, shape (m,)
        Whether it is negated.
    """

    positive: np.ndarray
    negative: np.ndarray
    faces: np.ndarray
    start: np.ndarray
    end: np.ndarray
    negated: np.ndarray


def evidence(folded: Folded) -> Evidence:
    """Read the words of feeling in folded texts."""
    lexicon = _lexicon()
    positive, negative, faces = (np.zeros(folded.n) for _ in range(3))
    starts, ends, entries = lexicon.table.matches(folded)
    rows = folded.row[starts].tolist()
    values, kinds = _settled(starts, ends, lexicon.value[entries], lexicon.kind[entries])
    # Punctuation ends the reach of a negation: 不，好吃 praises.
    breaks = np.cumsum(_is_break(folded.codes))
    clause = breaks[starts].tolist()
    said: list[float] = []
    stands: list[tuple[int, int, bool]] = []
    row_now, reach_end, clause_now = -1, -1, -1
    turn: dict[bool, float] | None = None
    degree = real = 1.0

    def close(row: int) -> None:
        for part in said:
            if part > 0:
                positive[row] += part
            else:
                negative[row] -= part
        said.clear()

    for start, end, row, kind, value, part in zip(
        starts.tolist(), ends.tolist(), rows, kinds, values, clause, strict=True
    ):
        if row != row_now:
            close(row_now)
            row_now, turn, degree = row, None, 1.0
            real = 1.0
        elif start > reach_end + _REACH or part != clause_now:
            turn, degree = None, 1.0
        if part != clause_now:
            clause_now, real = part, 1.0
        if kind == _WORD:
            if value:
                if turn:
                    value *= turn[value > 0]
                said.append(value * degree * real)
                stands.append((start, end, turn is not None))
                turn, degree = None, 1.0
                reach_end = end
        elif kind == _FACE:
            faces[row] += value
        elif kind in (_NEGATION, _WEAK):
            # Two negations in a row cancel out: 不能不, 没有不.
            turn = None if turn else (_NEGATED if kind == _NEGATION else _WEAKLY_NEGATED)
            reach_end = end
        elif kind == _DEGREE:
            degree *= value
            reach_end = end
        elif kind == _AFTER:
            if said and start == reach_end:
                said[-1] *= value
        elif kind == _UNREAL:
            real = _WISHED
        else:
            said[:] = [earlier * _BEFORE_CONTRAST for earlier in said]
            turn, degree = None, 1.0
    close(row_now)
    stood = np.array(stands, dtype=np.int64).reshape(-1, 3)
    return Evidence(positive, negative, faces, stood[:, 0], stood[:, 1], stood[:, 2] > 0)


def _settled(
    starts: np.ndarray, ends: np.ndarray, values: np.ndarray, kinds: np.ndarray
) -> tuple[list[float], list[int]]:
    """Decide which of the words that can be both are words of feeling, and which degree words."""
    feeling = ((kinds == _WORD) & (values != 0)) | (kinds == _BOTH)
    touches = np.zeros(kinds.size, dtype=bool)
    touches[:-1] = (ends[:-1] == starts[1:]) & feeling[1:]
    both = kinds == _BOTH
    values = np.where(both & touches, _BOTH_DEGREE, values)
    kinds = np.where(both, np.where(touches, _DEGREE, _WORD), kinds)
    return values.tolist(), kinds.tolist()


def feeling_starts(folded: Folded) -> np.ndarray:
    """Where a word of feeling, a negation or a degree word begins: bool, shape (n_characters,)."""
    lexicon = _lexicon()
    start, _, entry = lexicon.table.matches(folded)
    says = np.isin(lexicon.kind[entry], (_WORD, _NEGATION, _WEAK, _DEGREE, _BOTH))
    says &= (lexicon.kind[entry] != _WORD) | (lexicon.value[entry] != 0)
    out = np.zeros(folded.codes.size, dtype=bool)
    out[start[says]] = True
    return out


def is_listed(word: str) -> bool:
    """Whether a folded word is in the lists of words of feeling, negation and degree."""
    return word in _lexicon().table.entry


def _is_break(codes: np.ndarray) -> np.ndarray:
    return np.isin(codes, np.array([ord(c) for c in ",。!?;:.~…\x00\n"], dtype=np.uint16))


@dataclass(frozen=True, slots=True)
class _Lexicon:
    table: WordTable
    kind: np.ndarray
    value: np.ndarray


@cache
def _lexicon() -> _Lexicon:
    words: dict[str, tuple[int, float]] = {}
    for name in ("lexicon_zh.txt", "emoji.txt"):
        kind, value = _WORD, 0.0
        for line in resource_lines(name):
            head, _, number = line.strip("[]").partition(" ")
            if line.startswith("[") and head in _KINDS:
                kind = _KINDS[head] if name == "lexicon_zh.txt" else _FACE
                value = float(number) if number and head != "weak" else 0.0
                continue
            items = line.split()
            for item, text in zip(items, fold(items).texts(), strict=True):
                if text and item not in words:
                    words.setdefault(text, (kind, value))
    return _Lexicon(
        WordTable(list(words)),
        np.array([kind for kind, _ in words.values()]),
        np.array([value for _, value in words.values()]),
    )
