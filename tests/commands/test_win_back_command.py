"""The call list of a shop's workbook ends with who left and is likely to return."""

import datetime as dt

import numpy as np
import pytest
from sample_books import NOW, built, put, rows_of

from csm_xl import commands
from csm_xl.vocabulary import words
from csm_xl.vocabulary.playbook_rows import first_playbook


def shop():
    """Customers who buy at rates of their own, pause now and then, and some of whom stop."""
    rng = np.random.default_rng(3)
    people, orders = [], []
    for i in range(120):
        gap, day, end = rng.uniform(10, 90), rng.uniform(0, 300), rng.exponential(500)
        people.append({"customer_id": f"K{i}", "name": f"Name {i}"})
        while day < min(720, 30 + end):
            date = NOW - dt.timedelta(days=720 - int(day))
            orders.append({"order_id": str(len(orders)), "date": date, "customer_id": f"K{i}",
                           "amount": float(round(30 + 40 * rng.random()))})  # fmt: skip
            day += rng.exponential(gap) + 1
    return {"customers": people, "orders": orders}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_they_stand_last_with_the_playbooks_row_for_them_and_outcomes_stay(tmp_path, lang):
    left = words.ACTION_RISKS.word("left", lang)
    tables = {**shop(), "playbook": first_playbook("shop", lang)}
    book = built(tmp_path, lang, tables, {"as_of": NOW, "horizon_days": 60, "contact_cost": 1})
    commands.retrain(book, today=NOW.date())
    outcome = commands.actions(book)
    found = [row for row in rows_of(book, "actions") if row["customer_id"]]
    risks = [row["risk"] for row in found]
    n = risks.count(left)
    assert 1 <= n <= 5 and risks[-n:] == [left] * n
    assert [row["rank"] for row in found] == [float(k + 1) for k in range(len(found))]
    own = next(row["action"] for row in tables["playbook"] if row["risk"] == left)
    people = {row["customer_id"]: row for row in rows_of(book, "customers")}
    for row in found[-n:]:
        assert row["action"] == own and row["churn_probability"] is None
        assert not row["expected"] and row["value"] > 0
        assert people[row["customer_id"]]["risk"] == words.STATUSES.word("left", lang)
    assert any(f"{n} who left" in note.en and f"{n} 位" in note.zh for note in outcome.warnings)
    assert f"{len(found) - n} customers to contact" in outcome.message.en
    asked = found[-n]["customer_id"]
    put(book, "actions", len(found) - n, done=words.YES_NO.word("yes", lang))
    commands.actions(book)
    again = [row for row in rows_of(book, "actions") if row["customer_id"] == asked]
    assert len(again) == 1 and again[0]["done"]
    book.close()
