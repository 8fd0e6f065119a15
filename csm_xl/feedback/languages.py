"""Which language a text is in, as far as sentiment needs to know."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

import numpy as np

from csm_xl.feedback.characters import Folded, resource_lines

#: ``mixed`` is Chinese with English sentences in it; ``signs`` has no letters at all.
TextLanguage = Literal["zh", "en", "mixed", "other", "signs"]

_HAN, _KANA, _LATIN, _ACCENTED, _FOREIGN = range(1, 6)
#: Chinese shops write の for 的, so one of them does not make a text Japanese.
_NO = ord("の")
_NO_PUNCTUATION = str.maketrans(dict.fromkeys('.,;:!?¿¡"()[]*', " "))
_ENGLISH_RUN = re.compile(
    r"(?<![a-z'’])[a-z][a-z'’]*(?:[ ,;:!?.\"()\-–—&]+[a-z][a-z'’]*){2,}[!?.]*", re.I
)


def text_languages(folded: Folded, texts: list[str]) -> np.ndarray:
    """The language of each text, a :data:`TextLanguage`.

    Parameters
    ----------
    folded : Folded
        The folded texts.
    texts : list of str, shape (n,)
        The same texts before folding.
    """
    kind = _kinds()[folded.codes]
    count = {
        name: np.bincount(folded.row[kind == name], minlength=folded.n)
        for name in (_HAN, _KANA, _LATIN, _ACCENTED, _FOREIGN)
    }
    han, latin = count[_HAN], count[_LATIN] + count[_ACCENTED]
    foreign = (count[_KANA] > 0.15 * han) & (count[_KANA] > 0)
    foreign |= count[_FOREIGN] > han + latin
    kinds: tuple[TextLanguage, ...] = ("other", "zh", "other", "signs")
    out = np.select([foreign, han > 0, latin > 0], kinds[:3], kinds[3])
    for i in np.flatnonzero((out == "zh") & (latin >= 3)).tolist():
        if english_part(texts[i]):
            out[i] = "mixed"
    accented = count[_ACCENTED].tolist()
    for i in np.flatnonzero(~foreign & (han == 0) & (latin > 0)).tolist():
        if _is_english(texts[i], accented[i]):
            out[i] = "en"
    return out


def english_part(text: str) -> str:
    """The runs of three and more English words in a text, joined by full stops."""
    return ". ".join(_ENGLISH_RUN.findall(text))


def _is_english(text: str, accented: int) -> bool:
    found = text.lower().replace("’", "'").translate(_NO_PUNCTUATION).split()
    words = _function_words()
    if accented == 0 and words["foreign"].isdisjoint(found):
        return True
    english = len(words["english"].intersection(found))
    foreign = len(words["foreign"].intersection(found))
    return english >= foreign and (accented == 0 or english > 0 or accented * 20 < len(text))


@cache
def _function_words() -> dict[str, frozenset[str]]:
    words: dict[str, list[str]] = {}
    section: list[str] = []
    for line in resource_lines("function_words.txt"):
        if line.startswith("["):
            section = words.setdefault(line.strip("[]"), [])
        else:
            section += line.split()
    return {name: frozenset(listed) for name, listed in words.items()}


@cache
def _kinds() -> np.ndarray:
    kind = np.zeros(0x10000, dtype=np.uint8)
    for first, last, name in (
        (0x61, 0x7A, _LATIN),
        (0xDF, 0x24F, _ACCENTED),
        (0x370, 0x1EFF, _FOREIGN),  # Greek, Cyrillic, Arabic, Indic, Thai and so on
        (0x1E00, 0x1EFF, _ACCENTED),
        (0x3041, 0x30FF, _KANA),
        (0x3400, 0x4DBF, _HAN),
        (0x4E00, 0x9FFF, _HAN),
        (0xAC00, 0xD7AF, _FOREIGN),  # Hangul
        (0xFF66, 0xFF9D, _KANA),
    ):
        kind[first : last + 1] = name
    for sign in ("·", "•", "÷", "×", "・", "ー"):
        kind[ord(sign)] = 0
    kind[_NO] = 0
    return kind
