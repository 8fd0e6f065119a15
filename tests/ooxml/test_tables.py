"""Tables grow, and their columns' names agree with the header cells, or Excel would repair them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from ooxml import handmade

from csm_xl.commands.opening import open_book
from csm_xl.errors import FileError, SheetError
from csm_xl.ooxml.workbook_file import Workbook

TABLE = (
    f'{handmade.HEADER}<table xmlns="{handmade.MAIN}" id="3" name="Customers" '
    'displayName="Customers" ref="A1:B3" totalsRowShown="0"><autoFilter ref="A1:B3">'
    '<filterColumn colId="0"><filters><filter val="a"/></filters></filterColumn></autoFilter>'
    '<tableColumns count="2"><tableColumn id="1" name="Name"/>'
    '<tableColumn id="7" name="Score"><calculatedColumnFormula>1+1</calculatedColumnFormula>'
    '</tableColumn></tableColumns><tableStyleInfo name="TableStyleMedium2" showRowStripes="1"/>'
    "</table>"
)
ROWS = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>Score</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>a</t></is></c><c r="B2"><v>2</v></c></row>'
    '<row r="3"><c r="A3" t="inlineStr"><is><t>b</t></is></c><c r="B3"><v>3</v></c></row>'
)


def make(path: Path, rows: str = ROWS, table: str = TABLE) -> Path:
    after = '<tableParts count="1"><tablePart r:id="rId1"/></tableParts>'
    content = handmade.parts({"Data": handmade.sheet_xml(rows, after=after)})
    content["xl/tables/table1.xml"] = table
    content["xl/worksheets/_rels/sheet1.xml.rels"] = handmade.rels(
        ("rId1", "table", "../tables/table1.xml")
    )
    content["[Content_Types].xml"] = str(content["[Content_Types].xml"]).replace(
        "</Types>",
        '<Override PartName="/xl/tables/table1.xml" '
        f'ContentType="{handmade.SHEET_TYPE}.table+xml"/></Types>',
    )
    return handmade.write(path, content)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make(tmp_path / "book.xlsx")


def names_agree(path: Path) -> list[str]:
    """The columns of the only table, after checking them against the header cells."""
    sheet = openpyxl.load_workbook(path)["Data"]
    table = next(iter(sheet.tables.values()))
    header = next(sheet[table.ref].__iter__()) if ":" in table.ref else ()
    names = [column.name for column in table.tableColumns]
    assert [cell.value for cell in header] == names
    assert len({column.id for column in table.tableColumns}) == len(names)
    return names


def test_a_table_tells_its_ranges(path: Path) -> None:
    table = open_book(path).sheets[0].tables["customers"]
    assert table.name == "Customers"
    assert table.range.address == "$A$1:$B$3"
    assert table.header_row_range.value == ["Name", "Score"]
    assert table.data_body_range.value == [["a", 2.0], ["b", 3.0]]
    assert table.totals_row_range is None
    assert table.columns["score"].data_body_range.value == [2.0, 3.0]
    assert table.columns[0].range.address == "$A$1:$A$3"
    assert [column.name for column in table.columns] == ["Name", "Score"]
    assert table.table_style == "TableStyleMedium2"


def test_a_table_widened_to_the_right_takes_new_columns(path: Path) -> None:
    book = open_book(path)
    table = book.sheets[0].tables[0]
    table.resize(table.range.resize(3, 4))
    assert table.header_row_range.value == ["Name", "Score", "Column3", "Column4"]
    table.header_row_range[0, 2:].value = ["流失概率", "Risk\nlevel"]
    book.save()
    assert names_agree(path) == ["Name", "Score", "流失概率", "Risk\nlevel"]
    part = handmade.read_part(path, "xl/tables/table1.xml").decode()
    assert '<autoFilter ref="A1:D3">' in part
    assert '<filterColumn colId="0">' in part
    assert "<calculatedColumnFormula>1+1</calculatedColumnFormula>" in part
    assert 'id="8" name="流失概率"' in part


def test_header_cells_filled_before_the_table_is_widened_name_its_columns(path: Path) -> None:
    book = open_book(path)
    sheet = book.sheets[0]
    sheet["C1"].value = ["Name", 2024]
    table = sheet.tables[0]
    table.resize(sheet["A1:D3"])
    assert table.header_row_range.value == ["Name", "Score", "Name2", "2024"]
    book.save()
    assert names_agree(path) == ["Name", "Score", "Name2", "2024"]


def test_a_table_grows_and_shrinks_downwards(path: Path) -> None:
    book = open_book(path)
    table = book.sheets[0].tables[0]
    table.resize(table.range.resize(6, 2))
    table.data_body_range[2, 0].value = "new"
    book.save()
    assert names_agree(path) == ["Name", "Score"]
    table.resize(table.range.resize(2, 1))
    book.save()
    assert names_agree(path) == ["Name"]


def test_renaming_a_header_cell_renames_the_column(path: Path) -> None:
    book = open_book(path)
    sheet = book.sheets[0]
    sheet["B1"].value = "name"
    assert sheet["B1"].value == "name2"
    sheet["A1:B1"].clear_contents()
    assert sheet["A1:B1"].value == ["Column1", "Column2"]
    book.save()
    assert names_agree(path) == ["Column1", "Column2"]


def test_a_column_is_added_at_the_right(path: Path) -> None:
    book = open_book(path)
    table = book.sheets[0].tables[0]
    column = table.columns.add("Risk")
    column.data_body_range.value = [["Low"], ["High"]]
    assert (column.name, column.index) == ("Risk", 3)
    book.save()
    assert names_agree(path) == ["Name", "Score", "Risk"]
    assert openpyxl.load_workbook(path)["Data"]["C3"].value == "High"


def test_a_column_is_not_added_over_what_stands_there(path: Path) -> None:
    book = open_book(path)
    book.sheets[0]["C2"].value = "mine"
    with pytest.raises(SheetError, match="C1:C3 beside table Customers are not empty"):
        book.sheets[0].tables[0].columns.add("Risk")
    assert len(book.sheets[0].tables[0].columns) == 2


def test_a_table_keeps_its_header_row_and_a_row_of_data(path: Path) -> None:
    table = open_book(path).sheets[0].tables[0]
    with pytest.raises(SheetError, match="must keep its header row"):
        table.resize(table.range.offset(1, 0))
    with pytest.raises(SheetError, match="at least one row"):
        table.resize(table.range.resize(1, 2))


def test_a_new_table_is_made_of_a_range(tmp_path: Path) -> None:
    path = handmade.workbook(tmp_path / "book.xlsx", ROWS)
    book = open_book(path)
    table = book.sheets[0].tables.add(book.sheets[0]["A1:B3"], name="Customers")
    assert table.data_body_range.value == [["a", 2.0], ["b", 3.0]]
    book.save()
    assert names_agree(path) == ["Name", "Score"]
    again = open_book(path)
    assert [t.name for t in again.sheets[0].tables] == ["Customers"]
    with pytest.raises(SheetError, match="overlaps table Customers"):
        again.sheets[0].tables.add(again.sheets[0]["B3:C5"])
    with pytest.raises(SheetError, match="taken or not allowed"):
        again.sheets[0].tables.add(again.sheets[0]["D1:E5"], name="customers")
    with pytest.raises(SheetError, match="taken or not allowed"):
        again.sheets[0].tables.add(again.sheets[0]["D1:E5"], name="AB12")


def test_a_table_on_a_new_sheet_is_valid(tmp_path: Path) -> None:
    path = handmade.workbook(tmp_path / "book.xlsx", ROWS)
    book = open_book(path)
    sheet = book.sheets.add("Model", after=book.sheets[-1])
    sheet["A1"].value = [["k", "v"], ["a", 1], ["b", 2]]
    sheet.tables.add(sheet["A1:B3"])
    book.save()
    table = openpyxl.load_workbook(path)["Model"].tables["Table1"]
    assert table.ref == "A1:B3"


def test_the_totals_row_is_kept_when_a_table_is_widened(tmp_path: Path) -> None:
    table = TABLE.replace('ref="A1:B3" totalsRowShown="0"', 'ref="A1:B4" totalsRowCount="1"')
    rows = ROWS + '<row r="4"><c r="B4"><f>SUBTOTAL(109,[Score])</f><v>5</v></c></row>'
    path = make(tmp_path / "book.xlsx", rows, table)
    book = open_book(path)
    found = book.sheets[0].tables[0]
    assert found.data_body_range.address == "$A$2:$B$3"
    assert found.totals_row_range.address == "$A$4:$B$4"
    found.resize(book.sheets[0]["A1:C4"])
    assert found.data_body_range.address == "$A$2:$C$3"
    assert '<autoFilter ref="A1:C3">' in _saved_table(book, path)
    with pytest.raises(SheetError, match="shows a totals row"):
        found.resize(book.sheets[0]["A1:C9"])


def _saved_table(book: object, path: Path) -> str:
    book.save()  # type: ignore[attr-defined]
    return handmade.read_part(path, "xl/tables/table1.xml").decode()


def test_a_table_without_a_header_row_has_only_a_body(tmp_path: Path) -> None:
    table = TABLE.replace('ref="A1:B3"', 'ref="A2:B3" headerRowCount="0"', 1)
    book = open_book(make(tmp_path / "book.xlsx", ROWS, table))
    found = book.sheets[0].tables[0]
    assert found.header_row_range is None
    assert found.data_body_range.address == "$A$2:$B$3"
    assert not found.show_headers


def test_rows_that_a_table_grows_by_look_like_the_row_above(tmp_path):
    import openpyxl
    from openpyxl.styles import Alignment
    from openpyxl.worksheet.table import Table as Part

    from csm_xl.commands.opening import open_book

    book = openpyxl.Workbook()
    book.active.append(["Name", "Amount"])
    book.active.append(["Anna", 5])
    book.active["B2"].number_format = "0.00"
    book.active["A2"].alignment = Alignment(wrap_text=True)
    book.active["B4"].number_format = "0%"
    book.active.add_table(Part(displayName="T", ref="A1:B2"))
    book.save(tmp_path / "t.xlsx")
    opened = open_book(tmp_path / "t.xlsx")
    table = opened.sheets[0].tables["T"]
    table.resize(opened.sheets[0].range("A1:B4"))
    opened.sheets[0].range("A3:B4").value = [["Ben", 6], ["Cleo", 7]]
    opened.save()
    opened.close()
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert sheet["B3"].number_format == "0.00" and sheet["A4"].alignment.wrap_text
    assert sheet["B4"].number_format == "0%"


def damaged(path: Path, table: str) -> str:
    """What is said of a workbook with such a table."""
    with pytest.raises(FileError) as caught:
        Workbook(make(path, table=table)).tables()
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tableColumn id", "tableColuumn id"),
        ('<tableColumn id="1" name="Name"/>', '<tableColumn id="1" name="Name"/>' * 2),
        ('<tableColumn id="1" name="Name"/>', ""),
        ('ref="A1:B3" t', 'ref="A1:C3" t'),
        (handmade.MAIN, "'"),
        ('totalsRowShown="0"', 'headerRowCount="-1"'),
        ('totalsRowShown="0"', 'headerRowCount="１"'),
        ('totalsRowShown="0"', 'totalsRowCount="3"'),
        ('totalsRowShown="0"', 'totalsRowCount=""'),
    ],
)
def test_a_table_that_does_not_fit_its_cells_is_damage(old: str, new: str, tmp_path: Path) -> None:
    # Read all the same, a figure would come from the wrong column.
    assert "book.xlsx is damaged (xl/tables/table1.xml)" in damaged(
        tmp_path / "book.xlsx", TABLE.replace(old, new, 1)
    )


@pytest.mark.parametrize("ref", ["", "#REF!", "A0:B3", "XFE1"])
def test_a_filter_of_no_cells_is_named_where_it_matters(ref: str, tmp_path: Path) -> None:
    rows = ROWS.replace('<row r="2">', '<row r="2" hidden="1">')
    table = TABLE.replace('autoFilter ref="A1:B3"', f'autoFilter ref="{ref}"')
    workbook = Workbook(make(tmp_path / "book.xlsx", rows, table))
    with pytest.raises(FileError, match=r"table1\.xml"):
        workbook.filtered_rows("Data")


@pytest.mark.parametrize("ref", ["", "#REF!"])
def test_a_filter_of_a_sheet_without_cells_is_named(ref: str, tmp_path: Path) -> None:
    after = f'<autoFilter ref="{ref}"><filterColumn colId="0"/></autoFilter>'
    xml = handmade.sheet_xml(ROWS.replace('<row r="2">', '<row r="2" hidden="1">'), after=after)
    path = handmade.write(tmp_path / "book.xlsx", handmade.parts({"Data": xml}))
    with pytest.raises(FileError, match=r"sheet1\.xml"):
        Workbook(path).filtered_rows("Data")
