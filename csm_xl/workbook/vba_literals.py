r"""Texts inside VBA source, which is ASCII: Chinese as ``\uXXXX``, decoded by ``CsmTwo`` when shown."""

from __future__ import annotations

from csm_xl.language import Text

#: VBA takes 1,023 characters in a line and 24 continued lines in a statement.
_PIECE = 160
_MOST_PIECES = 24


def two(text: Text, indent: str = "        ") -> str:
    """A VBA expression that gives a text in the workbook's language.

    Raises
    ------
    ValueError
        When the text is too long for one VBA statement.
    """
    english, chinese = _pieces(text.en), _pieces(text.zh)
    if len(english) + len(chinese) > _MOST_PIECES:
        raise ValueError(f"too long for one VBA statement: {text.en[:60]}...")
    glue = f" & _\n{indent}"
    return f"CsmTwo({glue.join(english)}, {glue.join(chinese)})"


def quoted(text: str) -> str:
    """A VBA string literal of an ASCII text."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def escaped(text: str) -> str:
    r"""ASCII only; every other character, a line break and a backslash as ``\uXXXX``."""
    return "".join(
        character
        if 0x20 <= ord(character) < 0x7F and character != "\\"
        else "".join(f"\\u{int.from_bytes(unit, 'big'):04x}" for unit in _utf16_units(character))
        for character in text
    )


def _utf16_units(character: str) -> list[bytes]:
    raw = character.encode("utf-16-be")
    return [raw[i : i + 2] for i in range(0, len(raw), 2)]


def _pieces(text: str) -> list[str]:
    raw = escaped(text)
    return [quoted(raw[i : i + _PIECE]) for i in range(0, len(raw), _PIECE)] or ['""']
