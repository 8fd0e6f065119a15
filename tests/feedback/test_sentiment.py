from __future__ import annotations

import csv
import hashlib
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from public_data import data_file

from csm_xl.feedback import read_sentiment, sentiment
from csm_xl.language import use_language

ROOT = Path(__file__).resolve().parents[2]


def score(text: str) -> float:
    return float(sentiment([text])[0])


def labelled(path: Path, text: str = "text") -> tuple[list[str], np.ndarray]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row[text].strip()]
    return [row[text] for row in rows], np.array([row["label"] == "1" for row in rows])


def area(positive: np.ndarray, scores: np.ndarray) -> float:
    higher = scores[positive][:, None] - scores[~positive][None, :]
    return float((np.sign(higher) + 1).mean() / 2)


def held_out(domain: str) -> tuple[list[str], np.ndarray]:
    path = data_file(f"reviews_zh_{domain}.csv")
    texts, positive = labelled(path, "review")
    out = [hashlib.sha256(text.encode()).hexdigest()[0] in "0123" for text in texts]
    return [t for t, kept in zip(texts, out, strict=True) if kept], positive[out]


@pytest.mark.data
@pytest.mark.parametrize(
    ("domain", "auc", "accuracy"), [("takeaway", 0.93, 0.87), ("hotel", 0.94, 0.86)]
)
def test_held_out_reviews_are_told_apart(domain: str, auc: float, accuracy: float) -> None:
    texts, positive = held_out(domain)
    scores = sentiment(texts)
    assert area(positive, scores) > auc
    assert ((scores > 0) == positive).mean() > accuracy


@pytest.mark.data
def test_scores_are_calibrated_when_both_outcomes_are_as_frequent() -> None:
    for domain in ("takeaway", "hotel"):
        texts, positive = held_out(domain)
        p = (sentiment(texts) + 1) / 2
        weight = np.where(positive, 0.5 / positive.mean(), 0.5 / (1 - positive.mean()))
        for low in (0.0, 0.2, 0.4, 0.6, 0.8):
            bin_ = (p >= low) & (p <= low + 0.2)
            share = np.average(positive[bin_], weights=weight[bin_])
            assert abs(share - np.average(p[bin_], weights=weight[bin_])) < 0.15


def test_reviews_of_shops_that_were_not_trained_on_are_told_apart() -> None:
    texts, positive = labelled(ROOT / "tests" / "feedback" / "reviews_other_shops.csv")
    scores = sentiment(texts)
    assert area(positive, scores) > 0.95
    assert ((scores > 0) == positive).mean() > 0.85


def test_english_feedback_is_read_better_than_by_vader_alone() -> None:
    vader = pytest.importorskip("vaderSentiment.vaderSentiment")
    texts, positive = labelled(ROOT / "tests" / "feedback" / "reviews_english.csv")
    analyzer = vader.SentimentIntensityAnalyzer()
    alone = np.array([analyzer.polarity_scores(text)["compound"] for text in texts])
    assert area(positive, sentiment(texts)) > area(positive, alone) + 0.05


def of_trades(name: str, lang: str) -> tuple[list[str], np.ndarray]:
    with (ROOT / "tests" / "feedback" / name).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["lang"] == lang]
    return [row["text"] for row in rows], np.array([int(row["label"]) for row in rows])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_ten_trades_that_no_data_set_covers_are_read_right(lang: str) -> None:
    texts, label = of_trades("reviews_ten_trades.csv", lang)
    scores = sentiment(texts)
    side = label != 0
    assert (np.sign(scores[side]) == label[side]).mean() >= 0.9
    assert np.abs(scores[~side]).mean() < 0.2


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["further", "other"])
def test_twenty_more_trades_in_plain_slang_and_mocking_words_are_read_right(
    name: str, lang: str
) -> None:
    texts, label = of_trades(f"reviews_{name}_trades.csv", lang)
    scores = sentiment(texts)
    side = label != 0
    assert (np.sign(scores[side]) == label[side]).mean() >= 0.85
    assert np.abs(scores[~side]).max() < 0.3
    sure = np.abs(scores) >= 0.5
    assert (np.sign(scores[sure]) == label[sure]).mean() >= 0.9


@pytest.mark.parametrize(
    ("name", "lang", "right"),
    [
        ("fresh", "zh", 0.85),
        ("fresh", "en", 0.65),
        ("second_fresh", "zh", 0.75),
        ("second_fresh", "en", 0.8),
    ],
)
def test_stories_and_mixed_words_of_twenty_trades_more_are_mostly_read_right(
    name: str, lang: str, right: float
) -> None:
    texts, label = of_trades(f"reviews_{name}_trades.csv", lang)
    scores = sentiment(texts)
    side = label != 0
    assert (np.sign(scores[side]) == label[side]).mean() >= right
    assert np.abs(scores[~side]).max() < 0.4
    sure = np.abs(scores) >= 0.5
    assert (np.sign(scores[sure]) == label[sure]).mean() >= 0.8


@pytest.mark.parametrize(
    "text", ["又涨价，真是贴心🙃", "Another price rise, how thoughtful 🙄", "服务真好🤡"]
)
def test_praise_that_ends_with_a_wry_face_is_no_praise(text: str) -> None:
    assert sentiment([text])[0] < -0.2


@pytest.mark.parametrize(
    "text", ["专业是专业的，就是电话永远打不通", "好看倒是好看，但是三天就坏了"]
)
def test_what_is_granted_with_a_word_between_is_no_praise(text: str) -> None:
    assert sentiment([text])[0] < 0.2


@pytest.mark.parametrize(("lang", "right"), [("zh", 0.75), ("en", 0.6)])
def test_stories_without_a_word_of_praise_or_blame_are_mostly_read_right(
    lang: str, right: float
) -> None:
    texts, label = of_trades("reviews_more_trades.csv", lang)
    scores = sentiment(texts)
    assert (np.sign(scores) == label).mean() >= right
    assert (scores * label > -0.7).all()


@pytest.mark.data
def test_a_confident_score_is_right_where_nothing_was_trained() -> None:
    path = data_file("reviews_en_laptop_aspects.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sides = [{a.rpartition("=")[2] for a in row["aspects"].split(";") if a} for row in rows]
    kept = [i for i, s in enumerate(sides) if s in ({"positive"}, {"negative"})]
    positive = np.array(["positive" in sides[i] for i in kept])
    scores = sentiment([rows[i]["text"] for i in kept])
    weight = np.where(positive, 0.5 / positive.mean(), 0.5 / (1 - positive.mean()))
    for sure, sign in ((scores >= 0.5, positive), (scores <= -0.5, ~positive)):
        assert 0.85 <= np.average(sign[sure], weights=weight[sure]) <= 0.97
    assert area(positive, scores) > 0.91


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ("不好吃", "好吃"),
        ("不太好吃", "好吃"),
        ("一点都不好吃", "好吃"),
        ("没有很好吃", "很好吃"),
        ("难吃", "不难吃"),
        ("让人失望", "没有让人失望"),
        ("有异味", "没有异味"),
        ("不推荐", "推荐"),
        ("不会再来", "会再来"),
        ("服务态度不好", "服务态度好"),
        ("谈不上好用", "好用"),
        ("质量不行", "质量很行"),
        ("不新鲜", "新鲜"),
        ("客服没有解决问题", "客服解决了问题"),
        ("not good", "good"),
        ("bad", "not bad"),
        ("The staff was not friendly", "The staff was friendly"),
        ("I would not recommend it", "I would recommend it"),
        ("never arrived", "arrived on time"),
        ("It doesn't work", "It works"),
    ],
)
def test_negation_turns_the_score(worse: str, better: str) -> None:
    assert score(worse) < score(better)


@pytest.mark.parametrize("text", ["不好吃", "不太满意", "不推荐", "没有耐心", "一点也不好用"])
def test_negated_praise_is_negative(text: str) -> None:
    assert score(text) < -0.1


@pytest.mark.parametrize("text", ["不难吃", "不差", "没有异味", "not bad", "no complaints"])
def test_negated_blame_is_not_negative(text: str) -> None:
    assert score(text) > 0.1


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        ("有点难吃", "非常难吃"),
        ("好吃", "非常好吃"),
        ("比较满意", "非常满意"),
        ("有点慢", "慢死了"),
        ("还可以", "非常好"),
        ("有点贵", "贵得离谱"),
        ("good", "very good"),
        ("slow", "extremely slow"),
    ],
)
def test_degree_words_strengthen(weaker: str, stronger: str) -> None:
    assert abs(score(weaker)) < abs(score(stronger))
    assert score(weaker) * score(stronger) > 0


@pytest.mark.parametrize(
    "text", ["😍", "👍", "❤️", "👍🏻", "[爱你]", "[赞]", "(^_^)", ":)", "😊😊😊"]
)
def test_happy_signs_are_positive(text: str) -> None:
    assert score(text) > 0.5


@pytest.mark.parametrize("text", ["😡", "👎", "💔", "[怒]", "[泪]", "T_T", ":(", "😭"])
def test_unhappy_signs_are_negative(text: str) -> None:
    assert score(text) < -0.5


@pytest.mark.parametrize("text", ["今天收到了", "I got it today", "快递", "第三单"])
def test_signs_move_the_score_of_a_text(text: str) -> None:
    assert score(f"{text}[怒]") < score(text) - 0.3
    assert score(f"{text}[爱你]") > score(text) + 0.3
    assert score(f"{text}😡") < score(text) < score(f"{text}😍")


@pytest.mark.parametrize(
    "text",
    [
        "今天下雨",
        "我买了两个杯子",
        "周三下午到",
        "订单号是12345",
        "大床房",
        "明天可以送吗",
        "红色的",
        "我是去年买的",
        "早餐",
        "房间",
        "外卖",
        "I bought two cups",
        "It is blue",
        "=SUM(A1:A3)",
        "12345",
    ],
)
def test_texts_without_a_judgement_score_near_zero(text: str) -> None:
    assert abs(score(text)) < 0.3


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("難吃死了，態度惡劣", "难吃死了，态度恶劣"),
        ("速度很快，騎士辛苦了", "速度很快，骑士辛苦了"),
        ("裏面全是頭髮，噁心", "里面全是头发，恶心"),
        ("這個軟體閃退嗎？沒問題，讚", "这个软体闪退吗？没问题，赞"),
    ],
)
def test_traditional_characters_score_as_simplified_ones(traditional: str, simplified: str) -> None:
    assert score(traditional) == score(simplified)


def test_full_width_capital_and_repeated_writing_score_alike() -> None:
    assert score("好吃！！！！！！") == score("好吃!!")
    assert score("ＧＯＯＤ，很好") == score("GOOD,很好")


@pytest.mark.parametrize(
    ("granted", "praised"),
    [
        ("好吃是好吃", "好吃"),
        ("真是“好”服务", "真是好服务"),
        ("包装凉了也没有餐具", "包装没凉"),
        ("一点诚意都没有", "很有诚意"),
    ],
)
def test_what_is_granted_quoted_or_missing_is_no_praise(granted: str, praised: str) -> None:
    low, high = sentiment([granted, praised])
    assert low < high - 0.1


@pytest.mark.parametrize("text", ["一点磕碰都没有", "一丝异味都没有", "半点瑕疵也没有"])
def test_not_even_a_little_of_a_fault_is_praise(text: str) -> None:
    assert sentiment([text])[0] > 0.1


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("No more back pain.", 1),
        ("Hardly any noise.", 1),
        ("Hardly usable.", -1),
        ("Far from perfect.", -1),
        ("Less than impressed.", -1),
        ("Cannot recommend highly enough.", 1),
        ("Cannot recommend.", -1),
        ("Don't waste your money.", -1),
        ("It tastes like cardboard.", -1),
        ("Pretty slow and kind of pricey.", -1),
        ("Nothing but trouble.", -1),
        ("They have not let me down once.", 1),
    ],
)
def test_english_turns_of_phrase_are_understood(text: str, sign: int) -> None:
    assert sign * sentiment([text])[0] > 0


def test_a_but_weighs_what_follows_more() -> None:
    assert score("味道好，但是服务差") < score("服务差，但是味道好")


def test_english_within_chinese_counts() -> None:
    assert score("房间很好 but the wifi was terrible and slow") < score("房间很好") - 0.3
    assert score("服务nice") > 0.3


def test_html_is_not_read() -> None:
    assert score("<p class='bad'>很好</p>") == score("很好")


def test_the_sellers_courtesy_is_not_read() -> None:
    reply = "宾馆反馈2008年8月14日：非常感谢您的好评，欢迎再次光临！"
    assert score("房间太小太脏。" + reply) == score("房间太小太脏。")


@pytest.mark.parametrize(
    "text",
    [
        "Muy bueno, me encanta el producto",
        "Das Essen war sehr schlecht und nicht warm",
        "Très bon produit, livraison rapide, merci",
        "очень плохо, не рекомендую",
        "とても美味しかったです、また来ます",
        "정말 맛있어요 좋아요",
        "อร่อยมาก",
        "ممتاز جدا",
    ],
)
def test_other_languages_score_zero_with_a_note(text: str) -> None:
    read = read_sentiment([text, "很好"])
    assert read.scores[0] == 0
    assert read.languages[0] == "other"
    with use_language("en"):
        assert "other languages" in str(read.notes[0])
    with use_language("zh"):
        assert "不是中文或英文" in str(read.notes[0])


def test_machine_noise_scores_zero_with_a_note() -> None:
    read = read_sentiment(["系统默认好评", "此用户没有填写评价"])
    assert read.scores.tolist() == [0, 0]
    assert read.notes[0].en.endswith(": 2.")


def test_blanks_have_no_score() -> None:
    scores = sentiment([None, "", "   ", "\t\n"])
    assert np.isnan(scores).all()
    assert sentiment([]).shape == (0,)


def test_a_cell_filled_to_the_brim_is_scored() -> None:
    for part in (
        "很好吃，",
        "难吃死了！",
        "terrible service, ",
        "😡",
        "<b>",
        "不",
        "=1+1;",
        "&amp;",
    ):
        text = (part * 32_767)[:32_767]
        assert -1 <= score(text) <= 1


def test_rows_keep_count_and_order() -> None:
    texts = ["很好吃", None, "难吃", "good", "", "很好吃", "系统默认好评", "😡"]
    together = sentiment(texts)
    one_by_one = [float(sentiment([text])[0]) for text in texts]
    np.testing.assert_array_equal(together, one_by_one)


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=[])), max_size=8))
def test_any_text_scores_between_minus_one_and_one_and_always_the_same(texts: list[str]) -> None:
    scores = sentiment(texts)
    assert scores.shape == (len(texts),)
    blank = np.array([not text.strip() for text in texts], dtype=bool)
    assert np.isnan(scores[blank]).all()
    assert (np.abs(scores[~blank]) <= 1).all()
    np.testing.assert_array_equal(scores, sentiment(texts))


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.sampled_from(list("不没有很太好吃难快慢差赞的了但，。!?ab 1😡👍[爱你]")), max_size=60
    )
)
def test_any_mixture_of_what_the_lists_know_is_scored(parts: list[str]) -> None:
    text = "".join(parts)
    assert not text.strip() or -1 <= score(text) <= 1


def test_scoring_imports_nothing_but_numpy() -> None:
    import subprocess

    code = (
        "import sys; from csm_xl.feedback import sentiment; sentiment(['很好吃', '😡', 'The food was good']);"
        "print([m for m in ('sklearn', 'scipy', 'pandas', 'vaderSentiment') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["sentiment_zh.npz", "sentiment_en.npz"])
def test_the_shipped_models_hold_no_pickle(name: str) -> None:
    with np.load(Path(str(files("csm_xl.feedback") / name)), allow_pickle=False) as stored:
        assert set(stored.files) == {"runs", "weights", "step", "slope"}


def test_what_is_shipped_for_reading_is_small() -> None:
    folder = Path(str(files("csm_xl.feedback")))
    shipped = [path for path in folder.iterdir() if path.suffix in (".npz", ".txt")]
    assert sum(path.stat().st_size for path in shipped) < 3_000_000


@pytest.mark.parametrize(
    ("provenance", "lists"),
    [
        ("sentiment_zh.txt", ("lexicon_zh.txt", "themes.txt", "traditional.txt", "emoji.txt")),
        ("sentiment_en.txt", ("lexicon_en.txt", "lexicon_vader.txt")),
    ],
)
def test_the_shipped_models_were_trained_on_the_word_lists_as_they_are(
    provenance: str, lists: tuple[str, ...]
) -> None:
    text = (files("csm_xl.feedback") / provenance).read_text(encoding="utf-8")
    for name in lists:
        room = "csm_xl.vocabulary" if name == "traditional.txt" else "csm_xl.feedback"
        digest = hashlib.sha256((files(room) / name).read_bytes()).hexdigest()
        assert digest in text, f"{name} changed: train again (benchmarks/train_sentiment*.py)"


def test_no_word_stands_in_the_list_twice() -> None:
    text = (files("csm_xl.feedback") / "lexicon_zh.txt").read_text(encoding="utf-8")
    # What stands under [wears] and [prompt] says what a 快 after it means, whatever else it says.
    text = text.replace(text[text.index("[wears]") : text.index("[never again")], "")
    words = [w for line in text.splitlines() if line[:1] not in "#[" for w in line.split()]
    assert sorted(words) == sorted(set(words))
