"""Comparisons as Excel makes them: two numbers are equal when their first 15 digits or so are.

formualizer compares every bit, so that ``=0.1+0.2=0.3`` would be FALSE and totals that tie out in
Excel and LibreOffice would not.
"""

from __future__ import annotations

#: The operators that compare.
COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})

#: LibreOffice's measure (``rtl::math::approxEqual``); Excel's is not published.
NEAR = 2.0**-48
_CLOSE = f"IF(AND(ISNUMBER(csm_l),ISNUMBER(csm_r)),ABS(csm_l-csm_r)<=ABS(csm_r)*{NEAR!r},FALSE)"
_COMPARED = {
    "=": f"IF(csm_l=csm_r,TRUE,{_CLOSE})",
    "<>": f"IF(csm_l<>csm_r,NOT({_CLOSE}),FALSE)",
    "<": f"IF(csm_l<csm_r,NOT({_CLOSE}),FALSE)",
    ">": f"IF(csm_l>csm_r,NOT({_CLOSE}),FALSE)",
    "<=": f"IF(csm_l<=csm_r,TRUE,{_CLOSE})",
    ">=": f"IF(csm_l>=csm_r,TRUE,{_CLOSE})",
}
_MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def compared(operator: str, left: str, right: str) -> str:
    """The comparison of two computed values."""
    return f"LET(csm_l,{left},csm_r,{right},{_COMPARED[operator]})"


def compared_with_number(operator: str, value: str, number: str) -> str | None:
    """The comparison of a value with a positive number written out; None for ``=`` and ``<>``.

    Moving the number a little does the same as looking whether both are almost equal, for nothing.
    """
    near = float(number)
    if operator in (">=", "<"):
        return f"{value}{operator}{near * (1 - NEAR)!r}"
    if operator in (">", "<="):
        return f"{value}{operator}{near * (1 + NEAR)!r}"
    return None


def mirrored(operator: str) -> str:
    """The operator with its sides exchanged."""
    return _MIRRORED[operator]
