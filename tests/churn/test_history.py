import datetime as dt

import numpy as np
import pandas as pd
import pytest

from csm_xl.churn.history import as_day, day_numbers, read_history
from csm_xl.churn.timeline import Timeline
from csm_xl.errors import CellError, SheetError, TooLittleDataError


def orders(*rows, **more):
    frame = pd.DataFrame(rows, columns=["customer_id", "date", "amount"])
    frame["date"] = pd.to_datetime(frame["date"])
    return frame.assign(**more)


TWO = orders(("a", "2024-01-05", 10.0), ("b", "2024-01-07", 5.0), ("a", "2024-01-09", 20.0))


def spoken(history):
    return " ".join(note.en for note in history.notes)


def test_a_timeline_counts_and_sums_between_days_like_a_loop_would():
    rng = np.random.default_rng(0)
    who, day, value = rng.integers(0, 6, 200), rng.integers(10, 60, 200), rng.normal(size=200)
    line = Timeline(who, day, 8, {"v": value})
    for after, until in ((None, 30), (20, 45), (None, 5), (45, 99), (30, 30), (-9, 10)):
        low = -1000 if after is None else after
        for customer in range(8):
            inside = (who == customer) & (day > low) & (day <= until)
            assert line.count(after, until)[customer] == inside.sum()
            assert line.total("v", after, until)[customer] == pytest.approx(value[inside].sum())


def test_a_timeline_finds_the_last_event_by_a_day():
    line = Timeline(np.array([1, 0, 1]), np.array([5, 9, 7]), 3, {"v": np.array([1.0, 2.0, 3.0])})
    last = line.until(6) - 1
    assert line.value_at("v", last).tolist()[1] == 1.0
    assert np.isnan(line.value_at("v", last)[[0, 2]]).all()
    assert line.day_at(line.until(99) - 1)[:2].tolist() == [9, 7]


def test_an_empty_timeline_counts_nothing():
    line = Timeline(np.zeros(0, int), np.zeros(0, int), 2, {"v": np.zeros(0)})
    assert line.count(None, 10).tolist() == [0, 0]
    assert line.total("v", None, 10).tolist() == [0, 0]


def test_unsorted_orders_are_the_same_as_sorted_ones():
    mixed = read_history(TWO.iloc[[2, 0, 1]])
    assert sorted(mixed.customers) == ["a", "b"]
    at = list(mixed.customers).index("a")
    assert mixed.orders.total("sales", None, mixed.today)[at] == 30.0


def test_dates_may_be_dates_serials_or_texts():
    serial = TWO.assign(date=[45296.0, 45298.5, 45300.0])
    text = TWO.assign(date=["2024-01-05", "2024/1/7", "2024年1月9日"])
    for frame in (TWO, serial, text):
        history = read_history(frame)
        assert history.orders.day.tolist() == [45296, 45300, 45298]
        assert history.today == 45300


def test_one_day_may_be_given_in_any_way():
    moments = ["2024-01-05", dt.date(2024, 1, 5), dt.datetime(2024, 1, 5, 17), 45296.7]
    moments += [pd.Timestamp("2024-01-05 09:00"), np.datetime64("2024-01-05")]
    assert {as_day(moment) for moment in moments} == {45296}


def test_dates_before_1900_are_read_from_dates_and_refused_as_cells():
    old = read_history(orders(("a", "1898-05-01", 1.0), ("a", "1899-05-01", 1.0)))
    assert np.diff(old.orders.day).tolist() == [365]
    with pytest.raises(CellError, match="1899"):
        day_numbers(np.array(["1899-05-01"], dtype=object), "date")


def test_a_refund_is_no_order():
    history = read_history(
        orders(("a", "2024-01-05", 10.0), ("a", "2024-01-08", -4.0), ("a", "2024-01-09", 0.0))
    )
    assert history.orders.day.size == 2
    assert history.refunds.total("amount", None, history.today).tolist() == [4.0]


def test_a_blank_amount_is_an_order_of_unknown_value():
    history = read_history(orders(("a", "2024-01-05", np.nan), ("a", "2024-01-08", 3.0)))
    assert history.orders.total("orders", None, history.today).tolist() == [2]
    assert history.orders.total("sales", None, history.today).tolist() == [3.0]


def test_rows_without_a_customer_or_a_date_are_left_out_with_a_note():
    frame = orders(
        ("a", "2024-01-05", 1.0),
        (None, "2024-01-05", 1.0),
        ("  ", "2024-01-05", 1.0),
        ("a", None, 1.0),
    )
    history = read_history(frame)
    assert history.customers.tolist() == ["a"]
    assert history.orders.day.size == 1
    assert "2 rows without a customer" in spoken(history)
    assert "1 rows without a date" in spoken(history)


def test_orders_after_today_are_left_out_with_a_note():
    history = read_history(TWO, today="2024-01-08")
    assert history.orders.day.size == 2
    assert "1 rows dated after" in spoken(history)


def test_orders_of_unknown_customers_are_left_out_and_customers_without_orders_stay():
    history = read_history(TWO, customers=["c", "b"])
    assert history.customers.tolist() == ["c", "b"]
    assert history.orders.total("orders", None, history.today).tolist() == [0, 1]
    assert "2 rows of customers who are not in" in spoken(history)


def test_a_number_and_the_same_number_as_text_are_one_customer():
    frame = orders((17850.0, "2024-01-05", 1.0), (13047.0, "2024-01-06", 1.0))
    history = read_history(frame, customers=["13047", " 17850 "])
    assert history.orders.total("orders", None, history.today).tolist() == [1, 1]
    mixed = frame.assign(customer_id=pd.Series(["17850", 17850], dtype=object))
    assert read_history(mixed).customers.tolist() == ["17850"]


def test_lines_of_one_order_number_are_one_order():
    frame = orders(
        ("a", "2024-01-05", 10.0),
        ("a", "2024-01-05", 5.0),
        ("a", "2024-01-05", 1.0),
        order_id=["o1", "o1", "o2"],
    )
    history = read_history(frame)
    assert history.orders.total("orders", None, history.today).tolist() == [2]
    assert history.orders.total("sales", None, history.today).tolist() == [16.0]


def test_a_blank_order_number_is_an_order_of_its_own():
    frame = orders(("a", "2024-01-05", 10.0), ("a", "2024-01-06", 5.0), order_id=[None, None])
    assert read_history(frame).orders.total("orders", None, 45400).tolist() == [2]


def test_exact_copies_with_an_order_number_count_once_and_repeats_without_one_do_not():
    frame = orders(("a", "2024-01-05", 10.0), ("a", "2024-01-05", 10.0))
    assert read_history(frame).orders.total("sales", None, 45400).tolist() == [20.0]
    copied = read_history(frame.assign(order_id=["o1", "o1"]))
    assert copied.orders.total("sales", None, 45400).tolist() == [10.0]
    assert "1 rows are exact copies" in spoken(copied)


def test_with_products_and_no_order_number_a_day_is_an_order():
    frame = orders(
        ("a", "2024-01-05", 10.0),
        ("a", "2024-01-05", 5.0),
        ("a", "2024-01-06", 5.0),
        product=["tea", "cup", "tea"],
    )
    history = read_history(frame)
    assert history.orders.total("orders", None, history.today).tolist() == [2]
    assert history.products.count(None, 45296).tolist() == [2]
    assert history.products.count(None, 45297).tolist() == [2]


def test_visits_are_told_from_contacts():
    contacts = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b"],
            "date": pd.to_datetime(["2024-01-05", "2024-01-06", "2024-01-06"]),
            "kind": ["visit", "question", "visit"],
        }
    )
    history = read_history(TWO, contacts=contacts)
    assert history.visits.count(None, 45400).tolist() == [1, 1]
    assert history.contacts.count(None, 45400).tolist() == [1, 0]


def test_no_orders_at_all_is_too_little_data():
    for frame in (TWO.head(0), orders(("a", "2024-01-05", -1.0)), orders((None, None, 1.0))):
        with pytest.raises(TooLittleDataError):
            read_history(frame)


def test_a_missing_column_and_an_unreadable_amount_are_named():
    with pytest.raises(SheetError, match="amount"):
        read_history(TWO.drop(columns="amount"))
    with pytest.raises(CellError, match="lots"):
        read_history(TWO.assign(amount=[1.0, "lots", 2.0]))
