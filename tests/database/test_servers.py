"""PostgreSQL and MariaDB on loopback: the same scores, and no password in a sentence."""

from __future__ import annotations

from urllib.parse import quote

import numpy as np
import pytest
import servers
from engines import connection_to, new_database, stored
from servers import SECRET
from test_formula_sql import FORMULA, FRAME

from csm_xl.database import formula_sql
from csm_xl.database.addresses import address_of
from csm_xl.database.sources import opened
from csm_xl.errors import CsmError

KINDS = ["postgres", "mysql"]


@pytest.fixture(scope="module", params=KINDS)
def filled(request):
    """A server, and a database with customers in it."""
    address = stored(request.param, None, FRAME)
    return getattr(servers, request.param)(), address_of(address).database


@pytest.mark.parametrize("given", ["address", "environment"])
def test_a_server_scores_as_numpy_does(filled, given, monkeypatch):
    server, database = filled
    address = server.address(database, quote(SECRET, safe=""))
    if given == "environment":
        monkeypatch.setenv("PGPASSWORD", SECRET)
        monkeypatch.setenv("MYSQL_PWD", SECRET)
        address = server.address(database, None)
    with opened(address, "customers") as source:
        spelled = formula_sql.spellings(source.table, FORMULA)
        formula_sql.refuse_impossible(source.table, FORMULA, spelled)
        found = formula_sql.scored(source.table, FORMULA, spelled)
        scores = source.run(formula_sql.sql_of(found, source.dialect), found.schema()).execute()
    scores = scores.sort_values("customer")["churn_probability"].to_numpy(float)
    assert np.abs(scores - FORMULA.probability(FRAME)).max() < 1e-9


def refused(address: str, **options) -> tuple[str, str]:
    with pytest.raises(CsmError) as caught, opened(address, "customers", **options) as source:
        source.table.execute()
    said = caught.value.text
    for secret in (SECRET, quote(SECRET, safe=""), "wr0ng", "@x"):
        assert secret not in said.en + said.zh
    return said.en, said.zh


def test_what_a_server_refuses_is_one_sentence_without_the_password(filled):
    server, database = filled
    right = quote(SECRET, safe="")
    for address, en, zh in (
        (server.address(database, "wr0ng"), "user or the password", "用户名或密码"),
        (server.address(database, "wr0ng", "stranger"), "user or the password", "用户名或密码"),
        (server.address("nothing", right), "no such database", "没有这个数据库"),
        (server.address(database, right) + "#nothing", "no table nothing", "没有表 nothing"),
        # A password may hold every sign of an address, written as it is.
        (server.address(database, SECRET) + "#nothing", "no table nothing", "没有表 nothing"),
    ):
        said = refused(address)
        assert en in said[0] and zh in said[1], address
    closed = type(server)(server.scheme, 1).address(database, right)
    assert "does not answer" in refused(closed)[0]
    assert "没有响应" in refused(closed)[1]
    broken = refused(server.address(database, right), query="SELECT * FROM nowhere")
    assert "nowhere" in broken[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_that_the_user_may_not_read_is_named(kind):
    server, database = getattr(servers, kind)(), new_database(kind)
    with connection_to(kind, database) as con, con.cursor() as cursor:
        cursor.execute("CREATE TABLE customers (id integer)")
        if kind == "postgres":
            cursor.execute(f"CREATE ROLE guest_{database} LOGIN PASSWORD 's3cret'")
            user = f"guest_{database}"
        else:
            user = "guest"
    secret = "s3cret" if kind == "postgres" else quote(SECRET, safe="")
    said = refused(server.address(database, secret, user), query="SELECT * FROM customers")
    assert "right to read" in said[0] and "读取权限" in said[1]


def test_moments_of_postgres_are_on_the_days_that_it_shows():
    # The tests' server keeps the clock of Shanghai: eight hours on.
    database = new_database("postgres")
    with connection_to("postgres", database) as con:
        con.execute("CREATE TABLE customers (at timestamptz, worth numeric(12, 2))")
        con.execute("INSERT INTO customers VALUES ('2024-01-31 20:00+00', 12.30)")
    address = servers.postgres().address(database, quote(SECRET, safe=""))
    with opened(address, "customers") as source:
        assert str(source.table.execute()["at"][0]) == "2024-02-01 04:00:00"
        assert "at" in source.notes[0].en and "时区" in source.notes[0].zh


def test_days_of_nothing_and_long_numbers_of_mysql_are_read():
    database = new_database("mysql")
    with connection_to("mysql", database) as con, con.cursor() as cursor:
        cursor.execute("SET sql_mode = ''")
        cursor.execute(
            "CREATE TABLE customers (day date, worth decimal(30, 4), code varchar(20), big bigint)"
        )
        cursor.execute(
            "INSERT INTO customers VALUES ('0000-00-00', 12.3, 'a ', 9007199254740993), "
            "('2024-02-29', NULL, 'A', NULL)"
        )
    address = servers.mysql().address(database, quote(SECRET, safe=""))
    with opened(address, "customers") as source:
        rows = source.table.to_pyarrow().to_pylist()
    assert [row["day"] and str(row["day"]) for row in rows] == [None, "2024-02-29"]
    assert [row["worth"] for row in rows] == [12.3, None]
    assert [row["code"] for row in rows] == ["a ", "A"]
    assert [row["big"] for row in rows] == [9007199254740993, None]
