"""The documentation: the reference is what the functions declare, and nothing it points to is missing."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer

from csm_xl.cli import app
from csm_xl.functions import REGISTRY
from csm_xl.reference import FAILURES, evaluate, reference

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")])
COMMANDS = frozenset(typer.main.get_command(app).commands)  # type: ignore[attr-defined]

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
#: At the beginning of a line or of code in a sentence, or after &&: elsewhere csm-xl is a name.
_COMMAND = re.compile(r"(?:^|`|&& )csm-xl(?: --lang \w+)? ([a-z]+)", re.MULTILINE)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    titles = re.findall(r"^#+ +(.+)$", text_of(page), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", title.strip().lower()).strip().replace(" ", "-") for title in titles
    }


def test_the_reference_is_what_the_functions_declare():
    written = text_of(ROOT / "docs" / "functions.md")
    assert written == reference(), "run: python -m csm_xl.reference > docs/functions.md"


@pytest.mark.parametrize(
    ("formula", "error"),
    [(f.formula, f.error) for name in FAILURES if name in REGISTRY for f in FAILURES[name]],
)
def test_each_error_of_the_reference_is_what_its_formula_gives(formula, error):
    assert error in evaluate(formula)[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    missing = []
    for link in _LINK.findall(text_of(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            missing.append(link)
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_mentioned_exists(page):
    found = {c for code in _CODE.findall(text_of(page)) for c in _COMMAND.findall(code)}
    assert found <= COMMANDS


def test_every_command_is_in_the_guide_in_both_languages():
    for name in ("guide.md", "guide.zh.md"):
        text = text_of(ROOT / "docs" / name)
        assert {c for c in COMMANDS if f"csm-xl {c}" not in text} == set(), name


def test_the_two_guides_have_the_same_sections_and_pictures():
    counted = [
        [len(re.findall(p, text_of(ROOT / "docs" / name), re.MULTILINE)) for p in (r"^#+ ", r"!\[")]
        for name in ("guide.md", "guide.zh.md")
    ]
    assert counted[0] == counted[1]


def test_every_function_is_in_the_reference_and_the_reference_in_the_readme():
    headings = set(re.findall(r"^## (\w+)$", text_of(ROOT / "docs" / "functions.md"), re.MULTILINE))
    assert headings == set(REGISTRY)
    for readme in ROOT.glob("README*.md"):
        assert "(docs/functions.md)" in text_of(readme)


def test_every_dependency_has_its_reason():
    import tomllib

    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    page = text_of(ROOT / "docs" / "architecture.md").lower()
    for requirement in project["dependencies"]:
        name = re.split(r"[=<>!~ ]", requirement)[0].lower()
        assert f"| {name} |" in page, name


def test_every_folder_of_the_package_is_in_the_architecture():
    page = text_of(ROOT / "docs" / "architecture.md")
    folders = [p.parent.name for p in (ROOT / "csm_xl").glob("*/__init__.py")]
    assert folders
    assert [f for f in folders if f"{f}/" not in page] == []


def test_every_benchmark_is_in_the_list_of_claims():
    page = text_of(ROOT / "docs" / "benchmarks.md")
    scripts = [p.name for p in (ROOT / "benchmarks").glob("*.py")]
    assert [s for s in scripts if s not in page] == []


# -- the arrows ------------------------------------------------------------------------------------

BASICS = frozenset(
    {
        "errors",
        "language",
        "logs",
        "file_lock",
        "working_folder",
        "safety_copies",
        "collector",
        "__version__",
    }
)
FILE_FORMATS = frozenset({"xlwings", "openpyxl", "lxml", "formualizer", "pyopenvba"})


def imports_of(folder: Path) -> set[str]:
    """What a folder or module imports: csm_xl's own parts by name, other packages by theirs."""
    found: set[str] = set()
    for file in folder.rglob("*.py") if folder.is_dir() else [folder.with_suffix(".py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {f"import {alias.name.split('.')[0]}" for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                top, _, rest = node.module.partition(".")
                if top != "csm_xl":
                    found.add(f"import {top}")
                else:
                    found |= {rest.split(".")[0]} if rest else {a.name for a in node.names}
    return found - {folder.name}


def drawn_arrows() -> dict[str, set[str]]:
    lines = re.findall(r"^(\w+) +->(.*)$", text_of(ROOT / "docs" / "architecture.md"), re.MULTILINE)
    return {source: set(re.findall(r"\w+", targets)) for source, targets in lines}


@pytest.mark.parametrize("folder", sorted(drawn_arrows()))
def test_a_folder_imports_only_where_its_arrows_point(folder):
    imported = {name for name in imports_of(ROOT / "csm_xl" / folder) if " " not in name}
    assert imported - BASICS <= drawn_arrows()[folder]


def test_every_folder_has_its_arrows():
    folders = {p.parent.name for p in (ROOT / "csm_xl").glob("*/__init__.py")}
    assert folders <= set(drawn_arrows())


@pytest.mark.parametrize("folder", ["metrics", "feedback", "churn", "company"])
def test_what_knows_arrays_knows_no_file_format_and_no_excel(folder):
    imported = imports_of(ROOT / "csm_xl" / folder)
    assert imported.isdisjoint({f"import {name}" for name in FILE_FORMATS})


def modules() -> dict[str, set[str]]:
    """Each module with the modules it imports, also inside functions; not for types alone."""
    files = {
        ".".join(f.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): f
        for f in (ROOT / "csm_xl").rglob("*.py")
    }
    found = {}
    for name, file in files.items():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for_types = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
            for inner in ast.walk(node)
        }
        imported = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and id(node) not in for_types:
                parts = {f"{node.module}.{alias.name}" for alias in node.names}
                imported |= parts & set(files) or {node.module} & set(files)
        found[name] = imported - {name}
    return found


def test_no_module_imports_itself_by_a_detour():
    from graphlib import TopologicalSorter

    imports = modules()
    assert len(list(TopologicalSorter(imports).static_order())) == len(imports)


def test_the_guides_name_every_export_that_is_known():
    from csm_xl.intake.exporters import NAMES

    for name, comma in (("guide.md", ", "), ("guide.zh.md", "、")):
        text = " ".join((ROOT / "docs" / name).read_text(encoding="utf-8").split())
        assert comma.join(NAMES) in text
