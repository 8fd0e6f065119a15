"""What travels with the workbook comes back whole, or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csm_xl.errors import NoModelError
from csm_xl.functions.records import (
    CHUNK,
    HEADER,
    Record,
    RecordWanted,
    known,
    pack,
    remember,
    unpack,
)


@given(st.dictionaries(st.sampled_from(["model", "survival", "价值"]), st.text(max_size=50)))
def test_records_come_back_as_they_were(texts):
    rows = [HEADER, *pack(Record(name, text) for name, text in texts.items())]
    assert {name: r.text for name, r in unpack(rows).items()} == texts


def test_a_long_text_is_cut_into_chunks_that_fit_a_cell():
    text = "长" * (2 * CHUNK + 1)
    rows = pack([Record("model", text)])
    assert len(rows) == 3 and max(len(row[4]) for row in rows) == CHUNK
    assert unpack(reversed(rows))["model"].text == text


@pytest.mark.parametrize(
    "damage",
    [
        lambda r: r[1:],
        lambda r: [(*r[0][:4], "x"), *r[1:]],
        lambda r: [(*r[0][:2], "one", *r[0][3:]), *r[1:]],
        lambda r: [(*r[0][:3], 3.0, r[0][4]), *r[1:]],
        lambda r: [(r[0][0], "0" * 16, *r[0][2:]), *r[1:]],
    ],
)
def test_a_damaged_record_is_noticed_and_does_not_take_the_others_with_it(damage):
    damaged = damage(pack([Record("model", "a" * (CHUNK + 5))]))
    found = unpack([*damaged, *pack([Record("tiers", "{}")])])
    assert list(found) == ["tiers"] and found.damaged == {"model": damaged}
    with pytest.raises(NoModelError, match=r"model.*Retrain"):
        found.refuse_damaged()
    found.refuse_damaged(unused=["model"])


def test_numbers_that_a_text_cell_made_texts_are_still_read():
    rows = [tuple(str(cell) for cell in row) for row in pack([Record("model", "{}")])]
    assert unpack(rows)["model"].text == "{}"


def test_a_text_is_built_once_and_then_known_by_its_id():
    built = []

    def build(text):
        built.append(text)
        return len(text)

    missing = NoModelError("none", "没有")
    with pytest.raises(RecordWanted):
        known("0123456789abcdef", build, missing)
    assert known('{"a": 1}', build, missing) == 8
    assert known(remember('{"a": 1}'), build, missing) == 8
    assert built == ['{"a": 1}']
    with pytest.raises(NoModelError):
        known(None, build, missing)
