"""The settings of a workbook: what each is called, its default, and what it means.

Each setting is one row of the Settings sheet. Its value has a defined name, ``csm_`` and the key,
so that a native formula can use it and a person can see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from csm_xl.language import Language, Text
from csm_xl.vocabulary import words
from csm_xl.vocabulary.words import Words

SettingKind = Literal["text", "number", "share", "integer", "money", "date", "choice"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Parameters
    ----------
    key : str
        What the code calls it.
    label : Text
        What the Settings sheet calls it.
    kind : str
        What its value is.
    default : float, str or Text
        The value of a new workbook; "" is blank, a key of `words` for a choice.
    note : Text
        What it means, in one sentence.
    words : Words, optional
        The closed list of a choice.
    low, high : float, optional
        The limits of a number.
    """

    key: str
    label: Text
    kind: SettingKind
    default: float | str | Text
    note: Text
    words: Words | None = None
    low: float | None = None
    high: float | None = None

    @property
    def name(self) -> str:
        """The defined name of its value."""
        return f"csm_{self.key}"

    def value(self, lang: Language) -> float | str:
        """The value of a new workbook in `lang`; "" is a blank cell."""
        if self.words is not None and isinstance(self.default, str):
            return self.words.word(self.default, lang)
        if not isinstance(self.default, Text):
            return self.default
        text = self.default.within(lang)
        return text if self.kind == "text" else float(text)


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that belong together on the sheet."""

    key: str
    title: Text
    settings: tuple[Setting, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        "books",
        Text("Your company and its books", "公司与账目"),
        (
            Setting(
                "company",
                Text("Company", "公司名称"),
                "text",
                "",
                Text("Shown on the Dashboard and in shared copies.", "显示在仪表盘和分享副本中。"),
            ),
            Setting(
                "business",
                Text("Kind of business", "业务类型"),
                "choice",
                "shop",
                Text("Chooses the first playbook.", "决定初始的行动手册。"),
                words=words.BUSINESSES,
            ),
            Setting(
                "currency",
                Text("Currency", "币种"),
                "text",
                Text("USD", "CNY"),
                Text("Currency of every amount.", "所有金额的币种。"),
            ),
            Setting(
                "amounts",
                Text("Amounts in Orders", "订单金额口径"),
                "choice",
                "gross",
                Text("Whether amounts include VAT.", "金额是否含税。"),
                words=words.AMOUNTS,
            ),
            Setting(
                "refunds",
                Text("How refunds are kept", "退款记录方式"),
                "text",
                Text(
                    "As separate rows with a negative amount, on the day of the refund",
                    "单独一行，金额为负，日期为退款当天",
                ),
                Text("Told to whoever gets a shared copy.", "会写入分享副本的说明。"),
            ),
            Setting(
                "as_of",
                Text("Date of the figures", "统计日期"),
                "date",
                "",
                Text("Blank means the day of the refresh.", "留空表示刷新当天。"),
            ),
            Setting(
                "period_days",
                Text("Period of the churn rate, days", "流失率统计天数"),
                "integer",
                90.0,
                Text("The Dashboard counts who left in these.", "仪表盘统计这些天内的流失。"),
                low=1,
                high=3650,
            ),
        ),
    ),
    Group(
        "risk",
        Text("Churn risk", "流失风险"),
        (
            Setting(
                "horizon_days",
                Text("Horizon, days", "预测期，天"),
                "integer",
                "",
                Text(
                    "Churn probability looks this far ahead. Blank: learned from your data.",
                    "流失概率所预测的天数。留空则从数据中得出。",
                ),
                low=7,
                high=1825,
            ),
            Setting(
                "risk_medium",
                Text("Medium risk from", "中风险起点"),
                "share",
                0.3,
                Text("A probability of this or more is Medium.", "概率达到此值为“中”。"),
                low=0,
                high=1,
            ),
            Setting(
                "risk_high",
                Text("High risk from", "高风险起点"),
                "share",
                0.6,
                Text("A probability of this or more is High.", "概率达到此值为“高”。"),
                low=0,
                high=1,
            ),
        ),
    ),
    Group(
        "lifecycle",
        Text("Lifecycle and loyalty", "生命周期与忠诚度"),
        (
            Setting(
                "trial_days",
                Text("Trial, days", "试用期，天"),
                "integer",
                30.0,
                Text(
                    "Customers younger than this are on trial.", "成为客户不足这些天的，为试用期。"
                ),
                low=0,
                high=3650,
            ),
            Setting(
                "silence_days",
                Text("Silent after, days", "沉默天数"),
                "integer",
                90.0,
                Text("No order for this long means decline.", "这么久没有下单视为衰退。"),
                low=1,
                high=3650,
            ),
            Setting(
                "window_days",
                Text("Activity window, days", "活跃统计窗口，天"),
                "integer",
                90.0,
                Text(
                    "Recent activity is compared with the window before.",
                    "近期活跃按这些天统计，并与再往前同样的天数比较。",
                ),
                low=7,
                high=365,
            ),
            Setting(
                "decline_ratio",
                Text("Decline below", "衰退比例"),
                "number",
                0.5,
                Text("Recent activity below this of before.", "近期活跃低于此前的这一比例。"),
                low=0,
                high=1,
            ),
            Setting(
                "growth_ratio",
                Text("Growth above", "成长比例"),
                "number",
                1.2,
                Text("Recent activity above this share of before.", "近期活跃高于此前的这一比例。"),
                low=1,
                high=100,
            ),
            Setting(
                "tiers",
                Text("Loyalty tiers", "忠诚层级数"),
                "integer",
                3.0,
                Text("How many tiers.", "分成几级。"),
                low=2,
                high=10,
            ),
            Setting(
                "reward_points",
                Text("Points for a reward", "兑换奖励所需积分"),
                "integer",
                0.0,
                Text(
                    "Who is near it, or has it, is told so. 0: there is no reward.",
                    "接近或达到时会提醒客户；0 表示没有奖励。",
                ),
                low=0,
            ),
            Setting(
                "rfm_bins",
                Text("RFM levels", "RFM 级数"),
                "integer",
                5.0,
                Text("Each of the three scores goes from 1 to this.", "三项得分均为 1 到此数。"),
                low=2,
                high=10,
            ),
        ),
    ),
    Group(
        "value",
        Text("Value and actions", "价值与行动"),
        (
            Setting(
                "value_months",
                Text("Months ahead", "未来月数"),
                "integer",
                12.0,
                Text("Value ahead counts this many months.", "未来价值计算这么多个月。"),
                low=1,
                high=120,
            ),
            Setting(
                "discount",
                Text("Discount a year", "年折现率"),
                "share",
                0.1,
                Text("Money later is worth less.", "未来的钱折成今天的价值。"),
                low=0,
                high=1,
            ),
            Setting(
                "margin",
                Text("Margin", "毛利率"),
                "share",
                0.5,
                Text("Share of revenue left after the goods.", "收入扣除货品成本后的比例。"),
                low=0,
                high=1,
            ),
            Setting(
                "save_rate",
                Text("Save rate", "挽回率"),
                "share",
                0.2,
                Text(
                    "Share of leaving customers whom a contact keeps. A guess until a hold-out "
                    "measures it.",
                    "联系后能留住的比例。在有对照组数据之前只是估计。",
                ),
                low=0,
                high=1,
            ),
            Setting(
                "contact_cost",
                Text("Cost of a contact", "单次联系成本"),
                "money",
                Text("3", "10"),
                Text("Your time and any gift.", "您的时间和小礼物。"),
                low=0,
            ),
            Setting(
                "actions_max",
                Text("Actions per refresh", "每次建议数"),
                "integer",
                15.0,
                Text("At most this many suggestions.", "最多这么多条建议。"),
                low=1,
                high=1000,
            ),
            Setting(
                "cadence_days",
                Text("Days between contacts", "联系间隔，天"),
                "integer",
                30.0,
                Text("Nobody is suggested again sooner.", "此间隔内不重复建议同一客户。"),
                low=0,
                high=3650,
            ),
            Setting(
                "holdout_share",
                Text("Hold-out share", "对照组比例"),
                "share",
                0.0,
                Text(
                    "Share of customers left alone at random, so that the effect of contacting "
                    "can be told.",
                    "随机不联系的客户比例，用来判断联系是否有效。",
                ),
                low=0,
                high=0.5,
            ),
        ),
    ),
    Group(
        "weights",
        Text("Weights", "权重"),
        (
            *(
                Setting(
                    f"weight_{key}",
                    label,
                    "number",
                    1.0,
                    Text("In Experience.", "用于体验得分。"),
                    low=0,
                    high=100,
                )
                for key, label in (
                    ("functional", Text("Weight of function", "功能权重")),
                    ("service", Text("Weight of service", "服务权重")),
                    ("emotional", Text("Weight of feeling", "情感权重")),
                )
            ),
            *(
                Setting(
                    f"health_{key}",
                    label,
                    "number",
                    1.0,
                    Text("In Health.", "用于健康度。"),
                    low=0,
                    high=100,
                )
                for key, label in (
                    ("satisfaction", Text("Weight of satisfaction", "满意度权重")),
                    ("loyalty", Text("Weight of loyalty", "忠诚度权重")),
                    ("usage", Text("Weight of activity", "活跃度权重")),
                    ("churn", Text("Weight of churn probability", "流失概率权重")),
                )
            ),
        ),
    ),
    Group(
        "privacy",
        Text("Personal data", "个人信息"),
        (
            Setting(
                "personal",
                Text("Personal columns", "个人信息列"),
                "text",
                Text("Name, Company, E-mail, Phone, Note", "姓名，公司，邮箱，电话，备注"),
                Text(
                    "Never used by the model; replaced by pseudonyms in a shared copy.",
                    "模型不使用，分享副本中以代号替换。",
                ),
            ),
            Setting(
                "share_text",
                Text("Share what customers wrote", "分享客户文字"),
                "choice",
                "no",
                Text(
                    "Whether a shared copy holds the texts of feedback.",
                    "分享副本是否包含反馈原文。",
                ),
                words=words.YES_NO,
            ),
        ),
    ),
)

SETTINGS: dict[str, Setting] = {s.key: s for group in GROUPS for s in group.settings}


def default_number(key: str) -> float:
    """What a number is where the owner set nothing: the one place that says so."""
    default = SETTINGS[key].default
    assert isinstance(default, float), key
    return default
