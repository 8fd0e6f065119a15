"""The words of a rating, and where a title may stand."""

from __future__ import annotations

import pytest

from csm_xl.errors import CellError, CsmError
from csm_xl.vocabulary.cell_readers import FLAG, LEVEL, NPS_SCORE
from csm_xl.vocabulary.cells import Placed, align, collect
from csm_xl.vocabulary.rating_words import NO_ANSWER, RATING_WORDS
from csm_xl.vocabulary.words import LEVELS


@pytest.mark.parametrize(
    ("text", "level"),
    [
        *[
            ("Excellent", 5),
            ("very good", 5),
            ("Fair", 3),
            ("O.K.", 3),
            ("terrible", 1),
            ("BAD", 2),
        ],
        *[
            ("★★★★☆", 4),
            ("⭐⭐⭐", 3),
            ("⭐️⭐️", 2),
            ("🌟🌟🌟🌟🌟", 5),
            ("**", 2),
            ("4.5 stars", 4.5),
        ],
        *[("1 star", 1), ("4/5", 4), ("3 out of 5", 3), ("2 of 5", 2), ("５／５", 5), ("4分", 4)],
        *[("四星", 4), ("五颗星", 5), ("5星好评", 5), ("兩顆星", 2), ("三分", 3), ("4星级", 4)],
        *[("非常满意（5分）", 5), ("不满意(2)", 2), ("5 - very satisfied", 5), ("4.满意", 4)],
        *[
            ("Satisfied (4)", 4),
            ("3：一般", 3),
            ("十分滿意", 5),
            ("還行", 3),
            ("差評", 1),
            ("無所謂", 3),
        ],
    ],
)
def test_a_rating_as_people_write_it(text, level):
    assert LEVEL.read(text) == level


@pytest.mark.parametrize(
    "text",
    ["7/10", "very satisfied (1)", "How was it? 1", "★★☆ maybe", "5 points of 9", "satisfid"],
)
def test_what_is_no_rating_is_refused(text):
    with pytest.raises(CellError):
        LEVEL.read(text)


@pytest.mark.parametrize("text", ["9分", "9/10", "9 out of 10", "9 points", "九分", "9", " 9 / 10"])
def test_a_score_as_people_write_it(text):
    assert NPS_SCORE.read(text) == 9


@pytest.mark.parametrize("text", ["4/5", "9 stars", "九星"])
def test_a_score_of_another_scale_is_no_score(text):
    with pytest.raises(CellError):
        NPS_SCORE.read(text)


def test_each_word_has_one_level_and_is_no_mark_for_nothing():
    assert not RATING_WORDS.keys() & NO_ANSWER
    for word, level in RATING_WORDS.items():
        assert LEVEL.read(word) == level
        assert LEVELS.key(word) == f"{level:.0f}"


@pytest.mark.parametrize("reader", [LEVEL, NPS_SCORE, FLAG])
@pytest.mark.parametrize(
    "mark", ["n/a", "N/A", "-", "—", "none", "无", "無", "暂无", "暫無", " ", "--"]
)
def test_a_mark_for_nothing_is_skipped(reader, mark):
    assert collect(((1.0,), (mark,), (1.0,)), reader, "cells").tolist() == [1.0, 1.0]
    assert collect(((mark,), (1.0,)), reader, "cells").tolist() == [1.0]


def column(*cells: object, top: bool) -> Placed:
    return Placed.at(tuple((cell,) for cell in cells), top)


@pytest.mark.parametrize(
    "title",
    [
        "Rating",
        "How was it? 1",
        "Happy?",
        "满意度",
        "2025年评分",
        "Score:",
        "NPS",
        "1. How are we?",
    ],
)
def test_a_title_is_known_by_its_place(title):
    assert collect(column(title, 4.0, 5.0, top=True), LEVEL, "ratings").tolist() == [4.0, 5.0]
    with pytest.raises(CsmError, match="Cell 1 of ratings"):
        collect(column(title, 4.0, 5.0, top=False), LEVEL, "ratings")
    assert align(column(title, 4.0, top=True), LEVEL, "ratings").header
    assert align(column(title, 4.0, top=False), LEVEL, "ratings").problems


@pytest.mark.parametrize(
    "attempt", ["satisfid", "Satsified", "excelent", "5 starz", "4 of 6", "nuetral"]
)
def test_an_attempt_at_a_value_is_no_title_even_at_the_top(attempt):
    with pytest.raises(CsmError, match="Cell 1 of ratings"):
        collect(column(attempt, 4.0, 5.0, top=True), LEVEL, "ratings")


def test_a_word_of_what_became_of_a_customer_may_be_the_title_of_yes_and_no():
    assert sorted(collect(column("Churned", "yes", "no", top=True), FLAG, "churned")) == [0, 1]
    assert sorted(collect(column("流失", 1.0, 0.0, top=True), FLAG, "churned")) == [0, 1]
    status = column("Churned", "active", "churned", "active", top=True)
    assert sorted(collect(status, FLAG, "churned")) == [0, 0, 1, 1]
    assert sorted(collect(column("Churned", "yes", "no", top=False), FLAG, "churned")) == [0, 1, 1]
