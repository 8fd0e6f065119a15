"""The other tables that the owner keeps: orders, feedback, contacts, and changes made."""

from __future__ import annotations

from csm_xl.language import Text
from csm_xl.vocabulary import words
from csm_xl.vocabulary.columns import Column, Table

_CUSTOMER = Column(
    "customer_id",
    Text("Customer ID", "客户编号"),
    "id",
    width=12,
    identifier=True,
    note=Text("As in the Customers sheet.", "与“客户”工作表一致。"),
)

ORDERS = Table(
    "orders",
    "Orders",
    "orders",
    (
        Column(
            "order_id",
            Text("Order no.", "订单号"),
            "id",
            width=15,
            identifier=True,
            note=Text(
                "A refund carries the number of the order it belongs to, with a letter after it.",
                "退款使用原订单号，后面加一个字母。",
            ),
        ),
        Column("invoice", Text("Invoice no.", "发票号"), "id", width=16, identifier=True),
        Column("date", Text("Date", "日期"), "date", width=12),
        _CUSTOMER,
        Column(
            "kind",
            Text("Kind", "类型"),
            "choice",
            words=words.ORDER_KINDS,
            width=10,
            note=Text("Order or Refund.", "订单或退款。"),
        ),
        Column("product", Text("Product", "商品"), "text", width=30),
        Column("quantity", Text("Quantity", "数量"), "integer", width=10),
        Column(
            "amount",
            Text("Amount", "金额"),
            "money",
            width=13,
            note=Text(
                "What was paid, in the currency of Settings. Refunds are negative.",
                "实付金额，币种见“设置”。退款填负数。",
            ),
        ),
        Column("currency", Text("Currency", "币种"), "text", template=False),
        Column("refunded", Text("Refunded amount", "退款金额"), "money", template=False),
        Column("status", Text("Order status", "订单状态"), "text", template=False),
        Column("buyer", Text("Buyer", "买家"), "text", personal=True, template=False),
        Column("phone", Text("Phone", "电话"), "text", personal=True, template=False),
        Column("address", Text("Address", "地址"), "text", personal=True, template=False),
    ),
    ("order_id",),
    Text("One row per order or refund.", "每笔订单或退款一行。"),
)

_SCALE = Text(
    "1 to 5, or a word from Very dissatisfied to Very satisfied.",
    "1 到 5，或从“非常不满意”到“非常满意”的文字。",
)

_FIVE = Text("A number from 1 to 5; 5 is best.", "1 到 5 的数字，5 最好。")

FEEDBACK = Table(
    "feedback",
    "Feedback",
    "feedback",
    (
        Column("feedback_id", Text("Feedback no.", "反馈号"), "id", width=13, identifier=True),
        Column("date", Text("Date", "日期"), "date", width=12),
        _CUSTOMER,
        Column("kind", Text("Kind", "类型"), "choice", words=words.FEEDBACK_KINDS, width=12),
        Column("rating", Text("Rating", "评分"), "rating", width=17, note=_SCALE),
        Column("functional", Text("Function", "功能评分"), "scale5", width=11, note=_FIVE),
        Column("service", Text("Service", "服务评分"), "scale5", width=11, note=_FIVE),
        Column("emotional", Text("Feeling", "情感评分"), "scale5", width=11, note=_FIVE),
        Column(
            "recommend",
            Text("Recommend", "推荐意愿"),
            "scale10",
            width=12,
            note=Text(
                "“How likely are you to recommend us?”, 0 to 10.",
                "“您有多大可能推荐我们？”，0 到 10。",
            ),
        ),
        Column("text", Text("Text", "内容"), "long_text", width=52, personal=True),
        Column(
            "status",
            Text("Status", "处理状态"),
            "choice",
            words=words.CASE_STATES,
            width=13,
            note=Text("For complaints.", "投诉填写。"),
        ),
        Column(
            "response_hours",
            Text("Response hours", "响应小时"),
            "number",
            width=11,
            note=Text(
                "Hours until your first answer, for complaints.", "投诉：到首次答复的小时数。"
            ),
        ),
        Column(
            "score",
            Text("Score", "分值"),
            "number",
            "formula",
            Text("The rating as a number from 1 to 5.", "评分换算成的 1 到 5 的数字。"),
            width=9,
            formula=(
                'IF(TRIM({this.rating})="","",IFERROR(MATCH(TRIM({this.rating}),{levels.en},0),'
                "IFERROR(MATCH(TRIM({this.rating}),{levels.zh},0),"
                'IFERROR(VALUE({this.rating}),""))))'
            ),
        ),
        Column(
            "experience",
            Text("Experience", "体验得分"),
            "number",
            "formula",
            Text(
                "Function + service + feeling, with the weights in Settings.",
                "功能、服务、情感三项评分之和，权重见“设置”。",
            ),
            width=11,
            formula=(
                'IF(COUNT({this.functional},{this.service},{this.emotional})<3,"",'
                "{set.weight_functional}*{this.functional}+{set.weight_service}*{this.service}"
                "+{set.weight_emotional}*{this.emotional})"
            ),
        ),
        Column(
            "sentiment",
            Text("Sentiment", "情感倾向"),
            "number",
            "command",
            Text(
                "What the text sounds like, −1 to 1. Refresh writes it.",
                "文字的情感倾向，−1 到 1，由“刷新”写入。",
            ),
            width=11,
        ),
        Column("contact", Text("Contact", "联系方式"), "text", personal=True, template=False),
    ),
    ("feedback_id",),
    Text("One row per survey answer, review or complaint.", "每份问卷、每条评价或每次投诉一行。"),
)

CONTACTS = Table(
    "contacts",
    "Contacts",
    "contacts",
    (
        Column("date", Text("Date", "日期"), "date", width=12),
        _CUSTOMER,
        Column("channel", Text("Channel", "渠道"), "choice", words=words.CHANNELS, width=13),
        Column("kind", Text("Kind", "类型"), "choice", words=words.CONTACT_KINDS, width=19),
        Column(
            "times",
            Text("Times", "次数"),
            "integer",
            width=9,
            note=Text("How often on that day; blank means once.", "当天的次数，留空表示一次。"),
        ),
        Column("note", Text("Note", "备注"), "long_text", width=40, personal=True),
    ),
    ("date", "customer_id", "channel", "kind"),
    Text("One row per contact or day of use.", "每次联系或每天的使用一行。"),
)

SUBSCRIPTIONS = Table(
    "subscriptions",
    "Subscriptions",
    "subscriptions",
    (
        Column(
            "subscription_id",
            Text("Subscription no.", "订阅号"),
            "id",
            width=16,
            identifier=True,
        ),
        _CUSTOMER,
        Column("plan", Text("Plan", "方案"), "text", width=18),
        Column(
            "price",
            Text("Monthly price", "月费"),
            "money",
            width=13,
            note=Text("A yearly fee counts a twelfth.", "年费按十二分之一计。"),
        ),
        Column("start", Text("Start", "开始日期"), "date", width=12),
        Column(
            "end",
            Text("End", "结束日期"),
            "date",
            width=12,
            note=Text("Blank while it runs.", "仍在订阅时留空。"),
        ),
    ),
    ("subscription_id",),
    Text("One row per subscription.", "每个订阅一行。"),
)

CHANGES = Table(
    "changes",
    "Changes",
    "changes",
    (
        Column("date", Text("From", "起始日期"), "date", width=12),
        Column("change", Text("What you changed", "改进内容"), "text", width=40),
        Column("before", Text("Rating before", "改进前评分"), "number", "command", width=13),
        Column("after", Text("Rating after", "改进后评分"), "number", "command", width=13),
        Column("difference", Text("Difference", "差异"), "number", "command", width=12),
        Column("low", Text("95 % from", "95% 下限"), "number", "command", width=11),
        Column("high", Text("95 % to", "95% 上限"), "number", "command", width=11),
        Column("answers", Text("Answers", "答复数"), "integer", "command", width=10),
    ),
    ("date", "change"),
    Text("One row per change to your service.", "每次服务改进一行。"),
)
