import pytest

from csm_xl.errors import SheetError
from csm_xl.language import LANGUAGES
from csm_xl.vocabulary import layout, words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_table_has_distinct_headers_and_distinct_keys(lang):
    for table in layout.TABLES.values():
        headers = [header.casefold() for header in table.headers(lang)]
        assert len(set(headers)) == len(headers), table.key
        keys = [column.key for column in table.columns]
        assert len(set(keys)) == len(keys), table.key


def test_table_names_are_unique_and_no_name_is_a_cell_address_or_function():
    names = [table.name for table in layout.TABLES.values()]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(name.isascii() and name.isalpha() for name in names)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sheet_names_fit_excel_and_are_distinct(lang):
    names = [sheet.title.within(lang) for sheet in layout.SHEETS]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


def test_every_table_stands_on_a_sheet_and_every_key_column_exists():
    for table in layout.TABLES.values():
        assert layout.sheet(table.sheet)
        for key in table.key_columns:
            assert table.column(key)


def test_a_column_with_a_closed_list_has_words_and_a_formula_column_has_a_formula():
    for table in layout.TABLES.values():
        for column in table.columns:
            assert (column.kind == "choice") == (column.words is not None), column.key
            assert (column.source == "formula") == (column.formula is not None), column.key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_own_headers_of_either_language_are_found_in_place(lang):
    for table in layout.TABLES.values():
        headers = table.headers(lang)
        match = layout.match_headers(headers, table.key)
        assert match.columns == {column.key: i for i, column in enumerate(table.template)}


def test_the_horizon_in_the_header_of_the_probability_does_not_hide_the_column():
    headers = ["Customer ID", "Churn probability (90 days)"]
    assert layout.find_column(headers, "churn_probability") == 1
    assert layout.find_column(["流失概率（90 天）"], "churn_probability") == 0
    assert layout.is_our_column("流失概率（90 天）")
    assert not layout.is_our_column("城市")


def test_a_header_means_one_column_and_the_surer_one_wins():
    match = layout.match_headers(["id", "Customer ID", "Name"], "customers")
    assert match.columns == {"customer_id": 1, "name": 2}


def test_the_choice_of_the_owner_outranks_every_alias():
    match = layout.match_headers(["Total", "Paid"], "orders", chosen={"amount": 1})
    assert match.columns == {"amount": 1}


def test_blank_and_foreign_headers_mean_nothing():
    match = layout.match_headers([None, "", "  ", "Shoe size"], "customers")
    assert match.columns == {}


@pytest.mark.parametrize(
    "header", ["Churn", "churned", "是否流失", "Exited", "Attrition_Flag", " 流失 ", "IS_CHURN"]
)
def test_the_column_that_says_who_left_is_found(header):
    assert layout.find_label(["Age", header]) == 1


def test_two_columns_that_say_who_left_are_refused_by_name():
    with pytest.raises(SheetError, match="Churn, Exited"):
        layout.find_label(["Churn", "Exited"])


def test_no_column_says_who_left():
    assert layout.find_label(["Age", "City", None]) is None


@pytest.mark.parametrize(
    ("sheets", "headers", "expected"),
    [
        (["Start", "Customers"], [], "en"),
        (["开始", "客户"], [], "zh"),
        (["Sheet1"], ["姓名", "电话", "VIP"], "zh"),
        (["工作表1"], ["Name", "Phone"], "en"),
        (["Sheet1"], [], None),
    ],
)
def test_the_language_of_a_workbook_shows_in_its_sheets_then_in_its_headers(
    sheets, headers, expected
):
    assert layout.detect_language(sheets, headers) == expected


def test_sheets_are_found_by_either_name():
    assert layout.sheet_key("客户") == layout.sheet_key(" CUSTOMERS ") == "customers"
    assert layout.sheet_key("Sheet1") is None
    assert layout.table_named("FEEDBACK") is layout.table("feedback")
    assert layout.table_named("Table1") is None


def test_a_formula_speaks_the_language_of_the_workbook():
    template = "SUM({orders.amount})*{set.margin}+{this.score}"
    assert (
        layout.formula(template, "zh", "feedback")
        == "SUM(Orders[金额])*csm_margin+Feedback[[#This Row],[分值]]"
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_formula_of_the_layout_can_be_written(lang):
    for table in layout.TABLES.values():
        for column in table.columns:
            if column.formula:
                written = layout.formula(column.formula, lang, table.key)
                assert "{this" not in written
                assert "{set" not in written
                assert len(written) < 8192


def test_every_setting_has_a_value_within_its_limits_in_both_languages():
    for setting in layout.SETTINGS.values():
        for lang in LANGUAGES:
            value = setting.value(lang)
            if setting.kind in ("number", "share", "integer", "money") and value != "":
                assert isinstance(value, float)
                assert setting.low is None or value >= setting.low
                assert setting.high is None or value <= setting.high
            if setting.words is not None:
                assert setting.words.key(value) == setting.default


def test_the_thresholds_of_risk_are_in_order():
    assert layout.setting("risk_medium").default < layout.setting("risk_high").default


def test_words_are_read_in_both_languages_and_common_spellings():
    assert words.YES_NO.key(" 是 ") == words.YES_NO.key("TRUE") == words.YES_NO.key(1.0) == "yes"
    assert words.YES_NO.key(False) == words.YES_NO.key("No") == words.YES_NO.key(0) == "no"
    assert words.LEVELS.key("VERY  satisfied") == words.LEVELS.key("非常满意") == "5"
    assert words.ORDER_KINDS.key("退货") == "refund"
    assert words.STAGES.key("maybe") is None
    assert words.STAGES.key(None) is None


def test_no_spelling_means_two_words_of_one_list():
    for one in words.ALL.values():
        for word in one.members:
            for spelling in (word.text.en, word.text.zh, *word.also):
                assert one.key(spelling) == word.key, (one.name, spelling)


def test_the_thresholds_and_words_of_the_settings_are_those_of_the_metrics():
    from csm_xl.churn.risk import HIGH, MEDIUM, RISKS
    from csm_xl.metrics.lifecycle_stages import DEFAULT_THRESHOLDS, STAGES

    assert layout.setting("risk_medium").default == MEDIUM
    assert layout.setting("risk_high").default == HIGH
    assert [word.text for word in words.RISKS.members] == list(RISKS)
    assert [word.text for word in words.STAGES.members] == list(STAGES.values())
    assert layout.setting("trial_days").default == DEFAULT_THRESHOLDS.trial_days
    assert layout.setting("silence_days").default == DEFAULT_THRESHOLDS.silent_days
    assert layout.setting("decline_ratio").default == DEFAULT_THRESHOLDS.decline_ratio
    assert layout.setting("growth_ratio").default == DEFAULT_THRESHOLDS.growth_ratio
