"""csm-xl.exe, as pip installs it on Windows: names that cmd.exe, a code page or a quote could spoil."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from hosts.windows.machine import Ended, WindowsPython, only_all, windows_path

ODD = "a b & c 100% it's 客户"
PSEUDONYM = re.compile(r"[\w-]+ [0-9A-Z]{5}-[0-9A-Z]{5}")
ORDERS = "order no,customer id,date,amount\nX1,C0001,2026-06-01,12.5\nX2,C0002,2026-06-02,-3\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("terminal") / ODD
    made.mkdir()
    return made


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> dict[str, str]:
    """A user of Windows of its own, so that `setup` changes nothing for other tests."""
    made = tmp_path_factory.mktemp("profile")
    (made / "AppData/Local").mkdir(parents=True)
    (made / "AppData/Roaming").mkdir(parents=True)
    return {
        "USERPROFILE": windows_path(made),
        "APPDATA": windows_path(made / "AppData/Roaming"),
        "LOCALAPPDATA": windows_path(made / "AppData/Local"),
        "CSM_XL_HOME": windows_path(made / "csm-xl"),
    }


def answer(done: Ended) -> dict:
    assert done.out, done.err
    return json.loads(done.out)


@dataclass(frozen=True)
class Demos:
    """What the demo answered and wrote, on Windows and on this computer."""

    there: dict
    here: dict
    folder_there: Path
    folder_here: Path


@pytest.fixture(scope="module")
def demos(windows: WindowsPython, folder, home, tmp_path_factory) -> Demos:
    here, there = tmp_path_factory.mktemp("here"), folder / "demo"
    command = ["--json", "--lang", "en", "demo", "--dir"]
    local = subprocess.Popen(
        [sys.executable, "-m", "csm_xl", *command, str(here)], stdout=subprocess.PIPE
    )
    done = windows.csm_xl(*command, windows_path(there), env=home, timeout=900)
    said, _ = local.communicate()
    return Demos(answer(done), json.loads(said), there, here)


@pytest.fixture(scope="module")
def book(demos) -> Path:
    """A workbook that was made there."""
    return next(demos.folder_there.glob("*.xlsm"))


@pytest.mark.parametrize(
    "locale", ["zh_CN.UTF-8", pytest.param("de_DE.UTF-8", marks=only_all)], ids=["936", "1252"]
)
def test_errors_are_readable_under_any_code_page(windows, home, locale):
    said = windows.csm_xl("--lang", "zh", "calc", r"C:\none.xlsx", env={**home, "LC_ALL": locale})
    assert said.code == 1
    assert said.err.startswith("错误：") and "none.xlsx" in said.err
    assert "?" not in said.err and "\ufffd" not in said.err


def test_the_demo_shows_the_same_table_as_here(demos):
    assert demos.here["table"]
    assert demos.there["table"] == demos.here["table"]
    told = [one["message"].partition("Files written")[0] for one in (demos.there, demos.here)]
    assert told[0] == told[1]


#: Where a figure is the end of a search, which may stop a step earlier: expected orders and CLV ...
SEARCHED = {"Start"}
#: ... and scikit-learn's own models, which the Model sheet compares with.
COMPARED = ("logistic regression", "random forest", "gradient boosting")


def test_the_demo_writes_the_same_cells_as_here(demos):
    for path in demos.folder_here.glob("*.xls*"):
        found = rows(demos.folder_there / path.name)
        for sheet, expected in rows(path).items():
            assert len(found[sheet]) == len(expected), sheet
            close = 1e-7 if sheet in SEARCHED else 1e-9
            for one, other in zip(found[sheet], expected, strict=True):
                rough = str(other[0]).startswith(COMPARED)
                assert numbers(one) == pytest.approx(
                    numbers(other), rel=0.02 if rough else close, abs=close
                ), (path.name, sheet, other)
                assert texts(one) == texts(other), (path.name, sheet)


def rows(path: Path) -> dict[str, list[tuple]]:
    """What every row of a workbook shows; customers' pseudonyms are made with a secret of its own."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        sheet.title: list(sheet.iter_rows(values_only=True))
        for sheet in book
        if sheet.title not in ("_csm", "History")
    }


def numbers(row: tuple) -> list[float]:
    return [cell for cell in row if isinstance(cell, int | float)]


def texts(row: tuple) -> list[str]:
    return [
        "a pseudonym" if PSEUDONYM.fullmatch(cell) else cell
        for cell in row
        if isinstance(cell, str)
    ]


@only_all
def test_a_new_workbook_is_there_under_its_name(windows, folder, home):
    path = folder / "我的 shop.xlsm"
    done = windows.csm_xl("--lang", "en", "new", windows_path(path), env=home)
    assert done.code == 0, done.err
    assert "Customers" in openpyxl.load_workbook(path, read_only=True).sheetnames


@only_all
@pytest.mark.parametrize("command", ["calc", "features", "check"])
def test_a_command_works_on_a_file_with_an_odd_name(windows, book, folder, home, command):
    out = folder / f"{command}.xlsm"
    written = [] if command == "check" else ["-o", windows_path(out)]
    done = windows.csm_xl(command, windows_path(book), *written, "--json", "--lang", "en", env=home)
    told = answer(done)
    assert done.code == 0, told
    assert out.exists() == bool(written)


@only_all
def test_importing_and_sharing_find_their_files(windows, book, folder, home):
    export, out = folder / "订单 & refunds.csv", folder / "with orders.xlsm"
    export.write_text(ORDERS, encoding="utf-8")
    arguments = [windows_path(book), windows_path(export), "--table", "orders"]
    told = answer(windows.csm_xl("import", *arguments, "-o", windows_path(out), "--json", env=home))
    assert told["ok"], told
    copy = folder / "给会计.xlsx"
    told = answer(
        windows.csm_xl("share", windows_path(book), "-o", windows_path(copy), "--json", env=home)
    )
    assert told["ok"], told
    assert copy.exists()


def test_doctor_and_setup_speak_of_this_windows(windows, home):
    said = windows.csm_xl("--lang", "en", "setup", env=home)
    assert said.code == 0, said.err
    examined = windows.csm_xl("--lang", "en", "doctor", env=home)
    assert examined.code in (0, 1)
    assert "Traceback" not in examined.out + examined.err
    assert windows.version in examined.out


def test_without_a_console_a_command_still_ends(windows, book, folder, home):
    out = folder / "by the scheduler.xlsm"
    done = windows.program(
        "pythonw.exe", "-P", "-m", "csm_xl", "calc", windows_path(book), "-o", windows_path(out),
        env=home,
    )  # fmt: skip
    assert done.code == 0
    assert out.exists()


def test_where_there_are_no_standard_streams_at_all_importing_ends(windows, book, folder, home):
    export, out = folder / "more.csv", folder / "no streams.xlsm"
    export.write_text(ORDERS, encoding="utf-8")
    names = [windows_path(path) for path in (book, export)]
    code = (
        "import sys; sys.stdin = sys.stdout = sys.stderr = None;"
        f"sys.argv = ['csm-xl', 'import', {names[0]!r}, {names[1]!r}, '--table', 'orders',"
        f" '-o', {windows_path(out)!r}];"
        "from csm_xl.cli import main; main()"
    )
    program = folder / "program.py"
    program.write_text(code, encoding="utf-8")
    assert windows.python(windows_path(program), env=home).code == 0
    assert out.exists()
