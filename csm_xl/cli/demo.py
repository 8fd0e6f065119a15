"""The main job on the sample company, from an empty folder to the accountant's copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from csm_xl.commands.outcome import Outcome
from csm_xl.errors import FileError
from csm_xl.language import Language, Text

#: Told which step begins, and how far it is.
Tell = Callable[[float, Text], None]

NAME = {"en": "CSM", "zh": "客户成功"}
SHARED = {"en": "for-accountant", "zh": "给会计"}

BUILDING = Text("Building the workbook of the sample company", "正在生成示例公司的工作簿")
SCORING = Text("Refreshing scores", "正在刷新评分")
SHARING = Text("Writing the accountant's copy", "正在生成给会计的副本")


@dataclass(frozen=True)
class Demo:
    """What the demo did.

    Attributes
    ----------
    trained, refreshed, shared : Outcome
    files : tuple of (Path, Text)
        Each file that was written, and what it is.
    """

    trained: Outcome
    refreshed: Outcome
    shared: Outcome
    files: tuple[tuple[Path, Text], ...]


def run(folder: Path, lang: Language, tell: Tell) -> Demo:
    """Build the sample company's workbook, retrain, refresh, share.

    Parameters
    ----------
    folder : Path
        Made when it is missing; the demo's own files in it are replaced.
    lang : {"en", "zh"}
    tell : callable (fraction, Text)
        Told the progress over all steps.

    Raises
    ------
    CsmError
        When the folder cannot be written.
    """
    from csm_xl import commands
    from csm_xl.commands.opening import open_book
    from csm_xl.sample.sample_company import company
    from csm_xl.workbook.create import create

    if folder.exists() and not folder.is_dir():
        raise FileError(
            f"{folder} is a file, and the demo needs a folder. Name another one with --dir.",
            f"{folder} 是一个文件，而演示需要一个文件夹，请用 --dir 指定别的名称。",
        )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME[lang]}.xlsm"
    shared = folder / f"{NAME[lang]}-{SHARED[lang]}.xlsx"
    tell(0.0, BUILDING)
    create(path, lang, company(lang), force=True)
    book = open_book(path)
    try:
        trained = commands.retrain(book, progress=lambda done, what: tell(0.2 + 0.5 * done, what))
        tell(0.7, SCORING)
        refreshed = commands.refresh(book)
        book.save()
        tell(0.8, SHARING)
        copied = commands.share(book, shared, force=True, save=book.save)
    finally:
        book.close()
    tell(1.0, Text("Done", "完成"))
    return Demo(
        trained,
        refreshed,
        copied,
        (
            (path, Text("the workbook", "工作簿")),
            (shared, Text("the copy for the accountant", "给会计的副本")),
        ),
    )
