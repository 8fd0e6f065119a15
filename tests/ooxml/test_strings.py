"""Shared strings are read as Excel shows them."""

from __future__ import annotations

from pathlib import Path

import pytest
from ooxml import handmade

from csm_xl.ooxml.cell_text import decode_text, encode_text, inline_string
from csm_xl.ooxml.shared_strings import read_strings

PATH = Path("book.xlsx")


def read(*items: str) -> list[str]:
    part = f'<?xml version="1.0"?><sst xmlns="{handmade.MAIN}">{"".join(items)}</sst>'
    return read_strings(part.encode(), "sharedStrings.xml", PATH)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("<si><t>plain</t></si>", "plain"),
        ("<si><t>a &lt;b&gt; &amp; &quot;c&quot; &#20013;&#x6587;</t></si>", 'a <b> & "c" 中文'),
        ('<si><t xml:space="preserve">  two  </t></si>', "  two  "),
        ("<si><t/></si>", ""),
        ("<si/>", ""),
        ("<si>\n <t>on its own line</t>\n</si>", "on its own line"),
        ("<si><r><t>one</t></r><r><rPr><b/></rPr><t>two</t></r></si>", "onetwo"),
        ('<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si>', "東京"),
        ("<si><t>a_x000D_b_x005F_x0041_</t></si>", "a\rb_x0041_"),
        ("<si><t><![CDATA[<&>]]></t></si>", "<&>"),
    ],
)
def test_a_string_is_read_as_shown(item: str, expected: str) -> None:
    assert read(item) == [expected]
    assert read("<si><t>before</t></si>", item, "<si><t>after</t></si>") == [
        "before",
        expected,
        "after",
    ]


def test_strings_inside_something_else_are_none_of_the_cells() -> None:
    assert read("<si><t>a</t></si>", "<x><si><t>no</t></si></x>", "<si><t>b</t></si>") == ["a", "b"]


def test_half_of_a_pair_is_no_character() -> None:
    assert read("<si><t>a_xD83D_b</t></si>") == ["a\ufffdb"]
    assert read("<si><t>_xD83D__xDE00_</t></si>") == ["😀"]


def test_strings_with_a_prefix_are_read() -> None:
    part = f'<x:sst xmlns:x="{handmade.MAIN}"><x:si><x:t>a</x:t></x:si></x:sst>'
    assert read_strings(part.encode(), "sharedStrings.xml", PATH) == ["a"]


def test_no_strings_are_an_empty_list() -> None:
    assert read() == []


@pytest.mark.parametrize(
    "text", ["", "a", "\x00\x0b\x1f", "_x000D_", "_x", "\ufffe\uffff", "_x_x0041_"]
)
def test_escaped_text_reads_back(text: str) -> None:
    assert decode_text(encode_text(text)) == text


def test_spaces_are_marked_as_kept_only_where_needed() -> None:
    assert inline_string("a b") == b"<is><t>a b</t></is>"
    assert inline_string(" a") == b'<is><t xml:space="preserve"> a</t></is>'
