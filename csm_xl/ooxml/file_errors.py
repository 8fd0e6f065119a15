"""What is said, in both languages, when a workbook file cannot be opened or written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from csm_xl.errors import FileBusyError, FileError
from csm_xl.language import Text


def _in_both(where: Text | str) -> Text:
    return where if isinstance(where, Text) else Text(where, where)


def missing(path: Path) -> FileError:
    """No such file."""
    return FileError(
        f"There is no file {path}. Check the name and the folder.",
        f"找不到文件 {path}，请检查文件名和文件夹。",
    )


def is_folder(path: Path) -> FileError:
    """A folder where a file is needed."""
    return FileError(
        f"{path} is a folder. Name the workbook inside it.",
        f"{path} 是一个文件夹，请写明其中的工作簿文件名。",
    )


def empty(path: Path) -> FileError:
    """A file of 0 bytes."""
    return FileError(
        f"{path.name} is empty (0 bytes). Copy or download it again.",
        f"{path.name} 是空文件（0 字节），请重新复制或下载。",
    )


def unreadable(path: Path, reason: str) -> FileError:
    """The operating system does not let us read."""
    return FileError(
        f"{path.name} cannot be read: {reason}.",
        f"无法读取 {path.name}：{reason}。",
    )


def not_a_workbook(path: Path) -> FileError:
    """Some other kind of file."""
    return FileError(
        f"{path.name} is not an Excel workbook. Choose an .xlsx or .xlsm file.",
        f"{path.name} 不是 Excel 工作簿，请选择 .xlsx 或 .xlsm 文件。",
    )


def other_format(path: Path, found: Text) -> FileError:
    """A spreadsheet of another format."""
    return FileError(
        f"{path.name} is {found.en}. Open it in Excel and save it as an .xlsx workbook first.",
        f"{path.name} 是{found.zh}，请先用 Excel 打开并另存为 .xlsx 工作簿。",
    )


def encrypted(path: Path) -> FileError:
    """A workbook that needs a password to open."""
    return FileError(
        f"{path.name} is protected by a password. Remove the password in Excel "
        "(File, Info, Protect Workbook, Encrypt with Password) first.",
        f"{path.name} 设有打开密码，请先在 Excel 中取消密码"
        "（文件、信息、保护工作簿、用密码进行加密）。",
    )


def truncated(path: Path) -> FileError:
    """The end of the file is missing."""
    return FileError(
        f"{path.name} is incomplete: its end is missing. Copy or download it again.",
        f"{path.name} 不完整，末尾缺失，请重新复制或下载。",
    )


def damaged(path: Path, where: Text | str) -> FileError:
    """A part that cannot be read; a string is a name of a part."""
    place = _in_both(where)
    return FileError(
        f"{path.name} is damaged ({place.en}). Open it in Excel, let Excel repair it, and save it.",
        f"{path.name} 已损坏（{place.zh}），请用 Excel 打开，修复后保存再试。",
    )


def wrong_checksum(path: Path, where: str) -> FileError:
    """A part whose content is not what was written."""
    return FileError(
        f"{path.name} was damaged on the way: the checksum (CRC) of {where} is wrong. "
        "Copy or download it again, or let Excel repair and save it.",
        f"{path.name} 在传输或保存中损坏：{where} 的校验和（CRC）不符。请重新复制或下载，"
        "或用 Excel 修复后保存。",
    )


def no_worksheet(path: Path) -> FileError:
    """A workbook of chart sheets only."""
    return FileError(
        f"{path.name} has no worksheet, only chart sheets or macro sheets: there is nothing to "
        "calculate. Add a worksheet in Excel.",
        f"{path.name} 中没有工作表，只有图表工作表或宏表，没有可计算的内容。请先在 Excel 中添加工作表。",
    )


class ImpossibleCellError(ValueError):
    """A cell or formula that no spreadsheet program could have written; holds where and what."""

    def __init__(self, where: str, en: str, zh: str) -> None:
        super().__init__(where)
        self.text = Text(f"{where}: {en}", f"{where}：{zh}")


class UnreadableCellError(ValueError):
    """A cell whose number or text is damaged; holds its address."""

    def __init__(self, cell: str) -> None:
        super().__init__(cell)
        self.cell = cell


@contextmanager
def reading(path: Path, where: Text | str) -> Iterator[None]:
    """Say that the file is damaged where a number, an address or a text in it is none."""
    try:
        yield
    except ImpossibleCellError as error:
        raise FileError(
            f"{path.name} was not made by a spreadsheet program and was not opened "
            f"({error.text.en}).",
            f"{path.name} 不是电子表格程序生成的文件，未打开（{error.text.zh}）。",
        ) from error
    except UnreadableCellError as error:
        place = _in_both(where)
        cell = Text(f"{place.en}, cell {error.cell}", f"{place.zh}，单元格 {error.cell}")
        raise damaged(path, cell) from error
    except (ValueError, LookupError, OverflowError) as error:
        raise damaged(path, where) from error


def unsafe(path: Path, where: Text | str) -> FileError:
    """Something that no spreadsheet program writes and that could do harm."""
    place = _in_both(where)
    return FileError(
        f"{path.name} was not made by a spreadsheet program and is not safe to open ({place.en}).",
        f"{path.name} 不是电子表格程序生成的文件，打开不安全（{place.zh}）。",
    )


def too_large(path: Path, where: Text | str) -> FileError:
    """More than a workbook could sensibly hold; a string is a name of a part."""
    place = _in_both(where)
    return FileError(
        f"{path.name} unpacks to far more than a workbook holds and was not opened ({place.en}).",
        f"{path.name} 解压后的数据量远超正常工作簿，未打开（{place.zh}）。",
    )


def busy(path: Path, program: str, lock: Path) -> FileBusyError:
    """Another program has the workbook open."""
    return FileBusyError(
        f"{path.name} is open in {program}. Close it there and try again "
        f"(if it is not open, delete the file {lock.name} beside it).",
        f"{path.name} 正在 {program} 中打开，请先关闭再试"
        f"（如果并未打开，请删除同一文件夹中的 {lock.name}）。",
    )


def locked(path: Path) -> FileBusyError:
    """The operating system says that another program holds the file."""
    return FileBusyError(
        f"{path.name} is in use by another program or protected against writing. "
        "Close it there, or allow writing, and try again.",
        f"{path.name} 正被其他程序使用，或禁止写入，请关闭该程序或允许写入后再试。",
    )


def changed_meanwhile(path: Path) -> FileError:
    """Somebody else wrote the file after it was opened."""
    return FileError(
        f"{path.name} was changed by another program in the meantime. Nothing was written; "
        "run the command again.",
        f"{path.name} 在此期间被其他程序修改过，未写入任何内容，请重新运行。",
    )


def read_only_folder(path: Path) -> FileError:
    """A folder that cannot be written."""
    return FileError(
        f"The folder {path.parent} cannot be written to. Nothing was changed; choose another "
        "folder or allow writing.",
        f"文件夹 {path.parent} 无法写入，未作任何改动，请更换文件夹或允许写入。",
    )


def read_only_file(path: Path) -> FileError:
    """A file that its owner protected against writing."""
    return FileError(
        f"{path.name} is marked as read-only. Allow writing in its properties, or save under "
        "another name.",
        f"{path.name} 是只读文件，请在文件属性中取消只读，或用其他文件名保存。",
    )


def no_folder(path: Path) -> FileError:
    """A folder that does not exist."""
    return FileError(
        f"There is no folder {path.parent}. Create it or choose another one.",
        f"文件夹 {path.parent} 不存在，请先新建或更换文件夹。",
    )


def disk_full(path: Path) -> FileError:
    """No space left."""
    return FileError(
        f"The disk is full, so {path.name} was not saved. The file is as it was; free some space.",
        f"磁盘已满，{path.name} 未能保存，原文件没有变化，请先清理磁盘空间。",
    )


def not_saved(path: Path, reason: str) -> FileError:
    """Any other failure while writing."""
    return FileError(
        f"{path.name} was not saved: {reason}. The file is as it was.",
        f"{path.name} 未能保存：{reason}。原文件没有变化。",
    )


def opened_read_only(path: Path) -> FileError:
    """Saving a workbook over itself that was opened for reading only."""
    return FileError(
        f"{path.name} was opened for reading only. Save it under another name.",
        f"{path.name} 是以只读方式打开的，请用其他文件名保存。",
    )


def wrong_suffix(path: Path) -> FileError:
    """A name that does not say .xlsx or .xlsm."""
    return FileError(
        f"{path.name} must end in .xlsx or .xlsm.",
        f"文件名 {path.name} 必须以 .xlsx 或 .xlsm 结尾。",
    )


def macros_need_xlsm(path: Path) -> FileError:
    """Macros cannot be kept in an .xlsx."""
    return FileError(
        f"The workbook has macros, so it cannot be saved as {path.name}. Use a name that ends "
        "in .xlsm.",
        f"该工作簿含有宏，不能保存为 {path.name}，请使用以 .xlsm 结尾的文件名。",
    )
