"""Sharing as the owner does it: what is refused, what the copy holds, what stays untouched."""

import csv
import hashlib
import re
from pathlib import Path

import openpyxl
import pytest
from hosts.ecma_schemas import assert_valid
from share.sharing import PSEUDONYM, formulas, parts, saved, shared, values

from csm_xl import commands
from csm_xl.commands.backups import back_up
from csm_xl.commands.hidden_sheet import write_records
from csm_xl.commands.opening import open_book
from csm_xl.commands.session import Session
from csm_xl.commands.sharing import review, share
from csm_xl.errors import CsmError, FileBusyError, FileError, SheetError
from csm_xl.vocabulary import layout

CUSTOMERS = {
    "A1": "Name", "B1": "E-mail", "C1": "Orders", "D1": "Positive", "E1": "Total", "F1": "Note",
    "A2": "Alice Jones", "B2": "alice@example.com", "C2": 4, "D2": 3, "E2": 4, "F2": "pays late",
    "A3": "王芳", "B3": "wf@example.cn", "C3": 2, "D3": 1, "E3": 2, "F3": "-",
    "A4": "Bob Lee", "B4": "bob@example.org", "C4": 9, "D4": 0, "E4": 5,
}  # fmt: skip


@pytest.fixture
def book(tmp_path):
    return saved(
        tmp_path / "shop.xlsx",
        {
            "Customers": {**CUSTOMERS, "G1": "Satisfaction", "G2": "=SATISFACTION(D2,E2)"},
            "Result": {
                "A1": '=COUNTIF(Customers!A:A,"Alice Jones")',
                "A2": '="Dear "&Customers!A2',
                "A3": "=SENTIMENT(Customers!F2)",
                "A4": "=SUM(Customers!C2:C4)",
                "A5": "=1+",
            },
        },
    )


def test_the_copy_is_live_and_looks_like_the_original(book, tmp_path):
    out = tmp_path / "copy.xlsx"
    outcome = shared(book, out)
    assert outcome.message.en.startswith("copy.xlsx is written")
    assert_valid(out)
    copy, shown = formulas(out), values(out)
    assert copy.sheetnames[:3] == ["About this copy", "Customers", "Result"]
    assert "SATISFACTION" not in copy["Customers"]["G2"].value
    assert copy["Customers"]["G2"].value.startswith("=")
    assert shown["Customers"]["G2"].value == 0.75
    assert copy["Result"]["A4"].value == "=SUM(Customers!C2:C4)"
    assert shown["Result"]["A4"].value == 15


def test_names_become_pseudonyms_in_cells_formulas_and_results_alike(book, tmp_path):
    out = tmp_path / "copy.xlsx"
    shared(book, out)
    copy, shown = formulas(out), values(out)
    alice = shown["Customers"]["A2"].value
    assert PSEUDONYM.fullmatch(alice)
    assert copy["Result"]["A1"].value == f'=COUNTIF(Customers!A:A,"{alice}")'
    assert shown["Result"]["A1"].value == 1
    assert shown["Result"]["A2"].value == f"Dear {alice}"
    assert shown["Customers"]["F2"].value is None
    everything = b"".join(parts(out).values()).decode("utf-8", "replace")
    for secret in ("Alice", "alice@", "王芳", "Bob", "pays late"):
        assert secret not in everything


def test_a_formula_without_a_native_form_keeps_its_value_and_is_listed(book, tmp_path):
    out = tmp_path / "copy.xlsx"
    outcome = shared(book, out)
    listed = {row[0]: row[2] for row in outcome.table}
    assert "no native" in listed["Result!A3"]
    assert "cannot be read" in listed["Result!A5"]
    sheet = formulas(out)["Kept as values"]
    assert {row[0].value for row in sheet.iter_rows(5)} == set(listed)


def test_the_owners_file_changes_by_the_secret_only_and_only_once(book, tmp_path):
    def cells(path):
        return {
            sheet.title: [[c.value for c in row] for row in sheet.iter_rows()]
            for sheet in openpyxl.load_workbook(path)
        }

    before = cells(book)
    shared(book, tmp_path / "one.xlsx")
    after = cells(book)
    assert set(after) - set(before) == {"_csm"}
    assert {name: after[name] for name in before} == before
    digest = hashlib.sha256(book.read_bytes()).hexdigest()
    shared(book, tmp_path / "two.xlsx")
    assert hashlib.sha256(book.read_bytes()).hexdigest() == digest


def test_our_own_sheets_are_called_what_they_are(tmp_path):
    # The hidden sheet has records of the same names, which are nobody's.
    path = tmp_path / "own.xlsx"
    cells: dict[str, object] = {"A1": "Customer ID", "B1": "Name", "C1": "Visits"}
    for row in range(2, 30):
        cells |= {f"A{row}": f"K{row:03d}", f"B{row}": f"Ada Fenn{row}", f"C{row}": row % 7}
    saved(path, {"Customers": cells})
    book = open_book(path)
    commands.refresh(book)
    names = ["playbook", "actions", "history", "settings", *map("Xyqu{}".format, "abcdefgh")]
    write_records(Session(book), dict.fromkeys(names, "{}"))
    book.save()
    book.close()
    shared(path, tmp_path / "copy.xlsx")
    own = [s.title for s in openpyxl.load_workbook(path) if layout.sheet_key(s.title)]
    kept = [name for name in own if layout.sheet_key(name) not in ("columns", "hidden")]
    assert len(kept) >= 4
    assert set(kept) <= set(openpyxl.load_workbook(tmp_path / "copy.xlsx").sheetnames)


def test_two_copies_call_a_customer_the_same(book, tmp_path):
    shared(book, tmp_path / "one.xlsx")
    shared(book, tmp_path / "two.xlsx")
    one, two = (values(tmp_path / f"{n}.xlsx")["Customers"] for n in ("one", "two"))
    assert [c.value for c in one["A"]] == [c.value for c in two["A"]]


def test_the_key_file_is_for_the_owner(book, tmp_path):
    key = tmp_path / "key.csv"
    outcome = shared(book, tmp_path / "copy.xlsx", name_key=key)
    with key.open(encoding="utf-8-sig", newline="") as file:
        rows = dict(csv.reader(file))
    alice = values(tmp_path / "copy.xlsx")["Customers"]["A2"].value
    assert rows[alice] == "Alice Jones"
    assert "keep it to yourself" in outcome.warnings[0].en


def test_names_can_be_kept_while_what_was_written_is_left_out(book, tmp_path):
    out = tmp_path / "copy.xlsx"
    shared(book, out, keep_names=True)
    sheet = values(out)["Customers"]
    assert [sheet["A2"].value, sheet["B2"].value, sheet["F2"].value] == [
        "Alice Jones",
        "alice@example.com",
        None,
    ]
    assert "_csm" not in openpyxl.load_workbook(book).sheetnames


def test_what_was_written_stays_when_asked_for(book, tmp_path):
    out = tmp_path / "copy.xlsx"
    shared(book, out, keep_text=True)
    assert values(out)["Customers"]["F2"].value == "pays late"


def test_a_copy_of_values_has_no_formula_at_all(book, tmp_path):
    out = tmp_path / "copy.xlsx"
    shared(book, out, values=True)
    sheets = [part for name, part in parts(out).items() if "worksheets/sheet" in name]
    assert not [part for part in sheets if re.search(rb"<f[ />]", part)]
    assert values(out)["Customers"]["G2"].value == 0.75
    assert values(out)["Result"]["A4"].value == 15
    assert_valid(out)


def test_only_chosen_sheets_are_shared(book, tmp_path):
    out = tmp_path / "copy.xlsx"
    shared(book, out, sheets=["customers"])
    assert formulas(out).sheetnames == ["About this copy", "Customers"]


# --- What is refused -----------------------------------------------------------------------------


def test_a_file_that_is_there_is_replaced_only_when_asked_for(book, tmp_path):
    out = tmp_path / "copy.xlsx"
    out.write_text("mine")
    with pytest.raises(FileError, match="already there"):
        shared(book, out)
    assert out.read_text() == "mine"
    shared(book, out, force=True)
    assert formulas(out).sheetnames[0] == "About this copy"


def test_a_copy_that_is_open_in_excel_is_not_replaced(book, tmp_path):
    out = tmp_path / "copy.xlsx"
    out.write_text("mine")
    (tmp_path / "~$copy.xlsx").write_text("")
    with pytest.raises(FileBusyError, match="open in Excel"):
        shared(book, out, force=True)
    assert out.read_text() == "mine"


@pytest.mark.parametrize("name", ["copy.xlsm", "copy.xls", "copy"])
def test_only_an_xlsx_can_be_a_copy_without_macros(book, tmp_path, name):
    with pytest.raises(FileError, match=r"\.xlsx"):
        shared(book, tmp_path / name)


def test_the_workbook_itself_is_never_replaced(book):
    with pytest.raises(FileError, match="itself"):
        shared(book, book, force=True)


def test_a_folder_that_is_not_there_is_named(book, tmp_path):
    with pytest.raises(FileError, match="no folder"):
        shared(book, tmp_path / "nowhere" / "copy.xlsx")


def test_a_key_without_pseudonyms_makes_no_sense(book, tmp_path):
    with pytest.raises(FileError, match="no key"):
        shared(book, tmp_path / "copy.xlsx", keep_names=True, name_key=tmp_path / "key.csv")


def test_a_sheet_that_is_not_there_is_named_with_those_that_are(book, tmp_path):
    with pytest.raises(SheetError, match="Customers, Result"):
        shared(book, tmp_path / "copy.xlsx", sheets=["Orders"])


def test_nothing_is_written_when_something_is_wrong(book, tmp_path):
    before = book.read_bytes()
    with pytest.raises(CsmError):
        shared(book, tmp_path / "copy.xlsx", sheets=["Orders"])
    assert not (tmp_path / "copy.xlsx").exists()
    assert book.read_bytes() == before


def test_progress_ends_at_one(book, tmp_path):
    told = []
    opened = open_book(book)
    share(opened, tmp_path / "copy.xlsx", progress=lambda done, what: told.append((done, what)))
    opened.close()
    fractions = [done for done, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert all(what.en and what.zh for _, what in told)


def test_a_path_may_be_a_text(book, tmp_path):
    shared(book, str(tmp_path / "copy.xlsx"))
    assert Path(tmp_path / "copy.xlsx").exists()


def test_a_new_workbook_without_any_data_keeps_every_formula(tmp_path):
    from csm_xl.workbook.build import build

    path = tmp_path / "new.xlsx"
    path.write_bytes(build("en", {}, {}))
    outcome = shared(path, tmp_path / "copy.xlsx")
    assert outcome.table == ()


def shared_readonly(path, out):
    book = open_book(path, readonly=True)
    try:
        return share(book, out)
    finally:
        book.close()


def _damage(path, name="share"):
    """Change a letter of what csm-xl keeps under a name."""
    book = openpyxl.load_workbook(path)
    sheet = book["_csm"]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value == name:
            row[4].value = str(row[4].value).replace('"secret": "', '"secret": "f')
    book.save(path)


def test_a_damaged_secret_is_refused_with_the_way_back_and_never_replaced(tmp_path):
    path = saved(tmp_path / "b.xlsx", {"Customers": {"A1": "Name", "A2": "Alice Jones"}})
    shared(path, tmp_path / "may.xlsx")
    book = open_book(path)
    back_up(book)
    book.close()
    _damage(path)
    before = path.read_bytes()
    with pytest.raises(SheetError, match="damaged or gone") as refused:
        shared_readonly(path, tmp_path / "june.xlsx")
    assert "safety copy" in str(refused.value)
    assert not (tmp_path / "june.xlsx").exists()
    assert path.read_bytes() == before
    book = open_book(path)
    write_records(Session(book), {"model": "{}"})
    book.save()
    book.close()
    with pytest.raises(SheetError, match="damaged or gone"):
        shared_readonly(path, tmp_path / "june.xlsx")
    shared(path, tmp_path / "june.xlsx", keep_names=True)


def test_a_secret_that_went_with_its_sheet_is_missed(tmp_path):
    path = saved(tmp_path / "b.xlsx", {"Customers": {"A1": "Name", "A2": "Alice Jones"}})
    shared(path, tmp_path / "may.xlsx")
    book = openpyxl.load_workbook(path)
    del book["_csm"]
    book.save(path)
    with pytest.raises(SheetError, match="--new-pseudonyms"):
        shared_readonly(path, tmp_path / "june.xlsx")
    shared(path, tmp_path / "june.xlsx", new_pseudonyms=True)
    shared(path, tmp_path / "july.xlsx")
    names = [
        values(tmp_path / f"{m}.xlsx")["Customers"]["A2"].value for m in ("may", "june", "july")
    ]
    assert names[0] != names[1] == names[2]


def test_the_review_names_every_column_of_texts_and_writes_nothing(book, tmp_path):
    before = book.read_bytes()
    opened = open_book(book, readonly=True)
    outcome = review(opened)
    opened.close()
    said = {str(row[0]): str(row[1]) for row in outcome.table}
    assert said["Customers: Name"] == "pseudonyms"
    assert book.read_bytes() == before


def test_the_outcome_says_what_becomes_visible_and_what_cannot_be_hidden(tmp_path):
    cells = {"A1": "Customer ID", "B1": "Revenue", "A2": "C1", "B2": 3, "A3": "C2", "B3": 4}
    path = saved(tmp_path / "b.xlsx", {"Customers": cells})
    book = openpyxl.load_workbook(path)
    book["Customers"].column_dimensions["B"].hidden = True
    book.save(path)
    told = " ".join(map(str, shared(path, tmp_path / "copy.xlsx").warnings))
    assert "hidden in your workbook are visible" in told
    assert "Your own numbers stay (Customer ID)" in told
