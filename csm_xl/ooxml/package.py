"""A workbook file as a package of parts: opened safely, changed by the part, saved without loss.

Sources: ISO/IEC 29500-2 (packages, relationships, content types).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from csm_xl.language import Text
from csm_xl.ooxml import atomic_write as saving
from csm_xl.ooxml import file_errors, xml_parts
from csm_xl.ooxml.archive import MAX_FILE_BYTES, Archive, Entry
from csm_xl.ooxml.xml_parts import Element

CONTENT_TYPES = "[Content_Types].xml"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(slots=True)
class Relationship:
    """A link from one part to another, or to something outside."""

    id: str
    type: str
    target: str
    external: bool

    @property
    def kind(self) -> str:
        """The last word of its type, such as ``table``; the same in both OOXML dialects."""
        return self.type.rpartition("/")[2]


class Package:
    """The parts of one workbook file, held in memory since it was opened.

    Parameters
    ----------
    path : Path
        The file. Links are followed, so that saving replaces the file and not the link.

    Raises
    ------
    FileError
        The file is missing, empty, encrypted, damaged, unsafe or not a workbook package.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        data, self._stamp = _read_file(path)
        self.archive = Archive(path, data)
        self._entries: dict[str, Entry] = {e.name.casefold(): e for e in self.archive.entries}
        self._changed: dict[str, Iterable[bytes]] = {}
        self._added: dict[str, Iterable[bytes]] = {}
        self._new: dict[str, bytes] = {}
        self._removed: set[str] = set()
        self._trees: dict[str, Element] = {}
        self._touched: set[str] = set()
        if CONTENT_TYPES.casefold() not in self._entries:
            if "mimetype" in self._entries:
                kind = self.read("mimetype").decode("ascii", "replace")
                if "opendocument" in kind:
                    raise file_errors.other_format(
                        path, Text("an OpenDocument file (.ods)", " OpenDocument 文件（.ods）")
                    )
            raise file_errors.not_a_workbook(path)

    # -- parts ------------------------------------------------------------------------------

    def name_of(self, name: str) -> str:
        """The part's name as the archive spells it; part names ignore case."""
        entry = self._entries.get(name.casefold())
        return entry.name if entry else name

    def has(self, name: str) -> bool:
        """Whether the package has such a part now."""
        if name in self._added:
            return True
        name = self.name_of(name)
        return name.casefold() in self._entries and name not in self._removed

    def part_names(self) -> list[str]:
        """Every part, in the archive's order."""
        kept = [e.name for e in self.archive.entries if e.name not in self._removed]
        return kept + list(self._added)

    def read(self, name: str) -> bytes:
        """The bytes of a part as they are in the file, or as last replaced."""
        for store in (self._added, self._changed):
            pieces = store.get(self.name_of(name))
            if pieces is not None:
                return b"".join(pieces)
        entry = self._entries.get(name.casefold())
        if entry is None or entry.name in self._removed:
            raise file_errors.damaged(self.path, Text(f"{name}: missing", f"缺少 {name}"))
        return self.archive.read(entry)

    def size(self, name: str) -> int:
        """How many bytes a part of the file unpacks to; 0 for one that is new or not there."""
        entry = self._entries.get(name.casefold())
        return entry.size if entry else 0

    def original(self, name: str) -> bytes:
        """The bytes of a part before :meth:`replace`; those of a new part as it was added."""
        name = self.name_of(name)
        if name in self._new:
            return self._new[name]
        return self.archive.read(self._entries[name.casefold()])

    def tree(self, name: str) -> Element:
        """The parsed part; call :meth:`touch` after changing it."""
        name = self.name_of(name)
        if name not in self._trees:
            self._trees[name] = xml_parts.parse(self.read(name), name, self.path)
        return self._trees[name]

    def touch(self, name: str) -> None:
        """Say that the tree of a part was changed."""
        self._touched.add(self.name_of(name))

    def replace(self, name: str, pieces: Iterable[bytes]) -> None:
        """New content for a part, existing or not; `pieces` is iterated on every save."""
        name = self.name_of(name)
        store = self._changed if name.casefold() in self._entries else self._added
        self._removed.discard(name)
        store[name] = pieces

    def add(self, name: str, content: bytes) -> None:
        """A new part."""
        self._new[name] = content
        self._added[name] = (content,)

    def add_tree(self, name: str, root: Element) -> None:
        """A new part, kept as a tree until it is saved."""
        self._trees[name] = root
        self._added[name] = ()
        self._touched.add(name)

    def remove(self, name: str) -> None:
        """Leave a part out, with its content type."""
        name = self.name_of(name)
        self._changed.pop(name, None)
        self._trees.pop(name, None)
        self._touched.discard(name)
        if self._added.pop(name, None) is None:
            self._removed.add(name)
        types = self.tree(CONTENT_TYPES)
        for override in types.findall(f"{{{xml_parts.TYPES}}}Override"):
            if override.get("PartName", "").casefold() == f"/{name}".casefold():
                types.remove(override)
                self.touch(CONTENT_TYPES)

    def free_name(self, pattern: str) -> str:
        """The first unused part name, such as ``xl/worksheets/sheet{}.xml``."""
        number = 1
        while self.has(pattern.format(number)):
            number += 1
        return pattern.format(number)

    # -- content types ------------------------------------------------------------------------

    def content_type(self, name: str) -> str:
        """The content type of a part, by its own entry or by its suffix."""
        types = self.tree(CONTENT_TYPES)
        wanted = f"/{name}".casefold()
        for override in types.findall(f"{{{xml_parts.TYPES}}}Override"):
            if override.get("PartName", "").casefold() == wanted:
                return override.get("ContentType", "")
        suffix = name.rpartition(".")[2].casefold()
        for default in types.findall(f"{{{xml_parts.TYPES}}}Default"):
            if default.get("Extension", "").casefold() == suffix:
                return default.get("ContentType", "")
        return ""

    def set_content_type(self, name: str, content_type: str) -> None:
        """Register a part's content type."""
        types = self.tree(CONTENT_TYPES)
        tag = f"{{{xml_parts.TYPES}}}Override"
        wanted = f"/{name}"
        found = [
            o for o in types.findall(tag) if o.get("PartName", "").casefold() == wanted.casefold()
        ]
        override = found[0] if found else types.makeelement(tag, {"PartName": wanted})
        override.set("ContentType", content_type)
        if not found:
            types.append(override)
        self.touch(CONTENT_TYPES)

    # -- relationships ------------------------------------------------------------------------

    def relationships(self, name: str) -> list[Relationship]:
        """The links from a part (``""`` for the package), targets as part names."""
        rels = rels_name(name)
        if not self.has(rels):
            return []
        found = []
        for item in self.tree(rels).iterchildren(f"{{{xml_parts.PACKAGE_RELS}}}Relationship"):
            external = item.get("TargetMode") == "External"
            target = item.get("Target", "")
            if not external:
                target = _resolve(name, target)
            found.append(Relationship(item.get("Id", ""), item.get("Type", ""), target, external))
        return found

    def relate(self, name: str, kind_uri: str, target: str) -> str:
        """Link a part to another and return the link's id."""
        from lxml import etree

        rels = rels_name(name)
        tag = f"{{{xml_parts.PACKAGE_RELS}}}Relationship"
        if not self.has(rels):
            root = xml_parts.new_root("Relationships", xml_parts.PACKAGE_RELS)
            self.add_tree(rels, root)
        root = self.tree(rels)
        taken = {item.get("Id") for item in root.iterchildren(tag)}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        relative = posixpath.relpath(target, posixpath.dirname(name) or ".")
        etree.SubElement(root, tag, {"Id": f"rId{number}", "Type": kind_uri, "Target": relative})
        self.touch(rels)
        return f"rId{number}"

    def unrelate(self, name: str, relationship: Relationship) -> None:
        """Take a link away."""
        rels = rels_name(name)
        root = self.tree(rels)
        for item in root.findall(f"{{{xml_parts.PACKAGE_RELS}}}Relationship"):
            if item.get("Id") == relationship.id:
                root.remove(item)
                self.touch(rels)

    # -- saving -------------------------------------------------------------------------------

    def save(self, path: Path) -> None:
        """Write the package to `path` in one step; parts that were not changed as they were.

        Raises
        ------
        FileError, FileBusyError
            Nothing was written, and a file that was there is as it was.
        """
        for name in sorted(self._touched):
            self.replace(name, (xml_parts.serialise(self._trees[name]),))
        own = path == self.path
        if own and not self._is_as_read():
            raise file_errors.changed_meanwhile(path)
        saving.replace_file(
            path, partial(_write, self.archive, self), self._is_as_read if own else None
        )
        if own:
            self._stamp = saving.file_stamp(path)

    def _is_as_read(self) -> bool:
        return self._stamp == saving.file_stamp(self.path)


def _write(archive: Archive, package: Package, out: BinaryIO) -> None:
    archive.write(out, package._changed, package._removed, package._added)


def rels_name(name: str) -> str:
    """The part that holds the links of a part."""
    folder, base = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{base}.rels")


def _resolve(source: str, target: str) -> str:
    """A link's target as a part name."""
    target = target.replace("\\", "/")
    if target.startswith("/"):
        return posixpath.normpath(target).lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), target))


def _read_file(path: Path) -> tuple[bytes, tuple[int, int, int] | None]:
    """The bytes of a file that begins like a zip, or the reason why it is no workbook."""
    if path.is_dir():
        raise file_errors.is_folder(path)
    try:
        stamp = saving.file_stamp(path)
        if stamp is not None and stamp[1] > MAX_FILE_BYTES:
            raise file_errors.too_large(path, Text(f"{stamp[1]:,} bytes", f"{stamp[1]:,} 字节"))
        data = path.read_bytes()
    except FileNotFoundError:
        raise file_errors.missing(path) from None
    except OSError as error:
        raise file_errors.unreadable(path, error.strerror or str(error)) from error
    if not data:
        raise file_errors.empty(path)
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise file_errors.encrypted(path)
        if any(f"{n}\0".encode("utf-16-le") in data for n in ("Workbook", "Book")):
            raise file_errors.other_format(
                path, Text("an Excel 97-2003 workbook (.xls)", " Excel 97-2003 工作簿（.xls）")
            )
        raise file_errors.not_a_workbook(path)
    if not data.startswith(b"PK"):
        raise file_errors.not_a_workbook(path)
    return data, stamp
