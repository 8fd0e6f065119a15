"""Scores in the workbook: reading what they need, writing them, and saying what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from csm_xl import metrics
from csm_xl.churn.formula import ChurnFormula
from csm_xl.churn.risk import RISKS
from csm_xl.commands.looks import dressed_column
from csm_xl.commands.order_features import write_columns
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.session import Session
from csm_xl.commands.writing import record_columns, write_column
from csm_xl.company import scoring
from csm_xl.company.customers import customer_name, name_column
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.loyalty_programme import programme_of
from csm_xl.company.order_training import sheet_features
from csm_xl.company.results import model_reasons
from csm_xl.company.rule_health import rating_of
from csm_xl.company.scoring import Learned, Scored
from csm_xl.company.status_by_orders import TOO_NEW
from csm_xl.company.usage import KEYS
from csm_xl.language import Language, Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.words import SIGNALS, STATUSES

PROBABILITY_FORMAT, CORRECTION_FORMAT = "0.0%", "0.00"
USAGE_FORMAT = "0.0"
#: How many customers a message or a terminal lists.
LISTED = 10


def score(
    session: Session,
    table: HeaderTable,
    formula: ChurnFormula,
    records: Mapping[str, str],
    learned: Learned | None = None,
) -> Scored:
    """Score the customers without writing anything, so that a bad cell changes nothing.

    Parameters
    ----------
    session : Session
    table : HeaderTable
        The rows that the model is for.
    formula : ChurnFormula
    records : mapping of str to str
        The workbook's further models.
    learned : Learned, optional
        By a training that is not written yet; else the workbook says it.

    Raises
    ------
    CsmError
        Names the cell or the column that cannot be used.
    """
    company = session.company if formula.meta.get("label") == "orders" else None
    if company is None:
        return scoring.score_sheet(table, formula, session.settings, learned)
    return scoring.score(company, formula, records, session.language, learned)


def write_scored(session: Session, scored: Scored, formula: ChurnFormula | None) -> None:
    """Write probability and risk, and the further columns that the sheet has; else health by rule."""
    table, lang = scored.table, session.language
    if formula is None:
        write_health(session, scored)
        return
    if scored.company is not None:
        for key, title in sheet_features(scored.company).items():
            if title in formula.features and not table.declared:
                dressed_column(session, table, key, title)
        write_columns(session, scored.company, scored.columns)
    if scored.usage is not None:
        for key, (title, values) in zip(KEYS, scored.usage.columns.items(), strict=True):
            place = dressed_column(session, table, key, title)
            shown = [None if v != v else v for v in values.tolist()]
            write_column(session, table, place, shown, USAGE_FORMAT)
    days = formula.meta.get("horizon_days")
    declared = layout.table("customers")
    title = declared.column("churn_probability").title.within(lang)
    if days:
        # A probability means nothing without the time within which it is meant.
        title += f"（{days:g} 天内）" if lang == "zh" else f" (within {days:g} days)"
    place = dressed_column(session, table, "churn_probability", title)
    cells = [None if p != p else p for p in scored.probability.tolist()]
    write_column(session, table, place, cells, PROBABILITY_FORMAT)
    words = [risk.within(lang) for risk in RISKS]
    place = dressed_column(session, table, "risk", declared.column("risk").title.within(lang))
    write_column(
        session,
        table,
        place,
        [
            words[code] if code >= 0 else STATUSES.word(why, lang) if why else None
            for code, why in zip(scored.risk.tolist(), scored.status, strict=True)
        ],
    )
    if scored.correction is not None:
        title = declared.column("correction").title.within(lang)
        place = dressed_column(session, table, "correction", title)
        added = [
            None if p != p or more == 0.0 else more
            for p, more in zip(scored.probability.tolist(), scored.correction.tolist(), strict=True)
        ]
        write_column(session, table, place, added, CORRECTION_FORMAT)
    if not table.declared:
        _write_instead_of_rules(session, scored, formula)
    _write_brought(session, table)
    scored.records |= record_columns(session, table)


def _write_instead_of_rules(session: Session, scored: Scored, formula: ChurnFormula) -> None:
    """The columns of health by rule, where a list has them, say what the model says from now on."""
    table, lang = scored.table, session.language
    there = set(table.ours.values()) & set(_BY_RULE)
    if "signal" not in there:
        return
    blank = np.full(len(table.rows), np.nan)
    place = table.roles.place("rating")
    rating = blank if place is None else np.array(list(map(rating_of, table.cells(place))))
    satisfied = (rating - 1) / 4 if np.nanmax(rating, initial=0.0) <= 5 else rating / 10
    health = metrics.health(satisfied, blank, blank, scored.probability).values
    health = np.where(np.isnan(scored.probability), np.nan, np.round(health))
    _write_columns(
        session,
        table,
        {
            "health": [None if h != h else h for h in health.tolist()],
            "signal": _lights(scored, lang),
            "reasons": model_reasons(formula, scored.readings, scored.probability, lang),
        },
        {key: _BY_MODEL[key].within(lang) for key in there},
    )


def _write_brought(session: Session, table: HeaderTable) -> None:
    """How many customers each one of an owner's list brought, where the list says so."""
    brought = None if table.declared else programme_of(table, session.settings).brought
    if brought is None or not brought.any():
        return
    column = layout.table("customers").column("brought")
    place = dressed_column(session, table, "brought", column.title.within(session.language))
    write_column(session, table, place, [float(n) or None for n in brought], column.number_format)


def _lights(scored: Scored, lang: Language) -> list[str | None]:
    """Green, amber or red, or why a row has none."""
    return [
        SIGNALS[code].within(lang) if code >= 0 else STATUSES.word(why, lang) if why else None
        for code, why in zip(scored.risk.tolist(), scored.status, strict=True)
    ]


def _write_columns(
    session: Session, table: HeaderTable, values: dict[str, list], titles: dict[str, str]
) -> None:
    for key, title in titles.items():
        place = dressed_column(session, table, key, title)
        write_column(session, table, place, values[key], "0" if key == "health" else None)


#: The same columns once a model was learned.
_BY_MODEL: dict[str, Text] = {
    "health": Text("Health (by model)", "健康度（按模型）"),
    "signal": Text("Light (by model)", "红黄绿灯（按模型）"),
    "reasons": Text("Why (by model)", "原因（按模型）"),
}
#: What csm-xl adds to an owner's list where no model was learned: key to title.
_BY_RULE: dict[str, Text] = {
    "health": Text("Health (by rule)", "健康度（按规则）"),
    "signal": Text("Light (by rule)", "红黄绿灯（按规则）"),
    "reasons": Text("Why (by rule)", "原因（按规则）"),
}


def write_health(session: Session, scored: Scored) -> None:
    """Write health by rule: the number, its colour and the reasons."""
    table, lang, found = scored.table, session.language, scored.by_rule
    assert found is not None
    columns: dict[str, list] = {
        "health": [None if h != h else h for h in found.health.tolist()],
        "signal": _lights(scored, lang),
        "reasons": [
            found.reason(i).within(lang) or None if code > 0 else None
            for i, code in enumerate(found.level.tolist())
        ],
    }
    _write_brought(session, table)
    _write_columns(session, table, columns, {k: t.within(lang) for k, t in _BY_RULE.items()})
    scored.records |= record_columns(session, table)


def plain_sentence(scored: Scored, days: float | None, first: Sequence[str] = ()) -> Text:
    """What the owner wants to know first: how many may leave, and whom to call.

    Parameters
    ----------
    scored : Scored
    days : float or None
        The time that the probabilities are meant for.
    first : sequence of str
        Whom to call first; those most likely to leave when not given.
    """
    chance = scored.probability[~np.isnan(scored.probability)]
    if not chance.size:
        return Text(
            "No present customer has a score.",
            "目前没有在用客户可以评分。",
        )
    expected = float(chance.sum())
    number = "fewer than 1" if expected < 1 else f"about {expected:.0f}"
    chinese_number = "不到 1" if expected < 1 else f"约 {expected:.0f}"
    within = f" within {days:g} days" if days else ""
    chinese_within = f"在 {days:g} 天内" if days else ""
    people = f"{chance.size} present customer{'s' if chance.size != 1 else ''}"
    names = list(first)[:_NAMED] or [name for name, *_ in _likeliest(scored)[:_NAMED]]
    call = f" Call first: {', '.join(names)}." if names else ""
    chinese_call = f"建议最先联系：{'、'.join(names)}。" if names else ""
    return Text(
        f"Of {people} {number} may leave{within}.{call}",
        f"{chance.size} 位在用客户中，{chinese_number} 位可能{chinese_within}流失。{chinese_call}",
    )


def rule_sentence(scored: Scored, first: Sequence[str] = ()) -> Text:
    """How many customers are red, amber and green by rule, and whom to call first."""
    known = scored.risk[scored.risk >= 0]
    if not known.size:
        return Text(
            "Nobody on this list is a customer whose health could be told; leads and people on trial are below.",
            "名单中还没有可以判断健康度的客户；意向和试用客户见下。",
        )
    green, amber, red = np.bincount(known, minlength=3)
    names = list(first)[:_NAMED] or [customer_name(scored.table, i) for i in _reddest(scored)]
    call = f" Call first: {', '.join(names)}." if names else ""
    chinese_call = f"建议最先联系：{'、'.join(names)}。" if names else ""
    return Text(
        f"Health by rule, as no model was learned: of {known.size} present customers {red} red, "
        f"{amber} amber, {green} green.{call} Retrain learns a model where enough customers left.",
        f"尚未训练模型，健康度按规则得出：{known.size} 位在用客户中，红 {red} 位、黄 {amber} 位、"
        f"绿 {green} 位。{chinese_call}流失客户足够多时，可重新训练来学习模型。",
    )


#: How many customers a sentence names.
_NAMED = 3


def _reddest(scored: Scored) -> list[int]:
    """The rows of those who are worst by rule, the worst first; nobody who is green."""
    assert scored.by_rule is not None
    order = np.argsort(-scored.by_rule.points, kind="stable")
    return [int(i) for i in order if scored.risk[i] > 0][:_NAMED]


def _likeliest(scored: Scored) -> list[tuple[str, int]]:
    """Name and row of the customers likeliest to leave, first the likeliest."""
    order = np.argsort(-np.nan_to_num(scored.probability, nan=-1.0), kind="stable")
    rows = [int(i) for i in order if scored.risk[i] >= 0 and not scored.gone[i]]
    named = name_column(scored.table) is not None
    row = Text("row {0}", "第 {0} 行")
    return [
        (
            customer_name(scored.table, i)
            if named
            else str(row).format(scored.table.row_numbers[i]),
            i,
        )
        for i in rows[:LISTED]
    ]


def scored_outcome(session: Session, scored: Scored, course: Sequence[Text | None] = ()) -> Outcome:
    """How many customers have which risk, and who is most likely to leave.

    Parameters
    ----------
    session : Session
    scored : Scored
    course : sequence of Text or None, optional
        Per customer how the probability has moved.
    """
    table = scored.table
    counts = np.bincount(scored.risk[scored.risk >= 0], minlength=len(RISKS))
    message = Text(
        "{n} customers scored: {high} high, {medium} medium, {low} low risk.",
        "已为 {n} 位客户评分：高风险 {high} 位，中风险 {medium} 位，低风险 {low} 位。",
    ).fill(n=int(counts.sum()), low=counts[0], medium=counts[1], high=counts[2])
    name = name_column(table)
    listed = [i for _, i in _likeliest(scored)]
    listing = tuple(
        (
            customer_name(table, i) if name is not None else str(table.row_numbers[i]),
            f"{scored.probability[i]:.1%}",
            str(_with_course(RISKS[scored.risk[i]], course[i] if course else None)),
        )
        for i in listed
    )
    headers = (
        Text("Customer", "客户") if name is not None else Text("Row", "行"),
        Text("Churn probability", "流失概率"),
        Text("Risk", "风险"),
    )
    notes = list(scored.notes)
    waiting = sum(why == TOO_NEW for why in scored.status)
    if waiting:
        notes.append(
            Text(
                f"{waiting} customers are too new to be judged and get no score.",
                f"{waiting} 位客户成为客户的时间太短，尚无法判断，没有流失概率。",
            )
        )
    if counts.sum() and not counts[-1]:
        highest = f"{np.nanmax(scored.probability):.0%}"
        notes.append(_NOBODY_HIGH.fill(highest=highest))
    return Outcome(message, tuple(notes), headers, listing)


def _with_course(risk: Text, moved: Text | None) -> Text:
    return risk if moved is None else Text(f"{risk.en}, {moved.en}", f"{risk.zh}，{moved.zh}")


_NOBODY_HIGH = Text(
    "Nobody is at high risk; the highest probability is {highest}.",
    "没有高风险客户，最高的流失概率为 {highest}。",
)
