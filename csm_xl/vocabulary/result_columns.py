"""The tables that csm-xl writes: actions, the model's report, the dashboard's blocks, history."""

from __future__ import annotations

from csm_xl.language import Text
from csm_xl.vocabulary import words
from csm_xl.vocabulary.columns import Column, Table
from csm_xl.vocabulary.settings import SETTINGS

ACTIONS = Table(
    "actions",
    "Actions",
    "actions",
    (
        Column(
            "rank",
            Text("Order", "顺序"),
            "integer",
            "command",
            width=8,
            note=Text("1 is the first to contact.", "1 为最先联系。"),
        ),
        Column("suggested", Text("Suggested on", "建议日期"), "date", "command", width=12),
        Column(
            "customer_id",
            Text("Customer ID", "客户编号"),
            "id",
            "command",
            width=12,
            identifier=True,
        ),
        Column("name", Text("Name", "姓名"), "text", "command", width=17, personal=True),
        Column(
            "stage", Text("Stage", "生命周期"), "choice", "command", words=words.STAGES, width=12
        ),
        Column(
            "risk", Text("Risk", "风险"), "choice", "command", words=words.ACTION_RISKS, width=9
        ),
        Column(
            "churn_probability",
            Text("Churn probability", "流失概率"),
            "share",
            "command",
            width=12,
        ),
        Column("reason", Text("Why", "原因"), "long_text", "command", width=30),
        Column("action", Text("What to do", "建议行动"), "long_text", "command", width=37),
        Column(
            "value",
            Text("Value if kept", "留住的价值"),
            "money",
            "command",
            Text(
                "What a customer who stays brings in the months ahead, in today's money and after "
                "the goods (months, discount and margin in Settings). Where silence is what counts "
                "as leaving, less the share that comes back unasked.",
                "客户留下来时未来几个月带来的毛利，折算为今天的价值（月数、折现率和毛利率见“设置”）。"
                "如以沉默视为流失，则已扣除会自行回来的部分。",
            ),
            width=12,
        ),
        Column(
            "expected",
            Text("Expected value saved", "预期挽回价值"),
            "money",
            "formula",
            Text(
                "Churn probability × save rate × value if kept − cost of a contact. The save "
                "rate and the cost are in Settings.",
                "流失概率 × 挽回率 × 留住的价值 − 单次联系成本。挽回率和成本见“设置”。",
            ),
            width=12,
            formula=(
                'IF(OR({this.churn_probability}="",{this.value}=""),"",{this.churn_probability}'
                "*{set.save_rate}*{this.value}-{set.contact_cost})"
            ),
        ),
        Column("due", Text("By", "期限"), "date", "command", width=12),
        Column(
            "done",
            Text("Done", "已完成"),
            "choice",
            words=words.YES_NO,
            width=9,
            note=Text("Yes once you have contacted the customer.", "联系客户后填“是”。"),
        ),
        Column("done_on", Text("Done on", "完成日期"), "date", width=12),
        Column(
            "outcome",
            Text("Outcome", "结果"),
            "choice",
            words=words.OUTCOMES,
            width=16,
            note=Text("What came of it.", "联系之后的结果。"),
        ),
        Column("note", Text("Note", "备注"), "long_text", width=18, personal=True),
    ),
    ("suggested", "customer_id"),
    Text("One row per suggestion.", "每条建议一行。"),
)

PLAYBOOK = Table(
    "playbook",
    "Playbook",
    "playbook",
    (
        Column(
            "stage",
            Text("Stage", "生命周期"),
            "choice",
            words=words.STAGES,
            width=14,
            note=Text("Blank means any stage.", "留空表示任何阶段。"),
        ),
        Column(
            "risk",
            Text("Risk", "风险"),
            "choice",
            words=words.ACTION_RISKS,
            width=10,
            note=Text(
                "Blank means any risk. Left is for customers who may be won back.",
                "留空表示任何风险。“已流失”用于有望挽回的老客户。",
            ),
        ),
        Column(
            "reason",
            Text("Main reason contains", "主要原因包含"),
            "text",
            width=24,
            note=Text(
                "Words to look for in the main reason, divided by commas. Blank means any.",
                "在主要原因中查找的词语，用逗号分隔，留空表示任何原因。",
            ),
        ),
        Column("action", Text("What to do", "建议行动"), "long_text", width=70),
        Column(
            "days",
            Text("Within days", "几天内"),
            "integer",
            width=12,
            note=Text("How soon.", "多久之内。"),
        ),
    ),
    ("stage", "risk", "reason"),
    Text(
        "One row per situation; the first row that fits is used.",
        "每种情况一行，采用最先符合的一行。",
    ),
)

HISTORY = Table(
    "history",
    "History",
    "history",
    (
        Column("at", Text("Date and time", "日期时间"), "datetime", "command", width=17),
        Column("what", Text("What", "操作"), "text", "command", width=12),
        Column("customers", Text("Customers", "客户数"), "integer", "command", width=11),
        Column("left", Text("Left", "已流失"), "integer", "command", width=9),
        Column("high", Text("High risk", "高风险"), "integer", "command", width=10),
        Column(
            "mean_probability",
            Text("Mean probability", "平均流失概率"),
            "share",
            "command",
            width=12,
        ),
        Column("value_at_risk", Text("Revenue at risk", "风险收入"), "money", "command", width=13),
        Column("csat", Text("CSAT", "满意度"), "number", "command", width=9),
        Column("answers", Text("Answers", "答复数"), "integer", "command", width=10),
        Column("nps", Text("NPS", "NPS"), "number", "command", width=9),
        Column("auc", Text("AUC", "AUC"), "number", "command", width=9),
        Column("log_loss", Text("Log-loss", "对数损失"), "number", "command", width=10),
        Column("model", Text("Model", "模型"), "id", "command", width=14),
        Column("note", Text("Note", "备注"), "long_text", "command", width=36),
    ),
    ("at", "what"),
    Text("One row per refresh.", "每次刷新一行。"),
)

FACTS = Table(
    "facts",
    "ModelFacts",
    "model",
    (
        Column("fact", Text("About the model", "模型说明"), "text", "command", width=30),
        Column("value", Text("Value", "内容"), "long_text", "command", width=60),
    ),
    ("fact",),
    Text("When and on what the model was trained.", "模型何时、用哪些数据训练。"),
    rows=12,
)

QUALITY = Table(
    "quality",
    "ModelQuality",
    "model",
    (
        Column("measure", Text("Measure", "指标"), "text", "command", width=30),
        Column("value", Text("Value", "数值"), "number", "command", width=12),
        Column("low", Text("95 % from", "95% 下限"), "number", "command", width=12),
        Column("high", Text("95 % to", "95% 上限"), "number", "command", width=12),
        Column("meaning", Text("What it means", "含义"), "long_text", "command", width=60),
    ),
    ("measure",),
    Text("How good the model is, with intervals.", "模型质量及其区间。"),
    rows=8,
)

COMPARISON = Table(
    "comparison",
    "ModelComparison",
    "model",
    (
        Column("model", Text("Compared with", "对比模型"), "text", "command", width=30),
        Column("log_loss", Text("Log-loss", "对数损失"), "number", "command", width=12),
        Column("brier", Text("Brier score", "Brier 分数"), "number", "command", width=12),
        Column("auc", Text("AUC", "AUC"), "number", "command", width=12),
    ),
    ("model",),
    Text("The same folds, other models.", "在同样的分组上与其他模型比较。"),
    rows=6,
)

RELIABILITY = Table(
    "reliability",
    "ModelReliability",
    "model",
    (
        Column("group", Text("Customers grouped by score", "按得分分组"), "text", "command"),
        Column("predicted", Text("Predicted", "预测"), "share", "command", width=12),
        Column("observed", Text("Observed", "实际"), "share", "command", width=12),
        Column("low", Text("95 % from", "95% 下限"), "share", "command", width=12),
        Column("high", Text("95 % to", "95% 上限"), "share", "command", width=12),
        Column("customers", Text("Customers", "客户数"), "integer", "command", width=12),
    ),
    ("group",),
    Text("Predicted against observed.", "预测与实际对照。"),
    rows=10,
)

DRIVERS = Table(
    "drivers",
    "ModelDrivers",
    "model",
    (
        Column("feature", Text("Driver", "驱动因素"), "text", "command", width=30),
        Column("weight", Text("Weight", "影响程度"), "share", "command", width=12),
        Column("typical", Text("Typical value", "典型值"), "text", "command", width=12),
        Column("direction", Text("How it works", "影响方向"), "text", "command", width=60),
    ),
    ("feature",),
    Text("What moves the probability most.", "对流失概率影响最大的因素。"),
    rows=15,
)

PAIN_POINTS = Table(
    "pain_points",
    "PainPoints",
    "dashboard",
    (
        Column("theme", Text("Theme", "主题"), "text", "command"),
        Column("kind", Text("Kind", "类别"), "text", "command"),
        Column("mentions", Text("Mentions", "提及次数"), "integer", "command"),
        Column("sentiment", Text("Sentiment", "情感倾向"), "number", "command"),
        Column("trend", Text("Trend", "趋势"), "text", "command"),
        Column("example", Text("Example", "例句"), "long_text", "command"),
        Column("share", Text("Share of texts", "占全部文字"), "share", "command"),
    ),
    ("theme",),
    Text("What customers write about.", "客户在说什么。"),
    rows=8,
)

LOOP = Table(
    "loop",
    "DidItHelp",
    "dashboard",
    (
        Column("measure", Text("Measure", "指标"), "text", "command"),
        Column("contacted", Text("Contacted", "联系组"), "text", "command"),
        Column("holdout", Text("Hold-out", "对照组"), "text", "command"),
        Column("low", Text("95 % from", "95% 下限"), "text", "command"),
        Column("high", Text("95 % to", "95% 上限"), "text", "command"),
        Column("verdict", Text("What can be told", "结论"), "long_text", "command"),
    ),
    ("measure",),
    Text("Actions done and what came of them.", "已完成的行动与结果。"),
    rows=5,
)

COHORTS = Table(
    "cohorts",
    "Cohorts",
    "cohorts",
    (
        Column("cohort", Text("Started in", "开始月份"), "text", "command", width=14),
        Column("customers", Text("Customers", "客户数"), "integer", "command", width=11),
        *(
            Column(
                f"month_{month}",
                Text(f"Month {month}", f"第{month}月"),
                "share",
                "command",
                width=9,
            )
            for month in range(1, 13)
        ),
    ),
    ("cohort",),
    Text(
        "Share of each month's new customers who were still customers later.",
        "每个月的新客户在之后各月的留存比例。",
    ),
    rows=18,
)

SETTINGS_TABLE = Table(
    "settings",
    "Settings",
    "settings",
    (
        Column("group", Text("About", "类别"), "text", "command", width=28),
        Column("label", Text("Setting", "设置项"), "text", "command", width=30),
        Column("value", Text("Value", "数值"), "text", width=30),
        Column("note", Text("What it means", "含义"), "long_text", "command", width=64),
        Column("key", Text("Key", "键"), "text", "command", width=20),
    ),
    ("key",),
    Text("One row per setting.", "每项设置一行。"),
    rows=len(SETTINGS),
)

COLUMNS = Table(
    "columns",
    "Columns",
    "columns",
    (
        Column("table", Text("Sheet or table", "工作表或表格"), "text", "command", width=20),
        Column("title", Text("Column", "列"), "text", "command", width=28),
        Column(
            "role",
            Text("Role", "角色"),
            "text",
            width=18,
            note=Text(
                "What the column is. Choose another role where this one is wrong; it stands from "
                "then on. Empty the cell to let csm-xl find it again.",
                "这一列是什么。如果不对，请改选其他角色，之后以您的选择为准。清空单元格则由 csm-xl 重新判断。",
            ),
        ),
        Column("why", Text("Why", "依据"), "long_text", "command", width=44),
        Column("example", Text("Example", "示例"), "text", "command", width=28, personal=True),
        Column(
            "copy",
            Text("In the copy", "副本中"),
            "choice",
            words=words.IN_THE_COPY,
            width=14,
            note=Text(
                "What becomes of the column in the accountant's copy: kept as it is, a code for each "
                "value, or blank. Empty: csm-xl decides, and share --review says how.",
                "该列在给会计的副本中如何处理：原样保留、以代号代替，或留空。不填则由 csm-xl 判断，"
                "可用 share --review 查看。",
            ),
        ),
    ),
    ("table", "title"),
    Text("One row per column of your tables.", "您的表格中每列一行。"),
)
