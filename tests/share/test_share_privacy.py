"""Names in every place of a workbook where one can hide: none of them is in the copy."""

import re
import zipfile

import openpyxl
import pytest
from hosts.ecma_schemas import assert_valid
from ooxml import handmade
from openpyxl.chart import BarChart, Reference, Series
from openpyxl.comments import Comment
from openpyxl.styles import NamedStyle
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from share.sharing import formulas, parts, saved, shared, values

#: What no part of the copy may hold, in lower case and without anything between the letters.
SECRETS = ("alicejones", "jonesalice", "王芳", "madonna", "13812345678", "mallory", "highstreet")


def _plain(content: bytes) -> str:
    """A part's text as a person would look for a name in it."""
    text = re.sub(r"<[^>]*>", "", content.decode())
    attributes = " ".join(re.findall(r'="([^"]*)"', content.decode()))
    return re.sub(r"[\W_]+", "", f"{text} {attributes}".lower())


def leaks(path):
    """Part and secret of everything that the copy gives away."""
    return [
        (name, secret)
        for name, content in parts(path).items()
        for secret in SECRETS
        if secret in _plain(name.encode()) or secret in _plain(content)
    ]


PEOPLE = [
    ("Name", "Phone", "Orders"),
    ("Alice Jones", 13812345678, 4),
    ("王芳", "+44 20 7946 0958", 2),
    ("Madonna", "-", 9),
]


def _owner():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Customers"
    for row in PEOPLE:
        sheet.append(row)
    return book, sheet


def _saved(book, path, changes=()):
    """The workbook, with texts of its parts replaced: (part, old, new)."""
    book.save(path)
    with zipfile.ZipFile(path) as old:
        content = {name: old.read(name) for name in old.namelist()}
    for part, before, after in changes:
        assert before in content[part], (part, before, content[part][:2000])
        content[part] = content[part].replace(before, after)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in content.items():
            new.writestr(name, part)
    return path


def _copied(book, tmp_path, changes=(), **options):
    path = _saved(book, tmp_path / "owner.xlsx", changes)
    out = tmp_path / "copy.xlsx"
    outcome = shared(path, out, **options)
    assert_valid(out)
    return out, outcome


def test_names_of_sheets_tables_and_cells_are_no_way_in(tmp_path):
    book, sheet = _owner()
    sheet.add_table(Table(displayName="Alice_Jones", ref="A1:C4"))
    for name in ("Alice_Jones_total", "Jones.Alice", "王芳_单", "AliceJones"):
        book.defined_names[name] = DefinedName(name, attr_text="Customers!$C$2")
    other = book.create_sheet("Jones, Alice")
    other["A1"] = "=SUM(Alice_Jones[Orders])+Alice_Jones_total+王芳_单+AliceJones"
    other["A2"] = "=SUM(Alice_Jones)"
    other["A3"] = "=SUM(Jones.Alice,Alice_Jones[[#Totals],[Orders]],1)"
    left = book.create_sheet("For Alice Jones")
    left["A1"] = 1
    out, outcome = _copied(book, tmp_path, sheets=["Customers", "Jones, Alice"])
    assert leaks(out) == []
    shown = values(out).worksheets[2]
    assert shown["A1"].value == 27
    assert str(formulas(out).worksheets[2]["A1"].value).startswith("=SUM(Customer_")
    assert not any("A1" in row[0] for row in outcome.table)


def test_names_in_texts_are_found_however_they_are_written(tmp_path):
    book, sheet = _owner()
    texts = [
        "Alice  Jones",
        "for Jones, Alice:",
        "ALICE JONES'S ORDER",
        "alice.jones",
        "Dear Madonna, thank you",
        "给王芳女士",
        "12 High Street, Leeds",
        "C:\\Users\\mallory\\books\\2026.xlsx",
        "see file:///home/mallory/books",
        "\\\\server\\mallory\\books",
        "/Users/mallory/Desktop/a.xlsx",
        "ring 138 1234 5678 or 0138-1234567",
    ]
    for row, text in enumerate(texts, 2):
        sheet.cell(row, 5).value = text
    out, _ = _copied(book, tmp_path)
    assert leaks(out) == []
    shown = values(out)["Customers"]
    assert shown["E6"].value.startswith("Dear Customer ")
    assert shown["E3"].value.startswith("for Customer ")
    assert shown["E9"].value.endswith("2026.xlsx")


def test_a_name_that_a_formula_puts_together_is_not_put_together_in_the_copy(tmp_path):
    book, sheet = _owner()
    sheet["E1"] = '="Ali"&"ce Jones"'
    sheet["E2"] = '=CHAR(65)&"lice "&"Jones"'
    sheet["E3"] = "=13812345678"
    sheet["E4"] = "=B2+0"
    sheet["B4"] = "=13812345678+0"
    sheet["E5"] = '=HYPERLINK("mailto:alice.jones@example.com","Alice Jones")'
    sheet["E6"] = '=IF(A2="Alice Jones",C2,0)'
    sheet["E7"] = '=COUNTIF(A:A,"Jones")+COUNTIF(A:A,"Alice*")'
    out, _ = _copied(book, tmp_path)
    assert [x for x in leaks(out) if x[1] != "alice"] == []
    shown = values(out)["Customers"]
    assert shown["E6"].value == 4
    assert shown["E7"].value == 1


def test_a_telephone_number_kept_as_a_number_is_found_outside_its_column(tmp_path):
    book, sheet = _owner()
    sheet["F9"] = 13812345678
    notes = book.create_sheet("Notes")
    notes["B2"] = 13812345678
    out, _ = _copied(book, tmp_path)
    assert leaks(out) == []
    assert values(out)["Notes"]["B2"].value == values(out)["Customers"]["B2"].value


def test_charts_tell_no_name_even_in_pieces(tmp_path):
    book, sheet = _owner()
    chart = BarChart()
    chart.title = "Alice"
    chart.y_axis.title = "Madonna and 王芳"
    series = Series(Reference(sheet, min_col=3, min_row=2, max_row=4), title="Alice Jones")
    chart.series.append(series)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=4))
    sheet.add_chart(chart, "E2")
    run = b"<a:t>Alice</a:t></a:r>"
    changes = [
        ("xl/charts/chart1.xml", run, run + b"<a:r><a:t> Jones</a:t></a:r>"),
        ("xl/drawings/drawing1.xml", b'name="Chart 1"', b'name="Alice Jones" descr="Alice Jones"'),
    ]
    out, _ = _copied(book, tmp_path, changes)
    assert leaks(out) == []
    content = parts(out)["xl/charts/chart1.xml"].decode()
    assert content.count("Customer ") >= 4


def test_styles_formats_and_headers_tell_no_name(tmp_path):
    book, sheet = _owner()
    sheet["C2"].number_format = '"Alice Jones" 0.0'
    sheet["C3"].number_format = "\\A\\l\\i\\c\\e\\ \\J\\o\\n\\e\\s 0"
    sheet["C4"].number_format = '#,##0.00 "kg"'
    book.add_named_style(NamedStyle("Alice Jones"))
    sheet["A9"] = "x"
    sheet["A9"].style = "Alice Jones"
    sheet.oddHeader.left.text = "Alice &BJones"
    sheet.oddFooter.center.text = "Madonna &P"
    out, _ = _copied(book, tmp_path)
    assert leaks(out) == []
    copy = formulas(out)["Customers"]
    assert copy["C4"].number_format == '#,##0.00 "kg"'
    assert "&P" in parts(out)["xl/worksheets/sheet2.xml"].decode().replace("&amp;", "&")


def test_lists_hints_comments_and_links_tell_no_name(tmp_path):
    book, sheet = _owner()
    listed = DataValidation("list", formula1='"Alice Jones,王芳,Madonna"')
    listed.add("H2")
    listed.prompt, listed.promptTitle = "Ask Alice Jones", "Madonna"
    listed.error, listed.errorTitle = "Not Alice Jones", "王芳"
    sheet.add_data_validation(listed)
    sheet["A2"].comment = Comment("Alice Jones called", "Mallory")
    sheet["A2"].hyperlink = "mailto:alice.jones@example.com?subject=Alice Jones"
    sheet["A3"].hyperlink = "#Customers!A1"
    sheet["A3"].hyperlink.tooltip = "王芳"
    book.properties.creator = book.properties.keywords = "Mallory"
    book.properties.lastModifiedBy = "Alice Jones"
    out, _ = _copied(book, tmp_path)
    assert leaks(out) == []


def test_texts_in_runs_and_their_readings_tell_no_name(tmp_path):
    book, sheet = _owner()
    sheet["E2"] = "placeholder"
    sheet["E3"] = "reading"
    sheet["E4"] = "harmless"
    text = b"<is><t>placeholder</t></is>"
    changes = [
        (
            "xl/worksheets/sheet1.xml",
            text,
            b"<is><r><t>Ali</t></r><r><rPr><b/></rPr><t>ce Jones</t></r></is>",
        ),
        (
            "xl/worksheets/sheet1.xml",
            b"<is><t>reading</t></is>",
            "<is><t>王先生</t><rPh sb='0' eb='1'><t>王芳</t></rPh></is>".encode(),
        ),
        (
            "xl/worksheets/sheet1.xml",
            b"<is><t>harmless</t></is>",
            "<is><r><t>harm</t></r><r><rPr><b/></rPr><t>less</t></r>"
            "<rPh sb='0' eb='1'><t>王芳</t></rPh></is>".encode(),
        ),
    ]
    out, _ = _copied(book, tmp_path, changes)
    assert leaks(out) == []
    assert values(out)["Customers"]["E4"].value == "harmless"


def test_the_first_sheet_and_the_list_of_kept_cells_repeat_no_name(tmp_path):
    book, sheet = _owner()
    sheet["D1"] = "Alice Jones note"
    for row in (2, 3, 4):
        sheet.cell(row, 4).value = f"wrote a long enough sentence about tea number {row}"
    book.defined_names["Alice_Jones"] = DefinedName("Alice_Jones", attr_text="#REF!")
    book.create_sheet("Alice Jones").sheet_state = "visible"
    more = book.create_sheet("Result of Madonna")
    more["A1"] = "=SENTIMENT(Customers!D2)"
    out, _ = _copied(book, tmp_path)
    assert leaks(out) == []


def test_one_person_has_one_pseudonym_on_every_sheet(tmp_path):
    people = {"A1": "Name", "B1": "Orders", "A2": "Alice Jones", "B2": 1, "A3": "Bob Lee", "B3": 2}
    other = {"A1": "Guest", "B1": "Paid", "A2": "alice jones", "B2": 3, "A3": "Bob Lee", "B3": 4}
    path = saved(tmp_path / "b.xlsx", {"Customers": people, "Bookings": other})
    out = tmp_path / "copy.xlsx"
    shared(path, out)
    shown = values(out)
    for row in (2, 3):
        assert (
            shown["Customers"].cell(row, 1).value
            == shown["Bookings"].cell(row, 1).value
            is not None
        )
        assert shown["Customers"].cell(row, 1).value.startswith("Customer ")


@pytest.mark.parametrize(
    ("header", "keys"),
    [
        ("Customer ID", ["alice@example.com", "bob@example.org", "carol@example.net"]),
        ("Customer ID", ["13812345678", "13912345678", "15012345678"]),
        ("客户编号", [13812345678, 13912345678, 15012345678]),
        ("会员号", ["13812345678", "13912345678", "15012345678"]),
    ],
)
def test_an_address_or_a_number_used_as_the_customers_key_is_replaced_alike(tmp_path, header, keys):
    customers = {"A1": header, "B1": "Spend"}
    orders = {"A1": "Order no.", "B1": header, "C1": "Amount"}
    for row, key in enumerate(keys, 2):
        customers |= {f"A{row}": key, f"B{row}": row}
        orders |= {f"A{row}": f"2026000{row}123", f"B{row}": key, f"C{row}": row * 2}
    path = saved(
        tmp_path / "b.xlsx",
        {
            "Customers": customers,
            "Orders": orders,
            "R": {"A1": "=SUMIF(Orders!B:B,Customers!A3,Orders!C:C)"},
        },
    )
    out = tmp_path / "copy.xlsx"
    shared(path, out)
    shown = values(out)
    for row, key in enumerate(keys, 2):
        coded = shown["Customers"].cell(row, 1).value
        assert coded == shown["Orders"].cell(row, 2).value != key
        assert str(key) not in str(parts(out))
        assert shown["Orders"].cell(row, 1).value == f"2026000{row}123"
    assert shown["R"]["A1"].value == 6
    assert str(formulas(out)["R"]["A1"].value).startswith("=SUMIF")


def test_numbers_of_orders_stay_even_where_they_look_like_telephones(tmp_path):
    cells = {"A1": "Order no.", "B1": "Invoice no.", "C1": "Amount"}
    for row in range(2, 8):
        cells |= {f"A{row}": f"1381234567{row}", f"B{row}": f"020-7946095{row}", f"C{row}": row}
    path = saved(tmp_path / "b.xlsx", {"Orders": cells})
    out = tmp_path / "copy.xlsx"
    shared(path, out)
    sheet = values(out)["Orders"]
    for row in range(2, 8):
        assert sheet.cell(row, 1).value == f"1381234567{row}"
        assert sheet.cell(row, 2).value == f"020-7946095{row}"


def test_a_first_name_and_a_family_name_in_two_columns_are_found_together(tmp_path):
    cells = {"A1": "First name", "B1": "Last name", "C1": "Orders", "A2": "Alice", "B2": "Jones"}
    cells |= {"C2": 3, "A3": "Bob", "B3": "Lee", "C3": 4}
    other = {"A1": "Alice Jones owes 3", "A2": '=Customers!A2&" "&Customers!B2'}
    path = saved(tmp_path / "b.xlsx", {"Customers": cells, "Alice Jones": other})
    out = tmp_path / "copy.xlsx"
    shared(path, out)
    assert leaks(out) == []
    assert not [n for n, p in parts(out).items() if "Jones" in p.decode() or "Alice" in p.decode()]


def test_words_that_are_also_names_stay_in_other_peoples_sentences(tmp_path):
    cells = {"A1": "Name", "B1": "Orders", "A2": "Will May", "B2": 3, "A3": "Unknown", "B3": 1}
    other = {"A1": "Unknown until May, it will come", "A2": "Orders of unknown origin"}
    path = saved(tmp_path / "b.xlsx", {"Customers": cells, "Plan": other})
    out = tmp_path / "copy.xlsx"
    shared(path, out)
    assert values(out)["Plan"]["A1"].value == other["A1"]
    assert values(out)["Plan"]["A2"].value == other["A2"]


def test_shared_texts_in_runs_and_their_readings_tell_no_name(tmp_path):
    rows = "".join(
        f'<row r="{r}"><c r="A{r}" t="s"><v>{r - 1}</v></c><c r="B{r}"><v>{r}</v></c></row>'
        for r in range(1, 6)
    )
    rows = rows.replace('<c r="B1"><v>1</v></c>', '<c r="B1" t="s"><v>5</v></c>')
    strings = [
        "<t>Name</t>",
        "<t>Alice Jones</t>",
        "<t>王芳</t><rPh sb='0' eb='2'><t>王芳</t></rPh>",
        "<r><t>To Ali</t></r><r><rPr><b/></rPr><t>ce Jones</t></r>",
        "<r><t>harm</t></r><r><rPr><b/></rPr><t>less</t></r><rPh sb='0' eb='1'><t>王芳</t></rPh>",
        "<t>Orders</t>",
    ]
    content = handmade.parts({"Data": handmade.sheet_xml(rows)}, strings=["x"] * 6)
    name = next(n for n in content if n.endswith("sharedStrings.xml"))
    items = "".join(f"<si>{text}</si>" for text in strings)
    content[name] = f'{handmade.HEADER}<sst xmlns="{handmade.MAIN}">{items}</sst>'
    path = handmade.write(tmp_path / "other.xlsx", content)
    out = tmp_path / "copy.xlsx"
    shared(path, out)
    assert_valid(out)
    assert leaks(out) == []


@pytest.mark.parametrize(
    "cells",
    [
        {"A1": "Name", "A2": "Alice Jones", "A3": "Bob Lee"},
        {"A1": "Guests", "A2": "Alice Jones", "A3": "Grace Hopper", "A4": "John Smith"},
        {"A1": "Alice Jones", "B1": 3, "A2": "Grace Hopper", "B2": 4, "A3": "John Smith", "B3": 5},
        {"A1": "Alice Jones", "B1": "a", "A2": "Grace Hopper", "B2": "b", "A3": "John Smith",
         "B3": "c", "A4": "Emma Stone", "B4": "d"},
        {"A1": "Product", "B1": "Price", "A2": "Tea", "B2": 3, "A3": "Mug", "B3": 4,
         "A6": "Name", "B6": "Owes", "A7": "Alice Jones", "B7": 12},
        {"A1": "Receipt", "A3": "Name:", "B3": "Alice Jones", "A4": "Total:", "B4": 12},
        {"A1": "Receipt", "A3": "Customer name", "C3": "Alice Jones", "A4": "Total", "B4": 12},
        {"A1": "收据", "A3": "姓名：", "B3": "王芳", "A4": "金额：", "B4": 12},
        {"A1": "收据", "A2": "联系人：王芳", "A3": "金额：", "B3": 12},
        {"A1": "Receipt", "A2": "Contact: Alice Jones", "A3": "Total", "B3": 12},
    ],
)  # fmt: skip
def test_names_outside_of_a_proper_table_are_found(tmp_path, cells):
    more = {"A1": "Thanks to Alice Jones and 王芳"}
    if "王芳" not in str(cells):
        more = {"A1": "Thanks to Alice Jones"}
    elif "Alice" not in str(cells):
        more = {"A1": "感谢王芳"}
    path = saved(tmp_path / "b.xlsx", {"Data": cells, "More": more})
    out = tmp_path / "copy.xlsx"
    shared(path, out)
    assert leaks(out) == []
    numbers = {a: v for a, v in cells.items() if isinstance(v, int)}
    assert {a: values(out)["Data"][a].value for a in numbers} == numbers
    kept = {"Product", "Price", "Tea", "Mug", "Receipt", "收据", "Name", "姓名：", "Total:"}
    for address, value in cells.items():
        if value in kept:
            assert values(out)["Data"][address].value == value


def test_names_made_of_ordinary_words_go_where_names_or_customer_numbers_stand_beside(tmp_path):
    names = ["Rose Stone", "Brook Field", "River Banks", "Hope Winters", "Amber Fox"]
    clients, notes = {"A1": "Customer ID", "B1": "Spend"}, {}
    listed = {"A1": "Customer ID", "B1": "Which", "C1": "Plan"}
    for row, name in enumerate(names, 2):
        clients |= {f"A{row}": f"C{row:04d}", f"B{row}": row}
        listed |= {f"A{row}": f"C{row:04d}", f"B{row}": name, f"C{row}": "Green Tea"}
    notes = {"A1": "Grand Total", "B1": 5, "A4": "C0003", "C4": "Brook Field", "A7": "Rainy Day"}
    path = saved(tmp_path / "own.xlsx", {"Clients": clients, "List": listed, "Loose": notes})
    shared(path, tmp_path / "copy.xlsx")
    book = values(tmp_path / "copy.xlsx")
    shown = {c.value for sheet in book for row in sheet.iter_rows() for c in row}
    assert not shown & set(names)
    assert {"Green Tea", "Grand Total", "Rainy Day", "C0003"} <= shown


def test_a_name_inside_a_business_fact_is_left_out_and_a_brand_stays(tmp_path):
    """A word that no dictionary knows is the business's where many facts hold it, else somebody's."""
    rows = [
        ("Portrait of Mairéad Quillfeather", "waiting for Mairéad", "等周思远确认"),
        ("Zorblax kettle", "paid", "已付款"),
        ("Zorblax mug", "paid", "已付款"),
        ("Zorblax spoon", "open", "已付款"),
        ("Bowl", "paid", "已发货"),
        ("Bowl", "open", "已发货"),
    ]
    cells = {"A1": "Order no.", "B1": "Product", "C1": "Status", "D1": "状态", "E1": "Amount"}
    for i, (product, status, zh) in enumerate(rows, 2):
        cells |= {f"A{i}": f"R-{i}", f"B{i}": product, f"C{i}": status, f"D{i}": zh, f"E{i}": i}
    path = saved(tmp_path / "own.xlsx", {"Orders": cells})
    shared(path, tmp_path / "copy.xlsx")
    copy = values(tmp_path / "copy.xlsx")["Orders"]
    held = [[copy.cell(row, column).value for column in (2, 3, 4)] for row in range(2, 8)]
    assert held[1:] == [list(row) for row in rows[1:]]
    assert held[0][:2] == ["Portrait of …", "waiting for …"]
    assert "思远" not in held[0][2]
    assert [copy.cell(row, 5).value for row in range(2, 8)] == list(range(2, 8))
