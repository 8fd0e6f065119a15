"""Every function of a cell over real COM: from a VARIANT through pywin32 and xlwings and back."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hosts import arguments
from hosts.macro_workbooks import written
from hosts.vba_host import ERROR_CELL, VBAErrorValue
from hosts.windows.com_client import (
    MISSING,
    ByReference,
    ComClient,
    ComError,
    Currency,
    ErrorCell,
    Range,
    Remote,
    serial,
)
from hosts.windows.excel_on_windows import ExcelOnWindows, Server
from hosts.windows.machine import only_all

from csm_xl.errors import untag
from csm_xl.functions.declaration import REGISTRY

DECLARED = dict(REGISTRY)
MODULE = "csm_xl.functions"


@pytest.fixture(scope="module")
def workbook(tmp_path_factory) -> Path:
    return written(tmp_path_factory.mktemp("book") / "CSM.xlsm")


@pytest.fixture(scope="module")
def client(windows) -> Iterator[ComClient]:
    found = ComClient(windows)
    yield found
    found.close()


@pytest.fixture(scope="module")
def excel(client, workbook) -> Iterator[ExcelOnWindows]:
    """A workbook that is open, with its Python started by its own VBA."""
    found = ExcelOnWindows(workbook, client)
    found.formula("CSAT", found.put("A1", [[5.0], [3.0]], found.new_sheet()))
    yield found
    found.interpreter.run("CsmDisconnect")


@pytest.fixture(scope="module")
def server(excel) -> Remote:
    found = excel.interpreter.module("CsmCall").variables["mpython"].get()
    assert isinstance(found, Server)
    return found.remote


@pytest.fixture(scope="module")
def call(client, server):
    def udf(name: str, *given: Any) -> Any:
        """As VBA calls: the name and a list of arguments, both by reference."""
        return client.invoke(server, "CallUDF", MODULE, name, ByReference(list(given)))

    return udf


def crossing(value: Any) -> Any:
    """An argument of tests/hosts/arguments.py as a VARIANT."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return Range(value)
    return list(value) if isinstance(value, tuple) else value


def shown(rows: list[list[Any]]) -> Any:
    """Rows as CallUDF hands them on: one value alone, one row flat, else rows; a cell's None is ""."""
    if len(rows) == 1:
        return rows[0][0] if len(rows[0]) == 1 else tuple(rows[0])
    return tuple(map(tuple, rows))


def close_to(expected: Any) -> Any:
    if isinstance(expected, tuple):
        return tuple(close_to(one) for one in expected)
    if isinstance(expected, float):
        return pytest.approx(expected, rel=1e-9, abs=1e-12)
    return expected


@pytest.mark.parametrize("name", arguments.NAMES)
def test_a_function_gives_on_windows_what_it_gives_here_in_every_shape(name, call):
    declaration = DECLARED[name]
    variants = [arguments.shapes(a) for a in arguments.typed_arguments(declaration)]
    for shape in range(max(map(len, variants))):
        typed = tuple(v[min(shape, len(v) - 1)] for v in variants)
        direct = declaration.call(*arguments.all_arguments(declaration, typed, None))
        for nothing in (MISSING, None):
            given = arguments.all_arguments(declaration, typed, nothing)
            assert call(name, *map(crossing, given)) == close_to(shown(direct))


@pytest.mark.parametrize("name", arguments.NAMES)
def test_an_error_in_a_cell_comes_back_as_that_error(name, call):
    declaration = DECLARED[name]
    for place, argument in enumerate(arguments.typed_arguments(declaration)):
        if not isinstance(argument, tuple):
            continue
        typed = list(arguments.typed_arguments(declaration))
        [first, *others] = arguments.shapes(argument)[0]
        typed[place] = Range([[ErrorCell(2042), *first[1:]], *others])
        given = map(crossing, arguments.all_arguments(declaration, tuple(typed), MISSING))
        result = call(name, *given)
        cells = [result] if not isinstance(result, tuple) else list(result)
        first_row = cells[0] if isinstance(cells[0], tuple) else (cells[0],)
        told = untag(first_row[0])
        assert told is not None and told[0] == "#N/A", (name, place, result)


@pytest.mark.parametrize(
    "amount",
    [Currency(Decimal("12.5")), Decimal("12.5"), 12.5, "12.5"],
    ids=lambda v: type(v).__name__,
)
def test_an_amount_counts_whatever_type_it_crosses_as(amount, call):
    cells = Range([[amount], [Currency(Decimal(25))]])
    assert call("SATISFACTION", cells, Range([[50.0], [Decimal(50)]])) == ((0.25,), (0.5,))
    assert call("SATISFACTION", amount, 50.0) == 0.25


def test_dates_booleans_and_texts_are_told_apart(call):
    start = Range([[serial(dt.date(2025, 1, 1))], [serial(dt.date(2025, 6, 1))]])
    left = Range([[serial(dt.date(2026, 2, 1))], [None]])
    first, last = serial(dt.date(2026, 1, 1)), serial(dt.date(2026, 3, 1))
    assert call("CHURN_RATE_PERIOD", start, left, first, last) == 0.5
    assert call("CHURN_RATE", Range([[True], [False], ["是"], ["否"]])) == 0.5
    assert call("CSAT", Range([["非常满意"], ["满意"], [None], ["  "]])) == 4.5
    told = untag(call("CSAT", Range([[5.0], ["不知道 𝄞"]])))
    assert told is not None and "不知道 𝄞" in str(told)


def test_a_hundred_thousand_cells_are_one_call_of_a_moment(call):
    cells = Range([[float(1 + i % 5)] for i in range(100_000)])
    call("CSAT", Range([[5.0]]))
    begun = time.monotonic()
    assert call("CSAT", cells) == 3.0
    rows = call("SATISFACTION", cells, Range([[5.0]] * 100_000))
    assert len(rows) == 100_000 and rows[4] == (1.0,)
    assert time.monotonic() - begun < 120


def test_a_formula_in_the_workbook_goes_all_the_way_and_back(excel):
    sheet = excel.new_sheet()
    ratings = excel.put("B2", [["非常满意"], [4.0], [None]], sheet)
    assert excel.formula("CSAT", ratings) == 4.5
    broken = excel.put("D2", [[5.0], [ERROR_CELL]], sheet)
    assert excel.formula("CSAT", broken) == VBAErrorValue(2007)
    mistyped = excel.put("F2", [[5.0], ["sometimes"]], sheet)
    assert excel.formula("CSAT", mistyped) == VBAErrorValue(2015)
    assert excel.loaded[0].startswith("Z:") and "xlwings.serve" in excel.commands[0]


def test_when_python_has_died_the_next_formula_starts_it_again(excel, client, server):
    ratings = excel.put("H2", [[5.0], [4.0]], excel.new_sheet())
    with pytest.raises(ComError):
        client.invoke(server, "Exec", "import os; os._exit(3)")
    assert excel.formula("CSAT", ratings) == 4.5
    assert len(excel.commands) == 2


@pytest.mark.parametrize(
    ("locale", "codepage"),
    [
        pytest.param("zh_CN.UTF-8", 936, id="936"),
        pytest.param("de_DE.UTF-8", 1252, id="1252", marks=only_all),
    ],
)
def test_chinese_crosses_under_any_code_page(windows, workbook, locale, codepage):
    client = ComClient(windows, locale)
    try:
        assert client.ask("codepage") == codepage
        excel = ExcelOnWindows(workbook, client)
        sheet = excel.new_sheet()
        assert excel.formula("CSAT", excel.put("A1", [["非常满意"], ["满意"]], sheet)) == 4.5
        bad = excel.put("C1", [[5.0], ["不知道"]], sheet)
        assert excel.formula("CSAT", bad) == VBAErrorValue(2015)
        excel.interpreter.run("CsmDisconnect")
    finally:
        client.close()
