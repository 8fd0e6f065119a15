"""The roles that a column of the owner's can have, and the titles that speak for each.

A title alone never decides: :mod:`csm_xl.company.roles` also looks at what the column holds.
"""

from __future__ import annotations

import re

from csm_xl.language import Text
from csm_xl.vocabulary.traditional import pattern

#: What each role is called on the Columns sheet. The keys are what options and ``--json`` say.
ROLES: dict[str, Text] = {
    "id": Text("id", "编号"),
    "name": Text("name", "名称"),
    "left": Text("left", "流失"),
    "start": Text("start", "开始"),
    "price": Text("price", "月费"),
    "revenue": Text("revenue", "收入"),
    "usage": Text("usage", "使用"),
    "rating": Text("rating", "评分"),
    "nps": Text("nps", "推荐分"),
    "last contact": Text("last contact", "最近联系"),
    "renewal": Text("renewal", "续约日"),
    "e-mail": Text("e-mail", "邮箱"),
    "phone": Text("phone", "电话"),
    "do not contact": Text("do not contact", "请勿联系"),
    "note": Text("note", "备注"),
    "personal": Text("personal", "个人信息"),
    "tenure": Text("tenure", "时长"),
    "points": Text("points", "积分"),
    "referred by": Text("referred by", "推荐人"),
    "customer": Text("customer", "客户"),
    "order number": Text("order number", "订单号"),
    "date": Text("date", "日期"),
    "amount": Text("amount", "金额"),
    "text": Text("text", "文字"),
    "feature": Text("feature", "特征"),
    "formula": Text("formula", "公式"),
    "csm-xl": Text("csm-xl", "csm-xl"),
    "ignore": Text("ignore", "忽略"),
}

#: The roles that the owner may set; "csm-xl" is a record, not a choice.
SETTABLE: tuple[str, ...] = tuple(role for role in ROLES if role != "csm-xl")

#: Roles that say who a person is or hold what is typed about one: never learned from.
NEVER_FEATURES = frozenset(
    [
        "id",
        "name",
        "left",
        "e-mail",
        "phone",
        "do not contact",
        "note",
        "personal",
        "referred by",
        "customer",
        "order number",
        "text",
        "csm-xl",
        "ignore",
    ]
)

_PERSON = (
    r"client|customer|member|student|pupil|account|company|contact|subscriber|user|patient|guest|buyer|shop|store|firm"
    r"|business|organi[sz]ation|org|household|family|tenant|donor|patron|parent|learner|attendee|participant|person|people"
    r"|who|full name|name|names|player|athlete|client name|school|brand|team|clinic|restaurant|salon|agency|owner name"
)
#: Titles by role, the surest role first. Latin titles are compared as words in lower case.
TITLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (role, pattern(expression))
    for role, expression in (
        (
            "do not contact",
            r"\b(do not|dont|don t|no) (contact|call|mail|e ?mail|disturb|phone|text|market\w*)\b|\bdnc\b|\bopt(ed)? out\b"
            r"|\b(un)subscribed from\b|\bleave alone\b|\bno (marketing|contact)\b"
            r"|勿扰|请勿|不要联系|拒绝联系|免打扰|不联系|勿打扰|請勿|不要聯繫|拒絕聯繫",
        ),
        (
            "e-mail",
            r"\be ?mails?\b|\bmail address\b|\b(courriel|correo)\b|邮箱|邮件|电邮|电子信箱|メール",
        ),
        (
            "phone",
            r"\b(phone|telephone|mobile|cell|cellphone|tel|whatsapp|handy|fax|telefon\w*|téléphone|teléfono|celular)\b"
            r"|手机|电话|联系方式|联络方式",
        ),
        (
            "referred by",
            r"\b(refer(red|ral)( by| from)?|referr?er|referral source|introduced by|introducer|recommended by|brought( in)? by"
            r"|invited by|inviter|who referred( them| you)?|came through|word of mouth)$"
            r"|\b(empfohlen von|parrain|parrainé par|recomendado por|presentato da|indicado por)\b"
            r"|推荐人|推薦人|介绍人|介紹人|邀请人|邀請人|推荐客户|转介绍|轉介紹|老带新|谁介绍|谁推荐|紹介者",
        ),
        (
            "points",
            r"^(loyalty |reward |rewards |bonus |member |membership |club |current )?(points|stamps|miles|points? balance)"
            r"( balance| earned| available| left| total)?$|^(punkte|puntos|punti|pontos|punten)$"
            r"|^(会员|可用|剩余|当前|累计|總|会员卡)?(积分|積分|印花)(余额|餘額|数|总数)?$|^保有ポイント$|^ポイント$",
        ),
        (
            "nps",
            r"\bnps\b|\b(likel\w*|willing\w*) to recommend\b|\brecommend(ation)?( score)?\b|推荐度|推荐分|推荐意愿|推薦度|推薦分|净推荐",
        ),
        (
            "rating",
            r"\b(rating|ratings|csat|happy|happiness|satisf\w*|stars?|mood|sentiment score|feedback score|review score)\b"
            r"|\b(bewertung|zufriedenheit|note moyenne|valoración)\b|满意|评分|評分|打分|星级|星級|评价等级",
        ),
        (
            "renewal",
            r"\b(renew\w*|next (payment|invoice|billing|charge|bill|due)|contract (end|until|to)|end of contract|expir(y|es|ation)"
            r"|valid (until|to|till)|due date|paid (until|to)|anniversary|ablauf\w*|laufzeitende|fälligkeit\w*|échéance|vencimiento|scadenza"
            r"|vencimento|verloopt|vervaldatum)\b|续费日|续约|续费时间|到期|下次(付款|扣费|续费)|有效期|續約|續費日",
        ),
        (
            "last contact",
            r"\b(last|latest|recent|most recent) (contact\w*|call|called|spoke\w*|seen|visit\w*|login|log in|log on|active|activity"
            r"|order|ordered|purchase|gift|donation|payment|delivery|sale|booking|appointment|attendance|lesson|class|session|meeting|touch|conversation|email|mail|message|check ?in|check in)\b"
            r"|\blast(ly)? (contacted|heard)\b|(上次|最近|最后|最後)(一次)?(联系|沟通|拜访|回访|跟进|登录|活跃|到店|上课|下单|消费|购买|聯繫|登錄|上課|下單)"
            r"|\bletzt\w* (kontakt|besuch|bestellung|anruf|termin|kauf|einkauf|login|training|stunde|buchung|zahlung)\b"
            r"|\bderni[eè]re? (contact|visite|commande|achat|appel|rendez vous|rdv|connexion|séance|cours|passage|paiement)\b"
            r"|\b[uú]ltim[ao] (contacto|contato|visita|compra|pedido|llamada|cita|sesión|clase|acceso|pago)\b"
            r"|\bultim[ao] (contatto|visita|acquisto|ordine|chiamata|appuntamento|lezione|accesso)\b"
            r"|\blaatste (contact|bezoek|bestelling|aankoop|afspraak|les|login)\b"
            r"|最終(来店|来館|来院|利用|購入|注文|連絡|ログイン)日?",
        ),
        (
            "start",
            r"^(start|started|since|from|joined|onboarded|begin|began|begun|enrolled)$"
            r"|\b(start|started|starting|joined?|join|sign ?up|sign up|signed( up)?|registered|registration|enrol\w*|onboard\w*"
            r"|customer since|client since|member since|became|first (order|purchase|seen|contact|lesson|visit|session)"
            r"|created?|opened|begin\w*|contract (start|from)|date added|added|acquired)( (date|on|at|day|time|month))?$"
            r"|\b(start|sign ?up|sign up|join\w*|registration|enrol\w*|onboarding|contract start) (date|day|on|month)\b"
            r"|\bsince\b|\b(beginn|beitritt|eintritt|vertragsbeginn|kunde seit|mitglied seit|inscription|adhésion|date d inscription|début|alta|fecha de alta"
            r"|inicio|iscrizione|início|adesão|ingangsdatum|aanmelding)\b"
            r"|开始|注册|入(?:会|学|园|住|驻|店|馆|队|团|塾|伙|网)|加入|加微|签约日|签约时间|签订|首次|首单|开户|成为|报名|入职日|开通|建档|建卡|办卡|开卡"
            r"|购卡|登录日期|登记|录入|添加(?:时间|日期)|起(?:始|租|保|订)|合作(?:日期|时间|起)|接手|契约日|登録日",
        ),
        (
            "tenure",
            r"\btenure\b|\b(days|weeks|months|years) (as|since|with us|on book)\b|\b(customer|member|account) age\b|在网(时长|月)|(会|客|店|司|户|用户)龄$",
        ),
        (
            "id",
            r"\b(id|no|nr|number|code|ref|reference|uid|key|num)$|^(id|no|nr|ref|code|number)\b|#$"
            r"|编号|编码|代码|号码|单号|号$|工号|学号|卡号|會員號|編號|編碼",
        ),
        (
            "price",
            r"\b(mrr|retainer|monthly (fee|price|charge|charges|amount|rate|payment|spend|revenue|value|retainer|cost)"
            r"|(fee|price|charge|rate|amount|cost|subscription|spend|payment|dues|rent|tuition)( a| per| each)? month"
            r"|price|fee|fees|subscription (fee|price)|membership fee|rate|tuition|dues|rent|^per month$|^monthly$|arr|annual (fee|price)"
            r"|yearly (fee|price)|(fee|price)( a| per)? year)\b"
            r"|\b(\w*beitrag|\w*prämie|monatlich|\w*gebühr|\w*preis|\w*miete|honorar|cotisation|tarif|abonnement|mensualité|prix|cuota|mensualidad|precio|tarifa|canone"
            r"|quota|mensalidade|preço|contributie|maandbedrag)\b"
            r"|^(pm|pcm|p m|p c m|a month|mtl|pro monat|par mois|al mes|al mese)$|月[^\d\s]{0,4}费|月付|月租|月供|月消费|月收|月缴|月服务费|每月(?!.*(?:次|课|天|单|时))|学费|会费|(?<!客)单价|价格|服务费|年费|续费金额|套餐价|月额|料金|会费",
        ),
        (
            "revenue",
            r"\b(revenue|total (spend|spent|sales|paid|revenue|billed)|turnover|lifetime (value|spend|revenue)|ltv|sales|billed|spent|spend"
            r"|invoiced|takings|income|paid to date)\b|消费(金额|总额|额)|累计消费|收入|营业额|销售额|成交额|交易额|消費|營業額|銷售額",
        ),
        (
            "usage",
            r"\b(usage|logins?|log ?ins?|visits?|sessions?|attendance|attended|check ?ins?|active days|days active|hours used|api calls"
            r"|lessons? (booked|taken|attended)|classes( booked| taken| attended)?|bookings?|downloads|views|page views|uses|used|workouts?"
            r"|minutes|orders (last|this)|opens|messages sent|reports run|transactions)\b"
            r"|\b(besuche|nutzung|anmeldungen|visites|séances|visitas|sesiones|clases|visite|visitas|bezoeken)\b"
            r"|登录|登入|使用|访问|到店(次数)?|到访|到课|出席|到场|上课次数|上课|课时|活跃(天|次)|签到|打卡|出勤|次数|时长|来店|来馆|利用|回数",
        ),
        (
            "note",
            r"\b(notes?|comments?|remarks?|memo|description|details|observations?|to ?do|next step)\b|备注|说明|評語|备忘|描述|跟进内容|備註|說明",
        ),
        (
            "personal",
            r"\b(address|street|postcode|post code|zip|zip code|birthday|birth ?date|date of birth|dob|born|passport|ssn|iban|account number"
            r"|bank|card|tax (id|number)|vat (id|number)|wechat|weixin|qq|line id|instagram|facebook|linkedin|twitter|url|website|gender|ip)\b"
            r"|地址|住址|生日|出生|身份证|护照|银行|卡号|微信|邮编|网址|税号|性别|地址|身分證|護照|銀行",
        ),
        (
            "name",
            rf"^(the |our )?({_PERSON}|kunde|kunden|mitglied|cliente|membre|socio|klient)s?( (name|names|full name))?$"
            r"|^(first|last|full|given|family|sur|business|trading|display) ?names?$|姓名|名称|名字|客户名|^客户$|^会员$|^学员$|^学生$"
            r"|^店铺$|^公司$|^企业$|^用户$|^商户$|^单位$|^家长$|^顾客$|联系人|昵称|名稱|^客戶$|^會員$|^學員$|^學生$|^店鋪$|^用戶$|^患者$|^住户$|^业主$",
        ),
    )
)

#: Counts of what went wrong are no usage.
TROUBLE = pattern(
    r"\b(complain\w*|cancel\w*|missed|no ?shows?|absen\w*|late|overdue|refund\w*|return(s|ed)|tickets?|issues?|failed|unpaid|lost"
    r"|beschwerden|reklamationen|réclamations|quejas|reclami)\b"
    r"|投诉|客诉|差评|退|缺|请假|旷|迟到|逾期|欠|取消|未|失败|故障|工单|剩余|クレーム|苦情"
)
#: Titles under which yes means that the customer may be contacted.
CONSENT = pattern(
    r"\b(ok|okay|may|can|happy|agreed|consents?|permission|allowed|opt(ed)? in|opt in)\b.*\b(contact\w*|call\w*|e ?mails?|mail\w*|phone\w*|text|market\w*)\b"
    r"|\b(contact|marketing|call|e ?mail|gdpr) (ok|okay|consent|permission|allowed|opt in)\b|\bgdpr\b"
    r"|(?:可以?|同意|允许|接受)(?:被)?(?:联系|打扰|回访|营销|推送|短信)"
)
#: What the values of a column of numbers of customers look like: C-0012, 6222021234567800003.
CODES = re.compile(
    r"(?=.*\d)[A-Za-z]{0,6}[-_ /#]?\d{3,24}(?:[-/]\d{1,6})?|[0-9a-f]{8}-[0-9a-f-]{27}"
)
