"""Titles that exports have and our tables have not: whose a row is, what an order's lines hold.

What our own columns are called elsewhere stands in :mod:`csm_xl.vocabulary.headers`; both are
compared by :func:`~csm_xl.vocabulary.headers.normalised`, so one way of writing a title, in
simplified characters, is enough.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from csm_xl.vocabulary import foreign_titles
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.headers import ALIASES
from csm_xl.vocabulary.traditional import simplified


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split("|"))


#: Whose a row of orders, feedback, contacts or subscriptions is, by each kind of identity. A
#: platform's own name of an account is unique; a nickname is a name.
_WHO: dict[str, tuple[str, ...]] = {
    "account": _names(
        "customer id|customer number|customer no|customer no.|customer code|customerid|client id|client number"
        "|client no|client code|account id|account number|account no|buyer user id|buyer id|buyer username|user id|userid"
        "|member id|member no|member number|contact id|associated contact id|associated contact ids|patient id"
        "|student id|subscriber id|客户编号|客户id|客户号|客户编码|客户代码|会员编号|会员号|会员id|会员卡号|用户id|用户编号|用户号"
        "|顾客编号|顾客id|买家id|买家会员名|买家账号|买家用户名|买家旺旺|旺旺号|旺旺|下单帐号|下单账号|账号|账户编号|账户id|学员编号|学号"
        "|openid|uid|username"
    ),
    "email": _names(
        "customer email|customer e-mail|buyer email|billing email|contact email|requester email|user email|email"
        "|e-mail|email address|e-mail address|mail|your email|your email address|shipping email|客户邮箱|买家邮箱|邮箱"
        "|邮箱地址|电子邮箱|电子邮件|电子邮件地址|邮件"
    ),
    "phone": _names(
        "customer phone|buyer phone|billing phone|contact phone|phone|phone number|mobile|mobile phone|mobile number"
        "|telephone|tel|cell|cell phone|your phone number|shipping phone|recipient phone|客户手机|客户手机号|客户电话|买家手机号"
        "|买家手机|买家电话|联系手机|手机号|手机|手机号码|收货人手机号|收货人手机|收件人手机号|收件人手机|收件人电话|收货人电话|联系电话|电话"
        "|电话号码|联系方式|会员手机|会员手机号|顾客手机号|顾客电话|用户手机号|您的手机号|您的联系方式|预留手机号"
    ),
    "name": _names(
        "customer name|buyer name|client name|billing name|full name|name|contact name|recipient name|recipient"
        "|shipping name|ship name|buyer|requester|account name|member name|student name|your name|bill to|sold to"
        "|purchaser|客户姓名|客户名称|客户名|买家姓名|会员姓名|姓名|真实姓名|联系人|收货人姓名|收货人|收件人姓名|收件人|顾客姓名|用户姓名|购买人"
        "|下单人|买家昵称|客户昵称|用户昵称|微信昵称|昵称|买家|交易对方|对方|对方名称|对方户名|付款方|付款人|填写者|学员|学员姓名|您的姓名|您的称呼|称呼"
    ),
    "first_name": _names(
        "first name|firstname|given name|billing first name|customer first name|名字|名"
    ),
    "last_name": _names(
        "last name|lastname|surname|family name|billing last name|customer last name|姓氏|姓"
    ),
    "company": _names(
        "company|company name|billing company|organisation|organization|business name|associated company|公司|公司名称"
        "|单位|单位名称|企业名称"
    ),
    #: May hold any of them: a number, a mail, a phone or a name.
    "who": _names(
        "customer|client|user|member|related to|associated contact|account|contact|客户|会员|用户|顾客|会员信息|买家信息"
    ),
}
WHO = {key: (*names, *foreign_titles.WHO.get(key, ())) for key, names in _WHO.items()}

#: What else the rows of an order's export hold.
ORDER_EXTRAS: dict[str, tuple[str, ...]] = {
    "price": _names(
        "unit price|price each|item price|lineitem price|price|rate|单价|商品单价|商品价格|价格|销售单价|成交单价|item cost"
    ),
    "cancelled_at": _names(
        "cancelled at|canceled at|cancelled on|canceled on|cancellation date|date cancelled|date canceled|cancelled date"
        "|voided at|取消时间|取消日期|订单取消时间|作废时间"
    ),
    "cancelled": _names(
        "cancelled|canceled|is cancelled|is canceled|voided|是否取消|是否作废|已取消"
    ),
    "refunded_at": _names(
        "refunded at|refund date|refunded date|refunded date (utc)|refunded on|退款时间|退款完成时间|退款日期|退款成功时间"
    ),
    "is_refunded": _names(
        "is refunded|refunded?|fully refunded|fully refunded?|是否退款|是否已退款"
    ),
    "is_paid": _names(
        "paid|paid?|is paid|payment received|settled|是否付款|是否支付|是否已付款|是否已支付|是否已付|已付款|已支付|bezahlt|payé|pagado|pagato|betaald|支払済み"
    ),
    #: Whether money came in or went out, in the bill of a payment service.
    "direction": _names(
        "收/支|收支|收支类型|收支方向|资金方向|direction|in/out|money in/out|debit/credit|credit/debit|dr/cr"
    ),
    "kept": _names("adjusted order total"),
}

#: How a subscription's export is titled.
SUBSCRIPTIONS: dict[str, tuple[str, ...]] = {
    "subscription_id": _names(
        "subscription id|subscription number|subscription no|subscription no.|subscription|subscriptionid|contract id"
        "|contract number|contract no|订阅编号|订阅号|订阅id|合同编号|合同号|id"
    ),
    "plan": _names(
        "plan|plan name|plan tier|plan id|product|product name|tier|package|subscription plan|price name|membership"
        "|level|方案|套餐|套餐名称|订阅方案|产品|版本|会员等级|会员类型|档位"
    ),
    "price": _names(
        "mrr|mrr amount|mrr (usd)|mrr usd|monthly amount|monthly price|monthly fee|monthly charge|monthly recurring revenue"
        "|monthly charges|price per month|amount per month|fee per month|月费|每月费用|月金额|月付金额|月租|每月金额|月费用|amount|price|fee"
        "|recurring amount|plan amount|费用|金额|价格"
    ),
    "year_price": _names(
        "arr|arr amount|annual amount|annual price|annual fee|yearly fee|yearly price|yearly amount|annual recurring revenue"
        "|年费|每年费用|年金额|年付金额"
    ),
    "interval": _names(
        "interval|billing interval|billing frequency|billing period|billing cycle|frequency|term|period|plan interval"
        "|计费周期|付款周期|周期|付费方式|缴费周期"
    ),
    "start": _names(
        "start|start date|started at|started on|start (utc)|start date (utc)|subscription start|subscription start date"
        "|created (utc)|activated at|begin date|from|valid from|subscribed at|signup date|开始|开始日期|开始时间|开通时间|开通日期|起始日期"
        "|生效日期|订阅时间|订阅日期|created at|created"
    ),
    "end": _names(
        "end|end date|ended at|ended on|ended at (utc)|end date (utc)|canceled at|cancelled at|canceled at (utc)"
        "|cancellation date|cancelled on|canceled on|cancel date|churn date|churned at|terminated at|to|subscription end"
        "|subscription end date|结束|结束日期|结束时间|取消时间|取消日期|退订时间|退订日期|终止日期|停用日期|注销时间"
    ),
    "trial": _names("trial|is trial|in trial|on trial|trialing|trial?|试用|是否试用|试用中"),
    "trial_end": _names(
        "trial end|trial end date|trial end (utc)|trial ends|trial ended at|试用结束|试用结束日期|试用到期"
    ),
    "status": _names("status|subscription status|state|订阅状态|状态"),
    "quantity": _names("quantity|seats|licenses|licences|number of seats|席位|席位数|用户数|数量"),
    "currency": _names("currency|currency code|币种|货币"),
}

#: What each end of a subscription is told with: a file of cancellations.
CANCELLATIONS: dict[str, tuple[str, ...]] = {
    "subscription_id": SUBSCRIPTIONS["subscription_id"][:-1],
    "date": _names(
        "churn date|cancellation date|cancelled at|canceled at|cancelled on|canceled on|cancel date|churned at|churned on"
        "|date cancelled|date canceled|end date|ended at|event date|date|流失日期|取消日期|取消时间|退订日期|退订时间|注销时间|日期"
    ),
    "reactivated": _names(
        "is reactivation|reactivation|reactivated|is reactivated|returned|win back|won back|是否恢复|恢复|重新激活|是否复购|重新订阅"
    ),
    "reactivated_at": _names(
        "reactivation date|reactivated at|reactivated on|resubscribed at|returned on|恢复日期|恢复时间|重新激活时间|重新订阅时间"
    ),
    "reason": _names(
        "reason code|reason|cancellation reason|churn reason|cancel reason|原因|流失原因|取消原因|退订原因"
    ),
    "text": _names("feedback text|feedback|comment|comments|notes|反馈|备注|说明|留言"),
}

#: How often and how long somebody used something, by day.
USAGE: dict[str, tuple[str, ...]] = {
    "subscription_id": SUBSCRIPTIONS["subscription_id"][:-1],
    "date": _names(
        "usage date|activity date|event date|date|day|timestamp|event time|created at|login date|session date|visit date"
        "|使用日期|使用时间|活动日期|日期|登录时间|访问时间|访问日期|时间|日"
    ),
    "times": _names(
        "usage count|usage|times|count|sessions|session count|number of sessions|logins|login count|visits|events|event count"
        "|page views|pageviews|actions|api calls|minutes|hours|active minutes|usage minutes|duration|使用次数|次数|登录次数|访问次数"
        "|会话数|使用量|活跃次数|打开次数|浏览量|使用时长|时长"
    ),
    "channel": _names("channel|platform|device|source|渠道|平台|设备"),
    "note": _names(
        "feature|feature name|module|event|event name|page|功能|功能名称|模块|事件|页面"
    ),
}

#: A file of tickets tells how long its customer waited in whichever unit.
RESPONSE = re.compile(
    r"(first )?(response|reply).*(hour|minute|second|day|hr|min)|(响应|回复|答复).{0,4}(小时|分钟|秒|天|时长|时间)"
)

#: Titles of an amount that is one line's, and of one that is the whole order's.
LINE_AMOUNT = re.compile(
    r"小计|商品总价|商品金额|商品实付|子订单|单品|行|明细|line ?(?:total|amount|item)|item (?:total|amount|subtotal)|lineitem"
)
ORDER_AMOUNT = re.compile(
    r"订单(?:实付|实收|总|金额|应付|支付)|总金额|总计|合计|order ?(?:total|amount|value)|grand ?total|^total$|total (?:paid|amount|collected)"
)


#: Titles of the shop itself, its people and its carriers: never a buyer's; and of fees and discounts:
#: never what was paid.
_NOT_THEIRS = re.compile(
    r"商家|卖家|店铺|门店|店员|员工|导购|主播|推广|分销|快递|物流|运单|仓|发票|收货地址|merchant|seller|store|shop name|staff|employee"
    r"|sales ?rep|cashier|carrier|tracking|warehouse|vendor|supplier|owner|agent"
)
_NO_PAYMENT = re.compile(
    r"优惠|折扣|立减|运费|邮费|配送费|佣金|服务费|手续费|税|成本|利润|红包|积分|余额|单价|原价|数量|返|discount|shipping|postage|freight"
    r"|tax|vat|fees?$|fee |tip|cost|commission|coupon|balance|margin|profit|unit|per "
)
_MEANT: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "orders": tuple(
        (key, re.compile(pattern))
        for key, pattern in (
            ("refunded", r"退款.{0,4}(?:金额|额|数)|退.{0,3}金额|(?:refund|return)\w*.*(?:amount|total|value)|amount.*refund"),
            ("cancelled_at", r"(?:取消|作废).{0,2}(?:时间|日期)|cancell?ed.*(?:at|on|date|time)"),
            ("order_id", r"(?:订单|交易|主单|单据|小票|流水).{0,3}(?:编号|号码|号|id)$|(?:order|sale|receipt).{0,3}(?:number|no|id|ref|code|#)"),
            (
                "date",
                r"(?:付款|支付|成交|下单|订单|拍下|交易|创建|购买|结账|消费|销售).{0,3}(?:时间|日期)"
                r"|(?:order|purchase|paid|payment|sale|transaction|creat|checkout|ordered).*(?:date|time|at|on)$|^(?:date|time)",
            ),
            (
                "amount",
                r"(?:实付|实收|实际支付|实际收款|成交|支付|付款|消费|应付|应收|结算|销售|订单|合计).{0,4}(?:金额|款|额|价)"
                r"|(?:实付|实收)|(?:order|total|paid|grand|gross|net|amount|sale).*(?:total|amount|paid|price|sales|value|revenue)",
            ),
            ("product", r"(?:商品|产品|宝贝|菜品|项目|课程|服务|货品).{0,3}(?:名称|名|标题|信息|内容)|(?:product|item).*(?:name|title|description)"),
            ("quantity", r"(?:数量|件数)$|quantity|qty"),
        )
    ),
    "customers": tuple(
        (key, re.compile(pattern))
        for key, pattern in (
            ("left_on", r"(?:流失|退订|注销|终止|离开|退课|停用).{0,2}(?:时间|日期)"),
            ("start", r"(?:注册|加入|入会|开通|首次.{0,2}|成为.{0,2}).{0,2}(?:时间|日期)|(?:sign|join|regist|member since|customer since)"),
            ("points", r"积分$|^points|points$"),
            ("city", r"城市$|city$|^town"),
        )
    ),
}  # fmt: skip
_MEANT_WHO: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (key, re.compile(pattern))
    for key, pattern in (
        ("phone", r"手机|电话|mobile|phone|^tel|电話|電話|携帯"),
        ("email", r"邮箱|电子邮件|e ?mail|メール"),
        (
            "account",
            r"(?:买家|客户|会员|用户|顾客|学员|购买人).{0,3}(?:编号|id|卡号|账号|帐号|号)$|(?:customer|client|buyer|member|user|student|patient).{0,3}(?:id|number|no|code|#)$",
        ),
        (
            "name",
            r"(?:买家|客户|收货人|收件人|会员|顾客|用户|学员|购买人|联系人|下单人).{0,3}(?:姓名|名称|名|昵称|称呼)?$|(?:customer|client|buyer|member|recipient|student|patient|contact).{0,3}name",
        ),
    )
)


def meant(header: str, table: str) -> list[str]:
    """What a title that no list holds most likely means, best first; nothing where it is doubtful.

    Parameters
    ----------
    header : str
        As the file writes it.
    table : str
        What the file's rows are.
    """
    plain = simplified(folded(header))
    if len(plain) > 40:
        return []
    found = []
    for key, pattern in _MEANT.get(table, ()):
        if pattern.search(plain) and not (key == "amount" and _NO_PAYMENT.search(plain)):
            found.append(key)
            break
    if table != "feedback" and not _NOT_THEIRS.search(plain):
        found += [key for key, pattern in _MEANT_WHO if pattern.search(plain)][:1]
    return found


def aliases(table: str) -> dict[str, tuple[str, ...]]:
    """What the columns of one kind of file may be called, beside who its rows are of."""
    foreign = foreign_titles.TITLES.get(table, {})
    own = _own_aliases(table)
    return {key: (*names, *foreign.get(key, ())) for key, names in own.items()}


def _own_aliases(table: str) -> Mapping[str, tuple[str, ...]]:
    if table == "subscriptions":
        return SUBSCRIPTIONS
    if table == "cancellations":
        return CANCELLATIONS
    if table == "usage":
        return USAGE
    own = {
        key: names
        for key, names in ALIASES[table].items()
        if key not in ("customer_id", "buyer", "phone", "contact", "address")
        or table == "customers"
    }
    return own | (ORDER_EXTRAS if table == "orders" else {})
