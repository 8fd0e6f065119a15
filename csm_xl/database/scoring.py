"""Score a table where it is, and write what came out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csm_xl.churn.feature_columns import named_identifier
from csm_xl.churn.feature_values import text_key
from csm_xl.churn.formula import ChurnFormula, TextTerm
from csm_xl.database import formula_sql
from csm_xl.database.formula_sql import PROBABILITY
from csm_xl.database.sources import Source, opened, refuse_without_ibis
from csm_xl.errors import FileError, TooLittleDataError
from csm_xl.vocabulary import layout

#: How many customers are shown where nothing is written.
SHOWN = 20


@dataclass(frozen=True)
class Scored:
    """What came of scoring a table.

    Attributes
    ----------
    shown : str
        The address without a password.
    n : int
        How many rows were scored.
    mean : float
        Their mean probability.
    header : str
        The column that names a customer.
    top : list of (object, float)
        The customers with the highest probabilities; empty where a file was written.
    """

    shown: str
    n: int
    mean: float
    header: str
    top: list[tuple[object, float]]


def score(
    address: str,
    formula: ChurnFormula,
    out: Path | None = None,
    *,
    table: str | None = None,
    query: str | None = None,
    force: bool = False,
) -> Scored:
    """Score every row of a table.

    Parameters
    ----------
    address : str
        See :mod:`csm_xl.database.sources`.
    formula : ChurnFormula
    out : Path, optional
        A ``.parquet`` or ``.csv`` file for the table with its probabilities; appears whole or not
        at all.
    table, query : str, optional
    force : bool
        Replace `out`.

    Raises
    ------
    CsmError
    """
    if out is not None:
        _refuse_target(out, force)
    with opened(address, "customers", table=table, query=query, texts=_texts(formula)) as source:
        found = _found(source, formula)
        header = _naming(found.columns)
        if out is not None:
            _written(found, out)
        n, mean = _counted(found)
        if not n:
            raise TooLittleDataError(
                f"{source.shown} gave no rows, so there is nobody to score.",
                f"{source.shown} 没有任何行，无人可评分。",
            )
        return Scored(source.shown, n, mean, header, [] if out is not None else _top(found, header))


def sql(
    formula: ChurnFormula,
    dialect: str,
    address: str | None = None,
    *,
    table: str | None = None,
    query: str | None = None,
) -> str:
    """The model as SQL that scores a table without csm-xl.

    Parameters
    ----------
    formula : ChurnFormula
    dialect : str
        A key of :data:`csm_xl.database.formula_sql.DIALECTS`.
    address : str, optional
        A table whose columns, types and spellings the SQL is written for.
    table, query : str, optional
        The table's name in the SQL, ``customers`` by default.

    Raises
    ------
    CsmError
    """
    formula_sql.refuse_dialect(dialect)
    refuse_without_ibis()
    if address is None:
        return formula_sql.standalone_sql(formula, dialect, name=table or "customers")
    with opened(address, "customers", table=table, query=query, texts=_texts(formula)) as source:
        spelled = formula_sql.spellings(source.table, formula)
        named = table or address.partition("#")[2] or "customers"
        return formula_sql.standalone_sql(formula, dialect, source.table, named, spelled)


def _found(source: Source, formula: ChurnFormula) -> Any:
    """The table with its probabilities, as SQL that this engine runs."""
    spelled = formula_sql.spellings(source.table, formula)
    formula_sql.refuse_impossible(source.table, formula, spelled, has_nan=source.has_nan)
    expression = formula_sql.scored(source.table, formula, spelled, has_nan=source.has_nan)
    return source.run(formula_sql.sql_of(expression, source.dialect), expression.schema())


def _texts(formula: ChurnFormula) -> Any:
    """Of a CSV file's columns the texts: categories, and numbers that name somebody."""
    own = {text_key(term.name) for term in formula.terms if isinstance(term, TextTerm)}
    numbers = {text_key(term.name) for term in formula.terms} - own

    def chosen(headers: Sequence[str]) -> list[str]:
        return [
            header
            for header in headers
            if text_key(header) in own
            or (named_identifier(header) and text_key(header) not in numbers)
        ]

    return chosen


def _naming(headers: Sequence[str]) -> str:
    places = layout.match_headers(headers, "customers").columns
    return headers[places.get("customer_id", places.get("name", 0))]


def _counted(found: Any) -> tuple[int, float]:
    whole = found.aggregate(n=found.count(), mean=found[PROBABILITY].mean()).execute()
    n = int(whole["n"].iloc[0])
    return n, float(whole["mean"].iloc[0]) if n else 0.0


def _top(found: Any, header: str) -> list[tuple[object, float]]:
    import ibis

    first = found.order_by(ibis.desc(PROBABILITY)).limit(SHOWN).select(header, PROBABILITY)
    rows = first.execute()
    return list(zip(rows[header].tolist(), rows[PROBABILITY].tolist(), strict=True))


def _refuse_target(out: Path, force: bool) -> None:
    if out.suffix.lower() not in (".parquet", ".csv"):
        raise FileError(
            f"{out.name} must end in .parquet or .csv.", f"{out.name} 应以 .parquet 或 .csv 结尾。"
        )
    if not out.absolute().parent.is_dir():
        raise FileError(
            f"There is no folder {out.absolute().parent}. Make it first.",
            f"文件夹 {out.absolute().parent} 不存在，请先建立。",
        )
    if out.exists() and not force:
        raise FileError(
            f"{out.name} is already there. Name another file, or add --force.",
            f"{out.name} 已存在。请换一个文件名，或加上 --force。",
        )


def _written(found: Any, out: Path) -> None:
    """Write a table; the file appears when it is whole."""
    partial = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        if out.suffix.lower() == ".csv":
            found.to_csv(partial)
        else:
            found.to_parquet(partial)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
