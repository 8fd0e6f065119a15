"""A column that gives the answer away is left out by itself, said, and can be put back."""

import datetime as dt

import numpy as np
import pytest

from csm_xl.company.chosen_roles import Chosen
from csm_xl.company.customers import labelled
from csm_xl.company.date_training import dated_training
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.workbook_facts import Facts
from csm_xl.vocabulary.cell_readers import serial

CHANCE = np.random.default_rng(3)
LEFT = [i % 3 == 0 for i in range(60)]
LOGINS = [float(CHANCE.integers(0, 20)) for _ in LEFT]


def table(title, cells, chosen=None):
    rows = [
        (f"Client {i}", LOGINS[i], cell, "yes" if left else "no")
        for i, (cell, left) in enumerate(zip(cells, LEFT, strict=True))
    ]
    headers = ["Client", "Logins", title, "Churned"]
    found = HeaderTable("Clients", None, headers, 1, 1, rows)
    found.facts = Facts(chosen=Chosen(chosen or {}))
    return found


@pytest.mark.parametrize(
    ("title", "cells"),
    [
        ("Exit interview", ["held" if left else None for left in LEFT]),
        ("Final invoice", [99.0 if left else None for left in LEFT]),
        ("Balance", [0.0 if left else 10.0 + i for i, left in enumerate(LEFT)]),
    ],
)
def test_it_is_left_out_and_said(title, cells):
    found = labelled(table(title, cells))
    assert list(found.frame.columns) == ["Logins"]
    assert any(f'--set "{title}=feature"' in note.en for note in found.notes)
    assert title in dict(found.left_out)


def test_it_can_be_put_back():
    cells = [0.0 if left else 10.0 + i for i, left in enumerate(LEFT)]
    found = labelled(table("Balance", cells, {("clients", "balance"): "feature"}))
    assert list(found.frame.columns) == ["Logins", "Balance"]


def test_an_ordinary_column_stays():
    cells = [float(CHANCE.integers(0, 9)) for _ in LEFT]
    assert list(labelled(table("Tickets", cells)).frame.columns) == ["Logins", "Tickets"]


class TestByDates:
    """The same where customers have a start and a day of leaving."""

    @staticmethod
    def learned(chosen=None):
        day = dt.datetime(2026, 6, 1)
        rows = [
            (
                f"Client {i}",
                day - dt.timedelta(days=500 + 3 * i),
                day - dt.timedelta(days=10 + 5 * i) if left else None,
                LOGINS[i],
                "refunded" if left else "held",
            )
            for i, left in enumerate(LEFT)
        ]
        headers = ["Client", "Start", "Left on", "Logins", "Deposit"]
        table = HeaderTable("Clients", None, headers, 1, 1, rows)
        table.facts = Facts(chosen=Chosen(chosen or {}), today=serial(day))
        return dated_training(table, np.datetime64("2026-06-01", "D"), 90.0)

    def test_it_is_left_out_and_said(self):
        _, left_out, notes, _ = self.learned()
        assert "Deposit" in dict(left_out)
        assert any('--set "Deposit=feature"' in note.en for note in notes)

    def test_it_can_be_put_back(self):
        _, left_out, notes, _ = self.learned({("clients", "deposit"): "feature"})
        assert "Deposit" not in dict(left_out)
        assert not any("--set" in note.en for note in notes)
