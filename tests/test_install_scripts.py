"""install.cmd and install.ps1: what can be said of them without Windows."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from csm_xl.release import installer_for

FOLDER = Path(__file__).resolve().parents[1] / "workbook"
CMD = (FOLDER / "install.cmd").read_bytes()
PS1 = (FOLDER / "install.ps1").read_bytes()


@pytest.mark.parametrize("script", [CMD, PS1], ids=["install.cmd", "install.ps1"])
def test_the_scripts_are_ascii_with_the_line_ends_of_windows(script):
    assert script.isascii()
    assert b"\n" not in script.replace(b"\r\n", b"")
    assert b"\t" not in script


def nodes(root):
    yield root
    for child in root.children:
        yield from nodes(child)


def test_the_powershell_script_parses():
    grammar = pytest.importorskip(
        "tree_sitter_powershell", reason="pip install tree-sitter tree-sitter-powershell"
    )
    from tree_sitter import Language, Parser

    parser = Parser(Language(grammar.language()))
    root = parser.parse(PS1).root_node
    faults = [n.start_point for n in nodes(root) if n.type == "ERROR" or n.is_missing]
    assert faults == []
    broken = parser.parse(PS1.replace(b"return $program\r\n}", b"return $program\r\n")).root_node
    assert broken.has_error


def test_every_function_that_is_called_is_defined_or_one_of_powershells_own():
    text = PS1.decode()
    defined = set(re.findall(r"(?m)^function ([A-Z]\w+-\w+)", text))
    called = set(re.findall(r"\b([A-Z][a-z]+-[A-Z]\w+)\b", re.sub(r"(?m)^\s*#.*$", "", text)))
    own = {
        "Get-AuthenticodeSignature",
        "Get-ChildItem",
        "Get-Command",
        "Get-Item",
        "Get-ItemProperty",
        "Get-Process",
        "Get-UICulture",
        "Invoke-WebRequest",
        "Join-Path",
        "New-Item",
        "Out-Null",
        "Remove-Item",
        "Set-StrictMode",
        "Sort-Object",
        "Start-Process",
        "Test-Path",
        "Where-Object",
        "Write-Host",
        "Split-Path",
        "Get-Acl",
        "Get-FileHash",
    }
    assert called - own - {"ForEach-Object"} == defined - (defined - called)
    assert defined <= called


def test_every_chinese_sentence_is_chinese_and_fills_in_what_the_english_one_does():
    text = PS1.decode()
    pairs = re.findall(r"(?:Get-Words|Write-Step) '([^']*)' '([^']*)'", text)
    assert len(pairs) >= 9
    for english, chinese in pairs:
        said = chinese.encode().decode("unicode_escape")
        assert any("\u4e00" <= c <= "\u9fff" for c in said) or english == "Python: {0}"
        assert english.count("{0}") == said.count("{0}")


def test_nothing_from_the_current_folder_can_be_imported_while_installing():
    for line in PS1.decode().splitlines():
        if "'-m'" in line:
            assert "'-I', '-m'" in line


def test_what_is_downloaded_is_run_only_if_pythons_makers_have_signed_it():
    text = PS1.decode()
    assert text.index("Get-AuthenticodeSignature") < text.index("Start-Process -FilePath $file")
    assert "Python Software Foundation" in text


def test_a_wheel_is_installed_only_when_it_is_the_one_that_the_release_names(tmp_path):
    wheel = tmp_path / "csm_xl-1.0-py3-none-any.whl"
    wheel.write_bytes(b"the release")
    digest = hashlib.sha256(b"the release").hexdigest()
    assert f"$WheelSha256 = '{digest}'" in installer_for(wheel).decode()
    body = PS1.decode()
    # The sources name none, and every way to a wheel's name goes through the comparison.
    assert "$WheelSha256 = ''" in body
    assert body.count("$package = $wheel.FullName") == 1
    test = body[: body.index("$package = $wheel.FullName")].splitlines()[-2]
    assert "$WheelSha256 -and" in test and "-Algorithm SHA256).Hash -eq $WheelSha256" in test


def test_nothing_that_another_user_could_have_put_there_is_run():
    body = PS1.decode()
    finding = body[body.index("function Test-Python") : body.index("function Find-Python")]
    assert finding.index("Test-Trusted $Program") < finding.index("& $Program")
    assert "Test-Trusted (Split-Path -Parent $Program)" in finding
    root = body[body.index("function Get-Root") : body.index("function Test-Python")]
    assert root.index("Test-Trusted $shared") < root.index("New-Item -ItemType Directory")


def test_no_argument_to_a_program_holds_a_double_quote_which_windows_powershell_would_drop():
    question = re.search(r'\$question = "([^"]*)"', PS1.decode())
    assert question is not None
    compile(question[1], "question", "exec")


def test_the_batch_file_passes_its_options_and_its_result_on():
    text = CMD.decode()
    assert '-File "%HERE%install.ps1" %*' in text
    assert text.count("(") == text.count(")")
    assert "exit /b %RESULT%" in text
    # A folder such as "Program Files (x86)" inside a block would end the block.
    assert "%HERE%" not in "".join(re.findall(r"\(([^)]*)\)", text))
