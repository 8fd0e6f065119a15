"""Training behind the ribbon: Excel stays usable, Cancel and closing end it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from hosts.macro_workbooks import written
from hosts.pywin32_standins import xlwings_on_windows
from hosts.vba_host import RPC_CALL_FAILED, ExcelHost, Ribbon

from csm_xl import addin, commands
from csm_xl.commands.training_process import State
from csm_xl.language import Text

EXCLAMATION = 48


@pytest.fixture(scope="module")
def windows() -> Iterator[SimpleNamespace]:
    with xlwings_on_windows() as found:
        yield found


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    return written(tmp_path_factory.mktemp("books") / "CSM en.xlsm")


@pytest.fixture
def python(monkeypatch):
    """What the Python side was called with."""
    monkeypatch.setattr(addin, "_book", lambda given: given)
    monkeypatch.setattr(addin, "_training", None)
    return SimpleNamespace(calls=[])


@pytest.fixture
def excel(windows, workbook, python) -> ExcelHost:
    return ExcelHost(workbook, windows.com_server.XLPython)


@pytest.fixture
def training(monkeypatch, python):
    """A training whose state the test decides."""
    started = SimpleNamespace(
        kind="running", share=0.25, text=Text("Folds", "交叉验证"), closed=0, begun=0
    )

    class Process:
        def __init__(self, data):
            started.begun += 1
            assert data == "snapshot"

        def state(self):
            return State(started.kind, started.share, started.text)

        def result(self):
            return "result"

        def close(self):
            started.closed += 1

    def write(book, result):
        python.calls.append(("write_training", book, result))
        return commands.Outcome(Text("Trained on 200.", "已用 200 位客户训练。"))

    def read(book):
        python.calls.append(("read_training", book))
        return "snapshot"

    monkeypatch.setattr(addin, "TrainingProcess", Process)
    monkeypatch.setattr("csm_xl.commands.retraining.read_training", read)
    monkeypatch.setattr("csm_xl.commands.retraining.write_training", write)
    return started


def test_training_leaves_excel_free_tells_its_progress_and_writes_when_it_is_done(
    excel, python, training
):
    excel.click("csmRetrain")
    assert python.calls == [("read_training", excel.own_book)]
    assert excel.messages == []
    assert [plan[1] for plan in excel.planned] == ["'CSM en.xlsm'!CsmPoll"]
    excel.advance(1)
    assert excel.status_bar == "Folds (25%)"
    training.share = 0.75
    excel.advance(1)
    assert excel.status_bar == "Folds (75%)"
    training.kind = "trained"
    excel.advance(1)
    assert python.calls[-1] == ("write_training", excel.own_book, "result")
    assert excel.messages[-1].text == "Trained on 200."
    assert excel.full_calculations == 1
    assert excel.planned == []
    assert excel.status_bar is False
    assert training.closed == 1


def test_formulas_calculate_while_a_model_trains(excel, training):
    excel.click("csmRetrain")
    excel.advance(1)
    assert excel.formula("CSAT", 5.0) == 5.0
    excel.advance(1)
    assert excel.status_bar == "Folds (25%)"


def test_cancel_ends_the_training_and_writes_nothing(excel, python, training):
    excel.click("csmRetrain")
    excel.advance(3)
    excel.click("csmCancel")
    assert training.closed == 1
    assert excel.planned == []
    assert excel.status_bar is False
    assert "Nothing was changed" in excel.messages[-1].text
    excel.advance(60)
    assert all(call[0] != "write_training" for call in python.calls)


def test_closing_the_workbook_cancels_the_training_and_takes_back_what_was_planned(
    excel, python, training
):
    excel.event("Workbook_Open")
    excel.click("csmRetrain")
    assert len(excel.planned) == 2
    excel.event("Workbook_BeforeClose", False)
    assert excel.planned == []
    assert training.closed == 1
    assert excel.servers[-1].alive is False
    assert excel.messages == []
    assert all(call[0] != "write_training" for call in python.calls)


def test_closing_while_the_server_is_gone_closes_all_the_same(excel, training):
    excel.click("csmRetrain")
    excel.servers[0].fails_with = [RPC_CALL_FAILED]
    excel.event("Workbook_BeforeClose", False)
    assert excel.planned == []
    assert excel.messages == []


def test_a_workbook_that_stays_open_after_all_works_again(excel, training):
    excel.click("csmRetrain")
    excel.event("Workbook_BeforeClose", False)
    assert excel.formula("CSAT", 5.0) == 5.0
    excel.click("csmRetrain")
    assert training.begun == 2


def test_closing_before_the_start_plans_nothing_that_opens_the_workbook_again(excel):
    excel.event("Workbook_Open")
    excel.event("Workbook_BeforeClose", False)
    assert excel.planned == []
    assert excel.commands == []


def test_a_second_click_on_retrain_says_that_training_is_running(excel, training):
    excel.click("csmRetrain")
    excel.click("csmRetrain")
    assert training.begun == 1
    assert "already" in excel.messages[-1].text
    assert len(excel.planned) == 1


def test_a_training_that_fails_says_why_once(excel, training):
    excel.click("csmRetrain")
    training.kind, training.text = "failed", Text("Only one outcome.", "只有一种结果。")
    excel.advance(5)
    assert [(m.text, m.style) for m in excel.messages] == [("Only one outcome.", EXCLAMATION)]
    assert excel.planned == []
    assert training.closed == 1


def test_a_training_that_python_lost_is_reported(excel, training):
    excel.click("csmRetrain")
    addin._training = None
    excel.advance(1)
    assert "Retrain again" in excel.messages[-1].text
    assert excel.planned == []


def test_cancel_can_be_clicked_only_while_a_model_trains(excel, training):
    shown = Ribbon()
    assert excel.ask_ribbon("CsmEnabled", "csmCancel") is True
    excel.interpreter.run("CsmRibbonLoaded", [shown])
    assert excel.ask_ribbon("CsmEnabled", "csmCancel") is False
    excel.click("csmRetrain")
    assert excel.ask_ribbon("CsmEnabled", "csmCancel") is True
    excel.click("csmCancel")
    assert excel.ask_ribbon("CsmEnabled", "csmCancel") is False
    assert shown.redrawn == ["csmCancel", "csmCancel"]


def test_cancel_without_a_training_says_so(excel):
    excel.click("csmCancel")
    assert excel.messages[-1].text == "No training is running."


def test_restarting_python_ends_a_training(excel, training):
    excel.click("csmRetrain")
    excel.click("csmRestart")
    excel.advance(5)
    assert excel.planned == []
    assert len(excel.messages) == 1
