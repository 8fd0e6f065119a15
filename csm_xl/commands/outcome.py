"""What a command says when it is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from csm_xl.company.training import Cancellation, Progress
from csm_xl.language import Text

__all__ = ["Cancellation", "Outcome", "Progress"]


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
