"""Which native form a call of csm-xl gets, for one cell or for a whole range."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from csm_xl.calc.scope import read_formula
from csm_xl.errors import untag
from csm_xl.functions.declaration import TOPS, Declaration
from csm_xl.share import native_customers, native_figures, native_revenue, native_rows
from csm_xl.share.arguments import Argument, NoNativeForm, as_operand, constant_text
from csm_xl.share.native_figures import checked, filled, guarded, header_cells
from csm_xl.share.native_rows import Surrounding, some
from csm_xl.vocabulary.cell_readers import COUNT, NUMBER, SHARE, Reader
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
class RowForm:
    """A figure row by row.

    Attributes
    ----------
    readers : tuple of Reader
        What the arguments hold that go along row by row; further ones serve all rows.
    build : callable
        Takes one argument for each parameter, each a single cell (or a range, in an array
        formula), and the surrounding where `told` says so.
    upright : bool
        Whether a row of cells is one customer in each cell.
    told : bool
    """

    readers: tuple[Reader, ...]
    build: Callable[..., str]
    upright: bool = False
    told: bool = False


_ROW_FORMS: dict[str, RowForm] = {
    "SATISFACTION": RowForm((COUNT, COUNT), native_rows.ratio),
    "LOYALTY": RowForm((COUNT, COUNT), native_rows.ratio),
    "CHURN_RATE": RowForm((COUNT, COUNT), native_rows.ratio),
    "EXPERIENCE": RowForm((NUMBER, NUMBER, NUMBER), native_rows.experience),
    "HEALTH": RowForm((SHARE, SHARE, SHARE, SHARE), native_rows.health),
    "CHURN_RISK": RowForm((SHARE,), native_rows.churn_risk, told=True),
    "LIFECYCLE": RowForm((COUNT,) * 4, native_customers.lifecycle, upright=True, told=True),
}
_FIGURES: dict[str, Callable[..., str]] = {
    "CSAT": native_figures.csat,
    "NPS": native_figures.nps,
    "CHURN_RATE_PERIOD": native_figures.churn_rate_period,
    "RETENTION": native_figures.retention,
    "NRR": native_revenue.net,
    "GRR": native_revenue.gross,
}
#: The functions that have a native form at all.
NATIVE = frozenset({*_ROW_FORMS, *_FIGURES, "RFM", "CHURN_LOGIT", "CHURN_PROB"})
#: Records of the workbook, which no native formula can read.
_RECORDS = frozenset({"model", "tiers", "clv"})


@dataclass(frozen=True)
class Forms:
    """The native forms of all functions.

    Attributes
    ----------
    registry : mapping of str to Declaration
    around : Surrounding
    hidden : mapping of str to object
        What functions are told without the owner typing it, for calls of constants.
    probability : ProbabilityForm, optional
        The workbook's churn model; None where there is none.
    """

    registry: Mapping[str, Declaration]
    around: Surrounding
    hidden: Mapping[str, Any] = field(default_factory=dict)
    probability: ProbabilityForm | None = None

    @property
    def functions(self) -> Mapping[str, Declaration]:
        """The functions of csm-xl by name."""
        return self.registry

    # -- how many values ------------------------------------------------------------------------

    def gives_one(self, function: str, arguments: Sequence[Argument]) -> bool:
        """Whether a call gives one value."""
        if self.registry[function].returns == "value":
            return True
        if function == "CHURN_RATE" and self._all(function, arguments)[1].blank:
            return True
        rows, columns = self.size(function, arguments)
        return rows == 1 and columns == 1

    def size(self, function: str, arguments: Sequence[Argument]) -> tuple[int, int]:
        """How many rows and columns of values a call gives."""
        given = self._all(function, arguments)
        form = _ROW_FORMS.get(function)
        if form is not None:
            long = [a for a in self._moving(form, given) if not a.single]
            if not long:
                return 1, 1
            if len({a.columns for a in long}) > 1:
                raise NoNativeForm(
                    "The ranges have different numbers of columns.", "各区域的列数不同。"
                )
            return min(a.rows for a in long), long[0].columns
        if function == "RFM":
            return min(a.upright().rows for a in given[:3]), 3
        if function == "CHURN_LOGIT":
            coefficients, features = given[1:3]
            return (1 if _one_customer(coefficients, features) else features.rows), 1
        return given[0].rows, 1

    @staticmethod
    def _moving(form: RowForm, arguments: Sequence[Argument]) -> list[Argument]:
        moving = list(arguments[: len(form.readers)])
        return [argument.upright() for argument in moving] if form.upright else moving

    def _all(self, function: str, arguments: Sequence[Argument]) -> list[Argument]:
        """One argument for each parameter that the owner may type."""
        typed = self.registry[function].typed
        if len(arguments) > len(typed):
            raise NoNativeForm(
                f"{function} takes at most {len(typed)} arguments.",
                f"{function} 最多接受 {len(typed)} 个参数。",
            )
        home = arguments[0].home if arguments else ""
        given = [*arguments, *[Argument(home=home)] * (len(typed) - len(arguments))]
        for argument, parameter in zip(given, typed, strict=True):
            if argument.left_out and not parameter.optional:
                raise NoNativeForm(
                    f"{function} is given too few arguments.", f"{function} 缺少参数。"
                )
        return given

    # -- forms ----------------------------------------------------------------------------------

    def at(self, function: str, arguments: Sequence[Argument], row: int, column: int) -> str:
        """The native form of one value of a call.

        Parameters
        ----------
        function : str
        arguments : sequence of Argument
        row, column : int
            Which of its values, from 0.

        Raises
        ------
        NoNativeForm
        """
        given = self._all(function, arguments)
        if function not in NATIVE:
            raise no_native_form(function)
        if all(a.constant or a.left_out for a in given) and not self._is_told(function):
            return self._constant(self._called(function, given)[row][column])
        if function in _FIGURES:
            return _FIGURES[function](*given)
        if function == "CHURN_RATE" and given[1].blank:
            form = native_figures.churn_rate(given[0])
            total = given[1]
            kept = "" if total.left_out else f"{filled(total.text)}>0"
            return checked([(kept, "NA()")], form)
        if function in _ROW_FORMS:
            return self._row_form(function, given, row, column)
        if function == "RFM":
            return self._with_titles(
                [a.upright() for a in given[:3]],
                (COUNT, COUNT, NUMBER),
                row,
                native_customers.rfm(*given[:3], bins=given[3], row=row, column=column),
            )
        if function == "CHURN_LOGIT":
            return self._logit(given, row)
        if function == "CHURN_PROB" and self.probability is not None:
            return self.probability.at(given[0], given[1], row)
        raise no_native_form(function)

    def _row_form(self, function: str, given: list[Argument], row: int, column: int) -> str:
        form = _ROW_FORMS[function]
        moving = self._moving(form, given)
        cells = [argument.cell(row, column) for argument in moving]
        rest = given[len(form.readers) :]
        built = self._build(form, [*cells, *rest])
        titled = self._with_titles(moving, form.readers, row, built, column)
        return guarded(moving, titled)

    def _build(self, form: RowForm, arguments: list[Argument]) -> str:
        return form.build(*arguments, self.around) if form.told else form.build(*arguments)

    @staticmethod
    def _with_titles(
        moving: Sequence[Argument],
        readers: Sequence[Reader],
        row: int,
        form: str,
        column: int = 0,
    ) -> str:
        """Nothing beside a row of titles, as long as they are the titles."""
        titles = []
        for argument, reader in zip(moving, readers, strict=True):
            for position, title in header_cells(argument, reader).items():
                if position >= argument.columns:
                    raise NoNativeForm("The titles stand below blank rows.", "标题位于空行之下。")
                if row == 0 and position == column:
                    titles.append(f"{argument.cell(0, column).text}={constant_text(title)}")
        return checked([(some(*titles), '""')], form)

    def _logit(self, given: list[Argument], row: int) -> str:
        intercept, coefficients, features = given
        if _one_customer(coefficients, features):
            return guarded(given, native_customers.churn_logit(intercept, coefficients, features))
        titles = header_cells(features, NUMBER)
        if any(position >= features.columns for position in titles):
            raise NoNativeForm("The titles stand below blank rows.", "标题位于空行之下。")
        if titles and row == 0:
            same = (f"{features.cell(0, c).text}={constant_text(t)}" for c, t in titles.items())
            return checked([(some(*same), '""')], "#VALUE!")
        form = native_customers.churn_logit(intercept, coefficients, features.row(row))
        return guarded(given, form)

    def over_ranges(self, function: str, arguments: Sequence[Argument]) -> str:
        """The native form of all values of a call at once, for an array formula.

        Raises
        ------
        NoNativeForm
        """
        given = self._all(function, arguments)
        if function == "CHURN_PROB" and self.probability is not None:
            return self.probability.over(given[0], given[1])
        form = _ROW_FORMS.get(function)
        if form is None:
            raise no_native_form(function)
        moving = given[: len(form.readers)]
        long = [argument for argument in moving if not argument.single]
        if len({a.extent for a in long}) > 1:
            raise NoNativeForm("The ranges have different sizes.", "各区域的大小不同。")
        if any(a.guard or a.constant for a in long) or (form.upright and long[0].columns > 1):
            raise NoNativeForm(
                "Whole columns row by row have no native form inside another formula.",
                "嵌套在其他公式中的整列逐行计算没有对应的原生公式。",
            )
        if any(header_cells(a, r) for a, r in zip(moving, form.readers, strict=True)):
            raise NoNativeForm("The ranges begin with a row of titles.", "区域的第一行是标题。")
        return self._build(form, given)

    # -- constants ------------------------------------------------------------------------------

    def _is_told(self, function: str) -> bool:
        """Whether a call depends on the workbook beside its arguments."""
        keys = (p.hidden or "" for p in self.registry[function].parameters)
        return any(
            key in _RECORDS or key.removeprefix("setting.") in self.around.settings for key in keys
        )

    def folded(self, function: str, arguments: Sequence[Argument]) -> str:
        """The values of a call of constants, as a constant."""
        given = self._all(function, arguments)
        if function not in NATIVE or self._is_told(function):
            raise no_native_form(function)
        rows = self._called(function, given)
        if len(rows) == 1 and len(rows[0]) == 1:
            return self.operand(self._constant(rows[0][0]))
        if any(untag(value) or value is None for row in rows for value in row):
            raise no_native_form(function)
        return "{" + ";".join(",".join(map(constant_text, row)) for row in rows) + "}"

    def _called(self, function: str, given: list[Argument]) -> list[list[Any]]:
        declared = self.registry[function]
        typed = iter(given)
        values: list[Any] = []
        for parameter in declared.parameters:
            if parameter.hidden == TOPS:
                values.append("c" * len(given))  # Constants have no title.
                continue
            if parameter.hidden is not None:
                values.append(self.hidden.get(parameter.hidden))
                continue
            argument = next(typed)
            held = argument.held or ((None,),)
            flat = held[0] if len(held) == 1 else held
            values.append(held[0][0] if argument.single else flat)
        return declared.call(*values)

    @staticmethod
    def _constant(value: Any) -> str:
        error = untag(value)
        if error is not None:
            return error[0]
        return '""' if is_blank(value) else constant_text(value)

    @staticmethod
    def operand(text: str) -> str:
        """A native form that may stand beside an operator."""
        return as_operand(text, read_formula(text))


def _one_customer(coefficients: Argument, features: Argument) -> bool:
    """Whether a column of features is one customer, as CHURN_LOGIT takes it."""
    n = len(coefficients.flat)
    return features.rows == 1 or (features.columns == 1 < n == features.rows)


def no_native_form(function: str) -> NoNativeForm:
    """A function that Excel cannot do by itself."""
    return NoNativeForm(
        f"{function} has no native Excel formula.", f"{function} 没有对应的 Excel 原生公式。"
    )
