"""Tables by address: Parquet and CSV files, folders of them, DuckDB, SQLite, PostgreSQL.

============================================  =====================================================
address                                       what it is
============================================  =====================================================
``orders.parquet``, ``orders.csv``, ``dir/``  a file, or all files of one kind in a folder
``duckdb:shop.duckdb``                        a DuckDB file, opened for reading only
``sqlite:shop.sqlite``                        an SQLite file
``postgres://user@host:5432/database``        a server; the password from PGPASSWORD or ~/.pgpass
============================================  =====================================================

``#name`` behind an address names the table. No sentence holds a password.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from csm_xl.errors import CsmError, FileError, SheetError
from csm_xl.language import Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cells import is_blank

#: Longer than a letter, which is a drive of Windows.
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+]+):(.*)", re.DOTALL)
_PARQUET = (".parquet", ".pq")
_CSV = (".csv", ".csv.gz", ".tsv", ".tsv.gz")
_SECONDS_TO_ANSWER = 15
#: Ibis 12 calls what DuckDB 2 has no more.
_NEWEST_DUCKDB = 1
_LONGEST_REMARK = 200

#: Picks, of the headers of a CSV file, those whose cells are texts whatever they look like.
Chooser = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True)
class Source:
    """A table in an engine.

    Attributes
    ----------
    table : ibis Table
    connection : ibis backend
    shown : str
        The address without a password.
    secret : str
        What must not be shown.
    """

    table: Any
    connection: Any
    shown: str
    secret: str = ""

    @property
    def engine(self) -> str:
        """``"duckdb"``, ``"sqlite"`` or ``"postgres"``."""
        return str(self.connection.name)

    @property
    def has_nan(self) -> bool:
        """Whether the engine's doubles can be NaN."""
        return self.engine != "sqlite"

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
    wanted : {"customers", "orders"}
        Which table is meant where an address holds several and none is named.
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
    place, _, fragment = address.partition("#")
    table = table or unquote(fragment) or None
    shown, secret = _without_password(place)
    connection = None
    with said(shown, secret):
        try:
            connection, found = _connected(place, wanted, table, query, texts, shown)
            yield Source(_typed(connection, found), connection, shown, secret)
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


@contextmanager
def said(shown: str, secret: str = "") -> Iterator[None]:
    """Turn what an engine or its driver raises into one sentence without a password."""
    try:
        yield
    except (CsmError, KeyboardInterrupt, GeneratorExit):
        raise
    except ImportError as error:
        raise _error(_NO_DRIVER, shown, str(error.name or "")) from None
    except Exception as error:
        remark = " ".join(str(error).split())
        if secret:
            remark = remark.replace(secret, "***")
        remark = re.sub(r"(://[^:/@\s]*):[^@\s]+@", r"\1@", remark)
        for pattern, text in _COMPLAINTS:
            if re.search(pattern, remark, re.IGNORECASE):
                raise _error(text, shown, remark) from None
        raise _error(_OTHER, shown, remark) from None


_NO_DRIVER = Text(
    'Reading {shown} needs another package ({remark}). Install it: pip install "csm-xl[data]"',
    '读取 {shown} 还缺少组件（{remark}），请安装：pip install "csm-xl[data]"',
)
_OTHER = Text("{shown} could not be read: {remark}", "无法读取 {shown}：{remark}")
_COMPLAINTS = (
    (
        r"password authentication|no password supplied|role .* does not exist|authentication failed",
        Text(
            "{shown} does not accept the user or the password. Put the password into PGPASSWORD or "
            "~/.pgpass, and see that the user is right.",
            "{shown} 不接受该用户名或密码。请在 PGPASSWORD 或 ~/.pgpass 中设置密码，并检查用户名。",
        ),
    ),
    (
        r"permission denied|insufficient privilege|not authorized",
        Text(
            "{shown} does not let this user read the table. Ask for the right to read it.",
            "该用户无权读取 {shown} 中的表，请申请读取权限。",
        ),
    ),
    (
        r'database ".*" does not exist',
        Text(
            "There is no such database: {shown}. Correct the address.",
            "没有这个数据库：{shown}，请更正地址。",
        ),
    ),
    (
        r"could not translate host|failed to resolve|connection (failed|refused|timeout)|timeout expired"
        r"|could not connect|name or service not known",
        Text(
            "{shown} does not answer. See that the address and the port are right and the server runs.",
            "{shown} 没有响应，请检查地址和端口是否正确、服务器是否已启动。",
        ),
    ),
    (
        r"file is not a database|cannot launch in-memory|not a valid duckdb|not a DuckDB|no magic bytes|too small to be a parquet",
        Text(
            "{shown} is not the kind of file that its name or address says.",
            "{shown} 不是其名称或地址所指的文件类型。",
        ),
    ),
    (
        r"failed to infer types",
        Text(
            "{shown}: the query gave no rows. Correct it, or look at the table first.",
            "{shown}：查询没有返回任何行，请更正查询，或先查看表中的内容。",
        ),
    ),
    (
        r"lock on file|database is locked",
        Text(
            "{shown} is open in another program. Close it there and try again.",
            "{shown} 正被其他程序使用，请先关闭再试。",
        ),
    ),
    (
        r"utf-?8|unicode|encoding",
        Text(
            "{shown} is not written in UTF-8. Save it as UTF-8, or as Parquet.",
            "{shown} 不是 UTF-8 编码，请另存为 UTF-8 或 Parquet。",
        ),
    ),
)


def _error(text: Text, shown: str, remark: str) -> FileError:
    shorter = remark[:_LONGEST_REMARK] + ("…" if len(remark) > _LONGEST_REMARK else "")
    filled = text.fill(shown=shown, remark=shorter)
    return FileError(filled.en, filled.zh)


def _without_password(address: str) -> tuple[str, str]:
    """An address as it may be shown, and its password."""
    found = _SCHEME.fullmatch(address)
    if found is None or not found[2].startswith("//") or found[1].lower() in ("duckdb", "sqlite"):
        return address, ""
    parts = urlsplit(address)
    user, _, host = parts.netloc.rpartition("@")
    name, _, secret = user.partition(":")
    shown = f"{parts.scheme}://{name}{'@' if name else ''}{host}{parts.path}"
    for key, value in parse_qsl(parts.query):
        if key.lower() == "password":
            secret = value
    return shown, unquote(secret)


def _connected(
    place: str, wanted: str, table: str | None, query: str | None, texts: Chooser, shown: str
) -> tuple[Any, Any]:
    """A connection, and the table in it."""
    import ibis

    found = _SCHEME.fullmatch(place)
    scheme = found[1].lower() if found else ""
    if found is None:
        connection = ibis.duckdb.connect(autoinstall_known_extensions=False)
        data = _of_files(connection, place, wanted, texts)
        return connection, connection.sql(query) if query else data
    if scheme in ("duckdb", "sqlite"):
        path = Path(found[2].removeprefix("//"))
        if not path.is_file():
            raise _nothing(str(path))
        if scheme == "duckdb":
            connection = ibis.duckdb.connect(
                path, read_only=True, autoinstall_known_extensions=False
            )
        else:
            connection = ibis.sqlite.connect(path)
    elif scheme in ("postgres", "postgresql"):
        connection = _postgres(urlsplit(place))
    else:
        raise FileError(
            f"Addresses begin with duckdb:, sqlite: or postgres://, or are files and folders of "
            f"Parquet or CSV; {scheme}: is not known.",
            f"地址应以 duckdb:、sqlite: 或 postgres:// 开头，或为 Parquet、CSV 文件及文件夹；"
            f"不支持 {scheme}:。",
        )
    if query:
        return connection, connection.sql(query)
    return connection, connection.table(_table_named(connection, wanted, table, shown))


def _postgres(parts: SplitResult) -> Any:
    import ibis

    given = dict(parse_qsl(parts.query))
    # What is not named here libpq takes from its own variables and files.
    return ibis.postgres.connect(
        host=parts.hostname,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else given.pop("password", None),
        port=parts.port or 5432,
        database=unquote(parts.path.strip("/")) or None,
        connect_timeout=int(given.pop("connect_timeout", _SECONDS_TO_ANSWER)),
        **given,
    )


def _table_named(connection: Any, wanted: str, table: str | None, shown: str) -> str:
    names = sorted(connection.list_tables())
    if table is not None:
        for name in names:
            if name == table:
                return name
        alike = [name for name in names if name.casefold() == table.casefold()]
        if len(alike) == 1:
            return alike[0]
    else:
        meant = [name for name in names if layout.sheet_key(name) == wanted]
        if len(meant) == 1 or len(names) == 1:
            return (meant or names)[0]
    listed = ", ".join(names[:20]) or "-"
    if table is not None:
        raise SheetError(
            f"There is no table {table} in {shown}. There are: {listed}.",
            f"{shown} 中没有表 {table}。现有：{listed}。",
        )
    raise SheetError(
        f"{shown} holds several tables: say which one with --table, such as --table {wanted}. "
        f"There are: {listed}.",
        f"{shown} 中有多个表，请用 --table 指定，例如 --table {wanted}。现有：{listed}。",
    )


def _nothing(path: str) -> FileError:
    return FileError(
        f"There is nothing at {path}. Correct the address.", f"{path} 不存在，请更正地址。"
    )


def _of_files(connection: Any, place: str, wanted: str, texts: Chooser) -> Any:
    """A Parquet or CSV file, or all files of one kind in a folder, as one table."""
    path = Path(place)
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.is_file())
        chosen = [p for p in files if p.name.lower().endswith(_PARQUET)] or [
            p for p in files if p.name.lower().endswith(_CSV)
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
    name = chosen[0].name.lower()
    # A name with * or [ is a file's name here, and a pattern to DuckDB.
    given = [re.sub(r"([*?\[])", r"[\1]", str(p)) for p in chosen]
    if name.endswith(_PARQUET):
        return connection.read_parquet(given, table_name=wanted, union_by_name=True)
    if not name.endswith(_CSV):
        raise FileError(
            f"{path.name} is no Parquet and no CSV file. Workbooks are read by: csm-xl import",
            f"{path.name} 不是 Parquet 或 CSV 文件。工作簿请用 csm-xl import 导入。",
        )
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


def _typed(connection: Any, table: Any) -> Any:
    """A table whose columns hold what their types say: SQLite keeps texts in columns of numbers."""
    if connection.name != "sqlite":
        return table
    numeric = [name for name, dtype in table.schema().items() if dtype.is_numeric()]
    if not numeric:
        return table
    held = table.aggregate(
        **{
            f"n{k}": (table[name].typeof() == "text").ifelse(1, 0).sum()
            for k, name in enumerate(numeric)
        }
    ).execute()
    mixed = [
        name
        for k, name in enumerate(numeric)
        if not is_blank(held[f"n{k}"].iloc[0]) and int(held[f"n{k}"].iloc[0])
    ]
    return table.mutate(**{name: table[name].cast("string") for name in mixed}) if mixed else table
