"""How a theme is shown: the clause that says most, and the words of opinion beside it."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import chain
from operator import add

import numpy as np

from csm_xl.feedback.characters import Folded
from csm_xl.feedback.clauses import Clauses
from csm_xl.feedback.english_words import is_feeling
from csm_xl.feedback.lexicon import Evidence, strength

#: Words weaker than this (居然, 结果) colour a complaint and do not say what is wrong.
_OUTSPOKEN = 1.0
#: Characters of an example that is read at a glance, in Chinese and in English, and at most.
_READABLE = {False: 14, True: 45}
#: What an example in another language than most texts counts for: the reader may not know it.
_FOREIGN = 0.05
#: So many of the clearest clauses are compared for the most typical one.
_CANDIDATES = 500
_LONGEST = 80
#: Words of opinion beside a theme, at most.
_OPINIONS = 3
_HAN = 0x3400, 0x9FFF
_ENGLISH_WORD = re.compile(r"[a-z][a-z'-]+")
#: Words that tie a clause to the one before it, which an example does without.
_LINK = re.compile(
    r"^(?:而且|但是|但|不过|另外|还有|首先|其次|最后|所以|因为|只是|就是|结果|并且|可是|再说|反正|其实|总之|然后"
    r"|(?:and|but|also|so|then|because|though|however)\b)+[\s,，]*",
    re.IGNORECASE,
)


def quotes_of(clauses: Clauses, heirs: np.ndarray, shown: np.ndarray) -> dict[int, str]:
    """Some clauses as they are quoted: without linking words, an heir behind its lead-in."""

    def plain(i: int) -> str:
        return _LINK.sub("", clauses.texts[i]) or clauses.texts[i]

    quotes = {i: plain(i) for i in shown.tolist()}
    for i in np.intersect1d(heirs, shown).tolist():
        comma = ", " if quotes[i].isascii() else "，"
        quotes[i] = f"{quotes.get(i - 1, plain(i - 1))}{comma}{quotes[i]}"
    return quotes


def foreign(clauses: Clauses, folded: Folded) -> np.ndarray:
    """Clauses in the language that fewer of the texts are in: bool, shape (n_clauses,)."""
    han = (folded.codes >= _HAN[0]) & (folded.codes <= _HAN[1])
    chinese = (np.bincount(folded.row[han], minlength=folded.n) > 0)[clauses.form]
    mostly = len(np.unique(clauses.review[chinese])) * 2 >= clauses.reviews()
    return chinese != mostly


def example(
    own: np.ndarray,
    themes_in: np.ndarray,
    quotes: dict[int, str],
    score: np.ndarray,
    foreign: np.ndarray,
) -> str:
    """The clause that says most: strong, short enough to read, about little else, and typical."""
    texts = [quotes[i] for i in own.tolist()]
    length = np.array(list(map(len, texts)))
    usual_length = np.array([_READABLE[text.isascii()] for text in texts])
    clear = np.exp(-(((length - usual_length) / np.maximum(length, usual_length / 3)) ** 2))
    clear *= (1.2 - score[own]) ** 2 / np.maximum(themes_in[own], 1)
    clear[foreign[own]] *= _FOREIGN
    if len(texts) > _CANDIDATES:
        best = np.argsort(-clear, kind="stable")[:_CANDIDATES]
        texts, clear = [texts[i] for i in best.tolist()], clear[best]
    pairs = [set(map(add, text, text[1:])) for text in texts]
    times = Counter(chain.from_iterable(pairs))
    root = {pair: math.sqrt(number) for pair, number in times.items()}

    def telling(i: int) -> tuple[float, str]:
        size = len(texts[i])
        own_words = len(pairs[i]) / size
        usual = sum(map(root.__getitem__, pairs[i])) / size / math.sqrt(len(texts))
        return (float(clear[i]) * own_words * (0.1 + usual), texts[i])

    text = texts[max(range(len(texts)), key=telling)]
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def opinions_of(
    clauses: Clauses, folded: Folded, found: Evidence, shown: np.ndarray
) -> dict[int, list[str]]:
    """The words of opinion in some clauses, except negated ones, which say the opposite.

    They stand under the number of the distinct clause.
    """
    joined = folded.codes.astype("<u2").tobytes().decode("utf-16-le")
    forms = np.unique(clauses.form[shown])
    out: dict[int, list[str]] = {
        i: list(filter(is_feeling, _ENGLISH_WORD.findall(clauses.distinct[i].lower())))
        for i in forms.tolist()
    }
    wanted = np.zeros(folded.n, dtype=bool)
    wanted[forms] = True
    outspoken: dict[str, bool] = {}
    row = folded.row[found.start]
    plain = wanted[row] & ~found.negated
    for i, start, end in zip(
        *(array[plain].tolist() for array in (row, found.start, found.end)), strict=True
    ):
        word = joined[start:end]
        if word not in outspoken:
            outspoken[word] = not word.isascii() and abs(strength(word)) >= _OUTSPOKEN
        if outspoken[word]:
            out[i].append(word)
    return out


def often_with(forms: np.ndarray, opinions: dict[int, list[str]]) -> tuple[str, ...]:
    """The three words of opinion in most of the clauses, each given by its distinct clause."""
    times: dict[str, int] = {}
    for form, number in zip(
        *(a.tolist() for a in np.unique(forms, return_counts=True)), strict=True
    ):
        for word in set(opinions[form]):
            times[word] = times.get(word, 0) + number
    often = sorted((word for word in times if times[word] > 1), key=lambda w: (-times[w], w))
    chosen: list[str] = []
    for word in often:
        if not any(other in word or word in other for other in chosen):
            chosen.append(word)
            if len(chosen) == _OPINIONS:
                break
    return tuple(chosen)
