"""The rules that a new workbook begins with, for whoever has no playbook of their own yet."""

from __future__ import annotations

from csm_xl.company.playbook import Rule, words_of
from csm_xl.language import Language
from csm_xl.vocabulary.playbook_rows import first_playbook
from csm_xl.vocabulary.words import ACTION_RISKS, BUSINESSES, STAGES

_BUSINESS = "shop"


def first_rules(business: object, lang: Language) -> list[Rule]:
    """The first playbook as rules.

    Parameters
    ----------
    business : object
        What the setting of that name holds; a shop where it is blank or unknown.
    lang : {"en", "zh"}
    """
    key = BUSINESSES.key(business) or _BUSINESS
    return [
        Rule(
            STAGES.key(row["stage"]) or "",
            ACTION_RISKS.key(row["risk"]) or "",
            words_of(row["reason"]),
            row["action"],
            row["days"],
        )
        for row in first_playbook(key, lang)
    ]
