"""The Customers table: what the owner types, what is understood, and what csm-xl fills."""

from __future__ import annotations

from csm_xl.language import Text
from csm_xl.vocabulary import words
from csm_xl.vocabulary.columns import Column, Table

_FROM_ORDERS = Text("From the Orders sheet.", "取自“订单”工作表。")
_NET = Text("Orders minus refunds, from the Orders sheet.", "“订单”工作表中的订单金额减去退款。")

CUSTOMERS = Table(
    "customers",
    "Customers",
    "customers",
    (
        Column(
            "customer_id",
            Text("Customer ID", "客户编号"),
            "id",
            width=12,
            identifier=True,
            note=Text(
                "Your own number or code for the customer, used in every other sheet. Each once.",
                "您给客户的编号，其他工作表都用它来对应。每位客户一个，不要重复。",
            ),
        ),
        Column("name", Text("Name", "姓名"), "text", width=21, personal=True),
        Column("company", Text("Company", "公司"), "text", width=25, personal=True),
        Column("email", Text("E-mail", "邮箱"), "text", width=32, personal=True),
        Column("phone", Text("Phone", "电话"), "text", width=17, personal=True),
        Column("city", Text("City", "城市"), "text", width=13),
        Column(
            "source",
            Text("Came through", "来源"),
            "choice",
            words=words.SOURCES,
            width=14,
            note=Text("How the customer found you.", "客户是怎么找到您的。"),
        ),
        Column("plan", Text("Plan", "方案"), "choice", words=words.PLANS, width=15),
        Column(
            "start",
            Text("Start", "开始日期"),
            "date",
            width=12,
            note=Text(
                "The day this customer first bought or signed up.", "客户首次购买或注册的日期。"
            ),
        ),
        Column(
            "left_on",
            Text("Left on", "流失日期"),
            "date",
            width=12,
            note=Text(
                "Only for customers who left: the day they cancelled or said goodbye. The churn "
                "model learns from these dates.",
                "只填已流失的客户：取消或离开的日期。流失模型从这些日期中学习。",
            ),
        ),
        Column("points", Text("Points", "积分"), "integer", width=10),
        Column(
            "referred_by",
            Text("Referred by", "推荐人"),
            "id",
            width=13,
            identifier=True,
            note=Text("The Customer ID of whoever sent them to you.", "推荐人的客户编号。"),
        ),
        Column(
            "do_not_contact",
            Text("Do not contact", "请勿联系"),
            "choice",
            words=words.YES_NO,
            width=13,
            note=Text(
                "Yes: csm-xl never suggests contacting this customer.",
                "填“是”：csm-xl 不会建议联系这位客户。",
            ),
        ),
        Column("note", Text("Note", "备注"), "long_text", width=26, personal=True),
        # Understood where an owner's own sheet or an export has them; not in a new workbook.
        Column("address", Text("Address", "地址"), "text", personal=True, template=False),
        Column(
            "accounts",
            Text("Shop accounts", "平台账号"),
            "text",
            personal=True,
            identifier=True,
            template=False,
        ),
        Column(
            "churned", Text("Churned", "是否流失"), "choice", words=words.YES_NO, template=False
        ),
        Column("price", Text("Monthly price", "月费"), "money", template=False),
        Column("last_seen", Text("Last seen", "最近活跃"), "date", template=False),
        Column("renewal", Text("Renewal", "续约日"), "date", template=False),
        Column("usage", Text("Usage frequency", "使用频率"), "number", template=False),
        Column("usage_time", Text("Usage time", "使用时长"), "number", template=False),
        Column("feedback_count", Text("Feedback frequency", "反馈频率"), "number", template=False),
        Column(
            "positive_feedback", Text("Positive feedback", "正面反馈"), "integer", template=False
        ),
        Column("total_feedback", Text("Total feedback", "总反馈"), "integer", template=False),
        Column(
            "repeat_purchases", Text("Repeat purchases", "重复购买次数"), "integer", template=False
        ),
        Column("total_purchases", Text("Total purchases", "总购买次数"), "integer", template=False),
        Column("total_spend", Text("Total spend", "累计消费"), "money", template=False),
        # Built from the other sheets.
        Column("orders", Text("Orders", "订单数"), "integer", "command", _FROM_ORDERS, width=9),
        Column("revenue", Text("Revenue", "消费额"), "money", "command", _NET, width=12),
        Column(
            "last_order", Text("Last order", "最近下单"), "date", "command", _FROM_ORDERS, width=12
        ),
        Column(
            "days_since",
            Text("Days since last order", "距上次下单天数"),
            "integer",
            "command",
            Text(
                "From the last order to the date of the figures (Settings).",
                "从最近下单到统计日期（见“设置”）的天数。",
            ),
            width=12,
        ),
        Column(
            "usage_now",
            Text("Recent activity", "近期活跃"),
            "integer",
            "command",
            Text(
                "Orders and visits of late: in the days that Settings calls the activity window.",
                "最近若干天内的下单与访问次数，天数见“设置”中的“活跃统计窗口”。",
            ),
            width=10,
        ),
        Column(
            "usage_before",
            Text("Earlier activity", "此前活跃"),
            "integer",
            "command",
            Text(
                "Orders and visits in as many days before those.",
                "再往前同样天数内的下单与访问次数。",
            ),
            width=10,
        ),
        Column(
            "refund_share",
            Text("Refund share", "退款占比"),
            "share",
            "command",
            Text("Refunds as a share of orders, by amount.", "退款金额占订单金额的比例。"),
            width=10,
        ),
        Column(
            "loyalty",
            Text("Loyalty", "忠诚度"),
            "share",
            "command",
            Text("Repeat orders as a share of all orders.", "重复下单占全部下单的比例。"),
            width=10,
        ),
        Column(
            "rating",
            Text("Average rating", "平均评分"),
            "number",
            "command",
            Text("Mean of this customer's ratings, 1 to 5.", "该客户评分的平均值，1 到 5。"),
            width=10,
        ),
        Column(
            "experience",
            Text("Experience", "体验得分"),
            "number",
            "command",
            Text(
                "Mean of function + service + feeling, 3 to 15 with weights of 1.",
                "功能、服务、情感三项评分之和的平均值，权重为 1 时在 3 到 15 之间。",
            ),
            width=11,
        ),
        Column(
            "sentiment",
            Text("Sentiment", "情感倾向"),
            "number",
            "command",
            Text("Mean of what was written, −1 to 1.", "文字反馈的平均情感倾向，−1 到 1。"),
            width=11,
        ),
        Column(
            "complaints",
            Text("Complaints", "投诉数"),
            "integer",
            "command",
            Text("From the Feedback sheet.", "取自“反馈”工作表。"),
            width=11,
        ),
        Column(
            "brought",
            Text("Brought", "介绍客户数"),
            "integer",
            "command",
            Text(
                "How many customers name this one in Referred by.",
                "有多少客户的“推荐人”是该客户。",
            ),
            width=9,
        ),
        # Results.
        Column(
            "stage",
            Text("Stage", "生命周期"),
            "choice",
            "command",
            Text(
                "Lifecycle stage; the thresholds are in Settings.",
                "生命周期阶段，划分标准见“设置”。",
            ),
            words=words.STAGES,
            width=12,
        ),
        Column(
            "tier",
            Text("Loyalty tier", "忠诚层级"),
            "integer",
            "command",
            Text("1 is the lowest.", "1 为最低一级。"),
            width=10,
        ),
        Column(
            "rfm",
            Text("RFM", "RFM"),
            "text",
            "command",
            Text(
                "Recency, frequency and spend, each 1 to 5; 5 is best.",
                "最近购买、购买频率、消费金额，各为 1 到 5，5 最好。",
            ),
            width=8,
        ),
        Column(
            "clv",
            Text("Value ahead", "未来价值"),
            "money",
            "command",
            Text(
                "Expected revenue over the months ahead set in Settings.",
                "“设置”中规定的未来几个月内的预期收入。",
            ),
            width=12,
        ),
        Column(
            "churn_probability",
            Text("Churn probability", "流失概率"),
            "share",
            "command",
            Text(
                "Probability of leaving within the model's horizon. Refresh writes it.",
                "在模型的预测期内流失的概率，由“刷新”写入。",
            ),
            width=19,
        ),
        Column(
            "risk",
            Text("Risk", "风险"),
            "choice",
            "command",
            Text(
                "Low, Medium or High by the thresholds in Settings.",
                "按“设置”中的风险起点分为低、中、高。",
            ),
            words=words.RISKS,
            width=9,
        ),
        Column(
            "correction",
            Text("Churn correction", "流失概率修正"),
            "number",
            "command",
            Text(
                "What the model's formula flatters a customer that it learned from, in log-odds. "
                "The churn probability is the formula's (CHURN_PROB) with this added.",
                "模型公式对训练过的客户的低估或高估（对数几率）。流失概率等于公式的结果（CHURN_PROB）加上此修正。",
            ),
            width=12,
            template=False,
        ),
        Column(
            "usage_level",
            Text("Usage lately", "近期使用量"),
            "number",
            "command",
            Text(
                "Mean of the last three full months; before leaving for those who left.",
                "最近三个完整月的平均值；已流失的客户为流失之前。",
            ),
            width=12,
            template=False,
        ),
        Column(
            "usage_trend",
            Text("Change in usage", "使用量变化"),
            "number",
            "command",
            Text(
                "The last three full months less the three before, as means.",
                "最近三个完整月的平均值减去再往前三个月的平均值。",
            ),
            width=12,
            template=False,
        ),
        Column(
            "reasons",
            Text("Reasons", "原因"),
            "text",
            "command",
            Text("The strongest reasons for the probability.", "影响流失概率的最主要原因。"),
            width=60,
        ),
        Column(
            "value_at_risk",
            Text("Revenue at risk", "风险收入"),
            "money",
            "command",
            Text(
                "Churn probability × value ahead. Customers who left count nothing.",
                "流失概率 × 未来价值。已流失的客户不计。",
            ),
            width=12,
        ),
        Column(
            "health",
            Text("Health", "健康度"),
            "integer",
            "command",
            Text("0 to 100; 100 is best.", "0 到 100，100 最好。"),
            width=9,
        ),
        Column(
            "group",
            Text("Group", "分组"),
            "choice",
            "command",
            Text(
                "Hold-out customers are left alone, so that the effect of contacting can be told.",
                "对照组客户不联系，以便比较联系是否有效。",
            ),
            words=words.GROUPS,
            width=10,
        ),
    ),
    ("customer_id",),
    Text("One row per customer.", "每位客户一行。"),
)
