"""Help and wrong usage in the language in force.

Every help text is written in both languages, English first: "Write a new file. 另存为新文件。"
"""

from __future__ import annotations

import re
from typing import Any

from csm_xl.language import Text

_BOTH = re.compile(r"([^\u3400-\u9fff]+\.) (\S.*[\u3400-\u9fff].*)", re.DOTALL)

#: The headings and remarks of typer's own that stand on a page of help.
_HEADINGS = {
    "Usage: ": "用法：",
    "Options": "选项",
    "Arguments": "参数",
    "Commands": "命令",
}
_REMARKS = {
    "Show this message and exit.": "显示本帮助。",
    "[required]": "[必填]",
    "default: ": "默认：",
}
_USAGE = {"[OPTIONS]": "[选项]", "COMMAND": "命令", "[ARGS]": "[参数]"}
#: What stands for the values of arguments and options.
_VALUES = {
    "THEIRS=OURS": "原列名=我们的列名",
    "TITLE=ROLE": "标题=角色",
    "CUR=RATE": "币种=汇率",
    "HH:MM": "时:分",
    "ADDRESS": "地址",
    "CUSTOMER": "客户",
    "ENGINE": "引擎",
    "EXPORT": "导出文件",
    "FILE": "文件",
    "FOLDER": "文件夹",
    "KIND": "类型",
    "NAME": "名称",
    "ROW": "行号",
}
_VALUE = re.compile(rf"(?<![\w:-])(?:{'|'.join(_VALUES)})(?!\w)")

#: What typer says about a command that was typed wrongly, and how we say it.
_WRONG = (
    (r"No such command '(.+?)'", Text("There is no command {0}", "没有命令“{0}”")),
    (r"Missing command", Text("Name a command", "请写明命令")),
    (r"Missing argument '(.+?)'", Text("{0} is missing", "缺少“{0}”")),
    (r"Missing (?:option|parameter):? '(.+?)'", Text("{0} is missing", "缺少“{0}”")),
    (r"No such option:? '?(-[\w-]+)", Text("There is no option {0}", "没有选项 {0}")),
    (r"Option '(.+?)' requires an argument", Text("{0} needs a value", "{0} 后面要写一个值")),
    (
        r"Got unexpected extra argument(?:s|\(s\))? \((.+)\)",
        Text(
            "“{0}” is too much; put a name with spaces in quotation marks",
            "多出了“{0}”；带空格的文件名请加引号",
        ),
    ),
)


def halves(both: str) -> Text:
    """The English and the Chinese half of a help text."""
    found = _BOTH.fullmatch(both)
    return Text(found[1], found[2]) if found else Text(both, both)


def speak(command: Any) -> None:
    """Put a command of typer, with all that it has, into the language in force."""
    if command.help:
        # A group's list is cut at the first full stop, of which Chinese has none.
        command.help = command.short_help = str(halves(command.help))
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = str(halves(parameter.help))
    formatter = command.context_class.formatter_class
    inside = type("_Context", (command.context_class,), {"formatter_class": _spoken(formatter)})
    command.context_class = inside
    for member in getattr(command, "commands", {}).values():
        speak(member)


def _spoken(base: type) -> type:
    """A formatter of help whose own words are in the language in force."""

    class Spoken(base):
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            # Typer puts braces around what must be given.
            said = _replaced(re.sub("[{}]", "", args), _USAGE)
            super().write_usage(prog, _values(said), _said(prefix or "Usage: ", _HEADINGS))

        def write_heading(self, heading: str) -> None:
            colon = Text(":", "：")
            self.write(f"{'':>{self.current_indent}}{heading}{colon}\n")

        def section(self, name: str) -> Any:
            return super().section(_said(name, _HEADINGS))

        def write_dl(self, rows: Any, col_max: int = 30, col_spacing: int = 2) -> None:
            # As typer's own, but Chinese characters are two columns wide.
            from rich.cells import cell_len
            from rich.console import Console
            from rich.text import Text as Wrapped

            said = [
                (_values(re.sub(" <(?:path|str)>", "", first)), _replaced(second, _REMARKS))
                for first, second in rows
            ]
            width = min(max(cell_len(first) for first, _ in said), col_max) + col_spacing
            indent = " " * self.current_indent
            for first, second in said:
                lines = Wrapped(second).wrap(Console(), max(self.width - width - 2, 10))
                said_first = f"{indent}{first}"
                if cell_len(first) > col_max:
                    self.write(f"{said_first}\n")
                    said_first = indent
                for line in lines or [Wrapped("")]:
                    gap = " " * (width + len(indent) - cell_len(said_first))
                    self.write(f"{said_first}{gap}{line.plain.rstrip()}\n")
                    said_first = indent

    return Spoken


def _said(words: str, chinese: dict[str, str]) -> str:
    return str(Text(words, chinese.get(words, words)))


def _replaced(text: str, chinese: dict[str, str]) -> str:
    for words in chinese:
        text = text.replace(words, _said(words, chinese))
    return text


def _values(text: str) -> str:
    """A line of help with its placeholders in the language in force."""
    return _VALUE.sub(lambda found: _said(found[0], _VALUES), text)


def wrong_usage(error: Any) -> str:
    """One sentence on a command that was typed wrongly, and where to read how it is typed.

    Parameters
    ----------
    error : Exception
        A usage error of typer, with its ``format_message`` and ``ctx``.
    """
    said = error.format_message()
    for pattern, text in _WRONG:
        found = re.search(pattern, said)
        if found:
            groups = found.groups()
            wrong = Text(text.en.format(*groups), text.zh.format(*map(_values, groups)))
            break
    else:
        plain = re.sub(r"^Invalid value( for .+?)?: ", "", said).rstrip(".。")
        wrong = Text(plain, plain)
    path = error.ctx.command_path if getattr(error, "ctx", None) is not None else "csm-xl"
    return str(
        Text(
            f"{wrong.en}. To see how it is typed: {path} --help",
            f"{wrong.zh}。用法见 {path} --help",
        )
    )
