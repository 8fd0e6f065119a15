"""The playbook as rules: for a stage, a risk and a main reason, what to do and how soon."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from csm_xl.errors import NoModelError

#: How soon to act where the owner left it blank.
DAYS = 14
#: The risk of who left already.
LEFT = "left"
_SEPARATORS = re.compile(r"[,，、;；]")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the playbook.

    Attributes
    ----------
    stage, risk : str
        Keys of the lifecycle stages and of the risks; ``""`` is any. The risk :data:`LEFT` is for
        customers who left and may be won back; no other rule is.
    words : tuple of str
        One of these must occur in the main reason; empty is any reason.
    action : str
        What to do, in the owner's words.
    days : int
        Within how many days.
    """

    stage: str
    risk: str
    words: tuple[str, ...]
    action: str
    days: int

    def fits(self, stage: str, risk: str, reason: str) -> bool:
        """Whether a customer is in this situation."""
        said = reason.casefold()
        return (
            self.stage in ("", stage)
            and (self.risk == risk or (not self.risk and risk != LEFT))
            and (not self.words or any(word.casefold() in said for word in self.words))
        )


def words_of(cell: str) -> tuple[str, ...]:
    """The words of a cell, parted by commas of either script."""
    return tuple(word.strip() for word in _SEPARATORS.split(cell) if word.strip())


def choose(
    rules: Sequence[Rule], stage: str, risk: str, reason: str, avoid: str = ""
) -> Rule | None:
    """The first rule that fits and does not repeat what was suggested last.

    Parameters
    ----------
    rules : sequence of Rule
        From the particular to the general, as the owner ordered them.
    stage, risk : str
        Keys; ``""`` where they are not known.
    reason : str
        The main reason in words; ``""`` where there is none.
    avoid : str
        The action that was suggested last; never suggested twice in a row.

    Returns
    -------
    Rule or None
        None when no rule fits, or only the one to avoid.
    """
    last = " ".join(avoid.split())
    for rule in rules:
        if rule.fits(stage, risk, reason) and " ".join(rule.action.split()) != last:
            return rule
    return None


def repeats(
    rules: Sequence[Rule], stage: str, risk: str, sought: Sequence[str], done: Iterable[str]
) -> bool:
    """Whether what the playbook says first for a reason was suggested to the customer before."""
    rule = choose(rules, stage, risk, " ".join(sought))
    before = {" ".join(action.split()) for action in done}
    return rule is not None and " ".join(rule.action.split()) in before


def to_json(rules: Iterable[Rule]) -> str:
    """The rules as JSON text, for the record that functions in a cell read."""
    plain = [[r.stage, r.risk, list(r.words), r.action, r.days] for r in rules]
    return json.dumps({"rules": plain}, ensure_ascii=False)


def from_json(text: str) -> list[Rule]:
    """Read back what :func:`to_json` wrote.

    Raises
    ------
    NoModelError
        When the text is something else.
    """
    try:
        return [
            Rule(str(stage), str(risk), tuple(map(str, words)), str(action), int(days))
            for stage, risk, words, action, days in json.loads(text)["rules"]
        ]
    except (KeyError, TypeError, ValueError):
        raise NoModelError(
            "The playbook that csm-xl keeps in this workbook is damaged. Click Refresh to store "
            "it anew.",
            "csm-xl 存放在本工作簿中的行动手册已损坏，请点击“刷新”重新保存。",
        ) from None
