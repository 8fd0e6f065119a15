"""A shop as it might be: orders of one or several lines, refunds, cancellations, currencies, buyers."""

import random
from collections import Counter
from dataclasses import dataclass, field

from hypothesis import strategies as st

STATES = ("paid", "refunded", "part", "cancelled", "unpaid")


@dataclass
class Line:
    item: str
    quantity: int
    price: float


@dataclass
class Order:
    number: str
    buyer: int
    day: str
    lines: list[Line]
    state: str
    currency: str = "USD"
    back: float = 0.0

    @property
    def total(self):
        return round(sum(line.quantity * line.price for line in self.lines), 2)

    @property
    def counts(self):
        return self.state not in ("cancelled", "unpaid")

    @property
    def net(self):
        return round(self.total - (self.total if self.state == "refunded" else self.back), 2)


@dataclass
class Shop:
    orders: list[Order]
    noise: random.Random = field(repr=False, default_factory=lambda: random.Random(1))

    @property
    def net(self):
        return round(sum(order.net for order in self.counting), 2)

    @property
    def currency(self):
        """Books that have none yet take the one of most orders that count, of equals the first."""
        counts = Counter(order.currency for order in self.orders if order.counts)
        return counts.most_common(1)[0][0] if counts else None

    @property
    def counting(self):
        mine = self.currency
        return [order for order in self.orders if order.counts and order.currency == mine]

    def mail(self, buyer):
        mail = f"buyer{buyer}@mail.example"
        return self.noise.choice([mail, mail.upper(), f" {mail}"])

    def phone(self, buyer):
        digits = f"138{buyer:08d}"
        forms = [
            digits,
            f"+86 {digits}",
            f"86-{digits}",
            f"{digits[:3]} {digits[3:7]} {digits[7:]}",
            f"'{digits}",
        ]
        return self.noise.choice([*forms, "-", "无"]) if buyer else "0"


@st.composite
def shops(draw):
    orders = []
    for n in range(draw(st.integers(1, 14))):
        prices = draw(st.lists(st.integers(1, 99_999), min_size=1, max_size=3))
        lines = [
            Line(f"Tea {i}", draw(st.integers(1, 3)), cents / 100) for i, cents in enumerate(prices)
        ]
        order = Order(
            f"{1000 + n}", draw(st.integers(0, 4)), f"2026-{draw(st.integers(1, 9)):02d}-{draw(st.integers(1, 28)):02d}", lines,
            draw(st.sampled_from(STATES)), draw(st.sampled_from(["USD"] * 5 + ["EUR"])),
        )  # fmt: skip
        if order.state == "part":
            order.back = round(order.total / draw(st.integers(2, 5)), 2)
            if not 0 < order.back < order.total:
                order.state, order.back = "paid", 0.0
        orders.append(order)
    return Shop(orders, random.Random(draw(st.integers(0, 999))))
