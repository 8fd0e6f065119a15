"""What Excel for Windows hands over for formatted cells: Decimal for currency, a zone with dates.

The file engine gives here what COM gives for a workbook whose every number is formatted as currency:
commands must see the numbers that the cells hold.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sample_books import NOW, trained
from workbooks import opened, saved

from csm_xl import commands
from csm_xl.commands.range_cells import cells_of
from csm_xl.xlfile import range as xlfile_range

_raw_value = xlfile_range.reading.raw_value


def over_com(value: Any) -> Any:
    """A cell's Value over COM, formatted as currency or as a date."""
    if isinstance(value, tuple):
        return tuple(over_com(one) for one in value)
    if type(value) is float:
        return Decimal(value).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=dt.UTC)
    return value


@pytest.fixture
def currency_everywhere(monkeypatch):
    def raw_value(cells, *, dates):
        found = _raw_value(cells, dates=dates)
        return over_com(found) if dates else found

    monkeypatch.setattr(xlfile_range.reading, "raw_value", raw_value)


def test_an_amount_is_the_number_in_the_cell_not_its_four_places():
    area = SimpleNamespace(
        raw_value=((Decimal("0.3333"), "Rome"), (-2146826246, Decimal("-12.5000"))),
        api=SimpleNamespace(Value2=((1 / 3, "Rome"), (-2146826246, -12.5))),
    )
    assert cells_of(area) == [(1 / 3, "Rome"), (-2146826246, -12.5)]
    assert type(cells_of(area)[1][1]) is float


def test_only_amounts_are_asked_for_twice():
    area = SimpleNamespace(raw_value=((1.5, "Rome"),))
    assert cells_of(area) == [(1.5, "Rome")]


def test_a_date_is_a_day_without_a_zone():
    day = dt.datetime(2026, 3, 5, 9, 30, tzinfo=dt.UTC)
    assert cells_of(SimpleNamespace(raw_value=day)) == [(dt.datetime(2026, 3, 5, 9, 30),)]


SHOP = [
    ["Name", "Orders", "Fee", "Churned"],
    *[
        [f"Customer {i}", float(i % 7), 10.0 + i / 3, "yes" if i % 7 < 3 else "no"]
        for i in range(40)
    ],
]


def test_retraining_on_amounts_gives_the_model_of_the_numbers(tmp_path, request):
    def learned(name):
        book = opened(saved(tmp_path / name, SHOP))
        data = commands.read_training(book)
        book.close()
        return data

    plain = learned("plain.xlsx")
    request.getfixturevalue("currency_everywhere")
    assert learned("currency.xlsx") == plain


@pytest.mark.parametrize("name", ["refresh", "build_features", "dashboard", "actions"])
def test_a_command_writes_the_same_whatever_the_cells_format(name, tmp_path, request):
    def cells(folder):
        folder.mkdir()
        book = trained(folder)
        run = getattr(commands, name)
        run(book, now=NOW) if name == "refresh" else run(book)
        found = {
            sheet.name: _raw_value(sheet.used_range.impl, dates=False)
            for sheet in book.sheets
            if sheet.name not in ("_csm", "History")
        }
        book.close()
        return found

    plain = cells(tmp_path / "plain")
    request.getfixturevalue("currency_everywhere")
    assert cells(tmp_path / "currency") == plain
