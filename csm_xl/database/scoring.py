"""Score a table where it is, and write what came out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csm_xl.churn.feature_columns import named_identifier
from csm_xl.churn.feature_values import text_key
from csm_xl.churn.formula import ChurnFormula, TextTerm
from csm_xl.database import formula_sql
from csm_xl.database.figures import figures, totals
from csm_xl.database.formula_sql import PROBABILITY
from csm_xl.database.orders import orders_at
from csm_xl.database.progress import Progress, watched
from csm_xl.database.sources import Source, opened, refuse_without_ibis
from csm_xl.errors import FileError, SheetError, TooLittleDataError
from csm_xl.language import Text
from csm_xl.vocabulary import layout

#: How many customers are shown where nothing is written.
SHOWN = 20
_SCORING = Text("Scoring", "正在评分")
_JUDGED = "_csm_judged"


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
    notes : tuple of Text
    """

    shown: str
    n: int
    mean: float
    header: str
    top: list[tuple[object, float]]
    notes: tuple[Text, ...] = ()


def score(
    address: str,
    formula: ChurnFormula,
    out: Path | None = None,
    *,
    table: str | None = None,
    query: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
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
    progress : callable, optional

    Raises
    ------
    CsmError
    """
    if out is not None:
        _refuse_target(out, force)
    with (
        opened(address, "customers", table=table, query=query, texts=_texts(formula)) as source,
        watched(source, progress, _SCORING),
    ):
        found = _found(source, formula)
        return _finished(source, found, _naming(found.columns), out)


def score_orders(
    address: str,
    formula: ChurnFormula,
    titles: Mapping[str, str],
    today: int,
    out: Path | None = None,
    *,
    window_days: int,
    new_days: float,
    silent_days: float,
    table: str | None = None,
    query: str | None = None,
    maps: Sequence[str] = (),
    force: bool = False,
    progress: Progress | None = None,
) -> Scored:
    """Score every customer of a table of orders, by figures that are counted there.

    Parameters
    ----------
    address : str
    formula : ChurnFormula
    titles : mapping of str to str
        Figures (:data:`csm_xl.churn.orders.FEATURES`) to what the formula calls them.
    today : int
        The day of the figures, a serial number.
    out, force
        See :func:`score`.
    window_days : int
    new_days, silent_days : float
        Who is known for less, or silent for longer, has no probability.
    table, query, maps
        See :func:`csm_xl.database.orders.order_figures`.
    progress : callable, optional

    Raises
    ------
    SheetError
        The formula reads what orders do not tell.
    CsmError
    """
    import ibis

    if out is not None:
        _refuse_target(out, force)
    with orders_at(address, today, table=table, query=query, maps=maps) as (source, lines):
        counted = figures(totals(lines, today, window_days), today)
        shown = {key: title for key, title in titles.items() if key in counted.columns}
        known = {text_key(title) for title in shown.values()}
        lacking = [name for name in formula.features if text_key(name) not in known]
        if lacking:
            raise SheetError(
                f"The model also reads {', '.join(lacking)}, which orders do not tell. Train it on these orders: "
                "csm-xl retrain FILE --orders ADDRESS.",
                f"模型还用到“{'”“'.join(lacking)}”，订单中没有这些信息。请用这些订单训练："
                "csm-xl retrain 文件 --orders 地址。",
            )
        judged = (counted.days_since <= silent_days) & (counted.days_as_customer >= new_days)
        plain = counted.select(
            "customer",
            **{title: counted[key] for key, title in shown.items()},
            **{_JUDGED: judged},
        )
        scored = formula_sql.scored(plain, formula, has_nan=source.has_nan)
        whole = scored.mutate(
            **{PROBABILITY: scored[_JUDGED].ifelse(scored[PROBABILITY], ibis.null("float64"))}
        ).drop(_JUDGED)
        with watched(source, progress, _SCORING):
            return _finished(source, _run(source, whole), "customer", out)


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
    return _run(source, formula_sql.scored(source.table, formula, spelled, has_nan=source.has_nan))


def _run(source: Source, expression: Any) -> Any:
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


def _finished(source: Source, found: Any, header: str, out: Path | None) -> Scored:
    """Write or show what was scored: one run of the query either way."""
    import ibis

    if out is None:
        with found.cache() as kept:
            n, mean = _counted(source, kept)
            first = kept.filter(kept[PROBABILITY].notnull()).order_by(ibis.desc(PROBABILITY))
            rows = first.limit(SHOWN).select(header, PROBABILITY).execute()
        top = list(zip(rows[header].tolist(), rows[PROBABILITY].tolist(), strict=True))
        return Scored(source.shown, n, mean, header, top, source.notes)
    partial = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        if out.suffix.lower() == ".csv":
            found.to_csv(partial)
            written = ibis.duckdb.connect().read_csv(partial, header=True, all_varchar=True)
        else:
            found.to_parquet(partial)
            written = ibis.duckdb.connect().read_parquet(partial)
        n, mean = _counted(source, written)
        # The file appears when it is whole.
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return Scored(source.shown, n, mean, header, [], source.notes)


def _counted(source: Source, found: Any) -> tuple[int, float]:
    """How many have a probability, and its mean."""
    probability = found[PROBABILITY].cast("float64")
    whole = found.aggregate(n=probability.count(), mean=probability.mean()).execute()
    n = int(whole["n"].iloc[0])
    if not n:
        raise TooLittleDataError(
            f"{source.shown} gave no rows, so there is nobody to score.",
            f"{source.shown} 没有任何行，没有可评分的客户。",
        )
    return n, float(whole["mean"].iloc[0])


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
