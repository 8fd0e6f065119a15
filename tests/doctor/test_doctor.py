"""csm-xl doctor: what keeps csm-xl from working, and what to do, on computers of the test."""

from __future__ import annotations

import dataclasses
import re
import zipfile
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from hosts.macro_workbooks import written
from hosts.windows_machines import EXCEL_16, mac, windows
from pyopenvba import ExcelFile

from csm_xl import doctor
from csm_xl.commands.hidden_sheet import write_records
from csm_xl.commands.native_functions import attach_native
from csm_xl.commands.opening import open_book
from csm_xl.commands.session import Session
from csm_xl.doctor import GOOD, NOTE, WRONG
from csm_xl.doctor.setup import apple_script, setup
from csm_xl.functions import REGISTRY

SECURITY = EXCEL_16 + r"\Security"


@pytest.fixture
def machine(tmp_path):
    found = windows(tmp_path)
    setup(found)
    return found


def wrong(checks) -> list[str]:
    return [check.found.en for check in checks if check.verdict is WRONG]


def notes(checks) -> list[str]:
    return [check.found.en for check in checks if check.verdict is NOTE]


def without(path: Path, name: str) -> Path:
    """The workbook without the part of that name, nor the lines that speak of it."""
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist() if name not in n}
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            pattern = rf"<(?:Relationship|Override)\b[^>]*{name}[^>]*/>".encode()
            archive.writestr(part, re.sub(pattern, b"", content))
    return path


def changed(machine, **fields):
    return dataclasses.replace(machine, **fields)


def test_a_healthy_computer_has_nothing_wrong(machine):
    checks = doctor.examine(machine=machine)
    assert wrong(checks) == []
    assert notes(checks) == []
    assert doctor.outcome(checks).message.en.startswith("Everything")


def test_every_finding_is_in_both_languages(machine, tmp_path):
    path = written(tmp_path / "CSM.xlsm")
    sick = changed(
        machine,
        bits=32,
        processor="ARM64",
        python_processor="ARM64",
        environ={"PYTHONHOME": "x", "OneDrive": str(tmp_path)},
        prefix=tmp_path / "nowhere",
    )
    sick.config.unlink()
    path.with_name("xlwings.conf").touch()
    checks = doctor.examine(path, sick)
    assert len(wrong(checks)) >= 5
    for check in checks:
        assert re.search(r"[\u4e00-\u9fff]", check.found.zh), check.found.en
        for name in re.findall(r"csm-xl (?:setup|upgrade|attach)|install\.cmd", check.found.en):
            assert name in check.found.zh


def test_a_python_that_excel_is_not_told_of_is_noticed(machine):
    machine.config.unlink()
    assert any("csm-xl setup" in text for text in wrong(doctor.examine(machine=machine)))
    setup(machine)
    other = changed(machine, executable=machine.prefix / "other" / "python.exe")
    found = wrong(doctor.examine(machine=other))
    assert any("csm-xl setup" in text and str(machine.interpreter) in text for text in found)


def test_a_32_bit_python_is_noticed(machine):
    found = wrong(doctor.examine(machine=changed(machine, bits=32)))
    assert any("64-bit" in text for text in found)


@pytest.mark.parametrize(("python", "verdict"), [("ARM64", WRONG), ("AMD64", GOOD)])
def test_windows_on_arm_needs_the_x64_python(machine, python, verdict):
    checks = doctor.examine(machine=changed(machine, processor="ARM64", python_processor=python))
    (found,) = [check for check in checks if "x64" in check.found.en]
    assert found.verdict is verdict


def test_32_bit_excel_is_good(machine):
    machine.registry.write(
        r"Software\Microsoft\Office\ClickToRun\Configuration", {"Platform": "x86"}
    )
    checks = doctor.examine(machine=machine)
    assert wrong(checks) == []
    assert any("32-bit" in check.found.en for check in checks)


def test_a_dll_that_a_virus_scanner_took_away_is_named(machine):
    next(machine.prefix.glob("xlwings64-*.dll")).unlink()
    assert any("xlwings64-" in text for text in wrong(doctor.examine(machine=machine)))


def test_a_user_name_that_windows_cannot_pass_on_is_noticed(tmp_path):
    machine = windows(tmp_path / "王小明")
    assert any("code page" in text for text in wrong(doctor.examine(machine=machine)))


def test_wps_is_noted_with_what_to_do(machine):
    machine.registry.write(r"Software\Kingsoft\Office\6.0", {})
    assert any("WPS" in text for text in notes(doctor.examine(machine=machine)))


def test_a_computer_without_excel_is_noticed(machine):
    machine.registry.entries.clear()
    assert any("Excel was not found" in text for text in wrong(doctor.examine(machine=machine)))


def test_macros_that_are_only_asked_about_are_noted(machine):
    del machine.registry.entries[SECURITY + r"\Trusted Locations\csm-xl"]
    assert any("csm-xl setup" in text for text in notes(doctor.examine(machine=machine)))


def test_macros_that_a_company_has_blocked_are_noticed(machine):
    policy = r"Software\Policies\Microsoft\Office\16.0\Excel\Security\Trusted Locations"
    machine.registry.write(policy, {"AllLocationsDisabled": 1})
    assert any("administrator" in text for text in wrong(doctor.examine(machine=machine)))


def test_macros_that_the_user_has_blocked_run_in_the_trusted_folder_all_the_same(machine):
    machine.registry.write(SECURITY, {"VBAWarnings": 4})
    assert wrong(doctor.examine(machine=machine)) == []
    del machine.registry.entries[SECURITY + r"\Trusted Locations\csm-xl"]
    assert any("csm-xl setup" in text for text in wrong(doctor.examine(machine=machine)))


def test_variables_that_mislead_python_are_noted(machine):
    sick = changed(machine, environ={"PYTHONHOME": r"C:\old"})
    assert any(
        r"PYTHONHOME is set (C:\old)" in text for text in notes(doctor.examine(machine=sick))
    )


def test_a_function_that_calculates_wrongly_is_noticed(machine, monkeypatch):
    bad = dataclasses.replace(REGISTRY["CSAT"], call=lambda *args: [[4.0]])
    monkeypatch.setitem(REGISTRY, "CSAT", bad)
    assert any(
        "CSAT gives a wrong result" in text for text in wrong(doctor.examine(machine=machine))
    )


# -- the workbook ------------------------------------------------------------------------------------


def test_a_workbook_of_this_version_is_good(machine, tmp_path):
    checks = doctor.examine(written(tmp_path / "CSM.xlsm", "zh"), machine)
    assert wrong(checks) == []
    assert any("CSM.xlsm" in check.found.en for check in checks if check.verdict is GOOD)


def test_a_workbook_with_other_macros_is_to_be_upgraded(machine, tmp_path):
    path = written(tmp_path / "CSM.xlsm")
    with ExcelFile(path) as file:
        file.set_module("CsmFunctions", "Option Explicit\r\n")
        file.save()
    assert any("csm-xl upgrade" in text for text in wrong(doctor.examine(path, machine)))


def test_a_workbook_that_lost_its_ribbon_is_to_be_upgraded(machine, tmp_path):
    path = without(written(tmp_path / "CSM.xlsm"), "customUI")
    assert any("no Customer Success tab" in text for text in wrong(doctor.examine(path, machine)))


def test_a_stored_model_that_was_damaged_is_noticed(machine, tmp_path):
    path = written(tmp_path / "CSM.xlsm")
    book = open_book(path)
    write_records(Session(book), {"model": '{"csm_xl_churn_formula":1}'})
    book.save()
    book.close()
    found = wrong(doctor.examine(path, machine))
    assert len(found) == 1 and "Retrain" in found[0] and "model" in found[0]


def test_a_workbook_without_our_macros_is_noted(machine, tmp_path):
    path = tmp_path / "a.xlsx"
    openpyxl.Workbook().save(path)
    assert any("csm-xl attach" in text for text in notes(doctor.examine(path, machine)))


def test_functions_without_macros_are_noted_with_the_excels_that_compute_them(machine, tmp_path):
    path = tmp_path / "a.xlsx"
    openpyxl.Workbook().save(path)
    checks = doctor.examine(attach_native(path, tmp_path / "b.xlsx"), machine)
    assert wrong(checks) == []
    assert any("Older Excels show the numbers" in text for text in notes(checks))
    assert not any("csm-xl attach" in text for text in notes(checks))


def test_a_file_that_is_no_workbook_is_said_so(machine, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"text")
    assert any("not an Excel workbook" in text for text in wrong(doctor.examine(path, machine)))


def test_a_conf_file_beside_the_workbook_is_noticed(machine, tmp_path):
    path = written(tmp_path / "CSM.xlsm")
    (tmp_path / "xlwings.conf").touch()
    assert any("xlwings.conf" in text for text in wrong(doctor.examine(path, machine)))


def test_a_workbook_in_onedrive_is_noted(machine, tmp_path):
    path = written(tmp_path / "CSM.xlsm")
    in_cloud = changed(machine, environ={"OneDrive": str(tmp_path)})
    assert any("OneDrive" in text for text in notes(doctor.examine(path, in_cloud)))


def test_a_workbook_that_was_downloaded_is_to_be_unblocked(machine, tmp_path):
    path = written(tmp_path / "CSM.xlsm")
    Path(f"{path}:Zone.Identifier").write_text("[ZoneTransfer]\r\nZoneId=3\r\n")
    assert any("Unblock" in text for text in wrong(doctor.examine(path, machine)))


def test_check_setup_tells_of_a_workbook_that_has_an_address(monkeypatch):
    book = SimpleNamespace(fullname="https://d.docs.live.net/1/CSM.xlsm")
    told = doctor.check_setup(book)
    assert any("OneDrive" in row[2] for row in told.table)


def test_what_is_wrong_comes_first(machine, tmp_path):
    machine.config.unlink()
    told = doctor.outcome(doctor.examine(machine=machine))
    assert told.table[0][0] == "wrong"
    assert "1 of" in told.message.en
    assert "1 项" in told.message.zh


def test_a_mac_needs_the_script_that_starts_python(tmp_path):
    machine = mac(tmp_path)
    setup(machine)
    assert wrong(doctor.examine(machine=machine)) == []
    apple_script(machine).unlink()
    assert any("csm-xl setup" in text for text in wrong(doctor.examine(machine=machine)))


def test_a_computer_without_excel_for_it_is_told_what_works(tmp_path):
    machine = changed(mac(tmp_path), system="linux")
    checks = doctor.examine(machine=machine)
    assert wrong(checks) == []
    assert any("terminal" in text for text in notes(checks))


def with_project(path: Path, change) -> Path:
    """The workbook with other bytes of its macros, packed as a program would."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, change(content) if name.endswith("vbaProject.bin") else content)
    return path


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_macros_that_lost_some_bytes_on_the_way_are_said_so(machine, tmp_path, lang):
    path = written(tmp_path / "CSM.xlsm", lang)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/vbaProject.bin")
    for at in range(info.header_offset + 60, info.header_offset + info.compress_size, 40):
        data[at] ^= 0xFF
    path.write_bytes(data)
    found = wrong(doctor.examine(path, machine))
    assert len(found) == 1 and "CSM.xlsm" in found[0] and "vbaProject.bin" in found[0]


@pytest.mark.parametrize(
    "change",
    [
        lambda project: b"",
        lambda project: project[:600],
        lambda project: project[:30] + bytes(40) + project[70:],
        lambda project: project[:512] + bytes(reversed(project[512:])),
        lambda project: project.replace("dir".encode("utf-16-le"), "dur".encode("utf-16-le")),
        lambda project: bytes(b ^ (i % 7 == 0) for i, b in enumerate(project)),
    ],
)
def test_macros_that_nobody_can_read_are_said_so(machine, tmp_path, change):
    path = with_project(written(tmp_path / "CSM.xlsm"), change)
    found = wrong(doctor.examine(path, machine))
    assert len(found) == 1 and "macros of CSM.xlsm cannot be read" in found[0]


def test_a_workbook_with_some_of_our_macros_is_to_be_upgraded(machine, tmp_path):
    path = written(tmp_path / "CSM.xlsm")
    with ExcelFile(path) as file:
        file.vba_project().delete_module("CsmTexts")
        file.save()
    assert any("csm-xl upgrade" in text for text in wrong(doctor.examine(path, machine)))
