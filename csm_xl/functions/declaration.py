"""How a worksheet function is declared: once, with its help in both languages.

Everything else about a function is derived from its declaration: the registration with xlwings,
the VBA wrapper, the formula engine's registration, the texts of Excel's Function Wizard and the
function reference.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import xlwings as xw

from csm_xl.errors import COM_ERRORS, CsmError, PassedError, tagged
from csm_xl.functions.records import SEND_TEXT, RecordWanted
from csm_xl.language import Language, Text
from csm_xl.native.forms import NativeForm
from csm_xl.vocabulary.argument_names import argument_name
from csm_xl.vocabulary.cells import Placed, Rows

#: The hidden argument by which the caller tells where each typed argument stands, a letter each:
#: ``t`` cells that begin at the top of their block, so that a title may stand there; ``b`` cells below
#: others; ``c`` what is no cells. A caller that does not know it leaves it out.
TOPS = "tops"

#: What a function gives back: one value, one result for each row, or a table.
Returns = Literal["value", "rows", "table"]


@dataclass(frozen=True)
class Parameter:
    """One argument of a worksheet function.

    Attributes
    ----------
    name : str
    help : Text
        For Excel's Function Wizard; at most 255 characters in each language.
    optional : bool
    hidden : str or None
        What the wrapper passes without the owner typing it: ``"language"``, a record of the
        workbook (``"model"``) or a setting (``"setting.risk_high"``). None for a typed argument.
    """

    name: str
    help: Text
    optional: bool = False
    hidden: str | None = None

    @property
    def label(self) -> Text:
        """The name as a reader of each language knows it."""
        return argument_name(self.name)

    @property
    def told(self) -> Text:
        """The help, in Chinese behind the name that VBA cannot show."""
        named = self.label.zh != self.name
        return Text(self.help.en, f"{self.label.zh}：{self.help.zh}" if named else self.help.zh)


@dataclass(frozen=True)
class Declaration:
    """A worksheet function and all that is known about it."""

    name: str
    category: Text
    help: Text
    parameters: tuple[Parameter, ...]
    returns: Returns
    example: Text
    source: str
    call: Callable[..., Rows]
    native: NativeForm | None = None

    @property
    def typed(self) -> tuple[Parameter, ...]:
        """The arguments that the owner types."""
        return tuple(p for p in self.parameters if p.hidden is None)

    @property
    def signature(self) -> Text:
        """For people: ``CSAT(ratings, [method])``, ``CSAT(评分, [方法])``."""

        def written(lang: Language) -> str:
            names = ((p.label.within(lang), p.optional) for p in self.typed)
            return ", ".join(f"[{name}]" if optional else name for name, optional in names)

        return Text(f"{self.name}({written('en')})", f"{self.name}({written('zh')})")


#: Every function that a cell can call, in the order of their declaration.
REGISTRY: dict[str, Declaration] = {}


def worksheet_function(
    category: Text,
    help: Text,
    arguments: Mapping[str, Text],
    *,
    returns: Returns,
    example: str | Text,
    source: str = "",
    hidden: Mapping[str, str] | None = None,
    native: NativeForm | None = None,
) -> Callable[[Callable[..., Rows]], Callable[..., Rows]]:
    """Declare a function that a cell can call.

    Parameters
    ----------
    category, help : Text
    arguments : mapping of str to Text
        Help for each argument that the owner types.
    returns : {"value", "rows", "table"}
    example : str or Text
        A formula that can be typed as it stands; in both languages where it holds words.
    source : str
        Where the definition comes from.
    hidden : mapping of str to str, optional
        For the function's remaining arguments, what the wrapper passes (see :class:`Parameter`).
    native : NativeForm, optional
        What it is in Excel's own words, for the accountant's copy, which keeps values otherwise.

    Returns
    -------
    callable
        The decorated function never raises: an error becomes one row with a tagged text.
    """

    def decorate(body: Callable[..., Rows]) -> Callable[..., Rows]:
        call = _never_raising(body)
        told = inspect.signature(call).parameters
        parameters = tuple(
            Parameter(
                name,
                arguments.get(name, Text("", "")),
                parameter.default is not inspect.Parameter.empty,
                (hidden or {}).get(name),
            )
            for name, parameter in told.items()
            if name != TOPS
        )
        parameters += (Parameter(TOPS, Text("", ""), True, TOPS),)
        for parameter in parameters:
            # "raw" keeps xlwings from copying a million cells into nested lists.
            if parameter.hidden is None:
                call = xw.arg(parameter.name, "raw", doc=parameter.help.en)(call)
            else:
                vba = f'CsmHidden("{parameter.hidden}")'
                call = xw.arg(parameter.name, "raw", vba=vba)(call)
        call = xw.func(category="csm-xl")(xw.ret("raw")(call))
        REGISTRY[body.__name__] = Declaration(
            body.__name__,
            category,
            help,
            parameters,
            returns,
            example if isinstance(example, Text) else Text(example, example),
            source,
            call,
            native,
        )
        return call

    return decorate


def _refuse_error_cell(given: Any) -> None:
    """An argument that is one error cell makes the function that same error."""
    while isinstance(given, (tuple, list)) and len(given) == 1:
        given = given[0]
    if type(given) is int and given in COM_ERRORS:
        raise PassedError(COM_ERRORS[given])


def _never_raising(body: Callable[..., Rows]) -> Callable[..., Rows]:
    """An exception's text would cross to Excel in the ANSI code page; a result crosses whole."""
    own = inspect.signature(body)
    count = len(own.parameters)

    @functools.wraps(body)
    def call(*args: Any) -> Rows:
        try:
            if len(args) > count:
                args = _placed(args[:count], args[count])
            for given in args:
                _refuse_error_cell(given)
            return body(*args)
        except CsmError as error:
            return [[tagged(error.excel, str(error))]]
        except RecordWanted:
            return [[SEND_TEXT]]
        except Exception as error:
            from csm_xl.logs import log_failure, log_file

            log_failure(f"{body.__name__} failed", error)
            text = Text(
                f"{body.__name__} failed unexpectedly. Details are in {log_file()}.",
                f"{body.__name__} 出现意外错误，详情见 {log_file()}。",
            )
            return [[tagged("#VALUE!", str(text))]]

    tops = inspect.Parameter(TOPS, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None)
    call.__signature__ = own.replace(  # type: ignore[attr-defined]
        parameters=[*own.parameters.values(), tops]
    )
    return call


def _placed(args: tuple[Any, ...], tops: Any) -> tuple[Any, ...]:
    """The arguments with what the caller knows of their places."""
    letters = tops if isinstance(tops, str) else ""
    known = [Placed.at(given, letter == "t") for given, letter in zip(args, letters, strict=False)]
    return (*known, *args[len(known) :])
