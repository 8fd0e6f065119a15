"""The words a cell may hold: ratings, stages, risks, yes and no, and the like, in both languages.

A workbook shows the word of its language; the code works with the key. Reading accepts either
language and the spellings that other programs write.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from csm_xl.language import Language, Text
from csm_xl.vocabulary import yes_no
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.rating_words import simplified, words_of
from csm_xl.vocabulary.statuses import STATUS_NAMES


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a list.

    Parameters
    ----------
    key : str
        What the code calls it.
    text : Text
        What the workbook shows.
    also : tuple of str
        Other spellings that mean the same, compared without regard to case.
    """

    key: str
    text: Text
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """A closed list of words, in the order in which the workbook offers them."""

    name: str
    members: tuple[Word, ...]
    _keys: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for word in self.members:
            for spelling in (word.key, word.text.en, word.text.zh, *word.also):
                self._keys.setdefault(folded(spelling), word.key)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys, in order."""
        return tuple(word.key for word in self.members)

    def text(self, key: str) -> Text:
        """The wording of one key in both languages.

        Raises
        ------
        KeyError
            When the list has no such key.
        """
        for word in self.members:
            if word.key == key:
                return word.text
        raise KeyError(f"{self.name} has no word {key!r}")

    def word(self, key: str, lang: Language) -> str:
        """What a workbook in `lang` shows for `key`."""
        return self.text(key).within(lang)

    def within(self, lang: Language) -> list[str]:
        """All words in one language, in order."""
        return [word.text.within(lang) for word in self.members]

    def key(self, cell: object) -> str | None:
        """The key that a cell's content means, or None when it is none of these words."""
        if isinstance(cell, bool):
            cell = "yes" if cell else "no"
        elif isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        if cell is None:
            return None
        text = folded(str(cell))
        return self._keys.get(text) or self._keys.get(simplified(text))


def _words(name: str, *members: tuple[str, str, str] | tuple[str, str, str, str]) -> Words:
    """A list from (key, English, Chinese[, other spellings divided by |])."""
    built = []
    for key, en, zh, *also in members:
        built.append(Word(key, Text(en, zh), tuple(also[0].split("|")) if also else ()))
    return Words(name, tuple(built))


YES_NO = _words(
    "yes_no",
    ("yes", "Yes", "是", "|".join(yes_no.YES)),
    ("no", "No", "否", "|".join(yes_no.NO)),
)

#: The five levels of satisfaction; the key is the number they stand for.
LEVELS = _words(
    "levels",
    ("5", "Very satisfied", "非常满意", words_of(5)),
    ("4", "Satisfied", "满意", words_of(4)),
    ("3", "Neutral", "一般", words_of(3)),
    ("2", "Dissatisfied", "不满意", words_of(2)),
    ("1", "Very dissatisfied", "非常不满意", words_of(1)),
)

STAGES = _words(
    "stages",
    ("exploration", "Exploration", "探索期", "exploration phase"),
    ("trial", "Trial", "试用期", "trial phase"),
    ("growth", "Growth", "成长期", "growth phase"),
    ("maturity", "Maturity", "成熟期", "maturity phase"),
    ("decline", "Decline", "衰退期", "decline phase"),
)

RISKS = _words(
    "risks",
    ("low", "Low", "低", "低风险|low risk"),
    ("medium", "Medium", "中", "中风险|medium risk"),
    ("high", "High", "高", "高风险|high risk"),
)

#: Health by rule in words, from good to bad: a light for each risk.
SIGNALS = (Text("green", "绿"), Text("amber", "黄"), Text("red", "红"))

#: What stands in the risk column of a customer who gets no risk.
STATUSES = _words(
    "statuses",
    ("too_new", "Too new", "新客户", "尚无法判断"),
    *(
        (key, STATUS_NAMES[key].en, STATUS_NAMES[key].zh)
        for key in ("left", "notice", "paused", "trial", "lead", "unclear")
    ),
)

#: What the risk of a suggestion may be: who left already has none, but may be won back.
ACTION_RISKS = Words(
    "action_risks", (*RISKS.members, *(word for word in STATUSES.members if word.key == "left"))
)

TIERS = _words(
    "tiers",
    ("1", "Occasional", "普通", "low"),
    ("2", "Regular", "稳定", "medium"),
    ("3", "Loyal", "忠实", "high"),
)

ORDER_KINDS = _words(
    "order_kinds",
    ("order", "Order", "订单", "sale|charge|payment|paid|销售|购买|付款|交易成功|已完成"),
    ("refund", "Refund", "退款", "return|refunded|credit|退货|退单|已退款|退款成功"),
)

FEEDBACK_KINDS = _words(
    "feedback_kinds",
    ("survey", "Survey", "问卷", "questionnaire|poll|调查|问卷调查|满意度调查"),
    ("review", "Review", "评价", "rating|comment|评论|点评|买家评价|商品评价"),
    ("complaint", "Complaint", "投诉", "ticket|issue|case|claim|工单|售后|客诉|售后投诉"),
)

CASE_STATES = _words(
    "case_states",
    ("open", "Open", "待处理", "new|unresolved|waiting|未处理|待解决|新建"),
    ("in_progress", "In progress", "处理中", "pending|on hold|working|进行中|跟进中"),
    ("resolved", "Resolved", "已解决", "closed|solved|done|已处理|已关闭|已完成|完结"),
)

CONTACT_KINDS = _words(
    "contact_kinds",
    ("visit", "Visit", "访问", "usage|login|session|page view|使用|登录|浏览|打开小程序"),
    ("question", "Question", "咨询", "inquiry|enquiry|support|提问|询问|客服咨询"),
    ("newsletter", "Newsletter opened", "打开推送", "email opened|open|newsletter|阅读推送"),
    ("outreach", "We reached out", "主动联系", "outbound|call|follow-up|回访|外呼|跟进"),
)

CHANNELS = _words(
    "channels",
    ("website", "Website", "网站", "web|site|官网|小程序|网店"),
    ("email", "E-mail", "邮件", "email|mail|邮箱|电子邮件"),
    ("phone", "Phone", "电话", "call|telephone|手机|来电"),
    ("chat", "Chat", "微信", "wechat|whatsapp|messenger|im|旺旺|在线客服|聊天"),
    ("in_person", "In person", "当面", "shop|store|meeting|门店|线下|面谈"),
)

SOURCES = _words(
    "sources",
    ("search", "Search", "搜索", "organic search|google|baidu|百度|自然搜索|淘宝搜索"),
    ("social", "Social media", "社交媒体", "organic social|instagram|小红书|抖音|微博|朋友圈"),
    ("referral", "Referral", "熟人推荐", "word of mouth|friend|转介绍|老客推荐|朋友介绍"),
    ("market", "Market stall", "市集", "fair|event|展会|集市|线下活动"),
    ("advert", "Advert", "广告", "paid|paid search|ads|advertisement|推广|付费推广"),
)

PLANS = _words(
    "plans",
    ("none", "No plan", "无", "pay as you go|one-off|单次|按次|散客"),
    ("monthly", "Monthly box", "月度订阅", "monthly|month|月付|包月|按月"),
    ("quarterly", "Quarterly box", "季度订阅", "quarterly|quarter|季付|包季|按季"),
)

OUTCOMES = _words(
    "outcomes",
    ("kept", "Stayed", "已留住", "kept|retained|saved|won|挽回|成功"),
    ("bought", "Bought again", "已复购", "ordered|repeat|又下单"),
    ("no_answer", "No answer", "未回应", "no reply|unreachable|无回复|联系不上"),
    ("left", "Left anyway", "仍然流失", "lost|churned|left|失败"),
    ("declined", "Asked not to be contacted", "要求勿扰", "unsubscribe|opt out|退订|拒绝"),
)

GROUPS = _words(
    "groups",
    ("contact", "Contact", "联系组", "treated|treatment"),
    ("holdout", "Hold-out", "对照组", "control|hold out|holdout"),
)

BUSINESSES = _words(
    "businesses",
    ("shop", "Shop", "网店", "store|retail|e-commerce|电商|店铺"),
    ("freelancer", "Freelancer", "自由职业", "consultant|services|顾问|工作室"),
    ("saas", "Small SaaS", "小型软件服务", "software|subscription|saas|软件"),
)

#: What becomes of a column in the accountant's copy, where the owner says so.
IN_THE_COPY = _words(
    "in_the_copy",
    ("keep", "Keep", "保留", "yes|是"),
    ("code", "Code", "代号", "pseudonym|编码"),
    ("blank", "Blank", "空白", "no|否|留空|leave out"),
)

#: What the amounts in Orders hold, for the accountant.
AMOUNTS = _words(
    "amounts",
    ("gross", "Gross (VAT included)", "含税", "gross|vat included|价税合计"),
    ("net", "Net (VAT not included)", "不含税", "net|vat excluded"),
    ("exempt", "No VAT is charged", "免税", "exempt|none"),
)

ALL: dict[str, Words] = {
    words.name: words
    for words in (
        YES_NO,
        LEVELS,
        STAGES,
        RISKS,
        STATUSES,
        ACTION_RISKS,
        TIERS,
        ORDER_KINDS,
        FEEDBACK_KINDS,
        CASE_STATES,
        CONTACT_KINDS,
        CHANNELS,
        SOURCES,
        PLANS,
        OUTCOMES,
        GROUPS,
        IN_THE_COPY,
        BUSINESSES,
        AMOUNTS,
    )
}

#: Lists that an owner extends with words of their own; the workbook only suggests from them.
OPEN_LISTS = frozenset({"sources", "plans", "channels", "contact_kinds", "outcomes"})
