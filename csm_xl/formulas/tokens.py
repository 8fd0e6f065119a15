"""A formula's text cut into tokens, each with its place in the text.

The tokens cover the whole text: joined together they give it back, whatever it holds, so a part
of a formula can be replaced without touching the rest. The text is the one files store, without
``=``: English function names, commas between arguments, ``Table[[#This Row],[col]]``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from csm_xl.errors import CsmError
from csm_xl.formulas.addresses import MAX_COLUMN, MAX_ROW, column_number


class FormulaSyntaxError(CsmError):
    """A formula that cannot be read.

    Attributes
    ----------
    position : int
        Where reading stopped, from 0.
    """

    def __init__(self, position: int, found: str) -> None:
        shown = found if len(found) <= 20 else found[:19] + "…"
        if found:
            super().__init__(
                f"The formula cannot be read from character {position + 1} on: {shown}",
                f"公式从第 {position + 1} 个字符起无法识别：{shown}",
            )
        else:
            super().__init__("The formula ends too early.", "公式不完整。")
        self.position = position


class Kind(Enum):
    """What a token is."""

    NUMBER = "number"
    TEXT = "text"
    LOGICAL = "logical"
    ERROR = "error"
    AREA = "area"  # A1, $A$1:B2, B:B, 2:9, #REF! behind a sheet's name
    NAME = "name"
    STRUCTURED = "structured"  # Table[col], [@col]
    CALL = "call"  # a function's name; the parenthesis follows as OPEN
    OPEN = "("
    CLOSE = ")"
    COMMA = ","
    SEMICOLON = ";"
    BRACE_OPEN = "{"
    BRACE_CLOSE = "}"
    OPERATOR = "operator"
    SPACE = "space"


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a formula.

    Attributes
    ----------
    kind : Kind
    start, end : int
        Its place: ``formula[start:end] == text``.
    text : str
    prefix : str
        The sheet or book before a reference, name or call, as written, with ``!``.
    brackets : str
        The part of a structured reference in brackets, with them.
    """

    kind: Kind
    start: int
    end: int
    text: str
    prefix: str = ""
    brackets: str = ""

    @property
    def body(self) -> str:
        """The text without prefix and brackets."""
        return self.text[len(self.prefix) : len(self.text) - len(self.brackets)]


_SHEET = r"""(?:
    '(?:[^']|'')*'
  | (?:\[[^\[\]']*\])? [\w.\\?]+ (?: : [\w.\\?]+ )?
  | \[[^\[\]']*\]
  | \#REF(?=![$\w\[\\])
)!"""
_CELL = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_AREA = rf"""(?:
    {_CELL}:{_CELL} | \$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}} | \$?[0-9]{{1,7}}:\$?[0-9]{{1,7}} | {_CELL}
)(?![\w.\\?(!\[])"""
_ERROR = r"\#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|GETTING_DATA|SPILL!|CONNECT!|BLOCKED!|UNKNOWN!|FIELD!|CALC!)"
# A column's name may hold anything; ' makes the next character part of it.
_BRACKETS = r"\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]"
_NAME = r"(?:[^\W\d]|\\)[\w.\\?]*"

_TOKEN = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<text>"(?:[^"]|"")*")
  | (?P<prefix>{_SHEET})?
    (?:
      (?P<area>{_AREA})
    | (?P<call>{_NAME})(?=\()
    | (?P<word>{_NAME})?(?P<brackets>{_BRACKETS})
    | (?P<name>{_NAME})
    | (?P<error>{_ERROR})
    )
  | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)
  | (?P<operator><=|>=|<>|[-+*/^&=<>%:@\#])
  | (?P<mark>[(){{}},;])
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_MARKS = {kind.value: kind for kind in Kind if len(kind.value) == 1}
_PARTS = re.compile(r"\$?([A-Za-z]*)\$?([0-9]*)")


def within_sheet(area: str) -> bool:
    """Whether an area's rows and columns exist: ``ABC1`` does, ``XYZ1`` is a name."""
    for part in area.split(":"):
        found = _PARTS.fullmatch(part)
        assert found is not None
        letters, digits = found.groups()
        if letters and column_number(letters) > MAX_COLUMN:
            return False
        if digits and not 1 <= int(digits) <= MAX_ROW:
            return False
    return True


def tokenize(formula: str) -> list[Token]:
    """Cut a formula into tokens.

    Parameters
    ----------
    formula : str
        As stored in a file, without ``=``.

    Returns
    -------
    list of Token
        Their texts joined give `formula`.

    Raises
    ------
    FormulaSyntaxError
        At a character that belongs to no token.
    """
    tokens = []
    position = 0
    while position < len(formula):
        match = _TOKEN.match(formula, position)
        if match is None:
            raise FormulaSyntaxError(position, formula[position:])
        token = _token(match)
        if token.kind is Kind.AREA and token.body[0] != "#" and not within_sheet(token.body):
            token = _name_instead(formula, token)
        tokens.append(token)
        position = token.end
    return tokens


def _token(match: re.Match[str]) -> Token:
    start, end, text = match.start(), match.end(), match[0]
    prefix = match["prefix"] or ""
    group = match.lastgroup
    if group == "space":
        return Token(Kind.SPACE, start, end, text)
    if group == "text":
        return Token(Kind.TEXT, start, end, text)
    if group == "number":
        return Token(Kind.NUMBER, start, end, text)
    if group == "operator":
        return Token(Kind.OPERATOR, start, end, text)
    if group == "mark":
        return Token(_MARKS[text], start, end, text)
    if group == "area" or (group == "error" and prefix):
        return Token(Kind.AREA, start, end, text, prefix)
    if group == "error":
        return Token(Kind.ERROR, start, end, text)
    if group == "call":
        return Token(Kind.CALL, start, end, text, prefix)
    if group == "brackets":
        return Token(Kind.STRUCTURED, start, end, text, prefix, match["brackets"])
    kind = Kind.LOGICAL if not prefix and text.upper() in ("TRUE", "FALSE") else Kind.NAME
    return Token(kind, start, end, text, prefix)


def _name_instead(formula: str, token: Token) -> Token:
    """The token at an area that no sheet has: ``TAX2024`` is a name, ``9999999:2`` is nothing."""
    start = token.start + len(token.prefix)
    match = re.compile(_NAME).match(formula, start)
    if match is None:
        raise FormulaSyntaxError(start, formula[start:])
    end = match.end()
    return Token(Kind.NAME, token.start, end, formula[token.start : end], token.prefix)
