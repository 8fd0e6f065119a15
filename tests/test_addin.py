"""What the VBA calls, on workbook files: one text back, whatever happens."""

from __future__ import annotations

import dataclasses
import inspect
import logging
import time
from pathlib import Path

import openpyxl
import pytest
from commands.workbooks import SHOP, opened, saved, values
from openpyxl.worksheet.table import Table

from csm_xl import __version__, addin, commands, doctor, sample
from csm_xl.churn.formula import ChurnFormula, corrected
from csm_xl.commands import training_process
from csm_xl.commands.retraining import read_training
from csm_xl.errors import TAG, CsmError
from csm_xl.functions.records import unpack
from csm_xl.language import Text, language
from csm_xl.logs import log_file
from csm_xl.workbook.build import build


@pytest.fixture(autouse=True)
def no_training():
    yield
    addin.cancel_training("en")


def parts(reply: str) -> tuple[str, str]:
    word, _, message = reply.partition(TAG)
    return word, message


def test_the_first_call_chooses_the_language_of_messages_in_cells():
    assert parts(addin.hello("zh", __version__)) == ("ok", "")
    assert language() == "zh"
    from csm_xl.functions import CSAT

    assert "请" in CSAT("x")[0][0]


def test_macros_of_another_version_are_answered_with_what_to_do():
    word, message = parts(addin.hello("zh", "0.0.1"))
    assert word == "outdated"
    assert "csm-xl upgrade" in message
    assert "0.0.1" in message


def test_a_command_gets_the_book_and_its_outcome_comes_back_as_sentences(monkeypatch, tmp_path):
    book = opened(saved(tmp_path / "a.xlsx", SHOP))

    def refresh(given, *, progress=None):
        assert given is book
        progress(0.5, Text("Half", "一半"))
        return commands.Outcome(
            Text("Done.", "完成。"),
            (Text("Mind this.", "请注意。"),),
            (Text("Customer", "客户"), Text("Risk", "风险")),
            (("Ann", "High"), ("Bob", "Low")),
        )

    monkeypatch.setattr(commands, "refresh", refresh)
    assert parts(addin.command("refresh", book, "en")) == (
        "changed",
        "Done.\n\nCustomer\tRisk\nAnn\tHigh\nBob\tLow\n\nMind this.",
    )
    assert parts(addin.command("refresh", book, "zh"))[1].startswith("完成。")
    book.close()


def test_a_refusal_is_its_sentence_in_the_workbooks_language(tmp_path):
    book = opened(saved(tmp_path / "a.xlsx", SHOP))
    book.sheets["Customers"].range("B1:D61").clear_contents()
    word, message = parts(addin.command("refresh", book, "zh"))
    assert word == "error"
    assert "没有找到带标题行的客户表" in message
    assert parts(addin.command("refresh", book, "en"))[1].isascii()
    book.close()


def test_a_fault_names_the_log_file_and_not_itself(monkeypatch, tmp_path, caplog):
    book = opened(saved(tmp_path / "a.xlsx", SHOP))
    monkeypatch.setattr(commands, "refresh", lambda book: 1 / 0)
    monkeypatch.setattr("csm_xl.logs.log", lambda: logging.getLogger("elsewhere"))
    word, message = parts(addin.command("refresh", book, "en"))
    assert word == "error"
    assert str(log_file()) in message
    assert "ZeroDivision" not in message
    assert "ZeroDivisionError" in caplog.text
    book.close()


def test_only_tasks_of_the_ribbon_are_run(tmp_path):
    book = opened(saved(tmp_path / "a.xlsx", SHOP))
    for task in ("back_up", "__init__", "os.system", ""):
        assert parts(addin.command(task, book, "en"))[0] == "error"
    book.close()


def test_importing_gets_the_table_and_the_file(monkeypatch, tmp_path):
    book = opened(saved(tmp_path / "a.xlsx", SHOP))
    noted = []

    def import_data(given, source, table, *, ask=None, progress=None):
        noted.append((given, source, table))
        return commands.Outcome(Text("", ""))

    monkeypatch.setattr(commands, "import_data", import_data)
    addin.command("import_data", book, "en", f"orders{TAG}/订单.csv")
    assert noted == [(book, Path("/订单.csv"), "orders")]
    book.close()


@pytest.mark.parametrize("task", addin.TASKS)
def test_every_task_fits_the_command_of_its_name(task):
    details = {"import_data": [Path("a.csv"), "orders"], "share": [Path("b.xlsx")]}
    home = doctor if task == "check_setup" else commands
    signature = inspect.signature(getattr(home, task))
    signature.bind(None, *details.get(task, []))


def test_check_setup_says_how_this_computer_stands(tmp_path):
    book = opened(saved(tmp_path / "a.xlsx", SHOP))
    word, message = parts(addin.command("check_setup", book, "en"))
    assert word == "ok"
    assert __version__ in message
    book.close()


def test_a_separator_inside_a_message_does_not_end_it(monkeypatch, tmp_path):
    book = opened(saved(tmp_path / "a.xlsx", SHOP))

    def refresh(book):
        raise CsmError(f"a{TAG}b", "甲")

    monkeypatch.setattr(commands, "refresh", refresh)
    assert addin.command("refresh", book, "en").count(TAG) == 1
    book.close()


# -- training ----------------------------------------------------------------------------------------


def polled(lang: str = "en") -> tuple[str, str]:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        word, message = parts(addin.poll_training(lang))
        if word != "running":
            return word, message
        time.sleep(0.1)
    raise AssertionError("the training did not end")


def with_table(path: Path, rows) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Customers"
    for row in rows:
        book.active.append(row)
    book.active.add_table(Table(displayName="Customers", ref=book.active.dimensions))
    book.save(path)
    return path


def test_a_training_starts_is_told_of_and_is_written_beside_the_customers_it_belongs_to(tmp_path):
    path = with_table(tmp_path / "shop.xlsx", SHOP)
    book = opened(path)
    assert parts(addin.start_training(book, "en"))[0] == "started"
    assert parts(addin.start_training(book, "en"))[0] == "started"
    assert polled()[0] == "trained"
    # The owner has sorted the customers the other way round meanwhile.
    body = book.sheets["Customers"].range("A2").resize(60, 4)
    body.value = list(reversed([list(row) for row in SHOP[1:]]))
    word, message = parts(addin.finish_training(book, "en"))
    assert word == "changed"
    assert "60 customers" in message
    book.save()
    book.close()
    rows = values(path, "Customers")
    assert rows[1][0] == SHOP[-1][0]
    model = ChurnFormula.from_json(unpack(values(path, "_csm"))["model"].text)
    columns = {
        name: [row[i] for row in rows[1:]]
        for i, name in enumerate(rows[0])
        if name in model.features
    }
    titles = list(map(str, rows[0]))
    chance = next(i for i, name in enumerate(titles) if name.startswith("Churn probability"))
    correction = titles.index("Churn correction")
    expected = [
        None if row[3] == "yes" else corrected(plain, row[correction])
        for row, plain in zip(rows[1:], model.probability(columns), strict=True)
    ]
    assert [row[chance] for row in rows[1:]] == pytest.approx(expected)


def test_nothing_is_written_before_training_is_finished_and_nothing_after_cancelling(tmp_path):
    path = with_table(tmp_path / "shop.xlsx", SHOP)
    before = path.read_bytes()
    book = opened(path)
    addin.start_training(book, "en")
    word, message = parts(addin.cancel_training("zh"))
    assert (word, message) == ("ok", "已停止，未作任何改动。")
    assert parts(addin.poll_training("en"))[0] == "error"
    assert parts(addin.finish_training(book, "en"))[0] == "error"
    book.save()
    book.close()
    assert path.read_bytes() == before


def test_customers_that_cannot_be_learned_from_are_refused_at_once(tmp_path):
    book = opened(saved(tmp_path / "a.xlsx", [("Name", "City"), ("Ann", "Rome")]))
    word, message = parts(addin.start_training(book, "zh"))
    assert word == "error"
    assert "流失" in message
    book.close()


def test_finishing_early_is_refused(tmp_path):
    book = opened(with_table(tmp_path / "shop.xlsx", SHOP))
    addin.start_training(book, "en")
    assert parts(addin.finish_training(book, "en"))[0] == "error"
    book.close()


def test_the_snapshot_of_a_workbook_with_orders_arrives_in_the_child_as_it_was(tmp_path):
    shop = sample.company("en", customers=60)
    path = tmp_path / "CSM.xlsx"
    path.write_bytes(build("en", shop.tables, shop.settings))
    book = opened(path)
    data = read_training(book)
    book.close()
    text = training_process._dumps(dataclasses.asdict(data))
    again = training_process._loads(text)
    assert training_process._dumps(again) == text
    assert set(again) == {field.name for field in dataclasses.fields(data)}
    assert any(cells for cells in again["columns"].values())


# -- Excel for Mac -----------------------------------------------------------------------------------


def test_on_a_mac_a_button_finds_its_book_and_shows_the_answer_itself(monkeypatch, tmp_path):
    shown = []
    book = opened(saved(tmp_path / "a.xlsx", SHOP))

    class App:
        status_bar = None

        def alert(self, prompt, title):
            shown.append((prompt, title))

    class Book:
        app = App()
        sheets = book.sheets
        names = book.names

    monkeypatch.setattr(addin.xw.Book, "caller", staticmethod(Book))
    monkeypatch.setattr(addin, "_book", lambda given: given)
    monkeypatch.setattr(addin, "_progress", lambda book: None)
    monkeypatch.setattr(commands, "refresh", lambda book: commands.Outcome(Text("Done.", "完成。")))
    addin.run_on_mac("refresh")
    assert shown == [("Done.", "Customer Success")]
    book.close()


def test_on_a_mac_a_copy_is_put_beside_the_workbook_and_replaced_only_when_allowed(
    tmp_path, monkeypatch
):
    book = opened(saved(tmp_path / "shop.xlsx", SHOP))
    monkeypatch.setattr(addin.xw.Book, "caller", staticmethod(lambda: book))
    said, answers = [], iter(["no", "yes"])

    def alert(app, prompt, title, buttons=None):
        said.append(prompt)
        return next(answers) if buttons == "yes_no" else "ok"

    monkeypatch.setattr(type(book.app), "alert", alert, raising=False)
    for _ in range(3):
        addin.run_on_mac("share")
    book.close()
    copy = "shop-for-accountant.xlsx"
    assert [path.name for path in tmp_path.glob("*accountant*")] == [copy]
    assert f"{copy} is written" in said[0] and f"{copy} was left as it is" in said[2]
    assert "Replace it?" in said[1] and f"{copy} is written" in said[4]
