"""The rows of a table as cells, as many as a sheet can hold, for an import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from csm_xl.database.addresses import address_of
from csm_xl.database.progress import Progress
from csm_xl.database.sources import Source, listed_tables, opened
from csm_xl.errors import FileError
from csm_xl.language import Text
from csm_xl.vocabulary import layout

_READ = Text("{n} of {all} rows read", "已读取 {n} / {all} 行")
_BATCH = 50_000


@dataclass(frozen=True)
class Rows:
    """What a table holds.

    Attributes
    ----------
    name : str
        What to call it in a message.
    cells : list of list
        The titles, then the rows.
    notes : tuple of Text
    """

    name: str
    cells: list[list[Any]]
    notes: tuple[Text, ...] = ()


def table_names(address: str) -> list[str]:
    """The tables of a database that are called like a sheet of ours; empty where one was named.

    Raises
    ------
    FileError
    """
    place = address_of(address)
    if place.table is not None or (place.path and place.scheme not in ("duckdb", "sqlite")):
        return []
    return [name for name in listed_tables(place) if layout.sheet_key(name) is not None]


def rows_of(
    address: str,
    wanted: str,
    most: int,
    *,
    table: str | None = None,
    query: str | None = None,
    progress: Progress | None = None,
) -> Rows:
    """Read a table.

    Parameters
    ----------
    address : str
        See :mod:`csm_xl.database.sources`.
    wanted : str
        Which table is meant where an address holds several.
    most : int
        The rows of a sheet, its titles included.
    table, query : str, optional
    progress : callable, optional

    Raises
    ------
    FileError
        It cannot be read, is empty, or does not fit a sheet.
    """
    with opened(address, wanted, table=table, query=query, texts=lambda headers: headers) as source:
        found = source.table
        n = int(found.count().execute())
        if n >= most:
            raise FileError(
                f"{source.shown} gives {n:,} rows, and a sheet holds {most - 1:,}. Leave rows out with --query, "
                "or have them added up where they are: csm-xl features FILE --orders ADDRESS.",
                f"{source.shown} 有 {n:,} 行，而工作表最多 {most - 1:,} 行。请用 --query 减少行数，"
                "或在数据所在处统计：csm-xl features 文件 --orders 地址。",
            )
        if not n:
            raise FileError(
                f"{source.shown} gave no rows, so there is nothing to import.",
                f"{source.shown} 没有任何行，没有可导入的内容。",
            )
        cells: list[list[Any]] = [list(found.columns)]
        for batch in _plain(source).to_pyarrow_batches(chunk_size=_BATCH):
            cells += [
                list(row) for row in zip(*(c.to_pylist() for c in batch.columns), strict=True)
            ]
            if progress is not None:
                done = len(cells) - 1
                progress(done / n, _READ.fill(n=f"{done:,}", all=f"{n:,}"))
        return Rows(_called(source, table, query), cells, source.notes)


def _called(source: Source, table: str | None, query: str | None) -> str:
    named = None if query else table or source.address.table
    return f"{source.shown}#{named}" if named else source.shown


def _plain(source: Source) -> Any:
    """Columns of kinds that a cell can hold: numbers, days, yes and no, texts."""
    table = source.table
    plain = {}
    for name, dtype in table.schema().items():
        if dtype.is_decimal():
            plain[name] = table[name].cast("float64")
        elif not (
            dtype.is_numeric()
            or dtype.is_boolean()
            or dtype.is_string()
            or dtype.is_date()
            or dtype.is_timestamp()
        ):
            plain[name] = table[name].cast("string")
    return table.mutate(**plain) if plain else table
