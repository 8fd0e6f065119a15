"""The Dashboard: key figures, charts, what customers write about, and whether contacting helped."""

from __future__ import annotations

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from csm_xl.language import Text
from csm_xl.vocabulary import layout, words
from csm_xl.workbook.cell_styles import UNDERLINE, Look, printed
from csm_xl.workbook.charts import Charts
from csm_xl.workbook.figures import KEY_FIGURES, WORDS, KeyFigure
from csm_xl.workbook.grid import Rows, write_table

#: The defined name of the day that the figures refer to.
DATE_NAME = "csm_date"
MONTHS = 18
_LAST = 7
_CHART_ROWS = 20
_TITLE = Text("Dashboard", "仪表盘")
_DATE = Text("Figures of", "统计日期")
_HEADERS = (
    Text("Key figure", "关键指标"),
    Text("Value", "数值"),
    Text("Answers", "样本数"),
    Text("95 % from", "95% 下限"),
    Text("95 % to", "95% 上限"),
    Text("How it is computed", "计算方法"),
)
_CHARTS = Text("At a glance", "图表")
_SATISFACTION = Text("Satisfaction by month", "每月满意度")
_BY_STAGE = Text("Churn risk by lifecycle stage", "各生命周期的流失风险")
_VALUE = Text("Revenue at risk by lifecycle stage", "各生命周期的风险收入")
_RELIABILITY = Text("Model reliability", "模型可靠度")
_VOICES = Text("What customers write about", "客户在说什么")
_LOOP = Text("Did contacting help?", "联系是否有效？")
_BEHIND = Text("Figures behind the charts", "图表数据")
_MONTH_HEADERS = (Text("Month", "月份"), Text("Mean rating", "平均评分"), Text("Answers", "答复数"))
_STAGE = Text("Stage", "生命周期")
_REVENUE = Text("Revenue at risk", "风险收入")
_GROUP = Text("Group by score", "得分分组")
_PREDICTED = Text("Predicted", "预测")
_OBSERVED = Text("Observed", "实际")
_PERFECT = Text("If perfect", "理想情况")
_CUSTOMERS = Text("Customers", "客户数")


class Dashboard:
    """Writes the Dashboard.

    Parameters
    ----------
    sheet : Worksheet
    look : Look
    """

    def __init__(self, sheet: Worksheet, look: Look) -> None:
        self._sheet = sheet
        self._look = look
        self._lang = look.lang

    def write(self, pain_points: Rows = (), loop: Rows = ()) -> None:
        """Fill the sheet; charts and figures take their numbers from the other sheets."""
        sheet, look = self._sheet, self._look
        for letter, width in zip("ABCDEFGH", (2, 34, 13, 11, 11, 11, 54, 12), strict=True):
            sheet.column_dimensions[letter].width = width
        sheet.sheet_view.showGridLines = False
        self._head()
        row = self._figures(6)
        look.heading_at(sheet, row + 1, 2, _CHARTS.within(self._lang), _LAST)
        charts_at = row + 2
        row = charts_at + 2 * _CHART_ROWS + 1
        sheet.row_breaks.append(Break(id=row - 1))
        look.heading_at(sheet, row, 2, _VOICES.within(self._lang), _LAST)
        row = self._block("pain_points", pain_points, row + 1)
        look.heading_at(sheet, row + 1, 2, _LOOP.within(self._lang), _LAST)
        row = self._block("loop", loop, row + 2)
        sheet.row_breaks.append(Break(id=row))
        look.heading_at(sheet, row + 1, 2, _BEHIND.within(self._lang), _LAST)
        months = self._months(row + 3)
        stages = self._stages(months.stop + 1)
        groups = self._groups(stages.stop + 1)
        self._charts(charts_at, months, stages, groups)
        printed(sheet, self._lang, landscape=False)

    def _head(self) -> None:
        sheet, lang = self._sheet, self._lang
        sheet["B2"] = _TITLE.within(lang)
        sheet["B2"].font = self._look.title
        sheet.row_dimensions[2].height = 32
        sheet["B3"] = (
            f'=IF({layout.setting("company").name}="","",{layout.setting("company").name})'
        )
        sheet["B3"].font = self._look.font(12, bold=True)
        sheet["B4"] = _DATE.within(lang)
        sheet["B4"].font = self._look.muted
        history = layout.reference("history", "at", lang)
        days = ",".join(
            layout.reference(table, "date", lang) for table in ("orders", "feedback", "contacts")
        )
        as_of = layout.setting("as_of").name
        # Not TODAY(): a volatile date would calculate every function again whenever the
        # workbook is opened, also where csm-xl is not installed.
        sheet["C4"] = (
            f"=IF(ISNUMBER({as_of}),{as_of},IF(COUNT({history})>0,INT(MAX({history})),"
            f'IF(COUNT({days})>0,INT(MAX({days})),"")))'
        )
        sheet["C4"].number_format = "yyyy-mm-dd"
        sheet["C4"].font = self._look.bold
        sheet["C4"].alignment = Alignment(horizontal="left")
        title = layout.sheet("dashboard").title.within(lang)
        book = sheet.parent
        book.defined_names[DATE_NAME] = DefinedName(DATE_NAME, attr_text=f"'{title}'!$C$4")

    def _header(self, row: int, texts: tuple[Text, ...]) -> None:
        for place, text in enumerate(texts, 2):
            cell = self._sheet.cell(row, place, text.within(self._lang))
            cell.font, cell.fill = self._look.own_header, self._look.own_header_fill
            cell.alignment = Alignment(
                horizontal="left" if place in (2, _LAST) else "right",
                vertical="center",
                wrap_text=True,
                indent=1 if place == _LAST else 0,
            )
        self._sheet.row_dimensions[row].height = 32

    def _figures(self, top: int) -> int:
        self._header(top, _HEADERS)
        for row, figure in enumerate(KEY_FIGURES, top + 1):
            self._figure(row, figure)
        return top + 1 + len(KEY_FIGURES)

    def _figure(self, row: int, figure: KeyFigure) -> None:
        sheet, look = self._sheet, self._look
        sheet.cell(row, 2, figure.title.within(self._lang)).font = look.body
        value = self._formula(figure.value, row)
        sheet.cell(row, 3, f'=IF(N(D{row})=0,"",{value})').number_format = figure.format
        sheet.cell(
            row, 4, f"=IFERROR({self._formula(figure.answers, row)},0)"
        ).number_format = "#,##0"
        for place, end in ((5, figure.low), (6, figure.high)):
            if end:
                text = self._formula(end, row)
                sheet.cell(row, place, f'=IF(ISNUMBER(C{row}),{text},"")')
            sheet.cell(row, place).number_format = figure.format
        sheet.cell(row, _LAST, figure.how.within(self._lang))
        sheet.row_dimensions[row].height = 18
        for place in range(2, _LAST + 1):
            cell = sheet.cell(row, place)
            cell.border = UNDERLINE
            cell.font = look.muted if place >= 4 else look.body
            left = place in (2, _LAST)
            cell.alignment = Alignment(
                horizontal="left" if left else "right",
                vertical="center",
                indent=1 if place == _LAST else 0,
            )
        sheet.cell(row, 3).font = look.font(12, bold=True, color=look.heading.color.rgb[2:])

    def _formula(self, template: str, row: int) -> str:
        for key, text in WORDS.items():
            template = template.replace(f"{{{key}}}", f'"{text.within(self._lang)}"')
        cells = {"d": DATE_NAME, "n": f"D{row}", "v": f"C{row}"}
        for key, cell in cells.items():
            template = template.replace(f"{{{key}}}", cell)
        return layout.formula(template, self._lang)

    def _block(self, key: str, rows: Rows, top: int) -> int:
        _, last = write_table(
            self._sheet, layout.table(key), self._look, rows, top=top, left=2, widths=False
        )
        self._sheet.row_dimensions[top].height = 20
        return last + 1

    def _behind(self, row: int, place: int, formula: str, number_format: str) -> None:
        cell = self._sheet.cell(row, place, formula)
        cell.number_format = number_format
        cell.font, cell.border = self._look.body, UNDERLINE
        cell.alignment = Alignment(horizontal="left" if place == 2 else "right")

    def _months(self, top: int) -> range:
        """Month, mean rating and answers of the last months, below a header at `top`."""
        self._header(top, _MONTH_HEADERS)
        score = layout.reference("feedback", "score", self._lang)
        day = layout.reference("feedback", "date", self._lang)
        for offset in range(MONTHS):
            row = top + 1 + offset
            back = offset + 1 - MONTHS
            first = f"EDATE(DATE(YEAR({DATE_NAME}),MONTH({DATE_NAME}),1),{back})"
            self._behind(row, 2, f'=IFERROR({first},"")', "yyyy-mm")
            within = f'{day},">="&B{row},{day},"<"&EDATE(B{row},1)'
            self._behind(row, 4, f'=IFERROR(COUNTIFS({within},{score},">0"),0)', "#,##0")
            mean = f"AVERAGEIFS({score},{within})"
            self._behind(row, 3, f"=IF(D{row}=0,NA(),{mean})", "0.00")
        self._hide_missing(f"C{top + 1}:C{top + MONTHS}", f"C{top + 1}")
        return range(top, top + 1 + MONTHS)

    def _stages(self, top: int) -> range:
        """Customers by stage and risk, and revenue at risk by stage."""
        risks = tuple(word.text for word in words.RISKS.members)
        self._header(top, (_STAGE, *risks, _REVENUE))
        stage = layout.reference("customers", "stage", self._lang)
        risk = layout.reference("customers", "risk", self._lang)
        value = layout.reference("customers", "value_at_risk", self._lang)
        for row, word in enumerate(words.STAGES.members, top + 1):
            self._behind(row, 2, word.text.within(self._lang), "@")
            for place, text in enumerate(risks, 3):
                name = text.within(self._lang)
                self._behind(row, place, f'=COUNTIFS({stage},B{row},{risk},"{name}")', "#,##0")
            self._behind(row, 6, f"=SUMIFS({value},{stage},B{row})", "#,##0")
        return range(top, top + 1 + len(words.STAGES.members))

    def _groups(self, top: int) -> range:
        """The model's reliability, from the Model sheet."""
        self._header(top, (_GROUP, _PREDICTED, _OBSERVED, _PERFECT, _CUSTOMERS))
        table = layout.table("reliability")
        names = {
            key: layout.reference("reliability", key, self._lang)
            for key in ("group", "predicted", "observed", "customers")
        }
        for number in range(1, table.rows + 1):
            row = top + number
            there = f"ISNUMBER(INDEX({names['predicted']},{number}))"
            # Where one of them is no number, ONLYOFFICE takes 1, 2, 3 for all that are predicted.
            for place, key, missing in (
                (3, "predicted", "0"),
                (4, "observed", "NA()"),
                (5, "predicted", "NA()"),
            ):
                formula = f"=IF({there},INDEX({names[key]},{number}),{missing})"
                self._behind(row, place, formula, "0.0%")
            for place, key, number_format in ((2, "group", "@"), (6, "customers", "#,##0")):
                formula = f'=IF({there},INDEX({names[key]},{number}),"")'
                self._behind(row, place, formula, number_format)
        self._hide_missing(f"C{top + 1}:E{top + table.rows}", f"$D{top + 1}")
        return range(top, top + 1 + table.rows)

    def _hide_missing(self, area: str, first: str) -> None:
        """#N/A makes a gap in a chart; on the sheet it would only disturb."""
        self._sheet.conditional_formatting.add(
            area, FormulaRule(formula=[f"ISNA({first})"], font=Font(color="FFFFFF"))
        )

    def _charts(self, top: int, months: range, stages: range, groups: range) -> None:
        lang = self._lang
        charts = Charts(self._sheet, self._look.name)
        middle = top + _CHART_ROWS
        charts.by_month(
            (top, 2, middle - 1, 5),
            _SATISFACTION.within(lang),
            (_MONTH_HEADERS[1].within(lang), _MONTH_HEADERS[2].within(lang)),
            months,
        )
        charts.stacked(
            (top, 6, middle - 1, _LAST),
            _BY_STAGE.within(lang),
            _CUSTOMERS.within(lang),
            stages,
            [(3, "low"), (4, "medium"), (5, "high")],
        )
        charts.columns(
            (middle, 2, middle + _CHART_ROWS - 1, 5),
            _VALUE.within(lang),
            _REVENUE.within(lang),
            stages,
            6,
        )
        charts.reliability(
            (middle, 6, middle + _CHART_ROWS - 1, _LAST),
            _RELIABILITY.within(lang),
            (_PREDICTED.within(lang), _OBSERVED.within(lang)),
            groups,
        )
