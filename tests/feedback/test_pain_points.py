from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from public_data import data_file

from csm_xl.errors import CsmError
from csm_xl.feedback import KINDS, TRENDS, PainPoint, pain_points
from csm_xl.feedback.clauses import cut, states_wish
from csm_xl.language import use_language

ROOT = Path(__file__).resolve().parents[2]


def found(texts: list[str], theme: str, kind: str = "complaint") -> PainPoint:
    points = pain_points(texts, n=100)
    return next(p for p in points if theme in (p.theme.en, p.theme.zh) and p.kind == kind)


@pytest.mark.data
def test_hotel_reviews_name_what_a_reader_would_name() -> None:
    path = data_file("reviews_zh_hotel.csv")
    with path.open(encoding="utf-8", newline="") as file:
        texts = [row["review"] for row in csv.DictReader(file)][::3]
    points = pain_points(texts, n=25)
    top_ten = {point.theme.zh for point in points[:10]}
    assert {"房间", "服务", "早餐", "噪音", "卫生间", "价格", "设施", "卫生"} <= top_ten
    assert {"前台", "空调", "床", "气味", "网络", "位置"} <= {point.theme.zh for point in points}
    assert all(len(point.example) <= 80 for point in points)


@pytest.mark.data
def test_takeaway_reviews_name_dishes_that_stand_in_no_list() -> None:
    path = data_file("reviews_zh_takeaway.csv")
    with path.open(encoding="utf-8", newline="") as file:
        texts = [row["review"] for row in csv.DictReader(file)][::3]
    points = pain_points(texts, n=40)
    assert {"等待", "味道", "配送"} == {point.theme.zh for point in points[:3]}
    assert {"米饭", "卷饼"} <= {point.theme.zh for point in points}


def ten_trades() -> list[dict[str, str]]:
    path = ROOT / "tests" / "feedback" / "reviews_ten_trades.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_complaints_of_ten_trades_find_a_theme_that_a_reader_would_name() -> None:
    rows = ten_trades()
    complaints = themed = agreed = 0
    for trade in dict.fromkeys(row["trade"] for row in rows):
        own = [row for row in rows if row["trade"] == trade]
        points = [p for p in pain_points([r["text"] for r in own], 100) if p.kind == "complaint"]
        for i, row in enumerate(own):
            if row["label"] != "-1":
                continue
            complaints += 1
            names = [f"{p.theme.en} {p.theme.zh}" for p in points if i in p.rows]
            themed += bool(names)
            agreed += any(re.search(row["about"], name) for name in names)
    assert complaints == 100
    assert themed >= 85
    assert agreed >= 65


def test_the_five_most_mentioned_themes_of_ten_trades_are_complaints_of_that_trade() -> None:
    rows = ten_trades()
    for trade in dict.fromkeys(row["trade"] for row in rows):
        own = [row for row in rows if row["trade"] == trade]
        for point in pain_points([row["text"] for row in own], 5):
            wanted = "-1" if point.kind == "complaint" else "0"
            right = sum(own[i]["label"] == wanted for i in point.rows)
            assert right * 3 >= point.mentions * 2, (trade, point.theme.en)


@pytest.mark.data
def test_restaurant_complaints_are_named_by_weight() -> None:
    path = data_file("reviews_zh_restaurant_aspects.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    named = {p.theme.zh for p in pain_points([row["reviewbody"] for row in rows], 12)}
    weight = {a: sum(row[a] == "-1" for row in rows) for themes in ASPECTS.values() for a in themes}
    heard = sum(weight[a] for zh, aspects in ASPECTS.items() if zh in named for a in aspects)
    assert heard >= 0.85 * sum(weight.values())


#: The 18 aspects of ASAP under the themes that name them.
ASPECTS = {
    "服务": ["service_waiters_attitude"],
    "等待": ["service_wait_time", "service_serving_speed"],
    "价格": ["price_level", "price_cost_effective", "price_discount"],
    "位置": [
        "location_traffic",
        "location_distance_from_business_district",
        "location_easy_to_find",
    ],
    "停车": ["service_parking_convenience"],
    "噪音": ["environment_noise"],
    "卫生": ["environment_cleaness"],
    "环境": ["environment_space"],
    "装修": ["environment_decoration"],
    "分量": ["dish_portion"],
    "味道": ["dish_taste", "dish_look", "dish_recommendation"],
}


@pytest.mark.data
def test_laptop_complaints_are_named_by_their_terms() -> None:
    path = data_file("reviews_en_laptop_aspects.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    terms: Counter[str] = Counter()
    for row in rows:
        for aspect in row["aspects"].split(";"):
            term, _, side = aspect.rpartition("=")
            terms[term.lower().strip('"')] += side == "negative"
    most = [term for term, _ in terms.most_common(12)]
    points = pain_points([row["text"] for row in rows], 12)
    heard = [
        term
        for term in most
        if any(
            sum(
                re.search(rf"\b{re.escape(term)}", rows[i]["text"], re.IGNORECASE) is not None
                for i in p.rows
            )
            >= 0.25 * terms[term]
            for p in points
        )
    ]
    assert len(heard) >= 8


def test_synonyms_in_both_languages_are_one_theme() -> None:
    texts = [
        "隔音太差",
        "晚上吵死了",
        "噪音很大，睡不着",
        "隔壁很吵",
        "The room next door was so noisy",
    ]
    point = found(texts, "noise")
    assert point.mentions == 5
    assert (point.theme.en, point.theme.zh) == ("noise", "噪音")


def test_a_review_counts_once_however_often_it_complains() -> None:
    texts = ["早餐很差。早餐又贵又难吃！早餐一般。", "早餐太差"]
    assert found(texts, "早餐").mentions == 2


def test_repeated_reviews_count_once() -> None:
    assert found(["早餐很差", "早餐很差！", "早餐太难吃"], "早餐").mentions == 2


def test_praise_is_no_pain() -> None:
    assert (
        pain_points(["早餐很好", "房间干净，床舒服", "服务热情", "Great room, lovely staff"]) == []
    )


@pytest.mark.parametrize("text", ["空调不吵", "价格不贵", "没有异味", "The room was not noisy"])
def test_a_denied_complaint_is_none(text: str) -> None:
    assert pain_points([text]) == []


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("希望早餐品种再多一点", "早餐"),
        ("能不能送餐快一点", "配送"),
        ("建议加个停车场", "停车"),
        ("要是早餐能多点花样，就更好了", "早餐"),
        ("客服回复能再快些就好了", "客服"),
        ("最好能开发票", "发票"),
        ("空调应该换新的了", "空调"),
        ("服务有待提高", "服务"),
        ("什么时候能出新版本", "更新"),
        ("Could you add more options to the breakfast?", "breakfast"),
        ("I wish the delivery came on weekends", "delivery"),
        ("It would be great to have a bigger parking space", "parking"),
        ("Please add an export to Excel", "features"),
        ("The packaging should be stronger", "packaging"),
        ("Would love a discount for regulars", "payment and subscription"),
    ],
)
def test_a_stated_wish_is_a_need(text: str, theme: str) -> None:
    assert found([text], theme, "need").mentions == 1


@pytest.mark.parametrize(
    "text",
    [
        "强烈建议大家不要住这家酒店",
        "建议别买",
        "希望大家避雷",
        "建议各位慎重",
        "房间很小",
        "I hoped for nothing",
        "The wishbone was cold",
    ],
)
def test_a_warning_to_others_is_no_wish(text: str) -> None:
    assert not states_wish(text)


def test_a_need_and_a_complaint_about_one_thing_stand_apart() -> None:
    texts = ["早餐很差", "早餐难吃", "希望早餐丰富一些"]
    assert found(texts, "早餐", "complaint").mentions == 2
    assert found(texts, "早餐", "need").mentions == 1


def test_a_short_lead_in_names_what_the_next_clause_is_about() -> None:
    assert found(["早餐嘛，实在不敢恭维"], "早餐").mentions == 1


def test_the_longest_word_names_the_theme() -> None:
    themes = {point.theme.zh for point in pain_points(["卫生间太小太旧，很失望"], n=50)}
    assert "卫生间" in themes
    assert "卫生" not in themes


def test_a_chinese_word_that_stands_in_no_list_is_found() -> None:
    texts = [
        "杯垫太薄了，一洗就破",
        "送的杯垫很差",
        "杯垫难看死了",
        "没有杯垫，失望",
        "不喜欢杯垫，太硬",
        "我的杯垫坏了",
        "水杯不错，杯垫不行",
        "颜色好看，可惜杯垫很臭",
    ]
    assert found(texts, "杯垫").mentions >= 5


def test_an_english_noun_and_a_pair_of_words_that_stand_in_no_list_are_found() -> None:
    texts = [
        "The heel broke after a day",
        "My heel snapped, terrible",
        "I hate the heel, it is awful",
        "Could you add a dark mode?",
        "I wish there was a dark mode",
        "Please add dark mode",
    ]
    assert found(texts, "heel").mentions == 3
    assert found(texts, "dark mode", "need").mentions == 3


def test_most_mentioned_come_first_and_at_most_n() -> None:
    texts = ["早餐很差", "早餐难吃", "早餐太糟糕", "空调坏了，很热", "空调太吵", "床太硬"]
    points = pain_points(texts, n=2)
    assert [point.theme.zh for point in points] == ["早餐", "空调"]
    assert points == pain_points(texts, n=10)[:2]


def test_the_example_is_a_clause_from_the_texts() -> None:
    texts = ["我们一家三口周末去的。早餐品种太少，难吃得要命！总之玩得开心", "早餐差"]
    example = found(texts, "早餐").example
    assert any(example in text for text in texts)
    assert len(example) < 15


def test_a_review_without_punctuation_gives_a_short_example() -> None:
    example = found(["早餐很差" * 500], "早餐").example
    assert len(example) <= 80


def test_the_mean_sentiment_is_that_of_the_whole_reviews() -> None:
    happy = found(["房间漂亮，服务热情，很满意，就是早餐差，下次还来"], "早餐")
    angry = found(["骗子，太恶心了，早餐差，再也不来"], "早餐")
    assert happy.mean_sentiment > 0 > angry.mean_sentiment


def test_words_of_opinion_that_come_often_are_named() -> None:
    assert "贵" in found(["价格贵", "价格太贵", "价格又贵又乱"], "价格").often_with


def complaints_over_a_year(share: list[float]) -> tuple[list[str], list[dt.date]]:
    """Twenty reviews a month, the given share of them about breakfast."""
    texts, dates = [], []
    for month, part in enumerate(share, start=1):
        for i in range(20):
            about = "早餐很差" if i < 20 * part else "房间太小"
            texts.append(f"{about}，第{month}月第{i}位")
            dates.append(dt.date(2024, month, 1 + i))
    return texts, dates


@pytest.mark.parametrize(
    ("share", "trend"),
    [
        ([m / 12 for m in range(12)], "rising"),
        ([1 - m / 12 for m in range(12)], "falling"),
        ([0.5] * 12, "steady"),
    ],
)
def test_a_change_of_share_over_time_is_a_trend(share: list[float], trend: str) -> None:
    texts, dates = complaints_over_a_year(share)
    points = pain_points(texts, dates=dates)
    assert next(p for p in points if p.theme.zh == "早餐").trend == trend


def test_more_reviews_a_month_are_no_trend() -> None:
    texts, dates = [], []
    for month in range(1, 13):
        for i in range(2 * month):
            texts.append(f"{'早餐很差' if i % 2 else '房间太小'}，第{month}月第{i}位")
            dates.append(dt.date(2024, month, 1 + i))
    assert all(point.trend == "steady" for point in pain_points(texts, dates=dates))


def test_chance_alone_is_rarely_called_a_trend() -> None:
    rng = np.random.default_rng(0)
    called = 0
    for _ in range(50):
        texts = [
            f"{'早餐很差' if about else '房间太小'}，第{i}位"
            for i, about in enumerate(rng.random(40) < 0.4)
        ]
        dates = rng.integers(0, 365, 40).tolist()
        points = pain_points(texts, dates=dates)
        called += next(p for p in points if p.theme.zh == "早餐").trend != "steady"
    assert called <= 3


def test_dates_of_every_kind_are_read_alike() -> None:
    texts, dates = complaints_over_a_year([m / 12 for m in range(12)])
    expected = pain_points(texts, dates=dates)
    for same in (
        [dt.datetime(d.year, d.month, d.day, 12) for d in dates],
        np.array(dates, dtype="datetime64[ns]"),
        [45_000.0 + (d - dates[0]).days for d in dates],
    ):
        assert pain_points(texts, dates=same) == expected


def test_without_dates_there_is_no_trend() -> None:
    texts, dates = complaints_over_a_year([0.5] * 12)
    assert all(point.trend is None for point in pain_points(texts))
    few = [None] * (len(dates) - 5) + dates[-5:]
    assert all(point.trend is None for point in pain_points(texts, dates=few))
    blank = [np.datetime64("NaT")] * len(dates)
    assert all(point.trend is None for point in pain_points(texts, dates=blank))


def test_dates_must_be_as_many_as_texts() -> None:
    with use_language("en"), pytest.raises(CsmError, match="2 texts but 1 dates"):
        pain_points(["早餐差", "床硬"], dates=[dt.date(2024, 1, 1)])
    with use_language("zh"), pytest.raises(CsmError, match="痛点的个数至少为 1"):
        pain_points(["早餐差"], n=0)


@pytest.mark.parametrize(
    "texts", [[], [None], ["", "  "], ["系统默认好评"], ["好"], ["！！！"], ["😡"]]
)
def test_nothing_to_read_gives_nothing(texts: list[str | None]) -> None:
    assert pain_points(texts) == []


def test_html_and_the_sellers_reply_are_not_complaints() -> None:
    reply = "酒店回复：非常抱歉给您带来不便，房间噪音问题我们会改进"
    assert pain_points([f"<b title='早餐很差'>早餐很好</b>。{reply}"]) == []


@pytest.mark.parametrize(
    "part", ["要是", "建议问", "早餐", "a", "bad ", "slow room, ", "希望。", "<a", "@a", "1."]
)
def test_a_cell_filled_to_the_brim_is_read(part: str) -> None:
    for point in pain_points([(part * 32_767)[:32_766] + "差", "早餐差"]):
        assert len(point.example) <= 80


def test_kinds_and_trends_have_words_in_both_languages() -> None:
    assert {kind: (text.en, text.zh) for kind, text in KINDS.items()} == {
        "complaint": ("complaint", "抱怨"),
        "need": ("wish", "需求"),
    }
    assert set(TRENDS) == {"rising", "falling", "steady"}


def test_clauses_end_at_punctuation_and_not_in_numbers() -> None:
    clauses = cut(["房价3.5折，早餐差。The bill was 12.50 euros. Too much! 要是便宜点，就好了"])
    assert clauses.texts == [
        "房价3.5折",
        "早餐差",
        "The bill was 12.50 euros",
        "Too much",
        "要是便宜点，就好了",
    ]
    assert clauses.goes_on.tolist() == [False, True, False, False, False]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.one_of(st.none(), st.text(st.characters(exclude_categories=[]))), max_size=8))
def test_any_texts_give_points_that_add_up(texts: list[str | None]) -> None:
    for point in pain_points(texts, n=50):
        assert 1 <= point.mentions <= len(texts)
        assert -1 <= point.mean_sentiment <= 1
        assert point.example


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.lists(
            st.sampled_from(
                ["早餐", "房间", "太", "差", "不", "希望", "，", "。", "slow ", "wifi ", "好"]
            )
        ).map("".join),
        max_size=12,
    )
)
def test_the_order_of_reviews_does_not_change_the_counts(texts: list[str]) -> None:
    def counts(these: list[str]) -> set[tuple[str, str, int]]:
        return {(p.theme.zh, p.kind, p.mentions) for p in pain_points(these, n=100)}

    assert counts(texts) == counts(texts[::-1])


def test_the_example_is_in_the_language_of_most_texts() -> None:
    english = [f"Delivery number {i} was late again and nobody told me" for i in range(6)]
    points = pain_points([*english, "配送太慢了，等了三个小时", "送货慢死了，气人"])
    delivery = next(point for point in points if point.theme.en == "delivery")
    assert "late again" in delivery.example


def test_praise_by_the_lack_of_faults_is_no_complaint() -> None:
    texts = [
        "包装很仔细，一点磕碰都没有。",
        "咨询一小时内就回复了。",
        "少了一件，二话不说就补发了。",
    ]
    assert not any(point.example in "".join(texts[:2]) for point in pain_points(texts))


def test_what_the_texts_name_themselves_is_not_said_twice() -> None:
    texts = [f"Tea {i} is nice. Please add a gift message option" for i in range(8)]
    texts += [f"Cup {i} is nice. Please put brewing instructions in the parcel" for i in range(8)]
    points = [point for point in pain_points(texts) if point.kind == "need"]
    assert len({point.example for point in points}) == len(points)
    names = {point.theme.en for point in points}
    assert "delivery" not in names and any("message" in name for name in names)


def test_a_short_complaint_is_quoted_where_all_are_short() -> None:
    points = pain_points([f"Too expensive, number {i}." for i in range(5)])
    assert [(point.theme.en, point.example) for point in points] == [("price", "Too expensive")]


@pytest.mark.parametrize(
    "text",
    [
        "Not cheap, but worth every penny",
        "A bit pricey, but worth it",
        "不便宜，但是值",
        "价格有点贵，不过物有所值",
        "贵是贵，但对得起这个价",
    ],
)
def test_a_price_that_is_worth_it_is_no_complaint(text: str) -> None:
    assert pain_points([text]) == []


def test_what_follows_a_but_is_counted_where_it_belongs() -> None:
    points = pain_points(["环境不错但是上菜太慢", "Lovely food but the service was slow"])
    assert {"等待", "服务"} <= {point.theme.zh for point in points}
    assert {"环境", "味道"}.isdisjoint(point.theme.zh for point in points)
    praised = pain_points(["上菜慢但是味道很好", "Slow service but delicious food"])
    assert "味道" not in {point.theme.zh for point in praised}


def test_a_theme_says_which_texts_speak_of_it_and_how_large_a_part_they_are() -> None:
    point = found(["早餐很好", "早餐很差", "房间干净", "早餐难吃"], "早餐")
    assert point.rows == (1, 3)
    assert point.share == 0.5


def test_a_complaint_that_no_list_knows_stands_under_its_own_noun() -> None:
    texts = ["玫瑰第二天就蔫了", "The banister wobbles and is badly made", "盆栽烂根了，很失望"]
    named = {row for point in pain_points(texts) for row in point.rows}
    assert named == {0, 1, 2}


def test_what_all_the_reviews_are_about_is_no_theme() -> None:
    texts = [f"I bought this tractor in year {i} and it is great" for i in range(80)]
    texts += [f"The tractor has a terrible clutch, number {i}" for i in range(40)]
    themes = [point.theme.en for point in pain_points(texts)]
    assert "clutch" in themes and "tractor" not in themes


@pytest.mark.parametrize("name", ["further", "other"])
def test_complaints_of_twenty_more_trades_find_a_theme_and_praise_hardly_any(name: str) -> None:
    path = ROOT / "tests" / "feedback" / f"reviews_{name}_trades.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {True: 0, False: 0}
    for trade, lang in {(row["trade"], row["lang"]) for row in rows}:
        own = [row for row in rows if (row["trade"], row["lang"]) == (trade, lang)]
        points = pain_points([row["text"] for row in own], n=99)
        said = {row for point in points for row in point.rows}
        for i, row in enumerate(own):
            found[row["label"] == "-1"] += i in said
    complaints = sum(row["label"] == "-1" for row in rows)
    assert found[True] >= 0.85 * complaints
    assert found[False] <= 0.15 * (len(rows) - complaints)


def test_a_complaint_that_names_nothing_stands_under_its_word_of_blame() -> None:
    (point,) = pain_points(["剪到出血了连句对不起都没有"])
    assert point.kind == "complaint"


@pytest.mark.parametrize(
    "text", ["Arrived two days later, faster than expected.", "等了两天，比预想的快很多，很满意"]
)
def test_what_the_next_clause_compares_to_the_better_is_no_complaint(text: str) -> None:
    assert pain_points([text]) == []


@pytest.mark.parametrize(
    "text",
    [
        "感觉比别家的好吃",
        "不配饭也能吃好几片",
        "非常解油腻",
        "味道和分量都没得说",
        "酱类似卡仕达酱",
        "没有想象中那么难吃",
    ],
)
def test_a_word_within_another_word_is_no_complaint_of_the_taste(text: str) -> None:
    assert pain_points([text]) == []
