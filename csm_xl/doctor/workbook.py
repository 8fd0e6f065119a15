"""Whether a workbook lies where its macros can run, and has the macros of this version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from csm_xl.doctor.check import GOOD, NOTE, WRONG, Check
from csm_xl.doctor.computer import Machine
from csm_xl.errors import CsmError
from csm_xl.language import Text

_WORKBOOK = Text("Workbook", "工作簿")


def online(address: str) -> Check:
    """A workbook that lies in OneDrive or SharePoint."""
    return Check(
        _WORKBOOK,
        NOTE,
        Text(
            f"The workbook is in OneDrive or SharePoint ({address}). It works, but copies are kept "
            "on this computer; a local folder is safer with macros.",
            f"工作簿位于 OneDrive 或 SharePoint（{address}）。可以使用，备份保存在本机；"
            "含宏的工作簿放在本地文件夹更稳妥。",
        ),
    )


def place(path: Path, machine: Machine) -> Iterator[Check]:
    """What lies beside a workbook, and whether Excel runs macros from there."""
    beside = path.with_name("xlwings.conf")
    if beside.exists():
        yield Check(
            _WORKBOOK,
            WRONG,
            Text(
                f"{beside} could make the workbook start another program, so csm-xl does not "
                "start. Move or delete it.",
                f"{beside} 可能让工作簿启动别的程序，因此 csm-xl 不会启动。请移走或删除该文件。",
            ),
        )
    roots = [
        machine.environ[name]
        for name in ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
        if machine.environ.get(name)
    ]
    if any(str(path).casefold().startswith(root.casefold()) for root in roots):
        yield online(str(path))
    elif str(path).startswith("\\\\"):
        yield Check(
            _WORKBOOK,
            NOTE,
            Text(
                "The workbook is on a network drive, whose macros Excel often blocks. Copy it to "
                f"{machine.workbook_folder}.",
                f"工作簿位于网络驱动器，Excel 通常会禁止其中的宏。请复制到 "
                f"{machine.workbook_folder}。",
            ),
        )
    if machine.windows and _came_from_the_web(path):
        yield Check(
            _WORKBOOK,
            WRONG,
            Text(
                f"Windows marks {path.name} as downloaded, so Excel blocks its macros. Right-click "
                "the file, Properties, tick Unblock.",
                f"Windows 将 {path.name} 标记为下载的文件，Excel 会禁止其中的宏。"
                "请右键该文件，选择“属性”，勾选“解除锁定”。",
            ),
        )


def _came_from_the_web(path: Path) -> bool:
    try:
        mark = Path(f"{path}:Zone.Identifier").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return "ZoneId=3" in mark or "ZoneId=4" in mark


def contents(path: Path) -> Iterator[Check]:
    """Whether the macros in a workbook file are those of this version."""
    try:
        yield from _contents(path)
    except CsmError as error:
        yield Check(_WORKBOOK, WRONG, error.text)


def _contents(path: Path) -> Iterator[Check]:
    from csm_xl import __version__
    from csm_xl.commands import native_functions
    from csm_xl.ooxml.workbook_file import Workbook
    from csm_xl.workbook import vba_project
    from csm_xl.workbook.ribbon import TAB_ID
    from csm_xl.workbook.ribbon_part import callbacks

    workbook = Workbook(path, readonly=True)
    sources: dict[str, str] = {}
    if workbook.has_macros:
        with vba_project.open_project(path) as file:
            sources = file.vba_modules()
    yield from _stored(path)
    native = native_functions.has_names(workbook)
    if native:
        yield Check(_WORKBOOK, NOTE, native_functions.NEEDS)
    if native and not sources:
        return
    if not any(vba_project.is_ours(name) for name in sources):
        yield Check(
            _WORKBOOK,
            NOTE,
            Text(
                f"{path.name} has no csm-xl functions and buttons. Add them with: csm-xl attach",
                f"{path.name} 中没有 csm-xl 的函数和按钮，可用 csm-xl attach 添加。",
            ),
        )
        return
    if TAB_ID not in callbacks(workbook.package):
        yield Check(
            _WORKBOOK,
            WRONG,
            Text(
                f"{path.name} has no Customer Success tab any more: another program has left it "
                f'out. Close the workbook and run: csm-xl upgrade "{path}"',
                f"{path.name} 中的“客户成功”选项卡已不见，可能是被其他程序丢掉了。"
                f'请关闭工作簿并运行：csm-xl upgrade "{path}"',
            ),
        )
    own = vba_project.modules(
        vba_project.language_of(sources) or "en",
        watch="CsmWatches = True" in sources.get("CsmTexts", ""),
    )
    old = [
        module.name
        for module in own
        if module.kind != "document"
        and module.name in sources
        and vba_project.body(sources[module.name]).rstrip()
        != vba_project.body(module.source).rstrip()
    ]
    missing = [m.name for m in own if m.name not in sources and m.name.startswith(("Csm", "xlw"))]
    yield Check(
        _WORKBOOK,
        WRONG if old or missing else GOOD,
        Text(
            f"The macros of {path.name} are not those of csm-xl {__version__}. Close the workbook "
            f'and run: csm-xl upgrade "{path}"',
            f"{path.name} 中的宏与 csm-xl {__version__} 不一致。请关闭工作簿并运行："
            f'csm-xl upgrade "{path}"',
        )
        if old or missing
        else Text(
            f"The macros of {path.name} are those of csm-xl {__version__}.",
            f"{path.name} 中的宏与 csm-xl {__version__} 一致。",
        ),
    )


def _stored(path: Path) -> Iterator[Check]:
    """What is wrong with the model that a workbook carries."""
    from csm_xl.commands.model_record import model_of
    from csm_xl.commands.opening import open_book
    from csm_xl.commands.session import Session

    try:
        book = open_book(path, readonly=True)
        try:
            session = Session(book)
            session.records.refuse_damaged()
            if "model" in session.records:
                model_of(session)
        finally:
            book.close()
    except CsmError as error:
        yield Check(_WORKBOOK, WRONG, error.text)
