from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csm_xl.feedback import Dropped, clean
from csm_xl.feedback.characters import fold, folded, unmarked
from csm_xl.feedback.cleaning import is_machine_noise
from csm_xl.language import use_language


@pytest.mark.parametrize(
    "text",
    [
        "此用户没有填写评价。",
        "此用户未填写评价内容",
        "该用户没有填写评论",
        "用户未及时做出评价,系统默认好评!",
        "评价方未及时做出评价，系统默认好评！",
        "系统默认好评",
        "系统自动好评",
        "默认好评",
        "买家没有填写评价内容",
        "用户超时未评价，系统默认好评",
        "该评论已被删除",
        "暂无评价",
        "This user did not leave a comment",
        "No comment",
        "N/A",
        "[deleted]",
    ],
)
def test_what_a_machine_wrote_is_dropped(text: str) -> None:
    assert clean([text, "很好吃"]).dropped == {Dropped.MACHINE: 1}


@pytest.mark.parametrize(
    "text",
    [
        "用户体验不好，没有任何优惠",
        "默认的好评返现我没有收到",
        "没有给我好评返现",
        "系统自动重启",
        "此用户界面太难用",
        "None of the staff answered",
        "test drive was great",
    ],
)
def test_what_only_resembles_a_machine_is_kept(text: str) -> None:
    assert clean([text]).texts == (text,)


def test_each_dropped_text_has_its_reason() -> None:
    texts = [
        "",
        "  ",
        None,
        "好",
        "好好好好好好",
        "哈哈哈哈哈",
        "啊，啊！",
        "aaaaaa",
        "12345",
        "！！！",
        "。",
    ]
    cleaned = clean([*texts, "不错", "不 错！", "不错不错不错"])
    assert cleaned.texts == ("不错", "不错不错不错")
    assert cleaned.rows == (11, 13)
    assert cleaned.dropped == {
        Dropped.EMPTY: 3,
        Dropped.NO_WORDS: 3,
        Dropped.ONE_CHARACTER: 1,
        Dropped.REPEATED: 4,
        Dropped.DUPLICATE: 1,
    }


def test_emoji_alone_say_something_and_are_kept() -> None:
    assert clean(["😡", "👍👍👍", "❤️"]).texts == ("😡", "👍👍👍", "❤️")


def test_the_report_names_counts_and_reasons_in_both_languages() -> None:
    report = clean(["很好", "", "系统默认好评", "系统默认好评"]).report()
    with use_language("en"):
        assert [str(line) for line in report] == [
            "1 of 4 texts read",
            "empty: 1",
            "written by a machine: 2",
        ]
    with use_language("zh"):
        assert [str(line) for line in report] == [
            "共 4 段文字，读取 1 段",
            "空白：1 段",
            "系统自动生成：2 段",
        ]


def test_html_is_stripped_and_faces_are_not() -> None:
    html = '<p class="x">房间&nbsp;很好</p><br/><script>alert("坏")</script> I <3 it >_<'
    assert " ".join(unmarked(html).split()) == "房间 很好 I <3 it >_<"
    assert clean([html]).texts == ("房间 很好 I <3 it >_<",)


def test_the_sellers_reply_is_not_the_customers_word() -> None:
    review = "房间太小。宾馆反馈2008年8月14日：尊敬的宾客：非常感谢您的宝贵意见！补充点评：早餐还行"
    assert unmarked(review) == "房间太小。补充点评：早餐还行"


def test_addresses_and_names_are_left_out() -> None:
    assert unmarked("见 https://a.cn/b?c=1 @老板 太慢").split() == ["见", "太慢"]
    assert unmarked("问 owner@shop.cn 吧").split() == ["问", "吧"]
    assert unmarked("@老板你家送餐太慢了!") == "@老板你家送餐太慢了!"


def test_folding_makes_ways_of_writing_one() -> None:
    assert folded("難吃死了！！！ＧＯＯＯＯＤ") == folded("难吃死了!!good")


def test_a_text_in_other_signs_is_a_duplicate_too() -> None:
    assert clean(["送餐很快，好吃！", "送餐很快 好吃", "送餐很慢"]).rows == (0, 2)


@given(st.lists(st.one_of(st.none(), st.text()), max_size=30))
def test_every_text_is_either_kept_or_counted(texts: list[str | None]) -> None:
    cleaned = clean(texts)
    assert len(cleaned.rows) + sum(cleaned.dropped.values()) == len(texts)
    assert list(cleaned.rows) == sorted(set(cleaned.rows))
    assert all(text.strip() for text in cleaned.texts)


@given(st.lists(st.text(st.characters(exclude_categories=[])), max_size=5))
def test_folding_keeps_the_number_of_texts(texts: list[str]) -> None:
    together = fold(texts)
    assert together.n == len(texts)
    assert together.texts() == [folded(text) for text in texts]


@given(st.text(max_size=200))
def test_any_text_can_be_asked_for_machine_noise(text: str) -> None:
    assert is_machine_noise(text) in (True, False)
