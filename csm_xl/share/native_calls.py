"""Which native form a call of csm-xl gets, for one cell or for a whole range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from csm_xl.calc.scope import read_formula
from csm_xl.errors import untag
from csm_xl.functions.declaration import TOPS, Declaration
from csm_xl.native.arguments import Argument, NoNativeForm, as_operand, constant_text
from csm_xl.native.forms import NoSuchForm
from csm_xl.native.rows import Context
from csm_xl.vocabulary.cells import is_blank

#: Records of the workbook, which no native formula can read.
_RECORDS = frozenset({"model", "tiers", "clv"})


@dataclass(frozen=True)
class Forms:
    """The native forms of all functions.

    Attributes
    ----------
    registry : mapping of str to Declaration
    context : Context
    hidden : mapping of str to object
        What functions are told without the owner typing it, for calls of constants.
    """

    registry: Mapping[str, Declaration]
    context: Context
    hidden: Mapping[str, Any] = field(default_factory=dict)

    @property
    def functions(self) -> Mapping[str, Declaration]:
        """The functions of csm-xl by name."""
        return self.registry

    # -- how many values ------------------------------------------------------------------------

    def gives_one(self, function: str, arguments: Sequence[Argument]) -> bool:
        """Whether a call gives one value."""
        if self.registry[function].returns == "value":
            return True
        rows, columns = self.size(function, arguments)
        return rows == 1 and columns == 1

    def size(self, function: str, arguments: Sequence[Argument]) -> tuple[int, int]:
        """How many rows and columns of values a call gives."""
        given = self._all(function, arguments)
        form = self.registry[function].native
        return (given[0].rows, 1) if form is None else form.size(given)

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
        form = self.registry[function].native
        if form is None:
            raise no_native_form(function)
        if all(a.constant or a.left_out for a in given) and not self._is_told(function):
            return self._constant(self._called(function, given)[row][column])
        try:
            return form.at(given, row, column, self.context)
        except NoSuchForm:
            raise no_native_form(function) from None

    def over_ranges(self, function: str, arguments: Sequence[Argument]) -> str:
        """The native form of all values of a call at once, for an array formula.

        Raises
        ------
        NoNativeForm
        """
        given = self._all(function, arguments)
        form = self.registry[function].native
        try:
            if form is not None:
                return form.over(given, self.context)
        except NoSuchForm:
            pass
        raise no_native_form(function)

    # -- constants ------------------------------------------------------------------------------

    def _is_told(self, function: str) -> bool:
        """Whether a call depends on the workbook beside its arguments."""
        keys = (p.hidden or "" for p in self.registry[function].parameters)
        return any(
            key in _RECORDS or key.removeprefix("setting.") in self.context.settings for key in keys
        )

    def folded(self, function: str, arguments: Sequence[Argument]) -> str:
        """The values of a call of constants, as a constant."""
        given = self._all(function, arguments)
        if self.registry[function].native is None or self._is_told(function):
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


def no_native_form(function: str) -> NoNativeForm:
    """A function that Excel cannot do by itself."""
    return NoNativeForm(
        f"{function} has no native Excel formula.", f"{function} 没有对应的 Excel 原生公式。"
    )
