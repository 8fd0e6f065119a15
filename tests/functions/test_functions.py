"""What a cell gets from each function: shapes, blanks, headers and errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csm_xl import functions
from csm_xl.errors import COM_ERRORS, untag
from csm_xl.functions import (
    CHURN_LOGIT,
    CHURN_PROB,
    CHURN_RATE,
    CHURN_RATE_PERIOD,
    CHURN_RISK,
    CSAT,
    EXPERIENCE,
    HEALTH,
    NPS,
    RETENTION,
    RFM,
    SATISFACTION,
)
from csm_xl.functions.declaration import REGISTRY
from csm_xl.language import use_language
from csm_xl.vocabulary import layout

DIV0 = next(code for code, name in COM_ERRORS.items() if name == "#DIV/0!")


def column(*values):
    return tuple((value,) for value in values)


def excel_error(rows):
    found = untag(rows[0][0])
    assert found is not None, rows
    return found[0]


def test_every_function_is_declared_with_help_in_both_languages():
    for name, declared in REGISTRY.items():
        assert getattr(functions, name) is declared.call
        for text in (declared.help, declared.category, *(p.help for p in declared.typed)):
            assert text.en and text.zh and max(len(text.en), len(text.zh)) <= 255
        assert declared.example.en.startswith(f"={name}(")
        assert declared.example.zh.startswith(f"={name}(")


def test_what_a_wrapper_passes_unseen_exists_in_the_workbook():
    records = {"model", "purchases", "survival", "tiers", "playbook", "language", "tops"}
    for declared in REGISTRY.values():
        for parameter in declared.parameters:
            if parameter.hidden is not None:
                kind, _, key = parameter.hidden.partition(".")
                assert key in layout.SETTINGS if kind == "setting" else kind in records
                assert parameter.optional


def test_a_whole_column_with_a_title_is_read():
    assert CSAT(column("Rating", 5.0, None, "４", "satisfied")) == [[pytest.approx(13 / 3)]]


def test_nothing_to_average_is_a_division_by_zero():
    assert excel_error(CSAT(column(None, " "))) == "#DIV/0!"
    assert excel_error(NPS(None)) == "#DIV/0!"


def test_an_unknown_method_is_refused():
    assert excel_error(CSAT(column(4.0), "median")) == "#VALUE!"


def test_a_rating_outside_the_scale_is_a_num_error():
    assert excel_error(CSAT(column(4.0, 6.0))) == "#NUM!"


def test_an_excel_error_comes_back_as_that_same_error():
    assert excel_error(CSAT(column(4.0, DIV0))) == "#DIV/0!"
    assert excel_error(SATISFACTION(DIV0, 10.0)) == "#DIV/0!"


def test_rows_keep_their_places_and_a_bad_one_fails_alone():
    rows = SATISFACTION(
        column("好评", 1.0, None, "x", 1.0, DIV0), column("总数", 2.0, None, 4.0, 0.0, 5.0)
    )
    assert rows[:3] == [[""], [0.5], [""]]
    assert [untag(row[0])[0] for row in rows[3:]] == ["#VALUE!", "#DIV/0!", "#DIV/0!"]


def test_trailing_blank_rows_keep_their_results():
    assert SATISFACTION(column(1.0, None), column(2.0, None)) == [[0.5], [""]]


def test_a_row_of_cells_gives_a_row_of_results():
    assert SATISFACTION((1.0, 2.0), (2.0, 4.0)) == [[0.5, 0.5]]
    assert SATISFACTION(((1.0, 2.0),), ((2.0, 4.0),)) == [[0.5, 0.5]]


def test_nps_of_one_promoter_one_passive_one_detractor():
    assert NPS((10.0, 8.0, 6.0)) == [[0.0]]


def test_experience_takes_weights():
    assert EXPERIENCE(1.0, 2.0, 3.0, (2.0, 1.0, 0.5)) == [[5.5]]
    assert excel_error(EXPERIENCE(1.0, 2.0, 3.0, (2.0, 1.0))) == "#NUM!"


def test_churn_rate_from_counts_and_from_flags():
    assert CHURN_RATE(5.0, 200.0) == [[0.025]]
    assert CHURN_RATE(column("是否流失", "是", "否", True, 0.0)) == [[0.5]]


def test_churn_rate_of_a_lone_cell_is_refused():
    assert excel_error(CHURN_RATE(5.0)) == "#VALUE!"


def test_churn_and_retention_of_a_period_add_up_to_one():
    start = column(100.0, 100.0, 100.0, 150.0)
    left = column(130.0, None, None, None)
    assert CHURN_RATE_PERIOD(start, left, 110.0, 140.0) == [[pytest.approx(1 / 3)]]
    assert RETENTION(start, left, 110.0, 140.0) == [[pytest.approx(2 / 3)]]


def test_a_period_reads_dates_as_text():
    start = column("2026-01-01", "2026年1月5日")
    assert CHURN_RATE_PERIOD(start, column("2026/2/1", None), "2026-01-10", "2026-03-01") == [[0.5]]


def test_rfm_gives_three_columns_and_blanks_for_a_bad_row():
    rows = RFM(
        column(3.0, "x", 200.0, None), column(12.0, 5.0, 1.0, None), column(9.0, 3.0, 1.0, None)
    )
    assert [len(row) for row in rows] == [3, 3, 3, 3]
    assert rows[0] == [4.0, 4.0, 4.0] and rows[2] == [2.0, 2.0, 2.0] and rows[3] == ["", "", ""]
    assert untag(rows[1][0])[0] == "#VALUE!"


def test_the_logistic_formula_takes_one_row_per_customer():
    rows = CHURN_LOGIT(-1.0, (0.5, -0.2), ((2.0, 3.0), (None, None), (2.0, None)))
    assert rows[0] == [pytest.approx(0.3543436937742045)] and rows[1] == [""]
    assert untag(rows[2][0])[0] == "#VALUE!"


def test_one_customer_in_a_column_suits_coefficients_in_a_column():
    assert CHURN_LOGIT(-1.0, column(0.5, -0.2), column(2.0, 3.0)) == [
        [pytest.approx(0.35434369377)]
    ]


def test_without_a_model_the_answer_is_not_available():
    assert excel_error(CHURN_PROB((1.0, 2.0))) == "#N/A"


def test_risk_speaks_the_workbooks_language():
    assert CHURN_RISK(column(0.7, None, 0.3), None, None, 0.2, 0.5, "zh") == [["高"], [""], ["中"]]
    assert CHURN_RISK(0.7, 0.8, 0.9, 0.2, 0.5, "en") == [["Low"]]
    assert excel_error(CHURN_RISK(0.5, 0.9, 0.1)) == "#NUM!"


def test_blank_parts_of_health_drop_out():
    assert HEALTH(0.8, None, 0.6, 0.1) == [[pytest.approx(100 * (0.8 + 0.6 + 0.9) / 3)]]
    assert HEALTH(column(0.8, None), column(None, None), 0.6, 0.1)[1] == [pytest.approx(75)]


cell = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(sorted(COM_ERRORS)),
)
flat = st.lists(cell, min_size=1, max_size=3).map(tuple)
block = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.lists(cell, min_size=width, max_size=width).map(tuple), min_size=1, max_size=4
    ).map(tuple)
)


@given(st.data())
@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_no_function_ever_raises_and_results_are_rows(name, data):
    declared = REGISTRY[name]
    args = [data.draw(st.one_of(cell, flat, block)) for _ in declared.typed]
    rows = declared.call(*args)
    assert isinstance(rows, list) and rows
    for row in rows:
        for value in row:
            assert isinstance(value, (float, str, bool)) and value == value


def test_every_argument_has_a_name_in_chinese() -> None:
    for declared in REGISTRY.values():
        for parameter in declared.typed:
            assert not parameter.label.zh.isascii(), f"{declared.name}: {parameter.name}"


def test_a_message_in_chinese_names_the_argument_in_chinese() -> None:
    with use_language("zh"):
        text = REGISTRY["CSAT"].call(((5,), (4,), ("蓝色",)))[0][0]
    assert "“评分”第 3 个单元格是“蓝色”，应为" in text


def test_revenue_kept_follows_the_customers_who_paid_before():
    from csm_xl.functions import GRR, NRR

    before = column("Fee in May", 40.0, 40.0, 20.0, None)
    now = column("Fee now", 50.0, None, 20.0, 99.0)
    assert NRR(before, now) == [[0.7]] and GRR(before, now) == [[0.6]]
    assert NRR(before, column("Fee now", 50.0)) == [[0.5]]
    assert NRR(((40.0, 40.0),), ((50.0, 10.0),)) == [[0.75]]
