"""The random hold-out: customers who are left alone, so that the effect of contacting can be told.

A customer's group is drawn once and for all by a hash of the customer number, so it stays the same
from one refresh to the next, and has nothing to do with anything that is known of the customer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

CONTACT, HOLDOUT = "contact", "holdout"


def draw(customer: str) -> float:
    """A number from 0 up to 1 that belongs to a customer number, the same on every computer."""
    digest = hashlib.sha256(f"csm-xl hold-out {customer}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def groups(customers: Iterable[str], share: float) -> list[str | None]:
    """The group of each customer.

    Parameters
    ----------
    customers : iterable of str
        Customer numbers; ``""`` is nobody.
    share : float
        Part of the customers who are left alone, 0 to 1. A larger share keeps those of a smaller
        one.

    Returns
    -------
    list of str or None
        ``"contact"`` or ``"holdout"``; None without a number, and for all when the share is 0.
    """
    return [
        None if not key or share <= 0 else HOLDOUT if draw(key) < share else CONTACT
        for key in customers
    ]
