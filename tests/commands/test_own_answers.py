"""Every answer in an owner's workbook opens with what they want to know; the Columns sheet is always there."""

import datetime as dt
import random

import openpyxl
import pytest
from workbooks import opened, saved, values

from csm_xl import commands

TITLES = ("Client", "Start", "Monthly fee", "Logins", "Renewal date", "Cancelled on")


def ago(days):
    """The day so long before today: asked in the test, which may run on the day after it was read."""
    return dt.date.today() - dt.timedelta(days=days)


def subscribers(n=70):
    chance, rows = random.Random(4), [TITLES]
    for i in range(n):
        logins, left = chance.randint(0, 20), i % 3 == 0
        if left:
            logins //= 3
        start = ago(500 + 9 * i)
        renewal = ago(-7 * i - 3)
        rows.append(
            (f"Client {i:02d}", start, 20 + i, logins, renewal, ago(20 + 5 * i) if left else None)
        )
    return rows


def run(path, command, *more):
    book = opened(path)
    try:
        outcome = command(book, *more)
        book.save()
        return outcome
    finally:
        book.close()


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    path = saved(tmp_path_factory.mktemp("own") / "own.xlsx", subscribers(), sheet="Clients")
    run(path, commands.retrain, "Clients")
    return path


@pytest.mark.parametrize("command", [commands.refresh, commands.actions, commands.dashboard])
def test_how_many_may_leave_whom_to_call_and_how_far_to_trust_it_come_first(trained, command):
    said = run(trained, command).message
    assert said.en.startswith("Of 46 present customers ")
    assert said.zh.startswith("46 位在用客户中，")
    first = said.en.split("\n")[0]
    assert "Call first: Client " in first
    assert "the model" in first or "rely" in first


def test_all_of_them_say_the_same(trained):
    said = [run(trained, c).message for c in (commands.actions, commands.dashboard)]
    assert len({message.en.split("\n")[0] for message in said}) == 1


@pytest.mark.parametrize("command", [commands.refresh, commands.actions, commands.dashboard])
def test_each_of_them_makes_the_columns_sheet(tmp_path, command):
    rows = [("Client", "Last contact", "Status")]
    rows += [(f"Client {i}", ago(5 + i), "active") for i in range(12)]
    path = saved(tmp_path / "a.xlsx", rows, sheet="Clients")
    assert "by rule" in run(path, command).message.en.split("\n")[0]
    shown = [row[:3] for row in values(path, "Columns") if row[0] == "Clients"]
    assert ("Clients", "Last contact", "last contact") in shown


def test_what_the_owner_says_of_the_copy_stays_when_the_sheet_is_renewed(trained):
    book = openpyxl.load_workbook(trained)
    page = book["Columns"]
    titles = [cell.value for cell in page[3]]
    assert titles[-1] == "In the copy"
    row = next(r for r in range(4, 12) if page.cell(r, 2).value == "Logins")
    page.cell(row, len(titles)).value = "Blank"
    book.save(trained)
    run(trained, commands.refresh)
    kept = {row[1]: row[-1] for row in values(trained, "Columns") if row[0] == "Clients"}
    assert kept["Logins"] == "Blank"
    assert kept["Monthly fee"] is None


def test_the_dashboard_shows_months_and_whose_renewal_is_near(trained):
    run(trained, commands.dashboard)
    grid = values(trained, "Dashboard")
    assert any("Net revenue retention" in row for row in grid)
    at = max(i for i, row in enumerate(grid) if row[0] == "Renewals within 60 days")
    named = [row[0] for row in grid[at + 2 : at + 9] if row[0]]
    assert named == ["Client 01", "Client 02", "Client 04", "Client 05", "Client 07", "Client 08"]


def test_by_rule_a_customer_is_explained_too(tmp_path):
    rows = [("Client", "Last contact", "Happy (1-5)")]
    rows += [(f"Client {i}", ago(5 + i), 5) for i in range(12)] + [("Ill Ilse", ago(300), 1)]
    path = saved(tmp_path / "a.xlsx", rows, sheet="Clients")
    said = run(path, commands.explain, "ill ilse").message
    assert said.en.startswith("Ill Ilse: red by rule, not by a model. Last contact 300 days ago")
    assert said.zh.startswith("Ill Ilse：按规则（非模型预测）为红。")
