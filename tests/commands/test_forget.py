"""forget: nothing of the person is left in any part of the workbook, nor in its safety copies."""

import datetime as dt
import html
import json
import re
import sys
import zipfile

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from workbooks import opened, values

from csm_xl import commands, safety_copies
from csm_xl.cli.files import save_as
from csm_xl.errors import SheetError

NAME, MAIL, PHONE = "Ada Lovelace", "ada@engine.example", "+44 7700 900123"
TEXTS = (NAME, "Lovelace, Ada", MAIL, PHONE, "07700 900123", "the mill never stops rattling")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CSM_XL_HOME", str(tmp_path / "home"))


def company(path, *, second="Ben Brook"):
    book = openpyxl.Workbook()
    people = book.active
    people.title = "Clients"
    people.append(
        ["Client no", "Name", "E-mail", "Phone", "Since", "Monthly fee", "Status", "Notes"]
    )
    day = dt.datetime(2025, 1, 6)
    people.append([101, NAME, MAIL, PHONE, day, 40, "active", "Likes long letters about engines"])
    for i, name in enumerate((second, "Cora Crane", "Dirk Dunn", "Eve Ellis", "Finn Ford")):
        mail, status = f"p{i}@mail.example", "cancelled" if i % 2 else "active"
        people.append(
            [102 + i, name, mail, f"+44 7700 90020{i}", day, 30 + i, status, f"note number {i}"]
        )
    orders = book.create_sheet("Orders")
    orders.append(["Order no", "Client no", "Buyer", "Date", "Amount", "Channel", "Remark"])
    for i in range(12):
        buyer = NAME if i % 6 == 0 else f"Buyer {i}"
        said = f"Deliver to {NAME}, ring 07700 900123" if i % 6 == 0 else f"leave it at door {i}"
        orders.append([5000 + i, 101 + i % 6, buyer, day, 10.0 + i, ("Web", "Shop")[i % 2], said])
    feedback = book.create_sheet("Feedback")
    feedback.append(["Client no", "Date", "Rating", "Comment"])
    feedback.append([101, day, 2, "the mill never stops rattling"])
    feedback.append([102, day, 5, "all is very well with it"])
    feedback.append([103, day, 4, f"a friend of {NAME} sent me here"])
    notes = book.create_sheet("Diary")
    notes["A1"] = "Lovelace, Ada called: the mill never stops rattling, says she"
    notes["A2"] = CellRichText("Ring ", TextBlock(InlineFont(b=True), "Ada "), "Lovelace soon")
    notes["A3"] = "mail"
    notes["A3"].hyperlink = f"mailto:{MAIL}"
    notes["A4"] = f'=COUNTIF(Clients!B:B,"{NAME}")'
    notes["A5"] = "Adam Lovelacey is somebody else"
    notes["B1"] = "x"
    notes["B1"].comment = Comment(f"{NAME} owes a call", NAME)
    notes.oddHeader.center.text = f"Diary of {NAME}"
    book.properties.creator = NAME
    book.properties.description = f"{MAIL} {PHONE}"
    book.save(path)
    return path


def found(path, texts=TEXTS):
    """Which texts stand in which parts, as bytes, unescaped, and with runs joined."""
    there = []
    with zipfile.ZipFile(path) as package:
        for part in package.namelist():
            raw = package.read(part)
            text = html.unescape(raw.decode("utf-8", "replace"))
            joined = re.sub("<[^>]*>", "", text)
            there += [
                (part, one)
                for one in texts
                if one in text or one in joined or one.encode("utf-16-le") in raw
            ]
    return there


def with_a_copy(path):
    from csm_xl.commands.backups import back_up

    book = opened(path)
    back_up(book)
    book.sheets["Diary"]["C9"].value = "written"
    save_as(book, None)
    book.close()


@pytest.mark.parametrize("customer", ["101", NAME, MAIL, PHONE])
def test_no_part_and_no_copy_holds_the_person_afterwards(tmp_path, customer):
    path = company(tmp_path / "clients.xlsx")
    with_a_copy(path)
    assert found(path) and safety_copies.copies_of(str(path))
    outcome = commands.forget(path, customer)
    assert found(path) == []
    assert outcome.more["complete"] and outcome.more["found_in"] == []
    assert safety_copies.copies_of(str(path)) == [] and outcome.more["copies"] == 1
    left = [p for p in (tmp_path / "home").rglob("*") if p.is_file() and p.suffix == ".xlsx"]
    assert left == []
    assert NAME not in outcome.message.en and "--name-key" in outcome.warnings[-1].en


def test_money_dates_and_kinds_stay_and_everybody_else_too(tmp_path):
    path = company(tmp_path / "clients.xlsx")
    before = {s: values(path, s) for s in ("Clients", "Orders", "Feedback", "Diary")}
    token = commands.forget(path, "101").more["token"]
    orders = values(path, "Orders")
    for old, new in zip(before["Orders"], orders, strict=True):
        if old[1] == 101:
            assert new == (old[0], token, token, old[3], old[4], old[5], None)
        else:
            assert new == old
    assert values(path, "Clients")[1] == (None,) * 8
    assert values(path, "Clients")[2:] == before["Clients"][2:]
    feedback = values(path, "Feedback")
    assert feedback[1] == (token, before["Feedback"][1][1], 2, None)
    assert feedback[2] == before["Feedback"][2]
    assert feedback[3][3] == f"a friend of {token} sent me here"
    assert values(path, "Diary")[4][0] == "Adam Lovelacey is somebody else"


def test_a_name_that_another_has_stays_with_the_other(tmp_path):
    path = company(tmp_path / "clients.xlsx", second=NAME)
    outcome = commands.forget(path, "101")
    assert values(path, "Clients")[2][1] == NAME
    assert found(path, (MAIL, PHONE)) == []
    assert any("Another customer" in warning.en for warning in outcome.warnings)
    with pytest.raises(SheetError, match="There is no customer"):
        commands.forget(path, "101")


def test_a_dry_run_and_somebody_unknown_change_nothing(tmp_path):
    path = company(tmp_path / "clients.xlsx")
    with_a_copy(path)
    before = path.read_bytes()
    outcome = commands.forget(path, "101", dry_run=True)
    assert outcome.more == {"dry_run": True, "rows": 3, "copies": 1}
    with pytest.raises(SheetError):
        commands.forget(path, "Nobody Here")
    assert path.read_bytes() == before and safety_copies.copies_of(str(path))


def test_a_chinese_customer_is_forgotten_from_a_terminal(tmp_path, monkeypatch, capsys):
    from csm_xl.cli import running

    path = tmp_path / "客户.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "客户"
    book.active.append(["客户编号", "姓名", "手机", "微信", "状态", "备注"])
    book.active.append(["K1", "王小芳", "13812345678", "wxf_2020", "在用", "王小芳喜欢晚上联系"])
    for i, name in enumerate(("李雷", "韩梅梅", "赵强", "陈静")):
        book.active.append([f"K{i + 2}", name, f"1390000000{i}", f"wx_{i}", "流失", f"备注第{i}条"])
    page = book.create_sheet("日记")
    page.append(["今天给王小芳打了电话，138 1234 5678，加了 wxf_2020"])
    book.save(path)
    monkeypatch.setattr(
        sys, "argv", ["csm-xl", "--lang", "zh", "forget", str(path), "K1", "--json"]
    )
    with pytest.raises(SystemExit) as end:
        running.main()
    answer = json.loads(capsys.readouterr().out)
    assert end.value.code == 0 and answer["complete"] and answer["token"].startswith("已遗忘_")
    assert found(path, ("王小芳", "13812345678", "138 1234 5678", "wxf_2020", "晚上联系")) == []
    assert values(path, "客户")[2][1] == "李雷"


def test_what_was_imported_is_forgotten_in_the_hidden_records(tmp_path):
    from csm_xl.commands.import_record import Written

    written = Written()
    written.put("101", {"Name": NAME})
    written.put("102", {"Name": "Ben"})
    assert written.forget({"101", "nobody"}) and not written.forget({"101"})
    again = Written(written.text())
    assert not again.owners("102", "Name", "Ben") and again.owners("101", "Name", NAME)


def test_nobody_is_told_of_a_forgotten_customers_orders_again():
    import numpy as np
    import pandas as pd

    from csm_xl.churn.history import _UNKNOWN, _usable
    from csm_xl.language import Text
    from csm_xl.vocabulary.forgotten import new_code

    notes = []
    frame = pd.DataFrame({"customer_id": [new_code("en"), new_code("zh"), "K9"]})
    day = np.array([1.0, 1.0, 1.0])
    _usable(frame, day, lambda cells: np.full(3, _UNKNOWN), 5, Text("Orders", "订单"), notes)
    assert [note.en for note in notes] == [
        "Orders: 1 rows of customers who are not in the Customers table were left out."
    ]
