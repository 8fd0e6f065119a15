"""Which columns of a table are formulas that depend on csm-xl's own results.

Such a column would let the model learn from its own output.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from csm_xl.formulas.addresses import column_number
from csm_xl.formulas.tokens import FormulaSyntaxError, Kind, tokenize
from csm_xl.vocabulary.cell_readers import folded

_A1 = re.compile(r"\$?([A-Za-z]{1,3})\$?\d*(?::\$?([A-Za-z]{1,3})\$?\d*)?")
_BRACKETED = re.compile(r"\[@?([^\[\]#]+)\]")


def dependent_columns(
    headers: Sequence[str], formulas: Sequence[str], first_column: int, own: Collection[str]
) -> set[str]:
    """The headers of formula columns that refer, directly or not, to the columns in `own`.

    Parameters
    ----------
    headers : sequence of str
    formulas : sequence of str
        The formula of each column's first row, ``""`` where there is none.
    first_column : int
        The sheet's number of the first column, from 1.
    own : collection of str
        Headers of csm-xl's own columns.
    """
    names = [folded(header) for header in headers]
    refers = [_references(text, names, first_column) if text else frozenset() for text in formulas]
    reached = {place for place, name in enumerate(names) if name in set(map(folded, own))}
    start = set(reached)
    while True:
        more = {place for place, to in enumerate(refers) if to & reached} - reached
        if not more:
            return {headers[place] for place in reached - start}
        reached |= more


def _references(formula: str, names: Sequence[str], first_column: int) -> frozenset[int]:
    """The places of the columns that a formula mentions."""
    found = set()
    try:
        tokens = tokenize(formula.removeprefix("="))
    except FormulaSyntaxError:
        # What cannot be read may refer to anything.
        return frozenset(range(len(names)))
    for token in tokens:
        if token.kind is Kind.STRUCTURED:
            for name in _BRACKETED.findall(token.brackets):
                if folded(name) in names:
                    found.add(names.index(folded(name)))
        elif token.kind is Kind.AREA:
            match = _A1.fullmatch(token.text.rpartition("!")[2])
            if match:
                left = column_number(match[1])
                right = column_number(match[2] or match[1])
                found |= {
                    place for place in range(len(names)) if left <= first_column + place <= right
                }
    return frozenset(found)
