"""Where each customer stands, in a cell: LIFECYCLE, LOYALTY_TIER."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from csm_xl import metrics
from csm_xl.errors import CsmError
from csm_xl.functions.declaration import worksheet_function
from csm_xl.functions.records import known
from csm_xl.functions.rows import upright
from csm_xl.functions.sources import PRACTICE, STRATEGY
from csm_xl.language import Text, language, use_language
from csm_xl.native import customers
from csm_xl.native.forms import RowForm
from csm_xl.vocabulary.cell_readers import COUNT, NUMBER
from csm_xl.vocabulary.cells import Rows, align, is_blank, left_out, one, together, written

#: Stored tiers serve a range whose columns lie this near to what they were fitted on, in units
#: of their spread: the same customers, a few of whom changed.
SAME_CUSTOMERS = 0.25


@worksheet_function(
    Text("Lifecycle", "生命周期"),
    Text(
        "Lifecycle stage: Exploration, Trial, Growth, Maturity or Decline, row by row.",
        "生命周期阶段：探索期、试用期、成长期、成熟期或衰退期，逐行判断。",
    ),
    {
        "tenure_days": Text("Days since the customer started.", "成为客户以来的天数。"),
        "days_since_last": Text("Days since the last order or use.", "距上次购买或使用的天数。"),
        "usage_now": Text("Orders or visits in the recent window.", "近期的购买或使用次数。"),
        "usage_before": Text(
            "Orders or visits in the window before that.", "再往前同样时长内的购买或使用次数。"
        ),
    },
    hidden={
        "trial_days": "setting.trial_days",
        "silent_days": "setting.silence_days",
        "decline_ratio": "setting.decline_ratio",
        "growth_ratio": "setting.growth_ratio",
        "lang": "language",
    },
    returns="rows",
    example="=LIFECYCLE(200,5,12,6)",
    source=f"{PRACTICE} §2",
    native=RowForm((COUNT,) * 4, customers.lifecycle, upright=True, told=True),
)
def LIFECYCLE(
    tenure_days: Any,
    days_since_last: Any,
    usage_now: Any,
    usage_before: Any,
    trial_days: Any = None,
    silent_days: Any = None,
    decline_ratio: Any = None,
    growth_ratio: Any = None,
    lang: Any = None,
) -> Rows:
    """Stage of each customer, in the workbook's language."""
    defaults = metrics.Thresholds()
    set_by_owner = {
        name: one(cell, COUNT, name)
        for name, cell in (
            ("trial_days", trial_days),
            ("silent_days", silent_days),
            ("decline_ratio", decline_ratio),
            ("growth_ratio", growth_ratio),
        )
    }
    thresholds = metrics.Thresholds(
        **{k: getattr(defaults, k) if v is None else v for k, v in set_by_owner.items()}
    )
    arrays, problems = together(
        *(
            align(upright(cells), COUNT, name)
            for name, cells in (
                ("tenure_days", tenure_days),
                ("days_since_last", days_since_last),
                ("usage_now", usage_now),
                ("usage_before", usage_before),
            )
        )
    )
    tenure, silence, now, before = (array[:, 0] for array in arrays)
    found = metrics.lifecycle(tenure, silence, now, before, thresholds)
    for row, problem in enumerate(found.problems):
        if problem is not None:
            problems.setdefault((row, 0), problem)
    rows = written(np.full((len(found.values), 1), np.nan), problems)
    with use_language(lang if lang in ("en", "zh") else language()):
        names = {code: str(name) for code, name in metrics.STAGES.items()}
    for row, code in enumerate(found.values):
        if code and (row, 0) not in problems:
            rows[row][0] = names[int(code)]
    return rows


@worksheet_function(
    Text("Loyalty", "忠诚度"),
    Text(
        "Loyalty tier of each customer by k-means, from 1 (lowest).",
        "用 k 均值聚类得出的忠诚层级，1 为最低。",
    ),
    {
        "features": Text(
            "One row per customer; in every column more is more loyal (orders, spend ...).",
            "每行一位客户；每列数值越大表示越忠诚（订单数、消费额等）。",
        ),
        "tiers": Text("How many tiers; 3 if left out.", "层级个数，省略时为 3。"),
    },
    hidden={"stored": "tiers"},
    returns="rows",
    example="=LOYALTY_TIER({1,40;2,90;9,800;11,950;30,4000},3)",
    source=f"{STRATEGY} §3.2",
)
def LOYALTY_TIER(features: Any, tiers: Any = None, stored: Any = None) -> Rows:
    """Tier of each row; the centres of the last refresh serve while they fit the range."""
    number = one(tiers, NUMBER, "tiers")
    wanted = 3 if number is None else number
    read = align(features, NUMBER, "features")
    problems: dict[tuple[int, int], CsmError] = {}
    for (row, _), problem in sorted(read.problems.items()):
        problems.setdefault((row, 0), problem)
    table = read.values.copy()
    table[[row for row, _ in problems]] = np.nan
    fitted = _stored_tiers(stored, table, wanted)
    if fitted is None:
        fitted = metrics.fit_tiers(table, wanted)
    found = metrics.assign_tiers(fitted, table)
    for row, problem in enumerate(found.problems):
        if problem is not None:
            problems.setdefault((row, 0), problem)
    values = np.where(found.values == 0, np.nan, found.values.astype(float))
    return written(values[:, None], problems)


def _stored_tiers(stored: Any, table: np.ndarray, wanted: float) -> metrics.Tiers | None:
    """The tiers that a refresh stored, when they were made of this very kind of range."""
    if is_blank(stored) or left_out(stored):
        return None
    tiers = known(stored, _tiers_from_json)
    complete = table[~np.isnan(table).any(axis=1)]
    if len(tiers.centres) != wanted or len(tiers.mean) != table.shape[1] or not len(complete):
        return None
    log = np.array(tiers.log, dtype=bool)
    logged = complete.copy()
    logged[:, log] = np.log1p(np.maximum(logged[:, log], 0))
    away = np.abs(logged.mean(axis=0) - tiers.mean) / tiers.scale
    return tiers if (away <= SAME_CUSTOMERS).all() else None


def _tiers_from_json(text: str) -> metrics.Tiers:
    return metrics.Tiers.from_dict(json.loads(text))
