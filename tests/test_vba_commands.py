"""The ribbon, opening, training and closing: the shipped VBA run with a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from hosts.macro_workbooks import written
from hosts.pywin32_standins import xlwings_on_windows
from hosts.vba_host import (
    RPC_CALL_FAILED,
    RPC_SERVER_UNAVAILABLE,
    ExcelHost,
    VBAErrorValue,
)

from csm_xl import __version__, addin, commands, doctor
from csm_xl.errors import CsmError
from csm_xl.functions.declaration import REGISTRY
from csm_xl.language import Text, language
from csm_xl.workbook import ribbon

INFORMATION, EXCLAMATION = 64, 48


@pytest.fixture(scope="module")
def windows() -> Iterator[SimpleNamespace]:
    with xlwings_on_windows() as found:
        yield found


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    return {lang: written(folder / f"CSM {lang}.xlsm", lang) for lang in ("en", "zh")}


@pytest.fixture
def python(monkeypatch):
    """The Python side: commands that note what they are called with."""
    noted = SimpleNamespace(calls=[], languages=[], fails=None)

    def command(name):
        def run(book, *arguments, **options):
            noted.calls.append((name, book, *map(str, arguments)))
            noted.languages.append(language())
            if noted.fails:
                raise noted.fails
            return commands.Outcome(Text(f"{name} done", f"{name} 完成"))

        return run

    monkeypatch.setattr(addin, "_book", lambda workbook: workbook)
    monkeypatch.setattr(addin, "_progress", lambda book: None)
    monkeypatch.setattr(addin, "_training", None)
    for task in addin.TASKS:
        monkeypatch.setattr(doctor if task == "check_setup" else commands, task, command(task))
    return noted


@pytest.fixture
def excel(windows, workbooks, python) -> ExcelHost:
    return ExcelHost(workbooks["en"], windows.com_server.XLPython)


@pytest.fixture
def chinese(windows, workbooks, python) -> ExcelHost:
    return ExcelHost(workbooks["zh"], windows.com_server.XLPython)


# -- opening ----------------------------------------------------------------------------------------


def test_opening_only_plans_the_start_and_leaves_the_workbook_saved(excel):
    excel.book.saved = True
    excel.event("Workbook_Open")
    assert excel.commands == []
    assert [plan[1] for plan in excel.planned] == ["'CSM en.xlsm'!CsmStart"]
    assert excel.book.saved is True


def test_a_second_after_opening_python_runs_and_the_function_wizard_knows_every_function(excel):
    excel.event("Workbook_Open")
    excel.book.saved = True
    excel.advance(1)
    assert len(excel.servers) == 1
    assert set(excel.wizard) == {f"'CSM en.xlsm'!{name}" for name in REGISTRY}
    for name, declaration in REGISTRY.items():
        told = excel.wizard[f"'CSM en.xlsm'!{name}"]
        assert told.description == declaration.help.en
        assert told.category == f"csm-xl: {declaration.category.en}"
        assert told.arguments == tuple(p.help.en for p in declaration.typed)
    assert excel.book.saved is True
    assert excel.planned == []


def test_a_chinese_workbook_tells_the_function_wizard_in_chinese(chinese):
    chinese.event("Workbook_Open")
    chinese.advance(1)
    for name, declaration in REGISTRY.items():
        told = chinese.wizard[f"'CSM zh.xlsm'!{name}"]
        assert told.description == declaration.help.zh
        assert told.arguments == tuple(p.told.zh for p in declaration.typed)


def test_unsaved_changes_made_before_the_start_stay_unsaved(excel):
    excel.event("Workbook_Open")
    excel.book.saved = False
    excel.advance(1)
    assert excel.book.saved is False


def test_opening_without_python_shows_one_line_and_no_dialog(excel):
    excel.python_missing = "Could not activate Python COM server"
    excel.event("Workbook_Open")
    excel.advance(1)
    assert "Could not activate Python COM server" in excel.status_bar
    assert excel.messages == []


def test_excel_refusing_help_texts_does_not_keep_python_from_starting(excel, monkeypatch):
    excel.refuses_help = True
    excel.book.saved = True
    excel.event("Workbook_Open")
    excel.advance(1)
    assert len(excel.servers) == 1
    assert excel.book.saved is True


def test_the_ribbon_starts_everything_where_the_event_of_opening_is_not_ours(excel):
    assert excel.ask_ribbon("CsmLabel", "csmTab") == "Customer Success"
    assert excel.ask_ribbon("CsmLabel", "csmData") == "Data"
    assert [plan[1] for plan in excel.planned] == ["'CSM en.xlsm'!CsmStart"]


def test_a_workbook_name_with_an_apostrophe_is_planned_as_excel_wants_it(excel):
    excel.book.name = "Wang's shop.xlsm"
    excel.event("Workbook_Open")
    assert excel.planned[0][1] == "'Wang''s shop.xlsm'!CsmStart"


def test_macros_of_another_version_are_announced(excel, monkeypatch):
    monkeypatch.setattr(addin, "__version__", "99.0")
    excel.event("Workbook_Open")
    excel.advance(1)
    assert __version__ in excel.status_bar
    assert "csm-xl upgrade" in excel.status_bar


# -- the ribbon --------------------------------------------------------------------------------------


def controls() -> list[str]:
    root = ElementTree.fromstring(ribbon.custom_ui())
    return [element.get("id") for element in root.iter() if element.get("id")]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_control_has_its_texts_in_the_language_of_the_workbook(lang, excel, chinese):
    host = excel if lang == "en" else chinese
    root = ElementTree.fromstring(ribbon.custom_ui())
    texts = ribbon.texts()
    asked = 0
    for element in root.iter():
        for attribute, callback, word in (
            ("getLabel", "CsmLabel", "label"),
            ("getScreentip", "CsmScreentip", "screentip"),
            ("getSupertip", "CsmSupertip", "supertip"),
        ):
            if element.get(attribute):
                assert element.get(attribute) == callback
                name = element.get("id")
                assert host.ask_ribbon(callback, name) == texts[f"{name}.{word}"].within(lang)
                asked += 1
    assert asked == len(texts)


COMMANDS = {
    "csmColumns": "columns",
    "csmFeatures": "build_features",
    "csmRefresh": "refresh",
    "csmDashboard": "dashboard",
    "csmExplain": "explain",
    "csmActions": "actions",
    "csmCheck": "check_setup",
    "csmWhy": "why",
    "csmUndo": "undo_last",
}


@pytest.mark.parametrize("button", COMMANDS)
def test_a_button_calls_its_command_with_its_own_workbook_and_shows_the_answer(
    button, excel, python
):
    excel.open_workbook_named("Another.xlsm")
    excel.click(button)
    assert python.calls == [(COMMANDS[button], excel.own_book)]
    assert excel.messages[0].text == f"{COMMANDS[button]} done"
    assert excel.messages[0].caption == "Customer Success"
    assert excel.messages[0].style == INFORMATION
    assert excel.status_bar is False


def test_undo_closes_its_own_workbook_without_asking_and_says_nothing_more(
    excel, python, monkeypatch
):
    def undo_last(book):
        return commands.Outcome(Text("Opened again.", "重新打开。"), more={"closing": True})

    monkeypatch.setattr(commands, "undo_last", undo_last)
    excel.open_workbook_named("Another.xlsm")
    own = excel.own_book
    excel.click("csmUndo")
    assert own not in excel.application.workbooks_.books
    assert len(excel.application.workbooks_.books) == 1
    assert excel.messages == []
    assert excel.status_bar is False


def test_every_button_is_wired(excel, python):
    excel.chosen_file = r"C:\a.csv"
    silent = {"csmCancel", "csmRestart", "csmGuide", "csmRetrain"}
    for button in ribbon.BUTTONS:
        python.calls.clear()
        excel.messages.clear()
        excel.click(button.id)
        shown = excel.sheet(1).name if button.id == "csmGuide" else excel.messages
        assert shown, button.id
        if button.id not in silent:
            assert len(python.calls) == 1, button.id


def test_import_passes_the_table_and_the_chosen_file(excel, python):
    excel.chosen_file = r"C:\用户\订单.csv"
    for button, table in (
        ("csmImportCustomers", "customers"),
        ("csmImportOrders", "orders"),
        ("csmImportFeedback", "feedback"),
        ("csmImportContacts", "contacts"),
    ):
        python.calls.clear()
        excel.click(button)
        assert python.calls == [("import_data", excel.own_book, r"C:\用户\订单.csv", table)]


@pytest.mark.parametrize("button", ["csmImportOrders", "csmShare"])
def test_a_file_dialog_that_is_cancelled_does_nothing(button, excel, python):
    excel.chosen_file = False
    excel.click(button)
    assert python.calls == []
    assert excel.messages == []


def test_share_passes_where_to_write(excel, python):
    excel.chosen_file = r"C:\copy.xlsx"
    excel.click("csmShare")
    assert python.calls == [("share", excel.own_book, r"C:\copy.xlsx")]


def test_a_command_that_refuses_says_why_in_the_workbooks_language(chinese, python):
    python.fails = CsmError("No customers.", "没有客户。")
    chinese.click("csmRefresh")
    assert [(m.text, m.style) for m in chinese.messages] == [("没有客户。", EXCLAMATION)]
    assert chinese.messages[0].caption == "客户成功"
    assert python.languages == ["zh"]
    assert chinese.full_calculations == 0


def test_an_unexpected_fault_is_one_sentence_that_names_the_log_file(excel, python):
    python.fails = ZeroDivisionError("secret")
    excel.click("csmRefresh")
    assert len(excel.messages) == 1
    assert "csm-xl.log" in excel.messages[0].text
    assert "secret" not in excel.messages[0].text
    assert "Traceback" not in excel.messages[0].text


def test_commands_that_change_what_functions_use_end_with_a_full_calculation(excel):
    excel.click("csmRefresh")
    assert excel.full_calculations == 1
    excel.click("csmDashboard")
    assert excel.full_calculations == 1


def test_a_command_that_broke_off_midway_is_not_begun_again(excel, python):
    excel.click("csmRefresh")
    excel.servers[0].fails_with = [RPC_CALL_FAILED]
    python.calls.clear()
    excel.click("csmRefresh")
    assert python.calls == []
    assert excel.messages[-1].style == EXCLAMATION


def test_a_command_whose_server_was_gone_before_is_run_on_a_new_one(excel, python):
    excel.click("csmRefresh")
    excel.servers[0].fails_with = [RPC_SERVER_UNAVAILABLE]
    python.calls.clear()
    excel.click("csmRefresh")
    assert [call[0] for call in python.calls] == ["refresh"]
    assert len(excel.servers) == 2


def test_why_shows_the_message_of_the_selected_cell(excel, python):
    sheet = excel.new_sheet()
    excel.area("B2", sheet).vba_set("Formula", "=1/0")
    excel.formula("CSAT", excel.put("A1", [["x"], [9.0]], sheet), at="B2", sheet=sheet)
    excel.select("B2", sheet)
    excel.click("csmWhy")
    assert python.calls == []
    assert "“x”" in excel.messages[0].text


def test_why_calculates_an_error_again_that_was_saved_with_the_workbook(excel, python):
    sheet = excel.new_sheet()
    excel.area("B2", sheet).vba_set("Formula", "=1/0")
    excel.on_full_calculation = lambda: excel.formula("CSAT", "x", at="B2", sheet=sheet)
    excel.select("B2", sheet)
    excel.click("csmWhy")
    assert "“x”" in excel.messages[0].text
    assert python.calls == []


def test_why_without_python_calculates_nothing_and_says_what_is_missing(excel, python):
    excel.python_missing = "No such file: pythonw"
    sheet = excel.new_sheet()
    excel.area("B2", sheet).vba_set("Formula", "=1/0")
    excel.select("B2", sheet)
    excel.click("csmWhy")
    assert excel.full_calculations == 0
    assert "No such file: pythonw" in excel.messages[0].text


def test_why_on_a_chart_sheet_where_no_cell_is_selected_asks_python(excel, python):
    excel.no_active_cell = True
    excel.click("csmWhy")
    assert [call[0] for call in python.calls] == ["why"]


def test_why_follows_a_formula_to_the_cell_it_takes_the_error_from(excel, python):
    sheet = excel.new_sheet()
    excel.area("B2", sheet).vba_set("Formula", "=1/0")
    excel.formula("CSAT", "x", at="B2", sheet=sheet)
    excel.area("C2", sheet).vba_set("Formula", "=B2*2")
    excel.select("C2", sheet)
    excel.click("csmWhy")
    assert python.calls == []
    assert excel.messages[0].text.startswith("B2: ")


def test_check_setup_without_python_tells_what_excel_knows(excel):
    excel.python_missing = "No such file: pythonw"
    excel.click("csmCheck")
    assert len(excel.messages) == 1
    assert "No such file: pythonw" in excel.messages[0].text
    assert "Excel 16.0" in excel.messages[0].text


def test_restart_ends_the_old_python_and_calculates_everything_with_a_new_one(excel):
    excel.formula("CSAT", 5.0)
    excel.click("csmRestart")
    assert [server.alive for server in excel.servers] == [False, True]
    assert excel.full_calculations == 1
    assert excel.messages[-1].style == INFORMATION


def test_restart_finds_a_python_that_was_missing_before(excel):
    excel.python_missing = "No such file: pythonw"
    assert excel.formula("CSAT", 5.0) == VBAErrorValue(2042)
    excel.click("csmRestart")
    assert excel.messages[-1].style == EXCLAMATION
    excel.python_missing = None
    excel.click("csmRestart")
    assert excel.messages[-1].style == INFORMATION
    assert excel.formula("CSAT", 5.0) == 5.0
    assert excel.status_bar is False


def test_changing_a_setting_calculates_everything_and_other_cells_do_not(excel):
    settings = excel.sheet("Settings").sheet
    excel.event("Workbook_SheetChange", settings, excel.area("A1", "Settings"))
    assert excel.full_calculations == 0, "cells keep their values where there is no Python"
    excel.formula("CSAT", 5.0)
    excel.event("Workbook_SheetChange", settings, excel.area("A1", "Settings"))
    assert excel.full_calculations == 1
    excel.event("Workbook_SheetChange", excel.sheet("Orders").sheet, excel.area("A1", "Orders"))
    assert excel.full_calculations == 1
    excel.application.calculation = -4135
    excel.event("Workbook_SheetChange", settings, excel.area("A1", "Settings"))
    assert excel.full_calculations == 1


# -- Excel for Mac -----------------------------------------------------------------------------------


def test_on_a_mac_buttons_run_python_with_words_of_the_ribbon_only(windows, workbooks, python):
    excel = ExcelHost(workbooks["en"], windows.com_server.XLPython, mac=True)
    excel.click("csmRefresh")
    excel.click("csmRetrain")
    assert excel.ran_on_mac == [
        "from csm_xl import addin; addin.run_on_mac('refresh')",
        "from csm_xl import addin; addin.run_on_mac('retrain')",
    ]
