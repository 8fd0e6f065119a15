"""How long training and scoring take, as ratios in one run.

    python benchmarks/churn_speed.py                  everything
    python benchmarks/churn_speed.py --sizes 500 10000

Training: the whole of `train` (model, folds, report, comparison) over one fit of a random forest
of 100 trees on the same customers, both in seconds of processor time, so that other work on the
machine does not count; seconds by the clock and peak memory beside it. Scoring: `CHURN_PROB`'s
path (raw cells to probabilities) over `predict_proba` of the same kind of blend in scikit-learn,
both in processor time; and what a fresh process imports on its first score.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

FEATURES = 20
SCORED = 100_000


def customers(n: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """n customers with 14 numbers (some with holes) and 6 texts."""
    rng = np.random.default_rng(seed)
    columns: dict[str, np.ndarray] = {}
    z = np.full(n, -1.3)
    for k in range(14):
        x = np.round(rng.lognormal(3, 0.6, n) if k % 2 else rng.normal(50, 15, n), 2)
        if k < 5:
            z += 0.4 * (x - x.mean()) / x.std() * (1 if k % 2 else -1)
        if k % 5 == 4:
            x[rng.random(n) < 0.1] = np.nan
        columns[f"number {k}"] = x
    for k in range(6):
        levels = 3 + 4 * k
        codes = rng.integers(0, levels, n)
        z += 0.5 * (codes == 0)
        columns[f"text {k}"] = np.array([f"level {c}" for c in range(levels)], dtype=object)[codes]
    z += 1.2 * ((columns["number 0"] > 60) & (columns["text 0"] == "level 1"))
    return pd.DataFrame(columns), (rng.random(n) < 1 / (1 + np.exp(-z))).astype(int)


def encoded(frame: pd.DataFrame) -> np.ndarray:
    """Numbers with medians for holes, and a column per category."""
    return pd.get_dummies(frame.fillna(frame.median(numeric_only=True))).to_numpy(float)


def train_one(n: int) -> None:
    """Train on n customers in this process, and print what it took."""
    import resource

    from csm_xl.churn.training import train

    frame, y = customers(n)
    began, busy = time.perf_counter(), time.process_time()
    trained = train(frame, y, n_jobs=None)
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    rules = len(trained.formula.rules)
    print(json.dumps({"seconds": seconds, "busy": busy, "peak": peak, "rules": rules}))


def forest_seconds(n: int) -> float:
    """One fit of the forest that the comparison is made with."""
    from sklearn.ensemble import RandomForestClassifier

    frame, y = customers(n)
    matrix = encoded(frame)
    began = time.process_time()
    RandomForestClassifier(n_estimators=100, random_state=42).fit(matrix, y)
    return time.process_time() - began


def training(sizes: list[int]) -> bool:
    """Print the table of training; whether the bounds hold."""
    fine = True
    last: tuple[int, float] | None = None
    for n in sizes:
        forest = forest_seconds(n)
        out = subprocess.run(
            [sys.executable, __file__, "--train-one", str(n)],
            check=True,
            capture_output=True,
            text=True,
        )
        took = json.loads(out.stdout.splitlines()[-1])
        ratio = took["busy"] / forest
        print(
            f"train with report, {n:>7,} x {FEATURES}: {took['seconds']:.0f} s by the clock, "
            f"{took['busy']:.1f} s busy = {ratio:.1f} x one forest fit ({forest:.2f} s); peak "
            f"{took['peak']:.2f} GiB; {took['rules']} rules",
            flush=True,
        )
        if last is not None:
            growth = (took["busy"] / last[1]) / (n / last[0])
            print(f"    grew {growth:.2f} x as fast as the number of customers")
            if n > 10_000:
                fine &= growth <= 1.1
        last = (n, took["busy"])
        if n == 10_000:
            fine &= ratio <= 15
        if n == 100_000:
            fine &= ratio <= 12 and took["peak"] <= 1.0
        if n <= 500:
            fine &= took["seconds"] < 15
        fine &= took["peak"] < 2
    return fine


def scoring() -> bool:
    """Print the ratio of scoring; whether the bounds hold."""
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, SplineTransformer, StandardScaler

    from csm_xl.churn.formula import ChurnFormula
    from csm_xl.churn.training import train

    frame, y = customers(3000)
    formula = ChurnFormula.from_json(train(frame, y).formula.to_json())
    many, _ = customers(SCORED, seed=1)
    texts = [name for name in frame if frame[name].dtype == object]
    numbers = [name for name in frame if name not in texts]

    def pipe(lines, model):
        return make_pipeline(
            make_column_transformer(
                (make_pipeline(SimpleImputer(strategy="median"), *lines), numbers),
                (OneHotEncoder(handle_unknown="ignore", sparse_output=False), texts),
            ),
            model,
        ).fit(frame, y)

    def grown(leaves):
        return GradientBoostingClassifier(
            n_estimators=120, max_leaf_nodes=leaves, max_depth=None, learning_rate=0.07
        )

    blend = [
        pipe([StandardScaler()], LogisticRegression(max_iter=1000)),
        pipe([SplineTransformer(n_knots=6, degree=1)], LogisticRegression(max_iter=1000)),
        pipe([], grown(3)),
        pipe([], grown(8)),
    ]
    # A sheet's cells: a list of floats, texts and None per column.
    cells = {
        name: many[name].astype(object).where(many[name].notna(), None).tolist() for name in many
    }
    formula.probability({name: column[:10] for name, column in cells.items()})
    ours = min(timed(lambda: formula.probability(cells)) for _ in range(3))
    theirs = min(
        timed(lambda: np.mean([part.predict_proba(many)[:, 1] for part in blend], axis=0))
        for _ in range(3)
    )
    print(
        f"score {SCORED:,} x {FEATURES}: {ours:.2f} s = {ours / theirs:.2f} x the blend in "
        f"scikit-learn ({theirs:.2f} s); {len(formula.rules)} rules"
    )
    return (ours <= 0.3 * theirs) & first_score(formula.to_json(), many.head(1))


def timed(work) -> float:
    """Seconds of processor time that a call takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def first_score(model: str, customer: pd.DataFrame) -> bool:
    """Score one customer in a fresh process; whether nothing heavy was imported."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        path.write_text(model, encoding="utf-8")
        row = {
            name: [None if pd.isna(value) else value]
            for name, value in customer.iloc[0].to_dict().items()
        }
        code = (
            "import sys, json, time; began = time.perf_counter()\n"
            "from csm_xl.churn.formula import ChurnFormula\n"
            f"f = ChurnFormula.from_json(open({str(path)!r}, encoding='utf-8').read())\n"
            f"f.probability(json.loads({json.dumps(row)!r}))\n"
            "heavy = [m for m in ('sklearn', 'scipy', 'pandas') if m in sys.modules]\n"
            "print(f'first score in a fresh process: {time.perf_counter() - began:.2f} s, '"
            "f'heavy imports: {heavy}'); sys.exit(bool(heavy))"
        )
        out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        print(out.stdout.strip() or out.stderr.strip())
        return out.returncode == 0


def main() -> int:
    """Print every figure; exit 1 when a bound is missed."""
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", nargs="*", type=int, default=[500, 10_000, 100_000])
    parser.add_argument("--train-one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.train_one:
        train_one(options.train_one)
        return 0
    fine = scoring()
    fine &= training(options.sizes)
    print("all bounds hold" if fine else "a bound is missed")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
