"""Sharing from the terminal and from the ribbon: what cannot be done is one sentence, in both."""

import itertools
import re
import zipfile

import openpyxl
import pytest
from hosts.ecma_schemas import assert_valid
from openpyxl.worksheet.formula import ArrayFormula
from share.sharing import formulas, parts, saved, values
from typer.testing import CliRunner

from csm_xl import addin
from csm_xl.cli import app
from csm_xl.commands.opening import open_book
from csm_xl.commands.sharing import share
from csm_xl.errors import TAG, CsmError, FileError
from csm_xl.language import use_language
from csm_xl.share.sheet_part import SheetPart

CUSTOMERS = {
    "A1": "Name", "B1": "Orders", "A2": "Alice Jones", "B2": 4, "A3": "王芳", "B3": 2,
}  # fmt: skip


@pytest.fixture
def book(tmp_path):
    sheets = {"Customers": CUSTOMERS, "Result": {"A1": "=SUM(Customers!B:B)"}}
    return saved(tmp_path / "shop.xlsx", sheets)


def terminal(*words, lang="en"):
    """What the terminal says, and its exit code; a refusal is told as the sentence it is."""
    try:
        with use_language(lang):
            done = CliRunner().invoke(
                app, ["--lang", lang, "share", *map(str, words)], catch_exceptions=False
            )
    except CsmError as error:
        return error.text.within(lang), 1
    return done.output, done.exit_code


def ribbon(path, out, lang="en"):
    """The word and the message that the ribbon's button gets."""
    opened = open_book(path)
    try:
        return addin.command("share", opened, lang, str(out)).split(TAG)
    finally:
        opened.close()


def test_two_copies_from_the_terminal_call_a_customer_the_same(book, tmp_path):
    for name in ("one", "two"):
        said, code = terminal(book, "-o", tmp_path / f"{name}.xlsx")
        assert code == 0
        assert "saved" not in said
    one, two = (values(tmp_path / f"{n}.xlsx")["Customers"]["A2"].value for n in ("one", "two"))
    assert one == two != "Alice Jones"


def test_from_the_ribbon_the_owner_saves_the_secret(book, tmp_path):
    word, said = ribbon(book, tmp_path / "copy.xlsx")
    assert word == "ok"
    assert "counts once the workbook is saved" in said


def test_sheets_can_be_chosen_in_the_terminal(book, tmp_path):
    out = tmp_path / "copy.xlsx"
    assert terminal(book, "-o", out, "--sheet", "Result")[1] == 0
    assert formulas(out).sheetnames == ["About this copy", "Result", "Kept as values"]


def test_a_failed_save_of_the_secret_leaves_no_copy(book, tmp_path):
    (tmp_path / "~$shop.xlsx").write_text("")
    said, code = terminal(book, "-o", tmp_path / "copy.xlsx")
    assert code == 1
    assert "shop.xlsx" in said
    assert not (tmp_path / "copy.xlsx").exists()


def _there(folder):
    (folder / "copy.xlsx").write_text("mine")
    return folder / "copy.xlsx"


def _open(folder):
    (folder / "~$copy.xlsx").write_text("")
    return _there(folder)


#: What is wrong: the copy's name, and a word of each language's sentence.
REFUSED = {
    "another kind of file": (lambda f: f / "copy.xlsm", ".xlsx", ".xlsx"),
    "no such folder": (lambda f: f / "nowhere" / "copy.xlsx", "no folder", "文件夹"),
    "the workbook itself": (lambda f: f / "shop.xlsx", "itself", "本身"),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_one_sentence_in_the_terminal_and_in_the_ribbon(
    book, tmp_path, what, lang, monkeypatch
):
    monkeypatch.setattr(type(open_book(book).app), "alert", lambda *a, **k: "yes", raising=False)
    place, english, chinese = REFUSED[what]
    wanted = english if lang == "en" else chinese
    told, code = terminal(book, "-o", place(tmp_path), "--force", lang=lang)
    assert code != 0
    word, said = ribbon(book, place(tmp_path), lang)
    assert word == "error"
    for sentence in (told, said):
        assert wanted in sentence
        assert "Traceback" not in sentence
        assert bool(re.search("[\u3400-\u9fff]", sentence)) == (lang == "zh")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_copy_that_is_open_elsewhere_is_not_replaced(book, tmp_path, lang, monkeypatch):
    monkeypatch.setattr(type(open_book(book).app), "alert", lambda *a, **k: "yes", raising=False)
    out = _open(tmp_path)
    told, code = terminal(book, "-o", out, "--force", lang=lang)
    assert code != 0
    _, said = ribbon(book, out, lang)
    assert told.strip() == said.strip()
    assert ("open in Excel" if lang == "en" else "打开") in said
    assert out.read_text() == "mine"


def test_the_terminal_replaces_a_copy_only_when_told_to(book, tmp_path):
    out = _there(tmp_path)
    told, code = terminal(book, "-o", out)
    assert code != 0
    assert "--force" in told
    assert out.read_text() == "mine"
    assert terminal(book, "-o", out, "--force")[1] == 0
    assert formulas(out).sheetnames[0] == "About this copy"


@pytest.mark.parametrize(("answer", "word"), [("yes", "ok"), ("no", "error")])
def test_the_ribbon_asks_before_it_replaces_a_copy(book, tmp_path, monkeypatch, answer, word):
    out = _there(tmp_path)
    asked = []

    def alert(self, prompt, *rest, **more):
        asked.append((prompt, more["buttons"]))
        return answer

    monkeypatch.setattr(type(open_book(book).app), "alert", alert, raising=False)
    found, said = ribbon(book, out)
    assert found == word
    assert asked == [("copy.xlsx is already there. Replace it?", "yes_no")]
    assert "--force" not in said
    assert (out.read_bytes() == b"mine") == (answer == "no")


def test_in_excel_for_mac_the_copy_goes_beside_the_workbook(book, tmp_path):
    opened = open_book(book)
    word, _ = addin.command("share", opened, "en").split(TAG)
    opened.close()
    assert word == "ok"
    assert formulas(tmp_path / "shop-for-accountant.xlsx").sheetnames[0] == "About this copy"


def test_a_copy_and_its_key_are_two_files(book, tmp_path):
    out = tmp_path / "copy.xlsx"
    told, code = terminal(book, "-o", out, "--name-key", out)
    assert code != 0
    assert "different names" in told
    assert not out.exists()


# --- What cannot be live is listed ---------------------------------------------------------------


def _listed(path, out, lang="en"):
    said, code = terminal(path, "-o", out, "--force", lang=lang)
    assert code == 0
    return said


def test_a_workbook_without_a_model_says_so(book, tmp_path):
    _listed(book, tmp_path / "copy.xlsx")
    about = values(tmp_path / "copy.xlsx")["About this copy"]
    texts = [str(cell.value) for row in about.iter_rows() for cell in row]
    assert "There is no churn model yet." in texts


def test_a_formula_that_cannot_be_read_is_a_value_and_listed(tmp_path):
    path = saved(tmp_path / "b.xlsx", {"Data": {"A1": 5, "A2": "=CSAT(A1:A1)+", "A3": "=A1*2"}})
    out = tmp_path / "copy.xlsx"
    said = _listed(path, out)
    assert "Data!A2" in said
    assert formulas(out)["Data"]["A2"].data_type != "f"
    assert formulas(out)["Data"]["A3"].value == "=A1*2"


def test_a_native_form_beyond_excels_length_is_a_value_and_listed(tmp_path):
    cells = {f"A{i}": f"{i % 5 + 1} star" + " " * i for i in range(1, 120)}
    text = "=" + "+".join(["CSAT(A1:A40)"] * 25)
    cells["C1"] = ArrayFormula("C1:C2", text)
    path = saved(tmp_path / "b.xlsx", {"Data": cells})
    out = tmp_path / "copy.xlsx"
    said = _listed(path, out)
    assert "longer than 8,192" in " ".join(said.split())
    assert isinstance(values(out)["Data"]["C1"].value, float | int)


def test_a_chart_over_a_function_without_native_form_shows_what_it_showed(tmp_path):
    from openpyxl.chart import BarChart, Reference

    words = ["The tea was wonderful, thank you", "Broken cup, slow delivery, bad", "It was fine"]
    path = saved(tmp_path / "b.xlsx", {"Data": {f"A{i}": w for i, w in enumerate(words, 1)}})
    owner = openpyxl.load_workbook(path)
    sheet = owner["Data"]
    for row in (1, 2, 3):
        sheet[f"B{row}"] = f"=SENTIMENT(A{row})"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3))
    sheet.add_chart(chart, "D2")
    owner.save(path)
    with use_language("en"):
        CliRunner().invoke(app, ["calc", str(path)], catch_exceptions=False)
    out = tmp_path / "copy.xlsx"
    said = _listed(path, out)
    assert "SENTIMENT has no native Excel formula" in said
    before, after = values(path)["Data"], values(out)["Data"]
    assert [after[f"B{r}"].value for r in (1, 2, 3)] == [before[f"B{r}"].value for r in (1, 2, 3)]
    import zipfile

    with zipfile.ZipFile(out) as package:
        drawn = package.read("xl/charts/chart1.xml").decode()
    assert re.findall(r"<(?:c:)?v>([^<]*)</", drawn) == [
        repr(float(before[f"B{r}"].value)) for r in (1, 2, 3)
    ]


def test_sheet_names_stay_within_excels_length_and_apart(tmp_path):
    first, second = "Alice Jones and everybody in Ely", "Alice Jones and everybody in York"
    sheets = {"Customers": CUSTOMERS, first[:31]: {"A1": 1}, second[:30]: {"A1": 2}}
    path = saved(tmp_path / "b.xlsx", sheets)
    out = tmp_path / "copy.xlsx"
    _listed(path, out)
    names = formulas(out).sheetnames
    assert max(map(len, names)) <= 31
    assert len({name.casefold() for name in names}) == len(names) == 4
    assert not [name for name in names if "Alice" in name]


def damaged(path, part, *changes):
    """The workbook with other bytes in one of its parts."""
    with zipfile.ZipFile(path) as package:
        whole = {name: package.read(name) for name in package.namelist()}
    for old, new in changes:
        assert old in whole[part], whole[part]
        whole[part] = whole[part].replace(old, new)
    with zipfile.ZipFile(path, "w") as package:
        for name, content in whole.items():
            package.writestr(name, content)
    return path


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_damage_that_only_copying_meets_is_said_of_the_owners_file(book, tmp_path, lang):
    damaged(book, "xl/worksheets/sheet1.xml", (b"<v>4</v>", b"<v>1e999</v>"))
    before = book.read_bytes()
    said, code = terminal(book, "-o", tmp_path / "copy.xlsx", lang=lang)
    assert code == 1
    assert "shop.xlsx" in said
    assert "sheet1.xml" in said and "B2" in said
    assert book.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["shop.xlsx"]


def test_a_copy_that_cannot_be_written_whole_changes_nothing(book, tmp_path, monkeypatch):
    def broken(self, drawing, tables):
        yield b"<worksheet>"
        raise CsmError("This cell cannot be written.", "该单元格无法写入。")

    monkeypatch.setattr(SheetPart, "pieces", broken)
    before = book.read_bytes()
    assert terminal(book, "-o", tmp_path / "copy.xlsx") == ("This cell cannot be written.", 1)
    assert book.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["shop.xlsx"]


def test_a_copy_may_have_the_name_of_the_workbook(book, tmp_path):
    (tmp_path / "accountant").mkdir()
    out = tmp_path / "accountant" / "shop.xlsx"
    assert terminal(book, "-o", out)[1] == 0
    assert "About this copy" in formulas(out).sheetnames


#: What Excel passes over, or puts right, in the sheet of the customers.
HARMLESS = {
    "widths of no column": b'<cols><col min="R1C1" max="2" width="9"/><col min="1" max="-1"/></cols>',
    "a column twice": b'<cols><col min="1" max="3" width="9"/><col min="2" max="2" width="8"/></cols>',
    "columns in disorder": b'<cols><col min="3" max="3" width="9"/><col min="1" max="1"/></cols>',
    "nonsense in full": b'<cols><col min="1" max="1" width="x" style="-1" outlineLevel="y"/></cols>',
    "more columns than there are": b'<cols><col min="1" max="99999" width="30"/></cols>',
    "something else": b'<cols><!-- a --><x/><col min="1" max="1" width="7"/></cols>',
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_excel_passes_over_keeps_no_copy_from_being_made(book, tmp_path, what):
    damaged(book, "xl/worksheets/sheet1.xml", (b"<sheetData>", HARMLESS[what] + b"<sheetData>"))
    out = tmp_path / "copy.xlsx"
    said, code = terminal(book, "-o", out)
    assert code == 0, said
    found = parts(out)["xl/worksheets/sheet2.xml"]
    spans = [tuple(map(int, span)) for span in re.findall(rb'<col min="(\d+)" max="(\d+)"', found)]
    assert len(spans) == found.count(b"<col ") > 0
    assert all(low <= high <= 16384 for low, high in spans)
    assert all(one[1] < other[0] for one, other in itertools.pairwise(spans))
    assert not re.search(rb'(?:width|style|outlineLevel)="[^\d]', found)
    assert_valid(out)


@pytest.mark.parametrize(
    ("part", "name"), [("xl/styles.xml", b"cellXfs"), ("xl/worksheets/sheet1.xml", b"sheetViews")]
)
def test_a_list_with_nothing_in_it_keeps_no_copy_from_being_made(book, tmp_path, part, name):
    old = re.search(rb"<%s.*</%s>" % (name, name), parts(book)[part])[0]
    damaged(book, part, (old, b"<%s/>" % name))
    said, code = terminal(book, "-o", tmp_path / "copy.xlsx", "--keep-names")
    assert code == 0, said
    assert_valid(tmp_path / "copy.xlsx")


@pytest.mark.parametrize(
    "formula", ["1E308*10", "1E999", "SUM(Customers!B:B)*1E307*1E10", "-1E308-1E308"]
)
def test_more_than_a_cell_holds_is_no_number_in_the_copy(tmp_path, formula):
    sheets = {"Customers": CUSTOMERS, "Result": {"A1": f"={formula}", "A2": 1e308, "A3": 1e308}}
    book = saved(tmp_path / "shop.xlsx", sheets)
    assert terminal(book, "-o", tmp_path / "copy.xlsx")[1] == 0
    assert_valid(tmp_path / "copy.xlsx")


@pytest.mark.parametrize("stood", [None, b"an older copy"])
def test_a_workbook_that_cannot_be_saved_leaves_no_copy_that_goes_by_its_secret(tmp_path, stood):
    cells = {"A1": "Client", "B1": "Spent", "A2": "Ada Fenn", "B2": 5.0, "A3": "Bo Lind", "B3": 7.0}
    path, out = saved(tmp_path / "own.xlsx", {"Clients": cells}), tmp_path / "copy.xlsx"
    key = tmp_path / "key.csv"
    if stood:
        out.write_bytes(stood)
    book = open_book(path)

    def fail():
        raise FileError("The disk is full.", "磁盘已满。")

    with pytest.raises(FileError, match="full"):
        share(book, out, name_key=key, save=fail, force=True)
    book.close()
    assert (out.read_bytes() if out.exists() else None) == stood
    assert not key.exists()
