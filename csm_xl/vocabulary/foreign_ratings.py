"""What German, French, Spanish, Italian, Portuguese, Dutch and Japanese surveys call a level of 1 to 5.

Only an import reads them: it writes the level in the workbook's language, which its formulas know.
"""

_LEVELS = {
    5: "sehr zufrieden|außerst zufrieden|vollig zufrieden|voll zufrieden|sehr gut|ausgezeichnet|hervorragend|tres satisfait"
    "|tres satisfaite|tout a fait satisfait|tout a fait satisfaite|tres bien|tres bon|muy satisfecho|muy satisfecha"
    "|totalmente satisfecho|excelente|muy bueno|muy bien|molto soddisfatto|molto soddisfatta|ottimo|eccellente"
    "|muito satisfeito|muito satisfeita|otimo|zeer tevreden|uitstekend|とても満足|非常に満足|大変満足|大満足|とても良い|大変良い|非常に良い",
    4: "zufrieden|eher zufrieden|gut|satisfait|satisfaite|plutot satisfait|plutot satisfaite|assez satisfait|bien|bon"
    "|satisfecho|satisfecha|algo satisfecho|bastante satisfecho|bueno|soddisfatto|soddisfatta|abbastanza soddisfatto|buono"
    "|satisfeito|satisfeita|bom|tevreden|goed|満足|やや満足|まあ満足|良い",
    3: "weder noch|weder zufrieden noch unzufrieden|teils teils|mittel|befriedigend|neutre|ni satisfait ni insatisfait|moyen"
    "|neutro|ni satisfecho ni insatisfecho|regular|neutrale|ne soddisfatto ne insoddisfatto|nem satisfeito nem insatisfeito"
    "|indiferente|neutraal|普通|ふつう|どちらでもない|どちらとも言えない|どちらともいえない",
    2: "unzufrieden|eher unzufrieden|schlecht|insatisfait|insatisfaite|plutot insatisfait|plutot insatisfaite|peu satisfait"
    "|mauvais|insatisfecho|insatisfecha|poco satisfecho|malo|insoddisfatto|insoddisfatta|poco soddisfatto|scarso"
    "|insatisfeito|insatisfeita|ruim|ontevreden|slecht|不満|やや不満|悪い",
    1: "sehr unzufrieden|außerst unzufrieden|sehr schlecht|mangelhaft|tres insatisfait|tres insatisfaite|pas du tout satisfait"
    "|tres mauvais|muy insatisfecho|muy insatisfecha|nada satisfecho|muy malo|pesimo|molto insoddisfatto|pessimo"
    "|muito insatisfeito|muito insatisfeita|zeer ontevreden|zeer slecht|とても不満|非常に不満|大変不満|とても悪い",
}

#: Words in small letters without accents, each with its level.
LEVELS: dict[str, float] = {
    word.casefold(): float(level) for level, words in _LEVELS.items() for word in words.split("|")
}
