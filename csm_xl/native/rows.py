"""Native Excel formulas for figures row by row: ratios, experience, health, risk, lifecycle.

Each form uses only what Excel computes cell by cell, in a plain formula and in an array formula
alike (so ``*`` and ``+`` of conditions, not ``AND`` and ``OR``, which make one value of a range).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from csm_xl.churn.risk import HIGH, MEDIUM, RISKS
from csm_xl.errors import CsmError
from csm_xl.language import Language
from csm_xl.native.arguments import Argument, NoNativeForm, constant_text, number_text
from csm_xl.native.figures import checked, filled, none_false
from csm_xl.vocabulary.cell_readers import NUMBER
from csm_xl.vocabulary.cells import is_blank


class ProbabilityForm(Protocol):
    """The churn model as a native formula."""

    def at(self, features: Argument, headers: Argument, row: int) -> str:
        """The probability of the customer in one row of `features` (from 0)."""
        ...

    def over(self, features: Argument, headers: Argument) -> str:
        """The probabilities of all customers of `features`, as a range."""
        ...


@dataclass(frozen=True)
class Context:
    """What a function is told without the owner typing it.

    Attributes
    ----------
    lang : {"en", "zh"}
        The language of the workbook.
    settings : mapping of str to str
        Keys of settings that the copy has, with the name of each.
    probability : ProbabilityForm, optional
        The workbook's churn model; None where there is none.
    """

    lang: Language
    settings: Mapping[str, str]
    probability: ProbabilityForm | None = None

    def setting(self, key: str, default: float) -> str:
        """A setting's value in a formula; its default where the workbook has no such setting."""
        name = self.settings.get(key)
        return (
            number_text(default) if name is None else f'IF({name}="",{number_text(default)},{name})'
        )


class Cell:
    """One argument of a figure row by row, in the words of a formula.

    A text such as ``"5"`` counts as a number where one of today's cells holds such a text and
    Excel itself would write the number like that; other texts are errors, as for csm-xl.
    """

    def __init__(self, argument: Argument) -> None:
        self.argument = argument
        self.known = argument.constant and not is_blank(argument.value)
        self._texts = False
        for value in argument.flat:
            if isinstance(value, bool):
                raise NoNativeForm(
                    "A cell holds TRUE or FALSE, which LibreOffice takes for a number.",
                    "有单元格是 TRUE 或 FALSE，而 LibreOffice 会把它当作数字。",
                )
            self._texts |= is_number_text(value)
        self.text = argument.text or '""'

    @property
    def value(self) -> str:
        """The number it holds."""
        if self.known:
            return number_text(NUMBER.read(self.argument.value))
        return f"({self.text}+0)" if self._texts else self.text

    @property
    def blank(self) -> str:
        """The condition that it is blank; ``""`` where it never is."""
        return "" if self.known else f'{self.text}=""'

    @property
    def number(self) -> str:
        """The condition that it holds a number; ``""`` where it always does."""
        if self.known:
            return ""
        if self._texts:
            return f'({self.text}+0&""=TRIM({self.text}))'
        return f"ISNUMBER({self.text})"

    @property
    def or_nothing(self) -> str:
        """Its number, 0 where it is blank."""
        return self.value if self.known else f"IF({self.blank},0,{self.value})"

    @property
    def unreadable(self) -> str:
        """The condition that it holds something that is no number; ``""`` where it never does."""
        if self.known:
            return ""
        if self._texts:
            # An empty text that a formula gave cannot be added to.
            return f"IF({self.blank},1,--{self.number})=0"
        return f"({self.blank})+{self.number}=0"

    def off_scale(self, low: float, high: float | None = None) -> str:
        """The condition that it is filled and outside a scale that 0 lies on."""
        if self.known:
            return self.below(low) or ("" if high is None else self.above(high))
        value = self.or_nothing if self._texts else self.value
        outside = f"{value}<{number_text(low)}"
        if high is not None:
            outside = f"({outside})+({value}>{number_text(high)})"
        if not self._texts:
            return f'({self.text}<>"")*({outside})'
        return outside if high is None else f"{outside}>0"

    def below(self, limit: float) -> str:
        """The condition that it is below a limit; ``""`` where it never is."""
        return self._outside("<", limit)

    def above(self, limit: float) -> str:
        """The condition that it is above a limit; ``""`` where it never is."""
        return self._outside(">", limit)

    def _outside(self, operator: str, limit: float) -> str:
        if self.known:
            number = NUMBER.read(self.argument.value)
            outside = number < limit if operator == "<" else number > limit
            return "TRUE" if outside else ""
        return f"{self.value}{operator}{number_text(limit)}"


def is_number_text(value: object) -> bool:
    """Whether a cell holds a number as text."""
    if not isinstance(value, str) or is_blank(value):
        return False
    try:
        NUMBER.read(value)
    except CsmError:
        return False
    return True


def every(*conditions: str) -> str:
    """The condition that all hold; ``""`` when one of them never does."""
    if "" in conditions:
        return ""
    return "*".join(f"({condition})" for condition in conditions)


def some(*conditions: str) -> str:
    """The condition that one holds; those that never do are left out."""
    given = [condition for condition in conditions if condition]
    if len(given) < 2:
        return "".join(given)
    return "+".join(f"({condition})" for condition in given) + ">0"


def not_numbers(cells: Sequence[Cell]) -> str:
    """The condition that one of some cells holds no number."""
    return none_false([cell.number for cell in cells if cell.number])


def first_wrong(
    cells: Iterable[Cell], low: float | None = None, high: float | None = None
) -> list[tuple[str, str]]:
    """The conditions that a cell holds no number or one outside its scale, with the error of each.

    Cell by cell, as csm-xl reads them: of two that are wrong, the first one says what is wrong.
    """
    found = []
    for cell in cells:
        found.append((cell.unreadable, "#VALUE!"))
        if low is not None:
            found.append((cell.off_scale(low, high), "#NUM!"))
    return found


def ratio(part: Argument, total: Argument) -> str:
    """Part by total: SATISFACTION, LOYALTY and CHURN_RATE of counts."""
    p, t = Cell(part), Cell(total)
    if t.known:
        too_much = "" if t.value == "0" else f"{p.value}>{t.value}"
    else:
        too_much = f"({p.value}>{t.value})*({t.value}<>0)"
    return checked(
        [
            (every(p.blank, t.blank), '""'),
            *first_wrong([p, t], 0),
            (some(p.blank, t.blank), "#VALUE!"),
            (too_much, "#NUM!"),
        ],
        f"{p.value}/{t.value}",
    )


def experience(
    functional: Argument, service: Argument, emotional: Argument, weights: Argument
) -> str:
    """Weighted sum of the three satisfactions."""
    cells = [Cell(a) for a in (functional, service, emotional)]
    factors = _Weights(weights, 3)
    form = checked(
        [
            (every(*(cell.blank for cell in cells)), '""'),
            (not_numbers(cells), "#VALUE!"),
        ],
        "+".join(factors.times(i, cell.value) for i, cell in enumerate(cells)),
    )
    return factors.kept(form)


def health(
    satisfaction: Argument,
    loyalty: Argument,
    usage: Argument,
    churn_probability: Argument,
    weights: Argument,
) -> str:
    """0 to 100; a blank part drops out."""
    cells = [Cell(a) for a in (satisfaction, loyalty, usage, churn_probability)]
    factors = _Weights(weights, 4)
    parts, present = [], []
    for i, cell in enumerate(cells):
        value = cell.value if i < 3 else f"1-{cell.value}"
        part = (f"({value})" if i == 3 else value) if cell.known else f"IF({cell.blank},0,{value})"
        parts.append(factors.times(i, part))
        present.append(factors.one(i) if cell.known else factors.times(i, f'({cell.text}<>"")'))
    weight = "+".join(present)
    all_blank = every(*(cell.blank for cell in cells))
    form = checked(
        [
            (all_blank, '""'),
            *first_wrong(cells, 0, 1),
            (f"{weight}=0" if factors.may_be_zero else "", '""'),
        ],
        f"100*({'+'.join(parts)})/({weight})",
    )
    return factors.kept(form)


class _Weights:
    """The weights of a figure, written as numbers or as the cells that hold them."""

    def __init__(self, argument: Argument, count: int) -> None:
        self.argument = argument
        self.count = count
        self._numbers: list[float] | None = None
        if argument.blank:
            self._numbers = [1.0] * count
        elif argument.constant:
            self._numbers = [NUMBER.read(value) for value in argument.flat]
        elif (
            argument.held is None
            or argument.area is None
            or any(type(value) is not float for value in argument.flat)
        ):
            raise NoNativeForm(
                "The weights are not plain numbers in cells.", "权重不是单元格中的普通数字。"
            )
        if argument.held is not None and not argument.blank and len(argument.flat) != count:
            raise NoNativeForm(f"There are not {count} weights.", f"权重不是 {count} 个。")
        if self._numbers is not None and (min(self._numbers) < 0 or not any(self._numbers)):
            raise NoNativeForm(
                "The weights are not numbers of 0 or more.", "权重不是不小于 0 的数字。"
            )

    @property
    def may_be_zero(self) -> bool:
        """Whether the weights of the cells that are filled may add up to 0."""
        return self._numbers is None or 0.0 in self._numbers

    def one(self, i: int) -> str:
        """One weight."""
        if self._numbers is not None:
            return number_text(self._numbers[i])
        return self.argument.cell(*divmod(i, self.argument.columns)).text

    def times(self, i: int, value: str) -> str:
        """One weight times a value."""
        one = self.one(i)
        return value if one == "1" else f"{one}*{value}"

    def kept(self, form: str) -> str:
        """The form, failing once the weights are no longer what it was written for."""
        argument = self.argument
        if argument.left_out or argument.constant:
            return form
        if argument.blank:
            return checked([(f"{filled(argument.text)}>0", "NA()")], form)
        text = argument.text
        return checked(
            [
                (f"COUNT({text})<{self.count}", "#VALUE!"),
                (f'COUNTIF({text},"<0")>0', "#NUM!"),
                (f"SUM({text})=0" if self.count == 4 else "", "#DIV/0!"),
            ],
            form,
        )


def churn_risk(probability: Argument, medium: Argument, high: Argument, context: Context) -> str:
    """Low, Medium or High."""
    p = Cell(probability)
    limits, told = [], False
    for argument, key, default in ((medium, "risk_medium", MEDIUM), (high, "risk_high", HIGH)):
        setting = context.setting(key, default)
        cell = Cell(argument)
        if argument.left_out:
            limits.append(setting)
            told |= key in context.settings
        elif cell.known:
            limits.append(cell.value)
        else:
            limits.append(f"IF({cell.blank},{setting},{cell.value})")
            told = True
    low, mid, top = (constant_text(risk.within(context.lang)) for risk in RISKS)
    wrong = some(f"{limits[0]}<0", f"{limits[0]}>{limits[1]}", f"{limits[1]}>1")
    return checked(
        [
            (wrong if told else "", "#NUM!"),
            (p.blank, '""'),
            (not_numbers([p]), "#VALUE!"),
            (some(p.below(0), p.above(1)), "#NUM!"),
        ],
        f"IF({p.value}>={limits[1]},{top},IF({p.value}>={limits[0]},{mid},{low}))",
    )
