"""Names of people and firms as they are compared, and whether two can be one person's."""

from __future__ import annotations

import re
from typing import Any

from csm_xl.intake.cells import identifier
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.placeholders import is_nobody
from csm_xl.vocabulary.traditional import simplified

_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪"
    "舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左"
    "石崔吉钮龚程嵇邢裴陆荣翁荀羊惠甄曲家封芮储靳段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司"
    "韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴"
    "瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东殴沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙养鞠须丰"
    "巢关蒯相查后荆红游竺权逯盖益桓公肖涂楚闫岳覃"
)
_TITLES = re.compile(
    r"^(?:mr|mrs|ms|miss|dr|prof|herr|frau|m|mme)\.?\s+|(?:先生|女士|小姐|老师|同学|太太)$",
    re.IGNORECASE,
)


def clean_name(cell: Any) -> str | None:
    """A name as it is compared: without titles, in one case; None for a mask or a placeholder."""
    text = identifier(cell)
    if text is None or is_nobody(text) or not any(map(str.isalpha, text)):
        return None
    plain = simplified(folded(_TITLES.sub("", text)))
    return plain or None


def name_parts(name: str) -> frozenset[str]:
    """The words of a compared name, so that ``Ash, Ann`` is ``Ann Ash``."""
    return frozenset(word for word in re.split(r"[\s,.·•]+", name) if word)


def is_full_name(name: str) -> bool:
    """Whether a compared name is a person's whole name, not a nickname or a company."""
    if re.fullmatch(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}", name):
        return name[0] in _SURNAMES
    parts = [word for word in name_parts(name) if len(word) > 1]
    return (
        2 <= len(parts) <= 5
        and all(word.replace("'", "").isalpha() for word in parts)
        and len(name) < 50
    )


def contradict(one: str, other: str) -> bool:
    """Whether two compared names cannot be one person's: both are whole, and neither holds the other."""
    if one == other or not (is_full_name(one) and is_full_name(other)):
        return False
    a, b = name_parts(one), name_parts(other)
    if a <= b or b <= a:
        return False
    # A. Ash is Ann Ash.
    rest_a, rest_b = a - b, b - a
    return not (
        a & b
        and all(any(x.startswith(y) or y.startswith(x) for y in rest_b) for x in rest_a)
        and (min(map(len, rest_a)) == 1 or min(map(len, rest_b)) == 1)
    )


def name_key(name: str) -> str:
    """A compared name with its words in one order."""
    return " ".join(sorted(name_parts(name)))
