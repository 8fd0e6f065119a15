"""The facts on the first sheet: when it was made, of what, and what became of names and formulas."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from csm_xl import __version__
from csm_xl.errors import CsmError
from csm_xl.formulas.workbook_model import CellValue, ErrorValue
from csm_xl.language import Text
from csm_xl.share.cell_conversion import Copying
from csm_xl.share.live_model import LiveModel
from csm_xl.share.regions import Region
from csm_xl.share.totals import Totals, day_of, epoch_of
from csm_xl.vocabulary import words
from csm_xl.vocabulary.cell_readers import DATE
from csm_xl.vocabulary.cells import is_blank

#: How many facts :func:`facts` gives.
N_FACTS = 9
_NONE = Text("not stated", "未注明")


@dataclass
class Facts:
    """What is known of a copy when its first sheet is written, and the facts on it.

    Attributes
    ----------
    copying : Copying
    source : str
        The name of the owner's workbook.
    made : datetime.datetime
    keep_names : bool
    model : LiveModel or None
    model_reason : Text or None
        Why the scores are no formulas.
    totals : Totals or None
    kept_sheet : str
        The sheet that lists the cells kept as values; ``""`` where there are none.
    """

    copying: Copying
    source: str
    made: dt.datetime
    keep_names: bool
    model: LiveModel | None
    model_reason: Text | None
    totals: Totals | None
    kept_sheet: str = ""
    regions: list[Region] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.regions = [r for r in self.copying.regions if r.sheet in self.copying.sheets]

    def day(self, value: Any) -> dt.date | None:
        """A cell's date, None where it holds none."""
        if is_blank(value) or isinstance(value, ErrorValue):
            return None
        try:
            number = DATE.read(value)
        except CsmError:
            return None
        return day_of(number, epoch_of(self.copying.book.date1904))

    # -- facts ----------------------------------------------------------------------------------

    def facts(self) -> list[tuple[Text, Text]]:
        """Labels and what they say."""
        return [
            (Text("Made", "制作"), self._made()),
            (Text("Contents", "内容"), self._contents()),
            (Text("Figures as of", "统计截止"), self._cut_off()),
            (Text("Amounts", "金额口径"), self._amounts()),
            (Text("Refunds", "退款"), self._refunds()),
            (Text("Names", "姓名"), self._names()),
            (Text("Formulas", "公式"), self._formulas()),
            (Text("Churn model", "流失模型"), self._model()),
            (Text("Scores", "评分"), self._scores()),
        ]

    def _made(self) -> Text:
        return Text(
            "On {day} from the workbook {source}, by csm-xl {version}. A copy to check and to file: "
            "no macros, no Python, no links to other files.",
            "于 {day} 由 csm-xl {version} 根据工作簿“{source}”制作。供核对与存档：不含宏，不需要 Python，"
            "不链接其他文件。",
        ).fill(
            day=f"{self.made:%Y-%m-%d}",
            source=self.copying.personal.text(self.source),
            version=__version__,
        )

    def region(self, key: str) -> Region | None:
        """The region of one of csm-xl's tables, if the copy has it."""
        return next((r for r in self.regions if r.key == key and r.match()), None)

    def column(self, region: Region, key: str) -> list[CellValue]:
        """What the owner's cells of a column hold."""
        column = region.match().get(key)
        if column is None:
            return []
        sheet = self.copying.book.sheet(region.sheet)
        return sheet.column_values(column, region.body[0], region.body[2])

    def customers(self) -> int:
        """How many customers the copy has."""
        region = self.region("customers") or (self.model.region if self.model else None)
        if region is None:
            return 0
        sheet = self.copying.book.sheet(region.sheet)
        columns = [
            sheet.column_values(c, region.body[0], region.body[2]) for c, _ in region.columns
        ]
        return sum(not all(map(is_blank, row)) for row in zip(*columns, strict=True))

    def _contents(self) -> Text:
        names = list(self.copying.sheets.values())
        text = Text("Sheets: {sheets}.", "工作表：{zh}。").fill(
            sheets=", ".join(names), zh="、".join(names)
        )
        customers = self.customers()
        if customers:
            text = Text(f"{customers:,} customers. {text.en}", f"客户 {customers:,} 位。{text.zh}")
        if self.totals is None:
            return text
        days = [day for day in map(self.day, self.column(self.totals.region, "date")) if day]
        more = Text("{n} orders", "订单 {n} 笔").fill(n=f"{self.totals.whole.orders:,}")
        if days:
            span = Text(" from {first} to {last}", "（{first} 至 {last}）").fill(
                first=min(days), last=max(days)
            )
            more = Text(more.en + span.en, more.zh + span.zh)
        return Text(f"{more.en}, {text.en}", f"{more.zh}，{text.zh}")

    def _cut_off(self) -> Text:
        chosen = self.copying.setting("as_of")
        day = self.day(chosen) if chosen is not None else None
        fixed = self.copying.fitting.dates_fixed
        if day is None:
            day = self.copying.as_of()
        set_by_owner = Text("{day}, as set in Settings.", "{day}（见“设置”）。")
        computed = Text(
            "{day}, when the workbook was last computed.", "{day}，即工作簿最近一次计算的日期。"
        )
        text = (computed if chosen is None else set_by_owner).fill(day=day)
        if not fixed:
            return text
        more = Text(
            " TODAY() was replaced by {day}, so that this copy does not change from day to day.",
            "公式中的 TODAY() 已替换为 {day}，副本不会逐日变化。",
        ).fill(day=self.copying.fitting.today)
        return Text(text.en + more.en, text.zh + more.zh)

    def _amounts(self) -> Text:
        currency = self.copying.setting("currency")
        amounts = words.AMOUNTS.key(self.copying.setting("amounts"))
        how = _NONE if amounts is None else words.AMOUNTS.text(amounts)
        return Text("Currency: {currency}. VAT: {how}.", "币种：{zh}。增值税：{how}。").fill(
            currency=currency or _NONE.en, zh=currency or _NONE.zh, how=how
        )

    def _refunds(self) -> Text:
        said = self.copying.setting("refunds")
        text = (
            Text(f"{said}.", f"{said}。")
            if said
            else Text("Kept as the owner does.", "按原有记录方式。")
        )
        if self.totals is None:
            return text
        told = (
            Text(
                " In the totals below: rows whose kind is {kinds}.",
                "下方合计中，退款指类型为“{kinds}”的行。",
            ).fill(kinds=", ".join(self.totals.refund_words))
            if self.totals.by_kind
            else Text(
                " In the totals below: rows with an amount below 0.",
                "下方合计中，退款指金额小于 0 的行。",
            )
        )
        return Text(text.en + told.en, text.zh + told.zh)

    def _names(self) -> Text:
        columns = self.copying.personal.replaced
        inside = [c for c in columns if c.sheet in self.copying.sheets]
        clean = self.copying.personal.text
        listed = list(
            dict.fromkeys(
                clean(c.header) for c in inside if c.treatment not in ("text", "gone") and c.header
            )
        )
        pseudonyms = self.copying.pseudonyms
        if self.keep_names or pseudonyms is None:
            return Text("Names are kept.", "保留姓名。")
        if not pseudonyms.key:
            return Text("No personal data was found.", "未发现个人信息。")
        text = Text(
            "Replaced by pseudonyms that are the same in every copy; only the owner can tell who is "
            "who.",
            "已替换为代号，每份副本中代号一致，只有企业主知道对应的是谁。",
        )
        if not listed:
            return text
        more = Text(" Columns: {listed}.", "涉及的列：{zh}。").fill(
            listed=", ".join(listed), zh="、".join(listed)
        )
        return Text(text.en + more.en, text.zh + more.zh)

    def _formulas(self) -> Text:
        copy = self.copying.copy
        live = sum(len(sheet.formulas) for sheet in copy.sheets.values())
        if self.copying.options.values:
            return Text("All cells hold values.", "所有单元格均为数值。")
        parts = [
            Text(
                "{n} live formulas of Excel; computed again, they give what the owner's workbook "
                "shows.",
                "Excel 公式 {n} 个，均可重新计算；经重新计算，结果与原工作簿一致。",
            ).fill(n=f"{live:,}")
        ]
        sampled = sum(map(len, copy.known.values()))
        if sampled:
            parts.append(
                Text(
                    "{n} of them repeat one formula down a column, of which a sample was computed.",
                    "其中 {n} 个是整列相同的公式，只抽样计算。",
                ).fill(n=f"{sampled:,}")
            )
        if copy.unchecked:
            parts.append(
                Text(
                    "{n} could not be computed again and are as the owner wrote them.",
                    "有 {n} 个无法重新计算，保持原样。",
                ).fill(n=f"{copy.unchecked:,}")
            )
        if copy.functions:
            parts.append(
                Text(
                    "CSAT, NPS and the other functions of csm-xl are names in this copy (Formulas, Name "
                    "Manager), which Excel 365 and Excel 2024 compute, also on a Mac and on the web; older "
                    "Excels show the numbers that stand in the cells.",
                    "CSAT、NPS 等函数以名称形式保存在本副本中（公式 > 名称管理器），Excel 365 与 Excel 2024（含 Mac 与网页版）"
                    "可计算；更早的版本显示单元格中已有的数字。",
                )
            )
        if copy.kept:
            parts.append(
                Text(
                    "{n} formulas became values: see the sheet {sheet}.",
                    "另有 {n} 个公式保留为数值，见“{sheet}”表。",
                ).fill(n=f"{len(copy.kept):,}", sheet=self.kept_sheet)
            )
        return Text(" ".join(p.en for p in parts), "".join(p.zh for p in parts))

    def _model(self) -> Text:
        if self.model is None:
            return self.model_reason or Text("There is no churn model.", "没有流失模型。")
        meta = self.model.formula.meta
        days = meta.get("horizon_days")
        text = Text(
            "Trained on {day} on {n} customers, of whom {k} left.",
            "于 {day} 用 {n} 位客户（其中 {k} 位流失）训练。",
        ).fill(
            day=meta.get("trained_on", "?"),
            n=meta.get("n_customers", "?"),
            k=meta.get("n_churned", "?"),
        )
        if not days:
            return text
        more = Text(
            " It gives the probability of leaving within {days} days.",
            "给出 {days} 天内流失的概率。",
        ).fill(days=f"{days:g}")
        return Text(text.en + more.en, text.zh + more.zh)

    def _scores(self) -> Text:
        model = self.model
        if model is None:
            return Text("None.", "无。")
        if model.region is None:
            reason = self.model_reason or _NONE
            return Text(f"Kept as values. {reason.en}", f"保留为数值。{reason.zh}")
        parts = []
        if model.used and model.live:
            parts.append(
                Text(
                    "{n} scores are formulas over the customers' cells and the sheets {terms} and "
                    "{readings}; {example} follows one step by step.",
                    "{n} 个评分为公式，取自客户的单元格以及“{terms}”和“{readings}”表；“{example}”表逐步演算一例。",
                ).fill(
                    n=f"{len(model.live):,}",
                    terms=model.terms_sheet,
                    readings=model.readings_sheet,
                    example=model.example_sheet,
                )
            )
        if model.stale:
            parts.append(
                Text(
                    "{n} scores are older than the data: the customers' cells have changed since. "
                    "They are kept as they were.",
                    "{n} 个流失概率已过时：计算之后客户的单元格有改动，这些概率保留原值。",
                ).fill(n=f"{len(model.stale):,}")
            )
        newer = self.newer_than_model()
        if newer is not None:
            parts.append(newer)
        if not parts:
            return Text("No customer has a score.", "没有客户有评分。")
        return Text(" ".join(p.en for p in parts), "".join(p.zh for p in parts))

    def newer_than_model(self) -> Text | None:
        """Whether orders, feedback or contacts came in after the model was trained."""
        if self.model is None:
            return None
        try:
            trained = dt.date.fromisoformat(str(self.model.formula.meta.get("trained_on")))
        except ValueError:
            return None
        days = [
            day
            for key in ("orders", "feedback", "contacts")
            if (region := self.region(key)) is not None
            for day in map(self.day, self.column(region, "date"))
            if day is not None
        ]
        if not days or max(days) <= trained:
            return None
        return Text(
            "The newest entry is of {newest}, after the training of {trained}: the scores are "
            "older than the data.",
            "最新记录为 {newest}，晚于模型训练日 {trained}：流失概率已过时。",
        ).fill(newest=max(days), trained=trained)
