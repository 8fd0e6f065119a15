"""The words that begin a row of totals or averages, and what programs write below the last row."""

from __future__ import annotations

import re

from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.traditional import simplified

_TOTAL = re.compile(
    r"(?:(?:grand|sub|over ?all|sum)[ -]?totals?|totals?|sums?|total general|total général"
    r"|合计|总计|小计|总和|累计|共计|总数|汇总|本页合计)"
    r"\s*(?:$|[:：(（].*|[\d,.¥$€£￥]+.*|of .*)"
    # A subtotal says of what: nobody is called so.
    r"|sub[ -]?totals?\b.*|.*(?:小计|合计|总计)"
    # Words that also begin names of people and firms stand alone.
    r"|(?:overall|all|average|avg|mean|median|count|summe|gesamt|gesamtsumme|zwischensumme|totale|somme"
    r"|suma|平均|平均值|平均数|平均分|人数|计数|中位数|gesamtbetrag|endsumme|totaal|eindtotaal|総計|総合計|total geral|totale generale)\s*\.?\s*(?:$|[:：(（].*)"
)
#: A total of something: Subtotal January, 1月小计, "Summe März".
_OF = re.compile(
    r"(?:sub|grand)[ -]?totals?\b.*|(?:小计|合计|总计|共计).*|.*(?:小计|合计|总计|\btotals?|\bsubtotals?)"
    r"|(?:total|sum|summe|zwischensumme|gesamt|totale|somme|suma)\b.*"
)
_REMARK = re.compile(
    r"(?:导出|下载|打印|生成|统计|制表|数据)(?:时间|日期|人|范围|说明|来源)\s*[:：].*"
    r"|(?:备注|说明|注|提示|note|notes)\s*[:：].+"
    r"|(?:exported|generated|downloaded|printed|report (?:generated|date)|created|filters?)\b.*"
    r"|\d+ (?:rows?|records?|orders?|customers?|items?)(?:\(s\))?(?: in total| downloaded| exported| found)?|record\(s\) .*|共\s*\d+\s*[条笔单人行个].*"
    r"|(?:end of (?:file|report|list)|以上数据.*|以下空白)"
)


def is_total(text: str) -> bool:
    """Whether a cell is the word that a row of totals begins with: 合计, ``Grand total: 12``."""
    return len(text) < 40 and _TOTAL.fullmatch(simplified(folded(text))) is not None


def is_total_of(text: str) -> bool:
    """Whether a cell may be the word of a total of something, which a customer may be called too."""
    return len(text) < 40 and _OF.fullmatch(simplified(folded(text))) is not None


def is_remark(text: str) -> bool:
    """Whether a cell says something of the file: when it was exported, how many rows it has."""
    return len(text) < 200 and _REMARK.fullmatch(simplified(folded(text))) is not None
