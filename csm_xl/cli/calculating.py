"""``csm-xl calc``: compute a workbook file, and say what was and what was not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from csm_xl.cli.application import File, Out, app
from csm_xl.cli.files import opened, save_as
from csm_xl.cli.terminal import say, show_table
from csm_xl.errors import SheetError
from csm_xl.language import Text

_OUT_OF_DATE = Text("out of date", "已过期")
_STANDS = Text("Excel's value stands", "保留 Excel 的值")
_DIFFERS = Text("differs from Excel", "与 Excel 不同")
_UNCHECKED = Text("not checked", "未核对")

_OUT_OF_DATE_SENTENCE = Text(
    "{n} could not be calculated here and are out of date. Open the workbook in Excel and press "
    "Ctrl+Alt+F9.",
    "{n} 个公式无法在此计算，其值已过期。请在 Excel 中打开工作簿并按 Ctrl+Alt+F9。",
)
_STANDS_SENTENCE = Text(
    "{n} keep the value that Excel computed, which is still right: csm-xl would give another.",
    "{n} 个公式保留 Excel 算出的值（仍然正确）：csm-xl 会得出不同结果。",
)
_DIFFERS_SENTENCE = Text(
    "{n} now show another value than Excel computed.",
    "{n} 个公式的值现在与 Excel 算出的不同。",
)
_UNCHECKED_SENTENCE = Text(
    "Calculated for the first time with functions not checked against Excel: {n}.",
    "{n} 个公式首次计算，所用函数尚未与 Excel 核对。",
)


@app.command()
def calc(
    file: File,
    out: Out = None,
    everything: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Compute every formula again, also where Excel's value is right. "
            "重新计算所有公式，包括 Excel 的值仍然正确的公式。",
        ),
    ] = False,
) -> None:
    """Calculate csm-xl's functions and whatever is not computed yet. 计算 csm-xl 函数及尚未计算的公式。"""
    from csm_xl.calc.report import shown_cell
    from csm_xl.commands.opening import open_book
    from csm_xl.safety_copies import keep_file

    with opened(open_book(file)) as book:
        book.impl.calculate(everything=everything)
        report = book.impl.calculation_report
        if report.circular and not book.impl.workbook.provenance.iterates:
            circle = ", ".join(report.circular[0][:6])
            raise SheetError(
                f"These formulas refer to each other in a circle: {circle}. Change one of them.",
                f"以下公式互相循环引用：{circle}。请修改其中一个。",
            )
        if out is None:
            keep_file(Path(book.fullname))
        save_as(book, out)
    _tell(report)
    for message in report.messages:
        where = shown_cell(message.sheet, message.row, message.column)
        say(f"{where} {message.error} {message.function}: {message.message}")


def _tell(report: Any) -> None:
    say(Text("{n} formulas calculated.", "已计算 {n} 个公式。").fill(n=report.calculated))
    rows: list[tuple[str, str, str]] = []
    found: list[tuple[Text, Text, list[Any]]] = [
        (_OUT_OF_DATE_SENTENCE, _OUT_OF_DATE, report.kept),
        (_STANDS_SENTENCE, _STANDS, report.stands),
        (_DIFFERS_SENTENCE, _DIFFERS, report.differing),
        (_UNCHECKED_SENTENCE, _UNCHECKED, report.unchecked),
    ]
    for sentence, word, entries in found:
        if entries:
            say(sentence.fill(n=len(entries)))
            rows += [(entry.cell, str(word), str(entry.reason)) for entry in entries]
    if rows:
        show_table((Text("Cell", "单元格"), Text("What", "情况"), Text("Why", "原因")), rows)
