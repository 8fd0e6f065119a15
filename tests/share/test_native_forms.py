"""Every native form gives what csm-xl's function gives, and fails where it fails."""

import pytest
from hosts.memory_workbook import Formula, MemoryWorkbook
from share.both_ways import computed, differences, native_formulas
from share.native_cases import DATA, SHEETS, calls_in_let

from csm_xl.calc.calculate import calculate
from csm_xl.formulas.workbook_model import ErrorValue
from csm_xl.functions import REGISTRY
from csm_xl.native.arguments import NoNativeForm
from csm_xl.share.owner_workbook import rewriter_for


def test_every_native_form_gives_the_value_of_the_function():
    assert differences(SHEETS, "Formulas") == []


def test_names_of_let_stand_for_one_value_a_range_constants_or_each_other():
    formulas = {f"A{n}": f"={text}" for n, text in enumerate(calls_in_let(), 1)}
    assert differences({"数据 1": DATA, "Formulas": formulas}, "Formulas") == []


def test_no_native_formula_calls_csm_xl_or_needs_a_new_excel():
    for address, formula in native_formulas(SHEETS, "Formulas").items():
        outside_quotes = "".join(formula.text.split('"')[::2]).upper()
        assert not [name for name in REGISTRY if f"{name}(" in outside_quotes], address
        assert "_XL" not in outside_quotes


def test_error_kinds_stay_what_they_were():
    ratings = {"A1": 5, "A2": 9, "B1": "abc", "B2": 4, "C1": ErrorValue("#REF!"), "C2": 1}
    formulas = {
        "A1": "=CSAT(Data!A1:A2)",
        "A2": "=SATISFACTION(Data!B2,Data!D1)",
        "A3": "=CSAT(Data!D1:D3)",
        "A4": "=CSAT(Data!C1:C2)",
        "A5": "=SATISFACTION(3,2)",
    }
    native = native_formulas({"Data": ratings, "F": formulas}, "F")
    after = computed({"Data": ratings, "F": native})
    assert [after[f"F!A{i}"] for i in range(1, 6)] == [
        ErrorValue(e) for e in ("#NUM!", "#VALUE!", "#DIV/0!", "#REF!", "#NUM!")
    ]


@pytest.mark.parametrize(
    ("cell", "typed"),
    [("A3", "excellent"), ("A3", 7), ("A1", "Score"), ("A3", ErrorValue("#N/A"))],
)
def test_a_figure_fails_once_a_cell_holds_what_nobody_can_read(cell, typed):
    ratings = {"A1": "Rating", "A2": 4, "A3": 5, "A4": "满意"}
    formulas = {"A1": "=CSAT(Data!A1:A9)", "A2": "=NPS(Data!A2:A3)"}
    native = native_formulas({"Data": ratings, "F": formulas}, "F")
    changed = computed({"Data": {**ratings, cell: typed}, "F": native})
    assert isinstance(changed["F!A1"], ErrorValue)


@pytest.mark.parametrize(
    "formula",
    [
        "=CSAT(Data!A3:A6)",
        "=NPS(Data!B3:B6)",
        "=CHURN_RATE(Data!C3:C6)",
        "=LIFECYCLE(Data!B3:D3,9,9,9)",
        '=CSAT({"zork",4,5})',
        "=RETENTION(Data!B3:B6,Data!D3:D6,1,9)",
    ],
)
def test_below_a_title_an_answer_that_nobody_can_read_is_no_second_title(formula):
    data = {
        "A1": "Rating", "A2": 5, "A3": "zork", "A4": 4, "A5": 2,
        "B1": "Score", "B2": 9, "B3": "zork", "B4": 9, "B5": 3,
        "C1": "Gone", "C2": "yes", "C3": "zork", "C4": "no", "C5": "yes",
    }  # fmt: skip
    sheets = {"Data": data, "F": {"A1": formula}}
    before = computed(sheets)["F!A1"]
    native = native_formulas(sheets, "F")
    assert isinstance(before, ErrorValue)
    assert isinstance(computed({"Data": data, "F": native})["F!A1"], ErrorValue)


def test_a_title_stands_in_the_first_row_or_below_nothing():
    data = {"A3": "Rating", "A4": 4, "A5": 2}
    formulas = {"A1": "=CSAT(Data!A3:A6)", "A2": "=CSAT(Data!A:A)"}
    native = native_formulas({"Data": data, "F": formulas}, "F")
    after = computed({"Data": data, "F": native})
    assert (after["F!A1"], after["F!A2"]) == (3, 3)


@pytest.mark.parametrize("typed", [1, 3, "very dissatisfied", "不满意", None])
def test_a_figure_follows_a_cell_that_changes(typed):
    ratings = {"A1": "Rating", "A2": 4, "A3": 5, "A4": "满意"}
    formulas = {"A1": "=CSAT(Data!A1:A9)", "A2": '=CSAT(Data!A:A,"positive")'}
    native = native_formulas({"Data": ratings, "F": formulas}, "F")
    changed = {**ratings, "A3": typed}
    if typed is None:
        del changed["A3"]
    before = computed({"Data": changed, "F": formulas})
    after = computed({"Data": changed, "F": native})
    assert after["F!A1"] == pytest.approx(before["F!A1"], abs=1e-12)
    assert after["F!A2"] == pytest.approx(before["F!A2"], abs=1e-12)


def test_a_whole_column_includes_rows_added_below_and_says_when_there_are_too_many():
    ratings = {"A1": "Rating", "A2": 4}
    native = native_formulas({"Data": ratings, "F": {"A1": "=CSAT(Data!A:A)"}}, "F")
    assert computed({"Data": {**ratings, "A300": 2}, "F": native})["F!A1"] == 3
    far = computed({"Data": {**ratings, "A200000": 2}, "F": native})["F!A1"]
    assert far == ErrorValue("#N/A")


def test_a_risk_follows_the_thresholds_in_settings():
    settings = {"B1": 0.25, "B2": 0.5}
    names = {"csm_risk_medium": "Settings!$B$1", "csm_risk_high": "Settings!$B$2"}
    sheets = {"Settings": settings, "F": {"A1": 0.4, "B1": "=CHURN_RISK(A1)"}}
    native = native_formulas(
        sheets,
        "F",
        names=names,
        settings={"risk_medium": "csm_risk_medium", "risk_high": "csm_risk_high"},
    )
    book = computed({**sheets, "F": {"A1": 0.4, **native}}, names=names)
    assert book["F!B1"] == "Medium"
    changed = {**sheets, "Settings": {"B1": 0.1, "B2": 0.35}, "F": {"A1": 0.4, **native}}
    assert computed(changed, names=names)["F!B1"] == "High"


def test_words_are_those_of_the_workbook():
    sheets = {"客户": {"A1": 0.9, "B1": "=CHURN_RISK(A1)", "C1": "=LIFECYCLE(400,5,9,3)"}}
    native = native_formulas(sheets, "客户", lang="zh")
    book = computed({"客户": {"A1": 0.9, **native}})
    assert (book["B1"], book["C1"]) == ("高", "成长期")


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("=CLV(Data!A1,Data!A2,Data!A3,5)", "CLV has no native Excel formula"),
        ("=CHURN_PROB(Data!A1:A3)", "no native Excel formula"),
        ("=LOYALTY_TIER(Data!A1:A3)", "no native Excel formula"),
        ("=CSAT(OFFSET(Data!A1,0,0,3,1))", "computed"),
        ("=CSAT((Data!A1:A2,Data!A3))", "refused"),
        ("=SATISFACTION(RANDBETWEEN(1,2),3)", "random"),
        ("=CSAT(Data!A1:A3*1)", "computed"),
        ("=SUM(SATISFACTION(Data!A1:A3,9))+Data!A1:A3", "cuts to one cell"),
        ("=LET(x,x+1,SATISFACTION(x,3))", "computed"),
    ],
)
def test_without_a_native_form_the_formula_is_refused_with_a_reason(formula, why):
    sheets = {"Data": {"A1": 1, "A2": 2, "A3": 3}, "F": {"A1": formula}}
    book = MemoryWorkbook(sheets)
    calculate(book, REGISTRY)
    cell = book.formulas("F")[0]
    with pytest.raises(NoNativeForm) as refused:
        rewriter_for(book, "en", {}).rewrite("F", 1, 1, cell.text)
    assert refused.value.text.en
    assert why in refused.value.text.en
    assert refused.value.text.zh


def test_an_array_formula_becomes_a_formula_in_each_of_its_cells():
    sheets = {
        "Data": {"A1": 1, "B1": 2, "A2": 3, "B2": 4},
        "F": {"A1": Formula("SATISFACTION(Data!A1:A2,Data!B1:B2)", block="A1:A3")},
    }
    native = native_formulas(sheets, "F")
    assert set(native) == {"A1", "A2", "A3"}
    assert "Data!A2" in native["A2"].text
    assert native["A3"].text == "NA()"
