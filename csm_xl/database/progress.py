"""How far an engine is with a long query."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from csm_xl.database.sources import Source
from csm_xl.language import Text

Progress = Callable[[float, Text], None]
_SECONDS = 0.3
_ASK = (
    "SET enable_progress_bar = true",
    "SET enable_progress_bar_print = false",
    "SET progress_bar_time = 0",
)


@contextmanager
def watched(source: Source, progress: Progress | None, what: Text) -> Iterator[None]:
    """Tell how far the query is that runs meanwhile, where the engine knows it (DuckDB does)."""
    if progress is None:
        yield
        return
    progress(0.0, what)
    if source.dialect != "duckdb":
        yield
        return
    engine = source.connection.con
    for sql in _ASK:
        engine.execute(sql)
    over = threading.Event()

    def ask() -> None:
        told = 0.0
        while not over.wait(_SECONDS):
            share = min(engine.query_progress() / 100.0, 1.0)
            # Each query of several begins at nothing again.
            if share > told:
                told = share
                progress(share, what)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    try:
        yield
    finally:
        over.set()
        asking.join()
