"""The churn model as plain data: an intercept, hinges, category weights and rules.

A trained model is no program and no pickle. It is a :class:`ChurnFormula`, whose readers agree to
1e-9: numpy (here), JSON (here), native Excel formulas (:mod:`csm_xl.churn.native_formulas`).

The probability of leaving is ``1 / (1 + exp(-log_odds))`` with

    log_odds = intercept
             + sum over numeric features of  sum(weight * max(0, x - knot))  [+ missing if blank]
             + sum over text features of     the weight of the category
             + sum over rules of             value, where lo < x <= hi for each of its features

``x`` is the feature's *reading*: the cell's number, the impute value where the cell is blank, and
never above the highest value seen in training, so that a typing error of six zeros does not run
off along a straight line. A text feature's reading in a rule is the place of its category.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from csm_xl.churn.feature_values import Kind, find_columns, read_codes, read_numbers, text_key
from csm_xl.churn.leaf_rules import LeafRule, PackedRules
from csm_xl.errors import NoModelError

#: The version of the JSON form. A file with a higher one was written by a newer csm-xl.
FORMAT = 2
#: A workbook bears so many rules: beyond, spreadsheet programs take long to recalculate.
MAX_RULES = 5000
MAX_FEATURES = 40


@dataclass(frozen=True)
class NumericTerm:
    """What one numeric feature adds to the log-odds.

    Parameters
    ----------
    name : str
        The column's header.
    impute : float
        What a blank cell is read as.
    missing : float
        Log-odds added when the cell is blank, on top of the imputed value's terms.
    knots, weights : tuple of float
        ``sum(weight * max(0, x - knot))``; a straight line is one hinge at the minimum.
    highest : float
        Larger values are read as this one.
    kind : {"number", "date", "flag"}
        How a person sees the value.
    """

    name: str
    impute: float
    missing: float
    knots: tuple[float, ...]
    weights: tuple[float, ...]
    highest: float = math.inf
    kind: Kind = "number"

    def add(self, x: np.ndarray) -> np.ndarray:
        """Log-odds of the readings `x` (n,), without `missing`."""
        total = np.zeros(len(x))
        for knot, weight in zip(self.knots, self.weights, strict=True):
            total += weight * np.maximum(0.0, x - knot)
        return total


@dataclass(frozen=True)
class TextTerm:
    """What one text feature adds to the log-odds.

    Parameters
    ----------
    name : str
        The column's header.
    categories : tuple of str
        As spelled in the sheet; ``""`` is the blank cell, when blank cells were seen. Rules
        compare places: 1 for the first, 2 for the second, and so on.
    weights : tuple of float
    other : float
        The weight of every category that is not listed.
    other_place : float
        The place of every category that is not listed, such as 2.5.
    """

    name: str
    categories: tuple[str, ...]
    weights: tuple[float, ...]
    other: float
    other_place: float = 0.0

    kind: Kind = field(default="text", init=False)

    @cached_property
    def codes(self) -> dict[str, int]:
        """Each category's key and its index in `categories`."""
        return {text_key(category): i for i, category in enumerate(self.categories)}

    @cached_property
    def all_weights(self) -> np.ndarray:
        """Weights by index, the last one for a category that is not listed."""
        return np.array([*self.weights, self.other])

    @cached_property
    def all_places(self) -> np.ndarray:
        """Places by index, the last one for a category that is not listed."""
        return np.array([*range(1, len(self.categories) + 1), self.other_place], dtype=float)


@dataclass(frozen=True)
class ChurnFormula:
    """A trained churn model.

    Parameters
    ----------
    intercept : float
    numeric : tuple of NumericTerm
    text : tuple of TextTerm
    rules : tuple of LeafRule
        A condition's feature number is its place in `features`, from 0.
    features : tuple of str
        The columns in trained order, numeric and text mixed as in the sheet.
    meta : dict
        ``trained_on`` (ISO date), ``n_customers``, ``n_churned``, ``base_rate``,
        ``horizon_days`` (None when unknown), ``label``, ``typical`` (feature to value),
        ``report`` (figure to value and the two ends of its 95 % interval); anything that is JSON.
    """

    intercept: float
    numeric: tuple[NumericTerm, ...]
    text: tuple[TextTerm, ...]
    rules: tuple[LeafRule, ...]
    features: tuple[str, ...]
    meta: dict[str, Any] = field(default_factory=dict, compare=False)

    @cached_property
    def terms(self) -> tuple[NumericTerm | TextTerm, ...]:
        """One term per feature, in the order of `features`."""
        named: dict[str, NumericTerm | TextTerm] = {term.name: term for term in self.numeric}
        named.update({term.name: term for term in self.text})
        return tuple(named[name] for name in self.features)

    def read(
        self, columns: Mapping[str, Any], rows: Sequence[object] | None = None
    ) -> tuple[list[np.ndarray], np.ndarray]:
        """Readings per feature and the log-odds of everything but the rules.

        Parameters
        ----------
        columns : mapping of str to sequence of n cells
            In any order; further columns are ignored. A data frame will do.
        rows : sequence of n, optional
            What to call each row in a message.

        Returns
        -------
        readings : list of arrays (n,)
            One per feature: numbers, or places of categories.
        log_odds : array (n,)
            Intercept, hinges and categories; no rules.

        Raises
        ------
        SheetError
            When a feature's column is missing.
        CellError
            When a cell cannot be read.
        """
        found = find_columns(columns, self.features)
        readings = []
        total: np.ndarray | None = None
        for term in self.terms:
            cells = columns[found[term.name]]
            if isinstance(term, TextTerm):
                codes = read_codes(cells, term.codes, len(term.categories))
                readings.append(term.all_places[codes])
                added = term.all_weights[codes]
            else:
                x = read_numbers(cells, term.name, term.kind, rows)
                blank = np.isnan(x)
                x = np.minimum(np.where(blank, term.impute, x), term.highest)
                readings.append(x)
                added = term.add(x)
                if term.missing:
                    added += np.where(blank, term.missing, 0.0)
            total = added + (self.intercept if total is None else total)
        if total is None:
            total = np.full(_length(columns), self.intercept)
        return readings, total

    def log_odds(
        self, columns: Mapping[str, Any], rows: Sequence[object] | None = None
    ) -> np.ndarray:
        """The log-odds of leaving, (n,). Parameters and errors as for :meth:`read`."""
        readings, total = self.read(columns, rows)
        if self.rules and len(total):
            total = total + self.packed.values(readings)
        return total

    def probability(
        self, columns: Mapping[str, Any], rows: Sequence[object] | None = None
    ) -> np.ndarray:
        """The probability of leaving within the horizon, (n,), between 0 and 1."""
        return sigmoid(self.log_odds(columns, rows))

    @cached_property
    def packed(self) -> PackedRules:
        """The rules in the form that is fast to evaluate."""
        return PackedRules(self.rules)

    @cached_property
    def id(self) -> str:
        """Twelve letters and digits that name this model: the same data gives the same id."""
        core = self._plain()
        core["label"] = self.meta.get("label")
        core["horizon_days"] = self.meta.get("horizon_days")
        return hashlib.sha256(_canonical(core).encode()).hexdigest()[:12]

    def _plain(self) -> dict[str, Any]:
        return {
            "intercept": self.intercept,
            "features": list(self.features),
            "numeric": [_without_infinity(asdict(term)) for term in self.numeric],
            "text": [{k: v for k, v in asdict(term).items() if k != "kind"} for term in self.text],
            # The name is part of the model's id, and of every workbook's record.
            "boxes": [
                [rule.value, [[f, _open(lo), _open(hi)] for f, lo, hi in rule.conditions]]
                for rule in self.rules
            ],
        }

    def _packed_rules(self) -> dict[str, Any]:
        """The rules as JSON: the ends of each feature once, and rules that name them by place.

        A condition is three whole numbers: feature, and the places (from 1, 0 is open) of its
        two ends among that feature's.
        """
        ends: list[list[float]] = []
        for f in range(len(self.features)):
            own = (c for rule in self.rules for c in rule.conditions if c[0] == f)
            ends.append(sorted({e for _, lo, hi in own for e in (lo, hi) if math.isfinite(e)}))
        place = [{end: k for k, end in enumerate(own, start=1)} for own in ends]
        return {
            "ends": ends,
            "boxes": [
                [
                    rule.value,
                    *(
                        number
                        for f, lo, hi in rule.conditions
                        for number in (f, place[f].get(lo, 0), place[f].get(hi, 0))
                    ),
                ]
                for rule in self.rules
            ],
        }

    def to_json(self) -> str:
        """The model as JSON text with a checksum; reads back bit for bit."""
        content = {**self._plain(), **self._packed_rules(), "meta": {**self.meta, "id": self.id}}
        checksum = hashlib.sha256(_canonical(content).encode()).hexdigest()
        return json.dumps(
            {"csm_xl_churn_formula": FORMAT, "checksum": checksum, "content": content},
            ensure_ascii=False,
            separators=(",", ":"),
            allow_nan=False,
        )

    @classmethod
    def from_json(cls, text: str) -> ChurnFormula:
        """Read a model back.

        Raises
        ------
        NoModelError
            When the text is damaged, was edited by hand, or comes from a newer version.
        """
        try:
            whole = json.loads(text)
            version = whole["csm_xl_churn_formula"]
            content, checksum = whole["content"], whole["checksum"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise _damaged() from error
        if not isinstance(version, int) or version < 1:
            raise _damaged()
        if version > FORMAT:
            raise NoModelError(
                "The churn model in this workbook was trained by a newer csm-xl. "
                "Update csm-xl, or retrain the model here.",
                "此工作簿中的流失模型由更新版本的 csm-xl 训练。请升级 csm-xl，或在此重新训练模型。",
            )
        try:
            actual = hashlib.sha256(_canonical(content).encode()).hexdigest()
        except ValueError as error:
            raise _damaged() from error
        if actual != checksum:
            raise NoModelError(
                "The churn model in this workbook was changed after it was trained, so its "
                "numbers cannot be relied on. Retrain the model.",
                "此工作簿中的流失模型在训练之后被改动过，结果不可靠。请重新训练模型。",
            )
        try:
            return cls(
                intercept=float(content["intercept"]),
                numeric=tuple(_numeric_term(term) for term in content["numeric"]),
                text=tuple(_text_term(term) for term in content["text"]),
                rules=_rules(content) if version > 1 else _rules_of_format_1(content),
                features=tuple(content["features"]),
                meta=dict(content["meta"]),
            )
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise _damaged() from error


def sigmoid(log_odds: np.ndarray) -> np.ndarray:
    """``1 / (1 + exp(-x))`` without overflow."""
    small = np.exp(-np.abs(log_odds))
    return np.where(log_odds >= 0, 1.0, small) / (1.0 + small)


def corrected(probability: float, correction: float) -> float:
    """A probability with a correction added to its log-odds; NaN stays NaN."""
    if not 0.0 < probability < 1.0:
        return probability
    return float(sigmoid(np.array([math.log(probability / (1.0 - probability)) + correction]))[0])


def _length(columns: Mapping[str, Any]) -> int:
    """How many customers a data frame, or a mapping of columns, holds."""
    shape = getattr(columns, "shape", None)
    if shape is not None:
        return int(shape[0])
    return max((len(cells) for cells in columns.values()), default=0)


def _canonical(content: Any) -> str:
    return json.dumps(
        content, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def _open(end: float) -> float | None:
    return end if math.isfinite(end) else None


def _without_infinity(term: dict[str, Any]) -> dict[str, Any]:
    return {**term, "highest": _open(term["highest"])}


def _numeric_term(plain: dict[str, Any]) -> NumericTerm:
    highest = plain["highest"]
    return NumericTerm(
        name=plain["name"],
        impute=float(plain["impute"]),
        missing=float(plain["missing"]),
        knots=tuple(map(float, plain["knots"])),
        weights=tuple(map(float, plain["weights"])),
        highest=math.inf if highest is None else float(highest),
        kind=plain["kind"],
    )


def _text_term(plain: dict[str, Any]) -> TextTerm:
    return TextTerm(
        name=plain["name"],
        categories=tuple(plain["categories"]),
        weights=tuple(map(float, plain["weights"])),
        other=float(plain["other"]),
        other_place=float(plain["other_place"]),
    )


def _rules(content: dict[str, Any]) -> tuple[LeafRule, ...]:
    lows = [[-math.inf, *map(float, own)] for own in content["ends"]]
    highs = [[math.inf, *map(float, own)] for own in content["ends"]]
    return tuple(
        LeafRule(
            float(value),
            tuple(
                (f, lows[f][lo], highs[f][hi])
                for f, lo, hi in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)
            ),
        )
        for value, *numbers in content["boxes"]
    )


def _rules_of_format_1(content: dict[str, Any]) -> tuple[LeafRule, ...]:
    """The rules as csm-xl 0.1.0 kept them: the ends in each condition, null where it is open."""
    return tuple(
        LeafRule(
            float(value),
            tuple(
                (
                    int(f),
                    -math.inf if lo is None else float(lo),
                    math.inf if hi is None else float(hi),
                )
                for f, lo, hi in conditions
            ),
        )
        for value, conditions in content["boxes"]
    )


def _damaged() -> NoModelError:
    return NoModelError(
        "The churn model in this workbook is damaged and cannot be read. Retrain the model.",
        "此工作簿中的流失模型已损坏，无法读取。请重新训练模型。",
    )
