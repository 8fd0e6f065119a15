"""What references stand for."""

from __future__ import annotations

import pytest
from hosts.formulas import formulas
from hypothesis import given
from hypothesis import strategies as st

from csm_xl.formulas.addresses import MAX_COLUMN, MAX_ROW, block_address
from csm_xl.formulas.references import (
    Area,
    Place,
    Selection,
    area_text,
    common,
    intersected,
    moved,
    read_block,
    read_brackets,
    read_prefix,
    spanning,
    table_area,
)
from csm_xl.formulas.tokens import Kind, tokenize
from csm_xl.formulas.workbook_model import TableInfo

TABLE = TableInfo(
    "客户表", "客户", (3, 2, 8, 5), ["名称", "评分 [1-5]", "first\nsecond", "it's #1"], True, 1
)


@pytest.mark.parametrize(
    ("prefix", "place"),
    [
        ("", Place()),
        ("Sheet1!", Place(None, "Sheet1")),
        ("'O''Neil'!", Place(None, "O'Neil")),
        ("[1]Sheet1!", Place("1", "Sheet1")),
        ("[1]!", Place("1")),
        ("[0]!", Place("0")),
        (r"'C:\a b\[x.xlsx]S 1'!", Place(r"C:\a b\x.xlsx", "S 1")),
        ("'First one:Last'!", Place(None, "First one", "Last")),
        ("#REF!", Place(lost=True)),
    ],
)
def test_what_stands_before_the_exclamation_mark(prefix, place):
    assert read_prefix(prefix) == place


@pytest.mark.parametrize(
    ("brackets", "selection"),
    [
        ("[col]", Selection(frozenset(), "col", "col")),
        ("[]", Selection(frozenset())),
        ("[#All]", Selection(frozenset(["#all"]))),
        ("[@]", Selection(frozenset(["#this row"]))),
        ("[@col]", Selection(frozenset(["#this row"]), "col", "col")),
        ("[@[a b]:[c]]", Selection(frozenset(["#this row"]), "a b", "c")),
        ("[[#This Row],[col]]", Selection(frozenset(["#this row"]), "col", "col")),
        ("[ [#this row], [col] ]", Selection(frozenset(["#this row"]), "col", "col")),
        ("[[#Headers],[#Data],[a]:[b]]", Selection(frozenset(["#headers", "#data"]), "a", "b")),
        ("[评分 '[1-5']]", Selection(frozenset(), "评分 [1-5]", "评分 [1-5]")),
        ("[it''s '#1]", Selection(frozenset(), "it's #1", "it's #1")),
        ("['@x]", Selection(frozenset(), "@x", "@x")),
        ("[first\nsecond]", Selection(frozenset(), "first\nsecond", "first\nsecond")),
    ],
)
def test_what_brackets_choose(brackets, selection):
    assert read_brackets(brackets) == selection


@pytest.mark.parametrize("brackets", ["[[a],[b]]", "[[a]:[b]:[c]]", "[[a]x]"])
def test_brackets_that_choose_nothing_are_refused(brackets):
    with pytest.raises(ValueError, match="no reference"):
        read_brackets(brackets)


@pytest.mark.parametrize(
    ("brackets", "meant"),
    [
        ("[名称]", "B4:B7"),
        ("[]", "B4:E7"),
        ("[#Data]", "B4:E7"),
        ("[#All]", "B3:E8"),
        ("[#Headers]", "B3:E3"),
        ("[#Totals]", "B8:E8"),
        ("[[#Headers],[#Data],[名称]]", "B3:B7"),
        ("[[#Data],[#Totals],[名称]:[评分 '[1-5']]]", "B4:C8"),
        ("[[#All],[评分 '[1-5']]:[名称]]", "B3:C8"),
        ("[@名称]", "B5"),
        ("[[#This Row],[名称]:[it''s '#1]]", "B5:E5"),
        ("[FIRST SECOND]", "D4:D7"),
        ("[first_x000a_second]", "D4:D7"),
    ],
)
def test_what_a_part_of_a_table_means_in_its_third_row(brackets, meant):
    area = table_area(TABLE, read_brackets(brackets), "客户", 5)
    assert isinstance(area, Area)
    assert (area.sheet, block_address(area.block)) == ("客户", meant)


@pytest.mark.parametrize(("sheet", "row"), [("客户", 3), ("客户", 8), ("客户", 99), ("other", 5)])
def test_this_row_outside_the_data_is_an_error(sheet, row):
    assert table_area(TABLE, read_brackets("[@名称]"), sheet, row) == "#VALUE!"


def test_totals_and_headers_that_a_table_lacks_are_lost_references():
    bare = TableInfo("T", "S", (1, 1, 4, 2), ["a", "b"], False, 0)
    assert table_area(bare, read_brackets("[#Totals]"), "S", 1) == "#REF!"
    assert table_area(bare, read_brackets("[#Headers]"), "S", 1) == "#REF!"
    assert table_area(bare, read_brackets("[[#All],[b]]"), "S", 9) == Area("S", (1, 2, 4, 2))
    assert table_area(bare, read_brackets("[@b]"), "S", 1) == Area("S", (1, 2, 1, 2))


def test_a_column_that_a_table_lacks_is_named():
    with pytest.raises(KeyError, match="满意"):
        table_area(TABLE, read_brackets("[满意]"), "客户", 5)


def test_a_range_where_one_value_is_meant_is_cut_to_the_cell_beside():
    column, row, block = Area("S", (2, 3, 9, 3)), Area("S", (1, 2, 1, 8)), Area("S", (1, 1, 5, 5))
    assert intersected(column, 4, 7) == Area("S", (4, 3, 4, 3))
    assert intersected(row, 4, 7) == Area("S", (1, 7, 1, 7))
    assert intersected(column, 10, 3) is None
    assert intersected(block, 3, 3) is None
    assert intersected(Area("other", (2, 3, 9, 3)), 4, 7) == Area("other", (4, 3, 4, 3))


def test_what_two_areas_share_and_span():
    a, b = Area("S", (1, 1, 4, 2)), Area("S", (3, 2, 6, 3))
    assert common(a, b) == Area("S", (3, 2, 4, 2))
    assert spanning(a, b) == Area("S", (1, 1, 6, 3))
    assert common(a, Area("S", (5, 1, 6, 2))) is None
    assert common(a, Area("T", (1, 1, 1, 1))) is None
    assert spanning(a, Area("T", (1, 1, 1, 1))) is None


BLOCKS = st.tuples(
    st.integers(1, MAX_ROW), st.integers(1, MAX_COLUMN), st.integers(0, 99), st.integers(0, 99)
).map(lambda t: (t[0], t[1], min(t[0] + t[2], MAX_ROW), min(t[1] + t[3], MAX_COLUMN)))


@given(BLOCKS, st.sampled_from(["S", "O'Neil", "客户 表"]), st.sampled_from(["S", "home"]))
def test_a_reference_written_is_read_as_the_same_area(block, sheet, home):
    (token,) = tokenize(area_text(Area(sheet, block), home))
    assert token.kind is Kind.AREA
    assert read_block(token.body) == block
    assert (read_prefix(token.prefix).sheet or home) == sheet


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ((1, 2, MAX_ROW, 2), "B:B"),
        ((3, 1, 4, MAX_COLUMN), "3:4"),
        ((2, 2, 2, 2), "B2"),
        ((1, 1, MAX_ROW, MAX_COLUMN), "A:XFD"),
    ],
)
def test_whole_columns_and_rows_are_written_as_such(block, text):
    assert area_text(Area("S", block), "S") == text


def test_relative_references_move_and_everything_else_stays():
    formula = "A1+$B2+C$3+$D$4+SUM('A1'!B:C,2:3,$4:$4)+\"A1\"+T[A1]+LOG10(A9)+A1name"
    assert moved(formula, 2, 1) == (
        "B3+$B4+D$3+$D$4+SUM('A1'!C:D,4:5,$4:$4)+\"A1\"+T[A1]+LOG10(B11)+A1name"
    )


def test_a_reference_pushed_off_the_sheet_comes_back_on_the_other_side():
    assert moved("A1", -1, 0) == f"A{MAX_ROW}"
    assert moved("XFD1", 0, 1) == "A1"


@given(formulas(), st.integers(-9, 9), st.integers(-9, 9))
def test_moving_there_and_back_gives_the_same_references(formula, rows, columns):
    there_and_back = moved(moved(formula, rows, columns), -rows, -columns)
    assert [
        (token.prefix, read_block(token.body))
        for token in tokenize(there_and_back)
        if token.kind is Kind.AREA
    ] == [
        (token.prefix, read_block(token.body))
        for token in tokenize(formula)
        if token.kind is Kind.AREA
    ]
