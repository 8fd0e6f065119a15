"""Which of a database's tables is meant."""

from __future__ import annotations

from collections.abc import Sequence

from csm_xl.errors import SheetError
from csm_xl.vocabulary import layout


def table_meant(names: Sequence[str], wanted: str, table: str | None, shown: str) -> str:
    """The table that is meant: the named one, the only one, or the one called like a sheet.

    Raises
    ------
    SheetError
    """
    names = sorted(names)
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
    if not names:
        raise SheetError(
            f"{shown} holds no table that this user may read.", f"{shown} 中没有可读取的表。"
        )
    raise SheetError(
        f"{shown} holds several tables: say which one with #name behind the address, such as "
        f"#{names[0]}. There are: {listed}.",
        f"{shown} 中有多个表，请在地址后用 #表名 指定，例如 #{names[0]}。现有：{listed}。",
    )
