"""Cells are read whatever their spelling, and written without touching their neighbours."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from ooxml import handmade

from csm_xl.errors import SheetError
from csm_xl.formulas.workbook_model import ErrorValue
from csm_xl.ooxml.workbook_file import Workbook

M = f"{{{handmade.MAIN}}}"
PART = "xl/worksheets/sheet1.xml"
#: The second style breaks its text into lines.
WRAPPED = handmade.STYLES.replace('applyNumberFormat="1"/>', '><alignment wrapText="1"/></xf>', 1)


def opened(tmp_path: Path, rows: str, **options: object) -> Workbook:
    return Workbook(handmade.workbook(tmp_path / "book.xlsx", rows, **options))


def saved(workbook: Workbook) -> str:
    """The sheet's part after saving."""
    workbook.save()
    return handmade.read_part(workbook.path, PART).decode()


def rows_of(part: str) -> str:
    return part[part.index("<sheetData>") + len("<sheetData>") : part.index("</sheetData>")]


class TestReading:
    def test_every_type_of_cell(self, tmp_path: Path) -> None:
        rows = (
            '<row r="1"><c r="A1"><v>1.5</v></c><c r="B1" t="n"><v>2E3</v></c>'
            '<c r="C1" t="s"><v>1</v></c><c r="D1" t="inlineStr"><is><t> a&amp;b </t></is></c>'
            '<c r="E1" t="b"><v>1</v></c><c r="F1" t="e"><v>#DIV/0!</v></c>'
            '<c r="G1" t="str"><f>"x"</f><v>x</v></c><c r="H1" s="1"/>'
            '<c r="I1" t="d"><v>2024-01-05T12:00:00</v></c><c r="J1" t="s"><v>0</v></c></row>'
        )
        items = [
            '<si><r><t>rich </t></r><r><rPr><b/></rPr><t xml:space="preserve">text</t></r>'
            "<rPh sb='0' eb='1'><t>reading</t></rPh></si>",
            "<si><t>漢字_x000D_</t><rPh sb='0' eb='1'><t>かんじ</t></rPh></si>",
        ]
        book = opened(tmp_path, rows, strings=items)
        found = [book.cached("Data", 1, column) for column in range(1, 11)]
        assert found == [
            1.5,
            2000.0,
            "漢字\r",
            " a&b ",
            True,
            "#DIV/0!",
            "x",
            None,
            45296.5,
            "rich text",
        ]
        assert isinstance(found[5], ErrorValue)
        assert found[4] is True

    def test_text_that_reads_like_an_error_is_text(self, tmp_path: Path) -> None:
        rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>#N/A</t></is></c></row>'
        value = opened(tmp_path, rows).cached("Data", 1, 1)
        assert value == "#N/A"
        assert not isinstance(value, ErrorValue)

    def test_cells_and_rows_without_addresses_follow_one_another(self, tmp_path: Path) -> None:
        rows = (
            "<row><c><v>1</v></c><c><v>2</v></c></row>"
            '<row r="5"><c r="C5"><v>3</v></c><c><v>4</v></c></row><row><c><v>5</v></c></row>'
        )
        book = opened(tmp_path, rows)
        places = [(1, 1), (1, 2), (5, 3), (5, 4), (6, 1)]
        assert [book.cached("Data", *place) for place in places] == [1, 2, 3, 4, 5]

    def test_other_prefixes_quotes_and_line_breaks(self, tmp_path: Path) -> None:
        part = (
            f"<?xml version='1.0'?><x:worksheet xmlns:x='{handmade.MAIN}'>\n"
            "<x:sheetData >\n <x:row r='2' >\n  <x:c r='B2' t='inlineStr' >\n"
            "   <x:is><x:t>a</x:t></x:is>\n  </x:c>\n  <x:c  r='C2'><x:v> 5 </x:v></x:c>\n"
            " </x:row>\n</x:sheetData>\n</x:worksheet>"
        )
        path = handmade.write(tmp_path / "book.xlsx", handmade.parts({"Data": part}))
        book = Workbook(path)
        assert [book.cached("Data", 2, c) for c in (2, 3)] == ["a", 5.0]
        book.sheet("Data").set_values(2, 3, [6.0])
        book.sheet("Data").set_values(3, 1, ["new"])
        book.save()
        sheet = openpyxl.load_workbook(path)["Data"]
        assert [sheet["B2"].value, sheet["C2"].value, sheet["A3"].value] == ["a", 6, "new"]

    @pytest.mark.parametrize(
        "rows",
        [
            '<row r="1"><!-- note --><c r="A1"><v>1</v></c></row>',
            '<row r="1"><c r="A1" t="inlineStr"><is><t><![CDATA[</row>]]></t></is></c>'
            '<c r="B1"><v>1</v></c></row>',
            '<?pi data?><row r="1"><c r="A1"><v>1</v></c></row>',
            f'<y:row xmlns:y="{handmade.MAIN}" r="1"><y:c r="A1"><y:v>1</y:v></y:c></y:row>',
            '<row r="2"><c r="A2"><v>2</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>',
        ],
    )
    def test_what_the_scanner_does_not_understand_is_parsed_and_kept(
        self, tmp_path: Path, rows: str
    ) -> None:
        book = opened(tmp_path, rows)
        sheet = book.sheet("Data")
        before = {(r, c): v for c, s in sheet.cells.columns.items() for r, v in s.items()}
        assert 1.0 in before.values()
        sheet.set_values(9, 9, ["new"])
        book.save()
        again = Workbook(book.path).sheet("Data")
        after = {(r, c): v for c, s in again.cells.columns.items() for r, v in s.items()}
        assert after == before | {(9, 9): "new"}

    def test_sheets_in_utf_16_are_read_and_written(self, tmp_path: Path) -> None:
        content = handmade.parts({"Data": ""}, strings=["<si><t>é</t></si>"])
        rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
        for name in (PART, "xl/sharedStrings.xml"):
            text = handmade.sheet_xml(rows) if name == PART else str(content[name])
            content[name] = text.replace("UTF-8", "UTF-16").encode("utf-16")
        book = Workbook(handmade.write(tmp_path / "book.xlsx", content))
        assert book.cached("Data", 1, 1) == "é"
        book.sheet("Data").set_values(1, 2, ["中"])
        book.save()
        sheet = openpyxl.load_workbook(book.path)["Data"]
        assert (sheet["A1"].value, sheet["B1"].value) == ("é", "中")

    def test_dates_of_both_systems(self, tmp_path: Path) -> None:
        rows = '<row r="1"><c r="A1" s="1"><v>100</v></c></row>'
        for flag, expected in (("0", "1900-04-09"), ("1", "1904-04-10")):
            path = tmp_path / f"{flag}.xlsx"
            handmade.workbook(path, rows, workbook_properties=f'<workbookPr date1904="{flag}"/>')
            from csm_xl.commands.opening import open_book

            book = open_book(path)
            assert str(book.sheets[0]["A1"].value.date()) == expected
            assert openpyxl.load_workbook(path)["Data"]["A1"].value == book.sheets[0]["A1"].value


class TestWriting:
    def test_only_the_written_cell_changes(self, tmp_path: Path) -> None:
        rows = (
            '<row r="1" spans="1:3" ht="30" customHeight="1"><c r="A1" s="2"><v>1</v></c>'
            '<c r="B1" s="2" t="s" vm="1"><v>0</v></c><c r="C1"><v>0.30000000000000004</v></c></row>'
            "\n  <row r='2'><c r='A2' t='b'><v>1</v></c></row>"
        )
        book = opened(tmp_path, rows, strings=["<si><t>a</t></si>"])
        book.sheet("Data").set_values(1, 2, [5.0])
        expected = rows.replace('s="2" t="s" vm="1"><v>0</v>', 's="2"><v>5</v>')
        assert rows_of(saved(book)) == expected

    def test_writing_what_is_there_changes_nothing(self, tmp_path: Path) -> None:
        rows = (
            '<row r="1"><c r="A1"><v>0.30000000000000004</v></c>'
            '<c r="B1" t="s"><v>0</v></c><c r="C1" t="b"><v>1</v></c></row>'
        )
        book = opened(tmp_path, rows, strings=["<si><t>a</t></si>"])
        before = book.path.read_bytes()
        sheet = book.sheet("Data")
        for column, value in enumerate((0.30000000000000004, "a", True), 1):
            sheet.set_values(1, column, [value])
        sheet.set_values(7, 7, [None])
        book.save()
        assert book.path.read_bytes() == before

    def test_a_number_one_and_true_are_not_the_same(self, tmp_path: Path) -> None:
        book = opened(tmp_path, '<row r="1"><c r="A1"><v>1</v></c></row>')
        book.sheet("Data").set_values(1, 1, [True])
        assert '<c r="A1" t="b"><v>1</v></c>' in saved(book)

    def test_new_cells_and_rows_stand_in_order(self, tmp_path: Path) -> None:
        rows = '<row r="2"><c r="B2"><v>2</v></c><c r="D2"><v>4</v></c></row><row r="5"/>'
        book = opened(tmp_path, rows)
        sheet = book.sheet("Data")
        for row in (1, 2, 3, 5, 6):
            for column in (1, 3, 5):
                sheet.set_values(row, column, [float(10 * row + column)])
        root = etree.fromstring(saved(book).encode())
        cells = [c.get("r") for c in root.iter(f"{M}c")]
        assert cells == [
            *("A1", "C1", "E1", "A2", "B2", "C2", "D2", "E2", "A3", "C3", "E3"),
            *("A5", "C5", "E5", "A6", "C6", "E6"),
        ]
        assert [r.get("r") for r in root.iter(f"{M}row")] == ["1", "2", "3", "5", "6"]

    @pytest.mark.parametrize("data", ["<sheetData/>", "<sheetData />", "<sheetData></sheetData>"])
    def test_an_empty_sheet_takes_cells(self, tmp_path: Path, data: str) -> None:
        part = handmade.sheet_xml("").replace("<sheetData></sheetData>", data)
        path = handmade.write(tmp_path / "book.xlsx", handmade.parts({"Data": part}))
        book = Workbook(path)
        book.sheet("Data").set_values(3, 2, ["x"])
        book.save()
        assert openpyxl.load_workbook(path)["Data"]["B3"].value == "x"

    def test_spans_and_dimension_grow_with_the_cells(self, tmp_path: Path) -> None:
        part = handmade.sheet_xml(
            '<row r="1" spans="1:2"><c r="A1"><v>1</v></c></row>'
            '<row r="2" spans="1:1 3:4"><c r="A2"><v>1</v></c></row>',
            before='<dimension ref="A1:B2"/>',
        )
        book = Workbook(handmade.write(tmp_path / "book.xlsx", handmade.parts({"Data": part})))
        book.sheet("Data").set_values(1, 5, [1.0, 2.0, 3.0])
        text = saved(book)
        assert '<dimension ref="A1:E3"/>' in text
        assert 'spans="1:5"><c r="A1"' in text
        assert 'spans="1:5"><c r="A2"' in text

    @pytest.mark.parametrize(
        ("old", "style", "text", "new"),
        [
            ('ht="30"', 1, "three\nlines\nnow", 'ht="43.5"'),
            ("", 1, "a text of more than eight characters", 'ht="70.5"'),
            ("", 1, "对客户来说很长的一句话", 'ht="43.5"'),
            ('ht="30"', 1, "short", ""),
            ('ht="30"', 0, "three\nlines\nnow", 'ht="30"'),
            ('ht="30" customHeight="1"', 1, "three\nlines\nnow", 'ht="30" customHeight="1"'),
        ],
    )
    def test_a_row_becomes_as_high_as_its_broken_texts_unless_somebody_chose(
        self, tmp_path: Path, old: str, style: int, text: str, new: str
    ) -> None:
        rows = f'<row r="2" {old}><c r="A2" s="{style}"/><c r="B2"><v>1</v></c></row>'
        book = opened(tmp_path, rows, styles=WRAPPED)
        book.sheet("Data").set_values(2, 1, [text])
        row = rows_of(saved(book)).split(">")[0]
        assert row.removeprefix('<row r="2"').strip() == new

    def test_a_row_that_was_never_fitted_is_left_to_excel_when_a_short_text_comes(
        self, tmp_path: Path
    ) -> None:
        rows = (
            '<row r="2"><c r="A2" s="1" t="inlineStr"><is><t>a text of three lines</t></is></c>'
            '<c r="B2" s="1"/></row>'
        )
        book = opened(tmp_path, rows, styles=WRAPPED)
        book.sheet("Data").set_values(2, 2, ["High"])
        assert rows_of(saved(book)).startswith('<row r="2">')

    def test_a_row_keeps_its_height_when_another_text_changes(self, tmp_path: Path) -> None:
        rows = '<row r="2" ht="30"><c r="A2" s="1"/><c r="B2"/></row>'
        book = opened(tmp_path, rows, styles=WRAPPED)
        book.sheet("Data").set_values(2, 2, ["three\nlines\nnow"])
        assert rows_of(saved(book)).startswith('<row r="2" ht="30">')

    def test_a_new_cell_takes_the_style_of_its_row_or_column(self, tmp_path: Path) -> None:
        part = handmade.sheet_xml(
            '<row r="1" s="2" customFormat="1"/><row r="2"><c r="A2"><v>1</v></c></row>',
            before='<cols><col min="2" max="3" width="9" style="1"/></cols>',
        )
        book = Workbook(handmade.write(tmp_path / "book.xlsx", handmade.parts({"Data": part})))
        book.sheet("Data").set_values(1, 2, [1.0, 2.0])
        book.sheet("Data").set_values(3, 4, [3.0])
        text = saved(book)
        assert '<c r="B1" s="2"><v>1</v></c>' in text
        assert '<c r="B2" s="1"><v>2</v></c>' in text
        assert '<c r="D3"><v>3</v></c>' in text

    def test_an_emptied_cell_keeps_only_its_style(self, tmp_path: Path) -> None:
        rows = '<row r="1"><c r="A1" s="1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
        book = opened(tmp_path, rows)
        book.sheet("Data").clear_values((1, 1, 1, 2))
        assert rows_of(saved(book)) == '<row r="1"><c r="A1" s="1"/></row>'

    def test_a_cell_keeps_what_belongs_to_it(self, tmp_path: Path) -> None:
        extension = '<extLst><ext uri="{x}"/></extLst>'
        rows = f'<row r="1"><c r="A1" s="1" ph="1"><v>1</v>{extension}</c></row>'
        book = opened(tmp_path, rows)
        book.sheet("Data").set_values(1, 1, ["text"])
        expected = f'<c r="A1" s="1" ph="1" t="inlineStr"><is><t>text</t></is>{extension}</c>'
        assert expected in saved(book)

    def test_text_is_text_whatever_it_looks_like(self, tmp_path: Path) -> None:
        texts = ["00123", "=1+1", "3-5", "1e5", "TRUE", "#N/A", "123456789012345678", "@x", "+1"]
        book = opened(tmp_path, "")
        book.sheet("Data").set_values(1, 1, texts)
        book.save()
        sheet = openpyxl.load_workbook(book.path)["Data"]
        cells = [sheet.cell(row, 1) for row in range(1, len(texts) + 1)]
        assert [str(cell.value) for cell in cells] == texts
        again = Workbook(book.path)
        assert [again.cached("Data", row, 1) for row in range(1, len(texts) + 1)] == texts
        assert not again.formulas("Data")

    def test_spaces_line_breaks_and_control_characters_survive(self, tmp_path: Path) -> None:
        texts = [" a", "a ", "a  b", "a\nb", "\tx", "a\rb", "\x01\x1f", "_x0041_", "a<b>&\"'", "😀"]
        book = opened(tmp_path, "")
        book.sheet("Data").set_values(1, 1, texts)
        book.save()
        again = Workbook(book.path)
        assert [again.cached("Data", row, 1) for row in range(1, len(texts) + 1)] == texts
        assert b"_x0001__x001F_" in handmade.read_part(book.path, PART)
        assert b"_x005F_x0041_" in handmade.read_part(book.path, PART)

    def test_half_a_character_pair_becomes_the_replacement_character(self, tmp_path: Path) -> None:
        book = opened(tmp_path, "")
        book.sheet("Data").set_values(1, 1, ["a\ud83db"])
        book.save()
        assert Workbook(book.path).cached("Data", 1, 1) == "a\ufffdb"

    def test_numbers_read_back_as_the_same_double(self, tmp_path: Path) -> None:
        numbers = [0.1, 1 / 3, 1e300, 5e-324, -0.5, 123456789012345.0, 1e15, 1e16, 2**53 + 2.0]
        book = opened(tmp_path, "")
        book.sheet("Data").set_values(1, 1, numbers)
        book.save()
        again = Workbook(book.path)
        assert [again.cached("Data", row, 1) for row in range(1, len(numbers) + 1)] == numbers


class TestFormulas:
    ROWS = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="shared" ref="B1:B4" si="0">A1*$C$1+'
        "LOG10(10)+Sheet!A1</f><v>2</v></c></row>"
        '<row r="2"><c r="A2"><v>2</v></c><c r="B2"><f t="shared" si="0"/><v>4</v></c></row>'
        '<row r="3"><c r="A3"><v>3</v></c><c r="B3"><f t="shared" si="0"/><v>6</v></c></row>'
        '<row r="4"><c r="B4"><f t="shared" si="0"/><v>8</v></c></row>'
        '<row r="5"><c r="A5"><f t="array" ref="A5:A7">B1:B3</f><v>2</v></c>'
        '<c r="B5" t="str"><f>"a"&amp;"&lt;"</f><v>a&lt;</v></c></row>'
        '<row r="6"><c r="A6"><v>4</v></c></row><row r="7"><c r="A7"><v>6</v></c></row>'
        '<row r="8"><c r="B8"><f t="dataTable" ref="B8:C9" dt2D="1" dtr="1" r1="A1" r2="A2"/>'
        '<v>1</v></c><c r="C8"><v>2</v></c></row>'
    )

    def test_the_children_of_a_shared_formula_have_their_own_text(self, tmp_path: Path) -> None:
        cells = opened(tmp_path, self.ROWS).formulas("Data")
        shared = [(c.row, c.text, c.cached) for c in cells if c.kind == "shared"]
        assert shared == [
            (1, "A1*$C$1+LOG10(10)+Sheet!A1", 2),
            (2, "A2*$C$1+LOG10(10)+Sheet!A2", 4),
            (3, "A3*$C$1+LOG10(10)+Sheet!A3", 6),
            (4, "A4*$C$1+LOG10(10)+Sheet!A4", 8),
        ]

    def test_arrays_and_data_tables_tell_their_block(self, tmp_path: Path) -> None:
        cells = {c.kind: c for c in opened(tmp_path, self.ROWS).formulas("Data")}
        assert (cells["array"].text, cells["array"].ref) == ("B1:B3", (5, 1, 7, 1))
        assert (cells["data_table"].text, cells["data_table"].ref) == ("", (8, 2, 9, 3))
        assert cells["plain"].text == '"a"&"<"'
        assert cells["plain"].cached == "a<"

    def test_constants_leave_out_what_formulas_fill(self, tmp_path: Path) -> None:
        found = {
            (row, first + place): value
            for row, first, values in opened(tmp_path, self.ROWS).values("Data")
            for place, value in enumerate(values)
            if value is not None
        }
        assert found == {(1, 1): 1.0, (2, 1): 2.0, (3, 1): 3.0}

    def test_a_cached_value_changes_beside_its_formula(self, tmp_path: Path) -> None:
        book = opened(tmp_path, self.ROWS)
        for row, value in ((1, 2.5), (2, "text"), (3, ErrorValue("#VALUE!")), (4, None)):
            book.set_cached("Data", row, 2, value)
        book.set_cached("Data", 6, 1, "filled by the array")
        text = saved(book)
        assert "+Sheet!A1</f><v>2.5</v></c>" in text
        assert '<c r="B2" t="str"><f t="shared" si="0"/><v>text</v></c>' in text
        assert '<c r="B3" t="e"><f t="shared" si="0"/><v>#VALUE!</v></c>' in text
        assert '<c r="B4"><f t="shared" si="0"/></c>' in text
        assert '<c r="A6" t="str"><v>filled by the array</v></c>' in text

    def test_a_cached_value_that_does_not_differ_is_not_written(self, tmp_path: Path) -> None:
        book = opened(tmp_path, self.ROWS)
        before = book.path.read_bytes()
        for cell in book.formulas("Data"):
            book.set_cached("Data", cell.row, cell.col, cell.cached)
        book.save()
        assert book.path.read_bytes() == before

    def test_a_constant_of_the_owner_is_not_a_cached_value(self, tmp_path: Path) -> None:
        book = opened(tmp_path, self.ROWS)
        with pytest.raises(ValueError, match="Data!A1 has no formula"):
            book.set_cached("Data", 1, 1, 5.0)

    def test_overwriting_the_first_of_a_shared_formula_hands_its_text_on(
        self, tmp_path: Path
    ) -> None:
        book = opened(tmp_path, self.ROWS)
        book.sheet("Data").set_values(1, 2, [99.0])
        text = saved(book)
        assert '<c r="B1"><v>99</v></c>' in text
        assert (
            '<c r="B2"><f t="shared" ref="B2:B4" si="0">A2*$C$1+LOG10(10)+Sheet!A2</f>'
            "<v>4</v></c>" in text
        )
        again = [c for c in Workbook(book.path).formulas("Data") if c.kind == "shared"]
        assert [c.text for c in again] == [
            f"A{row}*$C$1+LOG10(10)+Sheet!A{row}" for row in (2, 3, 4)
        ]

    def test_overwriting_a_child_of_a_shared_formula_leaves_the_others(
        self, tmp_path: Path
    ) -> None:
        book = opened(tmp_path, self.ROWS)
        book.sheet("Data").set_values(2, 2, ["fixed"])
        book.save()
        again = [c for c in Workbook(book.path).formulas("Data") if c.kind == "shared"]
        assert [c.row for c in again] == [1, 3, 4]

    def test_part_of_an_array_formula_cannot_be_overwritten(self, tmp_path: Path) -> None:
        book = opened(tmp_path, self.ROWS)
        with pytest.raises(SheetError, match="A5:A7"):
            book.sheet("Data").set_values(6, 1, [1.0])

    def test_a_whole_array_formula_can_be_overwritten(self, tmp_path: Path) -> None:
        book = opened(tmp_path, self.ROWS)
        book.sheet("Data").set_values(5, 1, [1.0, 4.0, None])
        text = saved(book)
        assert '<c r="A5"><v>1</v></c>' in text
        assert '<c r="A6"><v>4</v></c>' in text
        assert "A7" not in rows_of(text)

    def test_dynamic_array_marks_stay_with_their_formula_and_go_with_it(
        self, tmp_path: Path
    ) -> None:
        rows = (
            '<row r="1"><c r="A1" cm="1"><f t="array" ref="A1:A2">SORT(B1:B2)</f><v>1</v></c></row>'
            '<row r="2"><c r="A2"><v>2</v></c></row>'
        )
        book = opened(tmp_path, rows)
        book.set_cached("Data", 1, 1, 5.0)
        assert '<c r="A1" cm="1"><f t="array" ref="A1:A2">SORT(B1:B2)</f><v>5</v></c>' in saved(
            book
        )
        book.sheet("Data").set_values(1, 1, [1.0, 2.0])
        assert '<c r="A1"><v>1</v></c>' in saved(book)

    def test_the_calculation_chain_goes_when_a_formula_goes(self, tmp_path: Path) -> None:
        rows = '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>A1</f><v>2</v></c></row>'
        content = handmade.parts({"Data": handmade.sheet_xml(rows)})
        content["xl/calcChain.xml"] = (
            f'<calcChain xmlns="{handmade.MAIN}"><c r="A1" i="1"/></calcChain>'
        )
        content["xl/_rels/workbook.xml.rels"] = str(content["xl/_rels/workbook.xml.rels"]).replace(
            "</Relationships>",
            f'<Relationship Id="c" Type="{handmade.RELS}/calcChain" Target="calcChain.xml"/>'
            "</Relationships>",
        )
        content["[Content_Types].xml"] = str(content["[Content_Types].xml"]).replace(
            "</Types>",
            '<Override PartName="/xl/calcChain.xml" ContentType="'
            f'{handmade.SHEET_TYPE}.calcChain+xml"/></Types>',
        )
        book = Workbook(handmade.write(tmp_path / "book.xlsx", content))
        book.set_cached("Data", 1, 1, 3.0)
        book.save()
        assert book.package.has("xl/calcChain.xml")
        book.sheet("Data").set_values(1, 1, [2.0])
        book.save()
        again = Workbook(book.path)
        assert not again.package.has("xl/calcChain.xml")
        for part in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
            assert b"calcChain" not in again.package.read(part)

    def test_far_apart_cells_do_not_fill_the_gap(self, tmp_path: Path) -> None:
        rows = (
            '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>'
            '<row r="1048576"><c r="B1048576"><v>3</v></c></row>'
        )
        book = opened(tmp_path, rows)
        assert list(book.values("Data")) == [
            (1, 1, [1.0, None]),
            (1, 16384, [2.0]),
            (1048576, 1, [None, 3.0]),
        ]
