"""Ordinary words: what a text may say without telling who anybody is.

A text passes when each word of it is known to be no name: a word of the dictionary, of csm-xl's own
vocabulary, an abbreviation, a number. Whatever else stands in it may be a name that no list knows,
and is taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

from csm_xl.feedback.characters import folded as simplified
from csm_xl.share.personal_patterns import is_family_name, known_given_name, looks_like_name
from csm_xl.vocabulary import headers, layout, words

#: Start and end of a part of a text.
Part = tuple[int, int]

_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
#: What stands together: a code such as ``INV-2026/7`` is judged as a whole.
_CHUNK = re.compile(
    r"[^\s\u3400-\u9fff\uf900-\ufaff，。；：、！？（）【】《》“”‘’,;:!?()\[\]{}<>\"|=&/\\]+"
)
_LATIN_WORD = re.compile(r"[^\W\d_]+")
#: A number of so many digits is nobody's amount: of a telephone, an account, a card.
_LONG_NUMBER = re.compile(r"(?<![\w.,])\+?\(?\d(?:[ ().-]{0,2}\d){8,}(?![\w]|[.,]\d)")
_DAY = re.compile(
    r"(?:19|20)\d\d[-./]?(?:0[1-9]|1[0-2])[-./]?(?:0[1-9]|[12]\d|3[01])"
    r"|(?:[0-2]?\d|3[01])([-./])(?:[0-2]?\d|3[01])\1(?:19|20)\d\d(?!\d)"
)
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+")
#: Longer runs of capitals are words.
_LONGEST_ABBREVIATION = 4
#: Runs of Chinese characters up to this length are names as a whole, or not at all.
_SHORT_RUN = 4
#: Single characters that stand beside words in titles and labels, and are no family names there.
_SINGLE = frozenset(
    "的了和与及或在为是有无不未已可按每各共总数额率量价费款税号名年月日周天时分秒元角件个次笔份位人户家店"
    "类型级种组批期季度上下前后内外中大小多少新旧高低增减收付支存退换买卖进出起止至到从对表页列行项图合均差比占"
    "第一二三四五六七八九十百千万亿两半零金银现否男女本该其他由于将被把向以您你我它们这那请见如若则并且但而"
    "了是在和有他不我的也为就这上年中你说一到都等着对来与地还要又大而之道以得她个后去将那但从月下把被"
    "只多过可并能好会出或日由里用所已其给很看使前想却它最见起小更如再便没走做让及听各号至叫两当三本无"
    "此长正同吃天比米外即分打老自副跟笑则像较死住因元呢作该女开约称名二每属谁受带进先应吧县占太点今间"
    "总回请站第共另生全行倒快派啊相吗按找口均种入真拿干据四仍难西少次些近杀清写既若往台未除边位设直定"
    "越重五低坐极放爱知主您类早虽别初讲送远反甚完左拉花动仅教哪变望转加管场跑穿么黑怕置急取竟亲深买接"
    "且办待提系忙尽喝车啦背级离言座通满呀令足瞧合右罢亦改破需宽必随须居呈算靠落首掌物土现率股古跳某惊"
    "搞冲六掉乱几承村收半供九活敢获兼十特顶断似调忽七久辖卖轻皆治哭八论伤架归退游差姓刺睡选关骂底含装"
    "驻铺领块怎封谈诸觉代短旧挂留愿举帮抓件求殑食错拜推复句克救胜具斗层集片奔章届怪抱拍交表降修考员欲"
    "停解鐨剉善晚吨抢弄列厂暖感凭追紧读守端散攻引投目树颇尚凡根末响批包替卷旁招冒贴"
    "阈簿键隔逗久原加会成附装填折仍某谁钱卡格停格底色勾粘贴致谢歉货品说写试都能所之留空"
    "宏妥补账负单线本另给仅含需用于等值点段首末间初最更再全部每当前长短宽重远近"
)
#: Words that dictionaries do not have, or only with a capital: of offices, of software, of the calendar.
_MORE_EN = """
vat gst pst hst ytd mtd qtd yoy mom qty amt nr no nos id ids tel fax acct accts inv invs ref refs avg pct min max
std dev est approx incl excl misc dept org co corp inc ltd llc llp plc gmbh pty fy ach ein url urls http https www
app apps email emails online offline website websites webshop ecommerce login logins logon signup signups checkout
checkouts upsell upsells downsell crm erp pos api sku skus upc ean asin isbn roi cac ltv clv arpu arr mrr nrr grr
csat nps ces kpi kpis saas csv xlsx xlsm pdf excel csm xl python json html sql macos ios android windows linux
shopify etsy amazon ebay paypal stripe woocommerce wordpress squarespace wix hubspot salesforce zoho mailchimp
klaviyo zendesk intercom instagram facebook tiktok youtube google bing linkedin twitter pinterest whatsapp wechat
weixin alipay taobao tmall jd pdd douyin visa mastercard amex maestro unionpay klarna sepa dhl fedex ups usps gls
january february march april june july august september october november december jan feb mar apr jun jul aug sep
sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun
english chinese mandarin french german spanish italian european american british asian christmas easter
usd eur gbp cny rmb jpy hkd twd sgd aud cad chf sek nok dkk inr krw
lookup lookups readme rollup rollups calc calcs param params config configs dropdown dropdowns backup backups temp tmp
scratchpad sandbox changelog pnl cashflow cohort cohorts helpdesk todo todos kanban gantt roadmap xref crosswalk tbl qry
shtdata dashboard dashboards pivottable rawdata metadata dataset datasets
tabelle blatt feuil feuille hoja foglio planilha blad arkusz munkalap ark taul kunden kunde bestellungen auftraege
rechnungen auswertung clientes pedidos commandes facturas factures clienti ordini
retrain churn churned brier logistic likelier likeliest lifecycle recency macro macros setup apologise apologises saas workbook workbooks ribbon addin holdout holdouts pseudonym pseudonyms silhouette logit logits sentiment weekday weekdays timeline timelines turnover onboarding
workflow backlog timesheet timesheets payroll freelancer freelancers coworking refundable nonrefundable prepaid
laptop laptops smartphone smartphones tablet wifi bluetooth router modem hashtag newsletter newsletters webinar webinars podcast homepage inbox chatbot fulfilment fulfillment dropship
colour colours grey cancelled cancelling cancellation travelled organisation organisations catalogue cheque cheques
favourite labelled centre metre metres litre litres kilo kilos kg km cm mm ml hr hrs mins secs pcs ea doz
north south east west northern southern eastern western northeast northwest southeast southwest
"""
_COUNTRIES_EN = """
afghanistan albania algeria andorra angola argentina armenia australia austria azerbaijan bahamas bahrain bangladesh
barbados belarus belgium belize benin bhutan bolivia botswana brazil brunei bulgaria burundi cambodia cameroon canada
chile china colombia congo croatia cuba cyprus czechia denmark ecuador egypt england eritrea estonia ethiopia europe
fiji finland france gabon gambia germany ghana greece guatemala guinea guyana haiti honduras hungary iceland india
indonesia iran iraq ireland italy jamaica japan kazakhstan kenya korea kosovo kuwait kyrgyzstan laos latvia lebanon
lesotho liberia libya liechtenstein lithuania luxembourg macau madagascar malawi malaysia maldives mali malta mexico
moldova monaco mongolia montenegro morocco mozambique myanmar namibia nepal netherlands zealand nicaragua niger
nigeria norway oman pakistan panama paraguay peru philippines poland portugal qatar romania russia rwanda samoa saudi
arabia scotland senegal serbia seychelles singapore slovakia slovenia somalia africa spain sudan sweden switzerland
syria taiwan tajikistan tanzania thailand togo tunisia turkey turkmenistan uganda ukraine uruguay uzbekistan vatican
venezuela vietnam wales yemen zambia zimbabwe america asia uk us usa uae eu hong kong
"""
_MORE_ZH = """
个 位 条 次 笔 件 份 项 种 名 家 张 台 单 人 分 元 角 天 周 月 年 时 秒 小时 分钟 公斤 千克 克 米 升 棵树 的 了 和 与 在 是 不 已 未 给 把 被 从 到 对 为 就 也 都 还 又 再 更 最 很 太 均 各 每 其 该 此 这 那 哪 谁 一 二 三 四 五 六 七 八 九 十 平方 平均 任取 均方 均值 一个 更高 概率 一方 流失者 那位 那一位 者
看板 总览 一览 一览表 仪表板 仪表盘 数据源 源数据 码表 字典 现金流 现金流量表 模版 样例 排期 待办 待办事项 透视 透视表 下拉 下拉列表 备份 归档 台帐
明细 明细账 明细表 课表 课程表 台账 流水 流水账 花名册 名册 名单 总表 汇总 汇总表 日报 周报 月报 年报 报表 清单 盘点 盘点表 库存表 进销存 对账单 账本 账单 收支 收支表 收据 收条 欠款 回款 采购 采购单 销售单 出库 入库 领用 排班 排班表 考勤 考勤表 签到 签到表 预约 预约表 值班 工资表 提成 分红 备用金 发票 专票 普票 开票 报价 报价单 合同 合同号 订货 订货单 送货 送货单 发货单 退货单 换货 售后 质保 保修
顺丰 顺丰速运 中通 圆通 申通 韵达 极兔 德邦 百世 菜鸟 丰巢 邮政 京东物流 跨越 安能 同城 闪送 达达 自提 货拉拉
经办 经手 制单 审核 复核 审批 记账 出纳 会计 副本 对账 龙井 龙井茶 红茶 绿茶 微信 支付宝 淘宝 天猫 京东 拼多多 抖音 快手 小红书 美团 饿了么 有赞 微店 小程序 公众号 朋友圈 快递
单号 运费 邮费 实付 应付 应收 实收 已付 未付 待付 已退 退货 退款 退单 发货 已发货 待发货 收货 签收 下单 首单 客单价 复购 复购率 回购 留存
留存率 流失 流失率 转化 转化率 满意度 好评率 差评 中评 好评 会员 会员号 会员卡 积分 等级 标签 渠道 来源 方案 套餐 月付 年付 季付 订阅 续费
续订 退订 含税 不含税 税率 税额 毛利 毛利率 净利 净额 小计 合计 总计 累计 同比 环比 均值 中位数 占比 年度 季度 月度 周度 日均 月均 本月 上月
本年 上年 去年 今年 明年 一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月 星期 周一 周二 周三 周四 周五 周六 周日 华东 华南
华北 华中 西南 西北 东北 线上 线下 门店 直营 加盟 人民币 美元 欧元 港币 银行卡 现金 转账 余额 押金 订金 定金 尾款 首款 账期 逾期 交易 成功
学号 工号 病历号 学员 学费 课时 课程 课次 课酬 班型 在读 结课 续班 剩余课时 物流公司 快递公司 承运商 客服 工单 建档 就诊 疗程 诊疗 复诊 房号 租期 租金 物业 水电 工时 结算 报销 摊销 折旧 进项 销项 科目 借方 贷方 凭证号 会计期间 发消息 发一条 补发 关闭 取消 完成 进行中 已完成 未完成 已取消 已关闭 待处理 处理中 已处理 新客 老客 新客户 老客户 潜客 试用 试用期 成长期 成熟期 衰退期
"""


def _lines(name: str) -> Iterator[str]:
    text = files("csm_xl.share").joinpath(name).read_text("utf-8")
    return (line for line in text.splitlines() if not line.startswith("#"))


@cache
def _title_words() -> frozenset[str]:
    """The words of csm-xl's own titles, settings and lists, and of the titles that others use."""
    said = [text for one in layout.SHEETS for text in (one.title.en, one.title.zh)]
    for table in layout.TABLES.values():
        for column in table.columns:
            said += [column.title.en, column.title.zh]
    for setting in layout.SETTINGS.values():
        said += [setting.label.en, setting.label.zh, setting.note.en, setting.note.zh]
    for listed in words.ALL.values():
        for word in listed.members:
            said += [word.text.en, word.text.zh, *word.also]
    for aliases in headers.ALIASES.values():
        said += [name for names in aliases.values() for name in names]
    found = {word.casefold() for text in said for word in _LATIN_WORD.findall(text)}
    chinese = {run for text in said for run in _CHINESE.findall(text)}
    return frozenset({word for word in found if word.isascii()} | chinese)


@cache
def _english() -> frozenset[str]:
    known = {word for line in _lines("words_en.txt") for word in line.split()}
    return frozenset(known | {*_MORE_EN.split(), *_COUNTRIES_EN.split()} | _title_words())


@cache
def _chinese() -> frozenset[str]:
    known = {word for line in _lines("words_zh.txt") for word in line.split()}
    return frozenset(known | set(_MORE_ZH.split()) | {w for w in _title_words() if not w.isascii()})


_ENDINGS = (
    ("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ied", "y"), ("ing", ""), ("ing", "e"),
    ("ly", ""), ("er", ""), ("er", "e"), ("ers", ""), ("ers", "e"), ("est", ""), ("est", "e"), ("ier", "y"),
    ("iest", "y"), ("ily", "y"), ("ness", ""), ("iness", "y"), ("able", ""), ("able", "e"), ("ment", ""),
    ("ments", ""),
)  # fmt: skip
_DOUBLING = ("ed", "ing", "er", "ers")


def _stems(word: str) -> Iterator[str]:
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) + len(instead) >= 3:
            yield word[: -len(ending)] + instead
    for ending in _DOUBLING:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 3 and stem[-1] == stem[-2]:
            yield stem[:-1]


@lru_cache(maxsize=50_000)
def _is_word(word: str) -> bool:
    """Whether a word of Latin letters, in small letters, is an ordinary one."""
    known = _english()
    if word in known:
        return True
    if known_given_name(word):
        return False
    stems = list(_stems(word))
    if any(stem in known for stem in stems):
        return True
    return word.endswith("s") and any(_is_word(stem) for stem in stems if stem == word[:-1])


#: A number right before a place in a text.
_COUNTED = re.compile(r"[0-9][ \u3000]*\Z")


def unknown_parts(text: str) -> list[Part]:
    """The parts of a text that no ordinary word accounts for, in order.

    A code in which letters stand beside digits or signs counts as one part.
    """
    found = [
        (start, end)
        for start, end in (*_unknown_latin(text), *_unknown_chinese(text))
        # What stands alone behind a number counts something: 15 条, 100 棵.
        if not (end - start == 1 and _COUNTED.search(text[:start]) and _CHINESE.match(text[start]))
    ]
    found += [
        long.span()
        for long in _LONG_NUMBER.finditer(text)
        if not _DAY.match(long[0])
        and not any(long.start() < end and start < long.end() for start, end in found)
    ]
    if not found and looks_like_name(text) and may_be_name(text):
        stripped = text.strip()
        start = text.index(stripped)
        return [(start, start + len(stripped))]
    return sorted(found)


def ordinary(text: str) -> bool:
    """Whether every word of a text is an ordinary one."""
    return not unknown_parts(text)


def may_be_name(text: str) -> bool:
    """Whether words that are names as well, such as *Bill*, are names here: not in *Bill amount*."""
    if _CHINESE.search(text):
        return False
    found = [word.casefold() for word in _LATIN_WORD.findall(text)]
    return not any(word in _title_words() for word in found if not known_given_name(word))


def _unknown_latin(text: str) -> Iterator[Part]:
    for chunk in _CHUNK.finditer(text):
        unknown = []
        shouted = chunk[0].isupper()
        for word in _LATIN_WORD.finditer(chunk[0]):
            if word[0].isascii() and _is_word(word[0].casefold()):
                continue
            for part in _CAMEL.finditer(word[0]):
                plain = part[0]
                if len(plain) == 1 or _is_word(plain.casefold()):
                    continue
                if (
                    plain.isupper()
                    and plain.isascii()
                    and len(plain) <= _LONGEST_ABBREVIATION
                    and not known_given_name(plain.lower())
                ):
                    continue
                if plain.isascii() and plain.casefold() in ("st", "nd", "rd", "th") and not shouted:
                    continue
                unknown.append((word.start(), word.end()))
                break
        if not unknown:
            continue
        together = any(c.isdigit() or c in "_.@#+*~" for c in chunk[0].strip(".…"))
        if together:
            yield chunk.start(), chunk.end()
        else:
            yield from ((chunk.start() + start, chunk.start() + end) for start, end in unknown)


def _unknown_chinese(text: str) -> Iterator[Part]:
    for run in _CHINESE.finditer(text):
        for start, end in _residue(run[0]):
            yield run.start() + start, run.start() + end


@lru_cache(maxsize=20_000)
def _residue(run: str) -> tuple[Part, ...]:
    """The characters of a run that belong to no word, by the division that leaves the fewest."""
    known = _chinese()
    plain = simplified(run)
    if len(plain) != len(run):
        plain = run
    n = len(plain)
    best: list[tuple[int, int]] = [(0, 0)] * (n + 1)
    for at in range(n - 1, -1, -1):
        best[at] = (best[at + 1][0] + (plain[at] not in _SINGLE), 1)
        for length in range(2, min(8, n - at) + 1):
            if plain[at : at + length] in known and best[at + length][0] <= best[at][0]:
                best[at] = (best[at + length][0], length)
    parts: list[Part] = []
    at = 0
    while at < n:
        length = best[at][1]
        if length == 1 and plain[at] not in _SINGLE:
            if parts and parts[-1][1] == at:
                parts[-1] = (parts[-1][0], at + 1)
            else:
                parts.append((at, at + 1))
        at += length
    return tuple(_with_neighbours(plain, parts))


def _with_neighbours(plain: str, parts: list[Part]) -> Iterator[Part]:
    """The other characters of a name may make a word: short runs go whole, family names with more."""
    if parts and len(plain) <= _SHORT_RUN:
        yield 0, len(plain)
        return
    done = 0
    for start, end in parts:
        if end <= done:
            continue
        if is_family_name(plain[start]):
            end = min(max(end, start + 3), len(plain))
        yield max(start, done), end
        done = end
