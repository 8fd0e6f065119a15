"""The call list on the sample company: who is on it, and what the owner's answers do to it."""

import datetime as dt
import json

import pytest
from sample_books import NOW, add, built, owners_cells, put, rows_of, set_setting, trained

from csm_xl import commands
from csm_xl.commands.call_list import actions
from csm_xl.commands.hidden_sheet import read_records
from csm_xl.errors import NoModelError, SheetError
from csm_xl.vocabulary import layout, words


def listed(book):
    return [row for row in rows_of(book, "actions") if row["customer_id"]]


def words_of_table(book, key, column):
    return {row["customer_id"]: row[column] for row in rows_of(book, key)}


def later(book, days):
    """Let time pass: the date of the figures moves, and nothing new comes in."""
    set_setting(book, "as_of", NOW + dt.timedelta(days=days))


@pytest.fixture
def book(tmp_path):
    found = trained(tmp_path)
    yield found
    found.close()


def test_the_list_goes_by_expected_value_saved_and_holds_only_customers_with_a_score(book):
    before = owners_cells(book)
    commands.refresh(book, now=NOW)
    found = listed(book)
    expected = [row["expected"] for row in found]
    assert len(found) == 15
    assert expected == sorted(expected, reverse=True) and expected[-1] > 0
    for row in found:
        worth = row["churn_probability"] * 0.2 * row["value"] - 3
        assert row["expected"] == pytest.approx(worth, abs=1e-6)
        assert row["action"] and row["reason"] and row["due"] > row["suggested"]
    table = book.sheets["Actions"].tables["Actions"]
    formulas = table.data_body_range.formula
    place = [c.key for c in layout.table("actions").template].index("expected")
    assert all(str(row[place]).startswith("=IF(") for row in formulas)
    people = {row["customer_id"]: row for row in rows_of(book, "customers")}
    for row in found:
        person = people[row["customer_id"]]
        assert person["left_on"] is None and person["churn_probability"] is not None
        assert person["do_not_contact"] != "Yes"
        assert person["risk"] == row["risk"] and person["stage"] == row["stage"]
    assert owners_cells(book) == before


def test_ten_done_with_outcomes_stay_where_they_are_and_are_not_suggested_again(book):
    commands.refresh(book, now=NOW)
    outcomes = [word.text.en for word in words.OUTCOMES.members]
    for index in range(10):
        put(book, "actions", index + (index > 4), done="Yes", outcome=outcomes[index % 4],
            done_on=dt.datetime(2026, 7, 1), note=f"=note {index}")  # fmt: skip
    kept = {i: row for i, row in enumerate(rows_of(book, "actions")) if row["done"] == "Yes"}
    before = owners_cells(book)
    later(book, 5)
    before["settings", "as_of"] = NOW + dt.timedelta(days=5)
    outcome = commands.refresh(book, now=NOW + dt.timedelta(days=5))
    after = rows_of(book, "actions")
    assert len(kept) == 10
    assert {i: after[i] for i in kept} == kept
    assert owners_cells(book) == before
    done = {row["customer_id"] for row in kept.values()}
    new = [row for i, row in enumerate(after) if i not in kept and row["customer_id"]]
    assert new and not done & {row["customer_id"] for row in new}
    assert [row["rank"] for row in new] == [float(i + 1) for i in range(len(new))]
    assert f"{len(new)} are on the call list" in outcome.message.en
    loop = rows_of(book, "loop")
    assert f"{10 + len(new)} suggested, 10 done" in loop[0]["contacted"]
    assert "Stayed 3" in loop[1]["contacted"] and "Left anyway 2" in loop[1]["contacted"]
    assert any("Cannot tell" in row["verdict"] for row in loop if row["verdict"])


def test_after_the_cadence_something_else_is_suggested(book):
    commands.refresh(book, now=NOW)
    first = {row["customer_id"]: row["action"] for row in listed(book)}
    for index in range(len(first)):
        put(book, "actions", index, done="Yes")
    later(book, 29)
    commands.actions(book)
    assert not {row["customer_id"] for row in listed(book)[len(first) :]} & set(first)
    later(book, 31)
    commands.actions(book)
    again = {row["customer_id"]: row["action"] for row in listed(book)[len(first) :]}
    assert set(again) & set(first)
    assert all(action != first.get(key) for key, action in again.items())


def test_an_open_suggestion_stands_until_it_is_answered_or_old(book):
    commands.refresh(book, now=NOW)
    first = listed(book)
    commands.refresh(book, now=NOW)
    assert listed(book) == first
    later(book, 3)
    commands.refresh(book, now=NOW)
    kept = {r["customer_id"]: r for r in listed(book)}
    same = [r for r in first if kept.get(r["customer_id"], {}).get("action") == r["action"]]
    assert same and all(kept[r["customer_id"]]["suggested"] == r["suggested"] for r in same)
    later(book, 40)
    commands.refresh(book, now=NOW)
    renewed = {r["customer_id"]: r for r in listed(book)}
    for row in same:
        if row["customer_id"] in renewed:
            assert renewed[row["customer_id"]]["action"] != row["action"]


def test_who_asked_not_to_be_contacted_is_never_suggested(book):
    commands.refresh(book, now=NOW)
    first, second = (row["customer_id"] for row in listed(book)[:2])
    put(book, "actions", 0, done="Yes", outcome="Asked not to be contacted")
    index = [row["customer_id"] for row in rows_of(book, "customers")].index(second)
    put(book, "customers", index, do_not_contact="Yes")
    later(book, 90)
    commands.actions(book)
    found = listed(book)
    assert [r["customer_id"] for r in found].count(first) == 1
    assert second not in [row["customer_id"] for row in found]


def test_hold_out_customers_are_marked_enrolled_and_left_alone(book):
    set_setting(book, "holdout_share", 0.4)
    notes = " ".join(note.en for note in commands.refresh(book, now=NOW).warnings)
    assert "on the list (what your save rate says)" in notes
    group = words_of_table(book, "customers", "group")
    assert set(group.values()) == {"Contact", "Hold-out"}
    assert {group[row["customer_id"]] for row in listed(book)} == {"Contact"}
    enrolled = json.loads(read_records(book)["loop"].text)["enrolled"]
    assert {one["group"] for one in enrolled} == {"contact", "holdout"}
    later(book, 1)
    commands.refresh(book, now=NOW)
    assert words_of_table(book, "customers", "group") == group
    again = json.loads(read_records(book)["loop"].text)["enrolled"]
    assert again[: len(enrolled)] == enrolled
    assert any("Cannot tell yet" in (row["verdict"] or "") for row in rows_of(book, "loop"))


def test_lists_say_how_a_probability_has_moved_since_an_earlier_refresh(book):
    commands.refresh(book, now=NOW)
    later(book, 45)
    outcome = commands.refresh(book, now=NOW + dt.timedelta(days=45))
    reasons = [row["reason"] for row in listed(book)]
    assert any("; up from " in reason and reason.endswith(" in June") for reason in reasons)
    assert any("up from" in row[3] for row in outcome.table)
    days = json.loads(read_records(book)["trajectory"].text)["days"]
    assert [one["day"] for one in days] == [46203, 46248]


def test_the_owners_playbook_decides_and_travels_to_the_function_in_a_cell(book):
    commands.refresh(book, now=NOW)
    for index in range(len(rows_of(book, "playbook"))):
        put(book, "playbook", index, stage=None, risk=None, reason=None, action=f"Idea {index}")
    commands.actions(book)
    assert {row["action"] for row in listed(book)} == {"Idea 0"}
    assert "Idea 0" in read_records(book)["playbook"].text
    put(book, "playbook", 1, stage="Whatever")
    with pytest.raises(SheetError, match=r"Playbook!A3 says “Whatever”"):
        commands.actions(book)


def test_a_contact_that_costs_more_than_it_saves_is_said_in_one_sentence(book):
    commands.refresh(book, now=NOW)
    set_setting(book, "contact_cost", 1e6)
    outcome = commands.actions(book)
    assert listed(book) == []
    assert "save more than it costs" in outcome.warnings[-1].en


def test_customers_called_of_late_are_left_in_peace(book):
    commands.refresh(book, now=NOW)
    first = listed(book)[0]["customer_id"]
    add(book, "contacts", [{"date": 46200.0, "customer_id": first, "kind": "We reached out"}])
    commands.actions(book)
    assert first not in [row["customer_id"] for row in listed(book)]


def test_a_date_that_cannot_be_read_is_named_and_nothing_is_changed(book):
    commands.refresh(book, now=NOW)
    put(book, "actions", 0, done_on="soon")
    before = rows_of(book, "actions")
    with pytest.raises(Exception, match=r"Actions!N2 holds “soon”"):
        commands.refresh(book, now=NOW)
    assert rows_of(book, "actions") == before


def test_a_chinese_workbook_gets_chinese_suggestions(tmp_path):
    book = trained(tmp_path, "zh")
    commands.refresh(book, now=NOW)
    found = listed(book)
    assert found and all("\u4e00" <= row["action"][0] <= "\u9fff" for row in found)
    assert {row["risk"] for row in found} <= set(words.RISKS.within("zh"))
    book.close()


def test_before_a_model_is_trained_the_owner_is_told_to_retrain(tmp_path):
    book = built(tmp_path)
    with pytest.raises(NoModelError, match="Retrain"):
        actions(book)
    book.close()


def test_a_sheet_of_the_owners_gets_its_call_list_on_sheets_that_are_added(tmp_path):
    from workbooks import SHOP, opened, saved

    book = opened(saved(tmp_path / "shop.xlsx", SHOP))
    commands.retrain(book, today=NOW.date())
    outcome = actions(book)
    assert [s.name for s in book.sheets] == [
        "Customers",
        "Model",
        "Columns",
        layout.HIDDEN_SHEET,
        "Actions",
        "Playbook",
        "Settings",
    ]
    assert "no prices" in " ".join(note.en for note in outcome.warnings)
    found = listed(book)
    probabilities = [row["churn_probability"] for row in found]
    assert found and probabilities == sorted(probabilities, reverse=True)
    assert "value" not in found[0]
    book.close()


def test_what_is_saved_has_a_currency(book):
    outcome = commands.actions(book)
    assert "GBP after the cost of contacting" in outcome.message.en
    assert "GBP。" in outcome.message.zh
