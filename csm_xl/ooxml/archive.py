"""The zip file around a workbook: read within limits, and written with unchanged entries as is.

:mod:`zipfile` can only pack an entry again. Here an entry that was not changed is copied with its
header and its packed bytes, so it keeps its time, its flags and every byte.

Sources: PKWARE APPNOTE 6.3.10; ISO/IEC 29500-2 (which allows only stored and deflated entries).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from csm_xl.language import Text
from csm_xl.ooxml import file_errors

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")

_STORED, _DEFLATED = 0, 8
_UTF8_NAME, _ENCRYPTED, _DESCRIPTOR = 0x800, 0x1, 0x8
#: 1 January 1980, 0:00: new entries carry no clock, so the same work gives the same bytes.
_NO_DATE = (1 << 5) | 1

#: What a workbook can sensibly hold. Deflate reaches 1032:1 at most; a real sheet of 50,000
#: equal rows reaches about 60:1.
MAX_FILE_BYTES = 1 << 30
MAX_ENTRIES = 20_000
MAX_PART_BYTES = 1 << 30
MAX_TOTAL_BYTES = 2 << 30
MAX_RATIO = 300
RATIO_APPLIES_FROM = 16 << 20

#: Level 6 takes twice as long as level 4 and saves a fifteenth of the size.
LEVEL = 4

_DIRECTORY = Text("zip directory", "压缩目录")
#: How much is unpacked at a time.
_PIECE = 1 << 20


@dataclass(slots=True)
class Entry:
    """One file in the archive, as the central directory describes it."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    record: bytes
    offset_at: int
    data_start: int = 0
    end: int = 0


@dataclass(slots=True)
class _Written:
    record: bytes
    order: int


@dataclass(slots=True)
class Archive:
    """The entries of one zip file held in memory.

    Parameters
    ----------
    path : Path
        Where the bytes came from; only named in messages.
    data : bytes
        The whole file.
    """

    path: Path
    data: bytes
    entries: list[Entry] = field(default_factory=list)
    comment: bytes = b""

    def __post_init__(self) -> None:
        if len(self.data) > MAX_FILE_BYTES:
            raise file_errors.too_large(
                self.path, Text(f"{len(self.data):,} bytes", f"{len(self.data):,} 字节")
            )
        try:
            start, size, count = self._find_directory()
            self._read_directory(start, size, count)
            self._locate(start)
        except (struct.error, IndexError, UnicodeDecodeError):
            raise file_errors.damaged(self.path, _DIRECTORY) from None
        self._check_limits()

    def _find_directory(self) -> tuple[int, int, int]:
        data = self.data
        at = data.rfind(b"PK\x05\x06", max(0, len(data) - _END.size - 0xFFFF))
        if at < 0:
            raise file_errors.truncated(self.path)
        _, disk, start_disk, _, count, size, start, comment = _END.unpack_from(data, at)
        self.comment = data[at + _END.size : at + _END.size + comment]
        if 0xFFFF in (disk, start_disk, count) or 0xFFFFFFFF in (size, start):
            locator = at - _END64_LOCATOR.size
            if locator < 0 or data[locator : locator + 4] != b"PK\x06\x07":
                raise file_errors.damaged(self.path, _DIRECTORY)
            at64 = _END64_LOCATOR.unpack_from(data, locator)[2]
            signature, *_, count, size, start = _END64.unpack_from(data, at64)
            if signature != b"PK\x06\x06":
                raise file_errors.damaged(self.path, _DIRECTORY)
            at = at64
        elif disk or start_disk:
            raise file_errors.damaged(self.path, _DIRECTORY)
        if start + size > at:
            raise file_errors.truncated(self.path)
        return start, size, count

    def _read_directory(self, start: int, size: int, count: int) -> None:
        if count > MAX_ENTRIES:
            raise file_errors.too_large(self.path, Text(f"{count:,} parts", f"{count:,} 个部件"))
        at, stop = start, start + size
        while at < stop:
            fields = _CENTRAL.unpack_from(self.data, at)
            if fields[0] != b"PK\x01\x02" or len(self.entries) > count:
                raise file_errors.damaged(self.path, _DIRECTORY)
            (_, _, _, flags, method, _, _, crc, packed, full, n_name, n_extra, n_comment) = fields[
                :13
            ]
            offset = fields[16]
            end = at + _CENTRAL.size + n_name + n_extra + n_comment
            record = self.data[at:end]
            if len(record) != end - at:
                raise file_errors.truncated(self.path)
            raw_name = record[_CENTRAL.size : _CENTRAL.size + n_name]
            name = raw_name.decode("utf-8" if flags & _UTF8_NAME else "cp437").replace("\\", "/")
            extra_at = _CENTRAL.size + n_name
            full, packed, offset, offset_at = _zip64(
                record, extra_at, n_extra, full, packed, offset
            )
            self.entries.append(
                Entry(name, flags, method, crc, packed, full, offset, record, offset_at)
            )
            at = end
        if len(self.entries) != count:
            raise file_errors.damaged(self.path, _DIRECTORY)

    def _locate(self, directory: int) -> None:
        """Find where each entry's bytes lie; entries that overlap are a known bomb."""
        stop = directory
        for entry in sorted(self.entries, key=lambda e: e.offset, reverse=True):
            signature, *_, n_name, n_extra = _LOCAL.unpack_from(self.data, entry.offset)
            entry.data_start = entry.offset + _LOCAL.size + n_name + n_extra
            entry.end = stop
            if signature != b"PK\x03\x04":
                raise file_errors.damaged(self.path, entry.name)
            if entry.data_start + entry.packed > stop:
                raise file_errors.unsafe(
                    self.path,
                    Text(f"{entry.name} overlaps another part", f"{entry.name} 与其他部件重叠"),
                )
            stop = entry.offset

    def _check_limits(self) -> None:
        total = 0
        seen: set[str] = set()
        for entry in self.entries:
            total += entry.size
            if entry.size > MAX_PART_BYTES or total > MAX_TOTAL_BYTES:
                raise file_errors.too_large(self.path, entry.name)
            if entry.size > RATIO_APPLIES_FROM and entry.size > MAX_RATIO * max(entry.packed, 1):
                raise file_errors.too_large(self.path, entry.name)
            if entry.flags & _ENCRYPTED:
                raise file_errors.encrypted(self.path)
            if entry.method not in (_STORED, _DEFLATED):
                raise file_errors.damaged(self.path, entry.name)
            parts = entry.name.split("/")
            if ".." in parts or entry.name.startswith("/") or ":" in parts[0] or "\0" in entry.name:
                raise file_errors.unsafe(self.path, entry.name.replace("\0", "␀"))
            key = entry.name.casefold()
            if key in seen:
                raise file_errors.unsafe(
                    self.path, Text(f"{entry.name} is there twice", f"{entry.name} 重复")
                )
            seen.add(key)

    def read(self, entry: Entry) -> bytes:
        """The unpacked bytes of one entry; never more than its directory entry announces."""
        packed = memoryview(self.data)[entry.data_start : entry.data_start + entry.packed]
        content = bytes(packed) if entry.method == _STORED else self._unpacked(entry, packed)
        if len(content) != entry.size:
            raise file_errors.damaged(self.path, entry.name)
        if zlib.crc32(content) != entry.crc:
            raise file_errors.wrong_checksum(self.path, entry.name)
        return content

    def _unpacked(self, entry: Entry, packed: memoryview) -> bytes:
        """The content of a deflated entry, unpacked piece by piece so that it is held only once."""
        unpacker = zlib.decompressobj(-15)
        content = BytesIO()
        waiting: bytes | memoryview = packed
        try:
            while not unpacker.eof:
                piece = unpacker.decompress(waiting, _PIECE)
                waiting = unpacker.unconsumed_tail
                if content.write(piece) == 0 and not waiting:
                    break
                if content.tell() > entry.size:
                    raise file_errors.too_large(self.path, entry.name)
        except zlib.error:
            raise file_errors.damaged(self.path, entry.name) from None
        return content.getvalue()

    def write(
        self,
        out: BinaryIO,
        changed: dict[str, Iterable[bytes]],
        removed: set[str],
        added: dict[str, Iterable[bytes]],
    ) -> None:
        """Write the archive with some entries replaced, left out or added.

        Parameters
        ----------
        out : binary file, at position 0 and seekable
        changed, added : dict of name to pieces of content
            Entries in the order of `added` follow the existing ones.
        removed : set of str
        """
        order = {id(entry): i for i, entry in enumerate(self.entries)}
        written: list[_Written] = []
        view = memoryview(self.data)
        for entry in sorted(self.entries, key=lambda e: e.offset):
            if entry.name in removed:
                continue
            if entry.name in changed:
                made, date, time = entry.record[4:6], entry.record[14:16], entry.record[12:14]
                attributes = entry.record[36:42]
                record = _pack(
                    out,
                    entry.record[_CENTRAL.size : _CENTRAL.size + _name_length(entry.record)],
                    entry.flags & _UTF8_NAME,
                    changed[entry.name],
                    (made, time, date, attributes),
                )
            else:
                record = _moved(entry, out.tell())
                out.write(view[entry.offset : entry.end])
            written.append(_Written(record, order[id(entry)]))
        for name, content in added.items():
            ascii_name = name.isascii()
            record = _pack(
                out,
                name.encode("ascii" if ascii_name else "utf-8"),
                0 if ascii_name else _UTF8_NAME,
                content,
                (b"\x14\0", b"\0\0", _NO_DATE.to_bytes(2, "little"), bytes(6)),
            )
            written.append(_Written(record, len(order) + len(written)))
        start = out.tell()
        for item in sorted(written, key=lambda w: w.order):
            out.write(item.record)
        size = out.tell() - start
        count = len(written)
        out.write(
            _END.pack(b"PK\x05\x06", 0, 0, count, count, size, start, len(self.comment))
            + self.comment
        )


def _zip64(
    record: bytes, at: int, length: int, size: int, packed: int, offset: int
) -> tuple[int, int, int, int]:
    """Sizes and offset, from the zip64 extra field where the plain fields are full.

    The last number is where in the record the offset is kept.
    """
    offset_at = 42
    stop = at + length
    while at + 4 <= stop:
        tag, n = struct.unpack_from("<2H", record, at)
        if tag == 1:
            value = at + 4
            if size == 0xFFFFFFFF:
                (size,) = struct.unpack_from("<Q", record, value)
                value += 8
            if packed == 0xFFFFFFFF:
                (packed,) = struct.unpack_from("<Q", record, value)
                value += 8
            if offset == 0xFFFFFFFF:
                (offset,) = struct.unpack_from("<Q", record, value)
                offset_at = value
            break
        at += 4 + n
    return size, packed, offset, offset_at


def _name_length(record: bytes) -> int:
    return int.from_bytes(record[28:30], "little")


def _moved(entry: Entry, offset: int) -> bytes:
    """The directory record of an entry that now begins at `offset`."""
    width = 4 if entry.offset_at == 42 else 8
    at = entry.offset_at
    return entry.record[:at] + offset.to_bytes(width, "little") + entry.record[at + width :]


def _pack(
    out: BinaryIO,
    name: bytes,
    flags: int,
    content: Iterable[bytes],
    kept: tuple[bytes, bytes, bytes, bytes],
) -> bytes:
    """Write one deflated entry and return its directory record."""
    made, time, date, attributes = kept
    offset = out.tell()
    header_tail = len(name).to_bytes(2, "little") + b"\0\0" + name
    out.write(b"PK\x03\x04" + bytes(22) + header_tail)
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
    crc = size = packed = 0
    for piece in content:
        crc = zlib.crc32(piece, crc)
        size += len(piece)
        packed += out.write(packer.compress(piece))
    packed += out.write(packer.flush())
    end = out.tell()
    common = (
        struct.pack("<3H", 20, flags, _DEFLATED)
        + time
        + date
        + struct.pack("<3L", crc, packed, size)
    )
    out.seek(offset + 4)
    out.write(common)
    out.seek(end)
    return (
        b"PK\x01\x02"
        + made
        + common
        + len(name).to_bytes(2, "little")
        + bytes(6)
        + attributes
        + offset.to_bytes(4, "little")
        + name
    )
