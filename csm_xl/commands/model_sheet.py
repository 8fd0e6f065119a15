"""The Model sheet: what the model found, how good it is, and how far to trust it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xlwings as xw

from csm_xl.churn.formula import ChurnFormula
from csm_xl.churn.report import Report
from csm_xl.commands.settings import workbook_language
from csm_xl.commands.source import find_source
from csm_xl.commands.writing import add_sheet, write_cells
from csm_xl.errors import SheetError
from csm_xl.language import Language, Text
from csm_xl.workbook import layout

FIGURES: dict[str, tuple[Text, Text]] = {
    "log_loss": (
        Text("Log-loss", "对数损失"),
        Text("Lower is better; 0 is perfect.", "越低越好，0 为完美。"),
    ),
    "brier": (
        Text("Brier score", "Brier 分数"),
        Text(
            "Mean squared error of the probability; lower is better.", "概率的均方误差，越低越好。"
        ),
    ),
    "auc": (
        Text("AUC", "AUC"),
        Text(
            "How often a customer who left scores above one who stayed; 0.5 is chance.",
            "流失客户得分高于未流失客户的比例，0.5 相当于随机。",
        ),
    ),
    "calibration_slope": (
        Text("Calibration slope", "校准斜率"),
        Text(
            "1 is right; below 1 the probabilities are too extreme.",
            "1 为准确，小于 1 表示概率过于极端。",
        ),
    ),
    "calibration_gap": (
        Text("Predicted minus observed", "预测减实际"),
        Text("Mean probability minus the share who left.", "平均概率减去实际流失比例。"),
    ),
    "lift_top_tenth": (
        Text("Lift of the top tenth", "前十分之一提升度"),
        Text(
            "How many times the usual share left among the tenth with the highest scores.",
            "得分最高的十分之一客户中，流失比例是平均水平的几倍。",
        ),
    ),
}


def write_model_sheet(
    book: xw.Book,
    formula: ChurnFormula,
    report: Report,
    left_out: Sequence[tuple[str, Text]],
) -> None:
    """Write the report; the sheet is made when it is missing, and nothing else is touched."""
    lang = workbook_language(book, _headers(book))
    blocks = {
        "facts": _facts(formula, report, left_out, lang),
        "quality": _quality(report, lang),
        "comparison": [
            (peer.name.within(lang), peer.log_loss, peer.brier, peer.auc)
            for peer in report.comparison
        ],
        "drivers": [
            (d.feature, d.share, _typical(formula, d.feature), d.sentence.within(lang))
            for d in report.drivers
        ],
    }
    sheet = _sheet(book, lang)
    tables = {table.name: table for table in sheet.tables}
    if tables:
        for key, rows in blocks.items():
            table = tables.get(layout.table(key).name)
            if table is not None:
                _fill_table(table, rows)
        return
    sheet.clear_contents()
    row = 1
    for key, rows in blocks.items():
        one = layout.table(key)
        titles = [column.title.within(lang) for column in one.template]
        write_cells(sheet.range((row, 1)).resize(1, 1), [[one.purpose.within(lang)]])
        write_cells(sheet.range((row + 1, 1)).resize(1, len(titles)), [titles])
        if rows:
            write_cells(sheet.range((row + 2, 1)).resize(len(rows), len(titles)), rows)
        row += len(rows) + 3


def _headers(book: xw.Book) -> list[str]:
    try:
        return find_source(book).headers
    except SheetError:
        return []


def _sheet(book: xw.Book, lang: Language) -> xw.Sheet:
    title = layout.sheet("model").title
    for sheet in book.sheets:
        if sheet.name in (title.en, title.zh):
            return sheet
    return add_sheet(book, title.within(lang))


def _fill_table(table: Any, rows: Sequence[Sequence[Any]]) -> None:
    """Fill a table of the template, whose size is set aside; what is left over is cleared."""
    body = table.data_body_range
    height, width = body.rows.count, body.columns.count
    blank = (None,) * width
    filled: list[tuple[Any, ...]] = [tuple(row) for row in rows[:height]]
    write_cells(body, filled + [blank] * (height - len(filled)))


def _facts(
    formula: ChurnFormula,
    report: Report,
    left_out: Sequence[tuple[str, Text]],
    lang: Language,
) -> list[tuple[str, Any]]:
    days = formula.meta.get("horizon_days")
    horizon = (
        Text(f"{days:g} days", f"{days:g} 天")
        if days
        else Text("not known: the sheet has no dates", "未知：表中没有日期")
    )
    facts: list[tuple[Text, Any]] = [
        (Text("Trained on", "训练日期"), str(formula.meta.get("trained_on", ""))),
        (Text("Customers", "客户数"), float(report.n_customers)),
        (Text("Of whom left", "其中流失"), float(report.n_churned)),
        (Text("Share who left", "流失比例"), report.base_rate),
        (Text("Horizon", "预测期"), horizon.within(lang)),
        (Text("Kind of model", "模型类型"), report.method.within(lang)),
        (Text("How far to trust it", "可信程度"), report.trust.within(lang)),
        (
            Text("Optimism (customers who stayed)", "乐观偏差（未流失客户）"),
            Text(
                f"{report.in_sample_mean_active:.3f} in the sample, "
                f"{report.out_of_fold_mean_active:.3f} on unseen customers",
                f"样本内 {report.in_sample_mean_active:.3f}，"
                f"未见过的客户 {report.out_of_fold_mean_active:.3f}",
            ).within(lang),
        ),
        (
            Text("Columns left out", "未使用的列"),
            "; ".join(f"{name}: {reason.within(lang)}" for name, reason in left_out),
        ),
        *((Text("Mind", "注意"), warning.within(lang)) for warning in report.warnings),
    ]
    return [(name.within(lang), value) for name, value in facts]


def _quality(report: Report, lang: Language) -> list[tuple]:
    rows = []
    for key, figure in report.figures.items():
        name, meaning = FIGURES.get(key, (Text(key, key), Text("", "")))
        rows.append(
            (name.within(lang), figure.value, figure.low, figure.high, meaning.within(lang))
        )
    return rows


def _typical(formula: ChurnFormula, feature: str) -> str:
    value = formula.meta.get("typical", {}).get(feature, "")
    return f"{value:g}" if isinstance(value, float) else str(value)
