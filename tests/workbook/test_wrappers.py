"""VBA made from the declarations: wrappers and Function Wizard texts."""

from __future__ import annotations

import dataclasses
import re

import pytest

from csm_xl.functions.declaration import REGISTRY, Parameter
from csm_xl.language import Text
from csm_xl.workbook import vba_literals, vba_texts, wrappers


def decoded(literal: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), literal)


def test_every_generated_module_is_ascii_and_within_the_limits_of_vba():
    for source in (
        wrappers.functions_module(),
        wrappers.wizard_module(),
        vba_texts.texts_module("en"),
        vba_texts.texts_module("zh", watch=True),
    ):
        assert source.isascii()
        lines = source.splitlines()
        assert max(map(len, lines)) < 1023
        run = longest = 0
        for line in lines:
            run = run + 1 if line.endswith(" _") else 0
            longest = max(longest, run)
        assert longest <= 24
        for procedure in re.split(r"(?m)^End (?:Sub|Function)", source):
            assert len(procedure) < 60_000
        assert "Option Explicit" in source
        assert "On Error Resume Next" not in source


def test_a_wrapper_has_the_typed_arguments_and_names_the_hidden_ones():
    source = wrappers.functions_module()
    for name, declaration in REGISTRY.items():
        typed = ", ".join(
            f"{'Optional ' if p.optional else ''}{p.name} As Variant" for p in declaration.typed
        )
        assert f"Public Function {name}({typed}) As Variant" in source
        hidden = "|".join(p.hidden for p in declaration.parameters if p.hidden)
        call = f'{name} = CsmCall("{name}", Array({", ".join(p.name for p in declaration.typed)})'
        assert call + (f', "{hidden}")' if hidden else ")") in source


def test_the_wizard_has_the_help_of_every_function_in_both_languages():
    text = decoded(re.sub(r'" & _\n\s*"', "", wrappers.wizard_module())).replace('""', '"')
    for declaration in REGISTRY.values():
        for help in (declaration.help, *(p.help for p in declaration.typed)):
            assert help.en in text
            assert help.zh in text


def test_a_name_that_vba_does_not_take_is_noticed_when_building(monkeypatch):
    declaration = REGISTRY["CSAT"]
    wrong = dataclasses.replace(
        declaration, parameters=(Parameter("date", Text("", "")), *declaration.parameters[1:])
    )
    monkeypatch.setitem(REGISTRY, "CSAT", wrong)
    with pytest.raises(ValueError, match="date"):
        wrappers.functions_module()


def test_a_help_text_that_excel_would_cut_is_noticed_when_building(monkeypatch):
    declaration = dataclasses.replace(REGISTRY["CSAT"], help=Text("x" * 256, "字"))
    monkeypatch.setitem(REGISTRY, "CSAT", declaration)
    with pytest.raises(ValueError, match="255"):
        wrappers.wizard_module()


def test_a_hidden_argument_before_a_typed_one_is_noticed_when_building(monkeypatch):
    declaration = REGISTRY["CSAT"]
    hidden = Parameter("lang", Text("", ""), True, "language")
    monkeypatch.setitem(
        REGISTRY,
        "CSAT",
        dataclasses.replace(declaration, parameters=(hidden, *declaration.parameters)),
    )
    with pytest.raises(ValueError, match="last"):
        wrappers.functions_module()


@pytest.mark.parametrize("text", ["plain", 'a "quoted" word', "客户", "a\\b", "line\nline", "😀"])
def test_a_text_survives_being_written_as_a_vba_literal(text):
    literal = vba_literals.quoted(vba_literals.escaped(text))
    assert literal.isascii()
    inside = literal[1:-1].replace('""', '"')
    units = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), inside)
    assert units.encode("utf-16", "surrogatepass").decode("utf-16") == text


def test_every_text_that_the_vba_asks_for_exists():
    from importlib import resources

    known = {**vba_texts.MESSAGES, **vba_texts.ribbon.texts()}
    asked = set()
    for file in resources.files("csm_xl.workbook").joinpath("vba").iterdir():
        asked |= set(re.findall(r'CsmText\("([^"]+)"', file.read_text("ascii")))
    assert asked <= set(known)
    assert set(vba_texts.MESSAGES) - asked == set()


def test_messages_with_a_value_have_a_place_for_it_in_both_languages():
    for text in vba_texts.MESSAGES.values():
        assert text.en.count("{0}") == text.zh.count("{0}")
