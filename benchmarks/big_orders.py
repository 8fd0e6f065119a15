"""Figures and scores of 50 million orders of 2 million customers on DuckDB, beside SQL by hand.

Both read one Parquet file, count the same figures, score by the same model and write the same table,
each in a process of its own with the same bounds of memory; what they write is compared before the
times are. Prints the ratio of processor times without imports (at most 1.2 is promised), the peak of
memory of ours (at most 4 GiB), and the time at 50 million by ten times that at 5 million (linear: about 1).

    python benchmarks/big_orders.py [millions] [FOLDER]
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from csm_xl.churn.formula import ChurnFormula, LeafRule, NumericTerm
from csm_xl.churn.orders import FEATURES

TODAY, FIRST, WINDOW = 45_500, 44_400, 90
MEMORY = "2GB"
INF = float("inf")
#: A model as trainings give them: hinges, and rules that share conditions.
MODEL = ChurnFormula(
    intercept=-1.2,
    numeric=(
        NumericTerm("days_since", 60.0, 0.4, (10.0, 45.0, 120.0), (0.004, 0.011, -0.006), 900.0),
        NumericTerm("orders", 8.0, 0.0, (1.0, 6.0), (-0.05, 0.03), 400.0),
        NumericTerm("gap_trend", 1.0, 0.1, (0.5, 1.5), (0.2, 0.15), 20.0),
        NumericTerm("spend_now", 50.0, 0.0, (0.0,), (-0.0006,), 20_000.0),
        NumericTerm("refund_share", 0.0, 0.05, (0.1,), (0.9,), 1.0),
    ),
    text=(),
    rules=(
        LeafRule(0.21, ((0, 30.0, INF), (1, -INF, 4.0))),
        LeafRule(-0.13, ((0, 30.0, INF), (3, 120.0, INF))),
        LeafRule(-0.3, ((0, -INF, 7.0),)),
        LeafRule(0.08, ((2, 1.2, INF), (4, 0.05, INF))),
    ),
    features=("days_since", "orders", "gap_trend", "spend_now", "refund_share"),
)
BY_HAND = f"""
COPY (
WITH lines AS (
  SELECT customer_id AS customer, date_diff('day', DATE '1899-12-30', date) AS day, amount
  FROM read_parquet('{{source}}') WHERE customer_id IS NOT NULL AND date IS NOT NULL
), daily AS (
  SELECT customer, day, sum(amount) AS sales, count(*) AS orders
  FROM lines WHERE amount >= 0 AND day <= {TODAY} GROUP BY customer, day
), placed AS (
  SELECT *, row_number() OVER (PARTITION BY customer ORDER BY day) - 1 AS place,
    count(*) OVER (PARTITION BY customer) AS n FROM daily
), bought AS (
  SELECT customer, count(*) AS days, min(day) AS first, max(day) AS last,
    max(CASE WHEN place = n // 2 THEN day END) AS middle,
    sum(orders) AS orders, sum(sales) AS sales,
    coalesce(sum(orders) FILTER (day > {TODAY - WINDOW}), 0) AS orders_now,
    coalesce(sum(orders) FILTER (day <= {TODAY - WINDOW} AND day > {TODAY - 2 * WINDOW}), 0) AS orders_before,
    coalesce(sum(sales) FILTER (day > {TODAY - WINDOW}), 0) AS sales_now,
    coalesce(sum(sales) FILTER (day <= {TODAY - WINDOW} AND day > {TODAY - 2 * WINDOW}), 0) AS sales_before
  FROM placed GROUP BY customer
), refunds AS (
  SELECT customer, -sum(amount) AS back,
    -coalesce(sum(amount) FILTER (day > {TODAY - WINDOW}), 0) AS back_now,
    -coalesce(sum(amount) FILTER (day <= {TODAY - WINDOW} AND day > {TODAY - 2 * WINDOW}), 0) AS back_before
  FROM lines WHERE amount < 0 AND day <= {TODAY} GROUP BY customer
), figures AS (
  SELECT customer, {TODAY} - last AS days_since, {TODAY} - first AS days_as_customer, orders,
    sales - coalesce(back, 0) AS revenue, sales / orders AS average_order,
    30.0 * days / ({TODAY} - first + 30) AS order_rate,
    CASE WHEN days > 2 AND middle > first THEN
      ((last - middle) / (days - 1 - days // 2)) / ((middle - first) / (days // 2)) END AS gap_trend,
    ({TODAY} - last) / ((last - first + 30) / days) AS silence,
    orders_now AS usage_now, orders_before AS usage_before,
    sales_now - coalesce(back_now, 0) AS spend_now, sales_before - coalesce(back_before, 0) AS spend_before,
    CASE WHEN sales > 0 THEN least(coalesce(back, 0) / sales, 1.0) END AS refund_share
  FROM bought LEFT JOIN refunds USING (customer)
), readings AS (
  SELECT *, least(days_since, 900.0) AS x0, least(orders, 400.0) AS x1,
    coalesce(least(gap_trend, CASE WHEN gap_trend IS NOT NULL THEN 20.0 END), 1.0) AS x2,
    least(spend_now, 20000.0) AS x3, coalesce(refund_share, 0.0) AS x4 FROM figures
), odds AS (
  SELECT *, -1.2 + 0.004 * greatest(0, x0 - 10) + 0.011 * greatest(0, x0 - 45) - 0.006 * greatest(0, x0 - 120)
    - 0.05 * greatest(0, x1 - 1) + 0.03 * greatest(0, x1 - 6)
    + 0.2 * greatest(0, x2 - 0.5) + 0.15 * greatest(0, x2 - 1.5)
    + CASE WHEN gap_trend IS NULL THEN 0.1 ELSE 0 END - 0.0006 * greatest(0, x3)
    + 0.9 * greatest(0, x4 - 0.1) + CASE WHEN refund_share IS NULL THEN 0.05 ELSE 0 END
    + CASE WHEN x0 > 30 AND x1 <= 4 THEN 0.21 ELSE 0 END + CASE WHEN x0 > 30 AND x3 > 120 THEN -0.13 ELSE 0 END
    + CASE WHEN x0 <= 7 THEN -0.3 ELSE 0 END + CASE WHEN x2 > 1.2 AND x4 > 0.05 THEN 0.08 ELSE 0 END AS z
  FROM readings
)
SELECT * EXCLUDE (x0, x1, x2, x3, x4, z), 1 / (1 + exp(-z)) AS churn_probability FROM odds
) TO '{{out}}'
"""


def generate(path: Path, orders: int, customers: int) -> None:
    """Orders of three years; some customers order much more often than others."""
    with duckdb.connect() as con:
        con.execute(
            f"""COPY (SELECT
                10000 + CAST(floor({customers} * pow((hash(range) % 2147483647) / 2147483648.0, 1.5)) AS BIGINT) AS customer_id,
                CAST(DATE '1899-12-30' + CAST({FIRST} + hash(range + 5) % {TODAY - FIRST + 30} AS INTEGER)
                    AS TIMESTAMP) AS date,
                round(CASE WHEN hash(range + 3) % 25 = 0 THEN -1 ELSE 1 END
                    * (5 + (hash(range + 7) % 20000) / 100.0), 2) AS amount
            FROM range({orders})) TO '{path}'"""
        )


def by_hand(source: Path, out: Path) -> None:
    """As an analyst would write it."""
    with tempfile.TemporaryDirectory() as spill, duckdb.connect() as con:
        con.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = '{spill}'")
        con.execute(BY_HAND.format(source=source, out=out))


def ours(source: Path, out: Path) -> None:
    """By csm-xl."""
    from csm_xl.database.scoring import score_orders

    titles = {key: key for key in FEATURES}
    score_orders(
        str(source), MODEL, titles, TODAY, out,
        window_days=WINDOW, new_days=-1e9, silent_days=1e9, force=True,
    )  # fmt: skip


def timed(which: str, source: Path, out: Path) -> tuple[float, float]:
    """Seconds of the processor and peak GiB of one of the two, in a process of its own."""
    words = [sys.executable, __file__, "--one", which, str(source), str(out)]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
    return float(said[0]), float(said[1])


def compare(one: Path, other: Path) -> None:
    """Refuse to go on where the two tables differ."""
    columns = [name for name in FEATURES if name in duckdb.read_parquet(str(one)).columns]
    worst = ", ".join(
        f"max(abs(a.{c} - b.{c}) / greatest(1, abs(b.{c})))"
        for c in [*columns, "churn_probability"]
    )
    unlike = " OR ".join(f"(a.{c} IS NULL) <> (b.{c} IS NULL)" for c in columns)
    row = duckdb.sql(
        f"SELECT count(*), sum(CASE WHEN {unlike} THEN 1 ELSE 0 END), greatest({worst}) "
        f"FROM read_parquet('{one}') a FULL JOIN read_parquet('{other}') b USING (customer)"
    ).fetchone()
    print(f"  {row[0]:,} customers, {row[1]} blanks unlike, largest difference {row[2]:.1e}")
    assert row[1] == 0 and row[2] < 1e-9, "the figures differ"


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        import ibis.backends.duckdb  # noqa: F401

        before = resource.getrusage(resource.RUSAGE_SELF)
        {"ours": ours, "by_hand": by_hand}[sys.argv[2]](Path(sys.argv[3]), Path(sys.argv[4]))
        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
        print(seconds, used.ru_maxrss / (1 << 20))
        return
    millions = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as name:
        folder, seconds = Path(name), {}
        for n in (millions // 10, millions):
            source = folder / f"{n}.parquet"
            generate(source, n * 1_000_000, n * 40_000)
            (hand, hand_peak), (own, peak) = (
                timed(which, source, folder / f"{which}.parquet") for which in ("by_hand", "ours")
            )
            print(f"{n} million orders: by hand {hand:.1f} s, ours {own:.1f} s, ratio {own / hand:.2f}, "
                  f"peak {peak:.2f} GiB (by hand {hand_peak:.2f})", flush=True)  # fmt: skip
            compare(folder / "ours.parquet", folder / "by_hand.parquet")
            seconds[n] = own
            source.unlink()
        small, large = seconds.values()
        print(f"growth: {large / small / 10:.2f} of linear")


if __name__ == "__main__":
    main()
