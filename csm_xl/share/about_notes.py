"""How columns were computed, what is an estimate, what was left out: the lower half of the page."""

from __future__ import annotations

from csm_xl.language import Text
from csm_xl.share.about_facts import Facts
from csm_xl.share.about_sheet import ComputedColumns
from csm_xl.share.owner_workbook import column_cells
from csm_xl.share.personal_columns import PersonalColumn
from csm_xl.share.regions import Region
from csm_xl.share.totals import Totals
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cells import is_blank
from csm_xl.vocabulary.columns import Column

#: The columns that are estimates.
_ESTIMATED = {"churn_probability", "risk", "reasons", "clv", "value_at_risk", "sentiment", "health"}
_FORMULA, _VALUE = Text("formula", "公式"), Text("value", "数值")
_ESTIMATE = Text(", estimate", "，估计值")


class Described(Facts):
    """Everything that the first sheet says in words."""

    # -- columns ----------------------------------------------------------------------------------

    def computed(self) -> list[ComputedColumns]:
        """The columns that csm-xl fills, those computed alike in one line."""
        groups: dict[tuple[str, Text, Text], list[str]] = {}
        for region in self.regions:
            if region.key not in ("customers", "feedback", "actions"):
                continue
            table = layout.table(region.key)
            for key, place in sorted(region.match().items(), key=lambda pair: pair[1]):
                column = table.column(key)
                if not column.ours or column.note is None:
                    continue
                state = self._state(region, column, place)
                header = region.headers[place - region.body[1]]
                groups.setdefault((region.sheet, column.note, state), []).append(header)
        return [
            ComputedColumns(f"{self.copying.sheets[sheet]}: {', '.join(names)}", note, state)
            for (sheet, note, state), names in groups.items()
        ]

    def _state(self, region: Region, column: Column, place: int) -> Text:
        formulas = self.copying.copy.sheets[self.copying.sheets[region.sheet]].formulas
        live = any((row, place) in formulas for row in region.rows)
        state = _FORMULA if live else _VALUE
        if column.key not in _ESTIMATED:
            return state
        return Text(state.en + _ESTIMATE.en, state.zh + _ESTIMATE.zh)

    def _how_much(self, column: PersonalColumn) -> str:
        """How many texts a column that was left out held."""
        cells = column_cells(
            self.copying.book, column.sheet, column.column, column.first, column.last
        )
        return f" ({sum(not is_blank(cell) for cell in cells):,})"

    # -- paragraphs -------------------------------------------------------------------------------

    def estimates(self) -> list[Text]:
        """Which numbers are estimates, and how uncertain."""
        found = []
        if self.model is not None:
            found.append(self._uncertainty())
            found.append(
                Text(
                    "The coefficients of the churn model were fitted elsewhere, on the owner's full "
                    "data; they cannot be derived again from this copy.",
                    "流失模型的系数是用原工作簿的完整数据在别处拟合的，无法由本副本重新推导。",
                )
            )
        keys = {
            key for region in self.regions if region.key == "customers" for key in region.match()
        }
        if "clv" in keys:
            found.append(
                Text(
                    "Value ahead and revenue at risk are expectations of a purchase model, not "
                    "orders; a single customer's figure can be far off.",
                    "未来价值和风险收入是购买模型的期望值，不是订单；单独一位客户的数字可能偏差很大。",
                )
            )
        if any("sentiment" in region.match() for region in self.regions):
            found.append(
                Text(
                    "Sentiment is guessed from words; it is right about a column more often than "
                    "about a single text.",
                    "情感倾向根据词语估计，看整列比看单段文字更可靠。",
                )
            )
        return found

    def _uncertainty(self) -> Text:
        assert self.model is not None
        quality = self.region("quality")
        figures = []
        if quality is not None:
            cells = [self.column(quality, key) for key in ("measure", "value", "low", "high")]
            for name, value, low, high in zip(*cells, strict=True) if all(cells) else ():
                if isinstance(value, float) and isinstance(low, float) and isinstance(high, float):
                    figures.append(f"{name} {value:.3f} ({low:.3f}–{high:.3f})")
        if not figures:
            report: dict[str, list[float]] = self.model.formula.meta.get("report") or {}
            figures = [
                "{} {:.3f} ({:.3f}–{:.3f})".format(label, *report[key])
                for key, label in (("auc", "AUC"), ("log_loss", "log-loss"), ("brier", "Brier"))
                if key in report
            ]
        if not figures:
            return Text(
                "Churn probabilities are estimates; how good they are was not recorded.",
                "流失概率是估计值，其质量没有记录。",
            )
        return Text(
            "Churn probabilities are estimates. Measured on customers that the model had not seen "
            "(95% intervals in brackets): {figures}.",
            "流失概率是估计值。在模型未见过的客户上测得（括号内为 95% 区间）：{figures}。",
        ).fill(figures=", ".join(figures[:4]))

    def left_out(self) -> list[Text]:
        """What the owner's workbook has and the copy has not."""
        book = self.copying.book
        clean = self.copying.personal.text
        sheets = [s.name for s in book.sheets if s.name not in self.copying.sheets]
        shown = [clean(s) for s in sheets if book.sheet_state(book.sheet(s)) == "visible"]
        found = [
            Text(
                "Macros, buttons, comments, pictures, links to other files, hidden sheets and hidden "
                "names, filters, and the owner's document properties.",
                "宏、按钮、批注、图片、其他文件的链接、隐藏的工作表和名称、筛选条件以及文档属性。",
            )
        ]
        if self.copying.hides():
            found.append(
                Text(
                    "Rows and columns that were hidden are shown.",
                    "原来隐藏的行和列在本副本中均已显示。",
                )
            )
        if shown:
            found.append(
                Text("Sheets: {names}.", "工作表：{zh}。").fill(
                    names=", ".join(shown), zh="、".join(shown)
                )
            )
        texts = [
            f"{self.copying.sheets[c.sheet]}: {clean(c.header)}{self._how_much(c)}"
            for c in self.copying.personal.replaced
            if c.treatment == "text" and c.sheet in self.copying.sheets
        ]
        gone = [
            f"{self.copying.sheets[c.sheet]}: {clean(c.header)}"
            for c in self.copying.personal.replaced
            if c.treatment == "gone" and c.sheet in self.copying.sheets
        ]
        if gone and self.copying.pseudonyms is not None:
            found.append(
                Text(
                    "Dates of birth, numbers of cards, accounts and taxes, postcodes and the like "
                    "(the columns are empty): {columns}.",
                    "出生日期、银行卡号、账号、税号、邮编等（这些列为空）：{zh}。",
                ).fill(columns=", ".join(gone), zh="、".join(gone))
            )
        sentences = self.copying.personal.sentences
        if sentences:
            found.append(
                Text(
                    "{n} longer texts outside of tables, which people wrote.",
                    "表格之外的大段文字 {n} 处。",
                ).fill(n=f"{sentences:,}")
            )
        if texts and not self.copying.options.free_text:
            found.append(
                Text(
                    "What people wrote (the columns are empty): {columns}.",
                    "客户等人写的文字（这些列为空）：{zh}。",
                ).fill(columns=", ".join(texts), zh="、".join(texts))
            )
        return found


def totals_note(totals: Totals | None) -> Text | None:
    """What is to be known of the totals."""
    if totals is None:
        return None
    parts = [
        Text(
            "Taken from the rows of the Orders sheet; net is revenue and refunds together. Customers "
            "are counted once a month, and once in the total.",
            "取自订单表各行；净额为收入与退款之和。下单客户每月计一次，合计中每人计一次。",
        )
    ]
    if totals.unreadable:
        parts.append(
            Text(
                "{n} cells hold amounts or dates as text; these totals are values and include them "
                "as far as they can be read.",
                "有 {n} 个单元格的金额或日期是文本；以上合计为数值，已计入能够读取的部分。",
            ).fill(n=totals.unreadable)
        )
    return Text(" ".join(p.en for p in parts), "".join(p.zh for p in parts))
