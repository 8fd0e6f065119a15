"""Feedback texts worth reading: what is kept, what was dropped and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache

import numpy as np

from csm_xl.feedback.characters import END, Folded, fold, unmarked
from csm_xl.language import Text


class Dropped(Enum):
    """Why a text was dropped."""

    EMPTY = Text("empty", "空白")
    MACHINE = Text("written by a machine", "系统自动生成")
    NO_WORDS = Text("no words, only digits or punctuation", "没有文字，只有数字或标点")
    ONE_CHARACTER = Text("a single character", "只有一个字")
    REPEATED = Text("one character over and over", "同一个字重复")
    DUPLICATE = Text("said before in the same words", "与前面的文字重复")


_SUMMARY = Text("{kept} of {total} texts read", "共 {total} 段文字，读取 {kept} 段")
_REASON = Text("{reason}: {count}", "{reason}：{count} 段")

# What shops and survey tools write in the customer's place.
_MACHINE = re.compile(
    r"""(?:此|该|本|这位)?(?:用户|买家|顾客|客户|会员|评价方|学员|乘客)?
        (?:暂时|暂|尚|还|超时|在规定时间内|未及时|没有及时)*
        (?:没有?|未|并未|未能)(?:及时)?(?:填写|做出|作出|给出|发表|写下|提交|进行|留下|任何)+
        (?:任何|文字|具体|有效)*(?:评价|评论|内容|意见|反馈|文字|点评|评语)(?:内容)?
      | (?:系统)?(?:默认|自动)(?:给出|给予|为)?(?:好评|评价|五星|5星|五星好评|评论)+
      | 评价方未及时做出评价系统默认好评
      | (?:此|该)?(?:用户|买家|顾客|客户)?(?:超时|逾期)?(?:未评价|未填写|已默认好评)
      | (?:无|暂无|没有|空)(?:评价|评论|内容|反馈)
      | (?:该|此)(?:评论|评价|条评论|条评价|内容)(?:已被|已|被)(?:删除|隐藏|折叠|屏蔽|系统删除)
      | (?:测试|test|testing|asdf\w*|qwer\w*|lorem\s?ipsum.*)\d*
      | no\ (?:comments?|reviews?|feedback|text|answer)(?:\ (?:left|given|provided|was\ left))?
      | (?:this|the)\ (?:user|customer|buyer|reviewer)\ (?:did\ not|didn't|has\ not|hasn't)
        \ (?:leave|write|provide|left|written|provided)\ (?:a|any)\ (?:comment|review|feedback).*
      | (?:automatic|default|auto)[\ -]?(?:positive\ )?(?:review|rating|feedback|reply).*
      | n/?a | none | null | nil | nan | undefined | \#n/a | blank | \[?deleted\]? | \[removed\]
    """,
    re.VERBOSE,
)
_MOST_OF_A_MACHINE = 80
#: What every such text holds; most texts of customers are done with at a glance.
_CHINESE_HINT = re.compile("[评容见馈字填删隐折叠屏测星]")
_ENGLISH_HINT = re.compile(
    r"\W*(?:test|asdf|qwer|lorem|no |this |the |auto|default|n/?a\b"
    r"|none|null|nil|nan\b|undefined|blank|deleted|removed)",
    re.IGNORECASE,
)
#: What says nothing: all but letters, digits, emoji (see :func:`csm_xl.feedback.characters.fold`) and
#: other signs from U+2600 on; not the punctuation of Chinese.
_SIGNS = re.compile("[^\\w\u2601-\u2fff\u3040-\ufeff]|_")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


@dataclass(frozen=True)
class Cleaned:
    """Feedback texts that are worth reading.

    Attributes
    ----------
    texts : tuple of str, shape (k,)
        The customers' own words: without HTML, web addresses and the seller's reply.
    rows : tuple of int, shape (k,)
        The place of each kept text among the texts that came in.
    dropped : dict of Dropped to int
        How many texts were dropped for each reason; reasons that never applied are absent.
    """

    texts: tuple[str, ...]
    rows: tuple[int, ...]
    dropped: dict[Dropped, int]

    def report(self) -> tuple[Text, ...]:
        """What was kept, and what was dropped and why, one line each."""
        total = len(self.rows) + sum(self.dropped.values())
        lines = [_SUMMARY.fill(kept=len(self.rows), total=total)]
        lines += [_REASON.fill(reason=r.value, count=n) for r, n in self.dropped.items()]
        return tuple(lines)


def clean(texts: Sequence[str | None]) -> Cleaned:
    """Keep the texts in which a customer says something.

    Of several texts with the same letters and signs the first is kept. One letter, however often
    it is repeated, goes; an emoji stays.

    Parameters
    ----------
    texts : sequence of str or None, shape (n,)
    """
    kept: list[str] = []
    rows: list[int] = []
    counts: dict[Dropped, int] = {}
    seen: set[str] = set()
    given = [text if isinstance(text, str) else "" for text in texts]
    place: dict[str, int] = {}
    distinct = [place.setdefault(text, len(place)) for text in given]
    owns = [" ".join(unmarked(text).split()) for text in place]
    essences = _essences(owns)
    reasons = list(map(_why_dropped, owns, essences))
    for row, number in enumerate(distinct):
        own, essence, reason = owns[number], essences[number], reasons[number]
        if reason is None and essence in seen:
            reason = Dropped.DUPLICATE
        if reason is None:
            seen.add(essence)
            kept.append(own)
            rows.append(row)
        else:
            counts[reason] = counts.get(reason, 0) + 1
    ordered = {reason: counts[reason] for reason in Dropped if reason in counts}
    return Cleaned(tuple(kept), tuple(rows), ordered)


def is_machine_noise(text: str) -> bool:
    """Whether a shop or a survey tool wrote the text in the customer's place."""
    if len(text) > _MOST_OF_A_MACHINE or not _may_be_machine(text):
        return False
    return _MACHINE.fullmatch(_EDGES.sub("", text.lower())) is not None


def _why_dropped(own: str, essence: str) -> Dropped | None:
    if not own.strip():
        return Dropped.EMPTY
    if len(own) <= _MOST_OF_A_MACHINE and _by_machine(own):
        return Dropped.MACHINE
    if not essence:
        return Dropped.NO_WORDS
    # Folding leaves two of a run, so that longer ones have several letters.
    if len(essence) <= 2 and essence.isalpha():
        letters = [char for char in own.lower() if char.isalnum()]
        if len(letters) == 1:
            return Dropped.ONE_CHARACTER
        if len(set(letters)) == 1:
            return Dropped.REPEATED
    return None


def _by_machine(own: str) -> bool:
    if not _may_be_machine(own):
        return False
    if is_machine_noise(own) or (" " in own and is_machine_noise(own.replace(" ", ""))):
        return True
    parts = [part for part in re.split(r"[,，。;；!！]", own) if part.strip()]
    return len(parts) > 1 and all(is_machine_noise(part) for part in parts)


def _may_be_machine(text: str) -> bool:
    return (_CHINESE_HINT.search(text) or _ENGLISH_HINT.match(text)) is not None


def _essences(texts: list[str]) -> list[str]:
    """Letters and signs with a meaning of the folded texts; digits count only beside them."""
    folded = fold(texts)
    kept = Folded(folded.codes[_says()[folded.codes]], folded.row, folded.n).texts()
    return ["" if essence.isdigit() else essence for essence in kept]


@cache
def _says() -> np.ndarray:
    """Whether a folded character is a letter, a digit or a sign with a meaning."""
    says = np.array([_SIGNS.match(chr(code)) is None for code in range(0x10000)])
    says[END] = True
    return says
