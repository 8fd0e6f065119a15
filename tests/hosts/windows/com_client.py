"""The program com_client.exe: Windows' side of VBA's late-bound calls, one request at a time."""

from __future__ import annotations

import datetime as dt
import queue
import struct
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hosts.windows import lay_out
from hosts.windows.machine import WindowsPython


@dataclass(frozen=True)
class Range:
    """A range's Value2: rows of values, counted from 1."""

    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Currency:
    """VT_CY, what Value gives for a cell that is formatted as currency."""

    amount: Decimal


@dataclass(frozen=True)
class ErrorCell:
    """VT_ERROR, an error in a cell: 2042 is #N/A."""

    number: int


@dataclass(frozen=True)
class Date:
    """VT_DATE, what Value gives for a cell that is formatted as a date."""

    serial: float


@dataclass(frozen=True)
class ByReference:
    """A variant that is passed by reference, as VBA passes its variables."""

    value: Any


@dataclass(frozen=True)
class Remote:
    """An object of the server."""

    place: int


class Missing:
    """An argument that was left out."""


class Null:
    """VT_NULL: what a Python None arrives as."""


MISSING, NULL = Missing(), Null()
_ERROR_BASE = -2146828288  # 0x800A0000


class ComError(Exception):
    """A call that failed.

    Attributes
    ----------
    hresult : int
    description : str
    """

    def __init__(self, hresult: int, description: str) -> None:
        super().__init__(f"{hresult & 0xFFFFFFFF:08x} {description}")
        self.hresult, self.description = hresult, description


class ComClient:
    """A Windows program with the xlwings DLL in it, and the server that it starts.

    Parameters
    ----------
    python : WindowsPython
    locale : str
        The language of Windows; zh_CN.UTF-8 has code page 936.
    """

    def __init__(self, python: WindowsPython, locale: str = "C.UTF-8") -> None:
        import xlwings

        self.python = python
        self._program = subprocess.Popen(
            [lay_out.wine(), lay_out.root() / "com_client.exe"],
            env=lay_out.environment(LC_ALL=locale),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="ascii",
            start_new_session=True,
        )
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        dll = f"{python.folder}/xlwings64-{xlwings.__version__}.dll"
        assert self.ask("dll", "Z:" + dll.replace("/", "\\")), dll

    def ask(self, task: str, *given: Any, timeout: float = 180) -> Any:
        """One request; returns the value that it gives."""
        assert self._program.stdin is not None
        words = " ".join(word for value in given for word in _words(value))
        self._program.stdin.write(f"{task} {words}\n")
        self._program.stdin.flush()
        answer = self._answers.get(timeout=timeout).split()
        if answer[0] != "ok":
            raise ComError(int(answer[1]), _text(answer[2]) if len(answer) > 2 else "")
        return _value(iter(answer[1:]))

    def activate(self, command: str, mode: int = 1) -> tuple[int, Any]:
        """XLPyDLLActivateAuto: the return code, and the server or what went wrong."""
        [[code, result]] = self.ask("activate", command, mode)
        return code, result

    def invoke(self, on: Remote, name: str, *given: Any, timeout: float = 180) -> Any:
        """Call a method of an object of the server."""
        return self.ask("invoke", on, name, len(given), *given, timeout=timeout)

    def close(self) -> None:
        """End the program."""
        assert self._program.stdin is not None
        self._program.stdin.close()
        try:
            self._program.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the program as a crash of Excel would."""
        self._program.kill()
        self._program.wait()

    def _listen(self) -> None:
        assert self._program.stdout is not None
        for line in self._program.stdout:
            self._answers.put(line)
        self._answers.put("failed 0")


def _words(value: Any) -> Iterator[str]:
    match value:
        case None:
            yield "E"
        case Null():
            yield "N"
        case Missing():
            yield "M"
        case bool():
            yield f"B{value:d}"
        case int():
            yield f"I{value}"
        case float():
            yield "D" + struct.pack(">d", value).hex()
        case str():
            yield "S" + value.encode("utf-16-be", "surrogatepass").hex()
        case Date(serial):
            yield "T" + struct.pack(">d", serial).hex()
        case Currency(amount):
            yield f"C{int(amount * 10000)}"
        case Decimal():
            yield f"Q{value}"
        case ErrorCell(number):
            yield f"X{_ERROR_BASE + number}"
        case Remote(place):
            yield f"O{place}"
        case ByReference(inner):
            yield "V"
            yield from _words(inner)
        case Range(rows):
            yield f"R{len(rows)}x{len(rows[0])}"
            for row in rows:
                for cell in row:
                    yield from _words(cell)
        case list() | tuple():
            yield f"A{len(value)}"
            for item in value:
                yield from _words(item)
        case _:
            raise TypeError(f"{type(value).__name__} does not cross COM")


def _value(words: Iterator[str]) -> Any:
    word = next(words)
    kind, rest = word[0], word[1:]
    match kind:
        case "E":
            return None
        case "N":
            return NULL
        case "D":
            return struct.unpack(">d", bytes.fromhex(rest))[0]
        case "T":
            return Date(struct.unpack(">d", bytes.fromhex(rest))[0])
        case "I":
            return int(rest)
        case "B":
            return rest == "1"
        case "S":
            return _text(word)
        case "X":
            return ErrorCell(int(rest) - _ERROR_BASE)
        case "O":
            return Remote(int(rest))
        case "A":
            return tuple(_value(words) for _ in range(int(rest)))
        case "R":
            height, width = map(int, rest.split("x"))
            return tuple(tuple(_value(words) for _ in range(width)) for _ in range(height))
    raise AssertionError(f"the server returned {word}")


def _text(word: str) -> str:
    return bytes.fromhex(word[1:]).decode("utf-16-be", "surrogatepass")


def serial(day: dt.date) -> Date:
    """A day as a cell that is formatted as a date gives it."""
    return Date(float((day - dt.date(1899, 12, 30)).days))
