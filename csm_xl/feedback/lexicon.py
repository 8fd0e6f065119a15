"""Chinese words of feeling, emoji and emoticons, read with what negates and strengthens them.

The learned part of the sentiment model knows the shops it was trained on. This part knows the
language: it reads a review of a shop that nobody has labelled, and signs (😡, [爱你]) on which the
labelled reviews are silent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from csm_xl.feedback.characters import Folded, fold, membership, resource_lines
from csm_xl.feedback.matching import WordTable

_WORD, _FACE, _NEGATION, _WEAK, _DEGREE, _AFTER, _CONTRAST, _BOTH, _UNREAL, _THING, _NONE = range(
    11
)
_FAST, _TOO_FAST, _NEVER_AGAIN, _POLITE, _LACKING, _RESOLVED = range(11, 17)
_KINDS = {
    "score": _WORD,
    "negation": _NEGATION,
    "weak negation": _WEAK,
    "degree": _DEGREE,
    "after": _AFTER,
    "contrast": _CONTRAST,
    "both": _BOTH,
    "unreal": _UNREAL,
    "none": _NONE,
    "fast": _FAST,
    "too fast": _TOO_FAST,
    "never again": _NEVER_AGAIN,
    "polite": _POLITE,
    "lacking": _LACKING,
    "resolved": _RESOLVED,
}
_FEELINGS = (_WORD, _BOTH, _FAST, _TOO_FAST, _NEVER_AGAIN, _POLITE, _RESOLVED)
#: What a word makes of a 快 after it: what wears off fast is a complaint, what comes fast is not.
_WEARS, _PROMPT = 1, 2
_BEFORE_FAST = {"wears": _WEARS, "prompt": _PROMPT}
_HEADING = re.compile(r"\[([a-z ]+?)(?: (-?[\d.]+))?\]")
#: A negation or degree word acts on a word of feeling at most this many characters further on.
_REACH = 3
#: What is left of a word's strength when it is negated: 不好吃 is nearly as bad as 好吃 is good, while
#: 不难吃 is faint praise.
_NEGATED = {True: -0.8, False: -0.35}
_WEAKLY_NEGATED = {True: -0.5, False: -0.25}
#: The same, after a word for a little: 一点磕碰都没有.
_NOT_EVEN_A_LITTLE = {True: -1.5, False: -1.2}
#: What is wished for counts for this much of what is said.
_WISHED = 0.2
#: How much a word that can be both strengthens the word of feeling after it.
_BOTH_DEGREE = 1.2
#: What is granted (好吃是好吃，…) and praise in quotation marks (真是“好”服务) count for this much.
_GRANTED, _QUOTED = 0.2, -0.5
#: Characters between the two words of what is granted: 专业应该是专业的.
_GRANTING = 4
#: What 都没 counts where no word of feeling follows it.
_UNDONE = -0.8
#: What a fault that is gone for good (再也不卡了) counts.
_GONE = 1.5
#: What a trouble of the same clause counts once it is over.
_OVER = 0.2
#: What was said before a "but" counts for less than what follows it.
_BEFORE_CONTRAST = 0.6
#: What ends a clause.
_BREAKS = membership(",。!?;:.~…\x00\n")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the words of feeling in each text add up to.

    Attributes
    ----------
    positive, negative : array of float, shape (n,)
        Sums of strengths, both counted from 0 upwards.
    faces : array of float, shape (n,)
        Sum of the strengths of emoji and emoticons, with its sign.
    unit, start, end : array of int, shape (m,)
        Where each word of feeling stands, and where the negation and degree words begin that touch
        it: 非常不 in 非常不好吃.
    negated : array of bool, shape (m,)
        Whether it is negated.
    thing_start, thing_end : array of int, shape (k,)
        Where each word stands that names a thing (早餐) and not how it is.
    judging : array of int, shape (j,)
        Where a word of feeling, a negation or a degree word begins.
    """

    positive: np.ndarray
    negative: np.ndarray
    faces: np.ndarray
    unit: np.ndarray
    start: np.ndarray
    end: np.ndarray
    negated: np.ndarray
    thing_start: np.ndarray
    thing_end: np.ndarray
    judging: np.ndarray


def evidence(folded: Folded) -> Evidence:
    """Read the words of feeling in folded texts."""
    lexicon = _lexicon()
    starts, ends, entries = lexicon.table.matches(folded)
    judges = np.isin(lexicon.kind[entries], (*_FEELINGS, _NEGATION, _WEAK, _DEGREE, _NONE))
    judges &= (lexicon.kind[entries] != _WORD) | (lexicon.value[entries] != 0)
    values, kinds = _settled(starts, ends, lexicon.value[entries], lexicon.kind[entries])
    values = _meant(folded.codes, starts, ends, entries, values, kinds)
    thing = kinds == _THING
    # Punctuation ends the reach of a negation: 不，好吃 praises.
    clauses = np.cumsum(_BREAKS[folded.codes])[starts]
    before_fast = lexicon.before_fast[entries]
    acts = ~thing & ((kinds != _WORD) | (values != 0) | (before_fast != 0))
    reader = _Reader(folded.n)
    columns = (folded.row[starts], clauses, starts, ends, kinds, values, before_fast)
    for hit in zip(*(column[acts].tolist() for column in columns), strict=True):
        reader.take(*hit)
    return reader.evidence(starts[thing], ends[thing], starts[judges])


class _Reader:
    """Goes through the matches from left to right and keeps what acts on the next one."""

    def __init__(self, n: int) -> None:
        self._positive, self._negative, self._faces = [0.0] * n, [0.0] * n, [0.0] * n
        #: Four numbers for each word of feeling, as in the columns of the evidence.
        self._stands: list[int] = []
        self._said: list[float] = []
        self._clause_began = 0
        self._row = self._clause = self._reach_end = -1
        self._turn: dict[bool, float] | None = None
        self._degree = self._real = 1.0
        self._unit = -1
        self._little = False
        self._before_fast = 0
        self._farewell_end = -1
        self._nothing = self._asks = False
        self._polite, self._polite_at = 0.0, (0, 0)

    def take(
        self, row: int, clause: int, start: int, end: int, kind: int, value: float, before_fast: int
    ) -> None:
        """Read one match."""
        if row != self._row:
            self._add_up()
            self._row, self._little = row, False
        if clause != self._clause:
            self._undone()
            self._clause, self._real = clause, 1.0
            self._clause_began = len(self._said)
            self._before_fast, self._farewell_end = 0, -1
            self._turn, self._degree, self._unit = None, 1.0, -1
        elif start > self._reach_end + _REACH:
            self._turn, self._degree, self._unit = None, 1.0, -1
        if kind == _WORD:
            if value and start <= self._farewell_end + _REACH and self._farewell_end >= 0:
                self._said[-1] = _GONE if value < 0 else self._said[-1]
                self._farewell_end = -1
            elif value:
                self._word(start, end, value)
        elif kind == _FAST:
            self._word(start, end, value, turned=self._before_fast == _WEARS)
        elif kind == _TOO_FAST:
            self._word(start, end, value, turned=self._before_fast != _PROMPT)
        elif kind == _POLITE:
            self._polite, self._polite_at = value, (start, end)
        elif kind == _NEVER_AGAIN:
            self._word(start, end, value)
            self._farewell_end = end
        elif kind == _FACE:
            self._faces[row] += value
        elif kind == _NONE and self._little and start == self._reach_end:
            # 凉了也没餐具 takes nothing back: only the least of something is missing at all.
            self._said[-1] *= _NOT_EVEN_A_LITTLE[self._said[-1] > 0]
            self._stands[-2:] = end, True
            self._reach_end, self._little = end, False
        elif kind in (_NEGATION, _WEAK, _NONE):
            # Two negations in a row cancel out: 不能不, 没有不.
            by = _WEAKLY_NEGATED if kind == _WEAK else _NEGATED
            self._turn = None if self._turn else by
            self._nothing = kind == _NONE
            self._modify(start, end)
        elif kind == _DEGREE:
            self._degree *= value
            self._modify(start, end)
        elif kind == _AFTER:
            if self._said and start == self._reach_end:
                self._said[-1] *= value
        elif kind == _LACKING:
            # Said without the discount of what is only wished for.
            if self._real < 1:
                self._said.append(value)
        elif kind == _RESOLVED:
            # A trouble that is over was why the customer came: 困扰半年的毛病改过来了.
            if not self._turn:
                began = self._clause_began
                self._said[began:] = [_OVER * s if s < 0 else s for s in self._said[began:]]
            self._word(start, end, value)
        elif kind == _UNREAL:
            self._real, self._asks = _WISHED, True
        elif kind == _CONTRAST:
            self._said = [earlier * _BEFORE_CONTRAST for earlier in self._said]
            self._turn, self._degree, self._unit = None, 1.0, -1
        self._before_fast = before_fast or self._before_fast

    def evidence(
        self, thing_start: np.ndarray, thing_end: np.ndarray, judging: np.ndarray
    ) -> Evidence:
        """What was read."""
        self._add_up()
        stood = np.array(self._stands, dtype=np.int64).reshape(-1, 4)
        return Evidence(
            np.array(self._positive),
            np.array(self._negative),
            np.array(self._faces),
            unit=stood[:, 0],
            start=stood[:, 1],
            end=stood[:, 2],
            negated=stood[:, 3] > 0,
            thing_start=thing_start,
            thing_end=thing_end,
            judging=judging,
        )

    def _undone(self) -> None:
        """A 都没 that no word of feeling follows says that something was not done: 角落都没打扫."""
        if self._nothing:
            self._said.append(_UNDONE)
        self._nothing = False

    def _word(self, start: int, end: int, value: float, turned: bool = False) -> None:
        self._nothing = False
        if turned:
            value = -value
        if self._turn:
            value *= self._turn[value > 0]
        self._little = self._degree < 1
        self._said.append(value * self._degree * self._real)
        unit = self._unit if self._unit >= 0 and self._reach_end == start else start
        self._stands += (unit, start, end, turned or self._turn is not None)
        self._turn, self._degree, self._unit = None, 1.0, -1
        self._reach_end = end

    def _modify(self, start: int, end: int) -> None:
        if self._unit < 0 or self._reach_end != start:
            self._unit = start
        self._reach_end = end

    def _add_up(self) -> None:
        self._undone()
        for strength in self._said:
            if strength > 0:
                self._positive[self._row] += strength
            else:
                self._negative[self._row] -= strength
        if self._polite:
            manners = self._asks or self._negative[self._row] > 0
            start, end = self._polite_at
            self._stands += (start, start, end, manners)
            self._positive[self._row] += 0.0 if manners else self._polite
        self._said, self._polite, self._asks = [], 0.0, False


def _settled(
    starts: np.ndarray, ends: np.ndarray, values: np.ndarray, kinds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Decide which of the words that can be both are words of feeling, and which degree words."""
    feeling = ((kinds == _WORD) & (values != 0)) | np.isin(kinds, (_BOTH, _FAST))
    touches = np.zeros(kinds.size, dtype=bool)
    touches[:-1] = (ends[:-1] == starts[1:]) & feeling[1:]
    both = kinds == _BOTH
    values = np.where(both & touches, _BOTH_DEGREE, values)
    kinds = np.where(both, np.where(touches, _DEGREE, _WORD), kinds)
    return values, kinds


def _meant(
    codes: np.ndarray,
    starts: np.ndarray,
    ends: np.ndarray,
    entries: np.ndarray,
    values: np.ndarray,
    kinds: np.ndarray,
) -> np.ndarray:
    """The values of words of feeling, less for those that are granted or quoted."""
    values = values.copy()
    feels = kinds == _WORD
    gap = starts[1:] - ends[:-1]
    granted = feels[:-1] & (entries[:-1] == entries[1:]) & (gap >= 1) & (gap <= _GRANTING)
    granted &= np.isin(codes[starts[1:] - 1], [ord(c) for c in "是归倒"])
    values[:-1][granted] *= _GRANTED
    values[1:][granted] *= _GRANTED
    quote = ord('"')
    quoted = feels & (values > 0) & (codes[starts - 1] == quote)
    quoted &= codes[np.minimum(ends, codes.size - 1)] == quote
    values[quoted] *= _QUOTED
    return values


def strength(word: str) -> float:
    """The strength of a folded word of feeling, 0 for any other word."""
    lexicon = _lexicon()
    entry = lexicon.table.entry.get(word)
    return 0.0 if entry is None or lexicon.kind[entry] != _WORD else float(lexicon.value[entry])


def is_listed(word: str) -> bool:
    """Whether a folded word is in the lists of words of feeling, negation and degree."""
    lexicon = _lexicon()
    entry = lexicon.table.entry.get(word)
    return entry is not None and lexicon.kind[entry] != _THING


@dataclass(frozen=True, slots=True)
class _Lexicon:
    table: WordTable
    kind: np.ndarray
    value: np.ndarray
    before_fast: np.ndarray


@cache
def _lexicon() -> _Lexicon:
    words: dict[str, tuple[int, float]] = {}
    before_fast: dict[str, int] = {}
    for name in ("lexicon_zh.txt", "emoji.txt"):
        kind, value, flag = _WORD, 0.0, 0
        for line in resource_lines(name):
            heading = _HEADING.fullmatch(line)
            if heading and heading[1] in (*_KINDS, *_BEFORE_FAST):
                flag = _BEFORE_FAST.get(heading[1], 0)
                kind = _KINDS.get(heading[1], _WORD) if name == "lexicon_zh.txt" else _FACE
                value = float(heading[2] or 0)
                continue
            items = line.split()
            for item, text in zip(items, fold(items).texts(), strict=True):
                if text and item not in words:
                    words.setdefault(text, (kind, value))
                if flag:
                    before_fast[text] = flag
    for line in resource_lines("themes.txt"):
        if not line.startswith(("[", "en:")):
            for word in fold(line.split()).texts():
                if len(word) > 1 and not _says_how(word, words):
                    words.setdefault(word, (_THING, 0.0))
    return _Lexicon(
        WordTable(list(words)),
        np.array([kind for kind, _ in words.values()]),
        np.array([value for _, value in words.values()]),
        np.array([before_fast.get(word, 0) for word in words]),
    )


def _says_how(word: str, words: dict[str, tuple[int, float]]) -> bool:
    """Whether a word holds a word of feeling: 太贵."""
    parts = (word[i:j] for i in range(len(word)) for j in range(i + 1, len(word) + 1))
    return any(words.get(part, (_THING, 0.0))[0] in _FEELINGS and words[part][1] for part in parts)
