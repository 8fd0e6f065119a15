"""install.cmd and install.ps1: what can be said of them without Windows."""

from __future__ import annotations

import hashlib
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from csm_xl.release import installer_for

FOLDER = Path(__file__).resolve().parents[1] / "workbook"
PROJECT = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text("utf-8"))["project"]
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
    assert "if (Test-Sha256 $wheel.FullName $WheelSha256)" in test
    comparison = body[body.index("function Test-Sha256") : body.index("function Find-Python")]
    assert "$Sha256 -and" in comparison and "-Algorithm SHA256).Hash -eq $Sha256" in comparison


def test_every_package_is_installed_by_version_and_hash_and_the_list_is_the_one_that_is_named():
    listed = (FOLDER / "requirements.txt").read_bytes()
    assert f"$RequirementsSha256 = '{hashlib.sha256(listed).hexdigest()}'" in PS1.decode()
    text = re.sub(r"(?m)^#.*\n", "", listed.decode()).replace("\\\n", " ")
    pinned = {}
    for line in text.splitlines():
        found = re.fullmatch(
            r"([a-z0-9-]+)==(\S+)((?: +--hash=sha256:[0-9a-f]{64})+)", line.rstrip()
        )
        assert found, line
        pinned[found[1]] = found[2]
    for needed in map(Requirement, PROJECT["dependencies"]):
        assert needed.specifier.contains(pinned[canonicalize_name(needed.name)]), needed
    body = PS1.decode()
    install = body[body.index("function Install-Package") : body.index("function Install-CsmXl")]
    assert install.index("Test-Sha256 $requirements") < install.index("'--require-hashes'")
    # What is installed without a hash brings nothing else along.
    assert install.count("$pip + @(") == 2 and "@('--no-deps', $package)" in install


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


def test_the_index_holds_texts_with_the_line_ends_that_git_gives_them():
    """Otherwise a fresh clone shows changed files."""
    root = FOLDER.parent
    if not (root / ".git").exists():
        pytest.skip("not a clone")
    listed = subprocess.run(
        ["git", "ls-files", "--eol"], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    changed = [
        line for line in listed.splitlines() if re.match(r"i/(crlf|mixed)\b.*attr/text", line)
    ]
    assert changed == []
