"""What personal data looks like: e-mail addresses, telephone and ID numbers, names, addresses.

Used where no header says what a column holds, and inside texts. Leaning to the safe side: a
product taken for a person is a nuisance, a person left in the copy is a breach.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.resources import files

from csm_xl.share.pseudonyms import Kind

EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+", re.UNICODE)
#: Mainland ID card (18 digits with a birth date), US social security number, passport.
ID_NUMBER = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dXx])"
    r"|(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"
    r"|(?<![A-Za-z0-9])[EGeg]\d{8}(?!\d)"
)
PHONE = re.compile(
    r"(?<![\d-])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\d-])"  # Chinese mobile
    r"|(?<!\d)0\d{2,3}[- ]\d{7,8}(?![\d-])"  # Chinese landline
    r"|(?<![\w+])\+\d[\d().\s-]{6,16}\d(?!\d)"  # international
    r"|(?<![\d-])\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}(?![\d-])"  # North American
    r"|(?<![\d-])0\d{4}[ -]\d{5,6}(?![\d-])"  # British
)
#: Folders, with whoever's they are: on Windows, of a server, of a Mac or Linux, in a browser.
PATH = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]:[\\/](?:(?:Users|Documents and Settings)[\\/][^\\/:*?\"<>|\r\n]+)?"
    r"(?:[^\\/:*?\"<>|\r\n]*[\\/])*"
    r"|\\\\[^\\\s]+\\[^\\\s]+(?:\\[^\\:*?\"<>|\r\n]+(?=\\))*"
    r"|(?<![\w/.])/(?:Users|home|Volumes)/[^/\s\"<>|]+(?:/[^/\s\"<>|]+(?=/))*"
    r"|(?:file:/|https?://(?:d\.docs\.live\.net|[\w-]+-my\.sharepoint\.com)/)[^\s\"<>|]*",
    re.IGNORECASE,
)
#: What stands in the place of folders.
FOLDERS = "…"
#: A postal address inside any text; in a column of addresses less will do.
ADDRESS = re.compile(
    r"[\u3400-\u9fff]{1,12}(?:路|街|道|巷|弄|里|大街|胡同)\s*\d+\s*号"
    r"|(?<!\d)\d{1,5}\s+(?:[A-Z][\w.']+\s+){1,3}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Square|Sq)\b"
)
_ADDRESS = re.compile(
    r"(?:[\u3400-\u9fff]{1,12}(?:路|街|道|巷|弄|里|村|大街|胡同)\s*\d+\s*号|\d+\s*(?:号楼|单元|室|栋|幢))"
    r"|\b\d{1,5}\s+(?:[A-Z][\w.']+\s+){1,4}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Place|Pl|Square|Sq)\b",
    re.IGNORECASE,
)
_CHINESE_NAME = re.compile(r"[\u3400-\u9fff·]{2,5}")
_WESTERN_NAME = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr)\.?\s+)?[A-Z][\wà-öø-ÿ'’-]+(?:\s+(?:[A-Z]\.|[A-Z][\wà-öø-ÿ'’-]+)){1,3}"
)


def _frequent_names() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Chinese family names of one and of two characters, and given names as English writes them."""
    text = files("csm_xl.share").joinpath("names.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return frozenset(lines[0]), frozenset(lines[1].split()), frozenset(" ".join(lines[2:]).split())


_SURNAMES, _DOUBLE_SURNAMES, _GIVEN_NAMES = _frequent_names()

#: The share of a column's cells that must look alike, and how many cells there must be.
MOST, FEW = 0.6, 3
_BY_FORM: tuple[Kind, ...] = ("email", "id", "phone")
#: Of a column in which most cells have the form of a name, so many must be names we know.
KNOWN_NAMES = 0.25


def kind_in(text: str) -> Kind | None:
    """What a whole text is, when it is personal by its form alone."""
    plain = text.strip()
    if EMAIL.fullmatch(plain):
        return "email"
    if ID_NUMBER.fullmatch(plain):
        return "id"
    return "phone" if PHONE.fullmatch(plain) else None


def known_given_name(word: str) -> bool:
    """Whether a word is a given name that is frequent in English."""
    return word.lower() in _GIVEN_NAMES


def is_family_name(character: str) -> bool:
    """Whether a Chinese character is a frequent family name."""
    return character in _SURNAMES


_ACCOUNT = re.compile(
    r"[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,4})?"  # IBAN
    r"|\d{4}(?:[ -]\d{4}){2,4}(?:[ -]\d{1,3})?"  # a card, in groups
    r"|(?:62|4|5|3[47])\d{13,17}"  # a card, in one
)
_HEXADECIMAL = re.compile(r"\{?[0-9a-fA-F]{4,}(?:-?[0-9a-fA-F]{4,})*\}?")
_RUN = re.compile(r"[^\W\d_]+")


def is_account_number(text: str) -> bool:
    """Whether a text has the form of a bank account's or a card's number."""
    return _ACCOUNT.fullmatch(text.strip()) is not None


def is_code_shaped(counts: Iterable[str]) -> bool:
    """Whether texts are numbers that somebody gave out, such as ``C-0042``, and no nicknames.

    Letters of codes are the same in all of them, or capitals beside digits.
    """
    texts = [text.strip() for text in counts]
    if not texts:
        return True
    with_digits = sum(any(c.isdigit() for c in text) for text in texts)
    if with_digits < 0.9 * len(texts) or any("@" in text for text in texts):
        return False
    if all(_HEXADECIMAL.fullmatch(text) for text in texts):
        return True
    starts, lengths = {text[:3] for text in texts}, {len(text) for text in texts}
    if len(starts) == len(lengths) == 1 and len(texts[0]) >= 12:
        return True
    runs = Counter(run for text in texts for run in set(_RUN.findall(text)))
    names = sum(n for run, n in runs.items() if known_given_name(run))
    if names > 0.1 * len(texts):
        return False
    rare = [run for run in runs if len(run) > 2 and not run.isupper()]
    chinese = [run for run in runs if len(run) > 1 and run[0] > "\u3400"]
    shouted = [run for run in runs if len(run) > 6 and run.isupper()]
    return all(len(some) <= max(3, 0.02 * len(texts)) for some in (rare, chinese, shouted))


def looks_like_address(text: str) -> bool:
    """Whether a text is a postal address."""
    return _ADDRESS.search(text) is not None


def looks_like_name(text: str) -> bool:
    """Whether a text is a person's name, Chinese or Western."""
    return _chinese_name(text) or _western_name(text)


def shaped_like_name(text: str) -> bool:
    """Whether a text is written like a Western name: two to four words with capitals."""
    return _WESTERN_NAME.fullmatch(text.strip()) is not None


def _chinese_name(text: str) -> bool:
    plain = text.strip()
    if not _CHINESE_NAME.fullmatch(plain):
        return False
    short = len(plain) <= 3 and plain[0] in _SURNAMES
    return short or (plain[:2] in _DOUBLE_SURNAMES and len(plain) <= 4) or "·" in plain


def _western_name(text: str) -> bool:
    plain = text.strip()
    if not _WESTERN_NAME.fullmatch(plain):
        return False
    return any(word.strip(".").lower() in _GIVEN_NAMES for word in plain.split())


def _names(counts: Counter[str], total: int) -> bool:
    """Whether a column holds people's names: nearly all different, and enough of them known."""
    if len(counts) < MOST * total:
        return False
    chinese = sum(n for text, n in counts.items() if _chinese_name(text))
    shaped = sum(n for text, n in counts.items() if _WESTERN_NAME.fullmatch(text.strip()))
    if chinese + shaped < MOST * total:
        return False
    known = sum(n for text, n in counts.items() if _western_name(text))
    return chinese + known >= KNOWN_NAMES * total


def column_kind(texts: Sequence[str]) -> Kind | None:
    """What most of a column's cells are, by their form; None for nothing personal."""
    total = len(texts)
    if total < FEW:
        return None
    counts = Counter(texts)
    kinds: Counter[Kind | None] = Counter()
    for text, n in counts.items():
        kinds[kind_in(text)] += n
    for kind in _BY_FORM:
        if kinds[kind] >= MOST * total:
            return kind
    if sum(n for text, n in counts.items() if looks_like_address(text)) >= MOST * total:
        return "address"
    return "person" if _names(counts, total) else None
