"""What people write about whether a customer is still there: left, kept, or neither.

*Neither* is who is no customer in the full sense: on pause, on trial, or only a lead. Nothing is
learned from them, and they have no place in churn figures.
"""

from __future__ import annotations

import re

from csm_xl.language import Text
from csm_xl.vocabulary.traditional import pattern

LEFT: tuple[str, ...] = (
    "left", "has left", "churned", "churn", "cancelled", "canceled", "cancel", "cancellation", "cancelled by us",
    "quit", "closed", "close", "ended", "end", "lost", "inactive", "non active", "not active", "stopped", "stop",
    "expired", "lapsed", "terminated", "termination", "exited", "exit", "gone", "former", "ex", "past", "previous",
    "old", "dropped", "dropped out", "drop out", "dropout", "withdrawn", "withdrew", "unsubscribed", "deactivated",
    "disabled", "departed", "resigned", "moved away", "moved on", "moved out", "no longer", "not renewed",
    "non renewed", "did not renew", "discontinued", "finished", "switched", "archived", "dead", "attrited",
    "attrited customer", "refused", "deleted", "out", "no longer a customer", "went to competitor", "left us", "incomplete expired",
    "discharged", "transferred", "transferred out", "moved", "moved house", "relocated", "graduated", "deceased", "died", "bankrupt",
    "insolvent", "in liquidation", "out of business", "ceased", "ceased trading", "retired", "not returning", "not coming back",
    "not continuing", "non returning", "non renewal", "gone elsewhere", "went elsewhere", "uninstalled", "void", "revoked", "blocked",
    "banned", "removed", "offboarded", "off boarded", "off roll", "leaver", "ex member", "ex client", "cxl", "cxld", "canx", "closed lost",
    "vacated", "evicted", "surrendered", "sold", "gave up", "given up", "defected", "not in use", "out of contract",
    "gekündigt", "kündigung", "inaktiv", "ausgetreten", "beendet", "ehemalig", "abgemeldet", "weg", "storniert", "résilié", "résiliée",
    "inactif", "inactive", "parti", "partie", "terminé", "annulé", "radié", "baja", "de baja", "inactivo", "inactiva", "cancelado",
    "cancelada", "perdido", "perdida", "disdetto", "cessato", "inattivo", "perso", "inativo", "encerrado", "opgezegd", "inactief", "gestopt",
    "解約", "解約済", "解約済み", "退会", "退会済", "退会済み", "契約終了", "終了", "無効", "卒業", "退塾", "休眠顧客",
    "流失", "已流失", "已离开", "离开", "离网", "已离网", "退订", "已退订", "注销", "已注销", "销户", "已销户",
    "停用", "已停用", "停机", "停课", "已停课", "退课", "已退课", "退会", "已退会", "退出", "已退出", "退学", "已退学",
    "取消", "已取消", "终止", "已终止", "终止合作", "停止合作", "不再合作", "解约", "已解约", "到期", "已到期", "过期", "已过期",
    "到期未续", "未续费", "不续", "不续费", "失效", "已失效", "失联", "关闭", "已关闭", "结束", "已结束", "已结课", "结课",
    "毕业", "已毕业", "转校", "已转校", "转学", "已转学", "转出", "已转出", "拿证", "已拿证", "已取证", "已考完", "流失客户", "无效", "离职", "搬走", "非活跃", "不活跃", "休眠流失",
    "流失戶", "已離開", "離開", "離網", "退訂", "已退訂", "註銷", "已註銷", "銷戶", "停課", "退課", "已退課", "退會", "已退會",
    "終止", "已終止", "解約", "已解約", "到期未續", "未續費", "不續", "失效", "失聯", "關閉", "已關閉", "結束", "已結束",
)  # fmt: skip
KEPT: tuple[str, ...] = (
    "active", "current", "live", "subscribed", "kept", "retained", "existing", "existing customer", "ongoing", "on going",
    "in service", "open", "ok", "okay", "good", "good standing", "in good standing", "renewed", "paying", "paid up", "enrolled",
    "registered", "running", "continuing", "in progress", "present", "still here", "still active", "here", "member",
    "regular", "customer", "client", "valid", "normal", "engaged", "signed", "contracted", "onboard", "onboarded",
    "in force", "under care", "in care", "in treatment", "on treatment", "on books", "on the books", "on roll", "attending", "staying",
    "with us", "still with us", "in contract", "under contract", "on contract", "contract running", "occupied", "let", "full member",
    "auto renew", "in use", "using", "returning", "loyal", "past due", "overdue", "unpaid", "in arrears", "delinquent", "late", "owes",
    "aktiv", "actif", "active", "activo", "activa", "attivo", "attiva", "ativo", "actief", "laufend", "läuft", "bestand", "en cours",
    "vigente", "in corso", "lopend", "契約中", "利用中", "継続", "継続中", "有効", "在籍", "在籍中", "通院中", "欠费",
    "在用", "活跃", "正常", "有效", "在读", "在籍", "在册", "在保", "合作中", "合作", "使用中", "进行中", "服务中", "履约中", "学习中", "培训中", "备考中", "待约考", "约考中", "练车中", "入驻中", "在住", "在租", "已续费",
    "续费", "已续", "留存", "在网", "在约", "未流失", "在职", "存续", "现有", "老客户", "正式", "正式客户", "签约", "已签约",
    "已成交", "成交", "订阅中", "已订阅", "生效", "已生效", "生效中", "在训", "上课中", "在学", "开通", "已开通", "启用",
    "活躍", "在讀", "在冊", "進行中", "服務中", "續費", "已續費", "未流失", "訂閱中", "已訂閱", "生效中", "啟用",
)  # fmt: skip
PAUSED: tuple[str, ...] = (
    "paused", "pause", "on pause", "on hold", "hold", "on break", "break", "suspended", "frozen", "freeze", "dormant",
    "snoozed", "sleeping", "maternity", "on leave", "holiday", "seasonal break", "in dispute",
    "pausiert", "ruhend", "ruht", "beitragsfrei", "beitragsfrei gestellt", "stillgelegt", "en pause", "suspendu", "en pausa", "suspendido", "in pausa", "sospeso", "gepauzeerd", "休会中", "停止中",
    "暂停", "已暂停", "暂停中", "休园", "停园", "休店", "休馆", "停保", "暂停服务", "冻结", "已冻结", "请假", "休学", "停卡", "休眠", "沉睡", "挂起", "暂缓", "休会",
    "暫停", "凍結", "請假", "休學", "停卡", "掛起", "休會",
)  # fmt: skip
TRIAL: tuple[str, ...] = (
    "trial", "trialing", "trialling", "free trial", "in trial", "on trial", "trial user", "pilot", "poc", "demo", "taster",
    "evaluation", "evaluating", "trial lesson", "probe", "testphase", "essai", "prueba", "prova", "体験", "お試し",
    "试用", "试用中", "试用期", "试听", "试听中", "体验", "体验中", "体验课", "试课",
    "試用", "試用中", "試用期", "試聽", "體驗", "體驗中", "體驗課", "試課",
)  # fmt: skip
LEAD: tuple[str, ...] = (
    "lead", "prospect", "prospective", "potential", "enquiry", "inquiry", "interested", "waiting list", "waitlist",
    "wait list", "proposal", "proposal sent", "quote sent", "quoted", "negotiation", "negotiating", "qualified", "new lead",
    "contacted", "opportunity", "interessent", "interesado", "見込み", "見込み客", "not yet", "to be onboarded", "onboarding", "pending", "pendiente", "pendente", "en attente", "in attesa", "ausstehend", "incomplete", "invited", "applied", "applicant",
    "意向", "意向客户", "潜在", "潜在客户", "线索", "咨询", "咨询中", "跟进中", "待跟进", "洽谈", "洽谈中", "报价", "已报价",
    "待签约", "未签约", "候补", "排队", "预约", "未成交", "待成交", "意向中", "新线索",
    "潛在", "潛在客戶", "線索", "諮詢", "諮詢中", "跟進中", "待跟進", "洽談中", "報價", "待簽約", "候補", "預約",
)  # fmt: skip

#: Who has said that they will leave: a customer until then.
NOTICE: tuple[str, ...] = (
    "notice", "notice given", "gave notice", "given notice", "on notice", "in notice", "leaving", "leaving soon", "cancelling", "canceling",
    "pending cancellation", "cancellation pending", "cancel at period end", "cancels at period end", "to be cancelled", "to cancel",
    "will leave", "will cancel", "set to cancel", "non renewing", "not renewing", "ending soon", "winding down", "has given notice",
    "待退", "待退课", "待退会", "待离场", "待解约", "即将退出", "已提出离开", "已提解约", "申请退出", "申请退课",
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
    "notice": NOTICE,
}

#: How Chinese says it in a few signs of its own, tried in this order on a column that is known to
#: speak of a status. Whether 退 is left or 未退 is kept stands in the order.
STEMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (status, re.compile(expression))
    for status, expression in (
        ("kept", r"(?:未|没有?|尚未|无)(?:退|流失|离|停|断|解约|终止|注销|到期|过期|毕业)|待续|(?:快|即将|将|近期)(?:要)?到期"),
        ("notice", r"(?:即将|准备|打算|申请|预约|拟|计划|提出|已提|待|想|要)(?:要)?(?:退|离|停|解约|转走|转出|转学|终止|注销|不续|搬)"),
        ("paused", r"暂停|冻结|请假|休(?:学|会|眠|息|课)|停卡|挂起|延期|暂缓|沉睡|保留学籍"),
        ("trial", r"试(?:用|听|课|学|吃|住|玩|训)|体验"),
        ("left", r"不续|未续|没续|断(?:约|缴|供|保|联|了)|不(?:再|做|用|来|学|练|上课|买|订|合作|干|需要|租|住)"),
        ("lead", r"意向|潜在|线索|咨询|跟进|洽谈|报价|待(?:签|开通|定|成交)|未(?:签|成交)|候补|排队|预约"),
        (
            "left",
            r"退(?!款|货|换|税|回|单)|转(?:走|校|学|店|出|会所|机构|让)|流失|流走|离(?:开|网|校|店|园|场|职|世|馆)|已离|解约|解除|终止"
            r"|停(?:止|用|课|学|机|了|掉|单|保|办|租|约|业|售)|注销|销(?:户|卡|号)|取消|作废|失效|没来|搬(?:走|家|离|迁)|倒闭"
            r"|关(?:店|门|闭|停)|歇业|去世|失联|拉黑|删除|走了|跑了|已走|到期|过期|期满|结束|结课|毕业|换(?:了)?(?:别|其他)家|拆店|撤店",
        ),
        (
            "kept",
            r"在(?:用|读|学|籍|册|园|住|租|职|网|约|保|练|训|校|会|店|期|馆|服)|[还仍]在|续(?:费|约|签|订|卡|了|保|租)|正常|有效|活跃|合作"
            r"|使用|进行|服务|履约|执行|生效|存续|留存|老(?:客|会员|学员)|正式|签约|成交|开通|启用|激活|良好|稳定|长期|欠费|订阅|租用|治疗|疗程|培训|上课|学习中",
        ),
    )
)  # fmt: skip
#: How an English status begins that says more than its word: left in May, cancelled: too dear.
OPENINGS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (status, re.compile(expression))
    for status, expression in (
        ("kept", r"(?:not|never|hasn t|has not) (?:left|cancel\w*|quit|closed|expired|lapsed)\b"),
        ("notice", r"(?:leaving|cancelling|canceling|ending|will (?:leave|cancel|stop|end)|gave notice|given notice|notice)\b"),
        (
            "left",
            r"(?:has |have |client |they )?(?:left|cancel(?:l?ed)|stopped|quit|gone|closed|ended|terminated|churned|lost|moved|dropped out"
            r"|resigned|expired|lapsed|withdrew|withdrawn|inactive|former|discharged|deceased|transferred)\b",
        ),
        ("kept", r"(?:still|active|current|live|subscribed|renewed|ongoing|continuing|in contract|paying)\b"),
    )
)  # fmt: skip

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
LEAVING = pattern(
    r"\b(churn\w*|quit\w*|cancel(?:l?ed|l?ation|s)?|exit(?:ed|s)?|attrit\w*|lost|laps(?:ed|e)|terminat\w*"
    r"|closed?|closing|closure|ended|ends?|unsubscri\w*|dropped|dropout|drop out|gone|stopped|stop|resign\w*"
    r"|withdr\w*|deactivat\w*|depart\w*|no longer|discontinu\w*|leaves?|leaving|leaver|expired|inactive"
    r"|last day|final day|moved (?:out|away|on)|gone away|until|valid to|off ?board\w*|cancelation|discharged?|departure|vacated|defected"
    r"|gekündigt\w*|kündigung\w*|austritt\w*|ausgetreten|abmeldung|vertragsende|résili\w*|resili\w*|départ|fin de contrat|date de fin"
    r"|baja|cancelaci[oó]n|disdett\w*|cancelamento|opgezegd|opzegging|uitgeschreven)\b"
    r"|^(?:has |is )?finished$|^(has |have |they |is |date )?left( (on|us|date|at|when))?$|\b(date|when|day) (they )?left\b|\bleft (on|date)\b"
    r"|流失|离开|离网|离校|离店|离场|离职|离园|离馆|退(?!款|货|换|税|回|单|件)|注销|销户|停用|停课|停止|停机|停保|终止|取消|解约|到期未续"
    r"|转走|转出|断约|搬走|契约终了|卒业"
    r"|未续|不续|结束|结课|关闭|关停|止期|截止|終止|離開|離網|退課|退訂|退會|註銷|銷戶|停課|解約|到期未續|未續|結束|關閉"
)
#: Words of a title that make it speak of something else than the customer's end.
_OTHER_THING = (
    r"order|orders|lesson|lessons|class|classes|ticket|tickets|case|cases|complaint|complaints|fee|fees|reason|why"
    r"|count|number|times|visit|visits|meeting|appointment|appointments|deal|deals|payment|payments|invoice|invoices"
    r"|project|projects|task|tasks|delivery|shipping|shipment|refund|refunds|items|days|weeks|months|hours|minutes|credits"
    r"|balance|seats|points|amount|price|rate|score|risk|probability|likelihood|newsletter|email|mail|e mail|booking|bookings"
)
OTHER_THING = pattern(
    rf"\b({_OTHER_THING}|grund|raison|motif|motivo)\b"
    r"|订单|工单|投诉|次数|原因|理由|费用|金额|付款|支付|发货|物流|项目|任务|退款|概率|风险|天数|剩余|课时|邮件|发票|预约"
    r"|率$|数$|数量|笔"
)
#: A title that says who has announced to leave; what a day beneath it means is not said.
NOTICE_TITLE = pattern(
    r"\b(notice|notice (given|date|received)|gave notice|resignation (letter|received))\b"
    r"|(?:提出|申请|预约|拟|待)(?:退|离|停|解约|终止)"
)
#: A title that says who is still there.
STAYING = pattern(
    r"\b(active|is active|aktiv|actif|activo|activa|attivo|ativo|actief|coming|attending|with us|retained|retention|current|still|live|subscribed|subscriber|alive|renewed|renews|enrolled"
    r"|in service|present|existing|ongoing|still (here|a customer|client|member)|stay(?:s|ed|ing)?|kept|member now)\b"
    r"|在用|在读|在籍|在册|活跃|有效|续费|续约|留存|在网|在约|仍在|现有|在训|活躍|在讀|續費|續約"
)
#: A title that says how a customer stands, in any way.
STATUS = pattern(
    r"\b(status|state|standing|stage|situation|membership|account type|lifecycle|relationship|condition|current|where (we|they|it) stands?"
    r"|statut|estado|stato|situación|zustand|stand|toestand)\b"
    r"|状态|情况|状况|现状|近况|阶段|客户类型|客户性质|进度|进展|是否|ステータス"
)

#: From so many days of leaving on, the owner is taken to note them all; else silence is leaving.
LEAST_NOTED = 5
