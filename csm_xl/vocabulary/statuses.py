"""What people write about whether a customer is still there: left, kept, or neither.

*Neither* is who is no customer in the full sense: on pause, on trial, or only a lead. Nothing is
learned from them, and they have no place in churn figures.
"""

from __future__ import annotations

import re

from csm_xl.language import Text

LEFT: tuple[str, ...] = (
    "left", "has left", "churned", "churn", "cancelled", "canceled", "cancel", "cancellation", "cancelled by us",
    "quit", "closed", "close", "ended", "end", "lost", "inactive", "non active", "not active", "stopped", "stop",
    "expired", "lapsed", "terminated", "termination", "exited", "exit", "gone", "former", "ex", "past", "previous",
    "old", "dropped", "dropped out", "drop out", "dropout", "withdrawn", "withdrew", "unsubscribed", "deactivated",
    "disabled", "departed", "resigned", "moved away", "moved on", "moved out", "no longer", "not renewed",
    "non renewed", "did not renew", "discontinued", "finished", "switched", "archived", "dead", "attrited",
    "attrited customer", "refused", "deleted", "out", "no longer a customer", "went to competitor", "left us",
    "gekündigt", "kündigung", "inaktiv", "ausgetreten", "résilié", "inactif", "parti", "baja", "inactivo", "cancelado", "disdetto",
    "流失", "已流失", "已离开", "离开", "离网", "已离网", "退订", "已退订", "注销", "已注销", "销户", "已销户",
    "停用", "已停用", "停机", "停课", "已停课", "退课", "已退课", "退会", "已退会", "退出", "已退出", "退学", "已退学",
    "取消", "已取消", "终止", "已终止", "终止合作", "停止合作", "不再合作", "解约", "已解约", "到期", "已到期", "过期", "已过期",
    "到期未续", "未续费", "不续", "不续费", "失效", "已失效", "失联", "关闭", "已关闭", "结束", "已结束", "已结课", "结课",
    "毕业", "已毕业", "流失客户", "无效", "离职", "搬走", "非活跃", "不活跃", "休眠流失",
    "流失戶", "已離開", "離開", "離網", "退訂", "已退訂", "註銷", "已註銷", "銷戶", "停課", "退課", "已退課", "退會", "已退會",
    "終止", "已終止", "解約", "已解約", "到期未續", "未續費", "不續", "失效", "失聯", "關閉", "已關閉", "結束", "已結束",
)  # fmt: skip
KEPT: tuple[str, ...] = (
    "active", "current", "live", "subscribed", "kept", "retained", "existing", "existing customer", "ongoing", "on going",
    "in service", "open", "ok", "okay", "good", "good standing", "in good standing", "renewed", "paying", "paid up", "enrolled",
    "registered", "running", "continuing", "in progress", "present", "still here", "still active", "here", "member",
    "regular", "customer", "client", "valid", "normal", "engaged", "signed", "contracted", "onboard", "onboarded",
    "aktiv", "actif", "activo", "attivo", "laufend",
    "在用", "活跃", "正常", "有效", "在读", "在籍", "在册", "在保", "合作中", "合作", "使用中", "进行中", "服务中", "履约中", "已续费",
    "续费", "已续", "留存", "在网", "在约", "未流失", "在职", "存续", "现有", "老客户", "正式", "正式客户", "签约", "已签约",
    "已成交", "成交", "订阅中", "已订阅", "生效", "已生效", "生效中", "在训", "上课中", "在学", "开通", "已开通", "启用",
    "活躍", "在讀", "在冊", "進行中", "服務中", "續費", "已續費", "未流失", "訂閱中", "已訂閱", "生效中", "啟用",
)  # fmt: skip
PAUSED: tuple[str, ...] = (
    "paused", "pause", "on pause", "on hold", "hold", "on break", "break", "suspended", "frozen", "freeze", "dormant",
    "snoozed", "sleeping", "maternity", "on leave", "holiday", "seasonal break", "in dispute", "past due", "unpaid",
    "pausiert", "en pause", "en pausa",
    "暂停", "已暂停", "暂停中", "冻结", "已冻结", "请假", "休学", "停卡", "休眠", "沉睡", "挂起", "欠费", "暂缓", "休会",
    "暫停", "凍結", "請假", "休學", "停卡", "掛起", "欠費", "休會",
)  # fmt: skip
TRIAL: tuple[str, ...] = (
    "trial", "trialing", "trialling", "free trial", "in trial", "on trial", "trial user", "pilot", "poc", "demo", "taster",
    "evaluation", "evaluating", "trial lesson",
    "试用", "试用中", "试用期", "试听", "试听中", "体验", "体验中", "体验课", "试课",
    "試用", "試用中", "試用期", "試聽", "體驗", "體驗中", "體驗課", "試課",
)  # fmt: skip
LEAD: tuple[str, ...] = (
    "lead", "prospect", "prospective", "potential", "enquiry", "inquiry", "interested", "waiting list", "waitlist",
    "wait list", "proposal", "proposal sent", "quote sent", "quoted", "negotiation", "negotiating", "qualified", "new lead",
    "contacted", "opportunity", "not yet", "to be onboarded", "onboarding", "pending", "invited", "applied", "applicant",
    "意向", "意向客户", "潜在", "潜在客户", "线索", "咨询", "咨询中", "跟进中", "待跟进", "洽谈", "洽谈中", "报价", "已报价",
    "待签约", "未签约", "候补", "排队", "预约", "未成交", "待成交", "意向中", "新线索",
    "潛在", "潛在客戶", "線索", "諮詢", "諮詢中", "跟進中", "待跟進", "洽談中", "報價", "待簽約", "候補", "預約",
)  # fmt: skip

#: The few that a flag in a cell may be written with as well; the others are titles too often.
PLAINLY_LEFT: tuple[str, ...] = ("churned", "left", "lost", "流失", "已流失")
PLAINLY_KEPT: tuple[str, ...] = ("active", "current", "在用", "正常", "未流失")

#: Groups of words, by what a customer's status is called in the code.
GROUPS: dict[str, tuple[str, ...]] = {
    "left": LEFT,
    "kept": KEPT,
    "paused": PAUSED,
    "trial": TRIAL,
    "lead": LEAD,
}

#: What each status is called; ``notice`` is who leaves on a day that is still to come,
#: ``unclear`` who cannot be read.
STATUS_NAMES: dict[str, Text] = {
    "left": Text("Left", "已流失"),
    "kept": Text("Customer", "在用"),
    "paused": Text("Paused", "暂停"),
    "trial": Text("Trial", "试用"),
    "lead": Text("Lead", "意向"),
    "notice": Text("Notice given", "已提出离开"),
    "unclear": Text("Unclear", "不明"),
}

#: A title that says who left, in words of its own or beside a date.
LEAVING = re.compile(
    r"\b(churn\w*|quit\w*|cancel(?:l?ed|l?ation|s)?|exit(?:ed|s)?|attrit\w*|lost|laps(?:ed|e)|terminat\w*"
    r"|closed?|closing|closure|ended|ends?|unsubscri\w*|dropped|dropout|drop out|gone|stopped|stop|resign\w*"
    r"|withdr\w*|deactivat\w*|depart\w*|no longer|discontinu\w*|leaves?|leaving|leaver|expired|inactive"
    r"|last day|final day|moved (?:out|away|on)|gone away|gekündigt|kündigung|austritt|résili\w*|baja|until|valid to|off ?board\w*|cancelation)\b"
    r"|^(has |have |they |is |date )?left( (on|us|date|at|when))?$|\b(date|when|day) (they )?left\b|\bleft (on|date)\b"
    r"|流失|离开|离网|离校|离店|离场|离职|退课|退订|退会|退出|退学|退卡|退租|退费日|注销|销户|停用|停课|停止|停机|终止|取消|解约|到期未续"
    r"|未续|不续|结束|结课|关闭|关停|止期|截止|終止|離開|離網|退課|退訂|退會|註銷|銷戶|停課|解約|到期未續|未續|結束|關閉"
)
#: Words of a title that make it speak of something else than the customer's end.
_OTHER_THING = (
    r"order|orders|lesson|lessons|class|classes|ticket|tickets|case|cases|complaint|complaints|fee|fees|reason|why"
    r"|count|number|times|visit|visits|meeting|appointment|appointments|deal|deals|payment|payments|invoice|invoices"
    r"|project|projects|task|tasks|delivery|shipping|shipment|refund|refunds|items|days|weeks|months|hours|minutes|credits"
    r"|balance|seats|points|amount|price|rate|score|risk|probability|likelihood|newsletter|email|mail|e mail|booking|bookings"
)
OTHER_THING = re.compile(
    rf"\b({_OTHER_THING})\b"
    r"|订单|訂單|工单|投诉|次数|次數|原因|理由|费用|金额|付款|支付|发货|物流|项目|任务|退款|概率|风险|天数|剩余|课时|邮件|发票|预约"
)
#: A title that says who is still there.
STAYING = re.compile(
    r"\b(active|is active|aktiv|actif|activo|retained|retention|current|still|live|subscribed|subscriber|alive|renewed|renews|enrolled"
    r"|in service|present|existing|ongoing|still (here|a customer|client|member)|stay(?:s|ed|ing)?|kept|member now)\b"
    r"|在用|在读|在籍|在册|活跃|有效|续费|续约|留存|在网|在约|仍在|现有|在训|活躍|在讀|續費|續約"
)
#: A title that says how a customer stands, in any way.
STATUS = re.compile(
    r"\b(status|state|standing|stage|situation|membership|account type|lifecycle|relationship|condition|current)\b"
    r"|状态|狀態|情况|情況|阶段|階段|客户类型|客户性质|合作情况|是否"
)
