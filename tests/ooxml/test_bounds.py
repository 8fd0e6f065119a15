"""Files that nobody's spreadsheet wrote end in one sentence, soon and in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from ooxml import handmade

ROOT = Path(__file__).resolve().parents[2]
#: A busy machine takes a few times longer than a quiet one; what is endless takes for ever.
SECONDS = 240
MEBIBYTES = 1024

#: Calculates every file of a folder in one process; a line for each as soon as it is done.
_RUN = """
import contextlib, io, json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
from csm_xl.cli import main
folder = Path(sys.argv[1])
for path in sorted(folder.glob("*.xlsx")):
    before, said, code = path.read_bytes(), io.StringIO(), 0
    sys.argv = ["csm-xl", "--lang", "en", "calc", str(path), "-o", str(folder / "out" / path.name)]
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
    print(json.dumps({
        "name": path.stem, "code": code, "said": " ".join(said.getvalue().split()),
        "unchanged": path.read_bytes() == before,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }), flush=True)
"""


def rows(body: str) -> str:
    return f'<row r="1">{body}</row>'


ENDLESS = {
    "comments": handmade.sheet_xml("", before="<!--" * 150_000),
    "comments in a row": handmade.sheet_xml(rows("<!--" * 150_000)),
    "instructions": handmade.sheet_xml(rows("<?x " * 150_000)),
    "character data": handmade.sheet_xml(rows("<![CDATA[" * 100_000)),
    "cells": handmade.sheet_xml(rows('<c r="A1">' * 100_000)),
    "closed cells in cells": handmade.sheet_xml(rows('<c r="A1">' * 50_000 + "</c>" * 50_000)),
    "endless rows": handmade.sheet_xml('<row r="1">' * 100_000),
    "formulas": handmade.sheet_xml(rows('<c r="A1"><f>' * 100_000)),
    "readings": handmade.sheet_xml(rows('<c r="A1" t="inlineStr"><is>' + "<rPh>" * 100_000)),
    "spaces": handmade.sheet_xml('<row r="1"' + " " * 2_000_000 + "/>"),
    "tags": "<worksheet " * 100_000,
}
IMPOSSIBLE = {
    "a row of 99,999,999": (
        '<row r="99999999"><c r="A99999999"><v>1</v></c></row>',
        "row 99999999",
    ),
    "a column beyond XFD": (rows('<c r="ZZZ1"><v>1</v></c>'), "beyond XFD"),
    "an array over the whole sheet": (
        rows('<c r="A1"><f t="array" ref="A1:XFD1048576">1+1</f><v>2</v></c>'),
        "A1: a formula that fills 17,179,869,184 cells",
    ),
    "brackets": (rows(f"<c r='A1'><f>{'T[' * 300_000}</f></c>"), "A1: a formula of"),
    "terms": (rows(f"<c r='A1'><f>1{'+1' * 300_000}</f></c>"), "A1: a formula of"),
}
LONG = {
    "open": "T[" * 4000,
    "sum": "1" + "+1" * 4000,
    "groups": "(" * 8000,
    "signs": "-" * 8000,
    "closed groups": "(" * 4000 + "1" + ")" * 4000,
    "ifs": "IF(1," * 1500 + "1" + ")" * 1500,
}
WIDE = {
    "csat": "CSAT(A2:XFD1048576)",
    "sum": "SUM(2:1048576)",
    "product": "SUMPRODUCT(A2:XFD1048576*1)",
    "count": "COUNTIF(A2:XFD1048576,4)",
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What calc says of every file, by the file's name."""
    folder = tmp_path_factory.mktemp("odd")
    (folder / "out").mkdir()
    for name, xml in ENDLESS.items():
        handmade.write(folder / f"{name}.xlsx", handmade.parts({"Data": xml}))
    for name, (body, _) in IMPOSSIBLE.items():
        handmade.workbook(folder / f"{name}.xlsx", body)
    for name, formula in LONG.items():
        handmade.workbook(folder / f"long {name}.xlsx", rows(f'<c r="A1"><f>{formula}</f></c>'))
    for name, formula in WIDE.items():
        body = rows(f'<c r="A1"><f>{formula}</f></c>')
        body += '<row r="1048576"><c r="XFD1048576"><v>4</v></c></row>'
        handmade.workbook(folder / f"wide {name}.xlsx", body)
    swelling(folder / "swelling.xlsx")
    try:
        done = subprocess.run(
            [sys.executable, "-c", _RUN, folder],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            cwd=ROOT,
        )
        lines, ended = done.stdout, done.stderr[-500:]
    except subprocess.TimeoutExpired as error:
        lines, ended = (error.stdout or b"").decode(), "still running"
    found = [json.loads(line) for line in lines.splitlines()]
    files = [path.stem for path in sorted(folder.glob("*.xlsx"))]
    assert [f["name"] for f in found] == files, f"{files[len(found)]}: {ended}"
    return {f["name"]: f for f in found}


def swelling(path: Path) -> None:
    """A workbook of half a megabyte with 200 MB of text."""
    content = handmade.parts(
        {"Data": handmade.sheet_xml(rows('<c r="A1"><v>1</v></c>'))}, strings=[]
    )
    block = ("<si><t>" + "A" * 986 + "</t></si>").encode() * 1000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, data in content.items():
            if name != "xl/sharedStrings.xml":
                package.writestr(name, data)
        with package.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            part.write(f'<sst xmlns="{handmade.MAIN}">'.encode())
            for _ in range(200):
                part.write(block)
            part.write(b"</sst>")


def test_every_file_ends_in_a_sentence_and_stays_as_it_was(outcomes):
    for name, outcome in outcomes.items():
        assert outcome["code"] in (0, 1), name
        assert outcome["unchanged"], name
        assert outcome["peak"] < MEBIBYTES, name
        assert "unexpected" not in outcome["said"], name
        assert outcome["code"] == 0 or f"{name}.xlsx" in outcome["said"], name


@pytest.mark.parametrize("kind", IMPOSSIBLE)
def test_what_no_spreadsheet_can_hold_is_named_by_its_cell(kind, outcomes):
    assert outcomes[kind]["code"] == 1
    assert IMPOSSIBLE[kind][1] in outcomes[kind]["said"]


def test_formulas_that_are_too_long_or_too_wide_leave_the_rest_to_be_calculated(outcomes):
    for name in [*(f"long {n}" for n in LONG), *(f"wide {n}" for n in WIDE)]:
        assert outcomes[name]["code"] == 0, outcomes[name]["said"]


def test_texts_that_swell_are_refused(outcomes):
    assert outcomes["swelling"]["code"] == 1
    assert "sharedStrings" in outcomes["swelling"]["said"]
