"""Formulas cut into tokens and parts, and parts replaced."""

from __future__ import annotations

import pytest
from hosts.formulas import formulas
from hypothesis import given
from hypothesis import strategies as st

from csm_xl.formulas.syntax import (
    Apply,
    ArrayConstant,
    Binary,
    Call,
    Group,
    Literal,
    Omitted,
    Postfix,
    Prefix,
    Reference,
    calls,
    parse,
    replaced,
    walk,
)
from csm_xl.formulas.tokens import FormulaSyntaxError, Kind, tokenize


def kinds(formula: str) -> list[tuple[str, str]]:
    return [(token.kind.name, token.text) for token in tokenize(formula)]


@given(formulas())
def test_tokens_joined_give_the_formula_back(formula):
    tokens = tokenize(formula)
    assert "".join(token.text for token in tokens) == formula
    assert all(formula[token.start : token.end] == token.text for token in tokens)


@given(st.text(alphabet="ABz1$!':\"[]{}(),;#@%+-*/^&=<> \n客_.\\", max_size=30))
def test_any_text_is_cut_or_refused_but_never_lost(text):
    try:
        tokens = tokenize(text)
    except FormulaSyntaxError as error:
        assert 0 <= error.position <= len(text)
    else:
        assert "".join(token.text for token in tokens) == text


@given(st.text(alphabet="A1$!':\"[]{}(),;#@%+-*/^&=<> 客_", max_size=30))
def test_any_text_is_parsed_or_refused(text):
    try:
        tree = parse(text)
    except FormulaSyntaxError:
        return
    assert all(text[node.start : node.end] or isinstance(node, Omitted) for node in walk(tree))


@pytest.mark.parametrize(
    ("text", "kind", "prefix"),
    [
        ("A1", Kind.AREA, ""),
        ("$A$1:B2", Kind.AREA, ""),
        ("B:B", Kind.AREA, ""),
        ("$2:9", Kind.AREA, ""),
        ("客户!A1", Kind.AREA, "客户!"),
        ("'客户 表'!A1", Kind.AREA, "'客户 表'!"),
        ("'O''Neil'!A1:B2", Kind.AREA, "'O''Neil'!"),
        ("[1]Sheet1!A1", Kind.AREA, "[1]Sheet1!"),
        (r"'C:\my books\[b.xlsx]S 1'!A1", Kind.AREA, r"'C:\my books\[b.xlsx]S 1'!"),
        ("First:Last!A1", Kind.AREA, "First:Last!"),
        ("#REF!A1", Kind.AREA, "#REF!"),
        ("Sheet1!#REF!", Kind.AREA, "Sheet1!"),
        ("rate", Kind.NAME, ""),
        ("客户数", Kind.NAME, ""),
        ("[1]!rate", Kind.NAME, "[1]!"),
        ("XFE1", Kind.NAME, ""),
        ("A1048577", Kind.NAME, ""),
        ("a1b", Kind.NAME, ""),
        ("_xlpm.x", Kind.NAME, ""),
        ("T[col]", Kind.STRUCTURED, ""),
        ("客户[[#This Row],[评分 '[1']]]", Kind.STRUCTURED, ""),
        ("[@[first\nsecond]]", Kind.STRUCTURED, ""),
        ("1.5E+3", Kind.NUMBER, ""),
        (".5", Kind.NUMBER, ""),
        ('"a""b, A1"', Kind.TEXT, ""),
        ("TRUE", Kind.LOGICAL, ""),
        ("#N/A", Kind.ERROR, ""),
        ("#DIV/0!", Kind.ERROR, ""),
    ],
)
def test_one_operand_is_one_token(text, kind, prefix):
    (token,) = tokenize(text)
    assert (token.kind, token.prefix) == (kind, prefix)


def test_a_functions_name_is_not_a_cell():
    assert kinds("LOG10(A1)")[0] == ("CALL", "LOG10")
    assert kinds("A1:LOG10(2)")[:3] == [("AREA", "A1"), ("OPERATOR", ":"), ("CALL", "LOG10")]


def test_a_character_that_belongs_nowhere_is_named_with_its_place():
    with pytest.raises(FormulaSyntaxError) as caught:
        tokenize("A1+|2")
    assert caught.value.position == 3
    assert "|2" in str(caught.value)


def test_a_quote_left_open_is_refused():
    with pytest.raises(FormulaSyntaxError):
        tokenize('IF(A1,"yes,2)')


@given(formulas())
def test_every_part_knows_its_place(formula):
    tree = parse(formula)
    assert formula[tree.start : tree.end].strip() == formula.strip()
    for node in walk(tree):
        assert tree.start <= node.start <= node.end <= tree.end
        for child in node.children:
            assert node.start <= child.start <= child.end <= node.end


@given(formulas())
def test_replacing_each_reference_by_itself_changes_nothing(formula):
    parts = [node for node in walk(parse(formula)) if isinstance(node, Reference)]
    assert replaced(formula, [(p, formula[p.start : p.end]) for p in parts]) == formula


@given(formulas())
def test_replacing_numbers_touches_nothing_else(formula):
    numbers = [
        node
        for node in walk(parse(formula))
        if isinstance(node, Literal) and node.kind is Kind.NUMBER
    ]
    changed = replaced(formula, [(node, "(777)") for node in numbers])
    before = [token.text for token in tokenize(formula) if token.kind is not Kind.NUMBER]
    after = iter(token.text for token in tokenize(changed))
    assert all(text in after for text in before)
    assert changed.count("(777)") >= len(numbers)


def test_overlapping_parts_are_refused():
    formula = "SUM(A1,B1)"
    tree = parse(formula)
    with pytest.raises(ValueError, match="overlap"):
        replaced(formula, [(tree, "x"), (tree.children[0], "y")])


def test_calls_are_found_with_their_arguments():
    formula = "IF(CSAT(客户!B2:B9, \"CSAT(1)\")<3,_xlfn.CONCAT('CSAT(x)'!A1,CSAT({1,2})),)"
    found = list(calls(parse(formula), ["CSAT"]))
    assert [formula[c.start : c.end] for c in found] == [
        'CSAT(客户!B2:B9, "CSAT(1)")',
        "CSAT({1,2})",
    ]
    assert [formula[a.start : a.end] for a in found[0].arguments] == ["客户!B2:B9", '"CSAT(1)"']
    assert [c.function for c in calls(parse(formula))] == ["IF", "CSAT", "CONCAT", "CSAT"]
    assert isinstance(parse(formula).children[2], Omitted)


@pytest.mark.parametrize(
    ("formula", "outermost"),
    [
        ("-2^2", "^"),
        ("2^-1", "^"),
        ("1+2*3", "+"),
        ("1*2+3", "+"),
        ("1&2+3", "&"),
        ("1=2&3", "="),
        ("2^3^4", "^"),
        ("1-2-3", "-"),
        ("A1:B2 B1:B3", " "),
        ("A1:INDEX(B:B,2)", ":"),
        ("-A1%*2", "*"),
    ],
)
def test_operators_bind_as_in_excel(formula, outermost):
    tree = parse(formula)
    assert isinstance(tree, Binary)
    assert tree.operator == outermost


def test_operators_of_one_rank_go_from_left_to_right():
    tree = parse("2^3^4")
    assert isinstance(tree, Binary)
    assert isinstance(tree.left, Binary)


@pytest.mark.parametrize(
    ("formula", "kind"),
    [
        ("(A1:A2,C1:C2)", Group),
        ('{1,-2;"a",#N/A}', ArrayConstant),
        ("A1#", Postfix),
        ("@A1:A3", Prefix),
        ("LAMBDA(x,x+1)(3)", Apply),
        ("F()", Call),
    ],
)
def test_unusual_parts_are_read(formula, kind):
    assert isinstance(parse(formula), kind)


@pytest.mark.parametrize(
    "formula", ["", "1+", "(1", "1)", "2 3", "SUM(1,2", "{1,A1}", "{1;2,3}", "1 2", "A1,B1", "*2"]
)
def test_what_is_no_formula_is_refused(formula):
    with pytest.raises(FormulaSyntaxError):
        parse(formula)


def test_deep_nesting_is_refused_rather_than_fatal():
    with pytest.raises(FormulaSyntaxError):
        parse("(" * 5000 + "1" + ")" * 5000)
