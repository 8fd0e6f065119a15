"""The macros and the ribbon of this version into an older workbook, and nothing else."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from hosts.macro_workbooks import written
from pyopenvba import ExcelFile, VBAModuleKind

from csm_xl.errors import FileError
from csm_xl.ooxml.workbook_file import Workbook
from csm_xl.workbook import vba_project
from csm_xl.workbook.upgrade import upgrade


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("CSM_XL_HOME", str(folder))
    return folder


def stored(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def made_older(path: Path) -> Path:
    """A workbook as an older csm-xl might have left it, with a macro that its owner added."""
    with ExcelFile(path) as file:
        file.set_module(
            "CsmFunctions", "Option Explicit\r\nPublic Function OLD()\r\nEnd Function\r\n"
        )
        project = file.vba_project()
        project.add_module("CsmGone", "Sub CsmOldThing()\r\nEnd Sub\r\n")
        project.add_module("Mine", "Option Explicit\r\nSub Mine()\r\nEnd Sub\r\n")
        file.set_module("Sheet3", "Private Sub Worksheet_Activate()\r\nEnd Sub\r\n")
        file.save()
    workbook = Workbook(path)
    tab = workbook.package.tree("customUI/customUI14.xml").find(".//{*}tab")
    tab.remove(tab[0])
    workbook.package.touch("customUI/customUI14.xml")
    workbook.save()
    return path


@pytest.fixture
def older(tmp_path: Path) -> Path:
    return made_older(written(tmp_path / "CSM.xlsm", "zh"))


def test_our_modules_are_those_of_this_version_and_the_owners_stay(older):
    upgrade(older)
    with ExcelFile(older) as file:
        sources = file.vba_modules()
        assert file.validate() == []
        kinds = {m.name: m.kind for m in file.vba_project().modules}
    for module in vba_project.modules("zh"):
        assert vba_project.body(sources[module.name]) == vba_project.body(module.source)
    assert "CsmGone" not in sources
    assert "Sub Mine()" in sources["Mine"]
    assert kinds["Mine"] is VBAModuleKind.standard
    assert "Worksheet_Activate" in sources["Sheet3"]


def test_only_the_project_and_the_ribbon_change(older):
    before = stored(older)
    upgrade(older)
    after = stored(older)
    changed = {name for name in before if after.get(name) != before[name]}
    assert changed == {"xl/vbaProject.bin", "customUI/customUI14.xml"}
    assert set(after) == set(before)


def test_a_workbook_of_this_version_is_left_as_it_is_but_for_a_new_container(tmp_path):
    path = written(tmp_path / "CSM.xlsm")
    before = stored(path)
    upgrade(path)
    after = stored(path)
    assert {n for n in before if after[n] != before[n]} <= {"xl/vbaProject.bin"}


def test_the_language_stays(older):
    upgrade(older)
    with ExcelFile(older) as file:
        assert vba_project.language_of(file.vba_modules()) == "zh"


def test_a_copy_of_the_workbook_as_it_was_is_kept(older, home):
    before = older.read_bytes()
    found = upgrade(older)
    (kept,) = (home / "backups").glob("*/*.xlsm")
    assert kept.read_bytes() == before
    assert str(kept) in found.notes[0].zh


def test_another_file_can_be_written_instead(older, home):
    before = older.read_bytes()
    out = older.with_name("new.xlsm")
    assert upgrade(older, out).path == out
    assert older.read_bytes() == before
    assert not (home / "backups").exists()
    with ExcelFile(out) as file:
        assert "CsmGone" not in file.module_names()


def test_a_sheet_of_settings_that_was_changed_is_put_right(older):
    workbook = Workbook(older)
    workbook.sheet("xlwings.conf").set_values(1, 2, ["TRUE", "TRUE"])
    workbook.save()
    upgrade(older)
    rows = dict(openpyxl.load_workbook(older)["xlwings.conf"].iter_rows(values_only=True))
    assert rows["ADD_WORKBOOK_TO_PYTHONPATH"] == "FALSE"


def test_an_owners_code_in_the_workbooks_module_is_kept_and_its_events_watched(older):
    own = "Private Sub Workbook_Open()\r\n    Beep\r\nEnd Sub\r\n"
    with ExcelFile(older) as file:
        file.set_module("ThisWorkbook", own)
        file.save()
    upgrade(older)
    with ExcelFile(older) as file:
        assert vba_project.body(file.get_module("ThisWorkbook")) == own
        assert "CsmWatches = True" in file.get_module("CsmTexts")


def test_a_workbook_without_our_macros_is_refused(tmp_path):
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    with pytest.raises(FileError, match="attach"):
        upgrade(tmp_path / "a.xlsx")
    path = tmp_path / "b.xlsm"
    with ExcelFile.create_new(path) as file:
        file.set_module("Module1", "Sub A()\r\nEnd Sub\r\n")
        file.save()
    before = path.read_bytes()
    with pytest.raises(FileError, match="attach"):
        upgrade(path)
    assert path.read_bytes() == before


def broken(path: Path, part: str) -> Path:
    """The workbook with some bytes of one of its parts lost on the way."""
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(part)
    data = bytearray(path.read_bytes())
    for at in range(info.header_offset + 80, info.header_offset + info.compress_size, 16):
        data[at] ^= 0xFF
    path.write_bytes(data)
    return path


def test_macros_that_lost_bytes_on_the_way_are_said_so(older):
    before = broken(older, "xl/vbaProject.bin").read_bytes()
    with pytest.raises(FileError, match=r"vbaProject\.bin"):
        upgrade(older)
    assert older.read_bytes() == before


def test_another_part_that_lost_bytes_stays_as_it_is(older):
    broken(older, "xl/theme/theme1.xml")
    upgrade(older)
    workbook = Workbook(older)
    assert workbook.sheet_names
    with pytest.raises(FileError, match=r"theme1\.xml"):
        workbook.package.read("xl/theme/theme1.xml")
