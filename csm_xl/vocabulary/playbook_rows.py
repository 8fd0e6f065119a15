"""The playbook that a new workbook begins with: for each situation, what to do next.

The owner edits it in the workbook. The first row that fits a customer is used, so the rows go
from the particular to the general; the last one fits everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from csm_xl.language import Language, Text
from csm_xl.vocabulary import words


@dataclass(frozen=True, slots=True)
class Play:
    """One situation.

    Parameters
    ----------
    stage, risk : str
        Keys of the layout's words; "" is any, but for who left.
    reason : Text or None
        What the main reason holds, words divided by commas; None is any reason.
    days : int
        Within how many days to act.
    shop, freelancer, saas : Text
        What to do in each kind of business.
    """

    stage: str
    risk: str
    reason: Text | None
    days: int
    shop: Text
    freelancer: Text
    saas: Text


_COMPLAINT = Text("complaint, response, answer", "投诉，响应，答复")
_RATING = Text("rating, experience, satisfaction, sentiment", "评分，体验，满意，情感")
_REFUND = Text("refund", "退款")

#: Must be words of what :mod:`csm_xl.company.loyalty_programme` says.
_BROUGHT = Text("brought", "介绍了")
_REWARD = Text("reward", "兑换")

PLAYS: tuple[Play, ...] = (
    Play(
        "",
        "high",
        _COMPLAINT,
        1,
        Text(
            "Call today. Apologise, say what you will do, and settle it within two days with a "
            "replacement or a refund.",
            "今天就致电：先道歉，说明处理办法，两天内补发或退款办妥。",
        ),
        Text(
            "Call today. Listen, agree on what will be put right and by when, and confirm it in "
            "writing.",
            "今天就致电：先听对方说完，商定补救内容和时间，并用文字确认。",
        ),
        Text(
            "Call today. Reproduce the problem, offer a way around it now and a date for the fix.",
            "今天就联系：重现问题，先给出临时办法，再给出修复日期。",
        ),
    ),
    Play(
        "",
        "high",
        _RATING,
        3,
        Text(
            "Ask in a personal message what disappointed, and offer one concrete remedy.",
            "单独发消息询问哪里不满意，并给出一个具体的补救办法。",
        ),
        Text(
            "Suggest a short call: what should have gone better, and what you will change.",
            "约一次简短通话：哪里本可以做得更好，您打算怎么改。",
        ),
        Text(
            "Ask which task is still hard, and show how to do it in a ten minute call.",
            "询问哪一步用起来还费劲，用十分钟通话演示做法。",
        ),
    ),
    Play(
        "",
        "high",
        _REFUND,
        3,
        Text(
            "Ask what did not fit, and suggest another product with free return.",
            "询问退货原因，推荐更合适的商品，并承诺免费退换。",
        ),
        Text(
            "Ask what was not worth the money, and offer a smaller, clearer package.",
            "询问哪部分觉得不值，提供更小、更明确的服务内容。",
        ),
        Text(
            "Ask what was missing, and offer the plan that fits, even a smaller one.",
            "询问缺少什么，推荐合适的套餐，哪怕是更便宜的。",
        ),
    ),
    Play(
        "",
        "",
        _BROUGHT,
        14,
        Text(
            "Thank them personally for whom they brought, with a small gift, and ask how they are "
            "doing.",
            "当面或电话感谢他介绍客户，送一份小礼物，顺便问问近况。",
        ),
        Text(
            "Call to thank them for whom they brought, and ask how your work is holding up.",
            "致电感谢他介绍客户，顺便问问上次的成果用得怎么样。",
        ),
        Text(
            "Thank them for whom they brought, with a month free, and ask what is missing.",
            "感谢他介绍用户，赠送一个月，顺便问问还缺什么。",
        ),
    ),
    Play(
        "",
        "",
        _REWARD,
        14,
        Text(
            "Say how little is missing for the reward, or that it is waiting for them.",
            "告诉他离奖励只差一点，或奖励已可兑换。",
        ),
        Text(
            "Say how little is missing for the reward, or that it is waiting for them.",
            "告诉他离奖励只差一点，或奖励已可兑换。",
        ),
        Text(
            "Say how little is missing for the reward, or that it is waiting for them.",
            "告诉他离奖励只差一点，或奖励已可兑换。",
        ),
    ),
    Play(
        "decline",
        "high",
        None,
        3,
        Text(
            "Write or call personally this week: ask what changed. Put a sample into the next "
            "parcel.",
            "本周内单独联系，问问有什么变化；下次发货附上试用装。",
        ),
        Text(
            "Call this week: ask what they are working on now and where you could help.",
            "本周内致电：了解对方近况，看看哪里能帮上忙。",
        ),
        Text(
            "Call this week: ask what they use instead, and help with the one task that matters.",
            "本周内致电：了解现在用什么代替，帮他解决最重要的一件事。",
        ),
    ),
    Play(
        "decline",
        "",
        None,
        7,
        Text(
            "Send a short personal message with something new that fits what they bought.",
            "发一条简短的私信，介绍与其购买相符的新品。",
        ),
        Text(
            "Send something useful about their last project, without an offer.",
            "发一条与上次项目有关的实用信息，不推销。",
        ),
        Text(
            "Send one tip about a feature that they used to use.",
            "发一条关于他以前常用功能的小技巧。",
        ),
    ),
    Play(
        "trial",
        "",
        None,
        5,
        Text(
            "Ask how the first order went, and explain how to get the best out of it.",
            "询问首单体验，告诉他怎样用得更好。",
        ),
        Text(
            "After the first delivery ask what to do differently in the next.",
            "首次交付后询问下一次要怎样改进。",
        ),
        Text(
            "Ask what they want to achieve, and set it up together.",
            "询问想达到的目标，帮他一起设置好。",
        ),
    ),
    Play(
        "exploration",
        "",
        None,
        3,
        Text(
            "Answer the open question, and suggest a small first order.",
            "回答对方的疑问，推荐一个小额首单。",
        ),
        Text(
            "Offer a free quarter of an hour, and one example of your work.",
            "提供十五分钟免费沟通，并附一个案例。",
        ),
        Text("Send the shortest way to a first result.", "发送最快见到效果的上手步骤。"),
    ),
    Play(
        "",
        "left",
        None,
        14,
        Text(
            "Say that you have missed them, name what they bought last, and show what is new "
            "since. Ask what kept them away.",
            "告诉对方有段时间没见了，提起上次买过的商品，介绍近期新品，并问问没再来的原因。",
        ),
        Text(
            "Ask how the last work is holding up, and offer a short call about what comes next.",
            "回访上次的成果用得如何，提议简短聊聊接下来的需要。",
        ),
        Text(
            "Show what has changed since they left, and offer to set it up again together.",
            "介绍离开之后的改进，并提出帮对方重新设置好。",
        ),
    ),
    Play(
        "growth",
        "high",
        None,
        7,
        Text(
            "Thank them, and ask in person whether anything bothers them.",
            "先致谢，再当面或电话询问是否有不满意的地方。",
        ),
        Text(
            "Thank them, and ask whether anything in the way you work bothers them.",
            "先致谢，再询问合作方式上有没有不方便之处。",
        ),
        Text("Thank them, and ask what gets in their way.", "先致谢，再询问使用中有什么阻碍。"),
    ),
    Play(
        "growth",
        "",
        None,
        14,
        Text(
            "Thank them, and offer a plan or a bundle. Ask for a recommendation.",
            "致谢，推荐订阅或组合装，并请对方介绍朋友。",
        ),
        Text(
            "Thank them, and offer a regular arrangement. Ask for a reference.",
            "致谢，提议长期合作，并请对方写一段推荐。",
        ),
        Text(
            "Thank them, and show the next plan. Ask for a review.",
            "致谢，介绍更高一级的套餐，并请对方写评价。",
        ),
    ),
    Play(
        "",
        "high",
        None,
        7,
        Text(
            "Get in touch personally, and ask what would make the next order better.",
            "单独联系，询问下一次怎样能做得更好。",
        ),
        Text(
            "Get in touch personally, and ask what is coming up for them.",
            "单独联系，询问对方接下来的安排。",
        ),
        Text(
            "Get in touch personally, and ask what would make them stay.",
            "单独联系，询问怎样才愿意继续使用。",
        ),
    ),
    Play(
        "",
        "medium",
        None,
        14,
        Text(
            "Send a short, friendly message and ask for an honest opinion.",
            "发一条简短友好的消息，请对方说说真实看法。",
        ),
        Text("Check in: how is the last work holding up?", "回访：上次的成果用得怎么样？"),
        Text("Check in: is it doing what they bought it for?", "回访：是否达到了当初购买的目的？"),
    ),
    Play(
        "",
        "",
        None,
        30,
        Text(
            "Say thank you, and ask for a review or a recommendation.",
            "表示感谢，请对方写评价或介绍朋友。",
        ),
        Text("Say thank you, and ask for a reference.", "表示感谢，请对方写一段推荐。"),
        Text("Say thank you, and ask for a review.", "表示感谢，请对方写评价。"),
    ),
)


def first_playbook(business: str, lang: Language) -> list[dict[str, Any]]:
    """The rows of a new workbook's playbook.

    Parameters
    ----------
    business : {"shop", "freelancer", "saas"}
        A key of the layout's kinds of business.
    lang : {"en", "zh"}

    Returns
    -------
    list of dict
        Rows of the layout's playbook table.
    """
    if business not in words.BUSINESSES.keys:
        raise ValueError(f"business must be one of {words.BUSINESSES.keys}, not {business!r}")
    return [
        {
            "stage": words.STAGES.word(play.stage, lang) if play.stage else "",
            "risk": words.ACTION_RISKS.word(play.risk, lang) if play.risk else "",
            "reason": play.reason.within(lang) if play.reason else "",
            "action": getattr(play, business).within(lang),
            "days": play.days,
        }
        for play in PLAYS
    ]
