"""The sentiment of English text: VADER, with the words that feedback uses and VADER lacks."""

from __future__ import annotations

import math
import re
import string
from functools import cache
from typing import Any

from csm_xl.feedback.characters import resource_lines

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
#: VADER squeezes a sum of valences x into x / √(x² + 15).
_SQUEEZE = 15.0
_LIMIT = 0.9999
#: VADER's time grows with the square of a sentence's words.
_MOST_WORDS = 100
#: Words that negate as "not" does, and that VADER does not know as such.
_AS_NOT = {"nor": "not", "hardly": "not", "barely": "not", "scarcely": "not"}
#: VADER counts the "no" in it against the text: no more back pain.
_NO_MORE = re.compile(r"\bno more\b", re.IGNORECASE)
_NOT = (
    *("not", "never", "no longer", "does not", "doesn't", "did not", "didn't", "do not", "don't"),
    *("will not", "won't", "would not", "wouldn't", "cannot", "can't", "could not", "couldn't"),
    *("has not", "hasn't", "have not", "haven't", "is not", "isn't", "was not", "wasn't"),
)


def english_log_odds(text: str) -> float:
    """Log-odds that an English text is positive.

    One sentence scores what VADER scores: tanh(log-odds / 2) is VADER's compound. Sentences are
    read one by one and added up, since VADER lets one "but" dampen everything before it.
    """
    total = 0.0
    for sentence in _SENTENCE_END.split(_NO_MORE.sub("without any", text.replace("’", "'"))):
        words, found = _words(sentence)
        # Without a word of feeling VADER answers 0 as well, only later.
        for begin in range(0, len(words) if found else 0, _MOST_WORDS):
            part = " ".join(words[begin : begin + _MOST_WORDS])
            compound = _analyzer().polarity_scores(part)["compound"]
            compound = max(-_LIMIT, min(_LIMIT, compound))
            total += compound * math.sqrt(_SQUEEZE / (1 - compound * compound))
    compound = total / math.sqrt(total * total + _SQUEEZE)
    return 2 * math.atanh(max(-_LIMIT, min(_LIMIT, compound)))


def _words(sentence: str) -> tuple[list[str], bool]:
    """The words, with known phrases joined to one, and whether one of them has a feeling."""
    lexicon, phrases = _analyzer().lexicon, _phrases()
    words = sentence.split()
    plain = [_plain(word) for word in words]
    if not _AS_NOT.keys().isdisjoint(plain):
        words = [_AS_NOT.get(known, word) for word, known in zip(words, plain, strict=True)]
    if phrases.keys().isdisjoint(plain):
        return words, not lexicon.keys().isdisjoint(plain)
    out: list[str] = []
    found = False
    i = 0
    while i < len(words):
        step = 1
        for length in phrases.get(plain[i], ()):
            if "_".join(plain[i : i + length]) in lexicon:
                step = min(length, len(words) - i)
                break
        if step > 1:
            last = words[i + step - 1].lower()
            out.append("_".join(plain[i : i + step]) + last.rpartition(plain[i + step - 1])[2])
            found = True
        else:
            out.append(words[i])
            found = found or plain[i] in lexicon
        i += step
    return out, found


def _plain(word: str) -> str:
    """A word as VADER looks it up: without punctuation around it, in lower case."""
    stripped = word.strip(string.punctuation)
    return (stripped if len(stripped) > 2 else word).lower()


def is_feeling(word: str) -> bool:
    """Whether a lower-case English word is itself a word of feeling."""
    return word in _analyzer().lexicon


@cache
def _analyzer() -> Any:
    # Imported here: reading VADER's lexicon takes longer than scoring a sheet of Chinese.
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    # Emoji and typed faces are read for every language alike, see chinese.signs.
    analyzer.emojis = {}
    analyzer.lexicon = {w: v for w, v in analyzer.lexicon.items() if re.search("[a-z]{2}", w)}
    analyzer.lexicon.update({w.replace(" ", "_"): v for w, v in _own_words().items()})
    return analyzer


@cache
def _own_words() -> dict[str, float]:
    words: dict[str, float] = {}
    head, value = "", 0.0
    for line in resource_lines("lexicon_en.txt"):
        if line.startswith("["):
            head, number = line.strip("[]").split()
            value = float(number)
            continue
        for word in (item.strip() for item in line.split(",") if item.strip()):
            phrases = [f"{no} {word}" for no in _NOT] if head == "failing" else [word]
            for phrase in phrases:
                words.setdefault(phrase, value)
    return words


@cache
def _phrases() -> dict[str, list[int]]:
    """How many words the phrases that begin with a word can have, most first."""
    out: dict[str, set[int]] = {}
    for phrase in _own_words():
        words = phrase.split()
        if len(words) > 1:
            out.setdefault(words[0], set()).add(len(words))
    return {word: sorted(lengths, reverse=True) for word, lengths in out.items()}
