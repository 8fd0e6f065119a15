"""Churn from orders, out of time: trained at earlier cut-offs, scored at a later one.

The data is UCI Online Retail, one row per invoice. Everything up to the scoring day is known to
every model, nothing after it: labels of the training set end there, and BG/NBD is fitted on the
orders until then. Who is scored: customers still active on that day (an order within the
horizon) and known for 30 days; what is judged: no order within the horizon after it.

* ours: csm_xl's order features and churn model
* recency: logistic regression on the days since the last order, on the same training rows
* BG/NBD: its probability of no order within the horizon

    python benchmarks/churn_orders.py [horizon days ...]

Finds the data by CSM_XL_DATA, else in shared/data beside the checkout.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

from csm_xl.churn.bg_nbd import fit_bg_nbd
from csm_xl.churn.history import read_history
from csm_xl.churn.labels import NEW_DAYS, training_set
from csm_xl.churn.orders import order_features
from csm_xl.churn.training import train

DATA = Path(os.environ.get("CSM_XL_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
#: Horizons, and how many days before the last possible day is scored.
HORIZONS, EARLIER = (60, 90, 120), (0, 30)


def online_retail() -> pd.DataFrame:
    """The orders, in csm-xl's columns."""
    frame = pd.read_csv(DATA / "online_retail_orders.csv", parse_dates=["InvoiceDate"])
    return frame.rename(
        columns={
            "InvoiceNo": "order_id",
            "InvoiceDate": "date",
            "CustomerID": "customer_id",
            "TotalPrice": "amount",
        }
    )


def compare(
    orders: pd.DataFrame, horizon: int, day: pd.Timestamp
) -> tuple[dict[str, tuple[float, float]], int, float]:
    """Log-loss and AUC of each model on the customers of one day, how many, and how many left."""
    past = orders[orders["date"] <= day]
    trained = training_set(past, horizon_days=horizon, today=day)
    record = read_history(past, today=day)
    scored = order_features(record)
    judged = (scored["days_as_customer"] >= NEW_DAYS) & (scored["days_since"] <= horizon)
    features = scored[judged]
    after = orders[(orders["date"] > day) & (orders["date"] <= day + pd.Timedelta(days=horizon))]
    left = ~features.index.isin(after["customer_id"].astype(str).unique())

    formula = train(
        trained.features, trained.label, groups=trained.groups, horizon_days=horizon
    ).formula
    recency = LogisticRegression(C=1e6).fit(trained.features[["days_since"]], trained.label)
    history = record.orders
    last = history.until(int(history.day.max())) - 1
    repeat = last - history.begin
    span = history.day[last] - history.day[history.begin]
    age = (day - pd.Timestamp("1899-12-30")).days - history.day[history.begin]
    purchases = fit_bg_nbd(repeat, span, age)
    predictions = {
        "ours": formula.probability(features),
        "recency": recency.predict_proba(features[["days_since"]])[:, 1],
        "BG/NBD": purchases.none_within(repeat, span, age, horizon)[judged],
    }
    figures = {
        name: (log_loss(left, np.clip(p, 1e-6, 1 - 1e-6)), roc_auc_score(left, p))
        for name, p in predictions.items()
    }
    return figures, len(left), float(left.mean())


def main() -> int:
    if not (DATA / "online_retail_orders.csv").exists():
        print("online_retail_orders.csv is absent: set CSM_XL_DATA to the folder that holds it.")
        return 1
    orders = online_retail()
    horizons = [int(word) for word in sys.argv[1:]] or HORIZONS
    rows = []
    print("horizon  scored on   customers  left     log-loss                     AUC")
    print(
        "                                         ours   recency  BG/NBD       ours   recency  BG/NBD"
    )
    for horizon in horizons:
        for earlier in EARLIER:
            day = orders["date"].max() - pd.Timedelta(days=horizon + earlier)
            figures, n, share = compare(orders, horizon, day)
            rows.append([[figures[name][k] for name in figures] for k in (0, 1)])
            print(f"{horizon:5d} d  {day:%Y-%m-%d}  {n:9,d}  {share:5.1%}   ", end="")
            print(*(f"{v:7.4f}" for v in rows[-1][0]), "   ", *(f"{v:7.4f}" for v in rows[-1][1]))
    mean = np.mean(rows, axis=0)
    print(f"{'mean':>36s}    ", end="")
    print(*(f"{v:7.4f}" for v in mean[0]), "   ", *(f"{v:7.4f}" for v in mean[1]))
    ahead = mean[0][0] < min(mean[0][1:]) and mean[1][0] > max(mean[1][1:])
    print("ours is ahead of both" if ahead else "ours is NOT ahead of both")
    return 0 if ahead else 1


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    raise SystemExit(main())
