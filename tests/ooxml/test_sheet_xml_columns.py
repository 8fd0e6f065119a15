"""Columns and stretches answer like plain dictionaries of rows, whatever is written in any order."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from csm_xl.ooxml.cell_columns import ColumnValues, Stretches, merged_rows

ROWS = st.integers(1, 120)
VALUES = st.one_of(st.none(), st.integers(0, 9).map(float), st.sampled_from(["a", True]))


@given(st.lists(st.tuples(ROWS, st.lists(VALUES, max_size=30)), max_size=12))
def test_values_put_in_any_order_are_found(writes: list[tuple[int, list[object]]]) -> None:
    column = ColumnValues()
    plain: dict[int, object] = {}
    for first, values in writes:
        column.put(first, values)  # type: ignore[arg-type]
        plain |= dict(enumerate(values, first))
    assert column.slice(1, 160) == [plain.get(row) for row in range(1, 161)]
    assert column.slice(40, 60) == [plain.get(row) for row in range(40, 61)]
    assert [column.get(row) for row in range(1, 161)] == column.slice(1, 160)
    filled = sorted(row for row, value in plain.items() if value is not None)
    assert dict(column.items()) == {row: plain[row] for row in filled}
    spans = list(column.spans())
    assert all(low <= high for low, high in spans)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(spans))
    for row in (1, 50, 120):
        assert column.nearest(row, 1) == next((r for r in filled if r > row), None)
        assert column.nearest(row, -1) == next((r for r in reversed(filled) if r < row), None)


@given(st.sets(ROWS))
def test_values_read_from_top_to_bottom_are_found(rows: set[int]) -> None:
    column = ColumnValues()
    for row in sorted(rows):
        if row != column.next_row:
            column.begin(row)
        column.append(float(row))
        column.next_row = row + 1
    assert dict(column.items()) == {row: float(row) for row in rows}


@given(st.lists(st.tuples(ROWS, st.integers(0, 25), st.integers(0, 3)), max_size=25))
def test_stretches_set_in_any_order_are_found(writes: list[tuple[int, int, int]]) -> None:
    stretches: Stretches[int] = Stretches()
    plain: dict[int, int] = {}
    for first, more, value in writes:
        stretches.set(first, first + more, value)
        plain |= dict.fromkeys(range(first, first + more + 1), value)
    assert [stretches.get(row) for row in range(1, 150)] == [plain.get(r) for r in range(1, 150)]
    found = list(stretches)
    assert {r: v for low, high, v in found for r in range(low, high + 1)} == plain
    # As few as possible: neighbours with the same value are one.
    for (_, last, value), (first, _, other) in itertools.pairwise(found):
        assert last < first
        assert last + 1 < first or value != other
    cut = {r: v for low, high, v in stretches.within(30, 70) for r in range(low, high + 1)}
    assert cut == {row: value for row, value in plain.items() if 30 <= row <= 70}


@given(st.lists(st.tuples(ROWS, st.integers(0, 25)), max_size=12))
def test_merged_rows_cover_every_stretch_once(spans: list[tuple[int, int]]) -> None:
    merged = list(merged_rows((first, first + more) for first, more in spans))
    covered = [row for low, high in merged for row in range(low, high + 1)]
    assert covered == sorted({r for f, m in spans for r in range(f, f + m + 1)})
