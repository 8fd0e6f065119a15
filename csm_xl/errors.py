"""Every error that csm-xl raises on purpose, and the Excel error each one becomes in a cell.

::

    CsmError                    #VALUE!   the base: one sentence, in English and Chinese
    ├── CellError               #VALUE!   a cell that cannot be read (names cell and content)
    │   └── ScaleError          #NUM!     a number outside its scale
    ├── DivideError             #DIV/0!   nothing to divide by
    ├── NotAvailable            #N/A      no answer can be given
    │   ├── NoModelError        #N/A      no churn model has been trained, or none that can be read
    │   └── TooLittleDataError  #N/A      too few customers, or only one outcome
    ├── PassedError             (same)    an Excel error among the inputs, handed on unchanged
    ├── SheetError              #VALUE!   a sheet, table or column is missing or cannot be used
    │   └── NotUnderstood       #VALUE!   an export without a needed column (csm_xl.intake.reading)
    ├── FormulaSyntaxError      #VALUE!   a formula that cannot be read (csm_xl.formulas.tokens)
    ├── FileError               #VALUE!   a file that cannot be opened or written
    │   └── FileBusyError       #VALUE!   the workbook is open in Excel
    └── Cancelled               #N/A      the owner stopped the work

A function in a cell never raises: :func:`tagged` turns an error into a text that names the Excel
error and the message, which the VBA wrapper turns into ``CVErr`` and remembers for *Why?*.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from csm_xl.language import Text

#: Excel's error values and their numbers for ``CVErr``.
EXCEL_ERRORS: dict[str, int] = {
    "#NULL!": 2000,
    "#DIV/0!": 2007,
    "#VALUE!": 2015,
    "#REF!": 2023,
    "#NAME?": 2029,
    "#NUM!": 2036,
    "#N/A": 2042,
    "#GETTING_DATA": 2043,
    "#SPILL!": 2045,
    "#CONNECT!": 2046,
    "#BLOCKED!": 2047,
    "#UNKNOWN!": 2048,
    "#FIELD!": 2049,
    "#CALC!": 2050,
}

#: What an error cell looks like when it arrives through COM: an integer (numbers are floats).
COM_ERRORS: dict[int, str] = {number - 2146828288: name for name, number in EXCEL_ERRORS.items()}

#: Separates the fields of a tagged error. No cell text that csm-xl returns contains it.
TAG = "\x1f"
_PREFIX = f"{TAG}csm{TAG}"


class CsmError(Exception):
    """One sentence that says what is wrong and what to do.

    Parameters
    ----------
    en, zh : str
        The sentence in English and in Chinese.
    """

    excel = "#VALUE!"

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en, zh)
        self.text = Text(en, zh)

    def __str__(self) -> str:
        return str(self.text)


class CellError(CsmError):
    """A cell that cannot be read."""


class ScaleError(CellError):
    """A number outside its scale."""

    excel = "#NUM!"


class DivideError(CsmError):
    """Nothing to divide by."""

    excel = "#DIV/0!"


class NotAvailable(CsmError):
    """No answer can be given."""

    excel = "#N/A"


class NoModelError(NotAvailable):
    """No churn model has been trained, or none that can be read."""


class TooLittleDataError(NotAvailable):
    """Too few customers, or only one outcome."""


class PassedError(CsmError):
    """An Excel error among the inputs comes back as that same error."""

    def __init__(self, excel: str) -> None:
        super().__init__(
            f"A cell among the inputs holds {excel}. Correct that cell first.",
            f"输入的单元格中有错误值 {excel}，请先更正该单元格。",
        )
        self.excel = excel


class SheetError(CsmError):
    """A sheet, table or column is missing or cannot be used."""


class FileError(CsmError):
    """A file that cannot be opened or written."""


def of_the_computer(error: Exception) -> FileError | None:
    """What the computer refused on the way, such as a temporary file, as a sentence.

    Parameters
    ----------
    error : Exception
        One that no caller had a better sentence for.

    Returns
    -------
    FileError or None
        None for all that is not the computer's doing.
    """
    if type(error).__name__ == "SerialisationError":
        # lxml's, by which openpyxl writes each sheet into a file on its way: IO_ENOSPC and the like.
        number = getattr(errno, str(error).removeprefix("IO_"), errno.EIO)
        error = OSError(number, os.strerror(number))
    if not isinstance(error, OSError):
        return None
    name = Path(error.filename).name if isinstance(error.filename, str) else ""
    of, zh_of = (f" for {name}", f"（{name}）") if name else ("", "")
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return FileError(
            f"The disk is full{of}. Your file was not changed; free some space and try again.",
            f"磁盘已满{zh_of}。您的文件未被改动，请清理磁盘空间后重试。",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return FileError(
            f"There is no permission to write{of}. Your file was not changed; check the "
            "permissions of its folder and of the folder for temporary files.",
            f"没有写入权限{zh_of}。您的文件未被改动，请检查其所在文件夹和临时文件夹的权限。",
        )
    if error.errno == errno.EIO:
        return FileError(
            f"The disk failed while reading or writing{of}. Your file was not changed; try again, "
            "and have the disk checked if it comes back.",
            f"读写磁盘时出错{zh_of}。您的文件未被改动，请重试；如仍出现，请检查磁盘。",
        )
    return None


class FileBusyError(FileError):
    """The workbook is open in Excel."""


class Cancelled(NotAvailable):
    """The owner stopped the work."""

    def __init__(self) -> None:
        super().__init__("Stopped. Nothing was changed.", "已停止，未作任何改动。")


def tagged(excel: str, message: str) -> str:
    """The text that carries an Excel error and its message across COM."""
    return f"{_PREFIX}{EXCEL_ERRORS[excel]}{TAG}{message.replace(TAG, ' ')}"


def untag(value: object) -> tuple[str, str] | None:
    """The Excel error and message in a tagged text, or None for any other value."""
    if not (isinstance(value, str) and value.startswith(_PREFIX)):
        return None
    number, _, message = value[len(_PREFIX) :].partition(TAG)
    for name, code in EXCEL_ERRORS.items():
        if str(code) == number:
            return name, message
    return None
