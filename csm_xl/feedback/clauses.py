"""Reviews cut into clauses, and the clauses in which a customer wishes for something."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

_MARKS = r"，。！？；：、,!?;:\n…~～"
#: A turn begins a clause of its own: 环境不错但是上菜慢, great food but slow service.
#: It begins with one of a few characters, which is looked for first.
_TURN = (
    r"[\s但不可然只就](?:(?<=\s)(?=[-–—][^\S\n]"
    r"|(?:but|however|except|although|though|unfortunately)[^\S\n])"
    r"|(?<=[\u4e00-\u9fff]但)(?!愿|凡)|(?<=[\u4e00-\u9fff]不)过|(?<=[\u4e00-\u9fff]可)[是惜]"
    r"|(?<=[\u4e00-\u9fff]然)而|(?<=[\u4e00-\u9fff]只)可惜"
    r"|(?<=[\u4e00-\u9fff]就)是(?=[^\u4e00-\u9fff\n]|有点|太|贵|有些|稍))"
)
#: What a clause does not begin with.
_LEAD = re.compile(rf"[\s.{_MARKS}]*")
_TURNS = re.compile(_TURN)
_ENDS = re.compile(rf"[{_MARKS}]|\.(?![\d.])|{_TURN}")
#: A condition and its answer are one wish: 要是早餐花样多一点，就更好了。
_CONDITION = re.compile(
    r"(?:要是|如果|假如|若是|倘若)[^。！？!?\n]{1,40}?"
    r"就(?:更|会更|会|很|太|非常)*(?:好|完美|棒|满意|理想)了?"
)
_IF = re.compile("要是|如果|假如|若是|倘若")
#: What is cut off a clause at its ends.
_EDGES = " \t-–—\"'“”()（）[]【】."
_SENTENCE_END = re.compile(r"[。！？!?\n…]|\.(?!\d)")

_WISH = re.compile(
    r"""希望(?!大家|各位|朋友|后来|对大家|能帮) | 期望 | 盼望 | 期盼 | 但愿
      | 能不能 | 能否 | 可不可以 | 可否 | 是否(?:可以|能) | 是不是(?:可以|应该|能)
      | (?:要是|如果|假如|若是|倘若).{0,60}?(?:就好|更好|更完美|完美了|就完美|更满意|太好了|更棒)
      | (?:再|更|多|能|稍微).{0,8}(?:就好了|就更好|会更好|更好了|就完美了|就太好了)
      | (?<!强烈)建议(?!大家|各位|朋友|后来|不要|别|有|去|来|住|选|买|预|你|携程|慎|千万|以后|下次)
      | 最好(?:能|是能|可以|再|加|有|多|改|把|提供|配)
      | 应(?:该|当)?(?:要|再)?(?:加强|改进|改善|提高|增加|加|改|多|提供|配备|配|换|更换|重视|完善)
      | (?:有待|急需|亟待|需要|需|还需|应当|应)(?:进一步)?(?:提高|改进|改善|加强|完善|提升|增加|更新)
      | 什么时候(?:能|可以|出|有|上) | (?:想要|巴不得|恳请|恳求|跪求) | 求(?:出|加|个|上|增|改)
      | (?:可以|可)(?:考虑|增加|再加|再多|改进|改成|多加) | 请(?:尽快|改|加强|增|提高)
      | (?<!how\ )(?<!why\ )(?<!what\ )\b(?:could|can|would)\ (?:you|we|they|it|this)\b
        (?!\ believe|\ imagine|\ not\ |\ be\ worse)
      | \bwould\ (?:be\ (?:nice|great|good|better|helpful|lovely|perfect|useful|awesome)|like|love)
      | \bwish\b | \bif\ only\b | \b(?:i|we)\ hope\b | \bhopefully\b | \bhoping\b
      | \bshould\ (?:be|have|add|offer|include|allow|provide|come|make|let|at\ least|really)\b
      | \bneeds?\ (?:to\ (?:be|have|add|improve|include|offer|work|get)|more|an?\b|better|some|improv)
      | \b(?:please|pls)\ (?:add|make|fix|improve|bring|consider|allow|let|offer|include|give|support)
      | \bwhy\ (?:can't|not|don't\ you|isn't\ there|is\ there\ no)\b | \bany\ chance\b
      | \bis\ there\ (?:a|any)\ way\b | \b(?:suggest|suggestion|request|requesting|feature\ request)\b
      | \blooking\ forward\ to\ (?:a|the|more|seeing)\b | \bwhen\ will\b
      | \bmissing\ an?\ (?:option|feature|way|button|mode|setting)\b | \b(?:lacks?|lacking)\b
      | \bwould\ (?:really\ |also\ )?(?:love|like)\ (?!to\ thank) | \bwould\ have\ (?:liked|preferred|loved|been\ (?:nice|better|great))
    """,
    re.VERBOSE | re.IGNORECASE,
)

#: What every wish holds, so that most clauses are done with at a glance.
_HINT = re.compile(
    "希望|期[望盼]|盼望|但愿|能[不否]|可[不否以考增再改多]|是[否不]|要是|如果|假如|若是|倘若|就[好更完太]|更好"
    "|建议|最好|应|需|有待|亟待|什么时候|想要|巴不得|恳|求|请"
    "|could|can|would|wish|if only|hop|should|need|please|pls|why|any chance|is there|suggest"
    "|request|looking forward|when will|missing|lack"
)

#: Advice to other customers and questions that were asked on the spot look like wishes.
_NO_WISH = re.compile(
    r"建议.{0,12}(?:朋友|大家|各位|不要|别)|(?:任何|的|些|提出?)建议"
    r"|(?:问|询问|商量|咨询).{0,15}(?:是否|能否|能不能|可否|可不可以)"
)


@dataclass(frozen=True)
class Clauses:
    """The clauses of several reviews, one after the other.

    Attributes
    ----------
    texts : list of str, shape (m,)
    distinct : list of str, shape (k,)
        The same clauses, each once: what many customers say in the same words is read once.
    form : array of int, shape (m,)
        Which of the distinct clauses each clause is.
    review : array of int, shape (m,)
        The review that a clause belongs to.
    wish : array of bool, shape (m,)
        Whether it states a wish.
    goes_on : array of bool, shape (m,)
        Whether it continues the sentence of the clause before.
    """

    texts: list[str]
    distinct: list[str]
    form: np.ndarray
    review: np.ndarray
    wish: np.ndarray
    goes_on: np.ndarray

    def reviews(self) -> int:
        """The number of reviews that have a clause."""
        return int(np.count_nonzero(np.diff(self.review, prepend=-1)))


def cut(reviews: Sequence[str]) -> Clauses:
    """Cut reviews at punctuation."""
    conditional, wishing = _reviews_with(reviews, _IF, _HINT)
    texts, review, goes_on = _all_at_once(
        ["" if i in conditional else whole for i, whole in enumerate(reviews)]
    )
    singly = [_one_by_one(i, reviews[i]) for i in sorted(conditional)]
    texts += [text for own, _, _ in singly for text in own]
    review = np.concatenate([review, *(number for _, number, _ in singly)])
    goes_on = np.concatenate([goes_on, *(flags for _, _, flags in singly)])
    order = np.argsort(review, kind="stable")
    texts = [texts[i] for i in order.tolist()]
    review = review[order]
    place: dict[str, int] = {}
    form = np.array([place.setdefault(text, len(place)) for text in texts], dtype=np.int64)
    distinct = list(place)
    wishes = np.zeros(len(reviews), dtype=bool)
    wishes[list(wishing)] = True
    wish = np.zeros(len(distinct), dtype=bool)
    for i in np.unique(form[wishes[review]]).tolist():
        wish[i] = states_wish(distinct[i])
    return Clauses(texts, distinct, form, review, wish[form], goes_on[order])


def _reviews_with(reviews: Sequence[str], *patterns: re.Pattern[str]) -> list[set[int]]:
    """For each pattern the reviews in which it is found, searched as one text, which is fast."""
    lower = [whole.lower() for whole in reviews]
    begin = np.cumsum([0, *(len(whole) + 1 for whole in lower)])
    joined = "\n".join(lower)
    out = []
    for pattern in patterns:
        found = [told.start() for told in pattern.finditer(joined)]
        out.append(set((np.searchsorted(begin, found, side="right") - 1).tolist()))
    return out


def _all_at_once(reviews: Sequence[str]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The clauses of reviews without conditions, the review of each, and whether it goes on.

    All reviews are one row of characters with a mark behind each.
    """
    joined = "\n".join([*reviews, ""])
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    kind = _kinds()[np.minimum(points, 0xFFFF)]
    following = np.append(kind[1:], 0)
    full_stop = (kind & _DOT > 0) & (following & (_DOT | _DIGIT) == 0)
    marks = np.flatnonzero((kind & _MARK > 0) | full_stop)
    turns = np.array([told.start() for told in _TURNS.finditer(joined)], dtype=np.int64)
    bounds = np.sort(np.concatenate([marks, turns]))
    said = np.flatnonzero(kind & (_MARK | _SPACE | _DOT) == 0)
    # A clause begins with the first character behind a bound that says something.
    before = np.searchsorted(bounds, said, side="right")
    first = np.append(True, before[1:] != before[:-1])[: said.size]
    begin, end = said[first], bounds[before[first]]
    texts = [joined[i:j].strip(_EDGES) for i, j in zip(begin.tolist(), end.tolist(), strict=True)]
    kept = np.array(list(map(bool, texts)), dtype=bool)
    begin, end = begin[kept], end[kept]
    length = np.array([len(review) + 1 for review in reviews], dtype=np.int64)
    review = np.searchsorted(np.cumsum(length), begin, side="right")
    ends = (kind & _END > 0) | ((kind & _DOT > 0) & (following & _DIGIT == 0))
    # A point before a clause that begins with a digit belongs to what is before: 好. .5
    ends[begin - 1] |= (begin > 0) & (kind[begin - 1] & _DOT > 0)
    ended = np.append(0, np.cumsum(ends))
    goes_on = np.zeros(begin.size, dtype=bool)
    goes_on[1:] = (review[1:] == review[:-1]) & (ended[begin[1:]] == ended[end[:-1]])
    return list(filter(None, texts)), review, goes_on


_SPACE, _DOT, _DIGIT, _MARK, _END = (1 << i for i in range(5))


@cache
def _kinds() -> np.ndarray:
    """What each character of the basic plane is to a clause."""
    characters = list(map(chr, range(0x10000)))
    kind = np.zeros(0x10000, dtype=np.uint8)
    kind[[c.isspace() for c in characters]] |= _SPACE
    kind[[c.isdecimal() for c in characters]] |= _DIGIT
    kind[ord(".")] |= _DOT
    mark = re.compile(f"[{_MARKS}]")
    kind[[mark.match(c) is not None for c in characters]] |= _MARK
    kind[[_SENTENCE_END.match(c) is not None and c != "." for c in characters]] |= _END
    return kind


def _one_by_one(number: int, whole: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The same for one review with a condition, which goes beyond a comma."""
    length = len(whole)
    begin = _LEAD.match(whole).end()  # type: ignore[union-attr]
    last = -1
    texts: list[str] = []
    goes_on: list[bool] = []
    while begin < length:
        told = _CONDITION.match(whole, begin)
        if told:
            end = told.end()
        else:
            found = _ENDS.search(whole, begin + 1)
            end = found.start() if found else length
        text = whole[begin:end].strip(_EDGES)
        if text:
            texts.append(text)
            goes_on.append(last >= 0 and not _SENTENCE_END.search(whole[last:begin]))
            last = end
        begin = _LEAD.match(whole, end).end()  # type: ignore[union-attr]
    return texts, np.full(len(texts), number), np.array(goes_on, dtype=bool)


def states_wish(clause: str) -> bool:
    """Whether a clause states a wish: "could you", "I wish", 希望, 能不能, 要是…就好了."""
    return (
        _HINT.search(clause.lower()) is not None
        and _WISH.search(clause) is not None
        and _NO_WISH.search(clause) is None
    )
