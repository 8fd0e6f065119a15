"""What a terminal shows: sentences, tables that fit its width, progress."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer

from csm_xl.cli.answers import kept
from csm_xl.cli.printable import printable
from csm_xl.language import Text

_NOTE = Text("Note: ", "注意：")
#: From this width on a table shows all its columns; a narrower one shows the first few.
_WIDE, _FIRST_COLUMNS = 120, 4


def say(text: Text | str) -> None:
    """Print a sentence."""
    answer = kept()
    if answer is None:
        typer.echo(printable(str(text)))
    else:
        answer.message.append(str(text))


def note(text: Text) -> None:
    """Print what the owner should know before relying on a result."""
    answer = kept()
    if answer is None:
        typer.echo(printable(f"{_NOTE}{text}"))
    else:
        answer.warnings.append(str(text))


def show(outcome: Any) -> None:
    """Print what a command says, its notes, and its table."""
    show_message(outcome)
    if outcome.table:
        show_table(outcome.headers, outcome.table)
    answer = kept()
    if answer is not None:
        answer.more |= outcome.more


def show_message(outcome: Any) -> None:
    """Print what a command says, and its notes."""
    say(outcome.message)
    for warning in outcome.warnings:
        note(warning)


def show_table(headers: Sequence[Text], rows: Sequence[Sequence[object]]) -> None:
    """Print a table.

    The last column that is shown takes the width that the others leave: they are as wide as their
    cells, and longer titles of theirs are broken.
    """
    answer = kept()
    if answer is not None:
        answer.add_table(headers, rows)
        return
    from rich.box import SIMPLE_HEAD
    from rich.cells import cell_len
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(soft_wrap=False)
    shown = len(headers) if console.width >= _WIDE else min(_FIRST_COLUMNS, len(headers))
    cells = [[printable(str(cell)) for cell in row[:shown]] for row in rows]
    titles = [printable(str(header)) for header in headers[:shown]]
    widths = [
        max([*(cell_len(row[place]) for row in cells), *map(cell_len, _parts(titles[place]))])
        for place in range(shown)
    ]
    # A blank and the box's own blank between two columns; none at the edges.
    between = 2 * (shown - 1)
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    natural = sum(max(w, cell_len(t)) for w, t in zip(widths, titles, strict=True)) + between
    left_for_last = console.width - between - sum(widths[:-1])
    tight = natural > console.width and left_for_last >= console.width // 4
    for title, width in zip(titles[:-1], widths[:-1], strict=True):
        table.add_column(title, overflow="fold", width=width if tight else None)
    table.add_column(titles[-1], overflow="fold")
    for row in cells:
        # Customers' texts may hold square brackets, which are no mark-up.
        table.add_row(*map(escape, row))
    console.print()
    console.print(table)
    console.print()


def _parts(title: str) -> list[str]:
    """The pieces into which a title can be broken: words, and Chinese as it is."""
    return title.split() or [""]


@contextmanager
def progress() -> Iterator[Any]:
    """A progress line on a terminal; silence elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = bar.add_task("", total=1.0)

    def tell(fraction: float, what: Text) -> None:
        # Not before there is something to tell: the line would run into questions.
        bar.start()
        bar.update(task, completed=fraction, description=printable(str(what)))

    try:
        yield tell
    finally:
        bar.stop()


_NOT_FREE = Text(
    "“{given}” is none of the columns above, or was named already.",
    "“{given}”不在上面的列中，或已经用过。",
)


def ask_columns(headers: list[str], columns: list[Any]) -> dict[str, str]:
    """Ask for each header that is not understood which of our columns it is."""
    answers: dict[str, str] = {}
    titles = {str(column.title).casefold(): column.key for column in columns}
    say(Text("Some columns are not known. Choose from:", "有些列无法识别，可选："))
    say("  " + ", ".join(str(column.title) for column in columns))
    for header in headers:
        question = Text(
            f"Which column is “{header}”? (Enter to leave it out)",
            f"“{header}”是哪一列？（直接回车表示不导入）",
        )
        while given := typer.prompt(
            printable(str(question)), default="", show_default=False
        ).strip():
            key = titles.get(given.casefold())
            if key is not None and key not in answers.values():
                answers[header] = key
                break
            say(_NOT_FREE.fill(given=given))
    return answers
