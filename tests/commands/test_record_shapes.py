"""A record whose checksum fits but which csm-xl has not written is set aside like a damaged one."""

import json
from pathlib import Path

import pytest
from sample_books import NOW, trained
from workbooks import opened, saved

from csm_xl import commands
from csm_xl.commands.hidden_sheet import write_records
from csm_xl.commands.record_shapes import set_aside_damaged
from csm_xl.commands.session import Session
from csm_xl.errors import NoModelError
from csm_xl.functions.records import Record, Records, known, remember

STRANGE = [
    ("source", '{"sheet": 1e308}'),
    ("source", '{null: "Customers"}'),
    ("source", "[]"),
    ("purchases", '{"purchases": {"r": 1e999}}'),
    ("purchases", "7"),
    ("tiers", '{"centres": 3}'),
    ("tiers", '{"centres": [[1e300]], "mean": [0], "scale": [1], "log": [false]}'),
    ("quality", '{"auc": "high"}'),
    ("quality", '{"auc": NaN}'),
    ("risk_cuts", '{"medium": []}'),
    ("columns", '{"_csm.column.x": 3}'),
    ("roles", '{"T": {"Left on": "left"}}'),
    ("roles", "[1, 2]"),
]


@pytest.mark.parametrize(("name", "text"), STRANGE)
def test_what_csm_xl_never_stores_is_set_aside(name, text):
    records = Records()
    records[name] = Record(name, text)
    records["layout"] = Record("layout", "1")
    set_aside_damaged(records)
    assert list(records) == ["layout"] and list(records.damaged) == [name]
    if name != "layout":
        with pytest.raises(NoModelError, match=name):
            records.refuse_damaged()


def test_what_csm_xl_stored_stays():
    from csm_xl.commands.opening import open_book

    book = open_book(Path(__file__).resolve().parents[2] / "workbook" / "CSM.xlsm", readonly=True)
    records = Session(book).records
    book.close()
    assert {"model", "source", "purchases", "survival", "tiers"} <= records.keys()
    assert records.damaged == {}


def test_a_function_that_gets_such_a_record_says_what_to_do():
    def build(text):
        return json.loads(text)["effects"][0]["name"].upper()

    for text in ('{"effects": []}', '{"effects": [{"name": 7}]}', "{broken", '{"effects": null}'):
        with pytest.raises(NoModelError, match="Click Retrain"):
            known(remember(text), build)


def test_columns_of_a_later_csm_xl_stop_nobody(tmp_path):
    book = trained(tmp_path)
    session = Session(book)
    columns = json.loads(session.records["columns"].text)
    for name, (key, title) in columns.items():
        columns[name] = ["foreseen_in_2030" if key == "stage" else key, title]
    write_records(session, {"columns": json.dumps(columns)})
    commands.check(book)
    commands.refresh(book, now=NOW)
    book.close()


def test_roles_of_a_later_csm_xl_stop_nobody(tmp_path):
    rows = [["Client", "Logins"], *([f"Client {n}", n % 5] for n in range(12))]
    book = opened(saved(tmp_path / "own.xlsx", rows, sheet="Clients"))
    commands.refresh(book)
    session = Session(book)
    roles = json.loads(session.records["roles"].text)
    for said in roles.values():
        for pair in said.values():
            pair[0] = "role of 2030"
    write_records(session, {"roles": json.dumps(roles)})
    commands.check(book)
    commands.refresh(book)
    book.close()
