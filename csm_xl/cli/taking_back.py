"""``csm-xl undo``: taking back what the last command did."""

from __future__ import annotations

from csm_xl.cli.application import File, app
from csm_xl.cli.terminal import show


@app.command()
def undo(file: File) -> None:
    """Bring back the workbook as it was before the last command. 恢复到上一次命令之前的工作簿。"""
    from csm_xl.commands.undoing import undo as undo_last

    show(undo_last(file))
