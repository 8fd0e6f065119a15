"""The workbook that is committed with the sources: built from them, and checked against them.

``python -m csm_xl.release`` writes ``workbook/CSM.xlsm``; ``--check`` says whether the committed file
is what the sources build; ``--train`` first trains the sample company's model anew;
``--installer WHEEL`` writes the install.ps1 of a release beside its wheel.

The model is trained once and kept as data (``sample/trained_en.json``): training is repeatable on one
computer, but another one's processor may round the last digit of a sum differently.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime as dt
import hashlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from csm_xl.language import use_language
from csm_xl.ooxml.parts import read_parts
from csm_xl.ooxml.value_history import NAMESPACE

if TYPE_CHECKING:
    import xlwings as xw

    from csm_xl.company.training import TrainingResult

ROOT = Path(__file__).resolve().parents[1]
COMMITTED = ROOT / "workbook" / "CSM.xlsm"
TRAINED = Path(__file__).parent / "sample" / "trained_en.json"
#: Cached numbers may differ by this much, relatively, where a processor rounds differently.
ROUNDING = 1e-9
_NUMBER = re.compile(rb"(?<=<v>)-?[0-9.]+(?:[eE][-+]?[0-9]+)?(?=</v>)")
#: What csm-xl notes of its computed cells is a checksum of them, to the last digit.
_CHECKSUM = re.compile(rb'(?<= mark=")[0-9a-f]+(?=")')


@contextlib.contextmanager
def _sample_workbook() -> Iterator[tuple[xw.Book, Path]]:
    """The sample company's workbook in English, opened, without a model yet."""
    from csm_xl.commands.opening import open_book
    from csm_xl.sample.sample_company import TODAY, company
    from csm_xl.workbook.create import package_of

    sample = company("en")
    with _workplace() as folder, use_language("en"):
        path = Path(folder) / "CSM.xlsx"
        path.write_bytes(package_of("en", sample.tables, sample.settings, now=TODAY))
        book = open_book(path)
        try:
            yield book, path
        finally:
            book.close()


def built() -> bytes:
    """The committed workbook as the sources build it: English, with the sample company, scored."""
    from csm_xl import commands
    from csm_xl.sample.sample_company import TODAY
    from csm_xl.workbook.macro_package import add_macros
    from csm_xl.workbook.normalised_package import with_chart_values
    from csm_xl.workbook.row_heights import with_row_heights

    with _sample_workbook() as (book, path):
        commands.write_training(book, kept_training(), now=_moment(TODAY))
        book.save()
        return add_macros(with_row_heights(with_chart_values(path.read_bytes())), "en")


def train_sample() -> None:
    """Train the sample company's model and keep it as data."""
    from csm_xl import commands
    from csm_xl.sample.sample_company import TODAY

    with _sample_workbook() as (book, _):
        result = commands.train(commands.read_training(book), today=TODAY)
    TRAINED.write_text(
        json.dumps(dataclasses.asdict(result), ensure_ascii=False, indent=0) + "\n",
        encoding="utf-8",
    )


def kept_training() -> TrainingResult:
    """The sample company's trained model."""
    from csm_xl.company.training import TrainingResult

    fields = json.loads(TRAINED.read_text(encoding="utf-8"))
    for name in ("left_out", "notes"):
        fields[name] = [tuple(row) for row in fields[name]]
    return TrainingResult(**fields)


def differences(committed: bytes, fresh: bytes) -> list[str]:
    """Parts in which two workbooks differ by more than the rounding of cached numbers."""
    one, other = read_parts(committed), read_parts(fresh)
    found = sorted(one.keys() ^ other.keys())
    for name in sorted(one.keys() & other.keys()):
        if one[name] != other[name] and not _alike(one[name], other[name]):
            found.append(name)
    return found


def _alike(one: bytes, other: bytes) -> bool:
    if NAMESPACE.encode() in one:
        one, other = _CHECKSUM.sub(b"", one), _CHECKSUM.sub(b"", other)
    if _NUMBER.sub(b"", one) != _NUMBER.sub(b"", other):
        return False
    pairs = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    return all(abs(float(a) - float(b)) <= ROUNDING * max(1.0, abs(float(a))) for a, b in pairs)


class _workplace(tempfile.TemporaryDirectory):
    """A folder for the work, which keeps safety copies and the log out of the user's own."""

    def __enter__(self) -> str:
        folder = super().__enter__()
        self._home = os.environ.get("CSM_XL_HOME")
        os.environ["CSM_XL_HOME"] = folder
        return folder

    def __exit__(self, *exc: object) -> None:
        if self._home is None:
            del os.environ["CSM_XL_HOME"]
        else:
            os.environ["CSM_XL_HOME"] = self._home
        self.cleanup()


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(9))


def installer_for(wheel: Path) -> bytes:
    """install.ps1 as it lies beside a wheel in a release: it installs that wheel and no other."""
    source = (ROOT / "workbook" / "install.ps1").read_bytes()
    empty = b"$WheelSha256 = ''"
    if source.count(empty) != 1:
        raise ValueError("install.ps1 has no place for the wheel's SHA-256")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest().encode()
    return source.replace(empty, b"$WheelSha256 = '%s'" % digest)


def main(arguments: list[str] | None = None) -> int:
    """Write or check the committed workbook."""
    parser = argparse.ArgumentParser(prog="python -m csm_xl.release")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--installer", type=Path, metavar="WHEEL")
    chosen = parser.parse_args(arguments)
    if chosen.installer:
        made = chosen.installer.with_name("install.ps1")
        made.write_bytes(installer_for(chosen.installer))
        print(f"written: {made}")
        return 0
    if chosen.train:
        train_sample()
    fresh = built()
    if not chosen.check:
        COMMITTED.write_bytes(fresh)
        print(f"written: {COMMITTED.name}, {len(fresh):,} bytes")
        return 0
    committed = COMMITTED.read_bytes()
    if committed == fresh:
        print(f"{COMMITTED.name} is byte for byte what the sources build")
        return 0
    stale = differences(committed, fresh)
    if not stale:
        print(f"{COMMITTED.name} is what the sources build, rounding of cached numbers aside")
        return 0
    print(f"{COMMITTED.name} is not what the sources build: {', '.join(stale)}")
    print("run python -m csm_xl.release and commit the file")
    return 1


if __name__ == "__main__":
    sys.exit(main())
