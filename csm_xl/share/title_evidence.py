"""What the title of a column says of its cells: people, their numbers, free text, business facts.

A title is evidence, no proof: :mod:`csm_xl.share.column_decisions` looks at the contents as well.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from csm_xl.churn.feature_columns import words
from csm_xl.feedback.characters import folded as simplified
from csm_xl.share.pseudonyms import Kind

#: A kind of pseudonym; ``gone`` for what no accountant needs and nobody may pass on (births, cards,
#: accounts, tax numbers, postcodes, passwords); ``text`` for what people write; ``books`` for the
#: numbers by which the books are tied out; ``number`` for other numbers that name a record;
#: ``vat`` for VAT numbers; ``fact`` for business facts; None where the title says nothing.
Says = Kind | Literal["gone", "text", "books", "number", "vat", "fact"] | None


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PEOPLE = _set(
    "name names surname surnames firstname lastname fullname forename forenames username usernames nickname nick "
    "handle alias login user users userid recipient recipients consignee contact contacts owner buyer purchaser "
    "payer payee seller vendor supplier customer customers client clients guest guests patient patients student "
    "students pupil member members tenant attendee participant passenger candidate applicant employee employees "
    "staff rep representative agent manager advisor adviser consultant coach trainer teacher tutor instructor doctor "
    "therapist stylist driver courier cashier clerk waiter assistant handler author editor creator assignee reporter "
    "requester submitter respondent reviewer approver sender receiver addressee beneficiary holder signatory witness "
    "spouse husband wife child children kid kids parent parents mother father guardian family kin referrer referee "
    "sponsor host hostess salesperson salesman saleswoman technician engineer colleague friend friends neighbour "
    "neighbor who whom person people persons attn attention cc attendees subscriber investor shareholder director "
    "partner company employer organisation organization firm business institution school hospital wechat weixin qq "
    "whatsapp telegram skype twitter instagram facebook linkedin tiktok snapchat discord homepage website url "
    "signature initials dear maiden legal billing shipto billto"
)
_MESSENGERS = _set("wechat weixin whatsapp qq telegram snapchat")
#: With one of these as its last word a title speaks of something else: *Customer type*, *Member since*.
_NOT_OF_PEOPLE = _set(
    "type types status state segment segments group groups category class tier level rank since rate rates score "
    "scores share revenue value amount total totals price cost fee count number numbers date dates day days month "
    "year time hours rating satisfaction country plan channel source medium region currency kind size age gender "
    "language lifetime tenure health risk stage points balance spend orders visits sessions usage churned active "
    "left lost count counts feedback frequency method terms industry sector"
)
_THINGS = _set(
    "product products item items plan package service services file sheet table column campaign brand course class "
    "lesson category list event treatment dish project task job model feature store warehouse shop branch department "
    "team channel country city region currency bank discount coupon promotion article goods sku variant theme metric "
    "measure month day"
)
_EMAIL = _set("email emails mail mails e-mail")
_PHONE = _set("phone phones telephone tel mobile mobiles cellphone cell fax landline pager")
_ADDRESS = _set(
    "address addresses addr street streets house apartment flat suite road avenue residence"
)
_ID = _set("passport ssn nin nino nhs licence license permit visa social insurance")
_GONE = _set(
    "birthday birthdate birth born dob iban bic swift card cards pan cvv cvc routing sortcode postcode postcodes "
    "zip zipcode postal password passwords pwd pin pins secret token tin itin ein nif cif steuernummer taxid ip mac "
    "plate registration fingerprint latitude longitude gps"
)
_TEXT = _set(
    "note notes comment comments remark remarks message messages memo memos said saying feedback complaint complaints "
    "conversation transcript chat request requests wish wishes story testimonial quote quotes thoughts impression "
    "history details instruction instructions observation observations diary log wrote written asked told talk talked"
)
_BOOKS = _set(
    "order orders invoice invoices bill bills receipt receipts voucher transaction transactions payment payments "
    "shipment shipments tracking booking bookings reservation quotation quote po ticket tickets case cases visit visits "
    "document entry line row record job project contract policy delivery parcel waybill journal ledger batch lot "
    "serial sku item product article response survey review feedback credit debit purchase sale"
)
_NUMBER = _set("no nr num number numbers id ids uid uuid guid code codes key ref reference sku #")
_FACTS = _set(
    "product products item items sku article goods service services plan plans package tier level status state stage "
    "category categories type types kind class group segment segments channel channels source sources medium campaign "
    "currency country countries region regions area territory city cities town province county market payment method "
    "terms carrier delivery shipping warehouse store branch department team size colour color unit units brand "
    "model version edition subscription frequency cycle period month quarter year week weekday season vat tax rate "
    "discount coupon promo promotion result outcome priority severity flag churned active paid refunded refund "
    "industry sector trade language course lesson treatment dish menu room machine device platform browser material "
    "flavour flavor grade theme risk rating gender sex event activity variant metric measure what"
)
_BY = re.compile(r"\b(?:by|to|for|with|from)\s*$", re.IGNORECASE)
_WITH_BY = re.compile(
    r"\b(?:handled|assigned|prepared|sold|approved|created|entered|served|checked|signed|written|reported|referred|"
    r"requested|ordered|bought|paid|shipped|sent|sold|taken|managed|owned|reviewed|closed|opened|updated|modified|"
    r"submitted|invited|introduced|recommended|attn|bill|ship)\s+(?:by|to|for|with)\b",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"\b(?:bank|checking|savings|giro|payout)?\s*(?:account|acct|a/c)\s*(?:no|nr|number|#)\b"
    r"|\bsort\s*code\b|\bcredit\s*card\b|\btax\s*(?:id|no|number|code|ref|reference)\b|\bbirth|\bzip\b|\bpost\s*code\b"
    r"|\bnational\s*(?:id|insurance)\b|\bdriv\w+\s+licen",
    re.IGNORECASE,
)
_VAT = re.compile(
    r"\b(?:vat|gst|ust|tva|iva|moms)[\s_-]*(?:reg\w*[\s_-]*)?(?:id|ids|no|nr|number|numbers|code)\b|\bust-?idnr?\b",
    re.IGNORECASE,
)

_ZH_GONE = re.compile(
    r"生日|出生|(?<!会员)(?<!积分)卡号|银行卡|信用卡|储蓄卡|银行账|银行帐|账户号|开户行|开户账|税号|纳税人识别|信用代码|邮编|邮政编码|密码|口令|"
    r"车牌|经度|纬度|^ip$|支付宝账|支付宝号|收款码"
)
_ZH_ID = re.compile(r"身份证|证件|护照|社保|驾驶证|驾照")
_ZH_EMAIL = re.compile(r"邮箱|电子邮件|邮件地址|e-?mail")
_ZH_PHONE = re.compile(r"手机|电话|座机|传真|联系方式|联系号码")
_ZH_ADDRESS = re.compile(r"地址|住址|街道|小区|门牌|楼栋|房号|收货地|寄件地|籍贯|户籍")
_ZH_PERSON = re.compile(
    r"姓名|姓氏|名字|昵称|网名|花名|别名|称呼|收货人|收件人|寄件人|发件人|联系人|买家|卖家|店员|员工|职员|业务员|销售员|销售人|营业员|导购|负责人|"
    r"经办人|经手人|办理人|操作人|处理人|接待人|客服人|服务人|法人|老师|教师|教练|学员|学生|家长|监护人|患者|病人|医生|护士|司机|骑手|配送员|快递员|"
    r"推荐人|介绍人|邀请人|顾问|经理|主管|老板|股东|创建人|创建者|录入人|制单人|审核人|审批人|签收人|签字|付款人|收款人|持卡人|开户人|户名|账户名|"
    r"账号|帐号|用户名|登录名|会员名|客户名|顾客名|微信|旺旺|钉钉|飞书|微博|抖音号|快手号|小红书号|qq|陪同|亲属|配偶|父亲|母亲|子女|孩子|宝宝名|紧急联系"
    r"|公司|单位(?!价)|企业|供应商|供货商|商户名|店铺名|店名|客户$|会员$|顾客$|用户$|住户$|业主$|租客$|谁$|人$|者$|员$"
)
_ZH_NOT_PERSON = re.compile(
    r"(?:金额|数量|人数|次数|数|额|率|价|费|款|日期|时间|日|月|年|状态|类型|类别|分类|性质|等级|级别|层级|渠道|来源|评分|得分|分数|分|满意度|评级|"
    r"积分|城市|省份|国家|地区|区域|方案|套餐|价值|行业|标签|周期|时长|天数|订单|偏好|余额|占比|规模)$"
)
_ZH_TEXT = re.compile(
    r"备注|附言|留言|评论|评价内容|反馈内容|投诉内容|沟通|跟进(?!状态|时间|日期|人)|聊天|说了|说明|描述|纪要|摘要|意见|建议|诉求|心得|感想|日志|详情|内容"
)
#: Companies that are no customers.
_ZH_CARRIER = re.compile(r"(?:物流|快递|承运|配送|支付|平台)公司$")
_ZH_BOOKS = re.compile(
    r"订单|发票|单号|票据|收据|凭证|流水|交易号|快递|运单|物流|合同|工单|批次|单据|商品(?:编|货)?号|货号|款号|条码|sku|答卷"
)
_ZH_NUMBER = re.compile(r"编号|编码|代码|单号|序号|行号|学号|工号|病历号|号码?$|id$")
_ZH_FACT = re.compile(
    r"商品|产品|货品|宝贝|品名|品类|品牌|规格|型号|款式|颜色|尺码|尺寸|单位$|快递$|快递公司|物流|承运|配送方式|服务项目|项目|课程|班级|科目|菜品|状态|类型|类别|分类|种类|方式|渠道|来源|平台|"
    r"币种|货币|国家|地区|区域|省|市$|城市|大区|仓库|门店|店铺(?!名)|部门|等级|级别|层级|方案|套餐|版本|周期|月份|季度|年份|星期|税率|优惠|活动|标签|"
    r"阶段|风险|结果|原因|优先级|是否|性别|行业|语言|材质|口味|主题|指标|项$|流失|退款|付款|支付"
)


@lru_cache(maxsize=4096)
def title_says(header: str) -> Says:
    """What a title says of the cells below it."""
    text = header.strip()
    if not text:
        return None
    if re.search(r"[\u3400-\u9fff]", text):
        return _chinese(simplified(text).strip())
    return _english(text)


def _english(text: str) -> Says:
    if _VAT.search(text):
        return "vat"
    if _ACCOUNT.search(text):
        return "gone"
    parts = words(text)
    # ``WeChat`` is one word, though it is written like two.
    found = {*parts, *(word.casefold() for word in text.split())}
    if not parts:
        return "number" if text == "#" else None
    last = parts[-1] if not parts[-1].isdigit() else parts[max(0, len(parts) - 2)]
    if found & _GONE:
        return "gone"
    for kind, listed in (("email", _EMAIL), ("phone", _PHONE), ("address", _ADDRESS), ("id", _ID)):
        if found & listed and last not in _NOT_OF_PEOPLE - {"number", "numbers"}:
            return kind  # type: ignore[return-value]
    if last in _NUMBER or text.rstrip().endswith("#"):
        return "books" if found & _BOOKS else "number"
    if _WITH_BY.search(text) or (_BY.search(text) and len(parts) > 1):
        return "person"
    if last in ("name", "names") and found & (_THINGS | _BOOKS):
        return "fact" if found & _THINGS else "books"
    if found & _MESSENGERS:
        return "person"
    if found & _TEXT and last not in _NOT_OF_PEOPLE:
        return "text"
    if found & _PEOPLE and last not in _NOT_OF_PEOPLE:
        return "person"
    if len(parts) == 1 and last in (
        "invoice",
        "order",
        "receipt",
        "voucher",
        "transaction",
        "tracking",
        "po",
    ):
        return "books"
    return "fact" if found & _FACTS else None


def _chinese(text: str) -> Says:
    if _ZH_GONE.search(text):
        return "gone"
    if _ZH_CARRIER.search(text):
        return "fact"
    for kind, pattern in (("id", _ZH_ID), ("email", _ZH_EMAIL), ("phone", _ZH_PHONE)):
        if pattern.search(text) and not _ZH_NOT_PERSON.search(text):
            return kind  # type: ignore[return-value]
    if _ZH_ADDRESS.search(text) and not _ZH_NOT_PERSON.search(text):
        return "address"
    of_people = _ZH_PERSON.search(text) is not None and _ZH_NOT_PERSON.search(text) is None
    if _ZH_NUMBER.search(text) and not re.search(r"账号|帐号|微信|qq|抖音号|快手号|小红书号", text):
        return "books" if _ZH_BOOKS.search(text) else "number"
    if _ZH_TEXT.search(text) and not _ZH_NOT_PERSON.search(text):
        return "text"
    if of_people:
        return "person"
    return "fact" if _ZH_FACT.search(text) else None
