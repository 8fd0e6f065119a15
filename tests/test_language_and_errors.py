"""Sentences in two languages, and errors that cross COM whole."""

import errno
import os

import pytest
from lxml import etree

from csm_xl import errors
from csm_xl.errors import EXCEL_ERRORS, CsmError, of_the_computer, tagged, untag
from csm_xl.language import Text, language, set_language, use_language


def all_errors(kind=CsmError):
    for sub in kind.__subclasses__():
        yield sub
        yield from all_errors(sub)


def test_every_error_becomes_an_excel_error_and_is_in_the_tree():
    for kind in all_errors():
        assert kind.excel in EXCEL_ERRORS
        assert kind.__name__ in (errors.__doc__ or "")


def test_an_error_speaks_the_language_in_force():
    error = CsmError("Add a column.", "请添加一列。")
    with use_language("zh"):
        assert str(error) == "请添加一列。"
    with use_language("en"):
        assert str(error) == "Add a column."


@pytest.mark.parametrize("excel", sorted(EXCEL_ERRORS))
def test_a_tagged_error_comes_back_with_its_message(excel):
    assert untag(tagged(excel, "第 3 行：错误")) == (excel, "第 3 行：错误")


@pytest.mark.parametrize("value", [None, 1.0, "text", "", "\x1fcsm", "\x1fcsm\x1f9999\x1fx"])
def test_other_values_are_no_errors(value):
    assert untag(value) is None


def test_fields_are_filled_per_language():
    text = Text("{what} of {n}", "{n} 的{what}").fill(what=Text("share", "比例"), n=3)
    assert (text.en, text.zh) == ("share of 3", "3 的比例")


def test_the_machine_decides_until_somebody_chooses(monkeypatch):
    monkeypatch.setenv("CSM_XL_LANG", "zh_CN.UTF-8")
    assert language() == "zh"
    set_language("en")
    try:
        assert language() == "en"
        with use_language("zh"), use_language(None):
            assert language() == "zh"
    finally:
        set_language(None)
    with pytest.raises(ValueError, match="language"):
        set_language("fr")


@pytest.mark.parametrize(
    ("number", "en", "zh"),
    [
        (errno.ENOSPC, "The disk is full", "磁盘已满"),
        (errno.EROFS, "no permission to write for book.tmp", "没有写入权限（book.tmp）"),
        (
            errno.EIO,
            "The disk failed while reading or writing for book.tmp",
            "读写磁盘时出错（book.tmp）",
        ),
    ],
)
def test_what_the_computer_refuses_is_a_sentence(number, en, zh):
    error = of_the_computer(OSError(number, os.strerror(number), "/tmp/x/book.tmp"))
    assert en in error.text.en and zh in error.text.zh
    assert of_the_computer(FileNotFoundError(2, "No such file", "/x")) is None
    assert of_the_computer(ValueError("x")) is None


@pytest.mark.parametrize(
    ("said", "told"), [("IO_ENOSPC", "full"), ("IO_EFBIG", "full"), ("IO_WRITE", "failed")]
)
def test_what_the_disk_refused_of_a_sheet_that_openpyxl_writes_is_said(said, told):
    # As tests/fuzz/run_kills.py saw it: no OSError, and no number.
    assert told in str(of_the_computer(etree.SerialisationError(said)))
