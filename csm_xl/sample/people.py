"""Who buys: names, companies, cities, addresses for mail and phone, none of them real.

E-mail addresses are under example.com, which nobody can own. British numbers beginning 07700 900
are set aside for fiction; no Chinese mobile number begins with 100.
"""

from __future__ import annotations

from csm_xl.language import Language
from csm_xl.sample.chance import Chance


def _each(names: str) -> list[str]:
    return names.split()


_FIRST = _each(
    "Amelia Oliver Isla Harry Ava George Mia Noah Ivy Jack Lily Leo Freya Arthur Ella Oscar Grace "
    "Theo Willow Finley Rosie Henry Phoebe Archie Sienna Rory Matilda Lucas Orla Euan Priya Arjun "
    "Fatima Yusuf Chloe Callum Niamh Dylan Zara Kofi Elena Marek Sofia Tomas Ingrid Pavel Mei "
    "Hassan Bronwen Gethin Eilidh Fraser Tamsin Jago Nadia Ravi Celia Hugo Beatrix Silas"
)
_LAST = _each(
    "Whitlock Harrowell Pemberley Ashdown Thistlewood Marlowe Kingsway Underhill Fairbrook "
    "Hollins Redfern Stanmore Larkfield Oakeshott Penhale Trevose Garrick Wetherly Dunmore "
    "Ardley Brightwell Castleton Denholm Elmsworth Foxley Greystone Hartwell Inglewood Jessop "
    "Kestrel Lindqvist Moravec Nkemelu Okonjo Patelkar Quillfeather Rosenholm Sandringfield "
    "Tamworth Ullswater Vennard Westerby Yarrow Zeller Birchall Coldwell Drayford Eastmoor "
    "Ferndale Glaston Heatherby Islip Kilbride Langmere Mossley Nettleford Orchardson Rainford"
)
_CITIES_EN = _each(
    "London Bristol Leeds Edinburgh Cardiff Norwich Manchester Bath Glasgow Brighton York Exeter "
    "Sheffield Oxford Belfast Newcastle"
)
_COMPANIES_EN = (
    "{last} Coffee House",
    "The {last} Tea Room",
    "{last} & Daughters",
    "Studio {last}",
    "{last} Guest House",
    "{last} Yoga",
    "Café {first}",
    "{last} Bookshop",
)

_SURNAMES = _each(
    "林lin 陈chen 周zhou 沈shen 许xu 吴wu 徐xu 何he 郑zheng 唐tang 韩han 冯feng 程cheng 曹cao 袁yuan "
    "邓deng 蒋jiang 薛xue 叶ye 余yu 潘pan 杜du 苏su 魏wei 吕lv 丁ding 任ren 姚yao 卢lu 钟zhong 谭tan "
    "陆lu 汪wang 范fan 金jin 石shi 戴dai 贾jia 夏xia 邱qiu"
)
_GIVEN = _each(
    "知夏 雨桐 子墨 清和 书瑶 景行 若溪 明远 思齐 云舒 安然 承宇 念真 一鸣 南乔 听澜 星野 沐阳 可心 嘉树 "
    "予安 望舒 素问 浩然 晚晴 青禾 亦凡 静姝 立言 乐山 采薇 长风 怀瑾 语嫣 归鸿 小满 谷雨 秋实 初霁 闻笛 "
    "慕白 佩兰 致远 雪松 墨涵 佳音 润之 婉清 天佑 向晚 鹿鸣 春晓 海若 希言 半夏 君竹 子衿 流萤 修齐 北辰"
)
_CITIES_ZH = _each(
    "杭州 上海 苏州 南京 成都 广州 深圳 武汉 厦门 北京 青岛 长沙 西安 宁波 福州 昆明"
)
_COMPANIES_ZH = (
    "{last}家茶馆",
    "{given}民宿",
    "{given}书店",
    "{given}花艺工作室",
    "{last}记点心铺",
    "{given}瑜伽馆",
    "{given}设计工作室",
    "{last}氏文化传播有限公司",
)


class People:
    """Hands out people, nobody twice.

    Parameters
    ----------
    chance : Chance
    lang : {"en", "zh"}
    """

    def __init__(self, chance: Chance, lang: Language) -> None:
        self._chance = chance
        self._lang = lang
        firsts, lasts = (_FIRST, _LAST) if lang == "en" else (_GIVEN, _SURNAMES)
        # Always the same number of draws, so that both languages go on with the same company.
        size = min(len(_FIRST), len(_GIVEN)) * min(len(_LAST), len(_SURNAMES))
        wide = size // min(len(_FIRST), len(_GIVEN))
        self._pairs = [(firsts[i // wide], lasts[i % wide]) for i in chance.shuffled(range(size))]
        self._number = 0

    def next(self, company: bool) -> dict[str, str]:
        """The name, company, e-mail, phone and city of a person not met yet."""
        first, last = self._pairs[self._number]
        self._number += 1
        place = self._chance.below(min(len(_CITIES_EN), len(_CITIES_ZH)))
        # Half of the customers live in the first four cities.
        place = place % 4 if self._chance.happens(0.35) else place
        template = self._chance.below(len(_COMPANIES_EN))
        if self._lang == "en":
            firm = _COMPANIES_EN[template].format(first=first, last=last)
            return {
                "name": f"{first} {last}",
                "company": firm if company else "",
                "email": f"{first}.{last}@example.com".lower(),
                "phone": f"07700 900{self._number:03d}",
                "city": _CITIES_EN[place],
            }
        surname, spelling = last[0], last[1:]
        firm = _COMPANIES_ZH[template].format(given=first, last=surname)
        return {
            "name": surname + first,
            "company": firm if company else "",
            "email": f"{spelling}{self._number:03d}@example.com",
            "phone": f"100{self._number:08d}",
            "city": _CITIES_ZH[place],
        }
