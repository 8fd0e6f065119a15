"""The churn model as an Ibis expression: the formula's reader where a table does not fit a sheet.

The expression has four steps, each a subquery of the one after it, so that no reading is written
twice: cells, readings, log-odds, probability. It agrees with numpy to 1e-9.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from csm_xl.churn.feature_values import find_columns
from csm_xl.churn.formula import ChurnFormula, NumericTerm, TextTerm
from csm_xl.churn.leaf_rules import LeafRule
from csm_xl.database import readings
from csm_xl.errors import SheetError
from csm_xl.language import Text

#: What the column of the result is called.
PROBABILITY = "churn_probability"
#: Engines that SQL can be printed for, and what Ibis calls their compiler. The one for Spark asks
#: its session how NaN is to be read; Databricks' is the same language.
DIALECTS = {
    "duckdb": "DuckDBCompiler",
    "postgres": "PostgresCompiler",
    "spark": "DatabricksCompiler",
    "bigquery": "BigQueryCompiler",
    "snowflake": "SnowflakeCompiler",
    "sqlite": "SQLiteCompiler",
}
#: Longer SQL is refused: engines limit the text of a query.
LONGEST_SQL = 1_000_000

_PREFIX = "_csm_"
#: Beyond, exp overflows in some engines; the probability is 0 or 1 to every digit.
_FAR = 700.0

Spellings = Mapping[str, Mapping[str, Any]]


def spellings(table: Any, formula: ChurnFormula) -> dict[str, dict[str, Any]]:
    """Per feature the texts that the engine would not read as a sheet does, looked up in it.

    Raises
    ------
    SheetError
        When a feature's column is missing.
    CellError
        When a text is no number.
    """
    found = find_columns(_headers(table), formula.features)
    return {
        term.name: dict(readings.text_spellings(table, found[term.name], term.codes))
        if isinstance(term, TextTerm)
        else dict(readings.number_spellings(table, found[term.name], term.kind))
        for term in formula.terms
    }


def refuse_impossible(
    table: Any, formula: ChurnFormula, spelled: Spellings, *, has_nan: bool = True
) -> None:
    """Refuse numbers and dates that numpy refuses as well.

    Raises
    ------
    CellError
    """
    cells = _cells(table, formula, spelled, has_nan)
    numbers: dict[str, Any] = {}
    dates: dict[str, Any] = {}
    for term, cell in zip(formula.terms, cells, strict=True):
        if isinstance(term, NumericTerm):
            (dates if term.kind == "date" else numbers)[term.name] = cell
    readings.refuse_impossible(table, numbers, dates)


def scored(
    table: Any,
    formula: ChurnFormula,
    spelled: Spellings | None = None,
    *,
    has_nan: bool = True,
) -> Any:
    """A table with the probability of leaving of each of its rows.

    Parameters
    ----------
    table : ibis Table
        With a column for each feature; an older ``churn_probability`` is replaced.
    formula : ChurnFormula
    spelled : mapping, optional
        See :func:`spellings`; without it only plain numbers and spellings are read.
    has_nan : bool
        Whether the engine's doubles can be NaN, which is a blank.

    Returns
    -------
    ibis Table
        The columns of `table` and ``churn_probability``.

    Raises
    ------
    SheetError
        When a feature's column is missing.
    """
    import ibis

    spelled = spelled or {}
    kept = [name for name in table.columns if name != PROBABILITY]
    names = range(len(formula.features))
    cells = _cells(table, formula, spelled, has_nan)
    one = table.select(*kept, **{f"{_PREFIX}c{k}": cell for k, cell in enumerate(cells)})
    read, blank = {}, {}
    for k, term in enumerate(formula.terms):
        cell = one[f"{_PREFIX}c{k}"]
        if isinstance(term, TextTerm):
            codes = {**term.codes, **spelled.get(term.name, {})}
            read[f"{_PREFIX}r{k}"] = _looked_up(cell, codes, term.all_places)
            blank[f"{_PREFIX}w{k}"] = _looked_up(cell, codes, term.all_weights)
        else:
            read[f"{_PREFIX}r{k}"] = _reading(cell, term)
            if term.missing:
                blank[f"{_PREFIX}w{k}"] = cell.isnull().ifelse(_double(term.missing), _double(0.0))
    two = one.select(*kept, **read, **blank)
    parts = [_double(formula.intercept), *(two[name] for name in blank)]
    for k, term in enumerate(formula.terms):
        if isinstance(term, NumericTerm):
            parts += _hinges(two[f"{_PREFIX}r{k}"], term)
    parts.append(_rules(formula.rules, [two[f"{_PREFIX}r{k}"] for k in names]))
    three = two.select(*kept, **{f"{_PREFIX}z": balanced_sum(parts)})
    z = three[f"{_PREFIX}z"]
    far = (z.abs() > _double(_FAR)).ifelse(_double(_FAR), z.abs())
    small = (-far).exp()
    above = (z >= _double(0.0)).ifelse(_double(1.0), small)
    four = three.select(*kept, **{PROBABILITY: above / (small + _double(1.0))})
    assert isinstance(four, ibis.expr.types.Table)
    return four


def sql_of(expression: Any, dialect: str) -> str:
    """An expression in the SQL of an engine, its numbers as exact doubles.

    Parameters
    ----------
    expression : ibis Table
    dialect : str
        A key of :data:`DIALECTS`.

    Raises
    ------
    SheetError
        When it would be longer than engines take.
    """
    import sqlglot.expressions as sge
    from ibis.backends.sql import compilers

    # The compilers alone: a backend would ask for its driver.
    compiler = getattr(compilers, DIALECTS[dialect])()
    tree = compiler.to_sqlglot(expression.unbind())
    for literal in tree.find_all(sge.Literal):
        # 0.1 is a decimal to some engines, which a double near a split is not compared with
        # exactly; 0.1e0 is a double to all.
        text = literal.this
        if not literal.is_string and "." in text and "e" not in text.lower():
            literal.set("this", f"{text}e0")
    sql = str(tree.sql(dialect=compiler.dialect))
    if len(sql.encode()) > LONGEST_SQL:
        raise SheetError(
            "The model is too large for one query. Retrain with fewer columns.",
            "模型过大，无法写成一条查询。请用较少的列重新训练。",
        )
    return sql


def unbound(formula: ChurnFormula, name: str) -> Any:
    """A table of the features as they are usually kept, to print SQL without a database."""
    import ibis

    dtypes = {"number": "float64", "date": "date", "flag": "boolean", "text": "string"}
    return ibis.table({term.name: dtypes[term.kind] for term in formula.terms}, name=name)


def standalone_sql(
    formula: ChurnFormula,
    dialect: str,
    table: Any = None,
    name: str = "customers",
    spelled: Spellings | None = None,
) -> str:
    """SQL that scores a table without csm-xl.

    Parameters
    ----------
    formula : ChurnFormula
    dialect : str
        A key of :data:`DIALECTS`.
    table : ibis Table, optional
        Whose columns and types to write the SQL for; the features as they are usually kept when
        not given.
    name : str
        What the table is called there.
    spelled : mapping, optional
        See :func:`spellings`.
    """
    import ibis

    table = unbound(formula, name) if table is None else ibis.table(table.schema(), name=name)
    return sql_of(scored(table, formula, spelled, has_nan=dialect != "sqlite"), dialect)


def balanced_sum(parts: Sequence[Any]) -> Any:
    """A sum as a tree of equal halves: a chain of thousands is too deep for parsers."""
    if not parts:
        return _double(0.0)
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return balanced_sum(parts[:middle]) + balanced_sum(parts[middle:])


def _headers(table: Any) -> dict[str, str]:
    return {name: name for name in table.columns}


def _cells(table: Any, formula: ChurnFormula, spelled: Spellings, has_nan: bool) -> list[Any]:
    found = find_columns(_headers(table), formula.features)
    return [
        readings.folded(table, found[term.name])
        if isinstance(term, TextTerm)
        else readings.number(
            table,
            found[term.name],
            term.kind,
            spellings=spelled.get(term.name),
            has_nan=has_nan,
        )
        for term in formula.terms
    ]


def _looked_up(cell: Any, codes: Mapping[str, int], values: Any) -> Any:
    """``values[codes[cell]]``, and the last of `values` for a cell that is not listed."""
    if not codes:
        # A plain literal would be folded away with the column that it stands for.
        return cell.isnull().ifelse(_double(values[-1]), _double(values[-1]))
    return cell.cases(
        *((key, _double(values[code])) for key, code in codes.items()), else_=_double(values[-1])
    )


def _reading(cell: Any, term: NumericTerm) -> Any:
    x = cell.fill_null(_double(term.impute))
    if math.isfinite(term.highest):
        return (x > _double(term.highest)).ifelse(_double(term.highest), x)
    return x


def _hinges(x: Any, term: NumericTerm) -> list[Any]:
    return [
        (x > _double(knot)).ifelse((x - _double(knot)) * _double(weight), _double(0.0))
        for knot, weight in zip(term.knots, term.weights, strict=True)
        if weight
    ]


def _rules(rules: Sequence[LeafRule], read: Sequence[Any]) -> Any:
    """The sum of the rules; rules that begin with one condition are asked for it once."""
    known: dict[tuple[int, float, float], Any] = {}

    def asked(condition: tuple[int, float, float]) -> Any:
        if condition not in known:
            f, lo, hi = condition
            ends = []
            if lo > -math.inf:
                ends.append(read[f] > _double(lo))
            if hi < math.inf:
                ends.append(read[f] <= _double(hi))
            known[condition] = ends[0] & ends[1] if len(ends) == 2 else ends[0]
        return known[condition]

    def total(inside: Sequence[tuple[float, tuple[tuple[int, float, float], ...]]]) -> list[Any]:
        parts = []
        rest = [(value, conditions) for value, conditions in inside if conditions]
        always = sum(value for value, conditions in inside if not conditions)
        if always:
            parts.append(_double(always))
        while rest:
            counts: dict[tuple[int, float, float], int] = defaultdict(int)
            for _, conditions in rest:
                for condition in conditions:
                    counts[condition] += 1
            common = max(counts, key=lambda condition: counts[condition])
            if counts[common] == 1:
                parts += [
                    _all([asked(c) for c in conditions]).ifelse(_double(value), _double(0.0))
                    for value, conditions in rest
                ]
                break
            own = [
                (value, tuple(c for c in conditions if c != common))
                for value, conditions in rest
                if common in conditions
            ]
            parts.append(asked(common).ifelse(balanced_sum(total(own)), _double(0.0)))
            rest = [one for one in rest if common not in one[1]]
        return parts

    bounded = [
        (
            rule.value,
            tuple(c for c in rule.conditions if c[1] > -math.inf or c[2] < math.inf),
        )
        for rule in rules
    ]
    return balanced_sum(total(bounded))


def _all(conditions: Sequence[Any]) -> Any:
    whole = conditions[0]
    for condition in conditions[1:]:
        whole = whole & condition
    return whole


def _double(value: float) -> Any:
    import ibis

    return ibis.literal(float(value), "float64")


def refuse_dialect(name: str) -> None:
    """Refuse a dialect that is none of ours.

    Raises
    ------
    SheetError
    """
    if name in DIALECTS:
        return
    text = Text(
        "--sql is one of {listed}, not {name}.", "--sql 只能是 {listed} 之一，不能是 {name}。"
    ).fill(listed=", ".join(DIALECTS), name=name)
    raise SheetError(text.en, text.zh)
