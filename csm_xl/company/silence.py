"""From how long on a shop's customer is silent: one number for Customers, Dashboard, Retention and History."""

from __future__ import annotations

import json
from collections.abc import Mapping

from csm_xl.company.frames import Company
from csm_xl.company.order_training import notes_leaving
from csm_xl.company.settings import Settings
from csm_xl.vocabulary import layout

#: The record of what csm-xl has written into Settings so far.
RECORD = "silence_days"


def silent_after(
    settings: Settings, records: Mapping[str, str], horizon_days: float | None
) -> float:
    """Days without an order after which a customer counts as silent.

    What the owner set in Settings; else the horizon, for which leaving was learned.

    Parameters
    ----------
    settings : Settings
    records : mapping of str to str
        The workbook's records.
    horizon_days : float or None
        The model's; None without a model.
    """
    held = settings.number("silence_days")
    if horizon_days is None or _is_owners(held, records):
        return held
    return float(horizon_days)


def new_silence(
    company: Company | None, records: Mapping[str, str], horizon_days: float | None
) -> tuple[float | None, dict[str, str]]:
    """What Settings is to show after a training, and the record of it; None where it stays.

    It stays where the owner set it, or notes who left, so that silence is not taken for leaving.

    Parameters
    ----------
    company : Company or None
    records : mapping of str to str
        Of the time before.
    horizon_days : float or None
        Of the new model.
    """
    if company is None or horizon_days is None or notes_leaving(company):
        return None, {}
    if _is_owners(company.settings.number("silence_days"), records):
        return None, {}
    written = [*_written(records), float(horizon_days)]
    return float(horizon_days), {RECORD: json.dumps(list(dict.fromkeys(written)))}


def _is_owners(held: float, records: Mapping[str, str]) -> bool:
    return held not in (layout.setting("silence_days").default, *_written(records))


def _written(records: Mapping[str, str]) -> list[float]:
    return list(json.loads(records[RECORD])) if RECORD in records else []
