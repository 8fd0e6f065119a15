"""What an owner types behind --table, --map and --lang in Chinese."""

from __future__ import annotations

import pytest

from csm_xl.cli.application import language_named
from csm_xl.commands.import_answers import ROLES, key_of
from csm_xl.intake.reading import TABLES, table_asked, tables_told
from csm_xl.vocabulary.roles import ROLES as ROLE_NAMES


@pytest.mark.parametrize(
    ("said", "table"),
    [
        ("订单", "orders"),
        ("订单表", "orders"),
        ("客户", "customers"),
        ("使用记录", "usage"),
        ("Order", "orders"),
    ],
)
def test_a_table_is_asked_for_by_its_name_in_either_language(said: str, table: str) -> None:
    assert table_asked(said) == table


def test_what_the_refusal_offers_is_taken() -> None:
    told = tables_told()
    assert [table_asked(name) for name in told.zh.split("、")] == list(TABLES)
    assert table_asked("天气") is None


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_is_known_by_its_chinese_name(role: str) -> None:
    assert key_of(ROLE_NAMES[role].zh, "customers") == key_of(role, "customers")


def test_the_language_is_known_by_its_own_name() -> None:
    assert language_named("中文") == "zh"
    assert language_named("英文") == "en"
