"""Who orders again after a silence, by the model of orders."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np

from csm_xl.company.frames import Company
from csm_xl.company.order_training import purchase_rows
from csm_xl.metrics.rows import Floats

#: Who does not order for so many horizons more, once silent for one, is lost for good.
FOR_GOOD = 2


def chance_of_order(
    company: Company, records: Mapping[str, str], within: float, after: float = 0.0
) -> Floats:
    """Each customer's chance of an order, by the model of orders (BG/NBD).

    Parameters
    ----------
    company : Company
    records : mapping of str to str
        The further models, as texts.
    within : float
        Days.
    after : float
        From so many days ahead on, should there be no order until then.

    Returns
    -------
    ndarray of float, shape (n,)
        NaN without a model or without an order.
    """
    from csm_xl.churn.bg_nbd import BgNbdModel

    found = np.full(len(company.keys), np.nan)
    stored = json.loads(records["purchases"]).get("purchases") if "purchases" in records else None
    if stored is None:
        return found
    model = BgNbdModel.from_dict(stored)
    rows = purchase_rows(company)
    unit = model.days_per_unit
    span, age = np.array(rows["first_to_last"]), np.array(rows["since_first"]) + after
    repeat = np.array(rows["orders"]) - 1.0
    found[np.array(rows["row"], dtype=int)] = 1.0 - model.none_within(
        repeat, span / unit, age / unit, within / unit
    )
    return found
