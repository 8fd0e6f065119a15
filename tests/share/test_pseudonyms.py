"""Pseudonyms are stable, tell nobody apart wrongly, and lead back to nobody."""

import csv
import io
import json

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csm_xl.errors import FileError, SheetError
from csm_xl.share import pseudonyms
from csm_xl.share.pseudonyms import Pseudonyms

SECRET = bytes(range(32))


def test_a_pseudonym_can_be_read_aloud():
    assert Pseudonyms(SECRET, "en").of("Alice Jones") == "Customer K883M-YRQN7"
    assert Pseudonyms(SECRET, "zh").of("王芳").startswith("客户 ")


def test_the_same_customer_has_the_same_pseudonym_in_two_copies():
    first, second = Pseudonyms(SECRET, "en"), Pseudonyms(SECRET, "en")
    second.of("somebody else")
    assert first.of("王芳") == second.of("王芳")


def test_another_secret_gives_other_pseudonyms():
    other = Pseudonyms(bytes(32), "en")
    assert other.of("王芳") != Pseudonyms(SECRET, "en").of("王芳")
    assert pseudonyms.new_secret() != pseudonyms.new_secret()
    assert len(pseudonyms.new_secret()) == 32


def test_100_000_customers_have_100_000_pseudonyms():
    names = Pseudonyms(SECRET, "en")
    assert len({names.of(f"Customer number {i}") for i in range(100_000)}) == 100_000


def test_even_texts_that_fall_on_one_code_are_told_apart(monkeypatch):
    monkeypatch.setattr(pseudonyms, "CODE_LENGTH", 5)
    names = Pseudonyms(SECRET, "en")
    codes = {names.of(f"{i}") for i in range(20_000)}
    assert len(codes) == 20_000
    assert max(map(len, codes)) > min(map(len, codes))


@given(st.text(min_size=1), st.text(min_size=1))
def test_texts_are_one_customer_exactly_when_excel_holds_them_for_equal(one, other):
    names = Pseudonyms(SECRET, "en")
    assert (names.of(one) == names.of(other)) == (one.lower() == other.lower())


def test_nothing_but_the_secret_leads_from_a_code_to_a_name():
    # Someone who knows every possible name but not the secret finds no code by hashing.
    import base64
    import hashlib
    import hmac

    code = Pseudonyms(pseudonyms.new_secret(), "en").of("Alice").split(" ")[1].replace("-", "")
    digits = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    for name in (b"Alice", b"alice", "alice".encode("utf-16-le")):
        for digest in (
            hashlib.sha256(name).digest(),
            hashlib.md5(name).digest() * 2,
            hmac.new(b"", name, hashlib.sha256).digest(),
        ):
            assert base64.b32encode(digest).decode().translate(digits)[:10] != code


def test_the_secret_survives_its_record_and_a_damaged_one_is_refused():
    assert pseudonyms.secret_from_json(pseudonyms.secret_to_json(SECRET)) == SECRET
    for damaged in ("", "{}", '{"secret": "abc"}', '{"secret": "00"}', "[1]", '{"secret": 5}'):
        with pytest.raises(SheetError, match="damaged"):
            pseudonyms.secret_from_json(damaged)
    assert json.loads(pseudonyms.secret_to_json(SECRET))


def test_the_key_leads_the_owner_back(tmp_path):
    names = Pseudonyms(SECRET, "zh")
    code, formula = names.of("王芳"), names.of("=SUM(A1:A9)")
    text = pseudonyms.key_file(tmp_path / "key.csv", names.key, "zh").decode("utf-8-sig")
    rows = dict(csv.reader(io.StringIO(text)))
    assert rows[code] == "王芳"
    assert rows[formula] == "'=SUM(A1:A9)"
    sheet = openpyxl.load_workbook(
        io.BytesIO(pseudonyms.key_file(tmp_path / "key.xlsx", names.key, "zh"))
    ).active
    found = {row[0].value: row[1] for row in sheet.iter_rows()}
    assert found[formula].value == "=SUM(A1:A9)"
    assert found[formula].data_type == "s"


def test_a_key_of_another_kind_is_refused(tmp_path):
    with pytest.raises(FileError, match="csv"):
        pseudonyms.key_file(tmp_path / "key.pdf", {}, "en")


def test_a_pseudonym_is_recognised():
    assert pseudonyms.is_pseudonym(Pseudonyms(SECRET, "en").of("x"))
    assert pseudonyms.is_pseudonym(Pseudonyms(SECRET, "zh").of("x", "email"))
    assert not pseudonyms.is_pseudonym("Customer 12")
