"""Features, lifecycle and RFM of 1,000,000 orders, beside a hand-written pandas group-by.

Both compute the same figures from the same frame in one run, alternating, and the figures are
compared before the times are. Prints the two times and their ratio (at most 1.5 is promised).

    python benchmarks/order_features.py [orders] [customers] [rounds]
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

from csm_xl.churn.history import read_history
from csm_xl.churn.orders import order_features
from csm_xl.metrics import lifecycle, rfm

WINDOW = 90


def some_orders(n: int, customers: int) -> pd.DataFrame:
    """Unsorted orders of three years; some customers order much more often than others."""
    rng = np.random.default_rng(7)
    chance = rng.gamma(0.8, size=customers)
    who = rng.choice(customers, size=n, p=chance / chance.sum())
    day = rng.integers(0, 1095, n)
    amount = rng.gamma(2.0, 30.0, n).round(2)
    amount[rng.random(n) < 0.04] *= -1.0
    date = pd.Timestamp("2022-01-01") + pd.to_timedelta(day, unit="D")
    return pd.DataFrame({"customer_id": who + 10_000, "date": date, "amount": amount})


def ours(frame: pd.DataFrame) -> pd.DataFrame:
    """By csm-xl."""
    features = order_features(read_history(frame), window_days=WINDOW)
    features["stage"] = lifecycle(
        features["days_as_customer"],
        features["days_since"],
        features["usage_now"],
        features["usage_before"],
    ).values
    scores = rfm(features["days_since"], features["orders"], features["revenue"]).values
    for i, letter in enumerate("rfm"):
        features[letter] = scores[:, i]
    return features


def by_hand(frame: pd.DataFrame) -> pd.DataFrame:
    """The same by pandas, as an analyst would write it."""
    today = frame["date"].max()
    bought = frame[frame["amount"] >= 0]
    refunds = frame[frame["amount"] < 0]
    out = bought.groupby("customer_id").agg(
        first=("date", "min"),
        last=("date", "max"),
        orders=("amount", "size"),
        sales=("amount", "sum"),
    )
    refunded = -refunds.groupby("customer_id")["amount"].sum()
    refunded = refunded.reindex(out.index, fill_value=0.0)
    out["days_since"] = (today - out["last"]).dt.days
    out["days_as_customer"] = (today - out["first"]).dt.days
    out["revenue"] = out["sales"] - refunded
    out["average_order"] = out["sales"] / out["orders"]

    visits = bought[["customer_id", "date"]].drop_duplicates().sort_values(["customer_id", "date"])
    grouped = visits.groupby("customer_id")["date"]
    days = grouped.size()
    span = (out["last"] - out["first"]).dt.days
    out["order_rate"] = 30 * days / (out["days_as_customer"] + 30)
    place = grouped.cumcount()
    middle = visits[place == visits["customer_id"].map(days // 2)].set_index("customer_id")["date"]
    later = (out["last"] - middle).dt.days / (days - 1 - days // 2)
    earlier = (middle - out["first"]).dt.days / (days // 2)
    out["gap_trend"] = (later / earlier).where(days > 2)
    out["silence"] = out["days_since"] / ((span + 30) / days)

    for name, until in (("now", today), ("before", today - pd.Timedelta(days=WINDOW))):
        since = until - pd.Timedelta(days=WINDOW)
        inside = frame[(frame["date"] > since) & (frame["date"] <= until)]
        spend = inside.groupby("customer_id")["amount"].sum()
        orders = inside[inside["amount"] >= 0].groupby("customer_id").size()
        out[f"usage_{name}"] = orders.reindex(out.index, fill_value=0)
        out[f"spend_{name}"] = spend.reindex(out.index, fill_value=0.0)
    out["refund_share"] = (refunded / out["sales"].where(out["sales"] > 0)).clip(upper=1.0)

    now, before = out["usage_now"], out["usage_before"]
    out["stage"] = np.select(
        [
            (out["days_as_customer"] == 0) & (now == 0) & (before == 0),
            out["days_as_customer"] <= 30,
            (out["days_since"] > 90) | (now < 0.5 * before),
            now > 1.2 * before,
        ],
        [1, 2, 5, 3],
        default=4,
    )
    for letter, column in (("r", -out["days_since"]), ("f", out["orders"]), ("m", out["revenue"])):
        rank = column.rank(method="average")
        out[letter] = np.ceil(5 * (2 * rank - 1) / (2 * len(out))).astype(int)
    return out.drop(columns=["first", "last", "sales"])


def compare(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """Stop unless both hold the same figures."""
    a = a.set_index(a.index.astype(int)).sort_index()
    a = a[a["orders"].notna()]
    assert a.index.tolist() == b.index.tolist()
    assert sorted(a.columns) == sorted(b.columns)
    for name in b.columns:
        np.testing.assert_allclose(
            a[name].astype(float), b[name].astype(float), rtol=1e-9, atol=1e-7, err_msg=name
        )


def main() -> None:
    given = [int(word) for word in sys.argv[1:]]
    n, customers, rounds = given + [1_000_000, 100_000, 5][len(given) :]
    frame = some_orders(n, customers)
    compare(ours(frame), by_hand(frame))
    taken: dict[str, list[float]] = {"csm-xl": [], "pandas by hand": []}
    for _ in range(rounds):
        for name, function in (("csm-xl", ours), ("pandas by hand", by_hand)):
            start = time.perf_counter()
            function(frame)
            taken[name].append(time.perf_counter() - start)
    best = {name: min(times) for name, times in taken.items()}
    print(f"{n:,} orders of {customers:,} customers, best of {rounds}")
    for name, seconds in best.items():
        print(f"  {name:16s} {seconds:6.2f} s")
    print(f"  ratio            {best['csm-xl'] / best['pandas by hand']:6.2f}")


if __name__ == "__main__":
    main()
