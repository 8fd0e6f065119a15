"""What engines and their drivers complain of, as one sentence without a password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from csm_xl.database.addresses import Address
from csm_xl.errors import CsmError, FileError
from csm_xl.language import Text

_LONGEST_REMARK = 200


@contextmanager
def said(address: Address) -> Iterator[None]:
    """Turn what an engine or its driver raises into one sentence without a password."""
    try:
        yield
    except (CsmError, KeyboardInterrupt, GeneratorExit):
        raise
    except ImportError as error:
        needed, extra = _DRIVERS.get(address.scheme, (str(error.name or ""), "data"))
        raise _error(_NO_DRIVER, address, needed, extra) from None
    except Exception as error:
        remark = " ".join(str(error).split())
        # Ctrl+C while DuckDB works.
        if re.search(r"^Query interrupted|INTERRUPT Error", remark):
            raise KeyboardInterrupt from None
        for secret in address.secrets:
            remark = remark.replace(secret, "***").replace(quote(secret, safe=""), "***")
        remark = re.sub(r"(://[^:/@\s]*):[^@\s]+@", r"\1@", remark)
        for pattern, text in _COMPLAINTS:
            if re.search(pattern, remark, re.IGNORECASE):
                raise _error(text, address, remark) from None
        raise _error(_OTHER, address, remark) from None


#: What an address needs beside the extra for data, and the extra that brings it.
_DRIVERS = {
    "postgres": ("psycopg", "data"),
    "mysql": ("pymysql", "mysql"),
    "spark": ("pyspark", "spark"),
    "sc": ("pyspark", "spark"),
}
_NO_DRIVER = Text(
    'Reading {shown} needs another package ({remark}). Install it: pip install "csm-xl[{extra}]"',
    '读取 {shown} 还缺少组件（{remark}），请安装：pip install "csm-xl[{extra}]"',
)
_OTHER = Text("{shown} could not be read: {remark}", "无法读取 {shown}：{remark}")
_COMPLAINTS = (
    (
        r"password authentication|no password supplied|role .* does not exist|authentication failed"
        r"|access denied for user .*using password",
        Text(
            "{shown} does not accept the user or the password. Put the password into {keeping}, "
            "and see that the user is right.",
            "{shown} 不接受该用户名或密码。请在 {keeping_zh} 中设置密码，并检查用户名。",
        ),
    ),
    (
        r"permission denied|insufficient privilege|not authorized|command denied|access denied for user",
        Text(
            "{shown} does not let this user read the table. Ask for the right to read it.",
            "该用户无权读取 {shown} 中的表，请申请读取权限。",
        ),
    ),
    (
        r'database ".*" does not exist|unknown database',
        Text(
            "There is no such database: {shown}. Correct the address.",
            "没有这个数据库：{shown}，请更正地址。",
        ),
    ),
    (
        r"could not translate host|failed to resolve|connection (failed|refused|timeout)|timeout expired"
        r"|could not connect|name or service not known|can't connect to mysql|lost connection|server closed the connection",
        Text(
            "{shown} does not answer. See that the address and the port are right and the server runs.",
            "{shown} 没有响应，请检查地址和端口是否正确、服务器是否已启动。",
        ),
    ),
    (
        r"file is not a database|is an existing extension|cannot launch in-memory|not a valid duckdb|not a DuckDB|no magic bytes|too small to be a parquet",
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
        r"TIMESTAMP\(NANOS",
        Text(
            "{shown} holds times to the nanosecond, which Spark does not read. Leave spark: out, or write "
            "the file with microseconds.",
            "{shown} 中的时间精确到纳秒，Spark 无法读取。请去掉 spark:，或以微秒精度写出文件。",
        ),
    ),
    (
        r"JAVA_GATEWAY_EXITED|UnsupportedClassVersion",
        Text(
            "Spark needs Java 17 or later, and what is installed did not start. Install a newer Java.",
            "Spark 需要 Java 17 或更新版本，当前安装的 Java 无法启动，请升级。",
        ),
    ),
    (
        r"out of memory|no space left|disk is full|failed to offload",
        Text(
            "{shown} needs more memory or disk space than there is. Free some, or take fewer columns and "
            "rows with --query.",
            "处理 {shown} 时内存或磁盘空间不足。请腾出空间，或用 --query 减少列和行。",
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


_KEEPING = {"mysql": "MYSQL_PWD", "postgres": "PGPASSWORD"}
_FILES = {"mysql": "~/.my.cnf", "postgres": "~/.pgpass"}


def _error(text: Text, address: Address, remark: str, extra: str = "data") -> FileError:
    variable, file = _KEEPING.get(address.scheme, ""), _FILES.get(address.scheme, "")
    filled = text.fill(
        shown=address.shown,
        remark=remark[:_LONGEST_REMARK] + ("…" if len(remark) > _LONGEST_REMARK else ""),
        extra=extra,
        keeping=f"{variable} or {file}",
        keeping_zh=f"{variable} 或 {file}",
    )
    return FileError(filled.en, filled.zh)
