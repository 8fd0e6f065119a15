"""Whatever an owner's sheet looks like: not a cell of it differs after scores were written beside it."""

import datetime as dt
import tempfile
import zipfile
from pathlib import Path

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st
from workbooks import opened

from csm_xl.churn.formula import ChurnFormula
from csm_xl.commands.columns_sheet import show_columns
from csm_xl.commands.hidden_sheet import write_records
from csm_xl.commands.scoring import score, write_scored
from csm_xl.commands.session import Session
from csm_xl.commands.writing import calm
from csm_xl.errors import CsmError

TITLES = st.lists(
    st.sampled_from(
        [
            "Client",
            "Name",
            "Status",
            "Churned",
            "Left on",
            "Risk",
            "Health",
            "Score",
            "Tier",
            "Stage",
            "Churn probability",
            "Fee",
            "Logins",
            "Notes",
            "Renewal",
            "E-mail",
            "客户",
            "状态",
            "是否流失",
            "风险",
            "流失概率",
            "月费",
            "备注",
            "Jan",
            "Feb",
            "Mar",
            "Group",
            "Reasons",
        ]
    ),
    min_size=2,
    max_size=9,
    unique=True,
)
CELLS = st.one_of(
    st.none(),
    st.integers(-5, 10**12),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3)),
    st.booleans(),
    st.dates(dt.date(2001, 1, 1), dt.date(2030, 1, 1)),
    st.sampled_from(
        [
            "yes",
            "no",
            "active",
            "cancelled",
            "在用",
            "已流失",
            "x",
            "n/a",
            "-",
            "Total",
            "=1+1",
            "00123",
            "Low",
            "High",
            "Left",
            "ask Bob",
            "+49 30 123",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12),
)
#: A model that gives everybody the same.
FLAT = ChurnFormula(-1.0, (), (), (), (), {"horizon_days": None, "label": "flag", "typical": {}})


@st.composite
def sheets(draw):
    titles = draw(TITLES)
    rows = draw(st.lists(st.lists(CELLS, min_size=len(titles), max_size=len(titles)), max_size=14))
    return draw(st.integers(1, 4)), draw(st.integers(1, 3)), titles, rows


@given(sheets())
@settings(max_examples=200)
def test_no_cell_of_the_owners_differs(sheet):
    top, left, titles, rows = sheet
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.xlsx"
        book = openpyxl.Workbook()
        page = book.active
        page.title = "Mine"
        for i, line in enumerate([titles, *rows]):
            for j, cell in enumerate(line):
                page.cell(top + i, left + j, cell)
        page.cell(top + 2, left + len(titles) + 3, "a side note")
        book.create_sheet("Other").append(["kept", 1])
        book.save(path)
        before = everything(path)
        parts = content(path)
        try:
            written(path)
        except CsmError as refused:
            assert refused.text.zh
            assert content(path) == parts
            return
        after = everything(path)
        assert {place: after.get(place) for place in before} == before
        changed = {name for name, body in parts.items() if content(path)[name] != body}
        assert changed <= {
            "xl/worksheets/sheet1.xml",
            "xl/workbook.xml",
            "xl/_rels/workbook.xml.rels",
            "xl/styles.xml",
            "xl/sharedStrings.xml",
            "[Content_Types].xml",
        }


def written(path):
    """Write scores, the Columns sheet and the records, as retrain does."""
    book = opened(path)
    try:
        session = Session(book)
        table = session.customers("Mine")
        scored = score(session, table, FLAT, {})
        with calm(book):
            write_scored(session, scored, FLAT)
            shown = show_columns(session, table)
            write_records(session, {**scored.records, **shown})
        book.save()
    finally:
        book.close()


def everything(path):
    """Every filled cell with its value and its looks."""
    book = openpyxl.load_workbook(path)
    return {
        (page.title, cell.coordinate): (cell.value, cell.number_format, cell.data_type)
        for page in book
        if page.title in ("Mine", "Other")
        for row in page.iter_rows()
        for cell in row
        if cell.value is not None
    }


def content(path):
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}
