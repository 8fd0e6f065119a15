"""The comparison of the committed workbook with what the sources build."""

import io
import re

import pytest

from csm_xl.ooxml.parts import read_parts, write_parts
from csm_xl.ooxml.value_history import NAMESPACE
from csm_xl.release import COMMITTED, differences

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(scope="module")
def committed():
    return COMMITTED.read_bytes()


def repacked(parts):
    out = io.BytesIO()
    write_parts(out, ((name, [part]) for name, part in parts.items()))
    return out.getvalue()


def checksums(parts):
    """The part in which csm-xl notes what it computed."""
    return next(name for name, part in parts.items() if NAMESPACE.encode() in part[:400])


def with_number(part, change):
    """The part with the first cached number that has many digits changed."""
    found = re.search(rb"(?<=<v>)\d+\.\d{9,}(?=</v>)", part)
    return part[: found.start()] + repr(change(float(found[0]))).encode() + part[found.end() :]


def changed(committed, change):
    parts = read_parts(committed)
    noted = checksums(parts)
    parts[SHEET] = with_number(parts[SHEET], change)
    parts[noted] = re.sub(rb' mark="[0-9a-f]{4}', b' mark="0000', parts[noted], count=1)
    return repacked(parts)


def test_another_processors_last_digit_is_the_same_workbook(committed):
    assert differences(committed, changed(committed, lambda number: number * (1 + 1e-15))) == []


def test_another_number_is_another_workbook(committed):
    assert differences(committed, changed(committed, lambda number: number * (1 + 1e-6))) == [SHEET]


def test_another_stretch_of_computed_cells_is_another_workbook(committed):
    parts = read_parts(committed)
    noted = checksums(parts)
    parts[noted] = parts[noted].replace(b'ref="', b'ref="A', 1)
    assert differences(committed, repacked(parts)) == [noted]
