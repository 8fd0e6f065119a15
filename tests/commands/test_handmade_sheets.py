"""Sheets as people make them: a title, gaps between customers, a row of totals, a note below."""

import datetime as dt

import numpy as np
import openpyxl
import pytest
from workbooks import opened, values

from csm_xl import commands

HEADERS = ("编号", "姓名", "手机", "开始日期", "流失日期", "订单数", "满意度")


@pytest.fixture(scope="module")
def listed(tmp_path_factory):
    """40 customers with two gaps, sums, and a remark below; trained. Returns path and outcome."""
    chance = np.random.default_rng(7)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "客户名单"
    sheet["A1"] = "小店客户名单"
    sheet.merge_cells("A1:G1")
    for place, header in enumerate(HEADERS, 1):
        sheet.cell(3, place, header)
    row = 4
    for i in range(40):
        row += i in (10, 22)
        start = dt.date.today() - dt.timedelta(days=int(chance.integers(200, 700)))
        left = start + dt.timedelta(days=int(chance.integers(60, 180))) if i % 3 == 0 else None
        cells = (
            f"{i + 1:04d}",
            f"王{i % 4}",
            f"138{chance.integers(10**7, 10**8)}",
            start.isoformat() if i % 2 else start,
            left,
            int(chance.integers(1, 20)),
            ("非常满意", "一般", None, "满意")[i % 4],
        )
        for place, cell in enumerate(cells, 1):
            sheet.cell(row, place, cell)
        row += 1
    sheet.cell(row, 1, "合计")
    sheet.cell(row, 6, f"=SUM(F4:F{row - 1})")
    sheet.cell(row + 2, 1, "注：仅供内部使用")
    path = tmp_path_factory.mktemp("handmade") / "客户.xlsx"
    book.save(path)
    outcome = _run(path, commands.retrain)
    return path, outcome


def _run(path, command, *arguments):
    book = opened(path)
    try:
        outcome = command(book, *arguments)
        book.save()
        return outcome
    finally:
        book.close()


def _scores(path):
    """The probability of every row below the headers, with the row's first cell."""
    rows = values(path, "客户名单")
    place = next(i for i, title in enumerate(rows[2]) if str(title).startswith("流失概率"))
    return [(row[0], row[place]) for row in rows[3:]]


def test_gaps_totals_and_remarks_get_no_score(listed):
    scored = {first for first, score in _scores(listed[0]) if score is not None}
    # Who has left is not scored.
    assert scored == {f"{i + 1:04d}" for i in range(40) if i % 3}


def test_gaps_are_not_counted_as_customers(listed):
    said = " ".join(warning.zh for warning in listed[1].warnings)
    assert "没有开始日期" not in said


def test_a_second_refresh_scores_the_same_rows(listed):
    before = _scores(listed[0])
    outcome = _run(listed[0], commands.refresh)
    assert "26 位在用客户" in outcome.message.zh
    assert _scores(listed[0]) == before


def test_everybody_who_is_shown_has_a_name(listed):
    outcome = _run(listed[0], commands.refresh)
    assert outcome.table
    assert all(row[0].startswith("王") for row in outcome.table)


def test_a_customer_is_found_by_any_column_of_numbers(listed):
    outcome = _run(listed[0], commands.explain, "0003")
    assert outcome.message.zh.startswith("王2")


def test_of_several_with_one_name_the_number_is_asked_for(listed):
    from csm_xl.errors import SheetError

    with pytest.raises(SheetError, match=r"called 王1 .*Use the customer number"):
        _run(listed[0], commands.explain, "王1")


def test_dates_in_the_wrong_order_are_named_by_the_sheets_row_and_stop_nobody(listed, tmp_path):
    book = openpyxl.load_workbook(listed[0])
    sheet = book["客户名单"]
    sheet["D17"], sheet["E17"] = dt.date(2025, 6, 1), dt.date(2025, 5, 1)
    book.save(tmp_path / "backwards.xlsx")
    outcome = _run(tmp_path / "backwards.xlsx", commands.retrain)
    said = " ".join(warning.en for warning in outcome.warnings)
    assert "the day of leaving is before the start (rows 17)" in said


def test_a_sheet_without_settings_is_not_told_to_change_them(listed):
    said = " ".join(warning.en for warning in listed[1].warnings)
    assert said and "Settings" not in said
