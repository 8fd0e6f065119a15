"""Arguments to call every worksheet function with, in the shapes in which Excel delivers them.

Most come out of the declaration's own example, ``=CSAT({5,4,3,2,1},"mean")``; a function whose
example points at a table has its arguments here.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np

import csm_xl.functions  # noqa: F401  (declares the functions)
from csm_xl.churn.formula import ChurnFormula, NumericTerm, TextTerm
from csm_xl.functions.declaration import REGISTRY, Declaration


def model(intercept: float = -1.0) -> str:
    """A model small enough to work out by hand: log-odds = intercept + 0.5 * orders, +2 in Rome."""
    return ChurnFormula(
        intercept=intercept,
        numeric=(NumericTerm("Orders", 2.0, 0.0, (0.0,), (0.5,)),),
        text=(TextTerm("City", ("Rome", "Bonn"), (2.0, 0.0), 0.0, 1.5),),
        rules=(),
        features=("Orders", "City"),
        meta={"typical": {"Orders": 2.0, "City": "Bonn"}},
    ).to_json()


@cache
def records() -> dict[str, str]:
    """The records of a workbook that functions ask for, by name, fitted on made-up customers."""
    import pandas as pd

    from csm_xl.churn.bg_nbd import fit_bg_nbd
    from csm_xl.churn.cox import fit_survival
    from csm_xl.churn.lifetime_value import fit_gamma_gamma

    chance = np.random.default_rng(3)
    plan = chance.choice(["monthly", "yearly"], 200)
    stay = chance.exponential(np.where(plan == "yearly", 30, 8))
    survival = fit_survival(pd.DataFrame({"Plan": plan}), np.minimum(stay, 24), stay < 24)
    age = np.full(300, 300.0)
    repeat = chance.poisson(3, 300).astype(float)
    last = np.where(repeat > 0, age * chance.random(300), 0.0)
    spent = np.where(repeat > 0, chance.gamma(5, 10, 300), np.nan)
    purchases = {
        "purchases": fit_bg_nbd(repeat, last, age).to_dict(),
        "values": fit_gamma_gamma(repeat, spent).to_dict(),
    }
    return {
        "model": model(),
        "survival": json.dumps(survival.to_dict()),
        "purchases": json.dumps(purchases),
    }


_FEATURES = ((4.0, "Rome"), (1.0, "Bonn"), (None, "Oslo"))
_HEADERS = (("Orders", "City"),)
#: Typed arguments of functions whose example points at a table.
_OWN: dict[str, tuple] = {
    "CHURN_PROB": (_FEATURES, _HEADERS),
    "CHURN_REASONS": (_FEATURES, _HEADERS, 2.0),
    "SURVIVAL": ((("monthly",), ("yearly",)), 12.0, (("Plan",),)),
}


def literal(text: str) -> Any:
    """A constant of a formula: 1.5, "text", TRUE, {1,2;3,4}; an array as Excel passes it."""
    text = text.strip()
    if text.startswith("{"):
        rows = [tuple(map(literal, _split(row, ","))) for row in _split(text[1:-1], ";")]
        return rows[0] if len(rows) == 1 else tuple(rows)
    if text.startswith('"'):
        return text[1:-1].replace('""', '"')
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    return float(text)


def _split(text: str, separator: str) -> list[str]:
    parts, depth, quoted, start = [], 0, False, 0
    for place, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif not quoted:
            depth += {"{": 1, "(": 1, "}": -1, ")": -1}.get(character, 0)
            if character == separator and depth == 0:
                parts.append(text[start:place])
                start = place + 1
    return [*parts, text[start:]]


def typed_arguments(declaration: Declaration) -> tuple:
    """What the owner types; optional arguments at the end may be left out."""
    if declaration.name in _OWN:
        return _OWN[declaration.name]
    inside = declaration.example.en.removeprefix(f"={declaration.name}(").removesuffix(")")
    return tuple(map(literal, _split(inside, ",")))


def hidden_value(key: str) -> Any:
    """What a wrapper passes for a hidden argument of a workbook that has a model but no settings."""
    if key == "language":
        return "en"
    return records().get(key)


def all_arguments(declaration: Declaration, typed: tuple, left_out: Any) -> tuple:
    """The arguments of the Python function: typed ones, what was left out, and hidden ones."""
    given = iter(typed)
    return tuple(
        next(given, left_out) if p.hidden is None else hidden_value(p.hidden)
        for p in declaration.parameters
    )


def shapes(value: Any) -> list[Any]:
    """An array constant as a column, as a row and as ``{1,2,3}``; anything else as it is."""
    if not isinstance(value, tuple):
        return [value, ((value,),)]
    if isinstance(value[0], tuple) and len(value[0]) > 1:
        return [value]
    cells = tuple(row[0] if isinstance(row, tuple) else row for row in value)
    return [tuple((cell,) for cell in cells), (cells,), cells]


NAMES = sorted(REGISTRY)
