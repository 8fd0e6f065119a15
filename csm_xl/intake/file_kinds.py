"""What the rows of a file are, by all its titles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from csm_xl.intake.columns import Columns, titles_of, understood
from csm_xl.intake.declaration import Table
from csm_xl.intake.export import Export
from csm_xl.vocabulary.headers import normalised

_WEAK_ORDER_TITLES = frozenset(
    map(normalised, ("name", "id", "order name", "payment id", "charge id"))
)


def known_titles(headers: Sequence[object]) -> int:
    """How many cells of a row are titles that csm-xl understands, of whatever table."""
    every = _every_title()
    found = 0
    for header in headers:
        if isinstance(header, str) and header.strip() and len(header) < 200:
            full = normalised(header)
            found += bool(full) and (full in every or normalised(header, brackets=False) in every)
    return found


_EVERY: set[str] = set()


def _every_title() -> set[str]:
    if not _EVERY:
        from csm_xl.intake.exporters import ALL

        for table in (
            "customers",
            "orders",
            "feedback",
            "contacts",
            "subscriptions",
            "usage",
            "cancellations",
        ):
            for titles in titles_of(table).values():
                _EVERY.update(map(normalised, titles))
        for exporter in ALL:
            for forms in (
                *exporter.columns.values(),
                exporter.technical,
                *exporter.signs.split("|"),
            ):
                for form in forms.split("|"):
                    _EVERY.update(normalised(one) for one in (form, *form.split("/")))
        _EVERY.discard("")
    return _EVERY


_KINDS: tuple[tuple[Table, dict[str, float]], ...] = (
    ("orders", {"order_id": 2, "amount": 2, "date": 1, "product": 1, "quantity": 0.5, "status": 0.5, "refunded": 1}),
    ("feedback", {"rating": 2.5, "recommend": 2.5, "functional": 1, "service": 1, "emotional": 1, "text": 1,
                  "response_hours": 1.5, "feedback_id": 0.5, "date": 0.5}),
    ("subscriptions", {"subscription_id": 1.5, "plan": 1, "price": 1, "year_price": 1, "start": 1, "end": 1.5,
                       "interval": 1, "trial": 0.5}),
    ("cancellations", {"date": 0.5, "reason": 2, "reactivated": 2, "reactivated_at": 2}),
    ("usage", {"times": 2, "date": 1, "note": 0.5, "subscription_id": 0.5}),
    ("contacts", {"channel": 1.5, "kind": 1, "date": 1, "times": 0.5, "note": 0.5}),
    ("customers", {"email": 1, "phone": 1, "name": 1, "company": 0.5, "city": 0.7, "start": 1, "points": 1,
                   "source": 0.7, "customer_id": 0.7, "left_on": 1, "do_not_contact": 1, "plan": 0.7,
                   "churned": 1, "price": 0.7, "last_seen": 0.7, "total_spend": 1, "total_purchases": 1}),
)  # fmt: skip


def kind_of(export: Export, chosen: Mapping[int, str] | None = None) -> tuple[Table, float, float]:
    """What the rows of a file are, by all its titles; with its score and the next best one's."""
    scores = []
    for table, weights in _KINDS:
        columns = understood(export, table, chosen=chosen)
        score = sum(weight for key, weight in weights.items() if key in columns.places)
        if table == "orders" and not has_order_number(export, columns):
            score -= 2
        if table == "cancellations" and not columns.has("reason", "reactivated", "reactivated_at"):
            score = 0
        if table == "subscriptions" and not columns.has("end", "interval", "year_price", "trial"):
            score -= 2
        scores.append((score / _SIZES[table], table))
    scores.sort(key=lambda pair: -pair[0])
    return scores[0][1], scores[0][0], scores[1][0]


#: What a clear case of each kind scores, so that kinds with many titles do not always win.
_SIZES = {
    "orders": 6.0, "feedback": 4.5, "subscriptions": 5.0, "cancellations": 3.0, "usage": 3.0, "contacts": 4.0,
    "customers": 4.5,
}  # fmt: skip


def has_order_number(export: Export, columns: Columns) -> bool:
    """Whether a column is plainly the number of an order."""
    place = columns.first("order_id")
    return place is not None and normalised(export.headers[place]) not in _WEAK_ORDER_TITLES
