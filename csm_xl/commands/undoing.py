"""Undo: the workbook as it was before the last command, and back again."""

from __future__ import annotations

from pathlib import Path

import xlwings as xw

from csm_xl.commands.excel import save_copy
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.putting_back import bring_back, reopen_when_closed
from csm_xl.errors import CsmError, FileError
from csm_xl.language import Text
from csm_xl.ooxml import atomic_write, file_errors
from csm_xl.safety_copies import (
    KEEP,
    changed_since_saved,
    copies_of,
    folder_of,
    keep_copy,
    keep_file,
    same_content,
    taken_at,
)


def undo(path: str | Path) -> Outcome:
    """Put the newest safety copy that differs in the place of the workbook.

    The workbook as it is now becomes a safety copy itself, so that another undo brings it back.

    Parameters
    ----------
    path : str or Path
        The workbook, which no program has open. It may be gone.

    Returns
    -------
    Outcome
        Its ``more`` names the copy that was brought back and the one that was kept.

    Raises
    ------
    FileError, FileBusyError
        There is nothing to go back to, or the file cannot be written; nothing was changed.
    """
    path = Path(path).expanduser().resolve()
    if path.is_dir():
        raise file_errors.is_folder(path)
    atomic_write.refuse_if_open(path)
    atomic_write.refuse_if_read_only(path)
    there = path.exists()
    before = next(
        (c for c in reversed(copies_of(str(path))) if not (there and same_content(c, path))), None
    )
    if before is None:
        raise _nothing(path, there)
    changed = changed_since_saved(path) if there else None
    # The copy that is brought back leaves its place to the one of the present.
    kept = keep_file(path, keep=KEEP + 1) if there else None
    bring_back(path, before, spend=kept is not None)
    when = f"{taken_at(before):%Y-%m-%d %H:%M}"
    message = Text(
        "{name} is again as it was on {when}, before the last command.",
        "{name} 已恢复到 {when}，即上一次命令之前的状态。",
    ).fill(name=path.name, when=when)
    warnings: list[Text] = []
    if kept is not None:
        message = Text(
            f"{message.en} To go forward again, run csm-xl undo once more.",
            f"{message.zh}如需撤回这一步，请再运行一次 csm-xl undo。",
        )
    if changed is not False and kept is not None:
        warnings.append(_CHANGED[changed].fill(kept=kept))
    more = {"restored": when, "kept": None if kept is None else str(kept), "changed_since": changed}
    return Outcome(message, tuple(warnings), more=more)


def undo_last(book: xw.Book) -> Outcome:
    """Undo in Excel: ask, keep the present, and let a process of its own do it once Excel has closed it.

    A file that is open cannot be replaced. So Excel closes the workbook when this returns, and the
    process puts the safety copy in its place and opens it again.

    Returns
    -------
    Outcome
        Its ``more`` says ``closing``.

    Raises
    ------
    FileError
        There is nothing to go back to, or the workbook is not a file on this computer.
    CsmError
        The owner said no.
    """
    path, copies = Path(book.fullname), copies_of(book.fullname)
    if not copies:
        raise _nothing(path, path.exists())
    before = copies[-1]
    if not path.is_file():
        raise FileError(
            f"{book.name} is no file on this computer (it may be in OneDrive), so it cannot be put back "
            f"by itself. How it was before the last command is in {before}.",
            f"{book.name} 不是本机上的文件（可能在 OneDrive 中），无法自动恢复。上一次命令之前的状态保存在 {before}。",
        )
    atomic_write.refuse_if_read_only(path)
    when = f"{taken_at(before):%Y-%m-%d %H:%M}"
    question = Text(
        f"The workbook will be closed and opened again as it was on {when}, before the last command. What "
        "is there now stays in a safety copy; Undo once more brings it back. Go on?",
        f"工作簿将关闭，并以 {when}（上一次命令之前）的状态重新打开。当前内容会保留在安全副本中，"
        "再次点击“撤销”即可恢复。要继续吗？",
    )
    title = Text("Customer Success", "客户成功")
    if book.app.alert(str(question), title=str(title), buttons="yes_no") != "yes":
        raise CsmError("Nothing was changed.", "未作任何改动。")
    keep_copy(book.fullname, lambda copy: save_copy(book, copy), keep=KEEP + 1)
    reopen_when_closed(path, before)
    done = Text("The workbook is being opened again.", "正在重新打开工作簿。")
    return Outcome(done, more={"closing": True, "restored": when})


_CHANGED = {
    True: Text(
        "The workbook was changed in another program after that command. Those changes are not in it "
        "now; they are in the copy {kept}.",
        "上一次命令之后，该工作簿曾被其他程序修改。这些修改现已不在工作簿中，但保留在副本 {kept} 中。",
    ),
    None: Text(
        "What was typed after that command is not in it now; it is in the copy {kept}.",
        "上一次命令之后输入的内容现已不在工作簿中，但保留在副本 {kept} 中。",
    ),
}


def _nothing(path: Path, there: bool) -> FileError:
    folder = folder_of(str(path))
    if not there and not folder.is_dir():
        return file_errors.missing(path)
    return FileError(
        f"There is nothing to undo: no safety copy of {path.name} differs from it. Copies are kept in "
        f"{folder} when a command writes into this file under this name and folder.",
        f"没有可撤销的内容：{path.name} 没有与现状不同的安全副本。命令写入此文件夹中的这个文件时，"
        f"副本会保存在 {folder}。",
    )
