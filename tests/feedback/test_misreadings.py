"""What a reader of single words gets wrong: turns of phrase with the other sign."""

from __future__ import annotations

import pytest

from csm_xl.feedback import sentiment


@pytest.mark.parametrize(
    "text",
    [
        # fast, and no praise
        "老师讲得太快",
        "讲得特别快，跟不上",
        "掉色很快",
        "掉电飞快",
        "电池没得快",
        "更新太快了，刚学会又变了",
        "语速太快，听不清",
        "Burns through battery fast",
        "The lessons are too fast",
        "He speaks too quickly for beginners",
        # too much of a good thing
        "太甜了，吃不下",
        "床太软，腰疼",
        "The sofa is too soft",
        "Too sweet for my taste",
        "店员太热情了，有点不自在",
        # not even the opposite word helps
        "It could be faster",
        "The course could have been better",
        "不能再差了",
        "This is a great disappointment",
        "Third time this month",
        "Please cancel my account",
        "我要注销账号",
        "一直没修好，希望早点解决，谢谢",
        "Still broken, thanks in advance for a reply",
        "排队两小时，辛苦工作人员了，下次不来了",
        # in other words
        "等咗好耐都冇人理",
        "味道麻麻地，服务好差",
        "唔会再嚟",
        "贵夹唔饱",
        "店員臉很臭，踩雷",
        "CP值很低，不推",
        "真的很瞎，等超久",
        "避雷",
        "大冤种就是我",
        "拉胯，翻车了",
        "It was meh",
        "Honestly pretty mid",
        # praise that mocks
        "刚续费就涨价👍",
        "又双叒叕崩了，真棒👏",
        "Crashed again 👍",
        "Down for the third time this week, great job 🙂",
        # praise that somebody else gives
        "The so-called quiet room faces the bar",
        "A supposedly comfortable bed",
        "号称五星服务，前台连头都不抬",
        "说是当天到，三天了还没影",
        "付款前随叫随到，付款后电话都不接",
        # what is regretted, and what is lacking
        "Loved the pool, shame about the music",
        "Great coach, pity the hall is freezing",
        "My only gripe is the parking",
        "It would be nice if the showers were warm",
        "Would have been great if somebody had called us back",
        "如果能开到十点就更好了",
    ],
)
def test_complaints_in_other_words_are_negative(text: str) -> None:
    assert sentiment([text])[0] < 0


@pytest.mark.parametrize(
    "text",
    [
        "物流太快了",
        "发货太快了，赞",
        "修得很快",
        "The delivery was fast",
        "不能再好了",
        "好得不能再好",
        "再也不卡了",
        "再也不用熬夜了",
        "再也没坏过",
        "没什么可抱怨的",
        "没得挑",
        "Couldn't be happier",
        "It couldn't have gone better",
        "Nothing to complain about",
        "I can't complain",
        "No complaints at all",
        "I can't imagine going back",
        "Not cheap, but worth it",
        "不便宜，但是值",
        "贵是贵，但物有所值",
        "No more back pain",
        "I never had to wait",
        "好正，抵食",
        "服务好好，一定再嚟",
        "老闆佛心，CP值超高",
        "大推，真的超讚",
        "yyds",
        "绝绝子",
        "巴适得板",
        "被种草了，真香",
        "吹爆这家店",
        "不踩雷",
        # no fault at all, and a trouble that is over
        "Not one nail has chipped",
        "Not one of the parts broke",
        "多年的腰痛治好了",
        "困扰我很久的噪音解决了",
        # who stays
        "孩子玩得不肯走",
        "用了三年又续了",
        "太好吃了",
        "太舒服了",
        "太喜欢了",
    ],
)
def test_praise_in_other_words_is_positive(text: str) -> None:
    assert sentiment([text])[0] > 0


@pytest.mark.parametrize(
    "text",
    [
        "我每周二去上课",
        "买了两个杯子",
        "家里八十平",
        "我们五个人去的",
        "洗衣机是去年买的",
        "I take lessons on Mondays",
        "We have three seats on the plan",
        "The washing machine is eight years old",
        "My father moved in last autumn",
        "It is the blue one",
        "I dropped off two coats on Tuesday",
        "我一般周三去",
        "我们一般提前两天订",
    ],
)
def test_statements_of_fact_have_no_side(text: str) -> None:
    assert abs(sentiment([text])[0]) < 0.35
