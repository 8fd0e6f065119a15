"""Why a formula keeps the value it had: the reasons, each with its sentence for the owner."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from csm_xl.formulas.workbook_model import CellValue, ErrorValue
from csm_xl.language import Text

#: So many characters of a text are shown.
_LONGEST_SHOWN = 40


class Why(Enum):
    """The kind of a reason."""

    EXTERNAL = "external"
    FUNCTION = "function"
    NAME = "name"
    REFERENCE = "reference"
    SYNTAX = "syntax"
    UNSUPPORTED = "unsupported"
    CIRCULAR = "circular"
    DEPENDS = "depends"
    DIFFERS = "differs"
    UNCHECKED = "unchecked"


class NotCalculated(Exception):
    """A formula that is left alone.

    Attributes
    ----------
    why : Why
    text : Text
        One sentence for the owner.
    side : int
        Tells apart formulas on different sides of what would have made them computable.
    """

    def __init__(self, why: Why, text: Text, side: int = 0) -> None:
        super().__init__(text.en)
        self.why = why
        self.text = text
        self.side = side


def external(book: str) -> NotCalculated:
    """Values or functions of another workbook; files mostly number it, which tells nobody."""
    named = "" if book.isdigit() else f" {book}"
    return NotCalculated(
        Why.EXTERNAL,
        Text(
            "It refers to another workbook{book}, which is not opened.",
            "它引用了另一个工作簿{book}，csm-xl 不会打开其他工作簿。",
        ).fill(book=named),
    )


def unknown_function(name: str) -> NotCalculated:
    """A function of an add-in, of a macro, or one that the calculator lacks."""
    return NotCalculated(
        Why.FUNCTION,
        Text(
            "The function {name} is not known outside Excel.",
            "函数 {name} 在 Excel 之外无法计算。",
        ).fill(name=name),
    )


def unknown_name(name: str) -> NotCalculated:
    """A name that the workbook does not define."""
    return NotCalculated(
        Why.NAME,
        Text(
            "The workbook defines no name {name}.",
            "工作簿中没有定义名称 {name}。",
        ).fill(name=name),
    )


def endless_name(name: str) -> NotCalculated:
    """A name defined by itself."""
    return NotCalculated(
        Why.NAME,
        Text("The name {name} is defined by itself.", "名称 {name} 的定义引用了它自己。").fill(
            name=name
        ),
    )


def missing_sheet(name: str) -> NotCalculated:
    """A sheet that the workbook does not have."""
    return NotCalculated(
        Why.REFERENCE,
        Text("There is no sheet {name}.", "没有名为 {name} 的工作表。").fill(name=name),
    )


def missing_table(name: str, side: int = 0) -> NotCalculated:
    """A table that the workbook does not have."""
    return NotCalculated(
        Why.REFERENCE,
        Text("There is no table {name}.", "没有名为 {name} 的表格。").fill(name=name),
        side,
    )


def missing_column(column: str, table: str) -> NotCalculated:
    """A column that a table does not have."""
    return NotCalculated(
        Why.REFERENCE,
        Text(
            "The table {table} has no column {column}.",
            "表格 {table} 中没有“{column}”列。",
        ).fill(column=column, table=table),
    )


def unreadable(text: Text) -> NotCalculated:
    """A formula that is no formula."""
    return NotCalculated(Why.SYNTAX, text)


def unsupported(en: str, zh: str) -> NotCalculated:
    """Something that the calculator cannot do, named in both languages."""
    return NotCalculated(
        Why.UNSUPPORTED,
        Text(
            "It uses {what}, which only Excel can calculate.", "它用到{what}，只能由 Excel 计算。"
        ).fill(what=Text(en, zh)),
    )


def too_wide(cells: int) -> NotCalculated:
    """A range that would not fit into the memory of an ordinary computer."""
    return NotCalculated(
        Why.UNSUPPORTED,
        Text(
            f"It reads {cells:,} cells at once. Name only the rows and columns that you need.",
            f"一次要读取 {cells:,} 个单元格，请只引用需要的行和列。",
        ),
    )


def beyond() -> NotCalculated:
    """What the calculator gave up on without saying why."""
    return NotCalculated(
        Why.UNSUPPORTED,
        Text(
            "It cannot be calculated outside Excel.",
            "这个公式在 Excel 之外无法计算。",
        ),
    )


def depends(cell: str) -> Text:
    """The value comes, directly or not, from a cell that keeps its value."""
    return Text("It depends on {cell}.", "它依赖于 {cell}。").fill(cell=cell)


def depending(cell: str) -> NotCalculated:
    """See :func:`depends`."""
    return NotCalculated(Why.DEPENDS, depends(cell))


def reads_kept() -> NotCalculated:
    """``INDIRECT`` and ``OFFSET`` choose their cells while they are computed."""
    return NotCalculated(
        Why.DEPENDS,
        Text(
            "It reads a cell that was not calculated, through INDIRECT or OFFSET.",
            "它通过 INDIRECT 或 OFFSET 读取了未能计算的单元格。",
        ),
    )


def differs(excel: CellValue, computed: CellValue) -> NotCalculated:
    """The calculator gives something else than the program that wrote the file."""
    return NotCalculated(
        Why.DIFFERS,
        Text(
            "Excel computed {excel}, csm-xl computes {computed}.",
            "Excel 的结果是 {excel}，csm-xl 的结果是 {computed}。",
        ).fill(excel=shown_value(excel), computed=shown_value(computed)),
    )


def unchecked(functions: Sequence[str]) -> NotCalculated:
    """Computed, with nothing of Excel's to compare with."""
    return NotCalculated(
        Why.UNCHECKED,
        Text("Not checked against Excel: {functions}.", "尚未与 Excel 核对：{functions}。").fill(
            functions=", ".join(functions)
        ),
    )


def unsure(error: CellValue, functions: Sequence[str]) -> NotCalculated:
    """An error that may only say that the calculator lacks something."""
    return NotCalculated(
        Why.UNSUPPORTED,
        Text(
            "It gives {error} here, and {functions} was never compared with Excel.",
            "此处得到 {error}，而 {functions} 尚未与 Excel 核对。",
        ).fill(error=shown_value(error), functions=", ".join(functions)),
    )


def shown_value(value: CellValue) -> str:
    """A value for people: 15 digits of a number, a text in quotation marks."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, ErrorValue):
        return str(value)
    return f"“{value}”" if len(value) <= _LONGEST_SHOWN else f"“{value[:_LONGEST_SHOWN]}…”"


def circular(cells: str) -> NotCalculated:
    """Formulas that need each other's values."""
    return NotCalculated(
        Why.CIRCULAR,
        Text(
            "The formulas refer to each other in a circle: {cells}.",
            "公式之间循环引用：{cells}。",
        ).fill(cells=cells),
    )
