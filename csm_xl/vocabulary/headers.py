"""What other programs and people call our columns.

Headers are compared after :func:`normalised`. Within a column the order of its aliases is the
order of preference: a paid amount before a list price, a payment date before an order date.
Sources: the exports of HubSpot, Salesforce, Zoho CRM, Shopify (customers, orders), Stripe
(customers, payments, subscriptions), 淘宝 and 天猫 (ExportOrderList), 拼多多 (orders_export), 有赞,
微店 and 问卷星, and the column names of the two articles that csm-xl follows.
"""

from __future__ import annotations

import re

from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.months import without_accents
from csm_xl.vocabulary.traditional import simplified

_BRACKETS = re.compile(r"[(\[{【（「].*?[)\]}】）」]")
_NUMBERING = re.compile(r"^(?:q|第)?\s*\d{1,3}\s*[题.、:：)]\s*")
#: Kana and hangul are letters too.
_NOT_WORD = re.compile(r"[^0-9a-z\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


def normalised(header: object, *, brackets: bool = True) -> str:
    """A header as it is compared: half width, lower case, simplified, letters and digits, no accents.

    A question's number in front ("3、", "Q2.") and spaces, underscores and punctuation go. With
    ``brackets=False`` so does what stands in brackets, such as a unit: "商品总价(元)".
    """
    text = without_accents(simplified(folded(str(header)))) if header is not None else ""
    if not brackets:
        text = _BRACKETS.sub(" ", text)
    shorter = _NUMBERING.sub("", text)
    return _NOT_WORD.sub("", shorter or text)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split("|"))


_CUSTOMER_ID = _names(
    "customer id|customer number|customer no|customer code|customerid|client id|client number"
    "|客户id|客户号|客户编码|客户代码|会员编号|会员号|会员id|会员卡号|用户id|用户编号|顾客编号"
    "|买家id"
    "|账号|account id|account number|contact id|record id|record id - contact|contact record id"
    "|user id|userid|member id|id"
)
#: How a row of orders, feedback or contacts tells whose it is, best first.
_WHOSE = _CUSTOMER_ID[:-1] + _names(
    "customer|client|客户|会员|用户|顾客|买家会员名|买家昵称|客户昵称|买家账号|买家用户名"
    "|客户名称|客户姓名"
    "|email|customer email|e-mail|email address|billing email|邮箱|买家手机号|收货人手机号"
    "|收货人手机"
    "|联系手机|手机号|手机|电话|phone|微信昵称|用户昵称|昵称|account name|contact name"
    "|customer name"
    "|related to|associated contact|associated contact ids|requester|requester email|填写者|姓名"
)

ALIASES: dict[str, dict[str, tuple[str, ...]]] = {
    "customers": {
        "customer_id": _CUSTOMER_ID,
        "name": _names(
            "full name|contact name|customer name|client name|billing name|name|客户姓名|客户名称"
            "|客户名|会员姓名|真实姓名|联系人|收货人|收货人姓名|收件人|买家姓名|昵称|客户昵称"
            "|买家昵称"
            "|买家会员名|微信昵称|会员名"
        ),
        "company": _names(
            "company name|account name|organisation|organization|associated company"
            "|primary associated company|billing company|default address company|公司名称|单位"
            "|单位名称"
            "|企业名称|客户公司"
        ),
        "email": _names(
            "email address|e-mail address|customer email|billing email|mail|电子邮箱|电子邮件"
            "|邮箱地址"
            "|邮件"
        ),
        "phone": _names(
            "phone number|mobile phone number|mobile|mobile phone|telephone|cell phone|tel"
            "|default address phone|billing phone|手机号|手机|手机号码|联系电话|联系手机|联系方式"
            "|电话号码"
            "|会员手机号|客户手机号|买家手机号|收货人手机"
        ),
        "city": _names(
            "town|mailing city|billing city|default address city|shipping city|address city"
            "|所在城市|市|城市名|所在地|所在地区|地区|省市"
        ),
        "source": _names(
            "source|lead source|referral source|original source|original traffic source|acquisition channel|channel"
            "|utm source|客户来源|来源渠道|获客渠道|渠道|来源方式|会员来源|注册来源"
        ),
        "plan": _names(
            "plan name|plan tier|plan type|subscription|subscription plan|product|price name|tier|membership"
            "|contract|套餐|订阅|订阅方案|会员等级|会员类型|会员级别|版本|会员卡"
        ),
        "start": _names(
            "start date|started on|customer since|became a customer date|start (utc)|signup date"
            "|sign up date|joined|joined on|member since|first purchase|first order date"
            "|first order|created (utc)|create date|created date|created time|created at|created"
            "|date added|customer created|成为客户时间|首次购买时间|首次消费时间|首单时间"
            "|首次下单时间"
            "|注册时间|注册日期|入会时间|加入时间|开通时间|开通日期|创建时间|开始时间|成为会员时间"
        ),
        "left_on": _names(
            "left|left date|end date|ended on|ended at (utc)|ended at|canceled at (utc)"
            "|canceled at|cancelled at|cancellation date|cancelled on|churn date|churned on"
            "|date churned|流失时间|离开日期|取消日期|取消时间|退订时间|退订日期"
            "|到期未续"
            "|终止日期|注销时间|停用日期"
        ),
        "points": _names(
            "loyalty points|reward points|point balance|会员积分|可用积分|剩余积分|积分余额"
        ),
        "referred_by": _names("referrer|referral|referred|介绍人|邀请人|推荐客户|上级"),
        "do_not_contact": _names(
            "do not call|do not email|email opt out|has opted out of email|opted out"
            "|unsubscribed|unsubscribed from all email|勿扰|不要联系|拒绝联系|免打扰|退订"
        ),
        "note": _names("notes|comment|comments|description|remark|remarks|客户备注|说明|标签备注"),
        "address": _names(
            "street|street address|mailing street|billing street|address1"
            "|default address address1|收货地址|详细地址|联系地址|住址"
        ),
        "churned": (),
        "price": _names("monthly charges|mrr|amount|monthly amount|price|每月费用|月消费|订阅价格"),
        "last_seen": _names(
            "last activity date|last activity|last activity time|last activity (utc)|last login"
            "|last contacted|最近访问时间|最后登录|最近登录时间|最近活跃时间|最近消费时间"
            "|上次消费时间"
        ),
        "usage": _names(
            "usage|frequency|login count|number of sessions|访问次数|登录次数|活跃天数"
        ),
        "usage_time": _names("usage duration|usage hours|time spent|duration|在线时长|停留时长"),
        "feedback_count": _names("feedback count|number of feedbacks|反馈次数|评价次数|评价数"),
        "positive_feedback": _names("positive reviews|positive|好评数|好评|正面评价|满意数"),
        "total_feedback": _names(
            "feedback total|reviews|number of reviews|总评价|总评价数|反馈总数"
        ),
        "repeat_purchases": _names("repeat orders|repurchases|复购次数|回购次数|重复购买"),
        "total_purchases": _names(
            "total orders|orders count|order count|number of orders|payment count|累计消费次数"
            "|购买次数|累计购买次数|总订单数|消费次数|下单次数|交易笔数"
        ),
        "total_spend": _names(
            "total spent|total revenue|lifetime value|amount spent|累计消费金额|累计消费额"
            "|累计消费|消费金额"
            "|交易总额|总消费"
        ),
    },
    "orders": {
        "order_id": _names(
            "order number|order id|order name|order|orderid|订单编号|订单id|订单号码|主订单编号"
            "|父订单号"
            "|交易编号|交易号|订单流水号|name|payment id|transaction id|charge id|id"
            "|opportunity name"
            "|deal name|商户订单号|流水号|invoice num|doc number|document number|document no|voucher no|receipt number|receipt no|receipt"
            "|transaction number|transaction no|num|单据编号|单据号|单号|凭证号|小票号|账单号"
        ),
        "invoice": _names("invoice|invoice number|invoice id|发票号码|发票编号|票据号"),
        "date": _names(
            "order date|date of order|purchase date|ordered at|ordered on|placed at|purchased at|bought at|order time|order timestamp"
            "|order ts|paid at|payment date|订单付款时间|付款时间"
            "|买家付款时间"
            "|支付时间"
            "|订单支付时间|订单成交时间|成交时间|created at|created date (utc)|created (utc)"
            "|created"
            "|created date|create date|close date|closing date|订单创建时间|下单时间|下单日期"
            "|订单时间"
            "|订单日期|订单提交时间|交易时间|购买日期|拍下时间|invoice date|invoicedate"
        ),
        "customer_id": _WHOSE,
        "kind": _names("transaction type|type|order type|订单类型|交易类型|业务类型"),
        "product": _names(
            "product name|lineitem name|item|item name|items|description|商品名称|商品|商品标题"
            "|宝贝标题"
            "|宝贝名称|标题|产品|产品名称|货品名称|全部商品名称|服务项目"
        ),
        "quantity": _names(
            "qty|lineitem quantity|number of items|商品数量|商品数量（件）|宝贝总数量|购买数量"
            "|件数|商品件数"
            "|数量（件）|商品总数量"
        ),
        "amount": _names(
            "total|order total|total paid|amount paid|grand total|net amount|net sales"
            "|total price|totalprice|line total|order value|total amount"
            "|买家实际支付金额"
            "|订单实付金额|实付金额|用户实付金额|实付款|实际支付|实收金额|商家实收金额|实收款"
            "|订单实付|支付金额"
            "|订单金额|交易金额|付款金额|成交金额|订单总金额|订单总价|买家应付货款|应付金额"
            "|总金额|商品总价|合计"
            "|总价|金额（元）|converted amount|gross amount|gross total|gross|net total|net|revenue|sales|value|spend|price|subtotal"
        ),
        "currency": _names("currency code|币别|货币"),
        "refunded": _names(
            "amount refunded|refund amount|refund|refunded|total refunded|refunded total|refund total|total refunds|refunds"
            "|partial refund|refunded value|成功退款|退款额|已退款金额|退款总额|售后退款金额"
        ),
        "status": _names(
            "financial status|status|payment status|stage|deal stage|售后状态|交易状态|支付状态"
            "|状态"
        ),
        "buyer": _names(
            "buyer name|billing name|shipping name|收货人|收货人姓名|收件人|买家姓名|姓名"
        ),
        "phone": _names(
            "phone number|billing phone|shipping phone|联系手机|手机|手机号|收货人手机"
        ),
        "address": _names(
            "shipping street|shipping address1|billing street|收货地址|详细地址|街道"
        ),
    },
    "feedback": {
        "feedback_id": _names(
            "response id|ticket id|ticket number|case number|review id|survey id|序号|答卷编号"
            "|反馈编号"
            "|工单号|评价id|id"
        ),
        "date": _names(
            "response date|submitted at|submission date|survey date|review date|date submitted"
            "|created at|created date|create date|created time|date/time opened|timestamp"
            "|提交答卷时间"
            "|提交时间|答题时间|填写时间|评价时间|评论时间|反馈时间|反馈日期|投诉时间|创建时间|时间"
        ),
        "customer_id": _WHOSE,
        "kind": _names("type|feedback type|case origin|source|反馈类型|反馈来源|渠道"),
        "rating": _names(
            "overall rating|satisfaction|csat|csat score|score|stars|star rating|overall"
            "|overall satisfaction|满意度|总体满意度|整体满意度|总评分|综合评分|星级|评价等级"
            "|评价星级|打分"
            "|分数|客户满意度"
        ),
        "functional": _names(
            "functional|product rating|product quality|quality|功能满意度|产品满意度|商品评分"
            "|描述相符"
            "|宝贝与描述相符|商品质量|质量评分"
        ),
        "service": _names(
            "service rating|support rating|service satisfaction|服务满意度|服务态度|卖家服务态度"
            "|客服评分"
            "|客服满意度"
        ),
        "emotional": _names(
            "emotional|feeling rating|emotional satisfaction|情感满意度|情感评价|感受"
        ),
        "recommend": _names(
            "nps|nps score|likelihood to recommend|recommendation|推荐分|推荐度|推荐指数|推荐可能性"
            "|净推荐值"
        ),
        "text": _names(
            "comment|comments|feedback|review|review body|response|message|description"
            "|ticket description|subject|评价内容|评论内容|评论|评价|反馈内容|投诉内容|意见|建议"
            "|意见和建议"
            "|意见与建议|其他建议|留言|买家评价"
        ),
        "status": _names("case status|ticket status|state|工单状态|投诉状态|状态|处理进度"),
        "response_hours": _names(
            "first response time|time to first response|first reply time|响应时间|首次响应时间"
            "|响应时长"
            "|处理时长"
        ),
        "contact": _names("email|phone|邮箱|手机号|手机|联系方式|联系电话|电话"),
    },
    "contacts": {
        "date": _names(
            "activity date|contact date|due date|created at|created time|create date|timestamp"
            "|联系日期|联系时间|沟通时间|跟进时间|访问时间|创建时间|时间|call start time"
        ),
        "customer_id": _WHOSE,
        "channel": _names("activity type|medium|source|联系渠道|沟通方式|联系方式|跟进方式|途径"),
        "kind": _names("type|subject|event|activity|purpose|联系类型|事项|事件|目的|行为"),
        "times": _names("count|number|sessions|quantity|频次|数量"),
        "note": _names("notes|comments|description|summary|沟通内容|跟进内容|内容|说明"),
    },
}

_SATISFIED = (
    r"满意|评分|打分|satisf|rating|howwouldyourate|zufrieden|bewert|soddisf|valor|tevreden|满足"
)
_RATED = rf"(?=.*(?:{_SATISFIED}|评价|rate))"
#: What asks how good something was.
RATED = re.compile(rf"{_SATISFIED}|评价|experience|体验")
#: A question of a survey, where no alias fits: the first pattern found in the header decides.
PATTERNS: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "feedback": (
        ("recommend", re.compile(r"推荐|recommend|weiterempf|recommand|recomend|raccomand|consigli|aanbevel|すすめ|お勧め")),
        ("service", re.compile(rf"(?=.*(?:服务|客服|态度|service|support|servicio|servizio|接客|サービス)){_RATED}")),
        ("functional", re.compile(rf"(?=.*(?:产品|商品|功能|质量|品质|product|quality|function|produkt|qualitat|produit|qualite|producto|calidad|prodotto)){_RATED}")),
        ("emotional", re.compile(r"情感|感受|心情|feel|emotion")),
        ("rating", re.compile(_SATISFIED)),
        ("text", re.compile(r"意见|建议|想说|反馈|留言|comment|suggest|feedback|tell us|improve|verbesser|anmerkung|mitteilen|amelior|mejorar|migliorare|感想|自由记述|改善")),
        ("contact", re.compile(r"手机|电话|邮箱|微信|email|phone|メール|电话番号")),
    ),
}  # fmt: skip

#: Headers of the column that says who left, best first. 1, yes, true, 是 mean left.
LABELS = _names(
    "churned|churn|是否流失|流失|已流失|exited|attrition|attrition flag|customer status churned"
    "|left|has left|is churned|is churn|churn flag|churn label|churn value|churned flag|lost"
    "|cancelled|canceled|是否离开|是否离网|是否注销|是否退订|流失标志|流失标签|是否流失客户|离网"
    "|离开"
)

#: Given name and family name in two columns.
NAME_PARTS = (
    (
        ("first name", "firstname", "given name"),
        ("last name", "lastname", "surname", "family name"),
    ),
    (("名", "名字"), ("姓", "姓氏")),
    (("注文者名前", "送付先名前"), ("注文者名字", "送付先名字")),
    (("vorname",), ("nachname", "familienname", "name")),
    (("prénom",), ("nom de famille", "nom")),
    (("nombre",), ("apellidos", "apellido")),
    (("nome",), ("cognome", "sobrenome")),
    (("voornaam",), ("achternaam",)),
)
