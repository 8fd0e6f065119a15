"""The function reference, written from the declarations: ``python -m csm_xl.reference`` prints it.

Signature, arguments, example and source come from each function's declaration; the results are
what the formula engine computes for the examples; the errors that are particular to a function
stand here, each with a formula that gives it.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from csm_xl.errors import untag
from csm_xl.functions import REGISTRY
from csm_xl.functions.declaration import Declaration, Parameter
from csm_xl.language import LANGUAGES, Language, Text, use_language
from csm_xl.vocabulary.cells import Rows

_TITLE = Text("Function reference", "函数参考")
_LEAD = Text(
    "Every function that csm-xl adds to a cell. This page is generated from the functions' own "
    "declarations by `python -m csm_xl.reference`; do not edit it.",
    "csm-xl 提供的全部单元格函数。本页由 `python -m csm_xl.reference` 根据函数声明生成，请勿手工修改。",
)
_COMMON = (
    Text(
        "**Ranges.** A range, a whole column (`B:B`), a table's column (`Feedback[Rating]`) or a "
        "constant (`{5,4,3}`) may be given. Figures over a column skip blank cells and a title.",
        "**区域。** 可以是区域、整列（`B:B`）、表格的列（`反馈[评分]`）或常量（`{5,4,3}`）。对一列求值的函数会跳过空单元格和标题。",
    ),
    Text(
        "**Row by row** means one result for each row that is given. They fill the cells below in "
        "Excel 2021, 2024 and 365; in older versions select the cells first and confirm with "
        "Ctrl+Shift+Enter. A blank row stays blank.",
        "**逐行计算**是指给几行就得几个结果。Excel 2021、2024、365 会自动向下填充；旧版本请先选中多个单元格，再按 Ctrl+Shift+Enter 确认。空行的结果仍为空。",
    ),
    Text(
        "**Errors** are real Excel errors, which `IFERROR` catches. `#VALUE!`: a cell that cannot "
        "be read, or ranges that do not fit together. `#NUM!`: a number outside its scale. "
        "`#DIV/0!`: nothing to divide by. `#N/A`: no trained model, or too little data. An error "
        "among the inputs comes back as it is. **Why?** on the ribbon says which cell it is and "
        "what to do.",
        "**错误**是真正的 Excel 错误值，可用 `IFERROR` 处理。`#VALUE!`：单元格无法识别，或各区域不匹配。`#NUM!`：数字超出范围。`#DIV/0!`：没有可除的数。`#N/A`：没有训练好的模型，或数据太少。输入中已有的错误值会原样返回。功能区的**“为什么？”**会指出是哪个单元格、该怎么办。",
    ),
)
_OPTIONAL = Text("optional", "可省略")
_EXAMPLE = Text("Example", "示例")
_SOURCE = Text("Source", "出处")
_ERRORS = Text("Errors", "错误")
_RETURNS = {
    "value": Text("One value.", "结果为一个值。"),
    "rows": Text("Row by row.", "逐行计算。"),
    "table": Text("A table of several columns.", "结果为多列的表。"),
}
_READS = {
    "model": Text("the churn model of the workbook", "工作簿中的流失模型"),
    "survival": Text("the survival model of the workbook", "工作簿中的生存模型"),
    "purchases": Text("the model of orders of the workbook", "工作簿中的购买模型"),
    "tiers": Text(
        "the tiers of the last refresh, where they fit the range", "上次刷新所存的层级（适用时）"
    ),
    "playbook": Text("the Playbook sheet", "“行动手册”工作表"),
    "language": Text("the workbook's language", "工作簿的语言"),
}
_SETTINGS = Text("the Settings sheet", "“设置”工作表")
_ALSO_READS = Text("Also reads", "另外读取")
_NEEDS_MODEL = Text("after Retrain", "训练后才有")
_ON_CUSTOMERS = Text("on the sheet Customers, after Retrain", "在“客户”工作表中，训练后才有")
#: Records without which a function has no answer.
MODELS = frozenset({"model", "survival", "purchases"})


@dataclass(frozen=True)
class Failure:
    """An error that is particular to a function.

    Attributes
    ----------
    error : str
        What the cell shows.
    when : Text
    formula : str
        A formula that gives it in a workbook without a model.
    """

    error: str
    when: Text
    formula: str


_NO_RATING = Text("no rating at all", "没有任何评分")
_BELOW_ZERO = Text("a count below 0", "次数小于 0")
_NOTHING_IN_ALL = Text("a total of 0", "总数为 0")
_NO_MODEL = Text(
    "no model has been trained in this workbook: click Retrain",
    "工作簿中还没有训练好的模型：请点“重新训练”",
)
_NO_PRICE = Text("nobody paid anything before", "之前没有任何客户付费")
_NOBODY = Text("nobody was a customer on the first day", "期间第一天没有客户")

FAILURES: dict[str, tuple[Failure, ...]] = {
    "CSAT": (
        Failure("#NUM!", Text("a rating outside 1 to 5", "评分不在 1 到 5 之间"), "=CSAT({5,9})"),
        Failure(
            "#VALUE!", Text("a word that is no level", "不是满意度等级的文字"), '=CSAT({5;"?"})'
        ),
        Failure("#DIV/0!", _NO_RATING, "=CSAT(Z1:Z9)"),
    ),
    "SATISFACTION": (
        Failure("#DIV/0!", _NOTHING_IN_ALL, "=SATISFACTION(0,0)"),
        Failure("#NUM!", _BELOW_ZERO, "=SATISFACTION(-1,5)"),
    ),
    "NPS": (
        Failure("#NUM!", Text("a score outside 0 to 10", "分数不在 0 到 10 之间"), "=NPS({10,11})"),
        Failure("#DIV/0!", _NO_RATING, "=NPS(Z1:Z9)"),
    ),
    "EXPERIENCE": (
        Failure(
            "#VALUE!", Text("a text that is no number", "不是数字的文字"), '=EXPERIENCE("?",1,1)'
        ),
    ),
    "LOYALTY": (
        Failure("#DIV/0!", _NOTHING_IN_ALL, "=LOYALTY(0,0)"),
        Failure(
            "#NUM!", Text("more repeats than purchases", "重复购买多于总购买"), "=LOYALTY(6,5)"
        ),
    ),
    "RFM": (
        Failure("#NUM!", Text("fewer than 2 bins", "分级少于 2"), "=RFM({3;40},{12;5},{9;3},1)"),
    ),
    "LOYALTY_TIER": (
        Failure(
            "#N/A",
            Text("fewer customers than tiers", "客户数少于层级数"),
            "=LOYALTY_TIER({1,40},3)",
        ),
    ),
    "LIFECYCLE": (
        Failure(
            "#NUM!", Text("days or counts below 0", "天数或次数小于 0"), "=LIFECYCLE(-1,5,12,6)"
        ),
    ),
    "HEALTH": (
        Failure(
            "#NUM!",
            Text("a part outside 0 to 1", "某一项不在 0 到 1 之间"),
            "=HEALTH(4,0.5,0.6,0.1)",
        ),
    ),
    "CHURN_RATE": (
        Failure("#DIV/0!", _NOTHING_IN_ALL, "=CHURN_RATE(0,0)"),
        Failure("#NUM!", Text("more left than there were", "流失数多于总数"), "=CHURN_RATE(6,5)"),
        Failure(
            "#VALUE!", Text("a single cell without total", "单个单元格而没有总数"), "=CHURN_RATE(5)"
        ),
    ),
    "CHURN_RATE_PERIOD": (
        Failure("#DIV/0!", _NOBODY, "=CHURN_RATE_PERIOD({45000},{45100},44000,44100)"),
    ),
    "RETENTION": (Failure("#DIV/0!", _NOBODY, "=RETENTION({45000},{45100},44000,44100)"),),
    "NRR": (Failure("#DIV/0!", _NO_PRICE, "=NRR({0;0},{40;40})"),),
    "GRR": (Failure("#DIV/0!", _NO_PRICE, "=GRR({0;0},{40;40})"),),
    "CHURN_LOGIT": (
        Failure(
            "#VALUE!",
            Text("more coefficients than features", "系数个数与特征列数不同"),
            "=CHURN_LOGIT(-1,{0.5,-0.2,1},{2,3})",
        ),
    ),
    "CHURN_PROB": (Failure("#N/A", _NO_MODEL, "=CHURN_PROB({1,2})"),),
    "CHURN_REASONS": (Failure("#N/A", _NO_MODEL, "=CHURN_REASONS({1,2})"),),
    "CHURN_RISK": (
        Failure(
            "#NUM!", Text("a probability outside 0 to 1", "概率不在 0 到 1 之间"), "=CHURN_RISK(7)"
        ),
    ),
    "SURVIVAL": (Failure("#N/A", _NO_MODEL, "=SURVIVAL({1,2},6)"),),
    "CLV": (Failure("#N/A", _NO_MODEL, "=CLV(12,300,330,45)"),),
    "EXPECTED_PURCHASES": (Failure("#N/A", _NO_MODEL, "=EXPECTED_PURCHASES(12,300,330,90)"),),
    "PAIN_POINTS": (
        Failure(
            "#N/A",
            Text("no complaint and no wish in the texts", "文字中没有抱怨或愿望"),
            "=PAIN_POINTS(Z1:Z9)",
        ),
    ),
    "NEXT_ACTION": (
        Failure(
            "#NUM!",
            Text("a probability outside 0 to 1", "概率不在 0 到 1 之间"),
            '=NEXT_ACTION(7,"Decline")',
        ),
    ),
}


def evaluate(formula: str) -> list[list[Any]]:
    """What one of csm-xl's functions gives in an empty workbook, by way of the formula engine.

    Parameters
    ----------
    formula : str
        A call of one function, with ``=``.

    Returns
    -------
    list of list
        Rows of numbers, texts and bools; an error is its name, such as ``"#N/A"``.
    """
    import openpyxl

    from csm_xl.calc.calculate import calculate
    from csm_xl.ooxml.workbook_file import Workbook

    name = formula[1 : formula.index("(")]
    given: list[Rows] = []
    declared = REGISTRY[name]

    def call(*arguments: Any) -> Rows:
        given.append(declared.call(*arguments))
        return given[-1]

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "example.xlsx"
        book = openpyxl.Workbook()
        book.worksheets[0]["A1"] = formula
        book.save(path)
        calculate(Workbook(path), {name: replace(declared, call=call)})
    return [[_shown(value) for value in row] for row in given[-1]]


def _shown(value: Any) -> Any:
    error = untag(value)
    return value if error is None else error[0]


def reference() -> str:
    """The whole page."""
    groups: dict[str, list[Declaration]] = {}
    for declared in sorted(REGISTRY.values(), key=lambda one: one.name):
        groups.setdefault(declared.category.en, []).append(declared)
    lines = [f"# {_TITLE.en} · {_TITLE.zh}", "", _LEAD.en, "", _LEAD.zh, ""]
    for text in _COMMON:
        lines += [text.en, "", text.zh, ""]
    for functions in groups.values():
        category = functions[0].category
        names = ", ".join(f"[{one.name}](#{one.name.lower()})" for one in functions)
        lines.append(f"* {category.en} · {category.zh}: {names}")
    for functions in groups.values():
        for declared in functions:
            lines += ["", *_section(declared)]
    return "\n".join(lines) + "\n"


def _section(declared: Declaration) -> list[str]:
    lines = [
        f"## {declared.name}",
        "",
        "```",
        f"={declared.signature.en}",
        f"={declared.signature.zh}",
        "```",
        "",
    ]
    for lang in LANGUAGES:
        space = "" if lang == "zh" else " "
        what, shape = declared.help.within(lang), _RETURNS[declared.returns].within(lang)
        lines += [f"{what}{space}{shape}", ""]
        lines += [_argument(parameter, lang) for parameter in declared.typed]
        lines += _reads(declared, lang)
        lines.append("")
    lines += [_example(declared), ""]
    if declared.source:
        lines += [f"{_SOURCE.en} · {_SOURCE.zh}: {declared.source}", ""]
    failures = FAILURES.get(declared.name, ())
    if failures:
        lines += [f"{_ERRORS.en} · {_ERRORS.zh}:", ""]
        lines += [f"* `{f.error}` {f.when.en} · {f.when.zh}: `{f.formula}`" for f in failures]
    return lines if lines[-1] else lines[:-1]


def _argument(parameter: Parameter, lang: Language) -> str:
    optional = f" *({_OPTIONAL.within(lang)})*" if parameter.optional else ""
    colon = "：" if lang == "zh" else ": "
    return f"* `{parameter.label.within(lang)}`{optional}{colon}{parameter.help.within(lang)}"


def _reads(declared: Declaration, lang: Language) -> list[str]:
    """What the cell depends on beside what was typed."""
    hidden = [p.hidden for p in declared.parameters if p.hidden is not None]
    texts = [_READS[key] for key in hidden if key in _READS]
    if any(key.startswith("setting.") for key in hidden):
        texts.append(_SETTINGS)
    if not texts:
        return []
    joined = ("、" if lang == "zh" else ", ").join(text.within(lang) for text in texts)
    return [f"* {_ALSO_READS.within(lang)}{'：' if lang == 'zh' else ': '}{joined}"]


def _example(declared: Declaration) -> str:
    """The example with what it gives, in both languages where a text comes out."""
    examples = dict.fromkeys(declared.example.within(lang) for lang in LANGUAGES)
    line = f"{_EXAMPLE.en} · {_EXAMPLE.zh}: {' · '.join(f'`{one}`' for one in examples)}"
    if any(p.hidden in MODELS for p in declared.parameters):
        when = _ON_CUSTOMERS if ":" in declared.example.en else _NEEDS_MODEL
        return f"{line} ({when.en} · {when.zh})"
    spoken = []
    for lang in LANGUAGES:
        with use_language(lang):
            spoken.append(_written(evaluate(declared.example.within(lang))))
    return f"{line} → {' · '.join(dict.fromkeys(spoken))}"


def _written(rows: list[list[Any]]) -> str:
    return "`" + "; ".join(" | ".join(_cell(value) for value in row) for row in rows) + "`"


def _cell(value: Any) -> str:
    """A number to four figures, as a reader needs it."""
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:.4g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    # A redirected stream on Windows is ANSI, which has no Chinese in most countries.
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write(reference())
