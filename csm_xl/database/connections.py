"""A connection to each kind of database, and the table in it that is meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from csm_xl.database.addresses import CSV, PARQUET, SECONDS_TO_ANSWER, Address
from csm_xl.database.table_names import table_meant
from csm_xl.errors import FileError

#: Picks, of the headers of a CSV file, those whose cells are texts whatever they look like.
Chooser = Callable[[Sequence[str]], Sequence[str]]

#: What DuckDB may take of the memory before it goes on in files.
_DUCKDB_MEMORY = "2GB"


def connected(
    address: Address,
    wanted: str,
    table: str | None,
    query: str | None,
    texts: Chooser,
    folder: Path,
) -> tuple[Any, Any]:
    """A connection, and the table in it.

    Parameters
    ----------
    address : Address
    wanted : str
        Which table is meant where there are several, and what files are called in a query.
    table, query : str or None
    texts : callable
    folder : Path
        For what does not fit the memory.
    """
    connection = connection_to(address, folder)
    if address.scheme == "mysql":
        from csm_xl.database.mysql import copied

        return connection, copied(connection, address, wanted, table, query)
    if address.scheme == "" or (address.scheme == "spark" and address.path):
        files = files_of(address.path)
        if address.scheme == "spark":
            from csm_xl.database.spark import spark_files

            data = spark_files(connection, files, wanted)
        else:
            data = _of_files(connection, files, wanted, texts)
        return connection, connection.sql(query) if query else data
    if query:
        return connection, connection.sql(query)
    name = table_meant(connection.list_tables(), wanted, table, address.shown)
    return connection, connection.table(name)


def connection_to(address: Address, folder: Path) -> Any:
    """A connection alone; for MySQL and for files that of the DuckDB that reads them.

    Raises
    ------
    FileError
        Nothing is there, or it is no address.
    """
    import ibis

    scheme = address.scheme
    if scheme in ("", "mysql"):
        return duckdb_connection(folder)
    if scheme in ("duckdb", "sqlite"):
        if not Path(address.path).is_file():
            raise _nothing(address.path)
        if scheme == "duckdb":
            return duckdb_connection(folder, Path(address.path))
        return ibis.sqlite.connect(address.path)
    if scheme == "postgres":
        return _postgres(address)
    if scheme in ("spark", "sc"):
        from csm_xl.database.spark import spark_connection

        return spark_connection(address)
    raise FileError(
        "Addresses begin with duckdb:, sqlite:, postgres://, mysql:// or spark:, or are files and "
        f"folders of Parquet or CSV; {scheme}: is not known.",
        "地址应以 duckdb:、sqlite:、postgres://、mysql:// 或 spark: 开头，或为 Parquet、CSV 文件及文件夹；"
        f"不支持 {scheme}:。",
    )


def duckdb_connection(folder: Path, path: Path | None = None) -> Any:
    """DuckDB within bounds: nothing is fetched from outside, and what is large goes into a folder."""
    import ibis

    connection = ibis.duckdb.connect(
        path or ":memory:",
        read_only=path is not None,
        autoinstall_known_extensions=False,
        memory_limit=_DUCKDB_MEMORY,
        temp_directory=str(folder),
    )
    connection.con.execute("RESET TimeZone")  # see _postgres
    return connection


def _postgres(address: Address) -> Any:
    import ibis

    given = {n: value for n, value in address.options if n not in ("password", "connect_timeout")}
    # What is not named here libpq takes from its own variables and files.
    connection = ibis.postgres.connect(
        host=address.host or None,
        user=address.user,
        password=address.password,
        port=address.port or 5432,
        database=address.database,
        connect_timeout=int(dict(address.options).get("connect_timeout", SECONDS_TO_ANSWER)),
        **given,
    )
    # Ibis sets UTC; moments are on the days that the database itself shows.
    connection.raw_sql("RESET TIMEZONE").close()
    return connection


def _nothing(path: str) -> FileError:
    return FileError(
        f"There is nothing at {path}. Correct the address.", f"{path} 不存在，请更正地址。"
    )


def files_of(place: str) -> list[str]:
    """A Parquet or CSV file, or all files of one kind in a folder.

    Raises
    ------
    FileError
    """
    path = Path(place)
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.is_file())
        chosen = [p for p in files if p.name.lower().endswith(PARQUET)] or [
            p for p in files if p.name.lower().endswith(CSV)
        ]
        if not chosen:
            raise FileError(
                f"The folder {place} holds no Parquet and no CSV file.",
                f"文件夹 {place} 中没有 Parquet 或 CSV 文件。",
            )
    elif path.is_file():
        chosen = [path]
    else:
        raise _nothing(place)
    if not chosen[0].name.lower().endswith((*PARQUET, *CSV)):
        raise FileError(
            f"{path.name} is no Parquet and no CSV file. Workbooks are read by: csm-xl import",
            f"{path.name} 不是 Parquet 或 CSV 文件。工作簿请用 csm-xl import 导入。",
        )
    return [str(p) for p in chosen]


def _of_files(connection: Any, chosen: list[str], wanted: str, texts: Chooser) -> Any:
    """Files as one table of DuckDB."""
    # A name with * or [ is a file's name here, and a pattern to DuckDB.
    given = [re.sub(r"([*?\[])", r"[\1]", path) for path in chosen]
    if chosen[0].lower().endswith(PARQUET):
        return connection.read_parquet(given, table_name=wanted, union_by_name=True)
    # The whole file decides what a column holds, not its first rows.
    options: dict[str, Any] = {"sample_size": -1, "union_by_name": True}
    found = connection.read_csv(given, table_name=wanted, header=True, **options)
    chosen_texts = [
        header for header in texts(found.columns) if not found[header].type().is_string()
    ]
    if chosen_texts:
        types = dict.fromkeys(chosen_texts, "VARCHAR")
        found = connection.read_csv(given, table_name=wanted, header=True, types=types, **options)
    return found
