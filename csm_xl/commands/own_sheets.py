"""csm-xl's own sheets in a workbook that did not come from the template, added when first needed.

A sheet or table of the owner's that has the name stays as it is; ours is called ``X (csm-xl)``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from csm_xl.commands.excel import offer_list
from csm_xl.commands.looks import TABLE_STYLE, dress_table
from csm_xl.commands.session import Session
from csm_xl.commands.writing import add_sheet, append_rows, cells, write_block
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.scoring import CUTS
from csm_xl.company.settings import Settings
from csm_xl.company.silence import RECORD as SILENCE
from csm_xl.formulas.addresses import column_letters
from csm_xl.language import Language, Text
from csm_xl.vocabulary import layout, words
from csm_xl.vocabulary.columns import NUMBER_FORMATS
from csm_xl.vocabulary.playbook_rows import first_playbook

#: Where the table begins: above it one sentence says what the sheet holds.
_TOP = 3
#: Settings of which nothing is assumed in a workbook of the owner's.
_BLANK = ("company", "currency", "as_of")
_LEADS = {
    "actions": Text(
        "Whom to contact first, why, and what to do. Note in Done and Outcome what came of it; "
        "what you typed stays.",
        "先联系谁、原因和建议行动。请在“已完成”和“结果”中记录；您填写的内容会保留。",
    ),
    "settings": Text(
        "Change the values in the column Value; they take effect at the next refresh.",
        "修改“数值”列中的内容，下次刷新时生效。",
    ),
}
_EXPECTED = 'IF(OR({p}="",{v}=""),"",{p}*csm_save_rate*{v}-csm_contact_cost)'


def own_sheet_name(session: Session, key: str) -> str:
    """What a sheet of ours is called: as in the template, unless the owner has one of that name."""
    title = layout.sheet(key).title.within(session.language)
    taken = {name.casefold() for name in session.sheets}
    called = title
    number = 1
    while called.casefold() in taken:
        called = f"{title} (csm-xl)" if number == 1 else f"{title} (csm-xl {number})"
        number += 1
    return called


def own_table(session: Session, key: str, without: Collection[str] = ()) -> HeaderTable:
    """One of our tables; where the workbook has none, the one that :func:`make_table` will make.

    Parameters
    ----------
    session : Session
    key : str
        Such as ``"actions"``.
    without : collection of str
        Columns that a new one has no use for.
    """
    found = session.table(key)
    if found is not None:
        return found
    declared, lang = layout.table(key), session.language
    taken = session.table_names
    name = declared.name if declared.name.casefold() not in taken else declared.name + layout.BESIDE
    titles = [c.title.within(lang) for c in declared.template if c.key not in without]
    return HeaderTable(own_sheet_name(session, key), name, titles, _TOP, 1, [], height=1)


def make_table(session: Session, table: HeaderTable, key: str) -> bool:
    """Add the sheet of a table that is not there yet; whether it was added."""
    if table.sheet in session.sheets:
        return False
    lang = session.language
    declared = layout.table(key)
    sheet = add_sheet(session.book, table.sheet)
    write_block(session, sheet, 1, 1, [[_LEADS.get(key, declared.purpose).within(lang)]])
    write_block(session, sheet, _TOP, 1, [table.headers])
    assert table.name is not None
    source = cells(sheet, _TOP, 1, 2, len(table.headers))
    sheet.tables.add(source=source, name=table.name, table_style_name=TABLE_STYLE)
    places = layout.match_headers(table.headers, key).columns
    dress_table(sheet, table, declared, lang)
    for column_key, place in places.items():
        column = declared.column(column_key)
        if column.words is not None and not column.ours:
            offer_list(cells(sheet, _TOP + 1, place + 1), column.words.within(lang))
    if "expected" in places:
        table.formulas[places["expected"]] = _expected(table, places)
    session.look_again()
    return True


def _expected(table: HeaderTable, places: dict[str, int]) -> str:
    p, v = (
        f"{table.name}[[#This Row],[{table.headers[places[key]]}]]"
        for key in ("churn_probability", "value")
    )
    return "=" + _EXPECTED.format(p=p, v=v)


# What they hold at first


def own_settings(session: Session, table: HeaderTable) -> Settings:
    """The settings that count: what the owner set, else what a new Settings sheet will show."""
    if session.has_settings:
        return session.settings
    lang = session.language
    given: dict[str, Any] = {
        "contact_cost": layout.setting("contact_cost").value(lang),
        "business": words.BUSINESSES.word(_business(table), lang),
    }
    given |= {
        key: value for key in layout.SETTINGS if (value := session.settings.get(key)) is not None
    }
    return Settings(given)


def _business(table: HeaderTable) -> str:
    """Which first playbook fits the owner's list: of software that is used, else of services."""
    roles = {one.role for one in table.roles.columns}
    said = " ".join(table.headers).casefold()
    software = any(word in said for word in ("mrr", "seats", "login", "plan", "套餐", "登录"))
    return "saas" if "usage" in roles and "price" in roles and software else "freelancer"


def make_settings(session: Session, settings: Settings) -> None:
    """Add the Settings sheet where there is none: a row for each setting, its value with a name."""
    if session.has_settings:
        return
    table, lang = own_table(session, "settings"), session.language
    cuts = json.loads(session.texts.get(CUTS, "{}"))
    silence = json.loads(session.texts.get(SILENCE, "[]"))
    rows, shown = [], []
    for group in layout.GROUPS:
        for index, setting in enumerate(group.settings):
            rows.append(
                {
                    "group": group.title.within(lang) if index == 0 else None,
                    "label": setting.label.within(lang),
                    "note": setting.note.within(lang),
                    "key": setting.key,
                }
            )
            shown.append((setting, _first_value(setting, settings, cuts, silence, lang)))
    make_table(session, table, "settings")
    append_rows(session, table, rows, "settings")
    sheet = session.sheet(table)
    place = layout.match_headers(table.headers, "settings").columns["value"] + 1
    quoted = table.sheet.replace("'", "''")
    for row, (setting, value) in enumerate(shown, _TOP + 1):
        form = {"share": "0%", "number": "0.0##"}.get(setting.kind)
        cell = cells(sheet, row, place)
        cell.number_format = form or NUMBER_FORMATS.get(setting.kind, "General")
        write_block(session, sheet, row, place, [[value]], owners=True)
        if setting.words is not None:
            offer_list(cell, setting.words.within(lang))
        session.book.names.add(setting.name, f"='{quoted}'!${column_letters(place)}${row}")


def _first_value(
    setting: layout.Setting,
    settings: Settings,
    cuts: dict[str, float],
    silence: list[float],
    lang: Language,
) -> Any:
    given = settings.get(setting.key)
    if given is not None:
        return given
    if setting.key in _BLANK:
        return None
    if setting.key == "silence_days" and silence:
        return silence[-1]
    if setting.key in ("risk_medium", "risk_high"):
        # A default here would outrank what the training found.
        return cuts.get(setting.key.removeprefix("risk_"))
    return None if setting.value(lang) == "" else setting.value(lang)


def make_playbook(session: Session, settings: Settings) -> None:
    """Add the Playbook sheet where there is none, with the first playbook."""
    if session.table("playbook") is not None:
        return
    table, lang = own_table(session, "playbook"), session.language
    business = words.BUSINESSES.key(settings.get("business")) or "shop"
    rows: Sequence[dict[str, Any]] = [
        {key: None if value == "" else value for key, value in row.items()}
        for row in first_playbook(business, lang)
    ]
    make_table(session, table, "playbook")
    append_rows(session, table, rows, "playbook")
