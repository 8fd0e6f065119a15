"""What the workbook's VBA calls: commands, and training that Excel does not have to wait for.

Every function returns one text, a word and a message with a separator between them, and never
raises: an exception's text would cross to Excel in the ANSI code page. The words are ``ok``,
``changed`` (Excel has to calculate everything), ``closing`` (the workbook has to be closed), ``error``, and for a training ``started``,
``running`` and ``trained``.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlwings as xw

from csm_xl import __version__
from csm_xl.commands.outcome import Outcome, Progress
from csm_xl.commands.training_process import TrainingProcess
from csm_xl.errors import TAG, CsmError, of_the_computer
from csm_xl.language import Language, Text, set_language, use_language

#: The tasks of the ribbon, and whether they change what functions depend on without Excel knowing.
TASKS: dict[str, bool] = {
    "import_data": True,
    "columns": False,
    "build_features": True,
    "undo_last": False,
    "refresh": True,
    "dashboard": False,
    "explain": False,
    "actions": False,
    "share": False,
    "why": False,
    "check_setup": False,
}
#: At most this many rows of a command's table fit into a message box.
_SHOWN = 12

_training: TrainingProcess | None = None


def hello(lang: str, vba_version: str) -> str:
    """The first call of a workbook: choose the language, and load what its functions need.

    Parameters
    ----------
    lang : {"en", "zh"}
    vba_version : str
        The version of csm-xl that wrote the workbook's VBA.
    """

    def greet() -> tuple[str, Text]:
        import csm_xl.functions  # noqa: F401  (loading it now is what makes the first formula quick)

        set_language(_language(lang))
        if vba_version == __version__:
            return "ok", Text("", "")
        return "outdated", Text(
            f"This workbook's macros are of csm-xl {vba_version}, but {__version__} is installed. "
            "Close the workbook and run: csm-xl upgrade WORKBOOK",
            f"本工作簿中的宏来自 csm-xl {vba_version}，而安装的是 {__version__}。"
            "请关闭工作簿并运行：csm-xl upgrade 工作簿",
        )

    return _reply(lang, greet)


def command(task: str, workbook: Any, lang: str, details: str = "") -> str:
    """Run a command of the ribbon on a workbook.

    Parameters
    ----------
    task : str
        One of :data:`TASKS`.
    workbook : COM object or xlwings.Book
    lang : {"en", "zh"}
        What the workbook speaks.
    details : str
        What the owner chose, such as a file; several texts apart by the separator.
    """

    def run() -> tuple[str, str]:
        if task not in TASKS:
            raise CsmError(f"There is no command {task}.", f"没有命令 {task}。")
        book = _book(workbook)
        outcome = _run(task, book, details.split(TAG) if details else [], _progress(book))
        if outcome.more.get("closing"):
            return "closing", _sentences(outcome)
        return "changed" if TASKS[task] else "ok", _sentences(outcome)

    return _reply(lang, run)


def start_training(workbook: Any, lang: str) -> str:
    """Take a snapshot of the customers and begin to train on it in a process of its own."""

    def start() -> tuple[str, Text]:
        global _training
        from csm_xl.commands.retraining import read_training

        if _training is not None and _training.state().kind == "running":
            return "started", Text("The model is being trained.", "模型正在训练中。")
        _forget_training()
        _training = TrainingProcess(read_training(_book(workbook)))
        return "started", Text(
            "Training has begun; you can keep working.", "训练已开始，您可以继续使用 Excel。"
        )

    return _reply(lang, start)


def poll_training(lang: str) -> str:
    """How the training stands."""

    def poll() -> tuple[str, Text]:
        if _training is None:
            raise CsmError(
                "The training is lost, because Python was restarted. Click Retrain again.",
                "Python 已重启，训练已丢失，请重新点击“重新训练”。",
            )
        state = _training.state()
        if state.kind == "failed":
            _forget_training()
            return "error", state.text
        share = f"{state.share:.0%}"
        return state.kind, Text(f"{state.text.en} ({share})", f"{state.text.zh}（{share}）")

    return _reply(lang, poll)


def finish_training(workbook: Any, lang: str) -> str:
    """Write what was learned into the workbook and score the customers as they are now."""

    def finish() -> tuple[str, str]:
        from csm_xl.commands.retraining import write_training

        if _training is None or _training.state().kind != "trained":
            raise CsmError(
                "There is no finished training. Click Retrain again.",
                "没有已完成的训练，请重新点击“重新训练”。",
            )
        result = _training.result()
        _forget_training()
        return "changed", _sentences(write_training(_book(workbook), result))

    return _reply(lang, finish)


def cancel_training(lang: str) -> str:
    """End the training, if one is running."""

    def cancel() -> tuple[str, Text]:
        _forget_training()
        return "ok", Text("Stopped. Nothing was changed.", "已停止，未作任何改动。")

    return _reply(lang, cancel)


def run_on_mac(task: str) -> None:
    """Run a command of the ribbon in Excel for Mac, where every click starts a Python of its own."""
    book = xw.Book.caller()
    from csm_xl.commands.session import Session

    lang = Session(book).language
    retraining = task == "retrain"
    said = _reply(lang, lambda: _retrain(book)) if retraining else command(task, book, lang)
    book.app.status_bar = False
    book.app.alert(said.partition(TAG)[2], title=Text("Customer Success", "客户成功").within(lang))


def _retrain(book: xw.Book) -> tuple[str, str]:
    from csm_xl.commands.retraining import retrain

    return "changed", _sentences(retrain(book, progress=_progress(book)))


def _forget_training() -> None:
    global _training
    if _training is not None:
        _training.close()
        _training = None


def _run(task: str, book: xw.Book, details: list[str], progress: Progress) -> Outcome:
    from csm_xl import commands

    arguments: list[Any] = []
    if task == "import_data":
        arguments = [Path(details[1]), details[0]]
    elif task == "share":
        out = Path(details[0]) if details else _beside(book)
        return commands.share(book, out, force=_may_replace(book, out), progress=progress)
    elif task == "check_setup":
        # The checks look at the registry, at Excel and at every package: only when asked for.
        from csm_xl import doctor

        return doctor.check_setup(book)
    function: Callable[..., Outcome] = getattr(commands, task)
    if "progress" in inspect.signature(function).parameters:
        return function(book, *arguments, progress=progress)
    return function(book, *arguments)


def _beside(book: xw.Book) -> Path:
    """Where the copy goes in Excel for Mac, which asks for no file name: beside the workbook."""
    path = Path(book.fullname)
    if not path.is_absolute():
        raise CsmError(
            "Save the workbook first: the copy is put beside it.",
            "请先保存工作簿：副本会放在同一文件夹中。",
        )
    return path.with_name(f"{path.stem}-{Text('for-accountant', '给会计')}.xlsx")


def _may_replace(book: xw.Book, out: Path) -> bool:
    """Ask whether a file that is there may be replaced; Excel's dialog does not."""
    if not out.exists():
        return False
    question = Text(f"{out.name} is already there. Replace it?", f"{out.name} 已存在，要替换吗？")
    if book.app.alert(str(question), title="csm-xl", buttons="yes_no") != "yes":
        raise CsmError(
            f"{out.name} was left as it is; no copy was written.",
            f"{out.name} 保持不变，未生成副本。",
        )
    return True


def _progress(book: xw.Book) -> Progress:
    from csm_xl.commands.writing import tell

    def told(share: float, text: Text) -> None:
        percent = f"{share:.0%}"
        tell(book, Text(f"{text.en} ({percent})", f"{text.zh}（{percent}）"))

    return told


def _book(workbook: Any) -> xw.Book:
    """The workbook that VBA passed, as xlwings knows it."""
    if isinstance(workbook, xw.Book):
        return workbook
    from xlwings import _xlwindows

    return xw.Book(impl=_xlwindows.Book(xl=workbook))


def _sentences(outcome: Outcome) -> str:
    """An outcome as the text of a message box."""
    parts = [str(outcome.message)]
    if outcome.table:
        rows = [outcome.headers] if outcome.headers else []
        rows += list(outcome.table[:_SHOWN])
        parts.append("\n".join("\t".join(str(cell) for cell in row) for row in rows))
    parts += [str(warning) for warning in outcome.warnings]
    return "\n\n".join(parts)


def _language(lang: str) -> Language:
    return "zh" if lang == "zh" else "en"


def _reply(lang: str, work: Callable[[], tuple[str, object]]) -> str:
    """Do the work in the workbook's language; what went wrong becomes one sentence."""
    with use_language(_language(lang)):
        try:
            word, message = work()
        except CsmError as error:
            word, message = "error", error
        except Exception as error:
            from csm_xl.logs import log_failure, log_file

            log_failure(f"a command failed (Python {sys.version})", error)
            word, message = (
                "error",
                of_the_computer(error)
                or Text(
                    "Something unexpected went wrong. Try again; if it comes back, click Check "
                    f"setup. Details are in {log_file()}.",
                    f"发生意外错误。请重试；如仍出现，请点击“检查安装”。详情见 {log_file()}。",
                ),
            )
        return f"{word}{TAG}{str(message).replace(TAG, ' ')}"
