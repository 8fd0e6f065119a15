"""What a person is found by in any text: name, mail, telephone, and what was written of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from csm_xl.vocabulary.cell_readers import folded

_CHINESE = re.compile(r"[\u3400-\u9fff]")
#: Fewer digits than this are no telephone number inside another text.
_PHONE_DIGITS = 7
#: No country has longer numbers without its own prefix.
_NATIONAL = 11
#: Shorter numbers of customers are words or numbers of other things too.
_NUMBER = 4
#: Shorter remarks are said by many.
_REMARK = 12
#: What people put between the groups of a telephone number.
_GAP = r"[\s\u00a0().\-–/]{0,3}"


@dataclass
class Traces:
    """The texts by which one person is found, and what stands in their place.

    Parameters
    ----------
    token : str
        What stands where one of the texts was.
    """

    token: str
    _inside: list[str] = field(default_factory=list)
    _whole: set[str] = field(default_factory=set)
    _pattern: re.Pattern[str] | None = None

    def add_name(self, name: str) -> None:
        """A name. One of a single word, or character, counts only where nothing stands beside it."""
        name = name.strip()
        if not name:
            return
        self._whole.add(folded(name))
        if _CHINESE.search(name):
            if len(name) > 1:
                self._add(r"\s*".join(re.escape(part) for part in name.split()))
            return
        parts = name.replace(",", " ").split()
        if len(parts) > 1:
            for order in (parts, [*parts[1:], parts[0]], [parts[-1], *parts[:-1]]):
                joined = r"[\s\u00a0,._-]+".join(re.escape(part) for part in order)
                self._add(rf"(?<![^\W_]){joined}(?![^\W_])")

    def add_mail(self, mail: str) -> None:
        """An address of mail, or another text that nobody else could have."""
        mail = mail.strip()
        if mail:
            self._whole.add(folded(mail))
            self._add(rf"(?<![\w.+-]){re.escape(mail)}(?![\w-])")

    def add_phone(self, phone: str) -> None:
        """A telephone number, found however its digits are parted and with or without its country."""
        digits = re.sub(r"\D", "", phone)
        self._whole.add(folded(phone))
        core = digits.lstrip("0")
        if phone.strip().startswith(("+", "00")) or len(core) > _NATIONAL:
            # How long the country's own number is nobody says; the end of it is the person's.
            core = core[-min(len(core) - 2, 10) :]
        if len(core) >= _PHONE_DIGITS:
            before = rf"(?:\+|00)?(?:\d{{1,3}}{_GAP})?(?:0{_GAP})?"
            self._add(rf"(?<![\d.]){before}{_GAP.join(core)}(?!\d)")

    def add_parts(self, parts: list[str]) -> None:
        """A name that stands in columns of its own, such as first and last name."""
        told = [part.strip() for part in parts if part.strip()]
        if len(told) < 2:
            return
        if _CHINESE.search("".join(told)):
            for order in (told, told[::-1]):
                self.add_name("".join(order))
        else:
            self.add_name(" ".join(told))

    def add_number(self, number: str) -> None:
        """The number that the owner gave: found inside a text where it has letters and digits, as C-0042."""
        number = number.strip()
        self._whole.add(folded(number))
        if len(number) >= _NUMBER and re.search(r"\d", number) and re.search(r"[^\W\d_]", number):
            self._add(rf"(?<![\w-]){re.escape(number)}(?![\w-])")

    def add_remark(self, text: str) -> None:
        """What was written by or about the person."""
        if len(text.strip()) >= _REMARK:
            self._add(re.escape(text.strip()))

    def _add(self, pattern: str) -> None:
        if pattern not in self._inside:
            self._inside.append(pattern)
            self._pattern = None

    @property
    def anything(self) -> bool:
        """Whether there is something to look for."""
        return bool(self._inside or self._whole)

    def is_one(self, text: object) -> bool:
        """Whether a cell holds one of the texts and nothing else."""
        return isinstance(text, str) and folded(text) in self._whole

    def found_in(self, text: str) -> bool:
        """Whether a text is one of them, or holds one."""
        return self.replaced(text) != text

    def replaced(self, text: str) -> str:
        """A text without them."""
        if folded(text) in self._whole:
            return self.token
        if not self._inside:
            return text
        if self._pattern is None:
            # The longest first: a remark may hold the name.
            ordered: Iterable[str] = sorted(self._inside, key=len, reverse=True)
            self._pattern = re.compile("|".join(ordered), re.IGNORECASE)
        return self._pattern.sub(self.token, text)
