"""Tables by address: Parquet and CSV files, folders of them, databases, Spark.

============================================  =====================================================
address                                       what it is
============================================  =====================================================
``orders.parquet``, ``orders.csv``, ``dir/``  a file, or all files of one kind in a folder
``duckdb:shop.duckdb``                        a DuckDB file, opened for reading only
``sqlite:shop.sqlite``                        an SQLite file
``postgres://user@host:5432/database``        a server; the password from PGPASSWORD or ~/.pgpass
``mysql://user@host:3306/database``           a server; the password from MYSQL_PWD or ~/.my.cnf
``spark:folder``, ``spark:#table``            files or a table read by Spark; ``spark://host:7077``
                                              and ``sc://host`` name a cluster
============================================  =====================================================

``#name`` behind an address names the table. No sentence holds a password.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from csm_xl.database.addresses import Address, address_of
from csm_xl.database.complaints import said
from csm_xl.database.connections import Chooser, connected, connection_to
from csm_xl.errors import FileError
from csm_xl.language import Text
from csm_xl.vocabulary.cells import is_blank
from csm_xl.working_folder import working_folder

#: Ibis 12 calls what DuckDB 2 has no more.
_NEWEST_DUCKDB = 1
#: What SQL is called that an engine of Ibis reads.
_DIALECTS = {"pyspark": "spark"}
_ZONED = Text(
    "{columns}: times with a time zone are taken on the day that the database itself shows.",
    "{columns}：带时区的时间按数据库自身显示的日期计算。",
)


@dataclass(frozen=True)
class Source:
    """A table in an engine.

    Attributes
    ----------
    table : ibis Table
    connection : ibis backend
    address : Address
    notes : tuple of Text
        What the owner should know of the columns.
    """

    table: Any
    connection: Any
    address: Address
    notes: tuple[Text, ...] = ()

    @property
    def shown(self) -> str:
        """The address without a password."""
        return self.address.shown

    @property
    def dialect(self) -> str:
        """The engine's SQL: a key of :data:`csm_xl.database.formula_sql.DIALECTS`."""
        name = str(self.connection.name)
        return _DIALECTS.get(name, name)

    @property
    def has_nan(self) -> bool:
        """Whether the engine's doubles can be NaN."""
        return self.dialect != "sqlite"

    def run(self, sql: str, schema: Any) -> Any:
        """SQL of this engine as a table that Ibis can go on with."""
        return self.connection.sql(sql, schema=schema)


@contextmanager
def opened(
    address: str,
    wanted: str,
    *,
    table: str | None = None,
    query: str | None = None,
    texts: Chooser = lambda headers: (),
) -> Iterator[Source]:
    """A table by its address, closed in any case; what the engine complains of is one sentence.

    Parameters
    ----------
    address : str
    wanted : str
        Which table is meant where an address holds several and none is named, such as
        ``"customers"``.
    table : str, optional
        The table's name.
    query : str, optional
        SQL whose result is taken instead of a table. Files are called `wanted` in it.
    texts : callable
        Of the headers of a CSV file, those that are texts.

    Raises
    ------
    FileError
        Nothing is there, it cannot be read, or a package or a right is missing.
    SheetError
        There is no such table.
    """
    refuse_without_ibis()
    place = address_of(address)
    connection = None
    with said(place), working_folder() as folder:
        try:
            connection, found = connected(place, wanted, table or place.table, query, texts, folder)
            yield _source(connection, found, place)
        finally:
            if connection is not None:
                connection.disconnect()


def listed_tables(place: Address) -> list[str]:
    """The tables of a database, sorted.

    Raises
    ------
    FileError
    """
    refuse_without_ibis()
    connection = None
    with said(place), working_folder() as folder:
        if place.scheme == "mysql":
            from csm_xl.database.mysql import tables_of

            return tables_of(place)
        try:
            connection = connection_to(place, folder)
            return sorted(connection.list_tables())
        finally:
            if connection is not None:
                connection.disconnect()


def refuse_without_ibis() -> None:
    """Refuse where the extra is not installed.

    Raises
    ------
    FileError
    """
    if any(importlib.util.find_spec(name) is None for name in ("ibis", "duckdb")):
        raise FileError(
            'Databases and Parquet files need further packages. Install them: pip install "csm-xl[data]"',
            '读取数据库和 Parquet 文件需要另外的组件，请安装：pip install "csm-xl[data]"',
        )
    if int(version("duckdb").split(".")[0]) > _NEWEST_DUCKDB:
        raise FileError(
            "This DuckDB is newer than Ibis can speak to. Install the one that fits: "
            'pip install "csm-xl[data]"',
            'DuckDB 的版本过新，Ibis 尚不支持。请安装合适的版本：pip install "csm-xl[data]"',
        )


def _source(connection: Any, table: Any, place: Address) -> Source:
    """A table whose columns hold what their types say."""
    if connection.name == "sqlite":
        return Source(_sqlite_typed(table), connection, place)
    zoned = [name for name, dtype in table.schema().items() if getattr(dtype, "timezone", None)]
    if not zoned:
        return Source(table, connection, place)
    table = table.mutate(**{name: table[name].cast("timestamp") for name in zoned})
    return Source(table, connection, place, (_ZONED.fill(columns=", ".join(zoned)),))


def _sqlite_typed(table: Any) -> Any:
    """SQLite keeps what it is given in columns of any type: texts for numbers, texts for days."""
    schema = table.schema().items()
    # A day has no form of its own there: it is read as a sheet reads a text.
    texts = [name for name, dtype in schema if dtype.is_date() or dtype.is_timestamp()]
    numeric = [name for name, dtype in schema if dtype.is_numeric() or dtype.is_boolean()]
    if numeric:
        held = table.aggregate(
            **{
                f"n{k}": (table[name].typeof() == "text").ifelse(1, 0).sum()
                for k, name in enumerate(numeric)
            }
        ).execute()
        counts = {name: held[f"n{k}"].iloc[0] for k, name in enumerate(numeric)}
        texts += [name for name, n in counts.items() if not is_blank(n) and int(n)]
    return table.mutate(**{name: table[name].cast("string") for name in texts}) if texts else table
