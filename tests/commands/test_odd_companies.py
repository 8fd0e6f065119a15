"""Companies that are not like the sample: no orders, no customers, odd amounts, odd texts."""

import datetime as dt

import pytest
from sample_books import NOW, add, built, rows_of

from csm_xl import commands
from csm_xl.errors import CsmError

DAY = NOW.date()


def days(n):
    return DAY - dt.timedelta(days=n)


def shop(customers=60, *, every=30, orders=6, amount=20.0):
    """Customers who order in turn; every third one stopped half a year ago."""
    tables = {"customers": [], "orders": []}
    for i in range(customers):
        key, quiet = f"C{i:03d}", 200 if i % 3 == 0 else 5
        tables["customers"].append({"customer_id": key, "name": f"N{i}", "start": days(500)})
        for k in range(orders):
            tables["orders"].append(
                {
                    "order_id": f"{i}-{k}",
                    "date": days(quiet + i % 7 + every * k),
                    "customer_id": key,
                    "amount": amount + i,
                }
            )
    return tables


def opened(folder, tables, lang="en", **settings):
    return built(folder, lang, tables, {"as_of": DAY, **settings})


def notes(outcome):
    return " ".join(note.en for note in outcome.warnings)


def test_orders_without_customers_say_what_to_do(tmp_path):
    tables = shop()
    tables["customers"] = []
    book = opened(tmp_path, tables)
    for command in (commands.build_features, commands.retrain):
        with pytest.raises(CsmError) as caught:
            command(book)
        assert "customer" in caught.value.text.en.lower() and "客户" in caught.value.text.zh
    commands.dashboard(book)
    book.close()


def test_customers_without_orders_say_what_to_do(tmp_path):
    book = opened(tmp_path, {"customers": shop()["customers"]})
    with pytest.raises(CsmError, match="no orders to count from"):
        commands.build_features(book)
    with pytest.raises(CsmError):
        commands.retrain(book)
    commands.dashboard(book)
    book.close()


def test_one_customer_gets_figures_and_no_model(tmp_path):
    tables = shop(customers=1)
    book = opened(tmp_path, tables)
    outcome = commands.build_features(book)
    assert "1 customers" in outcome.message.en or "1 customer" in outcome.message.en
    assert rows_of(book, "customers")[0]["orders"] == 6
    with pytest.raises(CsmError) as caught:
        commands.retrain(book)
    assert caught.value.text.zh
    book.close()


def test_orders_in_the_future_are_left_out_and_counted(tmp_path):
    tables = shop()
    for row in tables["orders"][:7]:
        row["date"] = DAY + dt.timedelta(days=30)
    book = opened(tmp_path, tables)
    outcome = commands.build_features(book)
    assert "7 rows dated after the last day on record were left out" in notes(outcome)
    book.close()


def test_refunds_and_free_orders_count_as_what_they_are(tmp_path):
    tables = {
        "customers": [{"customer_id": "A"}, {"customer_id": "B"}, {"customer_id": "C"}],
        "orders": [
            {"order_id": "1", "date": days(50), "customer_id": "A", "amount": 80.0},
            {"order_id": "1R", "date": days(40), "customer_id": "A", "amount": -30.0},
            {"order_id": "2", "date": days(30), "customer_id": "B", "amount": 0.0},
            {"order_id": "3", "date": days(20), "customer_id": "C", "amount": -5.0},
        ],
    }
    book = opened(tmp_path, tables)
    commands.build_features(book)
    a, b, c = rows_of(book, "customers")
    assert (a["orders"], a["revenue"], a["refund_share"]) == (1, 50, 0.375)
    assert (b["orders"], b["revenue"], b["refund_share"]) == (1, 0, None)
    # A refund without its order is of something bought before the record begins.
    assert c["orders"] is None
    book.close()


def test_too_few_repeat_orders_value_customers_by_their_revenue_so_far(tmp_path):
    tables = shop(orders=1)
    # Four ordered twice: too few to learn from how often customers come back.
    for i in range(4):
        tables["orders"].append(
            {"order_id": f"again-{i}", "date": days(2), "customer_id": f"C{i:03d}", "amount": 20.0}
        )
    for i in range(0, 60, 5):
        tables["customers"][i]["left_on"] = days(3)
    book = opened(tmp_path, tables, contact_cost=0.01)
    outcome = commands.retrain(book, today=DAY)
    assert "too few repeat orders" in notes(outcome)
    rows = [row for row in rows_of(book, "actions") if row["customer_id"]]
    spent = {row["customer_id"]: row["revenue"] for row in rows_of(book, "customers")}
    known = dict(zip([r["customer_id"] for r in rows], [r["value"] for r in rows], strict=True))
    assert rows
    # Twice the revenue in the same time is worth twice as much.
    first, second = sorted(known, key=lambda key: spent[key])[:: len(known) - 1]
    if spent[first] != spent[second]:
        assert known[second] > known[first]
    book.close()


LEFT = ["yes" if i % 4 == 0 else "no" for i in range(80)]


def sheet(tmp_path, headers, row):
    """A customers table of the owner's own, without any orders."""
    import openpyxl

    from csm_xl.commands.opening import open_book

    book = opened(tmp_path, {})
    book.save(tmp_path / "with-actions.xlsx")
    book.close()
    plain = openpyxl.load_workbook(tmp_path / "with-actions.xlsx")
    own = plain.create_sheet("Clients")
    own.append(headers)
    for i, left in enumerate(LEFT):
        own.append(row(i, left))
    del plain["Customers"]
    plain.save(tmp_path / "clients.xlsx")
    return open_book(tmp_path / "clients.xlsx")


def test_without_orders_and_prices_the_list_ranks_by_risk_and_says_so(tmp_path):
    book = sheet(
        tmp_path,
        ["Customer ID", "Logins", "Churned"],
        lambda i, left: [f"K{i}", i % 9 + (3 if left == "no" else 0), left],
    )
    outcome = commands.retrain(book, "Clients")
    assert "ranks by risk" in notes(outcome)
    listed = [row for row in rows_of(book, "actions") if row["customer_id"]]
    chances = [row["churn_probability"] for row in listed]
    assert listed and chances == sorted(chances, reverse=True)
    assert {row["expected"] for row in listed} == {""}
    book.close()


def test_without_orders_the_monthly_price_is_what_a_customer_brings(tmp_path):
    book = sheet(
        tmp_path,
        ["Customer ID", "Logins", "Monthly price", "Churned"],
        lambda i, left: [f"K{i}", i % 9 + (3 if left == "no" else 0), 10.0 + i, left],
    )
    outcome = commands.retrain(book, "Clients")
    assert "neither orders nor monthly prices" not in notes(outcome)
    rows = [row for row in rows_of(book, "actions") if row["customer_id"]]
    assert rows
    price = {f"K{i}": 10.0 + i for i in range(80)}
    ratio = {round(row["value"] / price[row["customer_id"]], 3) for row in rows}
    assert len(ratio) == 1
    book.close()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_imported_texts_stay_what_they_are_and_are_scored(tmp_path, lang):
    import csv

    texts = {
        "long": "太差了" * 10_922 + "！",
        "longest": "z" * 32_767,
        "emoji": "😡😡",
        "happy": "👍👍",
        "html": "<p>The <b>lid</b> was broken</p>",
        "formula": "=1+1",
        "russian": "Очень плохо, не рекомендую",
        "japanese": "とてもまずいです。二度と行きません",
    }
    path = tmp_path / "feedback.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = [[key, "2026-06-01", "C001", text] for key, text in texts.items()]
        csv.writer(file).writerows([["Feedback no.", "Date", "Customer ID", "Text"], *rows])
    book = opened(tmp_path, shop(), lang)
    commands.import_data(book, path, "feedback")
    outcome = commands.dashboard(book)
    told = {row["feedback_id"]: row for row in rows_of(book, "feedback")}
    assert {key: row["text"] for key, row in told.items()} == texts
    score = {key: row["sentiment"] for key, row in told.items()}
    assert score["long"] < 0 and score["emoji"] < 0 < score["happy"] and score["html"] < 0
    assert score["russian"] == score["japanese"] == 0
    assert "other languages than Chinese and English: 2" in notes(outcome)
    book.close()


def test_an_amount_that_is_no_number_is_named_and_stops_nobody(tmp_path):
    tables = shop()
    book = opened(tmp_path, tables)
    commands.build_features(book)
    before = rows_of(book, "customers")
    add(
        book, "orders", [{"order_id": "X", "date": 46000.0, "customer_id": "C001", "amount": "ten"}]
    )
    outcome = commands.build_features(book)
    assert any("ten" in warning.en for warning in outcome.warnings), outcome.warnings
    # The order was made, so it counts; what it is worth nobody knows.
    after = rows_of(book, "customers")
    assert [row["revenue"] for row in after] == [row["revenue"] for row in before]
    added = [new["orders"] - old["orders"] for old, new in zip(before, after, strict=True)]
    assert [row["customer_id"] for row, n in zip(after, added, strict=True) if n] == ["C001"]
    book.close()
