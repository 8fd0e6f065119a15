"""What is personal is found, whatever it is called, and replaced wherever it stands."""

import pytest
from hosts.memory_workbook import MemoryWorkbook

from csm_xl.share.personal import Personal
from csm_xl.share.personal_columns import personal_columns, settings_list
from csm_xl.share.personal_patterns import column_kind, kind_in
from csm_xl.share.pseudonyms import Pseudonyms, is_pseudonym
from csm_xl.share.regions import regions

NAMES = ["Alice Jones", "Tom O'Neil", "Grace Hopper", "Maria da Silva"]
CHINESE = ["王芳", "李小明", "欧阳修", "张伟"]


def _book(headers, *columns, sheet="Clients", **more):
    cells = {}
    for c, (header, values) in enumerate(zip(headers, columns, strict=True)):
        letter = "ABCDEFGHIJ"[c]
        cells[f"{letter}1"] = header
        cells |= {f"{letter}{r}": v for r, v in enumerate(values, 2) if v is not None}
    return MemoryWorkbook({sheet: cells}, **more)


def _kinds(book, listed=None):
    return {c.header: c.treatment for c in personal_columns(book, regions(book), listed)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("alice@example.com", "email"),
        ("wang.fang+tea@mail.example.cn", "email"),
        ("13812345678", "phone"),
        ("+86 138 1234 5678", "phone"),
        ("010-62345678", "phone"),
        ("+44 20 7946 0958", "phone"),
        ("(212) 555-0187", "phone"),
        ("07700 900123", "phone"),
        ("11010519491231002X", "id"),
        ("078-05-1120", "id"),
        ("2026-03-05", None),
        ("A-1042", None),
        ("20260305-0012", None),
        ("1,234,567.89", None),
        ("INV-2026-000123", None),
        ("100083", None),
    ],
)
def test_a_text_is_personal_by_its_form(text, kind):
    assert kind_in(text) == kind


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (NAMES, "person"),
        (CHINESE, "person"),
        (["12 High Street, Leeds", "5 Park Road", "77 Mill Lane"], "address"),
        (["北京市朝阳区建国路88号", "人民路 5 号 3 单元", "中山大道12号"], "address"),
        (["Green Tea", "Black Tea", "Clay Mug", "Glass Pot"], None),
        (["Leeds", "York", "Bath", "Ely"], None),
        (["上海", "北京", "杭州", "成都"], None),
        (["Monthly box", "No plan", "Monthly box", "Quarterly box"], None),
    ],
)
def test_a_column_is_personal_by_what_most_of_its_cells_look_like(texts, kind):
    assert column_kind(texts) == kind


def test_headers_in_both_languages_name_personal_columns():
    book = _book(
        ["Full name", "邮箱", "手机号", "City", "Spend", "备注"],
        ["Xq Zz", "Yy Ww"],
        ["a", "b"],
        [13800138000, 13900139000],
        ["Leeds", "York"],
        [5, 6],
        ["likes tea", "call later"],
    )
    assert _kinds(book) == {
        "Full name": "person",
        "邮箱": "email",
        "手机号": "phone",
        "备注": "text",
    }


def test_settings_add_a_column_that_nothing_else_gives_away():
    book = _book(["Nick", "City"], ["x1", "x2"], ["Leeds", "York"])
    assert _kinds(book) == {"Nick": "person"}
    assert _kinds(book, settings_list("Nick，city; Other")) == {"Nick": "person", "City": "person"}


def test_a_column_without_a_telling_header_is_found_by_its_cells():
    book = _book(["Who", "Reach", "No."], NAMES, [f"{i}@x.example" for i in range(4)], [1, 2, 3, 4])
    assert _kinds(book) == {"Who": "person", "Reach": "email"}


def test_numbers_of_orders_and_invoices_stay_even_if_they_look_like_telephones():
    book = _book(
        ["Order no.", "Invoice no."], ["13812345678"] * 4, [13812345678] * 4, sheet="Orders"
    )
    assert _kinds(book) == {}


def test_telephones_kept_as_numbers_are_found():
    book = _book(["Line", "Spend"], [13812345678, 13912345678, 15012345678], [1, 2, 3])
    assert _kinds(book) == {"Line": "phone"}


def test_what_people_wrote_is_free_text_whatever_the_column_is_called():
    wrote = [f"The parcel number {i} came late and one cup was broken" for i in range(4)]
    book = _book(["Story", "Plan"], wrote, ["a", "b", "a", "b"])
    assert _kinds(book) == {"Story": "text"}


def _personal(book, free_text=False, keep=False):
    names = None if keep else Pseudonyms(bytes(32), "en")
    found = Personal(personal_columns(book, regions(book), None), names, free_text)
    found.learn(book)
    return found


def test_a_name_is_replaced_in_its_column_and_wherever_else_it_stands():
    book = _book(["Name", "Note"], ["Alice Jones", "王芳"], ["pays late", "-"])
    personal = _personal(book)
    alice = personal.constant("Clients", 2, 1, "Alice Jones")
    assert is_pseudonym(alice)
    assert personal.text("alice jones") == alice
    assert personal.text("Call Alice Jones on Monday") == f"Call {alice} on Monday"
    assert personal.text("请联系王芳女士") == f"请联系{personal.text('王芳')}女士"
    assert personal.constant("Clients", 2, 2, "pays late") is None


def test_addresses_and_numbers_inside_any_text_are_replaced():
    personal = _personal(_book(["Name", "X"], ["A B"], ["y"]))
    text = personal.text("mail bob@example.org or 13812345678, order 20260305-0012, 078-05-1120")
    assert "bob@" not in text
    assert "13812345678" not in text
    assert "078-05-1120" not in text
    assert "20260305-0012" in text


def test_numbers_of_a_personal_column_become_the_same_pseudonym_as_their_text():
    personal = _personal(_book(["Phone", "X"], [13812345678], ["y"]))
    assert personal.constant("Clients", 2, 1, 13812345678.0) == personal.text("13812345678")


def test_free_text_stays_when_asked_for_but_without_names():
    book = _book(
        ["Name", "Comment"], ["Alice Jones"], ["Alice Jones wants bob@example.org in copy"]
    )
    kept = _personal(book, free_text=True).constant("Clients", 2, 2, book["B2"])
    assert "wants" in kept
    assert "Alice" not in kept
    assert "bob@" not in kept


def test_names_stay_when_asked_for():
    book = _book(["Name", "Note"], ["Alice Jones"], ["x"])
    personal = _personal(book, keep=True)
    assert personal.constant("Clients", 2, 1, "Alice Jones") == "Alice Jones"
    assert personal.constant("Clients", 2, 2, "x") is None


def test_a_mark_for_nobody_is_not_taken_for_a_name():
    personal = _personal(_book(["Name", "X"], ["-", "Alice Jones"], ["y", "z"]))
    assert personal.text("-") == "-"
