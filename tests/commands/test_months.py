"""Months side by side on an owner's sheet: learned from as level and trend, in columns of ours."""

import datetime as dt

import numpy as np
import openpyxl
from workbooks import opened, saved, values

from csm_xl import commands
from csm_xl.functions.records import unpack

MONTHS = [f"2026年{month}月" for month in range(1, 9)]


def climbers():
    """A climbing hall: who left came less and less, and then not at all."""
    chance = np.random.default_rng(11)
    rows = [("会员", "卡种", *MONTHS, "退卡日期")]
    for i in range(120):
        gone = int(chance.integers(4, 8)) if i % 3 == 0 else None
        often = int(chance.integers(5, 10))
        visits = [
            max(
                0,
                often
                + int(chance.integers(-1, 2))
                - (3 * (m - gone + 3) if gone and m > gone - 3 else 0),
            )
            if gone is None or m < gone
            else 0
            for m in range(8)
        ]
        left = dt.datetime(2026, gone + 1, 9) if gone else None
        rows.append((f"会员{i}", ("月卡", "年卡")[i % 2], *visits, left))
    rows.append(("渐少", "月卡", 9, 9, 9, 8, 7, 5, 3, 1, None))
    rows.append(("渐多", "月卡", 3, 4, 4, 5, 6, 7, 8, 9, None))
    return rows


def _run(path, command, *arguments):
    book = opened(path)
    try:
        command(book, *arguments)
        book.save()
    finally:
        book.close()


def test_usage_is_written_learned_from_and_the_same_when_trained_again(tmp_path):
    path = saved(tmp_path / "岩馆.xlsx", climbers(), sheet="会员")
    _run(path, commands.retrain, "会员")
    first = values(path, "会员")
    assert first[0][:11] == climbers()[0]
    assert first[0][11:13] == ("近期使用量", "使用量变化")
    model = unpack(values(path, "_csm"))["model"].text.split('"meta"')[0]
    assert "使用量" in model and "2026年3月" not in model
    chance = {row[0]: row[13] for row in first[1:]}
    assert first[0][13].startswith("流失概率")
    assert chance["渐少"] > chance["渐多"] + 0.05
    _run(path, commands.retrain, "会员")
    assert values(path, "会员") == first


def test_a_refresh_counts_the_months_again(tmp_path):
    path = saved(tmp_path / "岩馆.xlsx", climbers(), sheet="会员")
    _run(path, commands.retrain, "会员")
    before = {row[0]: row for row in values(path, "会员")[1:]}
    book = openpyxl.load_workbook(path)
    for column in range(8, 11):
        book["会员"].cell(123, column, 0)
    book.save(path)
    _run(path, commands.refresh)
    after = {row[0]: row for row in values(path, "会员")[1:]}
    assert before["渐多"][11] > 7 and after["渐多"][11] == 0
    assert after["渐多"][13] > before["渐多"][13]
