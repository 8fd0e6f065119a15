"""Which formulas may go on calling csm-xl's functions, once these are names of LAMBDA in the copy."""

from __future__ import annotations

import re

from csm_xl.calc.kept_reasons import NotCalculated
from csm_xl.calc.resolution import Resolver
from csm_xl.calc.scope import read_formula
from csm_xl.formulas.references import Area
from csm_xl.formulas.syntax import Call, Reference, calls, may_be_range, walk
from csm_xl.formulas.tokens import FormulaSyntaxError
from csm_xl.share.rewrite import Rewriter
from csm_xl.vocabulary import rating_words, yes_no

_LEVELS = frozenset(rating_words.RATING_WORDS)
_FLAGS = frozenset({*yes_no.YES, *yes_no.NO})
_NOTHING = frozenset({"", *rating_words.NO_ANSWER})
#: A number that is typed as a text, as Excel itself would write it.
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{0,14}[1-9])?")


def stay_calls(
    rewriter: Rewriter, names: frozenset[str], sheet: str, row: int, column: int, text: str
) -> bool:
    """Whether a formula's calls of csm-xl may stay.

    Parameters
    ----------
    rewriter : Rewriter
    names : frozenset of str
        The functions that are names in the copy.
    sheet, row, column
        The formula's cell.
    text : str
        Without ``=``.
    """
    try:
        tree = read_formula(text)
        found = list(calls(tree, rewriter.forms.functions))
        if not found or any(call.function not in names for call in found):
            return False
        resolver = Resolver(rewriter.scope, sheet, row, column)
        return all(_reads(rewriter, resolver, call) for call in found)
    except (FormulaSyntaxError, RecursionError, NotCalculated):
        return False


def _reads(rewriter: Rewriter, resolver: Resolver, call: Call) -> bool:
    """Whether the names read all that the cells hold as Python does."""
    known = _NOTHING | (_LEVELS if call.function == "CSAT" else frozenset())
    if call.function == "CHURN_RATE":
        known |= _FLAGS
    if call.function in ("NRR", "GRR"):
        known = frozenset({""})
        if not _same_size(resolver, call):
            # The names compare row by row; Python takes the missing rows for customers who left.
            return False
    for argument in call.arguments:
        for node in walk(argument):
            if not isinstance(node, Reference) or not may_be_range(node):
                continue
            meant = resolver.meant(node)
            if not isinstance(meant, Area) or meant.whole:
                return False
            for line in rewriter.held(meant):
                for value in line:
                    if isinstance(value, bool) and call.function != "CHURN_RATE":
                        return False
                    if isinstance(value, str) and not _known(value, known):
                        return False
    return True


def _same_size(resolver: Resolver, call: Call) -> bool:
    areas = [
        meant
        for argument in call.arguments
        if isinstance(argument, Reference) and isinstance(meant := resolver.meant(argument), Area)
    ]
    return len(areas) == 2 and len({(area.rows, area.columns) for area in areas}) == 1


def _known(value: str, known: frozenset[str]) -> bool:
    plain = value.strip().lower()
    return plain in known or _NUMBER.fullmatch(plain) is not None
