"""Points and word of mouth: who brought whom, and whose points are worth a word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from csm_xl.company.column_contents import points_of
from csm_xl.company.customers import customer_keys
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.settings import Settings
from csm_xl.language import Text
from csm_xl.metrics import referrals
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import as_key

#: From this share of a reward's points on a customer is near it.
_NEAR = 0.8
#: The last digits of a telephone number, which are the same with and without its country.
_LOCAL = 8
_NOT_DIGITS = re.compile(r"\D")


@dataclass(frozen=True)
class Programme:
    """What a list says of its loyalty programme.

    Attributes
    ----------
    brought : ndarray of int, shape (n,), or None
        How many customers of the list each one brought; None where the list does not say.
    came : ndarray of bool, shape (n,)
        Who was brought by somebody, a customer of the list or not.
    points : ndarray of float, shape (n,), or None
        NaN where a customer has none; None where the list has no points.
    reward : float
        From how many points on there is a reward; NaN where the owner did not say.
    """

    brought: np.ndarray | None
    came: np.ndarray
    points: np.ndarray | None
    reward: float

    def occasion(self, row: int) -> Text | None:
        """Why to thank a customer, or to tell one of a reward; None without an occasion."""
        said = [one for one in (self._brought(row), self._near(row)) if one is not None]
        if not said:
            return None
        return Text("; ".join(one.en for one in said), "；".join(one.zh for one in said))

    def _brought(self, row: int) -> Text | None:
        n = 0 if self.brought is None else int(self.brought[row])
        if n == 0:
            return None
        what = "a customer" if n == 1 else f"{n} customers"
        return Text(f"brought {what}", f"介绍了 {n} 位客户")

    def near(self, row: int) -> bool:
        """Whether a customer is near a reward, or has one."""
        return self.points is not None and bool(self.points[row] >= _NEAR * self.reward)

    def _near(self, row: int) -> Text | None:
        if self.points is None or not self.near(row):
            return None
        points = self.points[row]
        if points >= self.reward:
            return Text(
                f"has a reward to redeem ({points:g} points)", f"可以兑换奖励（{points:g} 积分）"
            )
        short = self.reward - points
        return Text(f"near a reward: {short:g} points short", f"快够兑换奖励：还差 {short:g} 积分")

    @property
    def weight(self) -> np.ndarray:
        """How much there is to thank for: those who brought most come first, then the nearest."""
        n = len(self.came)
        brought = np.zeros(n) if self.brought is None else self.brought.astype(float)
        if self.points is None or self.reward != self.reward:
            return brought
        share = np.clip(np.nan_to_num(self.points) / self.reward, 0.0, 1.0)
        return brought + np.where(share >= _NEAR, 0.5 * share, 0.0)


def programme_of(table: HeaderTable, settings: Settings) -> Programme:
    """Read points and referrals of a list of customers.

    Whoever brought somebody may be named by number, name, mail or telephone.
    """
    places = table.places("customers")
    by = _place(table, places, "referred by", "referred_by")
    points = _place(table, places, "points", "points")
    came = np.zeros(len(table.rows), dtype=bool)
    brought = None
    if by is not None:
        said = [folded(as_key(cell)) for cell in table.cells(by)]
        came = np.array([bool(one) for one in said], dtype=bool) & table.holds
        own = customer_keys(table)
        known = _known_as(table, own)
        named = [known.get(one, known.get(_number(one), "")) or None for one in said]
        brought = referrals(own, named)
    numbers = None
    if points is not None:
        read = [points_of(cell) for cell in table.cells(points)]
        numbers = np.array([np.nan if one is None else one for one in read], dtype=float)
    reward = settings.number("reward_points")
    return Programme(brought, came, numbers, reward if reward > 0 else float("nan"))


def _place(table: HeaderTable, places: dict[str, int], role: str, key: str) -> int | None:
    found = table.roles.place(role)
    return places.get(key) if found is None else found


def _known_as(table: HeaderTable, keys: Sequence[str]) -> dict[str, str]:
    """What a customer may be called, and the key; what two customers share means nobody."""
    found: dict[str, Any] = {folded(key): key for key in keys if key}
    for role in ("id", "name", "e-mail", "phone"):
        for place in table.roles.places(role):
            called: dict[str, str] = {}
            for cell, key in zip(table.cells(place), keys, strict=True):
                said = folded(as_key(cell))
                for one in {said, _number(said) if role == "phone" else ""} - {""}:
                    called[one] = "" if one in called else key
            found = called | found
    return found


def _number(said: str) -> str:
    """A telephone number however it is parted, with or without its country; ``""`` for all else."""
    digits = _NOT_DIGITS.sub("", said)
    plain = len(digits) >= _LOCAL and not any(character.isalpha() for character in said)
    return f"tel {digits[-_LOCAL:]}" if plain and "@" not in said else ""
