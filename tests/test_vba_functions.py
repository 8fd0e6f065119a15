"""Formulas in cells through the shipped VBA, read back out of the workbook, to the Python functions."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hosts import arguments
from hosts.macro_workbooks import written
from hosts.pywin32_standins import MISSING, xlwings_on_windows
from hosts.vba_host import (
    ERROR_CELL,
    RPC_CALL_FAILED,
    RPC_SERVER_UNAVAILABLE,
    ExcelHost,
    VBAErrorValue,
    to_vba,
)

from csm_xl.errors import COM_ERRORS, EXCEL_ERRORS, untag
from csm_xl.functions.declaration import REGISTRY
from csm_xl.functions.records import HEADER, SEND_TEXT, Record, pack
from csm_xl.vocabulary import layout

DECLARED = dict(REGISTRY)
DIV0 = next(number for number, name in COM_ERRORS.items() if name == "#DIV/0!")
SETTINGS = {f"setting.{key}": setting.value("en") for key, setting in layout.SETTINGS.items()}


@pytest.fixture(scope="module")
def windows() -> Iterator[SimpleNamespace]:
    with xlwings_on_windows() as found:
        yield found


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    return written(tmp_path_factory.mktemp("book") / "CSM.xlsm")


@pytest.fixture
def excel(windows, workbook) -> ExcelHost:
    return ExcelHost(workbook, windows.com_server.XLPython)


def expected(name: str, typed: tuple) -> Any:
    """What the Python function gives, as a cell shows it."""
    declaration = DECLARED[name]
    given = iter(typed)
    values = []
    for parameter in declaration.parameters:
        if parameter.hidden is None:
            values.append(next(given, None))
        elif parameter.hidden in SETTINGS:
            values.append(SETTINGS[parameter.hidden])
        else:
            values.append(arguments.hidden_value(parameter.hidden))
    rows = [[as_cell(cell) for cell in row] for row in declaration.call(*values)]
    if len(rows) == 1:
        return rows[0][0] if len(rows[0]) == 1 else tuple(rows[0])
    return tuple(map(tuple, rows))


def as_cell(value: Any) -> Any:
    error = untag(value)
    return VBAErrorValue(EXCEL_ERRORS[error[0]]) if error else value


def store(excel: ExcelHost, records: dict[str, str]) -> None:
    """Put records into the very hidden sheet, as a command does."""
    rows = pack(Record(name, text) for name, text in records.items())
    excel.put("A1", [HEADER, *rows], "_csm")


def as_block(value: Any) -> list[list[Any]]:
    """An argument as the rows of a range: a single cell, a column, or a block."""
    if not isinstance(value, tuple):
        return [[value]]
    if isinstance(value[0], tuple):
        return [list(row) for row in value]
    return [[cell] for cell in value]


def test_the_workbook_has_a_function_for_every_declaration(excel):
    runtime = excel.interpreter.module("CsmFunctions")
    assert set(runtime.procedures) == {name.casefold() for name in DECLARED}
    for name, declaration in DECLARED.items():
        procedure = runtime.procedure(name)
        assert [(p.name, p.optional) for p in procedure.params] == [
            (p.name, p.optional) for p in declaration.typed
        ]


@pytest.mark.parametrize("name", arguments.NAMES)
def test_a_formula_over_ranges_gives_what_the_python_function_gives(name, excel):
    store(excel, arguments.records())
    typed = arguments.typed_arguments(DECLARED[name])
    sheet = excel.new_sheet()
    ranges, values, column = [], [], 2
    for value in typed:
        rows = as_block(value)
        # The used range begins at row 3.
        corner = excel.area("A3", sheet).vba_get("Offset", [0, column])
        ranges.append(excel.put(corner.vba_get("Address", [False, False]), rows, sheet))
        values.append(tuple(map(tuple, rows)) if isinstance(value, tuple) else value)
        column += len(rows[0]) + 1
    assert excel.formula(name, *ranges, sheet=sheet) == expected(name, tuple(values))
    called, passed = excel.servers[0].calls[-1][1][1:]
    assert called == name
    left_out = len(DECLARED[name].typed) - len(typed)
    assert passed[len(typed) : len(typed) + left_out] == (MISSING,) * left_out


@pytest.mark.parametrize("name", arguments.NAMES)
def test_a_formula_of_constants_gives_what_the_python_function_gives(name, excel):
    store(excel, arguments.records())
    typed = arguments.typed_arguments(DECLARED[name])
    assert excel.formula(name, *map(to_vba, typed)) == expected(name, typed)


def test_a_whole_column_ends_at_the_last_used_row_and_begins_at_the_first(excel):
    sheet = excel.new_sheet()
    excel.put("B3", [["Rating"], [5.0], [None], [4.0]], sheet)
    assert excel.formula("CSAT", excel.area("B:B", sheet), sheet=sheet) == 4.5
    passed = excel.servers[0].calls[-1][1][2][0]
    assert passed == ((None,), (None,), ("Rating",), (5.0,), (None,), (4.0,))


def test_whole_columns_of_different_sheets_are_cut_to_one_common_bottom(excel):
    first, second = excel.new_sheet(), excel.new_sheet()
    excel.put("A3", [[1.0], [2.0]], first)
    excel.put("A3", [[2.0], [4.0], [8.0], [10.0]], second)
    result = excel.formula("SATISFACTION", excel.area("A:A", first), excel.area("A:A", second))
    left, right, tops = excel.servers[0].calls[-1][1][2]
    assert tops == "tt"
    assert len(left) == len(right) == 6
    assert len(result) == 6
    assert result[:4] == (("",), ("",), (0.5,), (0.5,))


def test_a_column_from_a_cell_to_the_end_of_the_sheet_is_cut_too(excel):
    sheet = excel.new_sheet()
    excel.put("C3", [["x"], [5.0], [3.0]], sheet)
    assert excel.formula("CSAT", excel.area("C4:C1048576", sheet), sheet=sheet) == 4.0
    assert excel.servers[0].calls[-1][1][2][0] == ((5.0,), (3.0,))


def test_a_range_inside_the_sheet_keeps_its_empty_rows(excel):
    sheet = excel.new_sheet()
    excel.put("A1", [[1.0]], sheet)
    excel.put("B1", [[2.0]], sheet)
    result = excel.formula("SATISFACTION", excel.area("A1:A4", sheet), excel.area("B1:B4", sheet))
    assert result == ((0.5,), ("",), ("",), ("",))


def test_an_empty_sheet_gives_one_blank_cell(excel):
    sheet = excel.new_sheet()
    assert excel.formula("CSAT", excel.area("A:A", sheet)) == VBAErrorValue(2007)
    assert excel.servers[0].calls[-1][1][2][0] is None


def test_several_areas_are_refused_and_why_names_them(excel):
    sheet = excel.new_sheet()
    excel.put("A1", [[5.0], [4.0], [3.0]], sheet)
    areas = excel.area("A1:A1,A3:A3", sheet)
    assert excel.formula("CSAT", areas, at="D1", sheet=sheet) == VBAErrorValue(2015)
    assert "$A$1" in remembered(excel, "D1", sheet)
    assert excel.servers == []


def remembered(excel: ExcelHost, cell: str, sheet: str, shown: str = "=1/0") -> str:
    """What Why? says when the cell is selected; it must show an error."""
    area = excel.area(cell, sheet)
    area.vba_set("Formula", shown)
    kept = excel.interpreter.module("CsmCall").variables["mmessages"].get()
    for key in list(kept._entries):
        original, text = kept._entries[key]
        _formula, _, message = text.partition("\x1f")
        kept._entries[key] = (original, f"{area.vba_get('Formula')}\x1f{message}")
    return excel.interpreter.run("CsmWhy", [area])


def test_an_error_cell_comes_back_as_that_error(excel):
    sheet = excel.new_sheet()
    cells = excel.put("A1", [[5.0], [ERROR_CELL]], sheet)
    assert excel.formula("CSAT", cells) == VBAErrorValue(2007)


def test_errors_inside_an_array_are_error_values_beside_good_results(excel):
    sheet = excel.new_sheet()
    positive = excel.put("A1", [[1.0], [1.0], [ERROR_CELL], ["x"]], sheet)
    total = excel.put("B1", [[2.0], [0.0], [1.0], [1.0]], sheet)
    assert excel.formula("SATISFACTION", positive, total) == (
        (0.5,),
        (VBAErrorValue(2007),),
        (VBAErrorValue(2007),),
        (VBAErrorValue(2015),),
    )


def test_why_knows_the_message_of_each_cell_of_an_array(excel):
    sheet = excel.new_sheet()
    positive = excel.put("A1", [[1.0], ["x"], ["y"]], sheet)
    total = excel.put("B1", [[2.0], [1.0], [1.0]], sheet)
    excel.formula("SATISFACTION", positive, total, at="D5", sheet=sheet)
    assert "“x”" in remembered(excel, "D6", sheet)
    assert "“y”" in remembered(excel, "D7", sheet)
    assert remembered(excel, "D5", sheet) == ""


def test_why_says_nothing_about_a_cell_whose_formula_was_replaced(excel):
    sheet = excel.new_sheet()
    excel.formula("CSAT", "x", at="D5", sheet=sheet)
    excel.area("D5", sheet).vba_set("Formula", "=1/0")
    assert excel.interpreter.run("CsmWhy", [excel.area("D5", sheet)]) == ""


def test_settings_of_the_workbook_reach_the_function(excel):
    assert excel.formula("CHURN_RISK", 0.5) == "Medium"
    excel.book.names_.vba_get("Item", ["csm_risk_high"]).vba_get("RefersToRange").vba_set(
        "Value2", 0.4
    )
    assert excel.formula("CHURN_RISK", 0.5) == "High"
    assert excel.formula("CHURN_RISK", 0.5, 0.1, 0.9) == "Medium"


def test_a_workbook_without_settings_passes_none(excel):
    for name in ("csm_risk_high", "csm_risk_medium"):
        excel.book.names_.vba_get("Item", [name]).vba_get("Delete")
    assert excel.formula("CHURN_RISK", 0.5) == "Medium"
    assert excel.servers[0].calls[-1][1][2][3:] == (None, None, "en", "ccc")


def test_a_model_travels_once_and_then_only_its_id(excel):
    # Another intercept than elsewhere, so that no other test has sent this model before.
    text = arguments.model(intercept=-0.123)
    store(excel, {"model": text})
    sheet = excel.new_sheet()
    features = excel.put("A1", [[4.0, "Rome"], [1.0, "Bonn"]], sheet)
    first = excel.formula("CHURN_PROB", features)
    calls = [call for call in excel.servers[0].calls if call[0] == "CallUDF"]
    assert [call[1][2][2] for call in calls] == [Record("model", text).id, text]
    assert excel.formula("CHURN_PROB", features) == first
    assert excel.servers[0].calls[-1][1][2][2] == Record("model", text).id
    assert all(0 < row[0] < 1 for row in first)


def test_a_model_in_many_parts_is_put_together_in_order(excel):
    text = arguments.model(intercept=-0.5)
    rows = pack([Record("other", "x"), Record("model", text)])
    pieces = [text[:50], text[50:90], text[90:]]
    ident = rows[-1][1]
    shuffled = [
        HEADER,
        rows[0],
        ("model", ident, 3.0, 3.0, pieces[2]),
        ("model", ident, 1.0, 3.0, pieces[0]),
        ("model", ident, 2.0, 3.0, pieces[1]),
    ]
    excel.put("A1", shuffled, "_csm")
    assert excel.interpreter.run("CsmRecordText", ["model"]) == text


def test_python_is_started_once_for_many_formulas(excel):
    for _ in range(3):
        assert excel.formula("CSAT", 5.0) == 5.0
    assert len(excel.commands) == 1
    assert "xlwings.serve('$(CLSID)')" in excel.commands[0]
    assert "false;" in excel.commands[0].casefold()


def test_only_the_server_is_kept_from_importing_what_lies_in_the_current_folder(excel):
    excel.environment["PYTHONSAFEPATH"] = ""
    excel.formula("CSAT", 5.0)
    assert excel.seen_environments[0]["PYTHONSAFEPATH"] == "1"
    assert excel.environment["PYTHONSAFEPATH"] == ""


def test_a_lost_server_is_started_again_once(excel):
    excel.formula("CSAT", 5.0)
    excel.servers[0].alive = False
    assert excel.formula("CSAT", 4.0) == 4.0
    assert len(excel.servers) == 2


@pytest.mark.parametrize("number", [462, RPC_SERVER_UNAVAILABLE, RPC_CALL_FAILED, -2147417848])
def test_every_way_of_losing_the_server_is_recognised(excel, number):
    excel.formula("CSAT", 5.0)
    excel.servers[0].fails_with = [number]
    assert excel.formula("CSAT", 4.0) == 4.0


def test_a_server_that_is_lost_twice_gives_an_error_and_not_a_third_try(excel):
    excel.formula("CSAT", 5.0)
    excel.servers[0].fails_with = [RPC_CALL_FAILED]
    started = excel.make_python

    def broken():
        python = started()
        python.CallUDF = None
        return python

    excel.make_python = broken
    assert excel.formula("CSAT", 4.0) == VBAErrorValue(2015)
    assert len(excel.servers) == 2


def test_without_python_cells_are_not_available_with_one_message_and_one_attempt(excel):
    excel.python_missing = "No such file: pythonw"
    for _ in range(5):
        assert excel.formula("CSAT", 5.0) == VBAErrorValue(2042)
    assert len(excel.commands) == 1
    assert "No such file: pythonw" in excel.status_bar
    assert "install.cmd" in excel.status_bar
    assert excel.messages == []


def test_a_conf_file_beside_the_workbook_is_refused_before_python_is_started(excel):
    excel.book.path = "C:\\Shop"
    excel.book.name = "CSM.xlsm"
    directory = excel.interpreter.run("GetDirectoryConfigFilePath")
    excel.files.add(directory)
    assert excel.formula("CSAT", 5.0) == VBAErrorValue(2042)
    assert excel.commands == []
    assert "xlwings.conf" in excel.status_bar


def test_a_workbook_whose_settings_would_import_what_lies_beside_it_is_refused(excel):
    excel.put("B2", [["TRUE"]], "xlwings.conf")
    assert excel.area("A2", "xlwings.conf").vba_get("Value2") == "ADD_WORKBOOK_TO_PYTHONPATH"
    assert excel.formula("CSAT", 5.0) == VBAErrorValue(2042)
    assert excel.commands == []
    assert "csm-xl upgrade" in excel.status_bar


def test_no_workbook_and_no_caller_goes_to_python(excel):
    excel.formula("CSAT", 5.0)
    assert excel.servers[0].calls[-1] == (
        "CallUDF",
        ("csm_xl.functions", "CSAT", (5.0, MISSING, "cc")),
    )


def test_on_a_mac_cells_are_not_available_and_the_status_bar_says_so_once(windows, workbook):
    excel = ExcelHost(workbook, windows.com_server.XLPython, mac=True)
    assert excel.formula("CSAT", 5.0) == VBAErrorValue(2042)
    assert "Windows" in excel.status_bar
    excel.application.status_bar = False
    assert excel.formula("CSAT", 5.0) == VBAErrorValue(2042)
    assert excel.status_bar is False
    assert excel.commands == []


def test_the_question_for_a_models_text_is_not_a_result():
    assert untag(SEND_TEXT) is None


def test_the_wrapper_tells_where_a_range_begins(excel):
    sheet = excel.new_sheet()
    excel.put("B1", [["Rating"], ["satisfid"], [5.0], [4.0]], sheet)
    excel.put("D5", [["How was it?"], [5.0], [3.0]], sheet)
    tops = []
    for address in ("B2:B4", "B1:B4", "B:B", "D5:D7", "D6:D7", "D4:D7"):
        excel.formula("CSAT", excel.area(address, sheet))
        tops.append(excel.servers[0].calls[-1][1][2][2])
    assert tops == ["bc", "tc", "tc", "tc", "bc", "tc"]
    assert excel.formula("CSAT", excel.area("D5:D7", sheet)) == 4.0
