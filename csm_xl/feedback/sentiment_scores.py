"""How satisfied a text sounds, from -1 to 1, in Chinese, English and both together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from csm_xl.feedback import chinese, english
from csm_xl.feedback.characters import Folded, fold, unmarked
from csm_xl.feedback.chinese import signs
from csm_xl.feedback.cleaning import is_machine_noise
from csm_xl.feedback.languages import english_part, text_languages
from csm_xl.feedback.lexicon import Evidence, evidence
from csm_xl.language import Text

#: Texts are scored in batches of about this many characters, so that memory stays small.
_BATCH = 1_000_000
#: A score nearer to 0 than this is a coin toss, and is 0.
_UNCERTAIN = 0.05
#: Log-odds of the words below which happy signs are mockery, and what those then count for.
_COMPLAINT, _MOCKING = -0.4, -0.2
#: Short praise and a smile at the end mock where a complaint stands before them: 又崩了，真棒👏.
_MOCKERY = re.compile(
    r"(?:真棒|真行|真好|厉害|太棒了|好样的|可以的|优秀|真牛|good for you|great job|good job|nice job|well done"
    r"|so nice|nice|bravo|brilliant|amazing|thanks|love (?:it|that))[!！.。~,， ]*"
    "[👏👍🙂🙃🤡😅🤷🎉♂♀\ufe0f\u200d]+\\s*$",
    re.IGNORECASE,
)
#: Who ends with one of these means the opposite of what praises.
_IRONIC = "🙃🙄🤡"
_IRONY = -0.5
#: Emoji come after it.
_LAST_LETTER = "\u2600"
_OTHER_NOTE = Text(
    "Scored 0, in other languages than Chinese and English: {count}.",
    "有 {count} 段文字不是中文或英文，得分记为 0。",
)
_MACHINE_NOTE = Text(
    "Scored 0, written by a machine and not by a customer: {count}.",
    "有 {count} 段文字是系统自动生成的，不是客户写的，得分记为 0。",
)

_UNCERTAIN_NOTE = Text(
    "Scored 0, without a clear side: {count}.",
    "有 {count} 段文字看不出是好评还是抱怨，得分记为 0。",
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
        -1 (negative) to 1 (positive): 2p - 1, where p is the calibrated probability that the text
        is positive, both outcomes taken as equally frequent. 0 without evidence, for other
        languages and for texts that a machine wrote; NaN for a blank.

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
    found = scores[place]
    count = {kind: languages.count(kind) for kind in ("other", "machine")}
    unclear = int((found == 0).sum()) - sum(count.values())
    notes = tuple(
        note.fill(count=number)
        for note, number in (
            (_OTHER_NOTE, count["other"]),
            (_MACHINE_NOTE, count["machine"]),
            (_UNCERTAIN_NOTE, unclear),
        )
        if number
    )
    return Sentiments(found, languages, notes)


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
    scores, languages = _score_own(own)
    kinds = languages.tolist()
    for i, text in enumerate(own):
        if kinds[i] != "other" and is_machine_noise(text):
            scores[i], kinds[i] = 0.0, "machine"
    return scores, kinds


def score_cleaned(texts: list[str]) -> np.ndarray:
    """Scores of texts that :func:`csm_xl.feedback.clean` has read already."""
    return np.concatenate([np.zeros(0), *(_score_own(batch)[0] for batch in _batches(texts))])


def _score_own(own: list[str]) -> tuple[np.ndarray, np.ndarray]:
    folded = fold(own)
    scores, kinds = score_folded(own, folded, evidence(folded))
    mocked = {
        i: told[0]
        for i, text in enumerate(own)
        if text.rstrip()[-1:] > _LAST_LETTER and (told := _MOCKERY.split(text)) != [text]
    }
    if mocked:
        folded = fold(list(mocked.values()))
        before, _ = score_folded(list(mocked.values()), folded, evidence(folded))
        for i, score in zip(mocked, before.tolist(), strict=True):
            scores[i] = score if score < 0 else scores[i]
    return scores, kinds


def score_folded(own: list[str], folded: Folded, found: Evidence) -> tuple[np.ndarray, np.ndarray]:
    """Scores and languages of texts without markup that are folded and read already."""
    kinds = text_languages(folded, own)
    english_only, mixed = kinds == "en", kinds == "mixed"
    faces = signs(found)
    if (mixed | (kinds == "zh")).any():
        log_odds = chinese.shipped_model().log_odds(folded, found)
    else:
        log_odds = np.zeros(folded.n)
    in_english = np.flatnonzero(english_only | mixed)
    if in_english.size:
        parts = [english_part(own[i]) if mixed[i] else own[i] for i in in_english.tolist()]
        log_odds[english_only] = 0.0
        log_odds[in_english] += english.shipped_model().log_odds(parts)
    said = np.where(kinds == "signs", 0.0, log_odds)
    for i in folded.with_emoji().tolist():
        if said[i] > 0 and own[i].rstrip()[-1:] in _IRONIC:
            said[i] *= _IRONY
    # A smile or a thumbs up behind a complaint mocks: 刚续费就涨价👍.
    mocks = (said < _COMPLAINT) & (faces > 0)
    log_odds = said + np.where(mocks, _MOCKING * faces, faces)
    scores = np.tanh(np.where(kinds == "other", 0.0, log_odds) / 2)
    return np.where(np.abs(scores) < _UNCERTAIN, 0.0, scores), kinds
