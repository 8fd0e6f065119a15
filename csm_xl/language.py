"""The two languages of csm-xl: every sentence that a person reads exists in both.

A :class:`Text` holds the English and the Chinese wording side by side, so that one cannot be
written without the other. ``str(text)`` gives the wording in the language in force.
"""

from __future__ import annotations

import locale
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

_chosen: Language | None = None
_inside: ContextVar[Language | None] = ContextVar("csm_xl_language", default=None)


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence or label in English and Chinese.

    Parameters
    ----------
    en, zh : str
        The two wordings. Both may hold the same ``{name}`` fields, see :meth:`fill`.
    """

    en: str
    zh: str

    def __str__(self) -> str:
        return self.within(language())

    def within(self, lang: Language) -> str:
        """The wording in one language, ``"en"`` or ``"zh"``."""
        return self.zh if lang == "zh" else self.en

    def fill(self, **values: Any) -> Text:
        """A new Text with its ``{name}`` fields filled in; a Text value is filled per language."""

        def filled(lang: Language) -> str:
            own = {k: v.within(lang) if isinstance(v, Text) else v for k, v in values.items()}
            return self.within(lang).format(**own)

        return Text(filled("en"), filled("zh"))


def language() -> Language:
    """The language in force: the one chosen, else ``CSM_XL_LANG``, else the machine's, else English."""
    chosen = _inside.get() or _chosen
    if chosen is not None:
        return chosen
    named = os.environ.get("CSM_XL_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG")
    if not named:
        named = locale.getlocale()[0] or ""
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"


def set_language(lang: Language | None) -> None:
    """Choose the language of this process; None goes back to the machine's."""
    global _chosen
    if lang is not None and lang not in LANGUAGES:
        raise ValueError(f"language must be one of {LANGUAGES}, not {lang!r}")
    _chosen = lang


@contextmanager
def use_language(lang: Language | None) -> Iterator[None]:
    """Speak `lang` inside the ``with`` block, then the former language again; None changes nothing."""
    token = _inside.set(lang or _inside.get())
    try:
        yield
    finally:
        _inside.reset(token)
