"""MySQL and MariaDB: the rows are copied into DuckDB, which does what is asked of them.

A text is compared there by rules of its own (``a`` is ``A``, blanks at the end do not count), so
that sums by customer would differ from those of a sheet.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from csm_xl.database.addresses import SECONDS_TO_ANSWER, Address
from csm_xl.database.table_names import table_meant

#: Rows that are fetched at a time.
_BATCH = 50_000


def copied(
    connection: Any, address: Address, wanted: str, table: str | None, query: str | None
) -> Any:
    """A table or the result of a query as a table of DuckDB.

    Parameters
    ----------
    connection : ibis DuckDB backend
    address : Address
    wanted : str
        What the copy is called.
    table, query : str or None
    """
    import pyarrow as pa
    import pymysql
    from pymysql.constants import FIELD_TYPE as T
    from pymysql.converters import conversions

    whole = {T.TINY, T.SHORT, T.LONG, T.LONGLONG, T.INT24, T.YEAR}
    real = {T.FLOAT, T.DOUBLE, T.DECIMAL, T.NEWDECIMAL}
    moment = {T.DATETIME, T.TIMESTAMP}

    def kind(code: int) -> Any:
        if code in whole:
            return pa.int64()
        if code in real:
            return pa.float64()
        if code in moment:
            return pa.timestamp("us")
        return pa.date32() if code in (T.DATE, T.NEWDATE) else pa.string()

    # Numbers of any precision as the sheet has them.
    server = _server(address, conv={**conversions, T.DECIMAL: float, T.NEWDECIMAL: float})
    try:
        with server.cursor(pymysql.cursors.SSCursor) as cursor:
            if query is None:
                name = table_meant(_names(cursor), wanted, table, address.shown)
                query = f"SELECT * FROM `{name.replace('`', '``')}`"  # noqa: S608 - a name of the server's
            cursor.execute(query)
            columns = [(str(one[0]), kind(one[1])) for one in cursor.description or ()]
            schema = pa.schema(columns)
            connection.create_table(wanted, schema.empty_table())
            while rows := cursor.fetchmany(_BATCH):
                arrays = [
                    pa.array(_plain(cells, type_), type_)
                    for cells, (_, type_) in zip(zip(*rows, strict=True), columns, strict=True)
                ]
                connection.insert(wanted, pa.Table.from_arrays(arrays, schema=schema))
    finally:
        server.close()
    return connection.table(wanted)


def tables_of(address: Address) -> list[str]:
    """The tables of a database, sorted."""
    server = _server(address)
    try:
        with server.cursor() as cursor:
            return sorted(_names(cursor))
    finally:
        server.close()


def _names(cursor: Any) -> list[str]:
    cursor.execute("SHOW TABLES")
    return [str(row[0]) for row in cursor.fetchall()]


def _server(address: Address, **options: Any) -> Any:
    """A connection; what the address leaves open the user's own settings say."""
    import pymysql

    own_file = Path("~/.my.cnf").expanduser()
    return pymysql.connect(
        host=address.host or "localhost",
        port=address.port or 3306,
        user=address.user,
        password=address.password or os.environ.get("MYSQL_PWD", ""),
        database=address.database,
        charset="utf8mb4",
        connect_timeout=SECONDS_TO_ANSWER,
        read_default_file=str(own_file) if own_file.is_file() else None,
        read_default_group="client",
        **options,
    )


def _plain(cells: Sequence[Any], type_: Any) -> Sequence[Any]:
    import pyarrow as pa

    if pa.types.is_string(type_):
        return [_text(cell) for cell in cells]
    if pa.types.is_temporal(type_):
        # The server's day of nothing arrives as a text.
        return [cell if isinstance(cell, dt.date) else None for cell in cells]
    return cells


def _text(cell: Any) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
