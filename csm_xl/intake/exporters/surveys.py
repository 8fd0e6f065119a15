"""问卷星, 腾讯问卷, 金数据, Typeform, Google Forms, SurveyMonkey and Microsoft Forms.

Their questions are the owner's own, so only the columns around them are declared; what a question
asks is told by its words and its answers.
"""

from csm_xl.intake.declaration import Exporter

WENJUANXING = Exporter(
    "问卷星",
    "feedback",
    "序号|提交答卷时间|所用时间|来源|来源详情|来自IP",
    {"date": "提交答卷时间"},
    questions=True,
    technical="序号|所用时间|来源|来源详情|来自IP|总分|总得分|得分|提交答卷时间",
)
TENCENT_SURVEY = Exporter(
    "腾讯问卷",
    "feedback",
    "编号/ID|开始答题时间|结束答题时间|答题时长|地理位置/地理位置国家和地区/IP/自定义字段",
    {"date": "结束答题时间|开始答题时间"},
    questions=True,
    technical="编号|ID|开始答题时间|结束答题时间|答题时长|语言|清洗数据结果|智能清洗数据无效概率|地理位置国家和地区|地理位置省"
    "|地理位置市|地理位置|用户类型|用户标识|昵称|自定义字段|IP|UA|Referrer|中心名称|总分",
)
JINSHUJU = Exporter(
    "金数据",
    "feedback",
    "序号|提交时间/提交日期|提交人/提交人昵称/微信昵称/微信OpenID|填写设备/操作系统/浏览器/IP/填写地区",
    {"date": "提交时间|提交日期"},
    questions=True,
    technical="序号|提交时间|提交日期|提交人|修改时间|填写设备|操作系统|浏览器|IP|填写地区|微信OpenID|微信头像|微信性别|扩展属性|总分",
)
TYPEFORM = Exporter(
    "Typeform",
    "feedback",
    "#|Start Date (UTC)|Submit Date (UTC)|Network ID",
    {"date": "Submit Date (UTC)|Start Date (UTC)"},
    questions=True,
    technical="#|Start Date (UTC)|Submit Date (UTC)|Network ID|Response Type|Stage Date (UTC)|Tags|Ending|score",
)
GOOGLE_FORMS = Exporter(
    "Google Forms",
    "feedback",
    "Timestamp/时间戳记/时间戳|Email Address/Username/电子邮件地址/用户名/Score/得分",
    {"date": "Timestamp|时间戳记|时间戳", "email": "Email Address|Username|电子邮件地址|用户名"},
    dates="month",
    questions=True,
    technical="Timestamp|时间戳记|时间戳|Email Address|Username|Score|得分",
)
SURVEYMONKEY = Exporter(
    "SurveyMonkey",
    "feedback",
    "Respondent ID|Collector ID|Date Created|Date Modified|IP Address",
    {
        "feedback_id": "Respondent ID",
        "date": "Date Created",
        "email": "Email Address",
        "first_name": "First Name",
        "last_name": "Last Name",
    },
    dates="month",
    questions=True,
    technical="Respondent ID|Collector ID|Date Created|Date Modified|IP Address|Email Address|First Name|Last Name|Custom Data 1",
)
MICROSOFT_FORMS = Exporter(
    "Microsoft Forms",
    "feedback",
    "ID|Start time/开始时间|Completion time/完成时间|Email/电子邮件|Name/名称",
    {"date": "Completion time|完成时间", "email": "Email|电子邮件", "name": "Name|名称"},
    questions=True,
    technical="ID|Start time|Completion time|Email|Name|Last modified time|开始时间|完成时间|电子邮件|名称|上次修改时间",
)

ALL = (
    WENJUANXING,
    TENCENT_SURVEY,
    JINSHUJU,
    TYPEFORM,
    GOOGLE_FORMS,
    SURVEYMONKEY,
    MICROSOFT_FORMS,
)
