"""Run the command line: an error becomes one sentence and an exit code, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import typer

from csm_xl.cli import (  # noqa: F401 - registers what they hold
    answers,
    beginning,
    calculating,
    commands,
    machine,
    scoring,
    taking_back,
)
from csm_xl.cli.application import app
from csm_xl.cli.printable import printable
from csm_xl.cli.speaking import speak, wrong_usage
from csm_xl.errors import CsmError, of_the_computer
from csm_xl.language import LANGUAGES, Text, set_language

_ERROR = Text("Error: ", "错误：")
_LANG = "--lang"
#: The exit code of what was stopped by Ctrl+C; typer's own, which says nothing beside it.
_STOPPED = 130
_JSON = "--json"


def main() -> None:
    """Run the command line; an error becomes one sentence and exit code 1, wrong usage 2."""
    for stream in (sys.stdout, sys.stderr):
        # A redirected stream on Windows is ANSI, which has no Chinese in most countries.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    from csm_xl.xlfile.lean_import import import_xlwings_without_plots

    arguments = language_first(sys.argv[1:])
    named = arguments[1:2] if arguments[:1] == [_LANG] else []
    for lang in LANGUAGES:
        if named == [lang]:
            set_language(lang)
    arguments = json_first(arguments)
    if arguments[:1] == [_JSON]:
        answers.keep()
    command = typer.main.get_command(app)
    speak(command)
    try:
        import_xlwings_without_plots()
        code = command.main(arguments, prog_name="csm-xl", standalone_mode=False) or 0
        if code == _STOPPED:
            raise KeyboardInterrupt
        answers.finish(ok=code == 0)
        sys.exit(code)
    except CsmError as error:
        _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        _fail(str(Text("Stopped. Nothing was changed.", "已停止，未作任何改动。")), _STOPPED)
    except BrokenPipeError:
        # Whoever reads the output, such as head, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if getattr(error, "exit_code", None) == 2 and hasattr(error, "format_message"):
            if not sys.argv[1:]:
                # Nothing was asked for: typer's error holds the page of help.
                typer.echo(printable(error.format_message()), err=True)
                sys.exit(2)
            _fail(wrong_usage(error), 2)
        from csm_xl.logs import log_failure, log_file

        log_failure(f"command failed: {sys.argv[1:2]}", error)
        _fail(
            str(
                of_the_computer(error)
                or Text(
                    f"Something unexpected went wrong; your file was not changed. Details are in {log_file()}.",
                    f"发生意外错误，文件未被改动。详情见 {log_file()}。",
                )
            )
        )


def language_first(arguments: Sequence[str]) -> list[str]:
    """The arguments with ``--lang`` in front of the command, wherever it was typed."""
    given = list(arguments)
    for place, argument in enumerate(given):
        if argument == _LANG and place + 1 < len(given):
            return [_LANG, given[place + 1], *given[:place], *given[place + 2 :]]
        if argument.startswith(f"{_LANG}="):
            return [_LANG, argument.partition("=")[2], *given[:place], *given[place + 1 :]]
    return given


def json_first(arguments: Sequence[str]) -> list[str]:
    """The arguments with ``--json`` in front of everything, wherever it was typed."""
    others = [argument for argument in arguments if argument != _JSON]
    return [_JSON, *others] if len(others) < len(arguments) else others


def _fail(sentence: str, code: int = 1) -> NoReturn:
    answer = answers.kept()
    if answer is not None:
        answer.message = [sentence]
        answers.finish(ok=False)
        sys.exit(code)
    typer.echo(printable(f"{_ERROR}{sentence}"), err=True)
    if sys.stderr is None:
        # A scheduled refresh on Windows has no console that would keep the sentence.
        from csm_xl.logs import log

        log().error(sentence)
    sys.exit(code)
