"""What the rows of a table are: customers, orders, feedback, contacts, subscriptions, usage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from csm_xl.company.column_contents import Contents, contents_of, spoken
from csm_xl.company.months import month_columns, month_of
from csm_xl.vocabulary import statuses
from csm_xl.vocabulary.roles import TITLES
from csm_xl.vocabulary.traditional import pattern

KINDS = ("customers", "orders", "feedback", "contacts", "subscriptions", "usage", "other")

_NAMES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, pattern(expression))
    for kind, expression in (
        (
            "subscriptions",
            r"\b(subscriptions?|contracts?|memberships|recurring|plans)\b|订阅|合同|续费记录|訂閱|合約",
        ),
        (
            "orders",
            r"\b(orders?|invoices?|sales|transactions?|payments?|purchases?|bookings?|receipts?|billing|jobs|deals)\b"
            r"|订单|销售|账单|流水|发票|交易|收款|消费记录|購買|訂單|帳單|發票",
        ),
        (
            "feedback",
            r"\b(reviews?|survey|surveys|feedback|nps|csat|responses?|complaints?|ratings?|testimonials?|tickets?)\b"
            r"|评价|反馈|问卷|投诉|评论|点评|評價|反饋|問卷|投訴|評論",
        ),
        (
            "contacts",
            r"\b(calls?|activit(y|ies)|interactions?|touch ?points?|visits|meetings|contact log|log|follow ?ups?|crm log)\b"
            r"|联系记录|跟进|沟通|拜访|回访|聯繫|跟進|回訪",
        ),
        (
            "usage",
            r"\b(usage|attendance|logins?|check ?ins?|sessions|activity)\b|使用|出勤|签到|考勤|打卡|簽到|考勤",
        ),
        (
            "customers",
            r"\b(customers?|clients?|members?|students?|accounts?|subscribers?|users?|patients?|tenants?|guests?|companies|people|crm"
            r"|pupils?|roster|list|donors?|families|directory|contacts)\b"
            r"|客户|会员|学员|用户|学生|店铺|名单|商户|业主|患者|租客|家长|客戶|會員|學員|用戶|名單",
        ),
    )
)
_PEOPLE = dict(_NAMES)["customers"]
_WHO = pattern(
    r"\b(customer|client|member|student|account|company|kunde|mitglied|cliente|who|name|email|e mail|buyer|user|guest|patient)\b"
    r"|客户|会员|学员|用户|姓名|公司|买家|店铺|客戶|會員|學員|用戶"
)
#: A number of a record, which says nothing about whose it is.
_RECORD = pattern(
    r"\b(order|invoice|ticket|case|review|response|survey|transaction|payment|receipt|line|row|log|call|entry|booking)s?\b"
    r"|订单|发票|工单|流水|交易|序号|答卷|評價|單號|单号"
)
_AMOUNT = pattern(
    r"\b(amount|total|paid|price|sum|value|gross|net|revenue|subtotal)\b|金额|实付|总价|合计|价格|应付|金額|總價"
)
_DAY = pattern(r"\b(date|day|datum|fecha|data)\b|日期|时间|日付")
_LOGGED = pattern(
    r"\b(channel|kind|type|subject|activity|medium|topic|purpose|outcome)\b|渠道|类型|方式|主题|事项|類型|主題"
)
_TEXT = pattern(
    r"\b(comment|comments|feedback|review|text|message|response|answer|opinion)\b|内容|评价|评论|意见|建议|反馈|留言"
)


@dataclass(frozen=True)
class _Facts:
    """What the kinds are told apart by."""

    who_repeats: float | None
    dates: bool
    amount: bool
    rating: bool
    text: bool
    logged: bool
    months: bool
    start: bool
    product: bool
    amount_titled: bool
    date_titled: bool
    #: A column says who left, or when each began and was last there; no row has a record's number.
    stays: bool


def table_kind(name: str, headers: Sequence[str], columns: Sequence[Sequence[Any]]) -> str:
    """The kind of a table.

    Parameters
    ----------
    name : str
        Of the sheet, or of the Excel table.
    headers : sequence of p str
    columns : sequence of p sequences of n cells

    Returns
    -------
    str
        One of :data:`KINDS`.
    """
    read = [contents_of(cells) for cells in columns]
    facts = _facts(headers, read)
    if month_of(name) is not None:
        return "usage"
    said = spoken(name)
    named = next((kind for kind, one in _NAMES if one.search(said)), None)
    by_contents = _by_contents(facts)
    if named == "subscriptions" and by_contents == "customers" and _PEOPLE.search(said):
        # Who subscribes, one in each row, is a list of customers: 订阅用户, Subscription clients.
        named = "customers"
    if named == "customers" and by_contents in ("orders", "feedback", "contacts", "subscriptions"):
        # A list called Clients in which a client has many rows is no list of clients.
        return by_contents if (facts.who_repeats or 0) > 0.5 else "customers"
    if named is not None and _allows(named, facts):
        return named
    return by_contents


def _facts(headers: Sequence[str], read: Sequence[Contents]) -> _Facts:
    said = [spoken(header) for header in headers]
    titles = dict(TITLES)
    numbered = re.compile(titles["id"].pattern)
    who = [
        1.0 - one.distinct_share
        for one, title in zip(read, said, strict=True)
        if (_WHO.search(title) or (numbered.search(title) and not _RECORD.search(title)))
        and one.filled >= 2
        and one.distinct > 1
    ]

    def any_of(wanted: re.Pattern[str], fits: Any) -> bool:
        return any(
            wanted.search(title) and fits(one) for one, title in zip(read, said, strict=True)
        )

    return _Facts(
        who_repeats=min(who) if who else None,
        dates=any(one.serials >= 0.7 and one.filled >= 0.5 * max(1, one.rows) for one in read),
        amount=any_of(_AMOUNT, lambda one: one.number_share >= 0.8),
        rating=any_of(
            re.compile(titles["rating"].pattern + "|" + titles["nps"].pattern),
            lambda one: one.number_share >= 0.8 or one.levels > 0.5,
        ),
        text=any_of(_TEXT, lambda one: one.text_share >= 0.5 and one.words >= 3),
        logged=any_of(_LOGGED, lambda one: one.text_share >= 0.5),
        months=bool(month_columns(headers, read)),
        start=any_of(titles["start"], lambda one: one.serials >= 0.7),
        product=any_of(
            pattern(r"\b(product|item|sku|order|invoice)\b|商品|产品|订单|发票"),
            lambda one: True,
        ),
        amount_titled=any_of(_AMOUNT, lambda one: one.filled > 0),
        date_titled=any_of(_DAY, lambda one: one.filled > 0),
        stays=_of_stays(said, read),
    )


def _of_stays(said: Sequence[str], read: Sequence[Contents]) -> bool:
    """Whether each row is somebody who stays or leaves, whatever they are called: a dog, a berth, a card."""
    titles = dict(TITLES)
    if any(_RECORD.search(title) for title in said):
        return False
    if not any(one.distinct_share >= 0.9 and one.filled >= 0.9 * one.rows for one in read):
        return False

    def dated(role: str) -> bool:
        return any(
            titles[role].search(title) and one.serials >= 0.7
            for title, one in zip(said, read, strict=True)
        )

    leaving = any(
        (statuses.LEAVING.search(title) or statuses.STAYING.search(title))
        and not statuses.OTHER_THING.search(title)
        and one.filled
        for title, one in zip(said, read, strict=True)
    )
    return leaving or (dated("start") and dated("last contact"))


def _by_contents(facts: _Facts) -> str:
    repeated = facts.who_repeats is not None and facts.who_repeats > 0.2
    if facts.months and not repeated:
        return "customers" if facts.who_repeats is not None or facts.stays else "usage"
    if repeated and facts.dates:
        if facts.amount:
            return "subscriptions" if facts.start and not facts.product else "orders"
        if facts.rating or facts.text:
            return "feedback"
        return "contacts" if facts.logged else "other"
    if facts.who_repeats is not None or facts.stays:
        return "customers"
    if facts.dates and facts.amount:
        return "orders"
    if facts.rating and facts.text:
        return "feedback"
    return "other"


def _allows(kind: str, facts: _Facts) -> bool:
    """Whether a table called like a kind can be of that kind."""
    if kind == "orders":
        # What its titles promise may still be unreadable: that is said, not taken for another thing.
        return (facts.amount or facts.amount_titled) and (facts.dates or facts.date_titled)
    if kind == "feedback":
        return facts.rating or facts.text
    if kind == "contacts":
        return facts.dates
    if kind == "subscriptions":
        return facts.start or facts.dates
    return True
