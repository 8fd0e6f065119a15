"""The months by their names, in the languages that owners and programs write them in."""

from __future__ import annotations

import unicodedata

#: Names without accents to the month's number.
NAMES = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier janv janner gennaio gen enero ene januari janeiro 一月",
            "feb february februar fevrier fevr febbraio febrero februari fevereiro fev 二月",
            "mar march marz maerz mars marzo maart mrt marco 三月",
            "apr april avril avr aprile abril abr 四月",
            "may mai maggio mag mayo mei maio 五月",
            "jun june juni juin giugno giu junio junho 六月",
            "jul july juli juillet juil luglio lug julio julho 七月",
            "aug august aout agosto ago augustus 八月",
            "sep sept september septembre settembre set septiembre setembro 九月",
            "oct october oktober okt octobre ottobre ott octubre outubro out 十月",
            "nov november novembre noviembre novembro 十一月",
            "dec december dezember dez decembre dicembre dic diciembre dezembro 十二月",
        ),
        1,
    )
    for name in names.split()
}


def without_accents(text: str) -> str:
    """``Févr.`` as ``Fevr.``; signs that are no accents stay as they are."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in apart if not "\u0300" <= sign <= "\u036f")
    return unicodedata.normalize("NFC", bare)
