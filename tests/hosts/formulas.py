"""Random formulas for property-based tests: everything that a stored formula can hold."""

from __future__ import annotations

from hypothesis import strategies as st

_COLUMN = st.sampled_from(["A", "$B", "C", "$XFD", "aa"])
_ROW = st.sampled_from(["1", "$2", "10", "$1048576"])
_CELL = st.builds(lambda c, r: c + r, _COLUMN, _ROW)
_AREA = st.one_of(
    _CELL,
    st.builds("{}:{}".format, _CELL, _CELL),
    st.builds("{}:{}".format, _COLUMN, _COLUMN),
    st.builds("{}:{}".format, _ROW, _ROW),
)
_SHEET = st.sampled_from(
    [
        "",
        "Sheet1!",
        "'客户 表'!",
        "'O''Neil'!",
        "客户!",
        "[1]Sheet1!",
        "'[2]A b'!",
        "'SUM(1)'!",
        "#REF!",
    ]
)
_NAME = st.sampled_from(["rate", "_x", "客户数", "Sales.2024", "TAX_1", "csat"])
_COLUMN_NAME = st.sampled_from(
    ["评分", "a b", "it''s", "x'[1']", "'#n", "first\nsecond", "CSAT(1)"]
)
_STRUCTURED = st.one_of(
    st.builds("T[{}]".format, _COLUMN_NAME),
    st.builds("客户[[#This Row],[{}]]".format, _COLUMN_NAME),
    st.builds("T[[#Headers],[{}]:[{}]]".format, _COLUMN_NAME, _COLUMN_NAME),
    st.builds("[@[{}]]".format, _COLUMN_NAME),
    st.sampled_from(["T[]", "T[#All]", "T[[#Data],[#Totals]]"]),
)
_TEXT = st.sampled_from(['""', '"a""b"', '"SUM(A1,B2)"', '"客户, [x]"', '"it\'s"', '"{1;2}"'])
_NUMBER = st.sampled_from(["0", "1.5", ".5", "2E+3", "1e-9", "100"])
_CONSTANT = st.one_of(
    _NUMBER, _TEXT, st.sampled_from(["TRUE", "false", "#N/A", "#DIV/0!", "#REF!"])
)
_ARRAY = st.lists(st.lists(_CONSTANT, min_size=2, max_size=2), min_size=1, max_size=3).map(
    lambda rows: "{" + ";".join(",".join(row) for row in rows) + "}"
)
_OPERAND = st.one_of(_CONSTANT, _ARRAY, _STRUCTURED, st.builds("{}{}".format, _SHEET, _AREA), _NAME)
_FUNCTION = st.sampled_from(
    ["SUM", "IF", "CSAT", "_xlfn.CONCAT", "LOG10", "客户函数", "_xlfn._xlws.SORT"]
)
_OPERATOR = st.sampled_from(["+", "-", "*", "/", "^", "&", "=", "<>", "<=", ">", " + ", "\n&"])


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    arguments = st.lists(st.one_of(inner, st.just("")), max_size=3).map(",".join)
    return st.one_of(
        st.builds("{}({})".format, _FUNCTION, arguments),
        st.builds("{}( {} )".format, _FUNCTION, inner),
        st.builds("({})".format, inner),
        st.builds("-{}".format, inner),
        st.builds("({})%".format, inner),
        st.builds("{}{}{}".format, inner, _OPERATOR, inner),
    )


def formulas() -> st.SearchStrategy[str]:
    """Formulas without ``=``, most of them nested."""
    return st.recursive(_OPERAND, _wider, max_leaves=8)
