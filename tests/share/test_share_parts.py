"""What is in the package of a copy: references, rules, charts, links; and nothing of the owner."""

import datetime as dt
import zipfile

import openpyxl
import pytest
from hosts.ecma_schemas import assert_valid
from lxml import etree
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table, TableFormula
from share.sharing import formulas, parts, saved, shared, values

from csm_xl.errors import FileError
from csm_xl.formulas.references import Area
from csm_xl.ooxml.xml_parts import MAIN
from csm_xl.share.chart_part import ChartPart
from csm_xl.share.style_part import StylePart

SECRETS = (
    "Alice",
    "alice@",
    "王芳",
    "13812345678",
    "Mallory",
    "C:\\Users\\mallory",
    "hidden thing",
)


@pytest.fixture
def rich(tmp_path):
    """A workbook with everything that tells who its owner and customers are."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Customers"
    rows = [
        ("Name", "Phone", "Orders", "Positive", "Total", "Share"),
        ("Alice Jones", "13812345678", 4, 3, 4, None),
        ("王芳", "+44 20 7946 0958", 2, 1, 2, None),
        ("=1+1 Ltd", "-", 9, 4, 5, None),
    ]
    for row in rows:
        sheet.append(row)
    sheet["A4"].data_type = "s"
    for row in (2, 3, 4):
        sheet.cell(
            row, 6
        ).value = "=SATISFACTION(Buyers[[#This Row],[Positive]],Buyers[[#This Row],[Total]])"
        sheet.cell(row, 6).number_format = "0.0%"
    table = Table(displayName="Buyers", ref="A1:F4")
    table._initialise_columns()
    for column, header in zip(table.tableColumns, rows[0], strict=True):
        column.name = header
    own = "SATISFACTION(Buyers[[#This Row],[Positive]],Buyers[[#This Row],[Total]])"
    table.tableColumns[5].calculatedColumnFormula = TableFormula(attr_text=own)
    sheet.add_table(table)
    sheet["A2"].comment = Comment("call her", "Mallory")
    sheet["A2"].hyperlink = "mailto:alice@example.com"
    sheet["C2"].font = Font(bold=True)
    sheet.column_dimensions["A"].width = 33
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.oddFooter.center.text = "Alice Jones alice@example.com &P"
    red = PatternFill("solid", start_color="FFCCCC")
    sheet.conditional_formatting.add(
        "C2:C4", FormulaRule(formula=["SATISFACTION($D2,$E2)>0.7"], fill=red)
    )
    sheet.conditional_formatting.add("D2:D4", CellIsRule("greaterThan", ["3"], fill=red))
    sheet.conditional_formatting.add("A2:A4", FormulaRule(formula=['$A2="Alice Jones"'], fill=red))
    sheet.conditional_formatting.add("E2:E4", FormulaRule(formula=["Secret!$A$1:$A$9>1"], fill=red))
    people = DataValidation("list", formula1='"Alice Jones,王芳"')
    people.add("H2")
    numbers = DataValidation("whole", formula1="SATISFACTION($D2,$E2)", operator="greaterThan")
    numbers.add("C2:C4")
    sheet.add_data_validation(people)
    sheet.add_data_validation(numbers)

    other = book.create_sheet("Alice Jones")
    other["A1"] = "=Customers!C2*2"
    figures = book.create_sheet("Figures")
    figures["A1"] = "='Alice Jones'!A1+1"
    figures["A2"] = "=Secret!A1*2"
    figures["A3"] = "=SUM(Secret!A1:A3)"
    figures["A4"] = "=IF(Secret!A2>1,Secret!A3,0)"
    figures["A5"] = "=Rate*10"
    figures["A6"] = "=CSAT(Scores)"
    figures["A7"] = "=Whisper"
    figures["A8"] = "=TODAY()-TODAY()+Customers!C2"
    figures["A9"] = ArrayFormula("A9:A11", "=SATISFACTION(Customers!D2:D4,Customers!E2:E4)")
    figures["A12"] = "=COUNTIF(Secret!A1,3)"
    figures["A13"] = "=Satisfied"
    figures["B1"] = "+41 text"
    figures["B1"].data_type = "s"
    figures["B2"] = dt.date(2026, 3, 5)
    chart = BarChart()
    chart.title = "Orders of Alice Jones"
    chart.add_data(Reference(sheet, min_col=3, min_row=1, max_row=4), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=4))
    figures.add_chart(chart, "D2")
    outside = BarChart()
    hidden = book.create_sheet("Secret")
    for row, value in enumerate((3, 4, 5), 1):
        hidden.cell(row, 1).value = value
    hidden["B1"] = "hidden thing"
    hidden.sheet_state = "veryHidden"
    outside.add_data(Reference(hidden, min_col=1, min_row=1, max_row=3))
    figures.add_chart(outside, "D20")
    scores = book.create_sheet("Scores sheet")
    for row, value in enumerate(("Rating", 5, 4, "满意"), 1):
        scores.cell(row, 1).value = value
    for name, text in {
        "Rate": "0.25",
        "Scores": "'Scores sheet'!$A$1:$A$4",
        "Satisfied": "CSAT(Scores)*2",
        "Whisper": "Secret!$A$1",
        "Gone": "#REF!",
        "Tiers": "LOYALTY_TIER(Scores)",
    }.items():
        book.defined_names[name] = DefinedName(name, attr_text=text)
    book.defined_names["Shy"] = DefinedName("Shy", attr_text="Customers!$A$2", hidden=True)
    book.properties.creator = book.properties.lastModifiedBy = "Mallory"
    book.properties.title = "C:\\Users\\mallory\\books"
    path = tmp_path / "rich.xlsx"
    book.save(path)
    return _with_strangers(path)


def _with_strangers(path):
    """Parts that other programs put into workbooks."""
    with zipfile.ZipFile(path) as old:
        content = {name: old.read(name) for name in old.namelist()}
    content["customXml/item1.xml"] = b"<owner>Mallory</owner>"
    content["xl/printerSettings/printerSettings1.bin"] = b"C:\\Users\\mallory\\printer"
    content["docProps/custom.xml"] = b"<Properties>Mallory</Properties>"
    content["xl/vbaProject.bin"] = b"Mallory"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in content.items():
            new.writestr(name, part)
    return path


@pytest.fixture
def made(rich, tmp_path):
    out = tmp_path / "copy.xlsx"
    return out, shared(rich, out)


def test_every_part_is_valid_and_of_a_kind_that_a_copy_may_have(made):
    out, _ = made
    assert_valid(out)
    allowed = ("[Content_Types].xml", "_rels/", "docProps/core.xml", "docProps/app.xml")
    allowed += ("xl/workbook.xml", "xl/styles.xml", "xl/theme/", "xl/worksheets/", "xl/tables/")
    allowed += ("xl/drawings/", "xl/charts/", "xl/_rels/")
    assert [name for name in parts(out) if not name.startswith(allowed)] == []


def test_nothing_in_any_part_tells_who_the_owner_or_a_customer_is(made):
    out, _ = made
    for name, content in parts(out).items():
        text = content.decode("utf-8")
        assert not [secret for secret in SECRETS if secret.lower() in text.lower()], name
        assert "TargetMode" not in text
        assert "mailto:" not in text


def test_a_reference_to_a_sheet_that_was_left_out_becomes_its_value(made):
    out, _ = made
    copy, shown = formulas(out)["Figures"], values(out)["Figures"]
    assert copy["A2"].value == "=3*2"
    assert copy["A4"].value == "=IF(4>1,5,0)"
    assert copy["A3"].value == 12
    assert copy["A12"].value == 1
    assert [shown[f"A{i}"].value for i in (2, 3, 4)] == [6, 12, 5]
    assert formulas(out).defined_names["Whisper"].attr_text == "3"


def test_names_that_a_copy_cannot_have_are_left_out_and_listed(made):
    out, outcome = made
    names = set(formulas(out).defined_names)
    assert names == {"Rate", "Scores", "Satisfied", "Whisper"}
    listed = {row[0] for row in outcome.table}
    assert {"Name Gone", "Name Tiers"} <= listed
    assert "CSAT" not in formulas(out).defined_names["Satisfied"].attr_text
    assert values(out)["Figures"]["A13"].value == pytest.approx(26 / 3)


def test_a_sheet_named_after_a_customer_gets_a_pseudonym_and_is_still_found(made):
    out, _ = made
    copy = formulas(out)
    renamed = next(name for name in copy.sheetnames if name.startswith("Customer "))
    assert copy["Figures"]["A1"].value == f"='{renamed}'!A1+1"
    assert values(out)["Figures"]["A1"].value == 9


def test_tables_keep_their_formulas_and_lose_their_queries(made):
    out, _ = made
    table = formulas(out)["Customers"].tables["Buyers"]
    column = table.tableColumns[5]
    assert "SATISFACTION" not in column.calculatedColumnFormula.attr_text
    assert "Buyers[[#This Row],[Positive]]" in column.calculatedColumnFormula.attr_text
    assert formulas(out)["Customers"]["F2"].value == "=" + column.calculatedColumnFormula.attr_text


def test_rules_of_formats_and_input_are_fitted_or_left_out_and_listed(made):
    out, outcome = made
    sheet = formulas(out)["Customers"]
    rules = {str(r.sqref): r.rules[0].formula for r in sheet.conditional_formatting}
    assert set(rules) == {"C2:C4", "D2:D4", "A2:A4"}
    assert "SATISFACTION" not in rules["C2:C4"][0]
    assert "Alice" not in rules["A2:A4"][0]
    checks = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation}
    assert set(checks) == {"C2:C4", "H2"}
    assert "Alice" not in checks["H2"]
    assert "SATISFACTION" not in checks["C2:C4"]
    assert any("E2:E4" in row[0] for row in outcome.table)


def test_charts_show_the_copys_own_cells_or_the_values_they_last_showed(made):
    out, outcome = made
    charts = [content.decode() for name, content in parts(out).items() if "charts/chart" in name]
    assert len(charts) == 2
    live = next(chart for chart in charts if "Customers" in chart)
    assert "numCache" in live
    assert "Customer " in live
    frozen = next(chart for chart in charts if "Customers" not in chart)
    assert "<c:f>" not in frozen.replace("<f>", "<c:f>")
    assert any("chart" in row[0] for row in outcome.table)


def test_looks_and_print_settings_stay(made):
    out, _ = made
    sheet = formulas(out)["Customers"]
    assert sheet.column_dimensions["A"].width == 33
    assert sheet["C2"].font.bold
    assert sheet["F2"].number_format == "0.0%"
    assert sheet.freeze_panes == "B2"
    assert sheet.print_title_rows == "$1:$1"
    assert formulas(out)["Figures"]["B2"].value.date() == dt.date(2026, 3, 5)


def test_a_text_that_looks_like_a_formula_stays_a_text_even_when_edited(made):
    out, _ = made
    cell = formulas(out)["Figures"]["B1"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("+41 text", "s", True)


def test_array_formulas_become_formulas_in_their_cells(made):
    out, _ = made
    sheet = formulas(out)["Figures"]
    assert all(str(sheet[f"A{row}"].value).startswith("=IF(") for row in (9, 10, 11))
    assert [values(out)["Figures"][f"A{row}"].value for row in (9, 10, 11)] == [0.75, 0.5, 0.8]


def test_today_is_the_day_of_the_figures_so_that_a_filed_copy_does_not_change(made):
    out, _ = made
    assert "DATE(" in formulas(out)["Figures"]["A8"].value
    assert "TODAY() was replaced" in _about(out)


def _about(path):
    sheet = values(path)["About this copy"]
    return "\n".join(str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None)


def test_the_first_sheet_says_what_was_left_out(made):
    out, _ = made
    about = _about(out)
    assert "rich.xlsx" in about
    assert "hidden sheets" in about
    assert "There is no churn model yet." in about


def test_a_formula_that_depends_on_the_letters_of_a_name_is_blank_and_listed(tmp_path):
    cells = {"A1": "Name", "B1": "Orders", "A2": "Alice Jones", "B2": 3, "A3": "Bob Lee", "B3": 4}
    book = saved(
        tmp_path / "b.xlsx",
        {
            "Customers": cells,
            "R": {"A1": "=LEN(Customers!A2)", "A2": "=A1*2", "A3": "=LEFT(Customers!A2,1)"},
        },
    )
    out = tmp_path / "copy.xlsx"
    outcome = shared(book, out)
    copy = formulas(out)["R"]
    assert [copy[f"A{row}"].value for row in (1, 2, 3)] == [None, None, None]
    assert {row[0] for row in outcome.table} == {"R!A1:A3"} or len(outcome.table) == 3
    assert all("personal" in row[2] for row in outcome.table)
    assert "Alice" not in _about(out)


def test_long_sheet_names_and_long_formulas_respect_excels_limits(tmp_path):
    name = "Summary of everything this year"
    ratings = {f"A{i}": f"{i % 5 + 1} stars {'x' * 0}" for i in range(1, 30)}
    ratings |= {f"A{i}": f"  {i % 5 + 1} star" + " " * i for i in range(30, 120)}
    book = saved(
        tmp_path / "b.xlsx",
        {name: {**ratings, "C1": f"=CSAT('{name}'!A1:A119)", "C2": "=CSAT(A200:A201)"}},
    )
    out = tmp_path / "copy.xlsx"
    outcome = shared(book, out)
    assert_valid(out)
    assert name in formulas(out).sheetnames
    assert "different texts" in {r[0]: r[2] for r in outcome.table}[f"{name}!C1"]
    assert isinstance(values(out)[name]["C1"].value, float)


#: What stands in the cache of a chart whose cells are not in the copy.
_CHART = (
    '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart><c:plotArea><c:barChart>'
    "<c:ser><c:val><c:numRef><c:f>Secret!$A$1:$A$9</c:f><c:numCache>{points}</c:numCache></c:numRef></c:val></c:ser>"
    "</c:barChart></c:plotArea></c:chart></c:chartSpace>"
)


def _chart(points, refer=lambda text: None):
    root = etree.fromstring(_CHART.format(points=points))
    chart = ChartPart(root, refer, lambda sheet, row, column: 1e308 * row, str, str)
    return etree.fromstring(chart.part())


@pytest.mark.parametrize("place", ["-1", "x", "", "１", "2147483647", "99999999999"])
def test_a_point_of_a_chart_that_is_nowhere_takes_no_place(place):
    points = f'<c:pt idx="{place}"><c:v>5</c:v></c:pt><c:pt idx="1"><c:v>7</c:v></c:pt>'
    points += '<c:pt idx="2"><c:v>1e999</c:v></c:pt><c:pt idx="3"><c:v>nan</c:v></c:pt>'
    literal = next(_chart(points).iter("{*}numLit"))
    assert literal.find("{*}ptCount").get("val") == "4"
    assert [(p.get("idx"), p.findtext("{*}v")) for p in literal.iter("{*}pt")] == [("1", "7.0")]


def test_a_chart_of_whole_sheets_is_left_to_excel():
    def refer(text):
        return text, [Area("Data", (1, 1, 1_048_576, 16_384))]

    assert not list(_chart("", refer).iter("{*}numCache"))


def test_what_no_cell_holds_is_no_point_of_a_chart():
    def refer(text):
        return text, [Area("Data", (1, 1, 2, 1))]

    assert [p.get("idx") for p in _chart("", refer).iter("{*}pt")] == ["0"]


@pytest.mark.parametrize("number", ["-1", "x", "", "１", "99999999999"])
def test_formats_with_nonsense_for_a_number_are_formats(number):
    root = etree.fromstring(
        f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="{number}" formatCode="0.0"/></numFmts></styleSheet>'
    )
    part = StylePart(root)
    assert part.quoted(3) == 1
    assert part.add(root) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            b"<tableColumns",
            b'<tableColumns><tableColumn id="9" name="x"/></tableColumns><tableColumns',
        ),
        (b"</tableColumns>", b'<tabln id="4"/><!-- a --></tableColumns>'),
        (b"</tableColumns>", b'</tableColumns><tableColumns><tableColumn id="9"/></tableColumns>'),
    ],
)
def test_more_than_the_columns_in_a_table_never_stops_a_copy_unsaid(rich, tmp_path, old, new):
    with zipfile.ZipFile(rich) as package:
        whole = {name: package.read(name) for name in package.namelist()}
    whole["xl/tables/table1.xml"] = whole["xl/tables/table1.xml"].replace(old, new, 1)
    with zipfile.ZipFile(rich, "w") as package:
        for name, content in whole.items():
            package.writestr(name, content)
    try:
        shared(rich, tmp_path / "copy.xlsx")
    except FileError as error:
        assert "table1.xml" in str(error)
    else:
        assert_valid(tmp_path / "copy.xlsx")
