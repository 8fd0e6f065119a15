"""What each record of the hidden sheet must look like, so that one changed by hand is noticed.

A checksum tells that a text is the one that was stored; it does not tell who stored it. Whoever
edits a record can make the checksum fit, so what is read is looked at before anything relies on it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from csm_xl.company import (
    chosen_roles,
    contact_effect,
    history,
    ownership,
    playbook,
    scoring,
    silence,
    trajectory,
)
from csm_xl.errors import CsmError
from csm_xl.functions.records import Records, pack
from csm_xl.language import Text

#: No amount, date, weight or count of a company is larger; beyond it sums overflow.
_LARGEST = 1e15


def set_aside_damaged(records: Records) -> Records:
    """Move records that cannot be what csm-xl stored to those that are damaged.

    Parameters
    ----------
    records : Records
        Changed in place.

    Returns
    -------
    Records
        The same.
    """
    for name in list(records):
        shape = _SHAPES.get(name)
        if shape is not None and not _fits(shape, records[name].text):
            records.damaged[name] = [tuple(row) for row in pack([records.pop(name)])]
    return records


def _fits(shape: Callable[[str], object], text: str) -> bool:
    try:
        return shape(text) is not False
    except CsmError:
        # Whoever uses it says what is wrong, in a sentence of its own.
        return True
    except Exception:
        # Whatever goes wrong while a text is read means that csm-xl has not written it.
        return False


def _read(text: str) -> Any:
    """JSON whose numbers are finite and no larger than any that csm-xl stores."""
    found = json.loads(text, parse_constant=_no_number)
    return _bounded(found)


def _no_number(word: str) -> float:
    raise ValueError(word)


def _bounded(found: Any) -> Any:
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, (int, float)) and not abs(one) <= _LARGEST:
            raise ValueError(one)
    return found


def _texts(text: str) -> bool:
    found = _read(text)
    return isinstance(found, dict) and all(v is None or isinstance(v, str) for v in found.values())


def _numbers(text: str) -> bool:
    found = _read(text)
    return isinstance(found, dict) and all(
        v is None or (isinstance(v, (int, float)) and math.isfinite(v)) for v in found.values()
    )


def _pairs_by_name(text: str) -> bool:
    found = _read(text)
    return isinstance(found, Mapping) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair)
        for pair in found.values()
    )


def _roles(text: str) -> bool:
    found = _read(text)
    return isinstance(found, Mapping) and all(
        isinstance(columns, Mapping)
        and all(
            isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)
            for pair in columns.values()
        )
        for columns in found.values()
    )


def _model(text: str) -> object:
    from csm_xl.churn.formula import ChurnFormula

    return ChurnFormula.from_json(text)


def _purchases(text: str) -> object:
    from csm_xl.churn.bg_nbd import BgNbdModel
    from csm_xl.churn.lifetime_value import GammaGammaModel

    found = _read(text)
    values = found.get("values")
    return (
        BgNbdModel.from_dict(found["purchases"]),
        None if values is None else GammaGammaModel.from_dict(values),
    )


def _survival(text: str) -> object:
    from csm_xl.churn.survival import SurvivalModel

    return SurvivalModel.from_dict(_read(text))


def _tiers(text: str) -> object:
    from csm_xl.metrics import Tiers

    return Tiers.from_dict(_read(text))


def _trust(text: str) -> object:
    english, chinese = _read(text)
    return Text(str(english), str(chinese))


def _days(text: str) -> object:
    return [float(day) for day in _read(text)]


_SHAPES: dict[str, Callable[[str], object]] = {
    "model": _model,
    "source": _texts,
    "purchases": _purchases,
    "survival": _survival,
    "tiers": _tiers,
    "playbook": playbook.from_json,
    "loop": contact_effect.from_json,
    trajectory.RECORD: trajectory.from_json,
    history.QUALITY: _numbers,
    history.TRUST: _trust,
    silence.RECORD: _days,
    scoring.CUTS: _numbers,
    ownership.RECORD: _pairs_by_name,
    chosen_roles.RECORD: _roles,
}
