"""The VBA project in a workbook: read back with another tool, and made of the sources as they are."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from hosts.macro_workbooks import written
from oletools.olevba import VBA_Parser

from csm_xl.errors import FileError
from csm_xl.workbook import vba_project
from csm_xl.workbook.build import build
from csm_xl.workbook.macro_package import PART, add_macros

SOURCES = resources.files("csm_xl.workbook").joinpath("vba")


def read_back(path) -> dict[str, str]:
    """Module name to source, as oletools finds them."""
    parser = VBA_Parser(str(path))
    try:
        return {name.rpartition(".")[0]: code for _, _, name, code in parser.extract_macros()}
    finally:
        parser.close()


def without_attributes(source: str) -> str:
    return vba_project.body(source.replace("\r\n", "\n").replace("\n", "\r\n")).rstrip()


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    return written(tmp_path_factory.mktemp("book") / "CSM.xlsm")


def test_oletools_finds_every_module_with_the_source_that_is_in_the_repository(workbook):
    found = read_back(workbook)
    for file in SOURCES.iterdir():
        name = file.name.rpartition(".")[0]
        assert without_attributes(found.pop(name)) == without_attributes(file.read_text("ascii"))
    for module in vba_project.modules("en"):
        if module.name in found:
            assert without_attributes(found.pop(module.name)) == without_attributes(module.source)
    assert all(re.fullmatch(r"Sheet\d+", name) for name in found)
    assert all(without_attributes(source) == "" for source in found.values())


def test_xlwings_own_modules_are_verbatim_from_the_installed_package(workbook):
    found = read_back(workbook)
    package = resources.files("xlwings")
    theirs = package.joinpath("xlwings.bas").read_text("ascii")
    assert without_attributes(found["xlwings"]) == without_attributes(theirs)
    theirs = package.joinpath("addin", "Dictionary.cls").read_text("ascii")
    assert without_attributes(found["Dictionary"]) == without_attributes(theirs)


def test_the_vba_looks_for_the_dll_of_the_installed_xlwings(workbook):
    import xlwings

    assert f"xlwings64-{xlwings.__version__}.dll" in read_back(workbook)["xlwings"]


def test_building_twice_gives_the_same_bytes():
    assert add_macros(build("zh"), "zh") == add_macros(build("zh"), "zh")
    assert vba_project.new_project("en") == vba_project.new_project("en")


def test_the_project_has_a_document_module_for_the_workbook_and_each_sheet(workbook):
    with vba_project.open_project(workbook) as file:
        assert file.validate() == []
        names = file.module_names()
    assert names[0] == "ThisWorkbook"
    sheets = [name for name in names if re.fullmatch(r"Sheet\d+", name)]
    assert len(sheets) == len(build_sheets())


def build_sheets():
    from csm_xl.vocabulary import layout

    return [sheet for sheet in layout.SHEETS if sheet.template]


def test_our_sources_are_ascii_explicit_and_hide_no_fault():
    for file in SOURCES.iterdir():
        source = file.read_text("ascii")
        assert re.search(r"(?m)^Option Explicit$", source), file.name
        code = re.sub(r"(?m)'.*$", "", source)
        assert "On Error Resume Next" not in code
        # The Mac has no Unicode message box; everywhere else MsgBox would show question marks.
        assert code.count("MsgBox(") == (1 if file.name == "CsmWindows.bas" else 0)
        assert not re.search(r"\.Value\b(?!2)", code), f"{file.name}: Value2 costs one call"


def test_no_procedure_runs_code_that_is_put_together_from_texts():
    for file in SOURCES.iterdir():
        code = re.sub(r"(?m)'.*$", "", file.read_text("ascii"))
        for forbidden in (
            ".Exec",
            ".Eval",
            "Shell",
            "Evaluate",
            "ExecuteExcel4Macro",
            "CallByName",
        ):
            assert forbidden not in code, f"{file.name}: {forbidden}"
    code = SOURCES.joinpath("CsmCommand.bas").read_text("ascii")
    for task in re.findall(r"RunOnMac (\S+)", code):
        assert task == "task" or task.startswith('"')
    for task in re.findall(r"CsmRun (\S+)", code):
        assert task.startswith('"')


def test_names_that_other_modules_see_begin_with_csm():
    from csm_xl.functions.declaration import REGISTRY
    from csm_xl.workbook.vba_names import public_names

    for module in vba_project.modules("en"):
        if module.name.startswith("Csm") and module.kind == "standard":
            names = public_names(module.source)
            own = {name for name in names if name.startswith("csm")}
            assert names - own <= {name.casefold() for name in REGISTRY}, module.name


def test_a_project_for_an_owners_workbook_has_no_module_for_a_sheet(tmp_path):
    path = tmp_path / "vbaProject.bin"
    path.write_bytes(vba_project.new_project("zh", "DieseArbeitsmappe"))
    names = set(read_back(path))
    assert "DieseArbeitsmappe" in names
    assert names == {m.name for m in vba_project.modules("zh", document="DieseArbeitsmappe")}


def test_a_project_that_cannot_be_read_is_one_sentence(tmp_path, workbook):
    import zipfile

    path = tmp_path / "broken.xlsm"
    with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"not a project" if name == PART else old.read(name))
    with pytest.raises(FileError, match=r"broken\.xlsm"):
        vba_project.open_project(path).vba_modules()
