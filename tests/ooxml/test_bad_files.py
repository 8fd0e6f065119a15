"""Files that are no workbook, or a harmful one, get one clear sentence and are not touched."""

from __future__ import annotations

import re
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from ooxml import handmade

from csm_xl.commands.opening import open_book
from csm_xl.errors import FileError
from csm_xl.language import use_language
from csm_xl.ooxml.workbook_file import Workbook

ROWS = '<row r="1"><c r="A1"><v>1</v></c></row>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
Content = dict[str, str | bytes]


def good() -> Content:
    return handmade.parts({"Data": handmade.sheet_xml(ROWS)})


def zipped(**changes: str | bytes | None) -> Callable[[Path], None]:
    """A maker of a workbook in which some parts are replaced or left out."""

    def make(path: Path) -> None:
        content = good()
        for name, data in changes.items():
            if data is None:
                del content[name]
            else:
                content[name] = data
        handmade.write(path, content)

    return make


def cut(path: Path) -> None:
    handmade.write(path, good())
    path.write_bytes(path.read_bytes()[:-200])


def cut_in_the_middle(path: Path) -> None:
    handmade.write(path, good())
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def with_content_type(old: str, new: str) -> Callable[[Path], None]:
    types = str(good()["[Content_Types].xml"]).replace(old, new)
    return zipped(**{"[Content_Types].xml": types})


def bomb(path: Path) -> None:
    content = good()
    content["xl/worksheets/sheet1.xml"] = handmade.sheet_xml(" " * (64 << 20))
    handmade.write(path, content)


def quietly_too_large(path: Path) -> None:
    """A part that unpacks to more than the directory announces."""
    content = good()
    content["xl/worksheets/sheet1.xml"] = handmade.sheet_xml(" " * (64 << 20))
    handmade.write(path, content)
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    while data[at : at + 4] == b"PK\x01\x02":
        name_length = struct.unpack_from("<H", data, at + 28)[0]
        if data[at + 46 : at + 46 + name_length] == b"xl/worksheets/sheet1.xml":
            struct.pack_into("<L", data, at + 24, 1000)
        at += 46 + name_length
    path.write_bytes(data)


def many_parts(path: Path) -> None:
    content = good()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
        for number in range(20_001):
            archive.writestr(f"x/{number}", b"")


def overlapping(path: Path) -> None:
    """Two entries that share the same packed bytes: the trick of the smallest bombs."""
    handmade.write(path, good())
    data = bytearray(path.read_bytes())
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    path.write_bytes(data)


def twice(path: Path) -> None:
    handmade.write(path, good())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")


def outside(name: str) -> Callable[[Path], None]:
    return zipped(**{name: b"x"})


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + f']><worksheet xmlns="{handmade.MAIN}"><sheetData><row r="1">'
    '<c r="A1" t="inlineStr"><is><t>&i;</t></is></c></row></sheetData></worksheet>'
)
OUTSIDE_FILE = (
    '<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    f'<sst xmlns="{handmade.MAIN}"><si><t>&x;</t></si></sst>'
)


def outside_file_in_strings(path: Path) -> None:
    content = handmade.parts(
        {"Data": handmade.sheet_xml('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')}, strings=[]
    )
    content["xl/sharedStrings.xml"] = OUTSIDE_FILE
    handmade.write(path, content)


def one_cell(cells: str) -> Callable[[Path], None]:
    rows = f'<row r="1">{cells}</row>'
    strings = ["<si><t>first</t></si>", "<si><t>last</t></si>"]
    return lambda path: (handmade.workbook(path, rows, strings=strings), None)[1]


def strings_as(part: str) -> Callable[[Path], None]:
    """A maker of a workbook with this part of shared strings."""

    def make(path: Path) -> None:
        content = handmade.parts(
            {"Data": handmade.sheet_xml('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')},
            strings=[],
        )
        content["xl/sharedStrings.xml"] = part
        handmade.write(path, content)

    return make


def ole(*names: str) -> bytes:
    return OLE + bytes(504) + b"".join(f"{n}\0".encode("utf-16-le").ljust(64, b"\0") for n in names)


MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
MAIN_TYPE = f"{handmade.SHEET_TYPE}.sheet.main+xml"

CASES: dict[str, tuple[bytes | Callable[[Path], None], str]] = {
    "0 bytes": (b"", "is empty"),
    "text": (b"name,score\na,1\n", "is not an Excel workbook"),
    "html": (b"<html><table></table></html>", "is not an Excel workbook"),
    "only the first bytes of a zip": (b"PK\x03\x04", "is incomplete"),
    "end missing": (cut, "is incomplete"),
    "half missing": (cut_in_the_middle, "is incomplete"),
    "password": (ole("EncryptionInfo", "EncryptedPackage"), "is protected by a password"),
    "xls": (ole("Root Entry", "Workbook"), "Excel 97-2003"),
    "Word 97": (ole("Root Entry", "WordDocument"), "is not an Excel workbook"),
    "OpenDocument": (
        lambda p: handmade.write(p, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
        "OpenDocument",
    ),
    "any zip": (lambda p: handmade.write(p, {"a.txt": "x"}), "is not an Excel workbook"),
    "xlsb": (
        with_content_type(MAIN_TYPE, "application/vnd.ms-excel.sheet.binary.macroEnabled.main"),
        r"\.xlsb",
    ),
    "docx": (
        with_content_type(MAIN_TYPE, "application/vnd.openxmlformats-officedocument.wordml+xml"),
        "is not an Excel workbook",
    ),
    "no workbook part": (zipped(**{"xl/workbook.xml": None}), "workbook"),
    "no links": (zipped(**{"_rels/.rels": None}), "is not an Excel workbook"),
    "missing sheet part": (zipped(**{"xl/worksheets/sheet1.xml": None}), "sheet Data"),
    "broken XML": (zipped(**{"xl/workbook.xml": b"<workbook"}), "is damaged"),
    "sheet cut off": (
        zipped(**{"xl/worksheets/sheet1.xml": handmade.sheet_xml(ROWS)[:-40]}),
        "is damaged",
    ),
    "not a sheet": (zipped(**{"xl/worksheets/sheet1.xml": "<html/>"}), "is damaged"),
    "a number that is none": (
        zipped(**{"xl/worksheets/sheet1.xml": handmade.sheet_xml(ROWS.replace(">1<", ">one<"))}),
        "is damaged",
    ),
    "a number that no cell holds": (
        one_cell("<c r='A1'><v>1e999</v></c>"),
        r"sheet1\.xml, cell A1\)",
    ),
    "no number": (one_cell("<c r='B1'><v>1</v></c><c r='C1'><v>NaN</v></c>"), r"cell C1\)"),
    "a number as Python spells it": (one_cell('<c r="A1"><v>1_000</v></c>'), r"cell A1\)"),
    "a shared string before the first": (one_cell('<c r="A1" t="s"><v>-1</v></c>'), r"cell A1\)"),
    "a row whose number is none": (
        zipped(**{"xl/worksheets/sheet1.xml": handmade.sheet_xml(ROWS.replace('r="1"', 'r="-1"'))}),
        r"\(xl/worksheets/sheet1\.xml\)",
    ),
    "a row in full-width digits": (
        zipped(**{"xl/worksheets/sheet1.xml": handmade.sheet_xml(ROWS.replace('r="1"', 'r="１"'))}),
        r"\(xl/worksheets/sheet1\.xml\)",
    ),
    "strings of another namespace": (
        strings_as("<sst xmlns='5'><si><t>a</t></si></sst>"),
        "sharedStr",
    ),
    "strings that are none": (
        strings_as(f'<x xmlns="{handmade.MAIN}"><si><t>a</t></si></x>'),
        "sharedStr",
    ),
    "strings that end too early": (
        strings_as(f'<sst xmlns="{handmade.MAIN}"><si><t>a</t></si>'),
        "sharedStr",
    ),
    "a shared string that is not there": (
        zipped(
            **{"xl/worksheets/sheet1.xml": handmade.sheet_xml(ROWS.replace('"A1"', '"A1" t="s"'))}
        ),
        "is damaged",
    ),
    "bomb": (bomb, "far more than a workbook"),
    "bomb that lies about its size": (quietly_too_large, "far more than a workbook"),
    "bomb of many parts": (many_parts, "far more than a workbook"),
    "bomb of overlapping parts": (overlapping, "not safe"),
    "bomb of entities": (zipped(**{"xl/worksheets/sheet1.xml": ENTITIES}), "not safe"),
    "entity that reads a file": (outside_file_in_strings, "not safe"),
    "part twice": (twice, "not safe"),
    "path upwards": (outside("../../evil.txt"), "not safe"),
    "absolute path": (outside("/etc/evil.txt"), "not safe"),
    "drive": (outside("C:/evil.txt"), "not safe"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_bad_file_is_refused_in_one_sentence_and_not_touched(name: str, tmp_path: Path) -> None:
    maker, expected = CASES[name]
    path = tmp_path / "book.xlsx"
    if isinstance(maker, bytes):
        path.write_bytes(maker)
    else:
        maker(path)
    before = path.read_bytes()
    start = time.monotonic()
    with use_language("en"), pytest.raises(FileError, match=expected) as caught:
        workbook = Workbook(path)
        list(workbook.values(workbook.sheet_names[0]))
    assert time.monotonic() - start < 20
    message = str(caught.value)
    assert message.startswith("book.xlsx ")
    assert "\n" not in message
    chinese = caught.value.text.within("zh")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
    # Names of files and parts stay what they are; a word of English does not.
    assert not re.findall(r"(?<![\w./:])[a-z]{3,}(?![\w./])", chinese)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["book.xlsx"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"no file .*missing\.xlsx"):
        open_book(tmp_path / "missing.xlsx")


def test_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="is a folder"):
        open_book(tmp_path)


def test_a_refused_file_leaves_no_app_behind(tmp_path: Path) -> None:
    from csm_xl.xlfile import engine

    before = len(engine().apps)
    with pytest.raises(FileError):
        open_book(tmp_path / "missing.xlsx")
    assert len(engine().apps) <= max(before, 1)


def test_a_sheet_of_equal_rows_is_not_taken_for_a_bomb(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>0</v></c><c r="B{n}"><v>0</v></c></row>'
        for n in range(1, 300_001)
    )
    path = handmade.workbook(tmp_path / "book.xlsx", rows)
    assert Workbook(path).cached("Data", 300_000, 2) == 0.0


def test_templates_are_read(tmp_path: Path) -> None:
    with_content_type(MAIN_TYPE, f"{handmade.SHEET_TYPE}.template.main+xml")(tmp_path / "b.xltx")
    assert Workbook(tmp_path / "b.xltx").cached("Data", 1, 1) == 1.0


def test_a_text_too_long_for_a_cell_is_refused(tmp_path: Path) -> None:
    from csm_xl.errors import SheetError

    book = open_book(handmade.workbook(tmp_path / "book.xlsx", ROWS))
    with pytest.raises(SheetError, match="32,768 characters"):
        book.sheets[0]["A1"].value = "x" * 32_768
    book.sheets[0]["A1"].value = "x" * 32_767
    assert book.sheets[0]["A1"].value == "x" * 32_767
