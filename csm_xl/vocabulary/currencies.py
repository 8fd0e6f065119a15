"""Currencies: their codes, and the signs and words that people write for them."""

from __future__ import annotations

import re

from csm_xl.vocabulary.traditional import simplified

#: ISO 4217 codes that shops charge in.
CODES = frozenset(
    [
        "AED",
        "ARS",
        "AUD",
        "BDT",
        "BGN",
        "BHD",
        "BRL",
        "CAD",
        "CHF",
        "CLP",
        "CNY",
        "COP",
        "CZK",
        "DKK",
        "EGP",
        "EUR",
        "GBP",
        "HKD",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "JPY",
        "KES",
        "KRW",
        "KWD",
        "KZT",
        "LKR",
        "MAD",
        "MOP",
        "MXN",
        "MYR",
        "NGN",
        "NOK",
        "NZD",
        "OMR",
        "PEN",
        "PHP",
        "PKR",
        "PLN",
        "QAR",
        "RON",
        "RUB",
        "SAR",
        "SEK",
        "SGD",
        "THB",
        "TRY",
        "TWD",
        "UAH",
        "USD",
        "UYU",
        "VND",
        "ZAR",
    ]
)
#: Signs and words that leave no doubt. ``$`` and ``¥`` are several currencies': see `LOOSE`.
SIGNS = {
    "€": "EUR", "£": "GBP", "₩": "KRW", "₹": "INR", "₽": "RUB", "₫": "VND", "฿": "THB", "₺": "TRY",
    "₪": "ILS", "₱": "PHP", "₴": "UAH", "元": "CNY", "块": "CNY", "RMB": "CNY", "CN¥": "CNY", "人民币": "CNY",
    "US$": "USD", "HK$": "HKD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NT$": "TWD",
    "S$": "SGD", "NZ$": "NZD", "R$": "BRL", "MX$": "MXN", "美元": "USD", "欧元": "EUR", "英镑": "GBP",
    "日元": "JPY", "円": "JPY", "港元": "HKD", "港币": "HKD", "新台币": "TWD", "台币": "TWD", "JP¥": "JPY", "KČ": "CZK",
    "EURO": "EUR", "EUROS": "EUR", "DOLLAR": "USD", "DOLLARS": "USD", "YUAN": "CNY", "ZŁ": "PLN",
}  # fmt: skip
#: Signs that several currencies share, and all of those.
LOOSE = {
    "$": ("USD", "CAD", "AUD", "HKD", "SGD", "NZD", "TWD", "MXN", "ARS", "CLP", "COP"),
    "¥": ("CNY", "JPY"),
    "￥": ("CNY", "JPY"),
    "KR": ("SEK", "NOK", "DKK"),
}
#: What may stand at either end of an amount, the longest first.
AFFIX = "|".join(
    re.escape(sign)
    for sign in sorted([*SIGNS, *LOOSE, *CODES], key=lambda sign: (-len(sign), sign))
)


def currency_code(text: str, preferred: str | None = None) -> str | None:
    """The code of a currency as a cell names it: ``usd``, ``€``, ``人民币``; None for another text.

    Parameters
    ----------
    text : str
    preferred : str, optional
        The currency of the books: a sign that it shares with others means it.
    """
    sign = simplified(text.strip()).upper()
    if sign in CODES:
        return sign
    if sign in SIGNS:
        return SIGNS[sign]
    if sign in LOOSE:
        return preferred if preferred in LOOSE[sign] else LOOSE[sign][0]
    for part in re.findall(r"[A-Z]{3}", sign):
        # "CNY - Chinese Yuan", "人民币(CNY)"
        if part in CODES:
            return str(part)
    return None
