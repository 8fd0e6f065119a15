"""What csm-xl adds to an owner's workbook looks like one thing, and is renewed by whoever writes scores."""

import datetime as dt
import random

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from workbooks import opened

from csm_xl import commands
from csm_xl.workbook.palette import LEVEL_COLOURS, rgb

TODAY = dt.date.today()


def luminance(color):
    red, green, blue = (v / 255 for v in rgb(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def run(path, *names, sheet=None):
    for name in names:
        book = opened(path)
        getattr(commands, name)(book, *([sheet] if sheet and name == "retrain" else []))
        book.save()
        book.close()
    return openpyxl.load_workbook(path)


def clients(path, n=14):
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Clients"
    page.append(
        ["Client", "Status", "Since", "Monthly fee", "Last meeting", "Happy?", "Referred by"]
    )
    for i in range(n):
        status = ["active", "active", "lost", "active", "prospect"][i % 5] if i < 10 else "active"
        since = TODAY - dt.timedelta(days=300 + 40 * i)
        seen = TODAY - dt.timedelta(days=200 if i == 3 else 6 * i + 3)
        happy = ["happy", "unhappy", "neutral"][i % 3]
        page.append(
            [
                f"Firm {chr(65 + i)} & Co",
                status,
                since,
                100 + i,
                seen,
                happy,
                "Firm A & Co" if i in (5, 6, 8) else None,
            ]
        )
    for at in ("C", "E"):
        for cell in page[at][1:]:
            cell.number_format = "dd/mm/yyyy"
    book.save(path)
    return path


def subscribers(path, n=90):
    chance = random.Random(3)
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Subscribers"
    page.append(["Customer", "MRR", "Signed up", "Cancelled on", "Logins", "NPS"])
    for i in range(n):
        start = TODAY - dt.timedelta(days=chance.randint(200, 700))
        bad = chance.random() < 0.3
        left = start + dt.timedelta(days=chance.randint(30, 190)) if bad else None
        page.append(
            [
                f"Sub {i:03d} Ltd",
                20 + i % 3,
                start,
                left,
                chance.randint(0, 6) if bad else chance.randint(3, 20),
                chance.randint(0, 10),
            ]
        )
    book.save(path)
    return path


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return run(clients(tmp_path_factory.mktemp("own") / "clients.xlsx"), "refresh", "dashboard")


OURS = ["Actions", "Playbook", "Settings", "History", "Columns"]


@pytest.mark.parametrize("name", OURS)
def test_titles_stay_in_sight_and_a_page_is_as_wide_as_the_sheet(book, name):
    page = book[name]
    assert page.freeze_panes == "A4"
    assert page.print_title_rows == "$3:$3"
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert not page.sheet_view.showGridLines


@pytest.mark.parametrize("name", OURS)
def test_no_title_is_cut_and_long_texts_break(book, name):
    page = book[name]
    for cell in page[3]:
        width = page.column_dimensions[get_column_letter(cell.column)].width
        assert cell.font.b and cell.alignment.wrap_text and cell.fill.fgColor.rgb != "00000000"
        assert max(map(len, str(cell.value).split())) < width, cell.value
        for below in page.iter_rows(min_row=4, min_col=cell.column, max_col=cell.column):
            text = below[0].value
            assert (
                not isinstance(text, str) or len(text) < width + 6 or below[0].alignment.wrap_text
            )


def test_the_stronger_the_risk_the_darker_its_colour():
    low, medium, high = (luminance(LEVEL_COLOURS[key][0]) for key in ("low", "medium", "high"))
    assert high < medium < low


@pytest.mark.parametrize(("name", "title"), [("Actions", "Risk"), ("Clients", "Light (by rule)")])
def test_high_and_medium_are_coloured_in_both_languages(book, name, title):
    page = book[name]
    row = 3 if name == "Actions" else 1
    letter = next(cell.column_letter for cell in page[row] if cell.value == title)
    rules = {
        rule.formula[0]: rule.dxf.fill.bgColor.rgb
        for area in page.conditional_formatting
        for rule in area.rules
        if str(area.sqref).startswith(letter)
    }
    high, medium = ("FF" + LEVEL_COLOURS[key][0] for key in ("high", "medium"))
    assert {rules[f'"{word}"'] for word in ("High", "高", "red", "红")} == {high}
    assert {rules[f'"{word}"'] for word in ("Medium", "中", "amber", "黄")} == {medium}


def test_our_columns_in_the_owners_sheet_show_their_whole_titles(book):
    page = book["Clients"]
    for cell in page[1][7:]:
        width = page.column_dimensions[cell.column_letter].width
        assert cell.alignment.wrap_text
        assert max(map(len, cell.value.split())) < width


def test_words_of_satisfaction_are_a_rating_whatever_the_title(book):
    reasons = [cell.value for cell in book["Clients"]["J"]] + [
        cell.value for cell in book["Clients"]["K"]
    ]
    assert any(isinstance(text, str) and "Happy: 2 of 5" in text for text in reasons)


def test_a_list_without_numbers_is_not_told_each_name_twice(book):
    titles = [cell.value for cell in book["Actions"][3]]
    assert "Name" in titles and "Customer ID" not in titles


def test_leads_have_a_stage_and_a_next_step_behind_those_at_risk(book):
    titles = [cell.value for cell in book["Actions"][3]]
    rows = [
        dict(zip(titles, row, strict=True))
        for row in book["Actions"].iter_rows(min_row=4, values_only=True)
    ]
    leads = [row for row in rows if row["Stage"] == "Exploration"]
    assert [row["Name"] for row in leads] == ["Firm E & Co", "Firm J & Co"]
    assert all(row["What to do"] and row["Why"] == "A lead, no customer yet" for row in leads)
    assert all(row["Risk"] is None for row in leads)
    assert all(row["Risk"] for row in rows[: rows.index(leads[0])])


def test_who_brought_customers_is_thanked_once(tmp_path):
    path = clients(tmp_path / "clients.xlsx")
    book = run(path, "refresh")
    page = book["Actions"]
    titles = [cell.value for cell in page[3]]
    rows = [
        dict(zip(titles, row, strict=True)) for row in page.iter_rows(min_row=4, values_only=True)
    ]
    thanked = next(row for row in rows if row["Name"] == "Firm A & Co")
    assert "rought 3 customers" in thanked["Why"]
    assert thanked["What to do"].startswith("Call to thank them")
    owners = book["Clients"]
    brought = next(cell for cell in owners[1] if cell.value == "Brought").column
    assert [row[brought - 1].value for row in owners.iter_rows(min_row=2)][:2] == [3, None]
    # Once it was done, nobody is thanked for the same again, however long ago it was.
    at = 4 + rows.index(thanked)
    page.cell(at, titles.index("Suggested on") + 1).value = TODAY - dt.timedelta(days=200)
    page.cell(at, titles.index("Done") + 1).value = "Yes"
    page.cell(at, titles.index("Done on") + 1).value = TODAY - dt.timedelta(days=190)
    book.save(path)
    again = run(path, "refresh")["Actions"]
    names = [row[titles.index("Name")] for row in again.iter_rows(min_row=4, values_only=True)]
    assert names.count("Firm A & Co") == 1


def test_a_reward_that_is_near_is_told(tmp_path):
    path = tmp_path / "points.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Guest", "Last visit", "Points", "Status"])
    for i in range(12):
        book.active.append(
            [f"Guest {chr(65 + i)}{i} One", TODAY - dt.timedelta(days=5 + i), 50 * i, "active"]
        )
    book.save(path)
    run(path, "refresh")
    book = openpyxl.load_workbook(path)
    setting = next(
        row for row in book["Settings"].iter_rows(min_row=4) if row[4].value == "reward_points"
    )
    setting[2].value = 500
    book.save(path)
    book = run(path, "refresh", "dashboard")
    titles = [cell.value for cell in book["Actions"][3]]
    why = {
        row[titles.index("Name")]: row[titles.index("Why")]
        for row in book["Actions"].iter_rows(min_row=4, values_only=True)
    }
    assert why == {
        "Guest L11 One": "Has a reward to redeem (550 points)",
        "Guest K10 One": "Has a reward to redeem (500 points)",
        "Guest J9 One": "Near a reward: 50 points short",
        "Guest I8 One": "Near a reward: 100 points short",
    }
    figures = {row[0]: row[1] for row in book["Dashboard"].iter_rows(values_only=True)}
    assert figures["Points that customers hold"] == 50 * sum(range(12))
    assert figures["Near a reward, or have one"] == 4


class TestDashboard:
    def test_charts_stand_beside_the_figures_and_show_their_cells(self, tmp_path):
        book = run(subscribers(tmp_path / "s.xlsx"), "refresh", "dashboard")
        page = book["Dashboard"]
        assert len(page._charts) == 3
        shown = [series.val.numRef.f for chart in page._charts for series in chart.series]
        for reference in shown:
            cells = page[reference.split("!")[1].replace("$", "")]
            cells = [cells] if not isinstance(cells, tuple) else [c for row in cells for c in row]
            assert all(isinstance(cell.value, int | float) for cell in cells)
        assert min(chart.anchor._from.col for chart in page._charts) >= 7

    def test_renewing_keeps_one_of_each_chart_and_what_the_owner_noted_beside(self, tmp_path):
        path = subscribers(tmp_path / "s.xlsx")
        book = run(path, "refresh", "dashboard")
        book["Dashboard"]["R2"] = "my own note"
        book.save(path)
        book = run(path, "dashboard", "refresh")
        assert len(book["Dashboard"]._charts) == 3
        assert book["Dashboard"]["R2"].value == "my own note"

    @pytest.mark.parametrize("command", ["refresh", "actions"])
    def test_it_is_renewed_with_the_scores_where_it_exists(self, tmp_path, command):
        path = clients(tmp_path / "clients.xlsx")
        assert "Dashboard" not in run(path, command).sheetnames
        book = run(path, "dashboard")
        figures = {row[0]: row[1] for row in book["Dashboard"].iter_rows(values_only=True)}
        book["Clients"].append(["Newcomer Ltd & Co", "active", TODAY, 5000, TODAY, "happy", None])
        book.save(path)
        book = run(path, command)
        after = {row[0]: row[1] for row in book["Dashboard"].iter_rows(values_only=True)}
        assert after["Present customers"] == figures["Present customers"] + 1
        assert after["Monthly revenue (MRR)"] == figures["Monthly revenue (MRR)"] + 5000

    def test_orders_and_reviews_of_the_owners_are_among_the_figures(self, tmp_path):
        path = clients(tmp_path / "clients.xlsx")
        book = openpyxl.load_workbook(path)
        bills = book.create_sheet("Invoices")
        bills.append(["Invoice", "Client", "Date", "Amount"])
        for i in range(30):
            bills.append(
                [
                    f"INV-{i}",
                    f"Firm {chr(65 + i % 10)} & Co",
                    TODAY - dt.timedelta(days=20 * i),
                    10.0 + i,
                ]
            )
        reviews = book.create_sheet("Reviews")
        reviews.append(["Date", "Stars", "Text"])
        for i in range(12):
            reviews.append(
                [TODAY - dt.timedelta(days=10 * i), 3 + i % 3, f"Text number {i} of a guest"]
            )
        book.save(path)
        book = run(path, "dashboard")
        figures = {row[0]: row[1:3] for row in book["Dashboard"].iter_rows(values_only=True)}
        assert figures["Orders"] == (19, 11)
        assert figures["Revenue, less refunds"] == (
            sum(10 + i for i in range(19)),
            sum(10 + i for i in range(19, 30)),
        )
        assert figures["Reviews and answers"][0] == 12
        assert figures["Mean of Stars"][0] == 4.0


def test_columns_of_health_by_rule_say_what_the_model_says_once_there_is_one(tmp_path):
    path = subscribers(tmp_path / "s.xlsx")
    titles = [cell.value for cell in run(path, "refresh")["Subscribers"][1]]
    assert [t for t in titles if t.endswith("(by rule)")]
    page = run(path, "retrain", sheet="Subscribers")["Subscribers"]
    titles = [cell.value for cell in page[1]]
    assert not [t for t in titles if t.endswith("(by rule)")]
    light, risk = titles.index("Light (by model)"), titles.index("Risk")
    pairs = {(row[light], row[risk]) for row in page.iter_rows(min_row=2, values_only=True)}
    assert pairs <= {("red", "High"), ("amber", "Medium"), ("green", "Low"), ("Left", "Left")}
    assert len(pairs) > 2
