"""Names that two modules of one VBA project must not share: Excel would not know which is meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

_DECLARED = re.compile(
    r"^[ \t]*(?P<scope>public |private |friend |global )?[ \t]*(?:static )?(?:ptrsafe )?"
    r"(?:declare (?:ptrsafe )?)?(?:sub|function|property (?:get|let|set)|const|enum|type)[ \t]+"
    r"(?P<name>[A-Za-z]\w*)",
    re.IGNORECASE | re.MULTILINE,
)
_VARIABLES = re.compile(
    r"^[ \t]*(?:public|global)[ \t]+(?!static|sub|function|property|const|enum|type|declare|event)"
    r"(?:withevents[ \t]+)?(?P<name>[A-Za-z]\w*)",
    re.IGNORECASE | re.MULTILINE,
)
_NOT_CODE = re.compile(r'"(?:[^"\r\n]|"")*"|\'[^\r\n]*|^[ \t]*Attribute [^\r\n]*', re.MULTILINE)


def public_names(source: str) -> set[str]:
    """What a standard module offers to the whole project, in lower case."""
    code = _code(source)
    found = set()
    for match in _DECLARED.finditer(code):
        scope = (match["scope"] or "").strip().casefold()
        word = match[0].casefold()
        # Constants and types are private unless they say otherwise, procedures the reverse.
        private_first = re.search(r"\b(?:const)\b", word) is not None
        if scope != "private" and (scope or not private_first):
            found.add(match["name"].casefold())
    return found | {match["name"].casefold() for match in _VARIABLES.finditer(code)}


def mentions(source: str, name: str) -> bool:
    """Whether code uses a name without saying whose it is."""
    pattern = rf"(?<![\w.!]){re.escape(name)}(?!\w)"
    return re.search(pattern, _code(source), re.IGNORECASE) is not None


def clashes(
    ours: Mapping[str, str],
    theirs: Mapping[str, str],
    worksheet_functions: Collection[str],
    elsewhere: Iterable[bytes],
) -> dict[str, str]:
    """Names of the owner's that would stop working, or stop ours, beside our modules.

    Parameters
    ----------
    ours, theirs : mapping of str to str
        Sources of standard modules by name.
    worksheet_functions : collection of str
        Names that cells call: ours must be the only ones.
    elsewhere : iterable of bytes
        Parts of the workbook that may name a procedure: sheets, drawings, the ribbon.

    Returns
    -------
    dict of str to str
        The name as the owner's module declares it, and that module.
    """
    taken = set().union(*(public_names(source) for source in ours.values()))
    parts = list(elsewhere)
    called = {name.casefold() for name in worksheet_functions}
    found = {}
    for module, source in theirs.items():
        for name in public_names(source) & taken:
            others = [text for other, text in theirs.items() if other != module]
            word = re.compile(rb"\b" + re.escape(name.encode()) + rb"\b", re.IGNORECASE)
            if (
                name in called
                or any(mentions(text, name) for text in others)
                or any(word.search(part) for part in parts)
            ):
                found[_spelled(source, name)] = module
    return found


def _spelled(source: str, name: str) -> str:
    found = re.search(rf"\b{re.escape(name)}\b", _code(source), re.IGNORECASE)
    return found[0] if found else name


def _code(source: str) -> str:
    """Source without texts, comments and attributes."""
    return _NOT_CODE.sub("", source)
