"""What a command says when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from csm_xl.language import Text

#: Told how far the work is, 0 to 1, and what is being done.
Progress = Callable[[float, Text], None]
#: Asked often; a true answer stops the work.
Cancellation = Callable[[], bool]


@dataclass(frozen=True)
class Outcome:
    """The result of a command, for a message box, the status bar or a terminal.

    Attributes
    ----------
    message : Text
        What was done, in one or two sentences.
    warnings : tuple of Text
        What the owner should know before relying on it.
    table : tuple of tuple
        Rows to show, under `headers`.
    headers : tuple of Text
    more : dict
        What a program reads beside these (``csm-xl --json``), under names of the command's own.
    """

    message: Text
    warnings: tuple[Text, ...] = ()
    headers: tuple[Text, ...] = ()
    table: tuple[tuple, ...] = field(default=(), repr=False)
    more: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
