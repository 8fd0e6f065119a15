"""What a few words in a status cell say of a customer's status, in the languages that owners mix."""

from __future__ import annotations

import re

from csm_xl.vocabulary import statuses
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.traditional import simplified

#: How long a status may be, and one in Chinese; longer texts are remarks.
_LONGEST, _LONGEST_CHINESE = 40, 12

_WORDS = {
    simplified(folded(word)): status for status, words in statuses.GROUPS.items() for word in words
}
_NOUNS = re.compile(
    simplified(
        r"\b(a |an |the )?(customer|client|member|user|subscriber|student|account|patient|tenant|subscription|contract|membership"
        r"|plan|status|policy|kunde|mitglied|client|cliente|membre|socio)s?\b|客户|会员|学员|用户|学生|顾客|学籍|状态|合同|中$|^已(?=在|活|正)"
    )
)
_TAIL = re.compile(r"\s*(?:[(（\[【:：,，;；/|]|\s[-–—]\s).*$")
_NOT = re.compile(r"^(?:not|no longer|non|in)[ -]?(.+)$|^(?:不再|不|未|非)(.+)$")
_CHINESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
#: Days and months in a phrase: 3月停了, 2025年初搬走.
_WHEN = re.compile(r"\d+|[年月日号初底末旬]|[上下去今本]个?(?=月|年)")


def status_of(cell: object, *, loosely: bool = False) -> str | None:
    """The status that a status means, such as ``"left"`` for “Cancelled (moved)”; None for other texts.

    Parameters
    ----------
    cell : object
    loosely : bool
        The column is known to hold statuses: phrases count that only begin with a status, and
        what Chinese builds from a few signs (退卡了, 还在用).
    """
    if not isinstance(cell, str) or len(cell) > _LONGEST:
        return None
    text = simplified(folded(cell)).strip(" .!*。！")
    short = simplified(folded(_TAIL.sub("", cell))).strip(" .!*。！")
    for candidate in dict.fromkeys((text, short)):
        found = _looked_up(candidate) or _in_both_scripts(candidate, loosely)
        if found is not None:
            return found
    return (_by_stems(short) or _by_opening(text)) if loosely else None


def _looked_up(text: str) -> str | None:
    if text in _WORDS:
        return _WORDS[text]
    shorter = " ".join(_NOUNS.sub(" ", text).split())
    if shorter != text and shorter in _WORDS:
        return _WORDS[shorter]
    negated = _NOT.match(shorter)
    if negated:
        positive = _WORDS.get((negated[1] or negated[2] or "").strip())
        return "left" if positive == "kept" else None
    return None


def _in_both_scripts(text: str, loosely: bool) -> str | None:
    """“Active 在用” says one thing twice."""
    chinese = "".join(_CHINESE.findall(text))
    latin = " ".join(_CHINESE.sub(" ", text).replace("/", " ").split())
    if not chinese or not re.search("[a-z]", latin):
        return None
    said = {_looked_up(latin), _looked_up(chinese) or (_by_stems(chinese) if loosely else None)}
    return said.pop() if len(said) == 1 else None


def _by_stems(text: str) -> str | None:
    text = _WHEN.sub("", text)
    if not _CHINESE.search(text) or len(text) > _LONGEST_CHINESE:
        return None
    return next((one for one, stem in statuses.STEMS if stem.search(text)), None)


def _by_opening(text: str) -> str | None:
    return next((one for one, opening in statuses.OPENINGS if opening.match(text)), None)
