"""What shops say of an order, by meaning: paid or not, called off, paid back in whole or part.

Statuses are read by the words in them, because every shop has its own and no list holds all:
用户已取消, 超时取消 and "Cancelled by buyer" are one thing. Sources: the statuses of Shopify,
WooCommerce, Etsy, Square, Stripe, PayPal, Amazon, eBay, Xero, 淘宝, 拼多多, 抖店, 有赞, 微店, 京东,
美团 and 小鹅通.
"""

from __future__ import annotations

import re
from typing import Literal, cast

from csm_xl.vocabulary import foreign_statuses
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.months import without_accents
from csm_xl.vocabulary.traditional import simplified

Meaning = Literal[
    "paid", "unpaid", "cancelled", "refunded", "part_refunded", "refund_asked", "neutral"
]

#: The first pattern that a status shows decides. Where a part of it is negated, it goes before.
_MEANINGS: tuple[tuple[Meaning, str], ...] = (
    # Nothing happened after the sale, or what was asked for came to nothing.
    (
        "neutral",
        r"无(?:售后|退款|退货|需)|(?:没有|未)(?:申请)?(?:售后|退款|退货|关闭|取消)|(?:售后|退款|退货|维权|纠纷)"
        r"(?:已)?(?:关闭|取消|撤销|失败|拒绝|驳回|完结|结束)|(?:拒绝|撤销|取消)(?:售后|退款|退货)|售后(?:完成|处理完成)"
        r"|换货|补发|维修|no (?:refund|return|dispute)s?|not (?:refunded|returned|cancell?ed)"
        r"|refund (?:declined|denied|rejected|failed|cancell?ed|closed|void)|return (?:declined|denied|rejected)"
        r"|dispute won|won dispute",
    ),
    (
        "part_refunded",
        r"(?:部分|部份)(?:已)?(?:退|售后)|退.{0,2}部分|退款.{0,4}差价|退差价|partial(?:ly)? ?(?:refund|return|credit)"
        r"|(?:refund|return|credit)(?:ed)? ?(?:\(|in )?partial|part refund",
    ),
    (
        "refund_asked",
        r"(?:退款|退货|售后|退单|维权)(?:处理|审核|申请|进行|待|中|退货)*中|(?:申请|待|等待|正在|处理)(?:商家|卖家|买家)?(?:处理)?"
        r"(?:退款|退货|售后|退单)|(?:退款|退货|售后)(?:申请|待处理|待审核|待商家|待卖家)|待退"
        r"|refund(?:ing)? (?:requested|pending|in progress|processing|initiated|submitted)"
        r"|(?:pending|awaiting|requested) refund|refunding|return (?:requested|pending|in progress)|disputed?$|under dispute",
    ),
    (
        "refunded",
        r"退款(?:已)?(?:成功|完成|完毕)|已(?:全额|全部|全|仅)?退|(?:全额|全部|全)退|退货(?:退款|成功|完成|已完成)|退款关闭订单"
        r"|仅退款|退单|refunded|fully (?:refund|return)|full(?:y)? refund|refund (?:complete|success|succeed|issued|paid|done)"
        r"|^refunds?$|^退款$|^退货$|^returned?$|charge ?back|charged back|reversed|reversal|money back|dispute lost|lost dispute",
    ),
    (
        "unpaid",
        r"未(?:付|支付|缴|成团|确认付款)|(?:待|等待|等)(?:买家|客户|用户)?(?:付|支付|缴|成团)|支付(?:中|失败|超时)|付款(?:中|失败)"
        r"|待确认付款|欠款|逾期未|未完成支付|unpaid|not paid|non paid|pending ?payment|payment ?(?:is )?pending"
        r"|(?:awaiting|waiting (?:for|on)|requires?|incomplete) ?(?:payment|confirmation of payment)|payment (?:due|required|failed)"
        r"|^pending$|^on ?hold$|^draft$|checkout draft|^incomplete|^authori[sz]ed$|^overdue$|^past ?due$|^outstanding$"
        r"|^uncollectible$|requires (?:action|capture|confirmation)|appointment scheduled|qualified to buy|presentation scheduled"
        r"|decision maker bought|contract sent|待审批|草稿",
    ),
    (
        "cancelled",
        r"取消|作废|删除|交易关闭|(?:订单|交易)?(?:已)?关闭|已失效|已过期|撤单|拒单|拒收|流单|无效|cancell?(?:ed|ation)?\b|void(?:ed)?\b|expired"
        r"|failed|declined|denied|abandon|rejected|deleted|trash|closed lost|^lost$|blocked|输单|丢单|undeliverable",
    ),
    (
        "paid",
        r"成功|完成|完结|已付|已支付|付款|已收|支付|待发|备货|发货|配送|待收|待签|签收|收货|待评|评价|待自提|待使用|已使用|已核销|待核销|出库|揽收"
        r"|运输|已送达|待配送|待接单|已接单|制作|待取|已取|成团|已成交|赢单|正常|有效|处理中|进行中|已确认|已结算|在途"
        r"|paid|complet|success|succeed|shipped|ship|deliver|fulfil|process|dispatch|transit|picked|packed|ready|captured"
        r"|settled|closed won|^won$|confirmed|received|accepted|sent|approved|^active$|^closed$|finished|done|print|collected",
    ),
)  # fmt: skip
_READ = tuple((meaning, re.compile(pattern)) for meaning, pattern in _MEANINGS)
_FOREIGN = tuple(
    (meaning, re.compile(simplified(pattern))) for meaning, pattern in foreign_statuses.MEANINGS
)
#: Words of a fulfilment column that say nothing of the money.
_NEUTRAL = re.compile(
    r"unfulfilled|partial(?:ly fulfilled)?|unshipped|not shipped|not fulfilled|restocked|scheduled|open|new|online"
    r"|yes|no|true|false|是|否|正常|其他|other"
)
_PART_PAID = re.compile(
    r"partial(?:ly)? ?paid|part paid|partially ?captured|部分付款|部分支付|已付定金|定金"
)


def status_meaning(text: str) -> Meaning | None:
    """What a status says of the money; None where none of its words is known.

    ``"part_refunded"`` and ``"refunded"`` count as orders with a refund, ``"refund_asked"`` as paid
    until the money went back, ``"neutral"`` says nothing.
    """
    plain = simplified(folded(text)).rstrip(".。!")
    if not plain:
        return "neutral"
    if _NEUTRAL.fullmatch(plain):
        return "neutral"
    if _PART_PAID.search(plain):
        return "paid"
    # In other languages first: their words for refunds hold none of ours, but 未払い holds a "paid".
    bare = without_accents(plain)
    foreign = next((meaning for meaning, pattern in _FOREIGN if pattern.search(bare)), None)
    if foreign is not None:
        return cast(Meaning, foreign)
    return next((meaning for meaning, pattern in _READ if pattern.search(plain)), None)


#: Titles of columns that hold statuses of orders.
STATUS_TITLE = re.compile(
    r"状态|状况|status|statut$|^estado|^stato|ステータス|^state$|^stage$|deal ?stage|售后$|^售后|订单关闭原因|退款情况|outcome|event ?type"
)
