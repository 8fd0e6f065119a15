"""Known names are found in texts however they are written, and nothing else is."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csm_xl.share.known_names import KnownNames


def known(*names, alone=True):
    found = KnownNames()
    for name in names:
        found.add(name, f"<{name}>", alone=alone)
    return found


def replaced(names, text):
    for start, end, new in sorted(names.find(text), reverse=True):
        text = text[:start] + new + text[end:]
    return text


@pytest.mark.parametrize(
    "text",
    [
        "Alice Jones",
        "ALICE JONES",
        "alice  jones",
        "Jones, Alice",
        "Alice_Jones",
        "alice.jones",
        "alice-jones",
        "AliceJones",
        "Alíce Jones",
        "Alice\u00a0Jones",
    ],
)
def test_one_name_is_found_in_every_spelling(text):
    names = known("Alice Jones")
    assert replaced(names, f"for {text}: 3") == "for <Alice Jones>: 3"
    assert replaced(names, text) == "<Alice Jones>"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Tom O'Neil", "ask Tom ONeil’s wife", "ask <Tom O'Neil>’s wife"),
        ("Maria da Silva", "MARIA DA SILVA", "<Maria da Silva>"),
        ("Émile Zola", "emile zola", "<Émile Zola>"),
        ("王芳", "请联系王芳女士", "请联系<王芳>女士"),
        ("欧阳修", "欧阳修，欧阳修", "<欧阳修>，<欧阳修>"),
        ("Madonna", "Dear Madonna, hello", "Dear <Madonna>, hello"),
        ("Tea & Co 24", "from tea & co 24", "from <Tea & Co 24>"),
    ],
)
def test_names_of_many_forms_are_found(name, text, expected):
    assert replaced(known(name), text) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Alice Jones", "Alice Jonesville"),
        ("Alice Jones", "Alice went; the Jones family stayed"),
        ("Alice Jones", "Alice\nJones"),
        ("Madonna", "a madonna lily"),
        ("Unknown", "Unknown origin"),
        ("May", "until May"),
        ("Customer 7", "Customer 75"),
        ("12-34", "12.34 and 12/34"),
        ("A 1", "a1"),
        ("王", "王先生"),
    ],
)
def test_what_is_no_name_stays(name, text):
    assert replaced(known(name), text) == text


def test_a_word_is_looked_for_alone_only_when_asked():
    assert replaced(known("Apple", alone=False), "Apple juice") == "Apple juice"
    assert replaced(known("Apple"), "Apple juice") == "<Apple> juice"


def test_the_longest_name_wins():
    names = known("Ann Lee", "Ann Lee Park")
    assert replaced(names, "Ann Lee Park and Ann Lee") == "<Ann Lee Park> and <Ann Lee>"


WORD = st.text("abcdefghijklmnopqrstuvwxyzäéøß", min_size=3, max_size=8).map(str.capitalize)


@given(
    WORD,
    WORD,
    st.sampled_from([" ", "  ", ", ", "_", ".", "-", " - "]),
    st.text(" ,;:()0123456789!?", max_size=5),
    st.text(" ,;:()!?", max_size=5),
)
def test_any_name_between_any_marks_is_found_once(first, last, between, before, after):
    names = known(f"{first} {last}")
    spans = names.find(f"{before}{first}{between}{last}{after}")
    assert len(spans) == 1
    start, end, _ = spans[0]
    assert (start, end) == (len(before), len(before) + len(first + between + last))


@given(st.lists(st.text(max_size=12), max_size=5), st.text(max_size=40))
def test_places_never_overlap_and_lie_in_the_text(names, text):
    spans = sorted(known(*names).find(text))
    assert all(0 <= start < end <= len(text) for start, end, _ in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
