"""Whatever an owner's workbook looks like, after every command it is whole: each cell, each part.

The suite tries a few small workbooks; ``CSM_XL_OWN_BOOKS=200 pytest -n 0`` on this file tries 200.
"""

import os
import tempfile
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
from hypothesis import HealthCheck, given, settings
from own_books import own_books
from workbooks import opened

from csm_xl import commands
from csm_xl.errors import CsmError

BOOKS = int(os.environ.get("CSM_XL_OWN_BOOKS", "6"))
#: What csm-xl colours in a column of its own.
LEVELS = {"High", "Medium", "red", "amber", "高", "中", "红", "黄"}
#: Parts that list other parts, cells' looks or texts, and so must change when something is added.
LISTS = {
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
    "[Content_Types].xml",
    "xl/calcChain.xml",
    # Ours: which values csm-xl computed, not Excel.
    "customXml/item1.xml",
}


@given(own_books(most=44 if BOOKS > 50 else 26))
@settings(max_examples=BOOKS, suppress_health_check=list(HealthCheck))
def test_it_is_whole_after_every_command(own):
    with tempfile.TemporaryDirectory() as folder:
        path = calculated(own.save(Path(folder) / "own.xlsx"))
        cells, looks, parts = everything(path), sheets(path), content(path)
        may_change = LISTS | customers_parts(path, own.sheet)
        for command in every_command(own, Path(folder)):
            before = path.read_bytes()
            if not run(path, command):
                assert path.read_bytes() == before
        after = everything(path)
        assert {place: after.get(place) for place in cells} == cells
        kept = sheets(path)
        assert {name: kept.get(name) for name in looks} == looks
        now = content(path)
        differ = {name for name, body in parts.items() if now.get(name) != body}
        assert differ - may_change == set()


def calculated(path):
    """The workbook with a value in each formula's cell, as a spreadsheet program leaves it."""
    book = opened(path)
    book.app.calculate()
    book.save()
    book.close()
    return path


def every_command(own, folder):
    """What an owner can do, one after the other."""
    sheet = own.sheet

    def check(book):
        commands.check(book)
        return False

    def explain(book):
        commands.explain(book, "Client 03")
        return False

    def share(book):
        commands.share(book, folder / "copy.xlsx", force=True)
        return True

    yield check
    yield lambda book: commands.columns(book) is not None
    yield lambda book: commands.retrain(book, sheet) is not None
    yield lambda book: commands.refresh(book) is not None
    yield lambda book: commands.actions(book) is not None
    yield lambda book: commands.dashboard(book) is not None
    yield explain
    yield lambda book: commands.build_features(book) is not None
    if own.seed % 3 == 0:
        yield share
    if BOOKS > 50:
        yield lambda book: commands.retrain(book, sheet) is not None
        yield lambda book: commands.refresh(book) is not None


def run(path, command):
    """Whether a command wrote; one that refuses says what to do in both languages."""
    book = opened(path)
    try:
        wrote = command(book)
        if wrote:
            book.save()
        return wrote
    except CsmError as refused:
        assert refused.text.en.endswith((".", "?")) and refused.text.zh
        return False
    finally:
        book.close()


def everything(path):
    """Every filled cell with its value and its looks."""
    book = openpyxl.load_workbook(path)
    return {
        (page.title, cell.coordinate): (
            cell.value,
            cell.data_type,
            cell.number_format,
            cell.font.b,
            cell.fill.fgColor.rgb,
            cell.comment.text if cell.comment else None,
        )
        for page in book
        for row in page.iter_rows()
        for cell in row
        if cell.value is not None
    }


def sheets(path):
    """What each sheet has beside its cells, and the owner's names."""
    book = openpyxl.load_workbook(path)
    found = {
        page.title: (
            page.freeze_panes,
            sorted(map(str, page.merged_cells.ranges)),
            sorted((str(v.sqref), v.formula1) for v in page.data_validations.dataValidation),
            sorted(str(area.sqref) for area in page.conditional_formatting if not ours(area)),
            {name: (d.width, d.hidden) for name, d in page.column_dimensions.items() if d.hidden},
            page.oddHeader.center.text,
            page.page_setup.orientation,
            len(page._charts),
            {name: area.split(":")[0] for name, area in page.tables.items()},
        )
        for page in book
    }
    return found | {f"={name}": one.attr_text for name, one in book.defined_names.items()}


def ours(area):
    """Whether a conditional format colours the words of csm-xl's own column, and nothing else."""
    return {rule.formula[0].strip('"') for rule in area.rules if rule.formula} <= LEVELS


def content(path):
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def customers_parts(path, sheet):
    """The part of the customers' sheet, and of the table on it."""
    number = openpyxl.load_workbook(path).sheetnames.index(sheet) + 1
    part = f"xl/worksheets/sheet{number}.xml"
    relations = content(path).get(f"xl/worksheets/_rels/sheet{number}.xml.rels")
    found = {part}
    if relations is not None:
        for one in ElementTree.fromstring(relations):
            if "/tables/" in one.get("Target"):
                found.add(one.get("Target").lstrip("/"))
    return found
