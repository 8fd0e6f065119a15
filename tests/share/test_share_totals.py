"""Control totals on the first sheet are the sums of the Orders sheet, by month."""

import datetime as dt

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from share.sharing import formulas, saved, shared, values

ORDERS = [
    ("Order no.", "Date", "Customer ID", "Kind", "Amount"),
    ("A-1", dt.date(2026, 1, 5), "C1", "Order", 100.0),
    ("A-2", dt.date(2026, 1, 31), "C2", "Order", 50.5),
    ("A-1r", dt.date(2026, 2, 1), "C1", "Refund", -100.0),
    ("A-3", dt.date(2026, 4, 30), "C1", "Order", 0.0),
    ("A-4", dt.date(2026, 4, 30), "c1", "Order", 20.25),
]


def _book(path, rows):
    cells = {}
    for r, row in enumerate(rows, 1):
        for letters, value in zip("ABCDE", row, strict=True):
            if value is not None:
                cells[f"{letters}{r}"] = value
    return saved(path, {"Orders": cells})


def _totals(path):
    """The lines of the totals: label, revenue, refunds, net, orders, customers."""
    lines = {}
    started = False
    for row in values(path)["About this copy"].iter_rows(max_col=6, values_only=True):
        if row[1] == "Revenue":
            started = True
            continue
        if started:
            label = f"{row[0]:%Y-%m}" if isinstance(row[0], dt.datetime) else row[0]
            lines[label] = row[1:]
            if label == "Total":
                break
    return lines


def _by_pandas(rows):
    frame = pd.DataFrame(rows[1:], columns=["no", "date", "customer", "kind", "amount"])
    frame["month"] = pd.to_datetime(frame.date).dt.strftime("%Y-%m")
    refund = frame.kind.eq("Refund")
    found = {}
    for label, part in [*frame.groupby("month"), ("Total", frame)]:
        is_refund = refund[part.index]
        revenue = part.amount[~is_refund].sum()
        refunds = part.amount[is_refund].sum()
        customers = part.customer[~is_refund].str.lower().nunique()
        found[label] = (revenue, refunds, revenue + refunds, (~is_refund).sum(), customers)
    return found


def test_totals_are_the_sums_of_pandas_month_by_month(tmp_path):
    book = _book(tmp_path / "b.xlsx", ORDERS)
    shared(book, tmp_path / "copy.xlsx")
    found, expected = _totals(tmp_path / "copy.xlsx"), _by_pandas(ORDERS)
    assert list(found) == ["2026-01", "2026-02", "2026-03", "2026-04", "Total"]
    assert found["2026-03"] == (0, 0, 0, 0, 0)
    for label, numbers in expected.items():
        assert found[label] == pytest.approx(numbers), label


def test_totals_are_live_formulas_over_the_orders(tmp_path):
    book = _book(tmp_path / "b.xlsx", ORDERS)
    shared(book, tmp_path / "copy.xlsx")
    texts = [
        c.value
        for row in formulas(tmp_path / "copy.xlsx")["About this copy"].iter_rows(max_col=5)
        for c in row
        if c.data_type == "f"
    ]
    assert any("SUMIFS(Orders!$E$2:$E$6" in text for text in texts)
    assert any("COUNTIFS" in text for text in texts)


_DAY = st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31))
_ROW = st.tuples(
    st.just("A-1"),
    _DAY,
    st.sampled_from(["C1", "C2", "c3"]),
    st.sampled_from(["Order", "Order", "Refund"]),
    st.integers(0, 10**6),
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(_ROW, min_size=1, max_size=30))
def test_any_orders_give_the_totals_of_pandas(tmp_path, rows):
    # Amounts in cents; refunds are written with a minus.
    rows = [(*row[:4], (-1 if row[3] == "Refund" else 1) * row[4] / 100) for row in rows]
    book = _book(tmp_path / "b.xlsx", [ORDERS[0], *rows])
    shared(book, tmp_path / "copy.xlsx", force=True)
    found, expected = _totals(tmp_path / "copy.xlsx"), _by_pandas([ORDERS[0], *rows])
    assert found["Total"] == pytest.approx(expected["Total"])
    for label, numbers in found.items():
        if label in expected:
            assert numbers == pytest.approx(expected[label]), label
    months = [numbers for label, numbers in found.items() if label != "Total"]
    assert len(months) <= 25
    assert sum(numbers[0] for numbers in months) == pytest.approx(expected["Total"][0])


def test_amounts_kept_as_text_are_counted_and_named(tmp_path):
    rows = [*ORDERS, ("A-5", dt.date(2026, 4, 1), "C9", "Order", "1,000.50")]
    book = _book(tmp_path / "b.xlsx", rows)
    shared(book, tmp_path / "copy.xlsx")
    assert _totals(tmp_path / "copy.xlsx")["2026-04"] == pytest.approx((1020.75, 0, 1020.75, 3, 2))
    about = values(tmp_path / "copy.xlsx")["About this copy"]
    notes = [c.value for row in about.iter_rows() for c in row if isinstance(c.value, str)]
    assert any("1 cells hold amounts or dates as text" in note for note in notes)


def test_orders_without_a_date_have_a_line_of_their_own(tmp_path):
    rows = [*ORDERS, ("A-5", None, "C9", "Order", 7.0)]
    book = _book(tmp_path / "b.xlsx", rows)
    shared(book, tmp_path / "copy.xlsx")
    found = _totals(tmp_path / "copy.xlsx")
    assert found["without a date"][0] == 7
    assert found["Total"][0] == pytest.approx(177.75)


def test_refunds_are_told_by_their_sign_where_no_column_tells_them(tmp_path):
    rows = [(no, day, who, None, amount) for no, day, who, _, amount in ORDERS[1:]]
    book = _book(tmp_path / "b.xlsx", [ORDERS[0], *rows])
    shared(book, tmp_path / "copy.xlsx")
    assert _totals(tmp_path / "copy.xlsx")["Total"] == pytest.approx((170.75, -100, 70.75, 4, 2))


def test_refunds_written_without_a_minus_are_refunds_all_the_same(tmp_path):
    rows = [(*row[:4], abs(row[4])) for row in ORDERS[1:]]
    book = _book(tmp_path / "b.xlsx", [ORDERS[0], *rows])
    shared(book, tmp_path / "copy.xlsx")
    assert _totals(tmp_path / "copy.xlsx")["Total"] == pytest.approx((170.75, -100, 70.75, 4, 2))


@pytest.mark.parametrize("date1904", [False, True])
@pytest.mark.parametrize(
    "day", [dt.date(9999, 12, 31), dt.date(9999, 12, 1), dt.date(9998, 12, 31)]
)
def test_the_last_month_of_the_calendar_is_a_month(tmp_path, day, date1904):
    # "Never ends", as many programs write it.
    path = _book(tmp_path / "a.xlsx", [*ORDERS, ("A-9", day, "C3", "Order", 7.0)])
    if date1904:
        book = openpyxl.load_workbook(path)
        book.epoch = CALENDAR_MAC_1904
        book.save(path)
    shared(path, tmp_path / "b.xlsx")
    found = _totals(tmp_path / "b.xlsx")
    assert found["Total"][0] == 177.75
    assert found["2026-01"][0] == 150.5


def test_days_that_no_calendar_has_are_without_a_month(tmp_path):
    path = _book(tmp_path / "a.xlsx", [*ORDERS, ("A-9", 2_958_400, "C3", "Order", 7.0)])
    book = openpyxl.load_workbook(path)
    book.epoch = CALENDAR_MAC_1904
    book.save(path)
    shared(path, tmp_path / "b.xlsx")
    assert _totals(tmp_path / "b.xlsx")["Total"][0] == 177.75


def test_amounts_that_no_cell_can_hold_together_are_copied(tmp_path):
    rows = [*ORDERS, ("B-1", dt.date(2026, 5, 1), "C1", "Order", 1.7e308)]
    path = _book(tmp_path / "a.xlsx", [*rows, ("B-2", dt.date(2026, 5, 2), "C1", "Order", 1.7e308)])
    shared(path, tmp_path / "b.xlsx")
    found = values(tmp_path / "b.xlsx")
    assert found["Orders"]["E7"].value == 1.7e308
    assert _totals(tmp_path / "b.xlsx")["Total"][0] == "#NUM!"
