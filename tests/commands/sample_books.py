"""The sample company's workbook, trained once for all tests of a run, and what tests do with it."""

import datetime as dt
import functools
import os
import shutil
import tempfile
from pathlib import Path
from unittest import mock

from csm_xl import commands
from csm_xl.commands.opening import open_book
from csm_xl.commands.session import Session
from csm_xl.commands.writing import append_rows
from csm_xl.sample.sample_company import company
from csm_xl.vocabulary import layout
from csm_xl.workbook.build import build

NOW = dt.datetime(2026, 6, 30, 8, 0)


@functools.cache
def _trained(lang: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="csm-xl-sample-"))
    path = folder / f"trained-{lang}.xlsx"
    told = company(lang)
    path.write_bytes(build(lang, told.tables, told.settings))
    with mock.patch.dict(os.environ, {"CSM_XL_HOME": str(folder)}):
        book = open_book(path)
        commands.retrain(book, today=NOW.date())
        book.save()
        book.close()
    return path


def trained(folder: Path, lang: str = "en"):
    """A book of its own on the trained sample company."""
    path = folder / f"sample-{lang}.xlsx"
    shutil.copy(_trained(lang), path)
    return open_book(path)


def built(folder: Path, lang: str = "en", tables=None, settings=None, name="own.xlsx"):
    """A book with these rows."""
    path = folder / name
    path.write_bytes(build(lang, tables or {}, settings or {}))
    return open_book(path)


def rows_of(book, key):
    """The rows of a table as dictionaries by our columns' keys."""
    source = Session(book).table(key)
    places = layout.match_headers(source.headers, key).columns
    return [{name: row[place] for name, place in places.items()} for row in source.rows]


def put(book, key, index, **cells):
    """Type into cells of a table, as the owner would."""
    source = Session(book).table(key)
    places = layout.match_headers(source.headers, key).columns
    for name, value in cells.items():
        book.sheets[source.sheet].range(
            (source.row + 1 + index, source.column + places[name])
        ).value = value


def add(book, key, rows):
    """Type rows below a table's last one."""
    session = Session(book)
    append_rows(session, session.table(key), rows, key)


def set_setting(book, key, value):
    """Change a value on the Settings sheet."""
    name = layout.setting(key).name
    next(n for n in book.names if n.name == name).refers_to_range.value = value


def owners_cells(book):
    """Every cell that the owner fills, of every table and the Settings sheet."""
    found = {}
    for key in ("customers", "orders", "feedback", "contacts", "actions", "playbook", "changes"):
        table = layout.table(key)
        for index, row in enumerate(rows_of(book, key)):
            for name, value in row.items():
                if not table.column(name).ours and value is not None:
                    found[key, index, name] = value
    for setting in layout.SETTINGS.values():
        for name in book.names:
            if name.name == setting.name:
                found["settings", setting.key] = name.refers_to_range.raw_value
    return found
