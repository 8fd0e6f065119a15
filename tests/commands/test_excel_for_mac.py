"""Excel for Mac speaks AppleScript: only words of xlwings' own dictionary are used.

AppleScript refuses a word that it does not know, so the stand-in here does too.
"""

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from workbooks import SHOP, opened, saved
from xlwings import mac_dict

import csm_xl.workbook
from csm_xl import commands
from csm_xl.commands import excel
from csm_xl.commands.session import Session
from csm_xl.errors import SheetError

WORDS = {entry[0] for entry in (*mac_dict.properties, *mac_dict.elements, *mac_dict.commands)}
CONSTANTS = {entry[0] for entry in mac_dict.enums}


class AppleScript:
    """An object of Excel for Mac, with some properties."""

    def __init__(self, **properties):
        self.__dict__["_properties"] = properties

    def __getattr__(self, word):
        if word not in WORDS:
            raise AttributeError(f"Unknown property, element or command: {word!r}")
        properties = self._properties
        return SimpleNamespace(
            get=lambda: properties[word], set=lambda value: properties.__setitem__(word, value)
        )


class Constants:
    def __getattr__(self, name):
        if name not in CONSTANTS:
            raise AttributeError(f"Unknown constant: {name!r}")
        return name


@pytest.fixture
def mac(monkeypatch, tmp_path):
    """A Mac, whose Excel keeps its own folder."""
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setitem(sys.modules, "appscript", SimpleNamespace(k=Constants()))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    folder = tmp_path / "Library/Containers/com.microsoft.Excel/Data"
    folder.mkdir(parents=True)
    return folder


def book_on_mac(path, **properties):
    """A book as xlwings shows it on a Mac; its VBA saves copies."""
    called = []

    def macro(name):
        def run(file):
            called.append((name, file))
            shutil.copy(path, file)

        return run

    app = SimpleNamespace(engine=SimpleNamespace(name="excel"))
    return SimpleNamespace(
        app=app,
        name=path.name,
        fullname=str(path),
        api=AppleScript(**properties),
        macro=macro,
        called=called,
        sheets=[],
    )


def sheet_on_mac(book, name, **properties):
    sheet = SimpleNamespace(name=name, book=book, api=AppleScript(**properties))
    book.sheets.append(sheet)
    return sheet


def test_a_copy_is_saved_by_the_workbooks_vba_and_moved_out_of_excels_folder(mac, tmp_path):
    path = saved(tmp_path / "shop.xlsm", SHOP)
    book = book_on_mac(path)
    excel.save_copy(book, tmp_path / "copy.xlsm")
    ((name, file),) = book.called
    assert Path(file).parent == mac and not list(mac.iterdir())
    assert (tmp_path / "copy.xlsm").read_bytes() == path.read_bytes()
    source = Path(csm_xl.workbook.__file__).parent / "vba" / "CsmCommand.bas"
    assert f"Public Sub {name}(ByVal file As String)" in source.read_text()


def test_a_sheet_is_hidden_for_good(mac, tmp_path):
    sheet = sheet_on_mac(book_on_mac(tmp_path / "shop.xlsm"), "_csm", visible="sheet_visible")
    excel.hide_for_good(sheet)
    assert sheet.api.visible.get() == "sheet_very_hidden"


def test_protection_is_seen(mac, tmp_path):
    book = book_on_mac(tmp_path / "shop.xlsm", protect_structure=True)
    sheet = sheet_on_mac(book, "Customers", protect_contents=False)
    excel.refuse_locked(Session(book), [sheet.name])
    with pytest.raises(SheetError, match="structure"):
        excel.refuse_locked(Session(book), [sheet.name], made=["Model"])
    sheet.api.protect_contents.set(True)
    with pytest.raises(SheetError, match="sheet Customers is protected"):
        excel.refuse_locked(Session(book), [sheet.name])


@pytest.mark.parametrize(
    ("shown", "found"), [("#N/A", "#N/A"), ("#VALUE!", "#VALUE!"), (3.0, None)]
)
def test_an_error_is_read_from_what_the_cell_shows(mac, tmp_path, shown, found):
    options = SimpleNamespace(value=shown)
    cell = SimpleNamespace(
        sheet=SimpleNamespace(book=book_on_mac(tmp_path / "shop.xlsm")),
        options=lambda **given: options if given == {"err_to_str": True} else None,
    )
    assert excel.error_in(cell) == found


def test_on_a_file_the_same_questions_are_answered(tmp_path):
    book = opened(saved(tmp_path / "shop.xlsx", SHOP))
    commands.retrain(book)
    excel.save_copy(book, tmp_path / "copy.xlsx")
    assert (tmp_path / "copy.xlsx").exists()
    assert excel.error_in(book.sheets[0].range("A1")) is None
    session = Session(book)
    excel.refuse_locked(session, list(session.sheets), ("model",), made=["New"])
    book.close()
