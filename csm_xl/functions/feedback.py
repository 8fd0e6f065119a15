"""What customers write, in a cell: SENTIMENT."""

from __future__ import annotations

from typing import Any

import numpy as np

from csm_xl.cells import Rows, is_blank, rows_of, written
from csm_xl.declaration import worksheet_function
from csm_xl.errors import COM_ERRORS, CsmError, PassedError
from csm_xl.functions.sources import STRATEGY
from csm_xl.language import Text

GROUP = Text("Feedback", "反馈")


@worksheet_function(
    GROUP,
    Text(
        "What a text sounds like, from -1 (complaint) to 1 (praise); Chinese and English.",
        "文字的情感，-1（抱怨）到 1（好评），支持中文和英文。",
    ),
    {"text": Text("A text, or a column of texts.", "一段文字，或一列文字。")},
    returns="rows",
    example='=SENTIMENT("很快，好吃，味道足")',
    source=f"{STRATEGY} §3.1",
)
def SENTIMENT(text: Any) -> Rows:
    """Sentiment of each text, row by row."""
    from csm_xl.feedback.sentiment import sentiment

    rows = rows_of(text)
    width = max(map(len, rows))
    cells = [cell for row in rows for cell in (*row, *[None] * (width - len(row)))]
    problems: dict[tuple[int, int], CsmError] = {
        divmod(i, width): PassedError(COM_ERRORS[cell])
        for i, cell in enumerate(cells)
        if type(cell) is int and cell in COM_ERRORS
    }
    texts = [cell if isinstance(cell, str) and not is_blank(cell) else None for cell in cells]
    scores = np.asarray(sentiment(texts), dtype=float)
    return written(scores.reshape(len(rows), width), problems)
