"""English words and phrases of feeling, read with what stands before them in their sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from csm_xl.feedback.characters import resource_lines

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)*|\d+(?:[.,:/]\d+)*%?|[.!?;:,()\n]|(?<=\s)[-–—](?=\s)|…")
#: Stands for every number in a phrase and in the learned runs.
NUMBER = "{n}"
#: A negation or a word of degree acts on a word of feeling at most this many words further on.
_REACH = 3
#: What is left of a word's strength when it is negated: "not good" is nearly as bad as "good" is
#: good, "not bad" is faint praise (Taboada et al. 2011; VADER takes -0.74 for both).
_NEGATED = {True: -0.75, False: -0.4}
#: "Too" turns praise: too sweet, too soft, too fast. An unknown word after it blames a little.
_TOO_GOOD, _TOO_BAD, _TOO, _NOT_TOO = -0.8, 1.2, -1.2, 0.6
#: What was said before a "but", what was granted, and what is only wished for count for less.
_BEFORE_BUT, _AFTER_BUT, _GRANTED, _WISHED, _FEARED = 0.6, 1.2, 0.5, 0.15, 0.5
#: It would be nice if: what is asked for is lacking. A shame about: what follows is the complaint.
_LACKING, _REGRET = -1.0, -3.0
#: What used to be so is so no longer.
_FORMERLY = -0.7
_POLITE = 1.2
#: Words of degree.
_STRONG, _WEAK = 1.3, 0.7
#: A "too" and a negation before it act on the word that follows at once or after one more.
_SOON = 2
_NOWHERE = -9
#: "Used to" behind one of these speaks of habit: I am used to it.
_BEING = frozenset(("be", "been", "is", "are", "was", "were", "get", "got", "getting", "am", "i'm"))
_PHRASE = re.compile(r"\{\w+\}|[a-z]+(?:'[a-z]+)*|\d+(?:[.,:/]\d+)*%?")


@dataclass(slots=True)
class Read:
    """What was read in one text.

    Attributes
    ----------
    positive, negative : float
        Sums of strengths, both counted from 0 upwards.
    words : list of str
        The words in their order, an empty one at each mark of punctuation.
    negated : set of str
        Words of feeling that are negated.
    """

    positive: float = 0.0
    negative: float = 0.0
    words: list[str] = field(default_factory=list)
    negated: set[str] = field(default_factory=set)


def tokens_of(text: str) -> list[str]:
    """Words, numbers and marks of a text in lower case."""
    return _TOKEN.findall(text.lower().replace("’", "'"))


def read_words(text: str) -> Read:
    """Read the words of feeling of a text."""
    tokens = tokens_of(text)
    # What begins with a letter sorts from "a" to before "{".
    words = [w if "a" <= w < "{" else NUMBER if w[0].isdigit() else "" for w in tokens]
    out = Read(words=words)
    _Reader(tokens, out).read()
    return out


class _Reader:
    """Goes through a text from left to right and keeps what acts on the next word of feeling."""

    def __init__(self, tokens: list[str], out: Read) -> None:
        self._tokens, self._out, self._lists = tokens, out, _lists()
        self._parts: list[list[float]] = [[]]
        self._clause = self._reach = self._degree = 1.0
        self._wished = self._former = self._asks = self._unreal = False
        self._polite = 0.0
        self._negation = self._too = self._degree_at = _NOWHERE

    def read(self) -> None:
        """Read all of it."""
        alone, following = self._lists.alone, self._lists.following
        words = [*self._out.words, ""]
        i, n = 0, len(self._tokens)
        while i < n:
            word = words[i]
            if not word:
                self._mark(self._tokens[i])
                i += 1
            elif word in following and words[i + 1] in following[word]:
                i += self._word(i, word, *_phrase(self._lists, self._tokens, i))
            elif word in alone:
                i += self._word(i, word, *alone[word])
            else:
                i += 1
        self._end_sentence()
        # Thanks behind a complaint or a request are manners.
        if not self._out.negative and not self._asks:
            self._out.positive += self._polite

    def _word(self, i: int, word: str, size: int, value: float | str) -> int:
        """Read the word, or the phrase, that begins at `i`; returns how many words that are."""
        if size:
            if isinstance(value, str):
                self._act(i + size - 1, word, value)
            elif value:
                self._feeling(i, size, value)
            return size
        if word == "too":
            self._too_something(i)
        elif word == "used":
            self._former |= self._after(i) == "to" and self._tokens[i - 1] not in _BEING
        else:
            self._act(i, word, self._lists.role.get(word))
        return 1

    def _feeling(self, i: int, size: int, value: float) -> None:
        if i - self._too <= _SOON:
            value *= _TOO_GOOD if value > 0 else _TOO_BAD
        elif i - self._negation <= _REACH:
            value *= _NEGATED[value > 0]
            self._out.negated.update(self._tokens[i : i + size])
        if self._wished and (size == 1 or (self._unreal and value > 0)):
            value *= _WISHED if value > 0 else _FEARED
        if size == 1 and self._former:
            value *= _FORMERLY
        strong = self._degree if i - self._degree_at <= _REACH else 1.0
        self._parts[-1].append(value * strong * self._clause * self._reach)
        self._forget()

    def _act(self, i: int, word: str, role: str | None) -> None:
        if role == "negation":
            if not (word == "not" and self._after(i) in ("only", "just", "to")):
                # Two negations in a row cancel out.
                self._negation = _NOWHERE if i - self._negation <= 1 else i
        elif role in ("strong", "weak"):
            before = self._degree if i - self._degree_at <= 1 else 1.0
            self._degree = before * (_STRONG if role == "strong" else _WEAK)
            self._degree_at = i
        elif role == "but":
            self._parts.append([])
            self._clause, self._reach = _AFTER_BUT, 1.0
            self._wished = self._former = self._unreal = False
            self._negation = _NOWHERE
        elif role == "granted":
            if i == 0 or not self._out.words[i - 1]:
                self._reach = _GRANTED
        elif role == "wish":
            self._wished = self._asks = True
        elif role == "asks":
            self._wished = self._asks = self._unreal = True
            self._parts[-1].append(_LACKING * self._clause)
        elif role == "regret":
            self._parts.append([_REGRET])
            self._clause = _AFTER_BUT
        elif role == "polite":
            self._polite = _POLITE

    def _too_something(self, i: int) -> None:
        if self._after(i) is None:
            return
        negated = i - self._negation <= _SOON
        if _phrase(self._lists, self._tokens, i + 1)[0]:
            self._too = _NOWHERE if negated else i
        elif self._after(i) not in self._lists.after_also:
            value = _NOT_TOO if negated else _TOO
            self._parts[-1].append(value * self._clause * self._reach)

    def _after(self, i: int) -> str | None:
        """The word after `i`, None at a mark of punctuation."""
        there = i + 1 < len(self._tokens) and self._out.words[i + 1]
        return self._tokens[i + 1] if there else None

    def _mark(self, mark: str) -> None:
        self._reach = 1.0
        if mark not in ",:()-–—":
            self._end_sentence()
        if mark != ",":
            self._wished = self._former = self._unreal = False
        self._forget()

    def _forget(self) -> None:
        self._negation = self._too = self._degree_at = _NOWHERE

    def _end_sentence(self) -> None:
        for part in self._parts[:-1]:
            self._add(part, _BEFORE_BUT)
        self._add(self._parts[-1], 1.0)
        self._parts, self._clause = [[]], 1.0

    def _add(self, part: list[float], factor: float) -> None:
        for value in part:
            if value > 0:
                self._out.positive += factor * value
            else:
                self._out.negative -= factor * value


def is_feeling(word: str) -> bool:
    """Whether a lower-case English word is itself a word of feeling."""
    return any(node.get(_VALUE) for node in _lists().first.get(word, ()))


#: Stands beside the words that can follow, and holds the value of the phrase that ends there.
_VALUE = ""


def _phrase(lists: _Lists, tokens: list[str], i: int) -> tuple[int, float | str]:
    """How many words the longest phrase that begins at `i` has, and its value or role; 0 for none."""
    word = tokens[i]
    nodes = lists.first.get(NUMBER if word[0].isdigit() else word)
    best, size = 0, 1
    value: float | str = 0.0
    while nodes:
        for node in nodes:
            if _VALUE in node:
                best, value = size, node[_VALUE]
                break
        if i + size >= len(tokens):
            break
        word = tokens[i + size]
        following = [node[word] for node in nodes if word in node]
        names = (NUMBER,) if word[0].isdigit() else lists.classes.get(word)
        if names:
            following += [node[name] for node in nodes for name in names if name in node]
        nodes = following
        size += 1
    return best, value


@dataclass(frozen=True)
class _Lists:
    #: Phrases, word by word: by the first word, what can follow it literally or by its class.
    first: dict[str, list[dict[str, Any]]]
    #: What can follow the first word of phrases.
    following: dict[str, frozenset[str]]
    #: The words that act without one: how many words they are as a phrase (0 or 1), and its value.
    alone: dict[str, tuple[int, float | str]]
    #: The classes of a word ({n}, {time}, …).
    classes: dict[str, tuple[str, ...]]
    #: What a word does to the words of feeling around it.
    role: dict[str, str]
    #: Words before which "too" says "also".
    after_also: frozenset[str]


@cache
def _lists() -> _Lists:
    classes: dict[str, list[str]] = {}
    role: dict[str, str] = {}
    after_also: set[str] = set()
    #: Phrases with their strength, or with their role.
    listed: dict[str, float | str] = {}
    for line in resource_lines("lexicon_en.txt"):
        if line.startswith("["):
            head, _, name = line.strip("[]").partition(" ")
            continue
        items = [item.strip() for item in line.split(",") if item.strip()]
        if head == "class":
            for item in items:
                classes.setdefault(item, []).append("{" + name + "}")
        elif head == "role":
            role.update(dict.fromkeys([item for item in items if " " not in item], name))
            listed.update(dict.fromkeys([item for item in items if " " in item], name))
        elif head == "plain":
            after_also.update(items)
        else:
            for item in items:
                phrase = "{not} " + item if head == "failing" else item
                listed.setdefault(" ".join(_PHRASE.findall(phrase.lower())), float(name))
    for line in resource_lines("lexicon_vader.txt"):
        word, _, number = line.rpartition(" ")
        if word not in role:
            listed.setdefault(word, float(number))
    trie: dict[str, Any] = {}
    for phrase, strength in listed.items():
        node = trie
        for word in phrase.split():
            node = node.setdefault(word, {})
        node.setdefault(_VALUE, strength)
    first = {word: [node] for word, node in trie.items()}
    for word, names in classes.items():
        for name in names:
            if name in trie:
                first.setdefault(word, []).append(trie[name])
    members: dict[str, list[str]] = {NUMBER: [NUMBER]}
    for word, names in classes.items():
        for name in names:
            members.setdefault(name, []).append(word)
    following = {
        word: frozenset(
            member
            for node in nodes
            for after in node
            if after != _VALUE
            for member in members.get(after, [after])
        )
        for word, nodes in first.items()
    }
    values = {
        word: (1, next(node[_VALUE] for node in nodes if _VALUE in node))
        for word, nodes in first.items()
        if any(_VALUE in node for node in nodes)
    }
    return _Lists(
        first,
        following,
        {**dict.fromkeys((*role, "too", "used"), (0, 0.0)), **values},
        {word: tuple(names) for word, names in classes.items()},
        role,
        frozenset(after_also),
    )


def role(word: str) -> str | None:
    """What a lower-case word does to the words of feeling around it, if anything."""
    return _lists().role.get(word)
