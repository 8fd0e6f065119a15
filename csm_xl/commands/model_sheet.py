"""The Model sheet: what the model found, how good it is, and how far to trust it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xlwings as xw

from csm_xl.churn.explain import shown
from csm_xl.churn.formula import ChurnFormula
from csm_xl.churn.report import Report
from csm_xl.commands.excel import indent
from csm_xl.commands.looks import broken, dress_block, dress_sheet
from csm_xl.commands.session import Session
from csm_xl.commands.writing import add_sheet, cells, write_block
from csm_xl.company.header_table import HeaderTable
from csm_xl.language import Language, Text
from csm_xl.vocabulary import layout

FIGURES: dict[str, tuple[Text, Text]] = {
    "log_loss": (
        Text("Log-loss", "对数损失"),
        Text("Lower is better; 0 is perfect.", "数字越小越好，0 为完全准确。"),
    ),
    "brier": (
        Text("Brier score", "Brier 分数"),
        Text(
            "Mean squared error of the probability; lower is better.",
            "概率的均方误差，数字越小越好。",
        ),
    ),
    "auc": (
        Text("AUC", "AUC"),
        Text(
            "How often a customer who left scores above one who stayed; 0.5 is chance.",
            "任取一位流失的和一位未流失的客户，前者得分更高的比例；数字越大越好，0.5 相当于随机。",
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
        Text("Predicted minus observed", "预测与实际之差"),
        Text("Mean probability minus the share who left.", "平均概率减去实际流失比例。"),
    ),
    "lift_top_tenth": (
        Text("Lift of the top tenth", "前 10% 的提升度"),
        Text(
            "How many times the usual share left among the tenth with the highest scores.",
            "得分最高的 10% 客户，流失比例是平均水平的几倍。",
        ),
    ),
}


#: Widths of a Model sheet in a workbook that did not come from the template.
_WIDTHS = {"A": 34.0, "B": 14.0, "C": 14.0, "D": 14.0, "E": 64.0}
#: Columns that are wider in the template hold sentences.
_LONGEST = 40


def write_model_sheet(
    session: Session,
    formula: ChurnFormula,
    report: Report,
    left_out: Sequence[tuple[str, Text]],
) -> None:
    """Write the report; the sheet is made when it is missing, and nothing else is touched."""
    lang = session.language
    blocks = {
        "facts": _facts(formula, report, left_out, lang),
        "quality": _quality(report, lang),
        "comparison": [
            (peer.name.within(lang), peer.log_loss, peer.brier, peer.auc if report.ranks else None)
            for peer in report.comparison
        ],
        "drivers": [
            (d.feature, d.share, _typical(formula, d.feature, lang), d.sentence.within(lang))
            for d in report.drivers
        ],
    }
    tables = {key: session.table(key) for key in blocks}
    if any(tables.values()):
        for key, rows in blocks.items():
            table = tables[key]
            if table is not None:
                _fill_table(session, table, rows)
        return
    sheet, new = _sheet(session)
    if new:
        for letter, width in _WIDTHS.items():
            sheet.range(f"{letter}:{letter}").column_width = width
        dress_sheet(sheet, 0, landscape=True)
    else:
        used = sheet.used_range
        # What the owner noted at the right stays.
        cells(sheet, 1, 1, used.row + used.rows.count - 1, len(_WIDTHS)).clear()
    row = 1
    for key, rows in blocks.items():
        row = _write_beside(session, sheet, row, key, _broken(rows) if key == "facts" else rows)


def _write_beside(
    session: Session, sheet: xw.Sheet, row: int, key: str, rows: Sequence[tuple]
) -> int:
    """Write one block with its titles; returns the row of the next."""
    one, lang = layout.table(key), session.language
    columns = one.template
    write_block(session, sheet, row, 1, [[one.purpose.within(lang)]])
    numbers = [column.kind in ("number", "share") for column in columns]
    dress_block(sheet, row, len(_WIDTHS), sum(numbers))
    for place, column in enumerate(columns, 1):
        # Sentences stand in the last column, which is wide; those about the model run on to it.
        at = len(_WIDTHS) if column.width > _LONGEST and key != "facts" else place
        write_block(session, sheet, row + 1, at, [[column.title.within(lang)]])
        if not rows:
            continue
        area = cells(sheet, row + 2, at, len(rows))
        area.number_format = column.number_format
        write_block(session, sheet, row + 2, at, [(line[place - 1],) for line in rows])
        area.vertical_alignment = "top"
        if at in (1, len(_WIDTHS)):
            area.wrap_text = True
        if at > 1 and not numbers[place - 1]:
            indent(cells(sheet, row + 1, at, len(rows) + 1))
    return row + len(rows) + 3


def _broken(facts: Sequence[tuple]) -> list[tuple]:
    """Facts with a row for each line of what they say, so that no page cuts it."""
    found: list[tuple] = []
    for name, value in facts:
        lines = broken(str(value), sum(list(_WIDTHS.values())[1:]))
        found += [(name if number == 0 else None, line) for number, line in enumerate(lines)]
    return found


def model_sheet_name(session: Session) -> str:
    """The name of the Model sheet: the one that is there, or what it will be called.

    A sheet of the owner's with such a name stays as it is, and ours gets our name behind it.
    """
    title = layout.sheet("model").title
    called = [title.en, title.zh, f"{title.en} (csm-xl)", f"{title.zh} (csm-xl)"]
    for name in called:
        if name in session.sheets and _is_ours(session, name):
            return name
    wanted = title.within(session.language)
    return wanted if wanted not in session.sheets else f"{wanted} (csm-xl)"


def _is_ours(session: Session, name: str) -> bool:
    """Whether csm-xl wrote a sheet: it holds our tables, or begins with our sentence."""
    facts = session.table("facts")
    if facts is not None and facts.sheet == name:
        return True
    row, column, used = session.used(name)
    purpose = layout.table("facts").purpose
    return (row, column) == (1, 1) and used[0][0] in (purpose.en, purpose.zh)


def _sheet(session: Session) -> tuple[xw.Sheet, bool]:
    """The sheet, and whether it was made just now: widths that the owner chose are kept."""
    name = model_sheet_name(session)
    found = session.sheets.get(name)
    return (add_sheet(session.book, name), True) if found is None else (found, False)


def _fill_table(session: Session, table: HeaderTable, rows: Sequence[Sequence[Any]]) -> None:
    """Fill a table of the template, whose size is set aside; what is left over is cleared."""
    blank = (None,) * len(table.headers)
    filled: list[tuple[Any, ...]] = [tuple(row) for row in rows[: table.height]]
    write_block(
        session,
        session.sheet(table),
        table.row + 1,
        table.column,
        filled + [blank] * (table.height - len(filled)),
    )


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
        else Text("not known: the sheet has no dates", "没有流失日期，无法得知")
    )
    facts: list[tuple[Text, Any]] = [
        (Text("Trained on", "训练日期"), str(formula.meta.get("trained_on", ""))),
        (Text("Learned from", "训练数据"), _learned_from(report).within(lang)),
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


def _learned_from(report: Report) -> Text:
    """How many customers, and how many looks at them where each was looked at more than once."""
    n, left = report.n_customers, report.n_churned
    share = left / n
    customers = Text(
        f"{n:,} customers, of whom {left:,} left ({share:.1%}).",
        f"{n:,} 位客户，其中流失 {left:,} 位（{share:.1%}）。",
    )
    if report.n_cases == n:
        return customers
    return Text(
        f"{customers.en} They were looked at on several days: {report.n_cases:,} looks, "
        f"{report.n_cases_left:,} of them followed by leaving ({report.base_rate:.1%}).",
        f"{customers.zh}在多个日期观察这些客户：共 {report.n_cases:,} 次观察，"
        f"其中 {report.n_cases_left:,} 次之后流失（{report.base_rate:.1%}）。",
    )


def _quality(report: Report, lang: Language) -> list[tuple]:
    rows = []
    for key, figure in report.figures.items():
        if key == "auc" and not report.ranks:
            continue
        name, meaning = FIGURES.get(key, (Text(key, key), Text("", "")))
        rows.append(
            (name.within(lang), figure.value, figure.low, figure.high, meaning.within(lang))
        )
    return rows


def _typical(formula: ChurnFormula, feature: str, lang: Language) -> str:
    term = next(term for term in formula.terms if term.name == feature)
    return shown(term, formula.meta.get("typical", {}).get(feature)).within(lang).strip(" “”")
