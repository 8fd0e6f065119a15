"""A workbook file is opened within limits, and unchanged parts are saved as they were."""

from __future__ import annotations

import random
import struct
import zipfile
from pathlib import Path

import pytest
from ooxml import handmade

from csm_xl.errors import FileError
from csm_xl.ooxml.archive import Archive
from csm_xl.ooxml.package import Package
from csm_xl.ooxml.workbook_file import Workbook


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return handmade.workbook(tmp_path / "book.xlsx", '<row r="1"><c r="A1"><v>1</v></c></row>')


def raw_entries(path: Path) -> dict[str, tuple[bytes, bytes]]:
    """Each entry's local header with packed bytes, and its directory record without the offset."""
    archive = Archive(path, path.read_bytes())
    return {
        e.name: (archive.data[e.offset : e.end], e.record[:42] + e.record[46:])
        for e in archive.entries
    }


def test_saving_without_a_change_gives_the_same_bytes(book: Path, tmp_path: Path) -> None:
    Workbook(book).save(tmp_path / "copy.xlsx")
    assert (tmp_path / "copy.xlsx").read_bytes() == book.read_bytes()


def test_parts_that_did_not_change_keep_header_packed_bytes_and_order(
    book: Path, tmp_path: Path
) -> None:
    workbook = Workbook(book)
    workbook.sheet("Data").set_values(1, 2, [2.0])
    workbook.save(tmp_path / "copy.xlsx")
    before, after = raw_entries(book), raw_entries(tmp_path / "copy.xlsx")
    assert list(before) == list(after)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"xl/worksheets/sheet1.xml"}


def test_a_changed_part_keeps_its_time_and_place(book: Path, tmp_path: Path) -> None:
    workbook = Workbook(book)
    workbook.sheet("Data").set_values(1, 2, [2.0])
    workbook.save(tmp_path / "copy.xlsx")
    with zipfile.ZipFile(tmp_path / "copy.xlsx") as archive:
        assert archive.testzip() is None
        info = archive.getinfo("xl/worksheets/sheet1.xml")
        assert info.date_time == (2023, 5, 17, 9, 30, 4)


def test_the_same_work_gives_the_same_bytes(book: Path, tmp_path: Path) -> None:
    copies = []
    for name in ("a.xlsx", "b.xlsx"):
        workbook = Workbook(book)
        workbook.add_sheet("New").set_values(1, 1, ["text"])
        workbook.save(tmp_path / name)
        copies.append((tmp_path / name).read_bytes())
    assert copies[0] == copies[1]


def test_entries_written_in_a_stream_with_data_descriptors_survive(tmp_path: Path) -> None:
    class Unseekable:
        """What a program writes to when it cannot go back: sizes follow the data."""

        def __init__(self, path: Path) -> None:
            self.file = path.open("wb")

        def write(self, data: bytes) -> int:
            return self.file.write(data)

        def flush(self) -> None:
            self.file.flush()

    path = tmp_path / "stream.xlsx"
    out = Unseekable(path)
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>'
    content = handmade.parts({"Data": handmade.sheet_xml(rows)})
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name, data in content.items():
            archive.writestr(name, data)
    out.file.close()
    assert Archive(path, path.read_bytes()).entries[0].flags & 8
    workbook = Workbook(path)
    workbook.sheet("Data").set_values(1, 1, [7.0])
    workbook.save()
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.read("xl/workbook.xml") == str(content["xl/workbook.xml"]).encode()
    assert Workbook(path).cached("Data", 1, 1) == 7.0


def test_large_file_fields_of_other_writers_are_understood(book: Path, tmp_path: Path) -> None:
    path = tmp_path / "zip64.xlsx"
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(path, "w") as archive:
        for name in source.namelist():
            with archive.open(name, "w", force_zip64=True) as part:
                part.write(source.read(name))
    workbook = Workbook(path)
    workbook.sheet("Data").set_values(1, 1, [7.0])
    workbook.save()
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    assert Workbook(path).cached("Data", 1, 1) == 7.0


def test_a_comment_at_the_end_of_the_zip_is_kept(book: Path) -> None:
    with zipfile.ZipFile(book, "a") as archive:
        archive.comment = b"made by a script"
    workbook = Workbook(book)
    workbook.sheet("Data").set_values(1, 1, [7.0])
    workbook.save()
    with zipfile.ZipFile(book) as archive:
        assert archive.comment == b"made by a script"


def test_part_names_ignore_case_and_backslashes(tmp_path: Path) -> None:
    content = handmade.parts(
        {"Data": handmade.sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')}
    )
    content["XL\\Worksheets\\Sheet1.xml"] = content.pop("xl/worksheets/sheet1.xml")
    workbook = Workbook(handmade.write(tmp_path / "odd.xlsx", content))
    assert workbook.cached("Data", 1, 1) == 1.0


def test_relationship_targets_may_be_absolute(tmp_path: Path) -> None:
    content = handmade.parts(
        {"Data": handmade.sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')}
    )
    links = str(content["xl/_rels/workbook.xml.rels"])
    content["xl/_rels/workbook.xml.rels"] = links.replace(
        "worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml"
    )
    workbook = Workbook(handmade.write(tmp_path / "odd.xlsx", content))
    assert workbook.cached("Data", 1, 1) == 1.0


def test_removing_a_part_takes_its_content_type_with_it(book: Path, tmp_path: Path) -> None:
    package = Package(book)
    package.remove("xl/styles.xml")
    package.save(tmp_path / "copy.xlsx")
    types = handmade.read_part(tmp_path / "copy.xlsx", "[Content_Types].xml")
    assert b"/xl/styles.xml" not in types
    assert "xl/styles.xml" not in raw_entries(tmp_path / "copy.xlsx")


def test_a_damaged_part_is_noticed_by_its_checksum(book: Path) -> None:
    data = bytearray(book.read_bytes())
    entry = next(e for e in Archive(book, bytes(data)).entries if e.name.endswith("sheet1.xml"))
    middle = entry.data_start + entry.packed // 2
    data[middle] ^= 0x10
    book.write_bytes(data)
    with pytest.raises(FileError, match="damaged"):
        Workbook(book).cached("Data", 1, 1)


def test_random_damage_never_gets_past_a_file_error(book: Path, tmp_path: Path) -> None:
    random.seed(3)
    original = book.read_bytes()
    for number in range(150):
        data = bytearray(original)
        for _ in range(random.choice((1, 3, 20))):
            data[random.randrange(len(data))] = random.randrange(256)
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(data[: random.choice((len(data), random.randrange(4, len(data))))])
        before = path.read_bytes()
        try:
            workbook = Workbook(path)
            workbook.sheets[0].set_values(1, 3, [1.0])
            workbook.save()
        except FileError:
            assert path.read_bytes() == before


def test_a_directory_that_points_outside_the_file_is_refused(book: Path) -> None:
    data = bytearray(book.read_bytes())
    end = data.rindex(b"PK\x05\x06")
    struct.pack_into("<L", data, end + 16, 0x7FFFFFFF)
    book.write_bytes(data)
    with pytest.raises(FileError):
        Workbook(book)
