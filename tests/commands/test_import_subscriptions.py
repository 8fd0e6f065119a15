"""A business in several tables: accounts, subscriptions, usage, tickets and cancellations come together."""

import datetime as dt
from unittest import mock

import pytest
from sample_books import built, rows_of

from csm_xl import commands

FILES = {
    "accounts.csv": "account_id,account_name,industry,signup_date,plan_tier\n"
    "A-1,Company 1,EdTech,2024-10-16,Basic\nA-2,Company 2,FinTech,2023-08-17,Pro\nA-3,Company 3,Tools,2024-08-27,Basic\n",
    "subscriptions.csv": "subscription_id,account_id,start_date,end_date,plan_tier,mrr_amount,arr_amount,billing_frequency\n"
    "S-1,A-1,2024-10-20,,Basic,100,1200,monthly\nS-2,A-2,2023-09-01,,Pro,,6000,annual\n"
    "S-3,A-3,2024-09-01,2024-12-01,Basic,19,228,monthly\nS-4,A-3,2024-12-02,,Pro,49,588,monthly\n",
    "usage.csv": "usage_id,subscription_id,usage_date,feature_name,usage_count\n"
    "U-1,S-1,2024-11-01,export,9\nU-2,S-1,2024-11-01,share,2\nU-3,S-2,2024-01-01,share,2\n",
    "tickets.csv": "ticket_id,account_id,submitted_at,first_response_time_minutes,satisfaction_score\n"
    "T-1,A-1,2024-11-05,90,4\nT-2,A-2,2024-01-05,30,\n",
    "churn_events.csv": "churn_event_id,account_id,churn_date,reason_code,is_reactivation\n"
    "C-1,A-2,2024-03-01,pricing,False\nC-2,A-1,2024-12-01,support,False\nC-3,A-1,2025-01-10,support,True\n",
}


@pytest.fixture(scope="module")
def business(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    book = built(tmp_path_factory.mktemp("book"))
    with mock.patch("csm_xl.xlfile.app.App.calculate"):
        outcome = commands.import_data(book, folder)
        yield book, folder, outcome
    book.close()


def test_a_folder_of_exports_is_told_apart_and_comes_in_customers_first(business):
    _, _, outcome = business
    assert outcome.more["read"] == 15 and outcome.more["left_out"] == []
    assert not any("nobody" in note.en or "Not imported" in note.en for note in outcome.warnings)


def test_subscriptions_give_plan_price_start_and_end_to_their_customers(business):
    people = {row["customer_id"]: row for row in rows_of(business[0], "customers")}
    assert [people[k]["price"] for k in ("A-1", "A-2", "A-3")] == [100, 500, 49]
    assert people["A-3"]["plan"] == "Pro" and people["A-3"]["start"].date() == dt.date(2024, 9, 1)


def test_a_cancellation_ends_and_a_reactivation_begins_again(business):
    people = {row["customer_id"]: row for row in rows_of(business[0], "customers")}
    assert people["A-2"]["left_on"].date() == dt.date(2024, 3, 1)
    assert people["A-1"]["left_on"] is None
    terms = [row for row in rows_of(business[0], "subscriptions") if row["customer_id"] == "A-1"]
    assert [row["end"] and row["end"].date() for row in terms] == [dt.date(2024, 12, 1), None]


def test_usage_and_tickets_find_the_account_behind_the_subscription(business):
    visits = rows_of(business[0], "contacts")
    assert [(row["customer_id"], row["kind"], row["times"]) for row in visits] == [
        ("A-1", "Usage", 11),
        ("A-2", "Usage", 2),
    ]
    tickets = rows_of(business[0], "feedback")
    assert [(row["customer_id"], row["kind"], row["response_hours"]) for row in tickets] == [
        ("A-1", "Complaint", 1.5),
        ("A-2", "Complaint", 0.5),
    ]


def test_the_same_folder_again_changes_nothing(business):
    book, folder, _ = business
    before = {t: rows_of(book, t) for t in ("customers", "subscriptions", "contacts", "feedback")}
    again = commands.import_data(book, folder)
    assert again.more["added"] == 0
    assert {table: rows_of(book, table) for table in before} == before


@pytest.mark.parametrize("name", ["accounts.csv", "subscriptions.csv", "churn_events.csv"])
def test_any_of_the_files_once_more_changes_no_customer(business, name):
    book, folder, _ = business
    before = rows_of(book, "customers")
    with mock.patch("csm_xl.xlfile.app.App.calculate"):
        outcome = commands.import_data(book, folder / name)
    assert rows_of(book, "customers") == before
    assert outcome.more["updated"] == outcome.more["added"] == 0, outcome


def test_who_left_by_another_file_while_a_subscription_runs_is_said(business):
    book, folder, _ = business
    left = folder / "left.csv"
    left.write_text("account_id,account_name,churned_on\nA-1,Company 1,2025-02-01\n")
    before = rows_of(book, "customers")
    with mock.patch("csm_xl.xlfile.app.App.calculate"):
        outcome = commands.import_data(book, left, table="customers")
    assert rows_of(book, "customers") == before
    assert any("has not ended" in note.en for note in outcome.warnings), outcome.warnings
