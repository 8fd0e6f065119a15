"""How satisfied a text sounds, from -1 to 1, in Chinese, English and both together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from csm_xl.feedback.characters import fold, unmarked
from csm_xl.feedback.chinese import shipped_model, signs
from csm_xl.feedback.cleaning import is_machine_noise
from csm_xl.feedback.english import english_log_odds
from csm_xl.feedback.languages import english_part, text_languages
from csm_xl.feedback.lexicon import evidence
from csm_xl.language import Text

#: Texts are scored in batches of about this many characters, so that memory stays small.
_BATCH = 1_000_000
_OTHER_NOTE = Text(
    "Scored 0, in other languages than Chinese and English: {count}.",
    "有 {count} 条文本不是中文或英文，得分记为 0。",
)
_MACHINE_NOTE = Text(
    "Scored 0, written by a machine and not by a customer: {count}.",
    "有 {count} 条文本是系统自动生成的，不是客户写的，得分记为 0。",
)


@dataclass(frozen=True)
class Sentiments:
    """Scores and what was read to get them.

    Attributes
    ----------
    scores : array of float, shape (n,)
        -1 (negative) to 1 (positive); NaN for a blank.
    languages : tuple of str, shape (n,)
        ``zh``, ``en``, ``mixed``, ``other``, ``signs`` (no letters), ``machine`` or ``blank``.
    notes : tuple of Text
        What the reader of the scores should know.
    """

    scores: np.ndarray
    languages: tuple[str, ...]
    notes: tuple[Text, ...]


def sentiment(texts: Sequence[str | None]) -> np.ndarray:
    """How satisfied each text sounds.

    Parameters
    ----------
    texts : sequence of str or None, shape (n,)
        Text of any length; texts of spaces only, and whatever is not text, are blanks. HTML, web
        addresses and the seller's reply are left out.

    Returns
    -------
    array of float, shape (n,)
        -1 (negative) to 1 (positive). For Chinese 2p - 1, where p is the calibrated probability
        that the text is positive, both outcomes taken as equally frequent; for English VADER's
        compound (Hutto & Gilbert 2014). Near 0 without evidence; 0 for other languages and for
        texts that a machine wrote; NaN for a blank.

    Examples
    --------
    >>> sentiment(["很好吃，下次还来", "等了一个小时，菜都凉了", None]).round().tolist()
    [1.0, -1.0, nan]
    """
    return read_sentiment(texts).scores


def read_sentiment(texts: Sequence[str | None]) -> Sentiments:
    """Score texts and say how they were read; see :func:`sentiment`."""
    distinct: dict[str, int] = {}
    place = np.full(len(texts), -1)
    for i, text in enumerate(texts):
        if isinstance(text, str) and text.strip():
            place[i] = distinct.setdefault(text, len(distinct))
    scores, kinds = _score(list(distinct))
    scores, kinds = np.append(scores, np.nan), [*kinds, "blank"]
    languages = tuple(kinds[i] for i in place)
    notes = tuple(
        note.fill(count=languages.count(kind))
        for kind, note in (("other", _OTHER_NOTE), ("machine", _MACHINE_NOTE))
        if kind in languages
    )
    return Sentiments(scores[place], languages, notes)


def _score(texts: list[str]) -> tuple[np.ndarray, list[str]]:
    scores, kinds = [np.zeros(0)], []
    for batch in _batches(texts):
        batch_scores, batch_kinds = _score_batch(batch)
        scores.append(batch_scores)
        kinds += batch_kinds
    return np.concatenate(scores), kinds


def _batches(texts: list[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _score_batch(texts: list[str]) -> tuple[np.ndarray, list[str]]:
    own = [unmarked(text) for text in texts]
    folded = fold(own)
    kinds: list[str] = list(text_languages(folded, own))
    found = evidence(folded)
    log_odds = shipped_model().log_odds(folded, found)
    faces = signs(found)
    for i, kind in enumerate(kinds):
        if kind == "en":
            log_odds[i] = english_log_odds(own[i]) + faces[i]
        elif kind == "mixed":
            log_odds[i] += english_log_odds(english_part(own[i]))
        elif kind == "signs":
            log_odds[i] = faces[i]
        if kind == "other" or is_machine_noise(own[i]):
            kinds[i] = "other" if kind == "other" else "machine"
            log_odds[i] = 0.0
    return np.tanh(log_odds / 2), kinds
