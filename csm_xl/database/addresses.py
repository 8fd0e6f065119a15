"""Where a table is, in one line of text, and what of it may be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote

#: Longer than a letter, which is a drive of Windows.
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+]+):(.*)", re.DOTALL)
_SERVER = re.compile(r"//(?:(?P<user>.*)@)?(?P<rest>[^@]*)", re.DOTALL)
_PLACE = re.compile(
    r"(?P<host>\[[^\]]*\]|[^:/?#]*)(?::(?P<port>\d*))?(?:/(?P<database>[^?#]*))?"
    r"(?:\?(?P<options>[^#]*))?(?:#(?P<table>.*))?",
    re.DOTALL,
)
#: Names of options that nobody else should read.
_SECRET = re.compile(r"pass|pwd|secret|token|key", re.IGNORECASE)
#: A server that does not answer within these is none.
SECONDS_TO_ANSWER = 15
PARQUET = (".parquet", ".pq")
CSV = (".csv", ".csv.gz", ".tsv", ".tsv.gz")
_ALSO = {"postgresql": "postgres", "mariadb": "mysql"}


@dataclass(frozen=True)
class Address:
    """An address, read.

    Attributes
    ----------
    scheme : str
        ``"duckdb"``, ``"postgres"`` and so on; ``""`` for files and folders.
    path : str
        Of a file or a folder.
    table : str or None
        What ``#name`` behind it says.
    host, user, password, database : str or None
        Of a server.
    port : int or None
    options : dict of str to str
        What stands behind a question mark.
    """

    scheme: str
    path: str = ""
    table: str | None = None
    host: str | None = None
    port: int | None = None
    user: str | None = None
    password: str | None = None
    database: str | None = None
    options: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> str:
        """The address as anybody may read it: without password and options."""
        if self.host is None:
            return f"{self.scheme}:{self.path}" if self.scheme else self.path
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{user}{self.host}{port}/{self.database or ''}".rstrip("/")

    @property
    def secrets(self) -> list[str]:
        """What no sentence may hold."""
        hidden = [value for name, value in self.options if _SECRET.search(name)]
        return [text for text in (self.password, *hidden) if text]


def address_of(text: str) -> Address:
    """Read an address; a file that has this name is that file, whatever its name looks like."""
    if _exists(text):
        return Address("", text)
    found = _SCHEME.fullmatch(text)
    scheme = "" if found is None else found[1].lower()
    scheme = _ALSO.get(scheme, scheme)
    rest = text if found is None else found[2]
    files = scheme in ("", "duckdb", "sqlite") or not rest.startswith("//")
    if files:
        path, _, table = rest.partition("#")
        if scheme in ("duckdb", "sqlite") and path.startswith("//"):
            path = path.removeprefix("//")
        if _exists(rest):
            path, table = rest, ""
        return Address(scheme, path, unquote(table) or None)
    # A password may hold every sign of an address: what stands before the last @ is the user's.
    server = _SERVER.fullmatch(rest)
    assert server is not None
    place = _PLACE.fullmatch(server["rest"])
    if place is None:
        return Address(scheme, host="")
    user, colon, password = (server["user"] or "").partition(":")
    options = parse_qsl(place["options"] or "")
    given = dict(options)
    return Address(
        scheme,
        table=unquote(place["table"] or "") or None,
        host=place["host"].strip("[]"),
        port=int(place["port"]) if place["port"] else None,
        user=unquote(user) or given.get("user"),
        password=unquote(password) if colon else given.get("password"),
        database=unquote(place["database"] or "") or None,
        options=tuple((name, value) for name, value in options if name not in ("user",)),
    )


def is_address(text: str) -> bool:
    """Whether a text names a table of a database or Parquet files, rather than an export."""
    path = Path(text)
    if _exists(text):
        if path.is_dir():
            return any(file.name.lower().endswith(PARQUET) for file in path.rglob("*"))
        return text.lower().endswith(PARQUET)
    plain = text.partition("#")[0]
    return _SCHEME.fullmatch(text) is not None or plain.lower().endswith(PARQUET)


def _exists(text: str) -> bool:
    try:
        return bool(text) and Path(text).exists()
    except (OSError, ValueError):
        return False
