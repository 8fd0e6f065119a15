"""What travels in a workbook: a training replaces the models, keeps the rest, and one damaged record
does not take the others with it."""

import pytest
from workbooks import SHOP, opened, saved

from csm_xl import commands
from csm_xl.commands.hidden_sheet import read_records, write_records
from csm_xl.commands.session import Session
from csm_xl.errors import NoModelError, SheetError
from csm_xl.share import pseudonyms


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    path = saved(tmp_path_factory.mktemp("books") / "shop.xlsx", SHOP)
    book = opened(path)
    commands.retrain(book)
    book.save()
    book.close()
    return path


@pytest.fixture
def book(trained):
    book = opened(trained)
    yield book
    book.close()


def damage(book, name):
    """Change a letter in a stored text, as by hand."""
    sheet = book.sheets["_csm"]
    for row, cells in enumerate(sheet.used_range.raw_value, 1):
        if cells[0] == name:
            sheet.range((row, 5)).value = "x" + str(cells[4])[1:]


def test_a_model_that_was_not_fitted_again_does_not_survive_a_training(book):
    write_records(Session(book), {"purchases": "{}", "survival": "{}", "loop": "{}"})
    before = read_records(book)["model"].text
    commands.retrain(book)
    after = read_records(book)
    assert set(after) >= {"model", "loop"} and not {"purchases", "survival"} & set(after)
    assert after["model"].text == before


def test_a_training_puts_a_damaged_record_right_and_keeps_the_others(book):
    write_records(Session(book), {"loop": '{"enrolled": []}'})
    damage(book, "model")
    with pytest.raises(NoModelError, match="model"):
        commands.refresh(book)
    commands.retrain(book)
    assert not read_records(book).damaged and read_records(book)["loop"].text
    commands.refresh(book)


def test_the_secret_behind_pseudonyms_is_never_replaced_silently(book, tmp_path):
    write_records(Session(book), {pseudonyms.RECORD: '{"secret": "00"}'})
    damage(book, pseudonyms.RECORD)
    commands.refresh(book)
    commands.retrain(book)
    assert list(read_records(book).damaged) == [pseudonyms.RECORD]
    with pytest.raises(SheetError, match="secret"):
        commands.share(book, tmp_path / "copy.xlsx")
    assert not (tmp_path / "copy.xlsx").exists()
