"""Cells to arrays and back."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csm_xl.errors import COM_ERRORS, CellError, PassedError, ScaleError, untag
from csm_xl.language import use_language
from csm_xl.vocabulary.cell_readers import COUNT, DATE, FLAG, LEVEL, NUMBER, parse_number
from csm_xl.vocabulary.cells import align, collect, is_blank, one, rows_of, together, written

NA = next(code for code, name in COM_ERRORS.items() if name == "#N/A")


def column(*values):
    return tuple((value,) for value in values)


def test_the_shapes_that_excel_delivers_become_rows():
    assert rows_of(3.0) == [(3.0,)]
    assert rows_of((1.0, 2.0, 3.0)) == [(1.0, 2.0, 3.0)]
    assert rows_of(column(1.0, None)) == ((1.0,), (None,))
    assert rows_of(None) == [(None,)] == rows_of(())


def test_com_error_codes_are_those_of_excel():
    assert COM_ERRORS[-2146826281] == "#DIV/0!"
    assert COM_ERRORS[-2146826246] == "#N/A"
    assert COM_ERRORS[-2146826273] == "#VALUE!"


def test_full_width_spaces_are_blank():
    assert is_blank("\u3000 ") and not is_blank(0.0)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5), (" 4 ", 4), ("５", 5), ("1,200.50", 1200.5), ("85%", 0.85), ("￥80", 80),
        ("-3", -3), ("-$3.50", -3.5), ("1e3", 1000), ("１２００元", 1200), (".5", 0.5),
    ],
)  # fmt: skip
def test_numbers_as_text_are_read(text, number):
    assert parse_number(text) == pytest.approx(number)


@pytest.mark.parametrize(
    "text", ["nan", "inf", "1_000", "", "-", "five", "1,2,3", "0x10", "e5", ".", "1 2", "%", "5 5%"]
)
def test_what_only_python_calls_a_number_is_text(text):
    assert parse_number(text) is None


def test_level_words_of_both_languages_mix_freely():
    cells = column(
        "非常满意", " Satisfied", "一般", "不 满意".replace(" ", ""), "VERY  dissatisfied"
    )
    assert sorted(collect(cells, LEVEL, "ratings")) == [1, 2, 3, 4, 5]


def test_stars_and_points_are_levels():
    cells = column("★★★★☆", "5星", "4 stars", "3分")
    assert sorted(collect(cells, LEVEL, "ratings")) == [3, 4, 4, 5]


def test_a_header_above_values_is_skipped():
    assert collect(column("评分", 4.0, None, "5"), LEVEL, "ratings").tolist() == [4, 5]


def test_a_text_alone_is_not_a_header():
    with pytest.raises(CellError, match="Cell 1 of ratings holds “评分”"):
        collect(column("评分"), LEVEL, "ratings")


def test_a_second_text_is_not_a_header():
    with pytest.raises(CellError, match="Cell 3 of ratings holds “bad one”"):
        collect(column("title", 4.0, "bad one", 5.0), LEVEL, "ratings")


def test_a_number_outside_the_scale_in_the_first_row_is_no_header():
    with pytest.raises(ScaleError, match="Cell 1"):
        collect(column(7.0, 4.0), LEVEL, "ratings")


def test_true_is_not_a_rating_even_beside_a_one():
    with pytest.raises(CellError, match="Cell 2 of ratings holds “True”"):
        collect(column(1.0, True), LEVEL, "ratings")
    assert collect(column(1.0, True, False, "是", "no"), FLAG, "churned").sum() == 3


def test_an_error_cell_comes_back_as_itself():
    with pytest.raises(PassedError) as caught:
        collect(column(4.0, NA), LEVEL, "ratings")
    assert caught.value.excel == "#N/A"


def test_messages_exist_in_chinese():
    with use_language("zh"), pytest.raises(CellError) as caught:
        collect(column(4.0, "坏"), LEVEL, "ratings")
    assert "第 2 个单元格是“坏”" in caught.value.text.zh.replace(" 是", "是")


def test_infinity_is_outside_every_scale():
    with pytest.raises(ScaleError):
        collect(column(1.0, math.inf), NUMBER, "x")


@pytest.mark.parametrize(
    "text", ["2026-03-05", "2026/3/5", "2026年3月5日", "2026-03-05 00:00:00", "46086"]
)
def test_dates_are_read_as_serial_numbers(text):
    assert DATE.read(text) == 46086


def test_a_date_that_does_not_exist_is_unreadable():
    with pytest.raises(CellError):
        DATE.read("2026-02-30")


def test_element_wise_arguments_keep_their_rows():
    a = align(column("好评", 1.0, None, "x", 4.0), COUNT, "positive")
    assert a.header
    np.testing.assert_equal(a.values[:, 0], [np.nan, 1, np.nan, np.nan, 4])
    assert list(a.problems) == [(3, 0)]


def test_a_single_cell_serves_every_row_and_the_shortest_range_decides():
    arrays, problems = together(
        align(column(1.0, 2.0, 3.0), NUMBER, "a"),
        align(column(1.0, "bad"), NUMBER, "b"),
        align(10.0, NUMBER, "c"),
    )
    assert [a.shape for a in arrays] == [(2, 1)] * 3
    assert list(problems) == [(1, 0)]


def test_ranges_of_different_widths_are_refused():
    with pytest.raises(CellError):
        together(align((1.0, 2.0), NUMBER, "a"), align((1.0, 2.0, 3.0), NUMBER, "b"))


def test_written_rows_carry_blanks_and_tagged_errors():
    a = align(column(1.0, None, NA), NUMBER, "a")
    rows = written(a.values, a.problems)
    assert rows[:2] == [[1.0], [""]]
    assert untag(rows[2][0])[0] == "#N/A"


def test_a_range_where_one_cell_is_asked_for_is_refused():
    with pytest.raises(CellError, match="single cell"):
        one(column(1.0, 2.0), NUMBER, "bins")
    assert one(None, NUMBER, "bins") is None


cell = st.one_of(
    st.none(),
    st.floats(1, 5),
    st.sampled_from(["", " ", "5", "满意", "very satisfied", "3.5"]),
)


@given(st.lists(cell, max_size=30))
def test_collecting_and_aligning_read_the_same_values(values):
    cells = column(*values)
    collected = np.sort(collect(cells, LEVEL, "r"))
    aligned = align(cells, LEVEL, "r").values.ravel()
    np.testing.assert_array_equal(collected, np.sort(aligned[~np.isnan(aligned)]))


anything = st.one_of(
    st.none(), st.booleans(), st.floats(), st.text(max_size=8), st.sampled_from(sorted(COM_ERRORS))
)


@given(st.lists(st.lists(anything, min_size=2, max_size=2).map(tuple), max_size=8).map(tuple))
def test_any_cells_give_one_result_or_problem_each(cells):
    found = align(cells, NUMBER, "x")
    assert found.values.shape[0] == len(rows_of(cells))
    assert not np.isinf(found.values).any()
    for place in found.problems:
        assert np.isnan(found.values[place])
