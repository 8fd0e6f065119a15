"""The Dashboard's blocks, retention, changes, sentiment and history on the sample company."""

import datetime as dt

import numpy as np
import pytest
from sample_books import NOW, add, built, owners_cells, put, rows_of, set_setting, trained

from csm_xl import commands
from csm_xl.commands.hidden_sheet import read_records, write_records
from csm_xl.commands.session import Session
from csm_xl.company.reliability import reliability_rows
from csm_xl.errors import CsmError
from csm_xl.feedback.sentiment_scores import sentiment
from csm_xl.sample.sample_company import company


@pytest.fixture
def book(tmp_path):
    found = trained(tmp_path)
    yield found
    found.close()


def block(book, key):
    return [row for row in rows_of(book, key) if any(v is not None for v in row.values())]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_refresh_fills_every_block_in_the_workbooks_language(tmp_path, lang):
    book = trained(tmp_path, lang)
    before = owners_cells(book)
    commands.refresh(book, now=NOW)
    assert owners_cells(book) == before
    points = block(book, "pain_points")
    assert points[0]["mentions"] >= points[-1]["mentions"] > 0 and points[0]["example"]
    loop = block(book, "loop")
    last = loop[-1]["verdict"]
    assert ("评分" in last) == (lang == "zh")
    assert len(block(book, "cohorts")) == 18
    change = block(book, "changes")[0]
    assert change["difference"] == pytest.approx(change["after"] - change["before"], abs=2e-4)
    assert change["low"] < change["difference"] < change["high"]
    assert block(book, "actions")
    book.close()


def test_the_sentiment_of_each_text_stands_beside_it(book):
    commands.refresh(book, now=NOW)
    rows = rows_of(book, "feedback")
    expected = sentiment([row["text"] for row in rows])
    found = np.array([np.nan if row["sentiment"] is None else row["sentiment"] for row in rows])
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    assert np.nanmax(np.abs(found - expected)) < 1e-4


def test_retention_counts_who_had_not_left_at_the_end_of_each_month(book):
    commands.refresh(book, now=NOW)
    people = company("en").frame("customers")
    for row in block(book, "cohorts"):
        year, month = map(int, row["cohort"].split("-"))
        own = people[[s.year == year and s.month == month for s in people["start"]]]
        assert row["customers"] == len(own)
        for later in range(1, 13):
            index = year * 12 + month - 1 + later + 1
            end = dt.date(index // 12, index % 12 + 1, 1) - dt.timedelta(days=1)
            shown = row[f"month_{later}"]
            if end > NOW.date():
                assert shown is None
            else:
                there = [left is None or left > end for left in own["left_on"]]
                assert shown == pytest.approx(sum(there) / len(own))


def test_history_gets_one_row_for_each_refresh_and_knows_the_models_quality(book):
    assert [row["what"] for row in block(book, "history")] == ["Retrain"]
    for day in (1, 2):
        commands.refresh(book, now=NOW + dt.timedelta(days=day))
    rows = block(book, "history")
    assert [row["what"] for row in rows] == ["Retrain", "Refresh", "Refresh"]
    assert [row["at"] for row in rows[1:]] == [NOW + dt.timedelta(days=d) for d in (1, 2)]
    assert rows[0]["auc"] == rows[2]["auc"] and 0.5 < rows[0]["auc"] < 1
    people = company("en").frame("customers")
    gone = people["left_on"].notna().sum()
    assert (rows[2]["customers"], rows[2]["left"]) == (len(people) - gone, gone)
    assert rows[2]["csat"] > 1 and rows[2]["answers"] > 100


def test_the_models_reliability_is_shown_in_groups_of_its_training(book):
    rows = block(book, "reliability")
    assert len(rows) >= 2
    assert all(row["low"] <= row["observed"] <= row["high"] for row in rows)
    predicted = [row["predicted"] for row in rows]
    assert predicted == sorted(predicted)


def test_few_cases_are_not_cut_into_groups():
    chance = np.random.default_rng(3)
    p = chance.random(500)
    left = (chance.random(500) < p).astype(float)
    assert reliability_rows(p[:59], left[:59]) == []
    assert len(reliability_rows(p[:150], left[:150])) <= 4
    rows = reliability_rows(p, left)
    assert len(rows) == 10
    assert sum(row["low"] <= row["predicted"] <= row["high"] for row in rows) >= 8
    twice = reliability_rows(np.repeat(p, 2), np.repeat(left, 2), np.repeat(np.arange(500), 2))
    assert twice[4]["high"] - twice[4]["low"] == pytest.approx(
        rows[4]["high"] - rows[4]["low"], rel=0.15
    )


def test_dashboard_needs_no_model(tmp_path):
    told = company("en", customers=30)
    book = built(tmp_path, "en", told.tables, told.settings)
    outcome = commands.dashboard(book)
    assert "up to date" in outcome.message.en
    assert block(book, "pain_points") and block(book, "cohorts")
    assert block(book, "loop")[0]["verdict"] == "Nothing was suggested yet."
    book.close()


def test_a_change_with_few_ratings_cannot_be_told(book):
    add(book, "changes", [{"date": 46200.0, "change": "New tea"}])
    outcome = commands.dashboard(book)
    assert block(book, "changes")[1]["difference"] == "cannot tell"
    assert any("too few ratings" in note.en for note in outcome.warnings)


def test_a_change_in_the_future_stays_blank(book):
    put(book, "changes", 0, date=dt.datetime(2027, 1, 1))
    commands.dashboard(book)
    assert block(book, "changes")[0]["before"] is None


# -- the hold-out, once its horizon is over ---------------------------------------------------------


def enrolments(book, contact, holdout):
    people = rows_of(book, "customers")
    left = [r["customer_id"] for r in people if r["left_on"]]
    stayed = [r["customer_id"] for r in people if not r["left_on"]]
    groups = {"contact": contact, "holdout": holdout}
    found = []
    for group, (good, bad) in groups.items():
        chosen = [stayed.pop() for _ in range(good)] + [left.pop() for _ in range(bad)]
        found += [{"customer": key, "group": group, "day": 45658, "until": 46202} for key in chosen]
    import json

    write_records(Session(book), {"loop": json.dumps({"enrolled": found})})


def test_a_clear_difference_between_the_groups_is_told_with_its_interval(book):
    enrolments(book, (24, 0), (10, 14))
    commands.dashboard(book)
    line = block(book, "loop")[2]
    assert line["contacted"] == "24 of 24 (100%)" and line["holdout"] == "10 of 24 (42%)"
    assert line["low"].startswith("+") and line["verdict"].startswith("Contacting helped")
    assert "not tested" not in line["verdict"]
    assert "Bought again" in block(book, "loop")[3]["measure"]


def test_a_small_difference_between_the_groups_is_not_told(book):
    enrolments(book, (21, 3), (19, 5))
    commands.dashboard(book)
    line = block(book, "loop")[2]
    assert line["low"].startswith("-") and line["verdict"].startswith("Cannot tell")


# -- odd inputs -------------------------------------------------------------------------------------

ODD_TEXTS = [
    "x" * 32_767,
    "太差了" * 10_000,
    "😡😡😡",
    "<p>The <b>box</b> was broken</p><script>alert(1)</script>",
    '=RunPython("import os")',
    "+1",
    "Это было очень плохо",
    "好",
    "   ",
]


def test_odd_texts_are_scored_or_left_out_and_stay_text(book):
    start = len(rows_of(book, "feedback"))
    add(
        book,
        "feedback",
        [
            {"feedback_id": f"X{i}", "date": 46190.0, "customer_id": "C0001", "text": text}
            for i, text in enumerate(ODD_TEXTS)
        ],
    )
    outcome = commands.refresh(book, now=NOW)
    rows = rows_of(book, "feedback")[start:]
    score = {row["text"]: row["sentiment"] for row in rows}
    assert score["Это было очень плохо"] == 0
    assert any("other languages" in note.en for note in outcome.warnings)
    assert score["😡😡😡"] < 0
    assert all(value is None or -1 <= value <= 1 for value in score.values())
    assert score['=RunPython("import os")'] is not None


def test_odd_orders_are_left_out_with_a_note_and_the_rest_is_scored(book):
    add(
        book,
        "orders",
        [
            {"order_id": "F1", "date": 60000.0, "customer_id": "C0001", "amount": 10.0},
            {"order_id": "F2", "date": 46100.0, "customer_id": "NOBODY", "amount": 10.0},
            {"order_id": "F3", "date": 46100.0, "customer_id": None, "amount": 10.0},
            {"order_id": "F4", "date": 46100.0, "customer_id": "C0001", "amount": 0.0},
            {"order_id": "F5", "date": 46100.0, "customer_id": "C0001", "amount": -10.0},
        ],
    )
    add(book, "customers", [{"customer_id": "C9999", "name": "No orders", "start": 46000.0}])
    outcome = commands.refresh(book, now=NOW)
    assert outcome.table
    newest = next(r for r in rows_of(book, "customers") if r["customer_id"] == "C9999")
    assert newest["churn_probability"] is None and newest["risk"] == "Too new"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_empty_workbook_gets_a_dashboard_and_one_sentence_from_everything_else(tmp_path, lang):
    book = built(tmp_path, lang)
    commands.dashboard(book)
    assert block(book, "loop")
    for command in (commands.refresh, commands.actions, commands.retrain, commands.explain):
        with pytest.raises(CsmError) as caught:
            command(book)
        assert caught.value.text.en and caught.value.text.zh
    book.close()


def test_one_customer_is_no_fault(tmp_path):
    tables = {
        "customers": [{"customer_id": "C1", "start": dt.date(2026, 1, 1)}],
        "orders": [
            {"order_id": "1", "date": dt.date(2026, 1, 1), "customer_id": "C1", "amount": 5.0}
        ],
        "feedback": [
            {"feedback_id": "1", "date": dt.date(2026, 2, 1), "customer_id": "C1", "rating": 5}
        ],
    }
    book = built(tmp_path, "en", tables, {"as_of": NOW.date()})
    commands.dashboard(book)
    assert block(book, "cohorts")[0]["customers"] == 1
    with pytest.raises(CsmError):
        commands.retrain(book)
    book.close()


def test_blocks_shrink_again_without_leaving_old_lines(book):
    commands.refresh(book, now=NOW)
    source = Session(book).table("feedback")
    book.sheets[source.sheet].tables[source.name].data_body_range.clear_contents()
    commands.dashboard(book)
    assert block(book, "pain_points") == []
    assert "quality" in read_records(book)


def test_a_setting_out_of_its_limits_is_named(book):
    set_setting(book, "save_rate", 7)
    with pytest.raises(CsmError, match="Save rate"):
        commands.refresh(book, now=NOW)
