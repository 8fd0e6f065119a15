import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from lxml import etree
from public_data import SCHEMAS

from csm_xl import sample
from csm_xl.functions import REGISTRY
from csm_xl.language import LANGUAGES
from csm_xl.ooxml.parts import read_parts
from csm_xl.vocabulary import layout, words
from csm_xl.workbook import build as building
from csm_xl.workbook.build import build
from csm_xl.workbook.figures import KEY_FIGURES
from csm_xl.workbook.start_examples import tryouts

#: The sheets that a new workbook has; others are added when they are first needed.
TEMPLATE = [sheet for sheet in layout.SHEETS if sheet.template]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def built(lang, company=None):
    return build(
        lang,
        company.tables if company else None,
        company.settings if company else None,
        tries=tryouts(REGISTRY.values(), lang),
    )


@pytest.fixture(scope="module", params=LANGUAGES)
def lang(request):
    return request.param


@pytest.fixture(scope="module")
def company(lang):
    return sample.company(lang, customers=40)


@pytest.fixture(scope="module")
def package(lang, company):
    return built(lang, company)


@pytest.fixture(scope="module")
def empty(lang):
    return built(lang)


@pytest.fixture(scope="module")
def book(package):
    return openpyxl.load_workbook(io.BytesIO(package))


def sheet_of(book, key, lang):
    return book[layout.sheet(key).title.within(lang)]


def formulas(book):
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield sheet.title, cell.coordinate, str(cell.value)


def schema_of(name):
    if name.startswith("xl/charts/"):
        return "dml-chart.xsd"
    if name.startswith("xl/drawings/drawing"):
        return "dml-spreadsheetDrawing.xsd"
    if name == "[Content_Types].xml":
        return "opc-contentTypes.xsd"
    if name.endswith(".rels"):
        return "opc-relationships.xsd"
    if name == "docProps/app.xml":
        return "shared-documentPropertiesExtended.xsd"
    if name.startswith("xl/theme/"):
        return "dml-main.xsd"
    # The schema of the core properties needs Dublin Core's, which are not there; VML has none.
    return None if name == "docProps/core.xml" or name.endswith(".vml") else "sml.xsd"


def test_the_same_arguments_give_the_same_bytes(lang, company, package):
    assert built(lang, company) == package


def test_no_part_tells_when_where_or_by_whom_it_was_built(package):
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        text = b"".join(archive.read(name) for name in archive.namelist())
    assert str(Path.home()).encode() not in text
    assert b"openpyxl" not in text


def test_every_part_is_valid_by_the_schemas(package, empty):
    schemas = {}
    for content in (package, empty):
        for name, part in read_parts(content).items():
            file = schema_of(name)
            if file is None:
                continue
            if file not in schemas:
                schemas[file] = etree.XMLSchema(etree.parse(SCHEMAS / file))
            document = etree.fromstring(part)
            assert schemas[file].validate(document), (name, schemas[file].error_log[:3])


def test_excel_is_not_made_to_calculate_on_opening(package):
    root = etree.fromstring(read_parts(package)["xl/workbook.xml"])
    calculation = root.find(f"{MAIN}calcPr")
    assert calculation.get("calcId") == "191029"
    assert calculation.get("fullCalcOnLoad") is None


def test_no_formula_is_volatile(book):
    for sheet, cell, formula in formulas(book):
        assert not re.search(r"\b(TODAY|NOW|RAND|OFFSET|INDIRECT)\(", formula), (sheet, cell)


def test_sheets_stand_in_order_and_the_internal_ones_are_very_hidden(book, lang):
    assert book.sheetnames == [sheet.title.within(lang) for sheet in TEMPLATE]
    hidden = [sheet.title for sheet in book if sheet.sheet_state == "veryHidden"]
    assert hidden == [layout.CONF_SHEET, layout.HIDDEN_SHEET]


def test_every_table_of_the_layout_is_there_with_its_headers(book, lang):
    found = {name: (sheet, table) for sheet in book for name, table in dict.items(sheet.tables)}
    tables = [t for t in layout.TABLES.values() if layout.sheet(t.sheet).template]
    assert set(found) == {table.name for table in tables}
    for one in tables:
        sheet, table = found[one.name]
        assert sheet.title == layout.sheet(one.sheet).title.within(lang)
        header = next(iter(sheet[table.ref]))
        assert [cell.value for cell in header] == one.headers(lang)
        assert [column.name for column in table.tableColumns] == one.headers(lang)


def test_the_rows_are_what_was_given(package, company, lang):
    for key in ("customers", "orders", "feedback", "contacts"):
        frame = pd.read_excel(
            io.BytesIO(package), sheet_name=layout.sheet(key).title.within(lang), dtype=object
        )
        assert len(frame) == len(company.tables[key])
        column = layout.table(key).column("customer_id").title.within(lang)
        assert list(frame[column]) == [row["customer_id"] for row in company.tables[key]]


def test_numbers_that_are_texts_stay_texts(lang):
    awkward = ["00123", "250104100000087109", "3-5", '=RunPython("x")', "+1", "@x", "-2", "1e5"]
    rows = [{"order_id": text, "customer_id": text} for text in awkward]
    content = build(lang, {"orders": rows})
    sheet = sheet_of(openpyxl.load_workbook(io.BytesIO(content)), "orders", lang)
    cells = [sheet.cell(row, 1) for row in range(2, 2 + len(awkward))]
    assert [cell.value for cell in cells] == awkward
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}


def test_csm_xl_functions_in_key_figures_stand_beside_answers_and_interval(book, lang):
    sheet = sheet_of(book, "dashboard", lang)
    rows = {sheet.cell(row, 2).value: row for row in range(1, 40)}
    for figure in KEY_FIGURES:
        row = rows[figure.title.within(lang)]
        assert str(sheet.cell(row, 4).value).startswith("=")
        assert bool(sheet.cell(row, 5).value) == bool(figure.low)
    text = " ".join(formula for _, _, formula in formulas(book))
    rating = layout.reference("feedback", "rating", lang)
    assert f"CSAT({rating})" in text
    assert f"NPS({layout.reference('feedback', 'recommend', lang)})" in text
    assert "CHURN_RATE_PERIOD(Customers[" in text


def test_every_setting_has_a_name_that_points_at_its_value(book, lang):
    sheet = sheet_of(book, "settings", lang)
    for setting in layout.SETTINGS.values():
        target = book.defined_names[setting.name].attr_text
        name, _, cell = target.rpartition("!")
        assert name.strip("'") == sheet.title
        key = sheet.cell(sheet[cell.replace("$", "")].row, 5).value
        assert key == setting.key


def test_typed_columns_are_validated_and_our_columns_are_shaded_and_noted(book, lang):
    sheet = sheet_of(book, "feedback", lang)
    letters = {
        column.key: sheet.cell(1, place).column_letter
        for place, column in enumerate(layout.table("feedback").template, 1)
    }
    ruled = {
        str(rule.sqref).split(":")[0].rstrip("2"): rule
        for rule in sheet.data_validations.dataValidation
    }
    rating = ruled[letters["rating"]].formula1
    assert all(level in rating for level in words.LEVELS.within(lang))
    assert len(rating) <= 257
    assert ruled[letters["functional"]].type == "whole"
    assert ruled[letters["date"]].type == "date"
    assert letters["score"] not in ruled
    assert sheet[f"{letters['score']}1"].comment is not None
    own = sheet[f"{letters['score']}2"].fill.start_color.rgb
    assert own != sheet[f"{letters['rating']}2"].fill.start_color.rgb


def test_a_list_that_the_owner_extends_only_suggests(book, lang):
    sheet = sheet_of(book, "customers", lang)
    strict = {
        str(rule.sqref).split(":")[0].rstrip("2"): rule.showErrorMessage
        for rule in sheet.data_validations.dataValidation
    }
    keys = [column.key for column in layout.table("customers").template]
    letter = {key: sheet.cell(1, keys.index(key) + 1).column_letter for key in keys}
    assert not strict[letter["source"]]
    assert strict[letter["do_not_contact"]]


def test_new_rows_of_a_table_get_their_formula(book, lang):
    table = sheet_of(book, "feedback", lang).tables["Feedback"]
    own = {column.name: column.calculatedColumnFormula for column in table.tableColumns}
    score = layout.table("feedback").column("score").title.within(lang)
    assert "[#This Row]" in own[score].attr_text


def test_every_sheet_prints_on_a4_with_page_numbers(book):
    for sheet in book:
        if sheet.sheet_state == "visible":
            assert int(sheet.page_setup.paperSize) == int(sheet.PAPERSIZE_A4)
            assert "&P" in sheet.oddFooter.right.text
            assert sheet.page_setup.scale or sheet.sheet_properties.pageSetUpPr.fitToPage


def test_long_tables_freeze_and_repeat_their_header(book, lang):
    for key in ("customers", "orders", "feedback", "contacts", "actions"):
        sheet = sheet_of(book, key, lang)
        assert sheet.freeze_panes.endswith("2")
        assert sheet.print_title_rows == "$1:$1"


def test_the_dashboard_has_four_charts_of_its_own_cells(package, lang):
    parts = read_parts(package)
    charts = [name for name in parts if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
    assert len(charts) == 4
    title = layout.sheet("dashboard").title.within(lang)
    for name in charts:
        references = re.findall(r"<(?:c:)?f>([^<]+)</", parts[name].decode())
        assert references
        assert all(reference.startswith(f"'{title}'!") for reference in references)


def test_every_function_can_be_tried_on_the_start_sheet(book, lang):
    sheet = sheet_of(book, "start", lang)
    shown = {sheet.cell(row, 2).value: row for row in range(1, sheet.max_row + 1)}
    for name in REGISTRY:
        row = shown[name]
        assert sheet.cell(row, 4).value == sheet.cell(row, 5).value
        assert sheet.cell(row, 4).data_type == "s"
        assert sheet.cell(row, 5).data_type == "f"


def test_the_links_of_the_start_sheet_lead_to_sheets(book, lang):
    links = [
        cell.hyperlink.location
        for row in sheet_of(book, "start", lang).iter_rows()
        for cell in row
        if cell.hyperlink
    ]
    assert len(links) == 8
    assert all(link.split("!")[0].strip("'") in book.sheetnames for link in links)


def test_the_conf_sheet_names_no_interpreter_and_no_modules(book):
    rows = {row[0].value: row[1].value for row in book[layout.CONF_SHEET].iter_rows()}
    assert rows == dict(building.CONF)
    assert not any("INTERPRETER" in key or "MODULES" in key for key in rows)


def test_the_hidden_sheet_keeps_the_version_of_the_layout(book):
    from csm_xl.functions.records import unpack

    rows = [tuple(cell.value for cell in row) for row in book[layout.HIDDEN_SHEET].iter_rows()]
    assert unpack(rows)["layout"].text == str(layout.VERSION)


def test_the_book_and_its_sheets_have_the_names_that_vba_knows_them_by(package):
    parts = read_parts(package)
    assert b'codeName="ThisWorkbook"' in parts["xl/workbook.xml"]
    codes = building.sheet_code_names()
    assert len(set(codes.values())) == len(codes) == len(TEMPLATE)


def test_a_chinese_workbook_shows_no_english_where_words_have_a_chinese_form():
    book = openpyxl.load_workbook(io.BytesIO(built("zh", sample.company("zh", customers=10))))
    english = {
        text.casefold()
        for table in layout.TABLES.values()
        for text in table.headers("en")
        if text not in ("RFM", "AUC", "NPS")
    }
    for sheet in book:
        if sheet.sheet_state != "visible":
            continue
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "s":
                    given = cell.value in REGISTRY or cell.value in layout.SETTINGS
                    assert given or cell.value.casefold() not in english, (sheet.title, cell.row)


def test_an_empty_workbook_has_a_row_to_type_in_and_a_playbook(empty, lang):
    book = openpyxl.load_workbook(io.BytesIO(empty))
    for key in ("customers", "orders", "feedback", "contacts"):
        sheet = sheet_of(book, key, lang)
        assert sheet.max_row == 2
        assert sheet.cell(2, 1).value is None
    assert sheet_of(book, "playbook", lang).max_row > 5


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_prints_every_sheet_without_cut_numbers(tmp_path, lang, package):
    file = tmp_path / "book.xlsx"
    file.write_bytes(package)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(file)], check=True, capture_output=True, timeout=180)
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "book.pdf"), "-"], capture_output=True, check=True
    ).stdout.decode()
    assert "###" not in text
    for sheet in TEMPLATE:
        if sheet.visible == "visible":
            assert re.search(rf"^\s*{sheet.title.within(lang)}\s", text, re.MULTILINE)
