"""csm-xl attached to workbooks that owners have: nothing lost, and both work."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hosts.pywin32_standins import xlwings_on_windows
from hosts.vba_host import ERROR_CELL, ExcelHost, VBAErrorValue
from oletools.olevba import VBA_Parser
from ooxml import everything, handmade
from pyopenvba import ExcelFile

from csm_xl.commands.opening import open_book
from csm_xl.errors import FileBusyError, FileError
from csm_xl.ooxml.workbook_file import Workbook
from csm_xl.workbook import ribbon, vba_project
from csm_xl.workbook.attach import attach

#: Parts that list sheets, links and content types; nothing else of an .xlsx may change.
LISTS = {"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"}


def stored(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def without_macros() -> dict[str, str | bytes]:
    """The workbook with a chart, a pivot, a slicer and more, before it had any macro."""
    parts = everything.parts()
    del parts["xl/vbaProject.bin"], parts["customUI/customUI14.xml"]
    for name in ("xl/_rels/workbook.xml.rels", "_rels/.rels"):
        parts[name] = re.sub(
            r'<Relationship [^>]*(?:vbaProject|extensibility)"[^>]*/>', "", str(parts[name])
        )
    types = str(parts["[Content_Types].xml"]).replace(
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        f"{handmade.SHEET_TYPE}.sheet.main+xml",
    )
    parts["[Content_Types].xml"] = types
    return parts


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    return handmade.write(tmp_path / "Shop.xlsx", without_macros())


def owners(
    path: Path, modules: dict[str, str], *, document: str = "", custom_ui: str | None = None
) -> Path:
    """A macro workbook that an owner has: standard modules, code of the workbook, a ribbon."""
    book = openpyxl.Workbook()
    book.active.title = "Sales"
    for row in (("Rating", "Positive", "Total"), (5, 1, 2), (4, 3, 4)):
        book.active.append(row)
    plain = path.with_suffix(".xlsx")
    book.save(plain)
    opened = open_book(plain)
    opened.save(path)
    opened.close()
    with ExcelFile(path) as file:
        project = file.add_vba_project()
        for name, source in modules.items():
            project.add_module(name, source.replace("\n", "\r\n"))
        if document:
            file.set_module("ThisWorkbook", document.replace("\n", "\r\n"))
        file.save()
    if custom_ui is not None:
        workbook = Workbook(path)
        workbook.package.add("customUI/customUI14.xml", custom_ui.encode())
        workbook.package.relate(
            "",
            "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility",
            "customUI/customUI14.xml",
        )
        workbook.save()
    return path


OWN = """Option Explicit
Public Rate As Double
Public Function Doubled(ByVal value As Double) As Double
    Doubled = value * 2
End Function
Public Sub Greet()
    Range("E1").Value = "hello"
End Sub
"""
OWN_DOCUMENT = """Option Explicit
Private Sub Workbook_Open()
    Range("F1").Value = "opened by its owner"
End Sub
"""
OWN_RIBBON = (
    f'<customUI xmlns="{ribbon.NAMESPACE}" onLoad="Loaded"><ribbon><tabs><tab id="mine" '
    'label="Mine"><group id="g" label="G"><button id="b" label="Greet" onAction="Greet"/></group>'
    "</tab></tabs></ribbon></customUI>"
)


# -- without macros ----------------------------------------------------------------------------------


def test_every_part_but_the_lists_of_parts_and_sheets_is_copied_byte_for_byte(rich):
    before = rich.read_bytes()
    found = attach(rich)
    assert found.path == rich.with_suffix(".xlsm")
    assert rich.read_bytes() == before
    old, new = stored(rich), stored(found.path)
    assert {name for name in old if new.get(name) != old[name]} == LISTS
    assert set(new) - set(old) == {
        "xl/vbaProject.bin",
        "customUI/customUI14.xml",
        "xl/worksheets/sheet3.xml",
        "xl/worksheets/sheet4.xml",
    }


def test_what_changed_in_the_lists_is_what_was_added(rich):
    old, new = stored(rich), stored(attach(rich).path)
    book = new["xl/workbook.xml"].decode()
    added = re.findall(r'<sheet name="(xlwings\.conf|_csm)"[^>]*state="veryHidden"', book)
    assert added == ["xlwings.conf", "_csm"]
    without = re.sub(r'<sheet name="(?:xlwings\.conf|_csm)"[^>]*/>', "", book)
    assert _canonical(without) == _canonical(old["xl/workbook.xml"].decode())
    links = new["_rels/.rels"].decode()
    assert links.count("<Relationship ") == old["_rels/.rels"].decode().count("<Relationship ") + 1


def _canonical(xml: str) -> str:
    from lxml import etree

    return etree.tostring(etree.fromstring(xml.encode()), method="c14n").decode()


def test_a_workbook_without_a_code_name_gets_excels_own(tmp_path):
    path = handmade.workbook(tmp_path / "a.xlsx", '<row r="1"><c r="A1"><v>1</v></c></row>')
    new = stored(attach(path).path)
    assert b'codeName="ThisWorkbook"' in new["xl/workbook.xml"]
    assert new["xl/worksheets/sheet1.xml"] == stored(path)["xl/worksheets/sheet1.xml"]


def test_a_code_name_in_another_language_names_our_module_of_the_workbook(tmp_path):
    path = handmade.workbook(
        tmp_path / "a.xlsx",
        '<row r="1"><c r="A1"><v>1</v></c></row>',
        workbook_properties='<workbookPr codeName="DieseArbeitsmappe"/>',
    )
    with vba_project.open_project(attach(path).path) as file:
        assert "CsmOpened" in file.get_module("DieseArbeitsmappe")
        assert "ThisWorkbook" not in file.module_names()


def test_the_new_workbook_is_a_macro_workbook_that_other_programs_open(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["客户", "评分"])
    book.active.append(["王小明", 5])
    book.save(tmp_path / "店.xlsx")
    path = attach(tmp_path / "店.xlsx").path
    again = openpyxl.load_workbook(path, keep_vba=True)
    assert again["Sheet"]["A2"].value == "王小明"
    opened = open_book(path)
    assert [sheet.name for sheet in opened.sheets][:1] == ["Sheet"]
    opened.close()
    with vba_project.open_project(path) as file:
        assert vba_project.language_of(file.vba_modules()) == "zh"


def test_formulas_work_in_the_attached_workbook(tmp_path):
    book = openpyxl.Workbook()
    for row in (("Rating",), (5,), (4,)):
        book.active.append(row)
    book.save(tmp_path / "Shop.xlsx")
    path = attach(tmp_path / "Shop.xlsx", lang="en").path
    with xlwings_on_windows() as windows:
        excel = ExcelHost(path, windows.com_server.XLPython)
        excel.event("Workbook_Open")
        excel.advance(1)
        assert excel.formula("CSAT", excel.area("A:A")) == 4.5
        assert excel.formula("CHURN_RISK", 0.9) == "High"


# -- with the owner's macros --------------------------------------------------------------------------


def test_the_owners_modules_keep_their_source_and_ours_are_all_there(tmp_path):
    path = owners(tmp_path / "Shop.xlsm", {"Sales": OWN}, document=OWN_DOCUMENT)
    with ExcelFile(path) as file:
        before = file.vba_modules()
    found = attach(path)
    assert found.path == tmp_path / "Shop csm-xl.xlsm"
    with ExcelFile(found.path) as file:
        after = file.vba_modules()
        assert file.validate() == []
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {m.name for m in vba_project.modules("en", watch=True)}
    parser = VBA_Parser(str(found.path))
    names = {name for _, _, name, _ in parser.extract_macros()}
    parser.close()
    assert {"Sales.bas", "CsmFunctions.bas", "xlwings.bas"} <= names


def test_both_the_owners_macros_and_ours_run(tmp_path):
    path = owners(tmp_path / "Shop.xlsm", {"Sales": OWN}, document=OWN_DOCUMENT)
    with xlwings_on_windows() as windows:
        excel = ExcelHost(attach(path).path, windows.com_server.XLPython)
        excel.event("Workbook_Open")
        assert excel.area("F1").vba_get("Value2") == "opened by its owner"
        assert excel.run("Doubled", 21.0) == 42.0
        excel.run("Greet")
        assert excel.area("E1").vba_get("Value2") == "hello"
        assert excel.formula("CSAT", excel.area("A1:A3")) == 4.5
        assert excel.formula("CSAT", excel.put("H1", [[ERROR_CELL]], "Sales")) == VBAErrorValue(
            2007
        )


def test_where_the_workbooks_own_module_is_its_owners_its_events_are_watched_from_outside(tmp_path):
    path = owners(tmp_path / "Shop.xlsm", {"Sales": OWN}, document=OWN_DOCUMENT)
    with xlwings_on_windows() as windows:
        excel = ExcelHost(attach(path).path, windows.com_server.XLPython)
        assert excel.planned == []
        excel.ask_ribbon("CsmLabel", "csmTab")
        assert [plan[1] for plan in excel.planned] == ["'Shop csm-xl.xlsm'!CsmStart"]
        excel.watcher("BeforeClose", False)
        assert excel.planned == []


def test_an_empty_module_of_the_workbook_takes_our_events(tmp_path):
    path = owners(tmp_path / "Shop.xlsm", {"Sales": OWN}, document="Option Explicit\n' empty\n")
    with ExcelFile(attach(path).path) as file:
        assert "CsmOpened" in file.get_module("ThisWorkbook")
        assert "CsmWatches = False" in file.get_module("CsmTexts")


def test_every_other_part_of_a_macro_workbook_is_copied_byte_for_byte(tmp_path):
    path = owners(
        tmp_path / "Shop.xlsm", {"Sales": OWN}, document=OWN_DOCUMENT, custom_ui=OWN_RIBBON
    )
    old, new = stored(path), stored(attach(path).path)
    changed = {name for name in old if new.get(name) != old[name]}
    assert changed == (LISTS - {"_rels/.rels"}) | {"xl/vbaProject.bin", "customUI/customUI14.xml"}


def test_the_owners_ribbon_is_kept_and_ours_joins_it(tmp_path):
    path = owners(tmp_path / "Shop.xlsm", {"Sales": OWN}, custom_ui=OWN_RIBBON)
    part = stored(attach(path).path)["customUI/customUI14.xml"].decode()
    assert 'onLoad="Loaded"' in part
    assert '<button id="b" label="Greet" onAction="Greet"/>' in part
    assert part.index('id="mine"') < part.index('id="csmTab"')


def test_an_owners_dictionary_is_left_alone_and_ours_left_out(tmp_path):
    source = 'Attribute VB_Name = "Own"\nSub A()\n    Dim d As New Dictionary\nEnd Sub\n'
    path = owners(tmp_path / "Shop.xlsm", {"Own": source})
    found = attach(path)
    with ExcelFile(found.path) as file:
        assert "Dictionary" not in file.module_names()
    assert "Windows" in found.notes[0].en
    assert "Windows" in found.notes[0].zh


# -- refused ------------------------------------------------------------------------------------------


def test_attaching_twice_points_to_upgrade(rich):
    path = attach(rich).path
    with pytest.raises(FileError, match="upgrade"):
        attach(path, path.with_name("again.xlsm"))


def test_a_file_that_is_there_already_is_not_overwritten(rich):
    taken = rich.with_suffix(".xlsm")
    taken.write_bytes(b"mine")
    with pytest.raises(FileError, match="not overwritten"):
        attach(rich)
    assert taken.read_bytes() == b"mine"


def test_the_new_name_must_end_in_xlsm(rich):
    with pytest.raises(FileError, match=r"\.xlsm"):
        attach(rich, rich.with_name("b.xlsx"))


@pytest.mark.parametrize(
    ("owner", "reason"),
    [
        ({"A": "Public Function CSAT(x)\nEnd Function\n"}, "CSAT"),
        ({"A": "Function SheetExists(x)\nEnd Function\n", "B": "Sub S()\n  SheetExists 1\nEnd Sub\n"},
         "SheetExists"),
        ({"xlwings": "Sub X()\nEnd Sub\n"}, "xlwings"),
        ({"CsmCall": "Sub X()\nEnd Sub\n"}, "CsmCall"),
    ],
)  # fmt: skip
def test_names_that_would_make_one_of_both_unusable_are_refused_by_name(tmp_path, owner, reason):
    path = owners(tmp_path / "Shop.xlsm", owner)
    with pytest.raises(FileError, match=reason):
        attach(path)
    assert not (tmp_path / "Shop csm-xl.xlsm").exists()


def test_a_helper_that_only_its_own_module_uses_is_no_clash(tmp_path):
    source = "Function FileExists(x)\nEnd Function\nSub S()\n  FileExists 1\nEnd Sub\n"
    path = owners(tmp_path / "Shop.xlsm", {"A": source})
    with xlwings_on_windows() as windows:
        excel = ExcelHost(attach(path).path, windows.com_server.XLPython)
        assert excel.formula("CSAT", 5.0) == 5.0


def test_a_private_helper_is_no_clash(tmp_path):
    path = owners(
        tmp_path / "Shop.xlsm",
        {
            "A": "Private Function ReadFile(x)\nEnd Function\n",
            "B": "Sub S()\n  ReadFile 1\nEnd Sub\n",
        },
    )
    assert attach(path).path.exists()


def test_a_helper_that_a_cell_or_a_button_calls_is_a_clash(tmp_path):
    path = owners(
        tmp_path / "Shop.xlsm",
        {"A": "Function FileExists(x)\nEnd Function\n"},
        custom_ui=OWN_RIBBON.replace("Greet", "FileExists"),
    )
    with pytest.raises(FileError, match="FileExists"):
        attach(path)


def test_a_workbook_that_is_open_elsewhere_can_be_attached_since_it_is_only_read(rich):
    rich.with_name("~$Shop.xlsx").write_bytes(b"x")
    assert attach(rich).path.exists()


def test_nothing_is_written_where_the_target_is_open(rich):
    rich.with_name("~$Shop.xlsm").write_bytes(b"x")
    with pytest.raises(FileBusyError):
        attach(rich)
    assert not rich.with_suffix(".xlsm").exists()


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04"])
def test_what_is_no_workbook_is_refused(tmp_path, content):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(FileError, match=r"a\.xlsx"):
        attach(path)
