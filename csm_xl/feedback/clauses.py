"""Reviews cut into clauses, and the clauses in which a customer wishes for something."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_MARKS = r"，。！？；：、,!?;:\n…~～"
#: A turn begins a clause of its own: 环境不错但是上菜慢, great food but slow service.
_TURN = (
    r"(?<=[\u4e00-\u9fff])(?:但是|不过|可是|然而|只可惜|可惜|就是(?=[^\u4e00-\u9fff]|有点|太|贵|有些|稍)|但(?!愿|凡))"
    r"|\s(?=(?:but|however|except|although|though|unfortunately)\s)"
)
#: What a clause does not begin with.
_LEAD = re.compile(rf"[\s.{_MARKS}]*")
_ENDS = re.compile(rf"[{_MARKS}]|\.(?![\d.])|\s(?=[-–—]\s)|{_TURN}")
#: A condition and its answer are one wish: 要是早餐花样多一点，就更好了。
_CONDITION = re.compile(
    r"(?:要是|如果|假如|若是|倘若)[^。！？!?\n]{1,40}?"
    r"就(?:更|会更|会|很|太|非常)*(?:好|完美|棒|满意|理想)了?"
)
_IF = re.compile("要是|如果|假如|若是|倘若")
_COMMAS = frozenset(("，", ",", "、", " ", ", "))
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
    review : array of int, shape (m,)
        The review that a clause belongs to.
    wish : array of bool, shape (m,)
        Whether it states a wish.
    goes_on : array of bool, shape (m,)
        Whether it continues the sentence of the clause before.
    """

    texts: list[str]
    review: np.ndarray
    wish: np.ndarray
    goes_on: np.ndarray


def cut(reviews: Sequence[str]) -> Clauses:
    """Cut reviews at punctuation."""
    texts: list[str] = []
    review: list[int] = []
    goes_on: list[bool] = []
    wish: list[bool] = []
    for number, whole in enumerate(reviews):
        last = -1
        wishes = _HINT.search(whole.lower()) is not None
        for start, end in _spans(whole):
            text = whole[start:end].strip(" \t-–—\"'“”()（）[]【】.")
            if text:
                texts.append(text)
                review.append(number)
                between = whole[last:start]
                goes_on.append(
                    last >= 0 and (between in _COMMAS or not _SENTENCE_END.search(between))
                )
                wish.append(wishes and states_wish(text))
                last = end
    return Clauses(
        texts,
        np.array(review, dtype=np.int64),
        np.array(wish, dtype=bool),
        np.array(goes_on, dtype=bool),
    )


def _spans(whole: str) -> list[tuple[int, int]]:
    """Where the clauses of a review begin and end."""
    conditional = _IF.search(whole) is not None
    out: list[tuple[int, int]] = []
    length = len(whole)
    begin = _LEAD.match(whole).end()  # type: ignore[union-attr]
    while begin < length:
        told = _CONDITION.match(whole, begin) if conditional else None
        if told:
            end = told.end()
        else:
            found = _ENDS.search(whole, begin + 1)
            end = found.start() if found else length
        out.append((begin, end))
        begin = _LEAD.match(whole, end).end()  # type: ignore[union-attr]
    return out


def states_wish(clause: str) -> bool:
    """Whether a clause states a wish: "could you", "I wish", 希望, 能不能, 要是…就好了."""
    return (
        _HINT.search(clause.lower()) is not None
        and _WISH.search(clause) is not None
        and _NO_WISH.search(clause) is None
    )
