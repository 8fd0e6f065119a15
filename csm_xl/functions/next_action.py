"""The playbook's answer for each customer, whatever the cells hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from csm_xl.churn.risk import risk_levels
from csm_xl.company.playbook import Rule, choose
from csm_xl.errors import COM_ERRORS, TAG, CellError, CsmError, PassedError, tagged
from csm_xl.functions.rows import upright
from csm_xl.language import Language, Text
from csm_xl.vocabulary.argument_names import quoted_argument
from csm_xl.vocabulary.cell_readers import LEVEL, SHARE, Reader
from csm_xl.vocabulary.cells import Rows, align, is_blank, rows_of
from csm_xl.vocabulary.words import RISKS, STAGES

#: Ratings below this are a reason of their own, where the reason does not speak of another.
_LOW_RATING = 3.0
_DISSATISFIED = Text("The average rating is low", "平均评分低")


def answers(
    rules: list[Rule],
    limits: list[float],
    lang: Language,
    churn_probability: Any,
    stage: Any,
    reason: Any,
    satisfaction: Any,
) -> Rows:
    """One action for each customer; a single cell beside columns is for everybody.

    Parameters
    ----------
    rules : list of Rule
    limits : list of float
        From which probability the risk is medium, and high.
    lang : {"en", "zh"}
    churn_probability, stage, reason, satisfaction : cells of one column

    Returns
    -------
    n rows of one text
    """
    chances = _numbers(churn_probability, SHARE, "churn_probability")
    ratings = _numbers(satisfaction, LEVEL, "satisfaction")
    stages, reasons = _column(stage, "stage"), _column(reason, "reason")
    columns = (chances, stages, reasons, ratings)
    n = min((len(cells) for cells in columns if len(cells) > 1), default=1)
    return [
        [_answer(rules, limits, lang, *(c[0] if len(c) == 1 else c[i] for c in columns))]
        for i in range(n)
    ]


def _answer(
    rules: list[Rule],
    limits: list[float],
    lang: Language,
    chance: float | CsmError,
    stage: Any,
    reason: Any,
    rating: float | CsmError,
) -> str:
    """The action for one customer; ``""`` without a probability, a tagged text for an error."""
    if isinstance(chance, CsmError):
        return tagged(chance.excel, str(chance))
    if isinstance(rating, CsmError):
        return tagged(rating.excel, str(rating))
    for cell in (stage, reason):
        if type(cell) is int and cell in COM_ERRORS:
            return tagged(COM_ERRORS[cell], str(PassedError(COM_ERRORS[cell])))
    if np.isnan(chance):
        return ""
    key = "" if is_blank(stage) else STAGES.key(stage)
    if key is None:
        problem = _no_stage(stage)
        return tagged(problem.excel, str(problem))
    text = "" if is_blank(reason) else str(reason)
    if rating < _LOW_RATING and not _particular(rules, text):
        text = _DISSATISFIED.within(lang)
    risk = RISKS.keys[int(risk_levels(np.array([chance]), *limits)[0])]
    rule = choose(rules, key, risk, text)
    return "" if rule is None else rule.action.replace(TAG, " ")


def _numbers(cells: Any, reader: Reader, argument: str) -> list[float | CsmError]:
    """The cells of one column as numbers, the error for what cannot be read."""
    read = align(tuple((cell,) for cell in _column(cells, argument)), reader, argument)
    values: list[float | CsmError] = list(read.values[:, 0])
    for (row, _), problem in read.problems.items():
        values[row] = problem
    return values


def _column(cells: Any, argument: str) -> list[Any]:
    """The cells of one column; a row of cells is taken as one customer each."""
    rows = rows_of(upright(cells))
    if any(len(row) != 1 for row in rows):
        raise CellError(
            f"{argument} has several columns. Choose one column.",
            f"{quoted_argument(argument).zh}有多列，请只选一列。",
        )
    return [row[0] for row in rows]


def _particular(rules: list[Rule], reason: str) -> bool:
    """Whether the playbook has something to say on this very reason."""
    said = reason.casefold()
    return any(word.casefold() in said for rule in rules for word in rule.words)


def _no_stage(cell: Any) -> CsmError:
    return CellError(
        f"“{cell}” is no lifecycle stage. Use one of {', '.join(STAGES.within('en'))}.",
        f"“{cell}”不是生命周期阶段，应为 {'、'.join(STAGES.within('zh'))} 之一。",
    )
