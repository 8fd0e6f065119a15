"""The kinds of native forms that a worksheet function may be declared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from csm_xl.native import customers
from csm_xl.native.arguments import Argument, NoNativeForm, constant_text
from csm_xl.native.figures import checked, filled, guarded, header_cells
from csm_xl.native.rows import Context, some
from csm_xl.vocabulary.cell_readers import COUNT, NUMBER, Reader


class NativeForm(Protocol):
    """A function in Excel's own words. Each method takes one argument for each typed parameter."""

    def size(self, given: Sequence[Argument]) -> tuple[int, int]:
        """How many rows and columns of values a call gives."""
        ...

    def at(self, given: Sequence[Argument], row: int, column: int, context: Context) -> str:
        """One value of a call, from 0.

        Raises
        ------
        NoNativeForm
            With the reason.
        NoSuchForm
            Where the function has none.
        """
        ...

    def over(self, given: Sequence[Argument], context: Context) -> str:
        """All values of a call at once, for an array formula.

        Raises
        ------
        NoNativeForm
            With the reason.
        NoSuchForm
            Where the function has none.
        """
        ...


@dataclass(frozen=True)
class ColumnForm:
    """A figure over whole columns: one value.

    Attributes
    ----------
    build : callable
        Takes one argument for each parameter.
    """

    build: Callable[..., str]

    def size(self, given: Sequence[Argument]) -> tuple[int, int]:
        """One value."""
        return 1, 1

    def at(self, given: Sequence[Argument], row: int, column: int, context: Context) -> str:
        """The figure."""
        return self.build(*given)

    def over(self, given: Sequence[Argument], context: Context) -> str:
        """None: it is one value already."""
        raise NoSuchForm


@dataclass(frozen=True)
class RowForm:
    """A figure row by row.

    Attributes
    ----------
    readers : tuple of Reader
        What the arguments hold that go along row by row; further ones serve all rows.
    build : callable
        Takes one argument for each parameter, each a single cell (or a range, in an array
        formula), and the context where `told` says so.
    upright : bool
        Whether a row of cells is one customer in each cell.
    told : bool
    alone : callable, optional
        The figure over a whole column that it is where the second argument is blank.
    """

    readers: tuple[Reader, ...]
    build: Callable[..., str]
    upright: bool = False
    told: bool = False
    alone: Callable[[Argument], str] | None = None

    def size(self, given: Sequence[Argument]) -> tuple[int, int]:
        """A value for each cell of the ranges."""
        if self._is_alone(given):
            return 1, 1
        long = [a for a in self._moving(given) if not a.single]
        if not long:
            return 1, 1
        if len({a.columns for a in long}) > 1:
            raise NoNativeForm(
                "The ranges have different numbers of columns.", "各区域的列数不同。"
            )
        return min(a.rows for a in long), long[0].columns

    def at(self, given: Sequence[Argument], row: int, column: int, context: Context) -> str:
        """The value of one row, with nothing beside a row of titles."""
        if self._is_alone(given):
            assert self.alone is not None
            total = given[1]
            kept = "" if total.left_out else f"{filled(total.text)}>0"
            return checked([(kept, "NA()")], self.alone(given[0]))
        moving = self._moving(given)
        cells = [argument.cell(row, column) for argument in moving]
        built = self._build([*cells, *given[len(self.readers) :]], context)
        return guarded(moving, with_titles(moving, self.readers, row, built, column))

    def over(self, given: Sequence[Argument], context: Context) -> str:
        """The same formula over ranges."""
        moving = given[: len(self.readers)]
        long = [argument for argument in moving if not argument.single]
        if len({a.extent for a in long}) > 1:
            raise NoNativeForm("The ranges have different sizes.", "各区域的大小不同。")
        if any(a.guard or a.constant for a in long) or (self.upright and long[0].columns > 1):
            raise NoNativeForm(
                "Whole columns row by row have no native form inside another formula.",
                "嵌套在其他公式中的整列逐行计算没有对应的原生公式。",
            )
        if any(header_cells(a, r) for a, r in zip(moving, self.readers, strict=True)):
            raise NoNativeForm("The ranges begin with a row of titles.", "区域的第一行是标题。")
        return self._build(given, context)

    def _is_alone(self, given: Sequence[Argument]) -> bool:
        return self.alone is not None and given[1].blank

    def _moving(self, given: Sequence[Argument]) -> list[Argument]:
        moving = list(given[: len(self.readers)])
        return [argument.upright() for argument in moving] if self.upright else moving

    def _build(self, given: Sequence[Argument], context: Context) -> str:
        return self.build(*given, context) if self.told else self.build(*given)


class ScoresForm:
    """RFM: three scores for each customer."""

    def size(self, given: Sequence[Argument]) -> tuple[int, int]:
        """A row of three for each customer."""
        return min(a.upright().rows for a in given[:3]), 3

    def at(self, given: Sequence[Argument], row: int, column: int, context: Context) -> str:
        """One score."""
        return with_titles(
            [a.upright() for a in given[:3]],
            (COUNT, COUNT, NUMBER),
            row,
            customers.rfm(*given[:3], bins=given[3], row=row, column=column),
        )

    def over(self, given: Sequence[Argument], context: Context) -> str:
        """None: a score compares a customer with all others."""
        raise NoSuchForm


class LogitForm:
    """CHURN_LOGIT: typed coefficients times a customer's cells."""

    def size(self, given: Sequence[Argument]) -> tuple[int, int]:
        """A probability for each customer."""
        _, coefficients, features = given
        return (1 if self._one_customer(coefficients, features) else features.rows), 1

    def at(self, given: Sequence[Argument], row: int, column: int, context: Context) -> str:
        """The probability of one customer."""
        intercept, coefficients, features = given
        if self._one_customer(coefficients, features):
            return guarded(given, customers.churn_logit(intercept, coefficients, features))
        titles = header_cells(features, NUMBER)
        if any(position >= features.columns for position in titles):
            raise _titles_below()
        if titles and row == 0:
            same = (f"{features.cell(0, c).text}={constant_text(t)}" for c, t in titles.items())
            return checked([(some(*same), '""')], "#VALUE!")
        form = customers.churn_logit(intercept, coefficients, features.row(row))
        return guarded(given, form)

    def over(self, given: Sequence[Argument], context: Context) -> str:
        """None: a customer is a row of cells."""
        raise NoSuchForm

    @staticmethod
    def _one_customer(coefficients: Argument, features: Argument) -> bool:
        """Whether a column of features is one customer."""
        n = len(coefficients.flat)
        return features.rows == 1 or (features.columns == 1 < n == features.rows)


class ModelForm:
    """CHURN_PROB: the workbook's own churn model."""

    def size(self, given: Sequence[Argument]) -> tuple[int, int]:
        """A probability for each customer."""
        return given[0].rows, 1

    def at(self, given: Sequence[Argument], row: int, column: int, context: Context) -> str:
        """The probability of the customer in one row."""
        if context.probability is None:
            raise NoSuchForm
        return context.probability.at(given[0], given[1], row)

    def over(self, given: Sequence[Argument], context: Context) -> str:
        """The probabilities of all customers, as a range."""
        if context.probability is None:
            raise NoSuchForm
        return context.probability.over(given[0], given[1])


class NoSuchForm(Exception):
    """The function has no such form; who asked for it knows the function's name."""


def with_titles(
    moving: Sequence[Argument], readers: Sequence[Reader], row: int, form: str, column: int = 0
) -> str:
    """Nothing beside a row of titles, as long as they are the titles."""
    titles = []
    for argument, reader in zip(moving, readers, strict=True):
        for position, title in header_cells(argument, reader).items():
            if position >= argument.columns:
                raise _titles_below()
            if row == 0 and position == column:
                titles.append(f"{argument.cell(0, column).text}={constant_text(title)}")
    return checked([(some(*titles), '""')], form)


def _titles_below() -> NoNativeForm:
    return NoNativeForm("The titles stand below blank rows.", "标题位于空行之下。")
