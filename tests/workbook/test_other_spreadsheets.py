"""The workbook and the accountant's copy in spreadsheet programs that share no code with each other."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from hosts import ironcalc_host, libreoffice, onlyoffice
from typer.testing import CliRunner

from csm_xl.cli import app
from csm_xl.functions.declaration import REGISTRY
from csm_xl.ooxml.parts import read_parts
from csm_xl.release import COMMITTED

OURS = re.compile(rf"\b(?:{'|'.join(sorted(REGISTRY))})\(")
EPOCH = dt.datetime(1899, 12, 30)
Cells = dict[tuple[str, str], Any]


def with_libreoffice(path: Path, folder: Path, cells: list[tuple[str, str]]) -> Cells:
    book = libreoffice.recalculated(path, folder)
    return {(sheet, address): book[sheet][address].value for sheet, address in cells}


def with_onlyoffice(path: Path, folder: Path, cells: list[tuple[str, str]]) -> Cells:
    return onlyoffice.recalculated(path, folder)


HOSTS: list[Any] = [
    pytest.param(with_libreoffice, id="LibreOffice", marks=libreoffice.needs_libreoffice),
    pytest.param(with_onlyoffice, id="ONLYOFFICE", marks=onlyoffice.needs_onlyoffice),
    pytest.param(ironcalc_host.recalculated, id="IronCalc", marks=ironcalc_host.needs_ironcalc),
]


@pytest.fixture(scope="module")
def workbook(tmp_path_factory) -> Path:
    """The committed workbook, where nothing that a command does can change it."""
    path = tmp_path_factory.mktemp("committed") / "CSM.xlsm"
    path.write_bytes(COMMITTED.read_bytes())
    return path


@pytest.fixture(scope="module")
def copy(workbook) -> Path:
    """Its accountant's copy."""
    path = workbook.with_name("for-accountant.xlsx")
    done = CliRunner().invoke(app, ["share", str(workbook), "-o", str(path)])
    assert done.exit_code == 0, done.output
    return path


def formulas(path: Path) -> dict[tuple[str, str], tuple[str, Any]]:
    """Every formula with the value that the file holds beside it, by sheet and address."""
    book, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    found = {}
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                text = getattr(cell.value, "text", cell.value)
                if isinstance(text, str) and text.startswith("="):
                    value = values[sheet.title][cell.coordinate].value
                    found[sheet.title, cell.coordinate] = (text, value)
    return found


def without_ours(known: dict[tuple[str, str], tuple[str, Any]]) -> set[tuple[str, str]]:
    """Formulas that neither call one of csm-xl's functions nor look at one on their sheet that does."""
    ours = {place for place, (text, _) in known.items() if OURS.search(text)}
    while True:
        more = {
            (sheet, address)
            for (sheet, address), (text, _) in known.items()
            if (sheet, address) not in ours
            and any(
                (sheet, f"{column}{row}") in ours
                for column, row in re.findall(r"(?<![A-Za-z\]!.])\$?([A-Z]{1,2})\$?(\d+)\b", text)
            )
        }
        if not more:
            return known.keys() - ours
        ours |= more


def same(found: Any, value: Any) -> bool:
    """Compare to 1e-9; some programs tell numbers and truth values as texts."""
    if isinstance(value, dt.datetime):
        value = (value - EPOCH) / dt.timedelta(days=1)
    if isinstance(found, dt.datetime):
        found = (found - EPOCH) / dt.timedelta(days=1)
    if isinstance(value, bool) or isinstance(found, bool):
        return str(found).upper() == str(value).upper()
    if isinstance(value, int | float):
        try:
            return math.isclose(float(found), value, rel_tol=1e-9, abs_tol=1e-9)
        except (TypeError, ValueError):
            return False
    return (found or "") == (value or "")


def differing(
    compute: Callable[..., Cells], path: Path, folder: Path, known: dict, places: set
) -> list[tuple]:
    found = compute(path, folder, sorted(places))
    return [
        (place, known[place][0], known[place][1], found.get(place))
        for place in sorted(places)
        if not same(found.get(place), known[place][1])
    ]


@pytest.mark.parametrize("compute", HOSTS)
def test_every_formula_of_the_copy_gives_the_number_that_it_holds(compute, copy, tmp_path):
    known = formulas(copy)
    assert len(known) > 1000
    assert differing(compute, copy, tmp_path, known, set(known)) == []


@pytest.mark.parametrize("compute", HOSTS)
def test_every_native_formula_of_the_workbook_gives_the_number_that_it_holds(
    compute, workbook, tmp_path
):
    known = formulas(workbook)
    places = without_ours(known)
    assert len(places) > 1000
    assert differing(compute, workbook, tmp_path, known, places) == []


def test_every_chart_can_be_drawn_by_programs_that_go_by_the_letter():
    """ONLYOFFICE draws nothing between axes on one side, and counts where an x is no number."""
    chart = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
    parts = read_parts(COMMITTED.read_bytes())
    drawn = [parts[name] for name in parts if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
    assert len(drawn) == 4
    for content in drawn:
        tree = ElementTree.fromstring(content)
        values = [axis.find(f"{chart}axPos").get("val") for axis in tree.iter(f"{chart}valAx")]
        assert len(set(values)) == len(values)
        for scatter in tree.iter(f"{chart}xVal"):
            cache = scatter.find(f"{chart}numRef/{chart}numCache")
            points = [float(value.text) for value in cache.iter(f"{chart}v")]
            assert len(points) == int(cache.find(f"{chart}ptCount").get("val"))
