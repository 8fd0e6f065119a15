"""What customers write, in a cell: SENTIMENT, PAIN_POINTS."""

from __future__ import annotations

from typing import Any

import numpy as np

from csm_xl.errors import COM_ERRORS, TAG, CsmError, NotAvailable, PassedError
from csm_xl.functions.declaration import worksheet_function
from csm_xl.functions.sources import STRATEGY
from csm_xl.language import Text, language, use_language
from csm_xl.vocabulary.cell_readers import COUNT, DATE
from csm_xl.vocabulary.cells import Rows, align, is_blank, one, rows_of, written

GROUP = Text("Feedback", "反馈")


@worksheet_function(
    GROUP,
    Text(
        "What a text sounds like, from -1 (complaint) to 1 (praise); Chinese and English.",
        "文字的情感倾向，-1（抱怨）到 1（好评），支持中文和英文。",
    ),
    {"text": Text("A text, or a column of texts.", "一段文字，或一列文字。")},
    returns="rows",
    example=Text(
        '=SENTIMENT("Fast delivery, lovely taste, thank you!")', '=SENTIMENT("很快，好吃，味道足")'
    ),
    source=f"{STRATEGY} §3.1",
)
def SENTIMENT(text: Any) -> Rows:
    """Sentiment of each text, row by row."""
    from csm_xl.feedback.sentiment_scores import sentiment

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


@worksheet_function(
    GROUP,
    Text(
        "What customers complain about and wish for: theme, kind, mentions, sentiment, an example, "
        "share of all texts; with dates also the trend.",
        "客户在抱怨什么、希望什么：主题、类别、提及次数、情感倾向、例句、占全部文字的比例；给出日期时还有趋势。",
    ),
    {
        "texts": Text("A column of texts.", "一列文字。"),
        "n": Text("How many themes; 10 if left out.", "主题个数，省略时为 10。"),
        "dates": Text(
            "When each text was written, for the trend; may be left out.",
            "每段文字的日期，用来判断趋势，可省略。",
        ),
    },
    hidden={"lang": "language"},
    returns="table",
    example=Text(
        '=PAIN_POINTS({"The room is noisy";"Thin walls, noisy room";"The breakfast was bad"},2)',
        '=PAIN_POINTS({"房间太吵";"房间隔音差";"早餐不好吃"},2)',
    ),
    source=f"{STRATEGY} §3.3",
)
def PAIN_POINTS(texts: Any, n: Any = None, dates: Any = None, lang: Any = None) -> Rows:
    """Pain points of a column of texts, the most mentioned first."""
    from csm_xl.feedback.pain_point_list import KINDS, TRENDS, pain_points

    number = one(n, COUNT, "n")
    cells = [cell for row in rows_of(texts) for cell in row]
    for cell in cells:
        if type(cell) is int and cell in COM_ERRORS:
            raise PassedError(COM_ERRORS[cell])
    found = pain_points(
        [cell if isinstance(cell, str) and not is_blank(cell) else None for cell in cells],
        10 if number is None else int(number),
        _days(dates, len(cells)),
    )
    if not found:
        raise NotAvailable(
            "These texts hold no complaint and no wish that could be named.",
            "这些文字中没有可归纳的抱怨或需求。",
        )
    with use_language(lang if lang in ("en", "zh") else language()):
        return [
            [
                str(point.theme),
                str(KINDS[point.kind]),
                float(point.mentions),
                float(point.mean_sentiment),
                point.example.replace(TAG, " "),
                float(point.share),
                *([] if dates is None else [str(TRENDS[point.trend]) if point.trend else ""]),
            ]
            for point in found
        ]


def _days(dates: Any, texts: int) -> list[float | None] | None:
    """The day of each text, None where it is blank; a column that ends earlier has no more days."""
    if dates is None:
        return None
    read = align(dates, DATE, "dates")
    for problem in read.problems.values():
        raise problem
    days = [None if np.isnan(day) else float(day) for day in read.values.ravel()[:texts]]
    return days + [None] * (texts - len(days))
