"""Why a customer is at risk: what would the log-odds be if this one feature were typical.

The typical value is the median of the customers the model was trained on, or their most common
category. What a feature adds beyond its typical value is its *effect*; the strongest effects are
the reasons. Only numpy is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from csm_xl.churn.feature_table import FeatureTable
from csm_xl.churn.feature_values import (
    as_cells,
    find_columns,
    is_blank,
    read_codes,
    read_numbers,
    serial_date,
)
from csm_xl.churn.formula import ChurnFormula, NumericTerm, TextTerm
from csm_xl.churn.report import Driver
from csm_xl.language import Text, language

#: Effects smaller than this (log-odds), or than a tenth of the strongest, are no reasons.
LEAST_EFFECT = 0.05
#: Says one reason: the feature, the customer's value, the typical one, and what it speaks for.
Phrase = Callable[..., Text]
#: Drivers are averaged over at most this many customers.
_ENOUGH = 5000

MORE = Text("More likely to leave: {parts}.", "更可能流失：{parts}。")
LESS = Text("Less likely to leave: {parts}.", "不易流失：{parts}。")
PART = Text("{name} is {value} (typically {typical})", "{name}为{value}（多数客户为{typical}）")
NOTHING = Text("Much like the typical customer.", "各方面都与多数客户相近。")
BLANK = Text("blank", "空白")
YES, NO = Text("yes", "是"), Text("no", "否")


def typical_values(formula: ChurnFormula, table: FeatureTable) -> dict[str, Any]:
    """Per feature the median (a number or a serial), or the most common category."""
    place = {feature.name: k for k, feature in enumerate(table.features)}
    typical: dict[str, Any] = {}
    for name in formula.features:
        k = place[name]
        column = table.columns[k]
        if table.features[k].kind == "text":
            typical[name] = table.levels[k][int(np.argmax(np.bincount(column)))]
        else:
            filled = column[~np.isnan(column)]
            # Of two middle values the lower one: a value that a customer really has.
            typical[name] = float(np.quantile(filled, 0.5, method="lower")) if len(filled) else 0.0
    return typical


def effects(
    formula: ChurnFormula, columns: Mapping[str, Any], rows: Sequence[object] | None = None
) -> np.ndarray:
    """What each feature adds to the log-odds beyond its typical value.

    Parameters
    ----------
    formula : ChurnFormula
        With ``meta["typical"]``.
    columns : mapping of str to sequence of n cells
    rows : sequence of n, optional
        What to call each row in a message.

    Returns
    -------
    array (n, p)
        Positive where the customer's value makes leaving likelier; columns in the order of
        ``formula.features``.

    Raises
    ------
    SheetError, CellError
        As for :meth:`ChurnFormula.read`.
    """
    readings, base = formula.read(columns, rows)
    typical = {name: [formula.meta["typical"][name]] for name in formula.features}
    typical_readings, _ = formula.read(typical)
    out = np.zeros((len(base), len(formula.features)))
    asked = {f for rule in formula.rules for f, _, _ in rule.conditions}
    inside = formula.packed.values(readings) if asked and len(base) else base
    found = find_columns(columns, formula.features)
    for k, term in enumerate(formula.terms):
        cells = columns[found[term.name]]
        out[:, k] = _added(term, cells) - _added(term, typical[term.name])
        if k in asked:
            changed = list(readings)
            changed[k] = np.full(len(base), typical_readings[k][0])
            out[:, k] += inside - formula.packed.values(changed)
    return out


def _added(term: NumericTerm | TextTerm, cells: Any) -> np.ndarray:
    """What a term's hinges or categories add, (n,)."""
    if isinstance(term, TextTerm):
        return term.all_weights[read_codes(cells, term.codes, len(term.categories))]
    x = read_numbers(cells, term.name, term.kind)
    blank = np.isnan(x)
    x = np.minimum(np.where(blank, term.impute, x), term.highest)
    return term.add(x) + np.where(blank, term.missing, 0.0)


def reasons(
    formula: ChurnFormula,
    columns: Mapping[str, Any],
    n: int = 3,
    lang: str | None = None,
    rows: Sequence[object] | None = None,
    phrase: Phrase | None = None,
) -> list[str]:
    """Per customer the `n` strongest reasons, as sentences a person would say.

    Parameters
    ----------
    n : int
        Reasons per customer, for and against leaving together, strongest first.
    lang : {"en", "zh"}, optional
        The language in force when not given.
    phrase : callable (term, cell, typical, *, leaving, window_days) -> Text, optional
        Says one reason; the name, the value and the typical one when not given.
    """
    spoken: Any = lang if lang in ("en", "zh") else language()
    added = effects(formula, columns, rows)
    found = find_columns(columns, formula.features)
    cells = [as_cells(columns[found[name]]) for name in formula.features]
    strongest = np.argsort(-np.abs(added), axis=1, kind="stable")[:, : max(0, n)]
    return [
        _sentence(
            formula, [column[i] for column in cells], added[i], strongest[i], phrase or _part
        ).within(spoken)
        for i in range(len(added))
    ]


def _sentence(
    formula: ChurnFormula,
    cells: list[Any],
    added: np.ndarray,
    strongest: np.ndarray,
    phrase: Phrase,
) -> Text:
    floor = max(LEAST_EFFECT, 0.1 * float(np.abs(added).max(initial=0.0)))
    told = []
    for sentence, sign in ((MORE, 1.0), (LESS, -1.0)):
        parts = [
            phrase(
                formula.terms[k],
                cells[k],
                formula.meta["typical"][formula.terms[k].name],
                leaving=sign > 0,
                window_days=formula.meta.get("window_days"),
            )
            for k in strongest
            if sign * added[k] >= floor
        ]
        if parts:
            told.append(
                sentence.fill(
                    parts=Text(_and([p.en for p in parts]), "；".join(p.zh for p in parts))
                )
            )
    if not told:
        return NOTHING
    if added.sum() < 0:
        told.reverse()
    return Text(" ".join(t.en for t in told), "".join(t.zh for t in told))


def _part(term: NumericTerm | TextTerm, cell: Any, typical: Any, **_: Any) -> Text:
    return PART.fill(name=_name(term.name), value=shown(term, cell), typical=shown(term, typical))


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else "; ".join(parts)


def _name(name: str) -> Text:
    # A Latin name needs a space before the Chinese word that follows it.
    return Text(name, name + " " if name[-1:].isascii() else name)


def shown(term: NumericTerm | TextTerm, cell: Any) -> Text:
    """A cell as a person would write it: dates as dates, flags as yes or no, numbers short."""
    if is_blank(cell):
        return BLANK
    if isinstance(term, TextTerm):
        text = " ".join(str(cell).split()) if isinstance(cell, str) else shown_number(float(cell))
        return Text(text, f"“{text}”")
    value = float(read_numbers([cell], term.name, term.kind)[0])
    if term.kind == "flag":
        return YES if value else NO
    if term.kind == "date":
        day = serial_date(value).isoformat()
        return Text(day, f" {day}")
    text = shown_number(value)
    return Text(text, f" {text}")


def shown_number(value: float) -> str:
    """Whole numbers in full, others to four digits, thousands parted."""
    if value == round(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def drivers(formula: ChurnFormula, table: FeatureTable) -> list[Driver]:
    """How much each feature moves the predictions, strongest first.

    Parameters
    ----------
    formula : ChurnFormula
        With ``meta["typical"]``.
    table : FeatureTable
        The customers it was trained on; a sample of them when there are many.
    """
    if table.n > _ENOUGH:
        table = table.rows(np.linspace(0, table.n - 1, _ENOUGH).astype(int))
    columns: dict[str, Any] = {}
    for feature, column, levels in zip(table.features, table.columns, table.levels, strict=True):
        columns[feature.name] = (
            np.array(levels, dtype=object)[column] if feature.kind == "text" else column
        )
    added = effects(formula, columns)
    spread = np.abs(added - added.mean(axis=0)).mean(axis=0) if len(added) else added.sum(axis=0)
    total = float(spread.sum())
    found = []
    for k in np.argsort(-spread, kind="stable"):
        term = formula.terms[k]
        strength = float(spread[k])
        sentence = (
            _which_categories(term, columns[term.name], added[:, k])
            if isinstance(term, TextTerm)
            else _which_values(term, columns[term.name], added[:, k])
        )
        found.append(Driver(term.name, strength, strength / total if total else 0.0, sentence))
    return found


LITTLE = Text("{name} hardly matters.", "{name}几乎没有影响。")
HIGHER = Text(
    "The higher {name} is, the likelier a customer is to leave.",
    "{name}越高，客户越可能流失。",
)
LOWER = Text(
    "The lower {name} is, the likelier a customer is to leave.",
    "{name}越低，客户越可能流失。",
)
LATER = Text(
    "The later {name} is, the likelier a customer is to leave.",
    "{name}越晚，客户越可能流失。",
)
EARLIER = Text(
    "The earlier {name} is, the likelier a customer is to leave.",
    "{name}越早，客户越可能流失。",
)
AROUND = Text(
    "Customers with {name} around {worst} are the likeliest to leave, those around {best} the "
    "least likely.",
    "{name}在{worst} 左右的客户最可能流失，在{best} 左右的最不易流失。",
)
CATEGORY = Text(
    "Customers whose {name} is {worst} are the likeliest to leave, those with {best} the least "
    "likely.",
    "{name}为{worst}的客户最可能流失，为{best}的最不易流失。",
)


BLANK_MORE = Text(
    "Customers whose {name} is blank are likelier to leave than the others.",
    "{name}为空白的客户比其他客户更可能流失。",
)
BLANK_LESS = Text(
    "Customers whose {name} is blank are less likely to leave than the others.",
    "{name}为空白的客户比其他客户更不易流失。",
)


def _which_values(term: NumericTerm, values: np.ndarray, added: np.ndarray) -> Text:
    name = _name(term.name)
    seen = ~np.isnan(values)
    blank = added[~seen]
    values, added = values[seen], added[seen]
    span = float(np.ptp(added)) if len(added) else 0.0
    if len(blank) and len(added):
        apart = float(blank.mean() - added.mean())
        if abs(apart) > max(span, LEAST_EFFECT):
            return (BLANK_MORE if apart > 0 else BLANK_LESS).fill(name=name)
    if len(values) < 2 or span < LEAST_EFFECT:
        return LITTLE.fill(name=name)
    levels, place = np.unique(values, return_inverse=True)
    if len(levels) > 20:
        edges = np.unique(np.quantile(values, np.linspace(0, 1, 11)))
        place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
        levels = np.array([np.median(values[place == k]) for k in range(len(edges) - 1)])
    counts = np.bincount(place)
    means = np.bincount(place, weights=added) / np.maximum(counts, 1)
    steps = np.diff(means)
    moved = np.abs(steps).sum()
    if moved > 0 and abs(steps.sum()) >= 0.8 * moved:
        if term.kind == "date":
            return (LATER if steps.sum() > 0 else EARLIER).fill(name=name)
        if term.kind == "number":
            return (HIGHER if steps.sum() > 0 else LOWER).fill(name=name)
    # A value that a customer or two have says nothing about the feature.
    common = np.flatnonzero(counts >= max(2, 0.02 * len(values)))
    if len(common) < 2:
        return LITTLE.fill(name=name)
    levels, means = levels[common], means[common]
    worst, best = levels[int(np.argmax(means))], levels[int(np.argmin(means))]
    sentence = CATEGORY if term.kind == "flag" or len(levels) <= 3 else AROUND
    return sentence.fill(name=name, worst=shown(term, worst), best=shown(term, best))


def _which_categories(term: TextTerm, values: np.ndarray, added: np.ndarray) -> Text:
    name = _name(term.name)
    if len(added) < 2 or np.ptp(added) < LEAST_EFFECT:
        return LITTLE.fill(name=name)
    levels, place = np.unique(values.astype(str), return_inverse=True)
    counts = np.bincount(place)
    means = np.bincount(place, weights=added) / counts
    # A category of a customer or two says nothing about the feature.
    common = np.flatnonzero(counts >= max(2, 0.01 * len(values)))
    if len(common) < 2:
        common = np.arange(len(levels))
    worst = levels[common[int(np.argmax(means[common]))]]
    best = levels[common[int(np.argmin(means[common]))]]
    return CATEGORY.fill(name=name, worst=shown(term, worst), best=shown(term, best))
