"""A list of the owner's that no model can be learned from: health by rule, and the call list by it."""

import datetime as dt

import openpyxl
import pytest
from workbooks import opened, saved, values

from csm_xl import commands

TITLES = ("Client", "Monthly fee", "Last contact", "Happiness (1-5)", "Open complaints", "Status")


def ago(days):
    """The day so long before today: asked in the test, which may run on the day after it was read."""
    return dt.date.today() - dt.timedelta(days=days)


def clients(**changed):
    """Twelve who are well, one who left, one on pause; `changed` are further ones."""
    rows = [
        (f"Client {chr(64 + i)}", 100 + i, ago(4 + i), 4 + i % 2, 0, "active") for i in range(1, 13)
    ]
    rows += [
        ("Gone Gert", 90, ago(300), 1, 4, "cancelled"),
        ("Paused Pia", 90, ago(300), 1, 4, "paused"),
    ]
    return [TITLES, *rows, *changed.values()]


def ill():
    return ("Ill Ilse", 80, ago(240), 1, 3, "active")


def cool():
    return ("Cool Curt", 500, ago(8), 3, 0, "active")


def column(path, sheet, word):
    titles, *rows = values(path, sheet)
    place = next(p for p, title in enumerate(titles) if title and word in title)
    return {row[0]: row[place] for row in rows if row[0]}


def actions_sheet(path, sheet="Actions"):
    rows = values(path, sheet)
    top = next(i for i, row in enumerate(rows) if row[0] in ("Order", "顺序"))
    return [dict(zip(rows[top], row, strict=True)) for row in rows[top + 1 :] if row[0]]


def run(path, *names):
    book = opened(path)
    said = [getattr(commands, name)(book) for name in names]
    book.save()
    book.close()
    return said


def test_red_comes_before_amber_and_each_says_why_in_numbers(tmp_path):
    path = saved(tmp_path / "a.xlsx", clients(a=cool(), b=ill()), sheet="Clients")
    run(path, "actions")
    lights = column(path, "Clients", "Light")
    assert lights["Ill Ilse"] == "red" and lights["Cool Curt"] == "amber"
    found = actions_sheet(path)
    assert [row["Name"] for row in found] == ["Ill Ilse", "Cool Curt"]
    assert "240 days ago" in found[0]["Why"] and "Open complaints: 3" in found[0]["Why"]
    assert found[1]["Why"] == "Happiness (1-5): 3 of 5"


def test_who_left_or_is_on_pause_has_no_health_and_is_not_called(tmp_path):
    path = saved(tmp_path / "a.xlsx", clients(a=ill()), sheet="Clients")
    run(path, "refresh")
    health = column(path, "Clients", "Health")
    assert health["Gone Gert"] is None and health["Paused Pia"] is None
    assert health["Client A"] == 100
    assert [row["Name"] for row in actions_sheet(path)] == ["Ill Ilse"]


def test_who_is_well_makes_a_list_of_nobody_and_a_sentence(tmp_path):
    path = saved(tmp_path / "a.xlsx", clients(), sheet="Clients")
    (said,) = run(path, "actions")
    assert actions_sheet(path) == []
    assert "green by rule" in " ".join(note.en for note in said.warnings)


def test_a_second_run_adds_nothing_and_says_the_same(tmp_path):
    path = saved(tmp_path / "a.xlsx", clients(a=cool(), b=ill()), sheet="Clients")
    run(path, "refresh", "actions")
    once = values(path, "Clients"), actions_sheet(path), openpyxl.load_workbook(path).sheetnames
    run(path, "actions", "refresh")
    assert (
        values(path, "Clients"),
        actions_sheet(path),
        openpyxl.load_workbook(path).sheetnames,
    ) == once


def test_sheets_and_tables_of_the_owner_with_our_names_stay(tmp_path):
    path = saved(tmp_path / "a.xlsx", clients(a=ill()), sheet="Clients")
    book = openpyxl.load_workbook(path)
    own = book.create_sheet("Actions")
    for row in (("Task", "By whom"), ("paint the door", "me")):
        own.append(row)
    from openpyxl.worksheet.table import Table

    own.add_table(Table(displayName="Actions", ref="A1:B2"))
    book.create_sheet("Settings")["A1"] = "mine"
    book.save(path)
    run(path, "actions")
    assert values(path, "Actions") == [("Task", "By whom"), ("paint the door", "me")]
    assert values(path, "Settings") == [("mine",)]
    assert [row["Name"] for row in actions_sheet(path, "Actions (csm-xl)")] == ["Ill Ilse"]
    assert "Settings (csm-xl)" in openpyxl.load_workbook(path).sheetnames
    run(path, "actions")
    assert "Actions (csm-xl 2)" not in openpyxl.load_workbook(path).sheetnames


def test_a_chinese_list_gets_chinese_sheets(tmp_path):
    titles = ("学员", "月费", "最近联系", "满意度", "未处理投诉", "状态")
    words = {"active": "在读", "cancelled": "已退课", "paused": "暂停"}
    rows = [(*row[:5], words[row[5]]) for row in clients(a=ill())[1:]]
    path = saved(tmp_path / "a.xlsx", [titles, *rows], sheet="学员表")
    (said,) = run(path, "actions")
    assert "按规则" in " ".join(note.zh for note in said.warnings)
    names = openpyxl.load_workbook(path).sheetnames
    assert {"行动", "行动手册", "设置"} <= set(names)
    (row,) = actions_sheet(path, "行动")
    assert row["姓名"] == "Ill Ilse" and "240 天前" in row["原因"]


@pytest.mark.parametrize("months", [("Jan", "Feb", "Mar", "Apr", "May", "Jun")])
def test_months_that_fall_are_a_reason(tmp_path, months):
    rows = [("Member", *months)]
    rows += [(f"Member {chr(64 + i)}", *(8 + (i + m) % 3 for m in range(6))) for i in range(1, 11)]
    rows.append(("Falling Fay", 12, 12, 11, 6, 4, 2))
    path = saved(tmp_path / "a.xlsx", rows, sheet="Members")
    run(path, "actions")
    (row,) = actions_sheet(path)
    assert row["Name"] == "Falling Fay"
    assert row["Why"] == "use fell by 66%, from 11.7 to 4.0 a month"


def test_what_the_owner_noted_on_the_list_stays(tmp_path):
    path = saved(tmp_path / "a.xlsx", clients(a=cool(), b=ill()), sheet="Clients")
    run(path, "actions")
    book = openpyxl.load_workbook(path)
    page = book["Actions"]
    titles = {cell.value: cell.column for cell in page[3]}
    page.cell(4, titles["Done"], "Yes")
    page.cell(4, titles["Note"], "spoke on Monday")
    book.save(path)
    run(path, "refresh")
    found = actions_sheet(path)
    assert found[0]["Name"] == "Ill Ilse" and found[0]["Note"] == "spoke on Monday"
    assert [row["Name"] for row in found].count("Ill Ilse") == 1


def test_the_dashboard_of_a_list_counts_who_is_present_and_what_they_pay(tmp_path):
    path = saved(tmp_path / "a.xlsx", clients(a=cool(), b=ill()), sheet="Clients")
    run(path, "dashboard")
    found = {row[0]: row[1:] for row in values(path, "Dashboard")}
    present = sum(100 + i for i in range(1, 13)) + 500 + 80
    assert found["Present customers"][0] == 14
    assert (found["Have left"][0], found["On pause"][0]) == (1, 1)
    assert found["Monthly revenue (MRR)"][0] == present
    assert found["Red"][:2] == (1, 80) and found["Amber"][:2] == (1, 500)
    before = values(path, "Dashboard")
    run(path, "dashboard")
    assert values(path, "Dashboard") == before


def test_a_dashboard_of_the_owners_stays_and_ours_is_beside_it(tmp_path):
    path = saved(tmp_path / "a.xlsx", clients(), sheet="Clients")
    book = openpyxl.load_workbook(path)
    book.create_sheet("Dashboard")["A1"] = "my own"
    book.save(path)
    run(path, "dashboard", "dashboard")
    assert values(path, "Dashboard") == [("my own",)]
    added = ["Dashboard (csm-xl)", "Columns", "_csm"]
    assert openpyxl.load_workbook(path).sheetnames == ["Clients", "Dashboard", *added]


def test_a_list_of_leads_alone_gets_a_call_list(tmp_path):
    rows = [("Name", "Status", "Since")]
    rows += [(f"Lead {i}", ("lead", "trial")[i % 2], ago(3 * i)) for i in range(8)]
    path = saved(tmp_path / "a.xlsx", rows, sheet="Leads")
    with opened(path) as book:
        said = commands.actions(book)
        book.save()
    assert "no model" not in " ".join(note.en.lower() for note in said.warnings)
    listed = actions_sheet(path)
    assert [row["Name"] for row in listed] == [f"Lead {i}" for i in range(8)]
    assert all(row["Stage"] and row["What to do"] for row in listed)
