"""What customers complain about and wish for, most mentioned first."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from csm_xl.errors import CsmError
from csm_xl.feedback.characters import Folded, fold
from csm_xl.feedback.clauses import Clauses, cut
from csm_xl.feedback.cleaning import clean
from csm_xl.feedback.lexicon import Evidence, evidence, strength
from csm_xl.feedback.quotes import example, foreign, often_with, opinions_of, quotes_of
from csm_xl.feedback.sentiment_scores import score_cleaned, score_folded
from csm_xl.feedback.themes import LEAD_IN, Themes, find_themes
from csm_xl.language import Text

Kind = Literal["need", "complaint"]
Trend = Literal["rising", "falling", "steady"]

KINDS: dict[Kind, Text] = {
    "complaint": Text("complaint", "抱怨"),
    "need": Text("wish", "需求"),
}
TRENDS: dict[Trend, Text] = {
    "rising": Text("rising", "上升"),
    "falling": Text("falling", "下降"),
    "steady": Text("steady", "平稳"),
}

#: A clause complains when its words of feeling are negative on balance, unless it scores above the
#: first of these; without such words when it scores below the second. An English clause, all whose
#: words of feeling are in the score, when it scores below the third.
_DOUBTFUL, _CERTAIN, _ENGLISH = 0.25, -0.4, -0.15
#: Words that only colour a story (居然, 结果) are weaker than this and complain of nothing.
_COLOUR = -0.45
#: A clause that scores above this praises.
_PRAISE = 0.3
#: A review that scores below this complains, if not in a clause of its own then as a whole.
_AS_A_WHOLE = -0.15
#: Without a word of blame it must score below this.
_AS_A_STORY = -0.35
_PRICE = re.compile(
    r"贵|便宜|价|钱|\b(?:cheap|pricey|expensive|costly|price[sd]?|cost|costs)\b", re.IGNORECASE
)
_WORTH = re.compile(r"值|划算|对得起|\b(?:worth|value|pays for itself)\b", re.IGNORECASE)
_BETTER = re.compile(
    r"^(?:(?:much|far|way|even|still|a lot) )?(?:faster|sooner|quicker|earlier|better|cheaper|easier|nicer)"
    r"\b.*\bthan\b|^(?:却|还|反而|反倒)?比(?:我|我们)?(?:预|想|以前|之前|原来|别|说好|承诺|约定)",
    re.IGNORECASE,
)
#: Distance of a trend from none, in standard errors, that is called rising or falling (1 in 100).
_TREND = 2.576
_FEWEST_DATED = 10
#: Two groups that share this part of their clauses say the same.
_SAME = 0.8


@dataclass(frozen=True)
class PainPoint:
    """One thing that customers complain about or wish for.

    Attributes
    ----------
    theme : Text
        What it is about, in both languages; a word found in the texts stands as it is.
    kind : {"need", "complaint"}
        A stated wish or a complaint (words for a reader in :data:`KINDS`).
    mentions : int
        Distinct texts that say so.
    mean_sentiment : float
        Mean sentiment of those texts as a whole, -1 to 1.
    trend : {"rising", "falling", "steady"} or None
        Whether the share of texts that say so changes over time (:data:`TRENDS`); None without
        dates, or with fewer than ten dated texts.
    example : str
        The most telling clause.
    often_with : tuple of str
        Words of opinion that often stand beside it.
    share : float
        `mentions` as a part of all texts read, 0 to 1.
    rows : tuple of int
        The places of those texts among the texts that came in.
    """

    theme: Text
    kind: Kind
    mentions: int
    mean_sentiment: float
    trend: Trend | None
    example: str
    often_with: tuple[str, ...] = ()
    share: float = 0.0
    rows: tuple[int, ...] = ()


def pain_points(
    texts: Sequence[str | None], n: int = 10, dates: Sequence[Any] | None = None
) -> list[PainPoint]:
    """What customers complain about and wish for.

    Clauses that sound negative or state a wish are gathered by what they are about: listed themes
    with their synonyms in Chinese and English, words that these texts use often, that stand together
    like one word and that an opinion often follows, and common nouns that several of them share. A
    clause that names none of these stands under a noun of its own. A text counts once per theme.

    Parameters
    ----------
    texts : sequence of str or None, shape (m,)
        Feedback; empty, repeated and machine-written texts are left out (see
        :func:`csm_xl.feedback.clean`).
    n : int, default 10
        At most this many, the most mentioned first.
    dates : sequence, shape (m,), optional
        When each text was written: dates, datetimes, numpy dates or numbers of days; None where it
        is not known.

    Returns
    -------
    list of PainPoint

    Raises
    ------
    CsmError
        If `dates` has another length than `texts`, or `n` is less than 1.
    """
    if n < 1:
        raise CsmError("The number of pain points must be at least 1.", "痛点的个数至少为 1。")
    if dates is not None and len(dates) != len(texts):
        raise CsmError(
            f"There are {len(texts)} texts but {len(dates)} dates. Give one date per text.",
            f"有 {len(texts)} 段文字，却有 {len(dates)} 个日期。请为每段文字提供一个日期。",
        )
    cleaned = clean(texts)
    clauses = cut(cleaned.texts)
    if not clauses.texts:
        return []
    folded = fold(clauses.distinct)
    feelings = evidence(folded)
    score, languages = score_folded(clauses.distinct, folded, feelings)
    english = languages == "en"
    complains = np.where(english, score < _ENGLISH, _complains(feelings, score))
    complains, score = complains[clauses.form], score[clauses.form]
    complains = _granted_value(clauses, complains, score)
    whole = _Whole(cleaned.texts, clauses, score)
    complains |= _somewhere(whole, clauses, complains, score, feelings, english)
    complains &= ~clauses.wish
    named = find_themes(
        clauses, folded, feelings.judging, complains | clauses.wish, score > _PRAISE
    )
    named = _by_its_words(named, clauses, folded, feelings, complains)
    themes, heirs = _with_lead_ins(named, clauses, feelings)
    found = [
        *_particular(_gathered("complaint", complains, themes, clauses), themes, clauses),
        *_particular(_gathered("need", clauses.wish, themes, clauses), themes, clauses),
    ]
    found.sort(key=lambda group: (-len(group.reviews), group.kind, group.theme))
    days = None if dates is None else np.array([_day(dates[row]) for row in cleaned.rows])
    found = found[:n]
    shown = np.unique(np.concatenate([group.clauses for group in found])) if found else heirs
    if found:
        # All at once: reading few texts costs hardly less than reading many.
        whole.scores(np.unique(np.concatenate([group.reviews for group in found])))
    quotes = quotes_of(clauses, heirs, shown)
    themes_in = np.bincount(named.clause, minlength=len(score))
    opinions = opinions_of(clauses, folded, feelings, shown)
    strange = foreign(clauses, folded)
    return [
        PainPoint(
            theme=themes.names[group.theme],
            kind=group.kind,
            mentions=len(group.reviews),
            mean_sentiment=float(whole.scores(group.reviews).mean()),
            trend=None if days is None else _trend(days, group.reviews),
            example=example(group.clauses, themes_in, quotes, score, strange),
            often_with=often_with(clauses.form[group.clauses], opinions),
            share=len(group.reviews) / len(cleaned.texts),
            rows=tuple(cleaned.rows[i] for i in group.reviews.tolist()),
        )
        for group in found
    ]


@dataclass(frozen=True)
class _Group:
    """The clauses, and the reviews, that say one kind of thing about one theme."""

    kind: Kind
    theme: int
    clauses: np.ndarray
    reviews: np.ndarray


def _gathered(kind: Kind, says: np.ndarray, themes: Themes, clauses: Clauses) -> list[_Group]:
    kept = says[themes.clause]
    clause, theme = themes.clause[kept], themes.theme[kept]
    order = np.argsort(theme, kind="stable")
    numbers, begin = np.unique(theme[order], return_index=True)
    return (
        [
            _Group(kind, int(number), own, np.unique(clauses.review[own]))
            for number, own in zip(numbers, np.split(clause[order], begin[1:]), strict=True)
        ]
        if numbers.size
        else []
    )


def _particular(groups: list[_Group], themes: Themes, clauses: Clauses) -> list[_Group]:
    """The groups without clauses that a group of the texts' own words says more plainly.

    Where nearly all that is filed under delivery asks for brewing instructions in the parcel, it is
    about brewing instructions.
    """
    own = [g for g in groups if themes.names[g.theme].en == themes.names[g.theme].zh]
    out = [*own]
    sets = [set(group.clauses.tolist()) for group in own]
    for group in groups:
        if themes.names[group.theme].en == themes.names[group.theme].zh:
            continue
        left = group.clauses
        clauses_of = set(left.tolist())
        for other in sets:
            if len(other) < _SAME * len(clauses_of) or len(clauses_of) < _SAME * len(other):
                continue
            if len(clauses_of & other) >= _SAME * max(len(other), len(clauses_of)):
                left = left[~np.isin(left, list(other))]
        if len(left) == len(group.clauses):
            out.append(group)
        elif len(left):
            out.append(_Group(group.kind, group.theme, left, np.unique(clauses.review[left])))
    return out


def _complains(feelings: Evidence, score: np.ndarray) -> np.ndarray:
    balance = feelings.positive - feelings.negative + feelings.faces
    # The learned weights know which things are praised more often than others (早餐, 位置), which
    # must not hide a plain 早餐一般.
    # Praise that an emoji turns is no praise: 真是贴心🙃.
    unkind = (balance <= 0) | (feelings.faces < 0)
    return np.where(balance < _COLOUR, score < _DOUBTFUL, unkind & (score < _CERTAIN))


def _granted_value(clauses: Clauses, complains: np.ndarray, score: np.ndarray) -> np.ndarray:
    """The complaints without what the next clause takes back.

    That is a price that it calls worth it (not cheap, but worth it), and anything that it compares
    to the better (two days later, faster than expected).
    """
    out = complains.copy()
    for i in np.flatnonzero(complains[:-1] & clauses.goes_on[1:]).tolist():
        if score[i + 1] > 0 and _WORTH.search(clauses.texts[i + 1]):
            out[i] = not _PRICE.search(clauses.texts[i])
        elif score[i + 1] > 0 and _BETTER.search(clauses.texts[i + 1]):
            out[i] = False
    return out


class _Whole:
    """The sentiment of texts as a whole, of those that somebody asks for."""

    def __init__(self, texts: Sequence[str], clauses: Clauses, score: np.ndarray) -> None:
        self._texts = texts
        self._scores = np.full(len(texts), np.nan)
        # A text that is one clause has been read; what ends with an emoji may mock as a whole.
        for review, clause, told in zip(
            clauses.review.tolist(), clauses.texts, score.tolist(), strict=True
        ):
            if texts[review] == clause and clause[-1].isalnum():
                self._scores[review] = told

    def scores(self, reviews: np.ndarray) -> np.ndarray:
        """The scores of some of the texts."""
        new = reviews[np.isnan(self._scores[reviews])]
        self._scores[new] = score_cleaned([self._texts[i] for i in new.tolist()])
        return self._scores[reviews]


def _somewhere(
    whole: _Whole,
    clauses: Clauses,
    complains: np.ndarray,
    score: np.ndarray,
    feelings: Evidence,
    english: np.ndarray,
) -> np.ndarray:
    """The most negative clause of each review that complains as a whole and in no clause."""
    out = np.zeros(len(score), dtype=bool)
    form, faces = clauses.form, feelings.faces[clauses.form]
    silent = np.zeros(clauses.review[-1] + 1, dtype=bool)
    silent[clauses.review[(score < 0) | (faces != 0)]] = True
    review, first, number = np.unique(clauses.review, return_index=True, return_counts=True)
    # Several clauses, each too faint to have a side, may have one together.
    silent[review[(np.maximum.reduceat(score, first) <= 0) & (number > 1)]] = True
    silent[clauses.review[complains | clauses.wish]] = False
    doubtful = np.flatnonzero(silent)
    limit = np.full(silent.size, _AS_A_STORY)
    limit[clauses.review[english[form] | (feelings.negative[form] > 0) | (faces < 0)]] = _AS_A_WHOLE
    silent[doubtful] = whole.scores(doubtful) < limit[doubtful]
    order = np.lexsort((score, clauses.review))
    review, first = np.unique(clauses.review[order], return_index=True)
    out[order[first[silent[review]]]] = True
    return out


def _by_its_words(
    themes: Themes, clauses: Clauses, folded: Folded, feelings: Evidence, complains: np.ndarray
) -> Themes:
    """Name a complaint of which no clause names anything by its strongest word of blame."""
    told = np.zeros(int(clauses.review[-1]) + 1, dtype=bool)
    told[clauses.review[themes.clause]] = True
    silent = complains & ~told[clauses.review]
    joined = folded.codes.astype("<u2").tobytes().decode("utf-16-le")
    best: dict[int, tuple[float, str]] = {}
    row = folded.row[feelings.start]
    wanted = np.zeros(folded.n, dtype=bool)
    wanted[clauses.form[silent]] = True
    for at in np.flatnonzero(wanted[row]).tolist():
        word = joined[feelings.unit[at] : feelings.end[at]]
        value = abs(strength(joined[feelings.start[at] : feelings.end[at]]))
        if len(word) > 1 and value > best.get(int(row[at]), (0.0, ""))[0]:
            best[int(row[at])] = (value, word)
    names = list(themes.names)
    known = {name.zh: number for number, name in enumerate(names)}
    blamed = [i for i in np.flatnonzero(silent).tolist() if int(clauses.form[i]) in best]
    words = [best[int(clauses.form[i])][1] for i in blamed]
    for word in words:
        if known.setdefault(word, len(names)) == len(names):
            names.append(Text(word, word))
    return Themes(
        names,
        np.append(themes.clause, np.array(blamed, dtype=np.int64)),
        np.append(themes.theme, np.array([known[word] for word in words], dtype=np.int64)),
    )


def _with_lead_ins(
    themes: Themes, clauses: Clauses, feelings: Evidence
) -> tuple[Themes, np.ndarray]:
    """Give a clause without a theme the theme that the short clause before it announced.

    Returns the themes and the clauses that inherited one.
    """
    silent = (feelings.positive + feelings.negative == 0)[clauses.form]
    named = np.zeros(len(clauses.texts), dtype=bool)
    named[themes.clause] = True
    short = (np.array(list(map(len, clauses.distinct))) <= LEAD_IN)[clauses.form]
    heirs = (
        np.flatnonzero(~named[1:] & clauses.goes_on[1:] & named[:-1] & (short & silent)[:-1]) + 1
    )
    inherits = np.isin(themes.clause + 1, heirs)
    more = Themes(
        themes.names,
        np.append(themes.clause, themes.clause[inherits] + 1),
        np.append(themes.theme, themes.theme[inherits]),
    )
    return more, heirs


def _trend(days: np.ndarray, reviews: np.ndarray) -> Trend | None:
    """Cochran-Armitage test of the share of texts over time."""
    dated = np.isfinite(days)
    if dated.sum() < _FEWEST_DATED:
        return None
    says = np.zeros(days.size)
    says[reviews] = 1.0
    day, says = days[dated] - days[dated].mean(), says[dated]
    share = says.mean()
    spread = math.sqrt(share * (1 - share) * float(day @ day))
    if spread == 0:
        return "steady"
    z = float(day @ says) / spread
    return "rising" if z > _TREND else "falling" if z < -_TREND else "steady"


def _day(value: Any) -> float:
    """A date as a number of days; NaN where there is none."""
    if value is None or isinstance(value, str):
        return math.nan
    if isinstance(value, np.datetime64):
        days = (value - np.datetime64("1970-01-01")) / np.timedelta64(1, "D")
        return float(days)
    if hasattr(value, "toordinal"):
        try:
            return float(value.toordinal())
        except ValueError:  # pandas' NaT has the method and no day
            return math.nan
    return float(value)
