"""What a formula goes through in Excel on Windows: xlwings' decorators, call_udf and CallUDF."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hosts import arguments
from hosts.pywin32_standins import MISSING, variant, xlwings_on_windows

import csm_xl.functions  # noqa: F401  (declares the functions)
from csm_xl.errors import COM_ERRORS, untag
from csm_xl.functions.declaration import REGISTRY
from csm_xl.functions.records import SEND_TEXT, record_id

MODULE = "csm_xl.functions"
DIV0 = next(number for number, name in COM_ERRORS.items() if name == "#DIV/0!")
DECLARED = dict(REGISTRY)


@pytest.fixture(scope="module")
def windows() -> Iterator[SimpleNamespace]:
    with xlwings_on_windows() as found:
        yield found


@pytest.fixture
def call_udf(windows):
    def call(name: str, *args: Any) -> Any:
        """As VBA calls: a list of arguments, neither workbook nor caller; the result as VBA sees it."""
        return variant(windows.python.CallUDF(MODULE, name, args))

    return call


def as_excel_shows(rows: list[list[Any]]) -> Any:
    """Rows as XLPython.CallUDF hands them on: one value alone, one row flat, else rows."""
    if len(rows) == 1:
        return rows[0][0] if len(rows[0]) == 1 else tuple(rows[0])
    return tuple(map(tuple, rows))


def flat(value: Any) -> list[Any]:
    return [v for part in value for v in flat(part)] if isinstance(value, tuple) else [value]


@pytest.mark.parametrize("name", arguments.NAMES)
def test_a_function_gives_through_xlwings_what_it_gives_in_python(name, call_udf):
    declaration = DECLARED[name]
    typed = arguments.typed_arguments(declaration)
    direct = declaration.call(*arguments.all_arguments(declaration, typed, None))
    result = call_udf(name, *arguments.all_arguments(declaration, typed, MISSING))
    assert result == as_excel_shows(direct)
    assert not any(untag(cell) for cell in flat(result)), "the example itself is an error"
    assert any(cell != "" for cell in flat(result))


@pytest.mark.parametrize("name", arguments.NAMES)
def test_columns_rows_and_array_constants_keep_their_orientation(name, call_udf):
    declaration = DECLARED[name]
    variants = [arguments.shapes(a) for a in arguments.typed_arguments(declaration)]
    for shape in range(max(map(len, variants))):
        typed = tuple(v[min(shape, len(v) - 1)] for v in variants)
        direct = declaration.call(*arguments.all_arguments(declaration, typed, None))
        result = call_udf(name, *arguments.all_arguments(declaration, typed, MISSING))
        assert result == as_excel_shows(direct)


@pytest.mark.parametrize("name", arguments.NAMES)
def test_leaving_optional_arguments_out_is_the_same_as_pointing_them_at_blank_cells(name, call_udf):
    declaration = DECLARED[name]
    required = [p for p in declaration.typed if not p.optional]
    typed = arguments.typed_arguments(declaration)[: len(required)]
    blank = call_udf(name, *arguments.all_arguments(declaration, typed, None))
    assert call_udf(name, *arguments.all_arguments(declaration, typed, MISSING)) == blank


@pytest.mark.parametrize("name", arguments.NAMES)
def test_an_error_among_the_inputs_comes_back_as_that_error(name, call_udf):
    declaration = DECLARED[name]
    typed = arguments.typed_arguments(declaration)
    for place, parameter in enumerate(declaration.typed[: len(typed)]):
        for wrong in (DIV0, spoiled(typed[place])):
            args = (*typed[:place], wrong, *typed[place + 1 :])
            result = call_udf(name, *arguments.all_arguments(declaration, args, MISSING))
            errors = {untag(cell)[0] for cell in flat(result) if untag(cell)}
            assert errors == {"#DIV/0!"}, f"{name}({parameter.name}={wrong!r})"


def spoiled(value: Any) -> Any:
    """The same cells with an error in place of the last one."""
    if not isinstance(value, tuple):
        return ((DIV0,),)
    if isinstance(value[-1], tuple):
        return (*value[:-1], (*value[-1][:-1], DIV0))
    return (*value[:-1], DIV0)


@pytest.mark.parametrize("name", arguments.NAMES)
@pytest.mark.parametrize("cell", ["", "  ", "text", "客户", True, 1e308, -1e308, 2**40], ids=repr)
def test_whatever_a_cell_holds_nothing_is_raised_across_com(name, cell, call_udf):
    declaration = DECLARED[name]
    typed = arguments.typed_arguments(declaration)
    for place in range(len(typed)):
        args = (*typed[:place], cell, *typed[place + 1 :])
        result = call_udf(name, *arguments.all_arguments(declaration, args, MISSING))
        assert all(isinstance(value, (float, str, bool)) for value in flat(result))


def test_the_wrappers_of_xlwings_pass_every_hidden_argument(windows):
    written = io.StringIO()
    book = SimpleNamespace(Name="CSM.xlsm")
    windows.udfs.generate_vba_wrapper(MODULE, windows.functions, written, book)
    wrappers = {}
    for text in written.getvalue().split("\nFunction ")[0:]:
        name = text.removeprefix("Function ").partition("(")[0]
        wrappers[name] = text
    assert set(wrappers) == set(DECLARED)
    for name, declaration in DECLARED.items():
        shown = [f'CsmHidden("{p.hidden}")' if p.hidden else p.name for p in declaration.parameters]
        assert f"Array({', '.join(shown)})" in wrappers[name]
        signature = wrappers[name].removeprefix("Function ").partition("\n")[0]
        typed = ", ".join(f"Optional {p.name}" if p.optional else p.name for p in declaration.typed)
        assert signature == f"{name}({typed})"


def test_xlwings_is_told_the_help_of_every_argument(windows):
    for name, declaration in DECLARED.items():
        told = getattr(windows.functions, name).__xlfunc__
        docs = {a["name"]: a["doc"] for a in told["args"] if not a["vba"]}
        assert docs == {p.name: p.help.en for p in declaration.typed}


def test_known_numbers_arrive_as_numbers(call_udf):
    assert call_udf("CSAT", ((5.0,), (4.0,), (None,), (3.0,)), MISSING) == 4.0
    assert call_udf("CSAT", (("Rating",), ("非常满意",), ("very dissatisfied",)), "mean") == 3.0
    assert call_udf("NPS", ((10.0, 9.0, 8.0, 6.0),)) == 25.0
    assert call_udf("SATISFACTION", ((1.0,), (3.0,)), ((2.0,), (4.0,))) == ((0.5,), (0.75,))
    assert call_udf("SATISFACTION", ((1.0, 3.0),), ((2.0, 4.0),)) == (0.5, 0.75)
    assert call_udf("SATISFACTION", (1.0, 3.0), (2.0, 4.0)) == (0.5, 0.75)


def test_one_bad_row_is_an_error_inside_the_array_beside_good_rows(call_udf):
    good, bad, same = call_udf("SATISFACTION", ((1.0,), (1.0,), (DIV0,)), ((2.0,), (0.0,), (1.0,)))
    assert good == (0.5,)
    assert untag(bad[0])[0] == "#DIV/0!"
    assert untag(same[0])[0] == "#DIV/0!"


def test_a_model_is_asked_for_once_and_then_known_by_its_id(call_udf):
    text = arguments.model(intercept=-1.25)
    ident = record_id(text)
    features, headers = arguments.typed_arguments(DECLARED["CHURN_PROB"])
    assert call_udf("CHURN_PROB", features, headers, ident) == SEND_TEXT
    scored = call_udf("CHURN_PROB", features, headers, text)
    assert [row[0] for row in scored] == pytest.approx(
        [1 / (1 + math.exp(-z)) for z in (-1.25 + 2 + 2, -1.25 + 0.5, -1.25 + 1)], abs=1e-12
    )
    assert call_udf("CHURN_PROB", features, headers, ident) == scored


def test_without_a_model_the_answer_is_not_available(call_udf):
    features, headers = arguments.typed_arguments(DECLARED["CHURN_PROB"])
    found = untag(call_udf("CHURN_PROB", features, headers, None))
    assert found is not None
    assert found[0] == "#N/A"


def test_a_risk_is_a_word_in_the_language_that_the_workbook_passes(call_udf):
    probabilities = ((0.9,), (0.1,))
    assert call_udf("CHURN_RISK", probabilities, 0.3, 0.6, None, None, "zh") == (("高",), ("低",))
    assert call_udf("CHURN_RISK", 0.9, 0.3, 0.6, None, None, "en") == "High"
