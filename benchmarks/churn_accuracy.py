"""How good the churn model is beside what anyone would pick instead.

Random splits of a data set at several training sizes, the rest (at most 2,000 customers) held
out. For each size: mean log-loss and AUC of ours and of the peers, and ours over the best peer of
that size in hindsight.

    python benchmarks/churn_accuracy.py                       Telco, 20 splits at every size
    python benchmarks/churn_accuracy.py --splits 4 --sizes 100 300
    python benchmarks/churn_accuracy.py customers.csv Churn --drop customerID

The Telco data set is looked for in the folder that CSM_XL_DATA names, else in shared/data beside
the checkout.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from csm_xl.churn.classifier import ChurnClassifier
from csm_xl.churn.columns import choose_features, kind_of
from csm_xl.churn.evaluation import auc, log_loss
from csm_xl.churn.reading import read_numbers, read_texts

SIZES = (30, 100, 300, 1000, 2500)
HELD_OUT = 2000
SEED_FOREST = "random forest (100)"
PEERS = {
    "logistic (C 1)": lambda: LogisticRegression(max_iter=1000),
    "logistic (C 0.1)": lambda: LogisticRegression(C=0.1, max_iter=1000),
    SEED_FOREST: lambda: RandomForestClassifier(n_estimators=100, random_state=42),
    "random forest (300, leaf 5)": lambda: RandomForestClassifier(
        n_estimators=300, min_samples_leaf=5, random_state=0
    ),
    "HistGradientBoosting": lambda: HistGradientBoostingClassifier(random_state=0),
    "GradientBoosting": lambda: GradientBoostingClassifier(
        n_estimators=100, max_depth=3, learning_rate=0.05, subsample=0.5, random_state=0
    ),
}


def data_folder() -> Path:
    """Where the public data sets are."""
    named = os.environ.get("CSM_XL_DATA")
    return Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"


def load(path: Path, label: str, drop: list[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """Features as numbers and texts, and the label as 0 and 1 (1 is the rarer or yes-like one)."""
    frame = pd.read_csv(path)
    y = as_flags(frame[label])
    known = ~np.isnan(y)
    frame, y = frame.loc[known].drop(columns=drop).reset_index(drop=True), y[known]
    columns = {}
    for name in choose_features(frame, label).features:
        kind = kind_of(frame[name], name)
        columns[name] = (
            read_texts(frame[name]) if kind == "text" else read_numbers(frame[name], name, kind)
        )
    return pd.DataFrame(columns), y


def as_flags(column: pd.Series) -> np.ndarray:
    """Yes/no words, logicals or two values as 0 and 1, NaN for blanks."""
    if column.dtype == bool:
        return column.to_numpy(float)
    words = column.astype("string").str.strip().str.lower().str.rstrip(".")
    yes = words.isin(
        ["1", "1.0", "yes", "true", "y", "churned", "churn", "left", "attrited customer", "是"]
    )
    if not yes.any():
        yes = words == words.value_counts().index[-1]
    return np.where(words.isna(), np.nan, yes.fillna(False).to_numpy(float))


def encoder(frame: pd.DataFrame):
    """What a practitioner puts before every peer."""
    texts = [name for name in frame if frame[name].dtype == object]
    numbers = [name for name in frame if name not in texts]
    return make_column_transformer(
        (
            make_pipeline(
                SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()
            ),
            numbers,
        ),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), texts),
    )


def run(
    frame: pd.DataFrame, y: np.ndarray, size: int, splits: int
) -> tuple[dict[str, list[tuple[float, float]]], list[float]]:
    """Per model its (log-loss, AUC) of each split, and ours' optimism of each split."""
    scores: dict[str, list[tuple[float, float]]] = {}
    optimism = []
    split = done = 0
    while done < splits and split < 5 * splits:
        order = np.random.default_rng(1000 * size + split).permutation(len(y))
        split += 1
        train, test = order[:size], order[size : size + HELD_OUT]
        if not 2 <= y[train].sum() <= size - 2:
            continue
        done += 1
        inside, outside = frame.iloc[train], frame.iloc[test]

        def note(name: str, p: np.ndarray, truth: np.ndarray = y[test]) -> None:
            scores.setdefault(name, []).append((log_loss(truth, p), auc(truth, p)))

        ours = ChurnClassifier().fit(inside, y[train])
        note("ours", ours.predict_proba(outside)[:, 1])
        active = y[train] == 0
        optimism.append(
            float(ours.out_of_fold_[active].mean() - ours.predict_proba(inside)[active, 1].mean())
        )
        note("base rate", np.full(len(test), y[train].mean()))
        for name, make in PEERS.items():
            model = make_pipeline(encoder(inside), make()).fit(inside, y[train])
            note(name, model.predict_proba(outside)[:, 1])
    return scores, optimism


def main() -> int:
    """Print the tables; exit 1 when a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("csv", nargs="?", type=Path)
    parser.add_argument("label", nargs="?", default="Churn")
    parser.add_argument("--drop", nargs="*", default=[], help="columns to leave out")
    parser.add_argument("--sizes", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--splits", type=int, default=20)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    path = options.csv or data_folder() / "telco_churn.csv"
    if not path.exists():
        print(f"{path} is not there; name a CSV file and its label column, or set CSM_XL_DATA")
        return 2
    frame, y = load(path, options.label, options.drop)
    print(f"{path.name}: {len(y)} customers, {frame.shape[1]} features, {y.mean():.1%} churned")
    ratios, gaps, to_forest, worst, fine = [], [], [], 0.0, True
    for size in options.sizes:
        if len(y) < size + 200:
            print(f"\n{size}: too few customers are left to judge by")
            continue
        began = time.perf_counter()
        scores, optimism = run(frame, y, size, options.splits)
        mean = {name: np.mean(pairs, axis=0) for name, pairs in scores.items()}
        peers = [name for name in mean if name != "ours"]
        best = min(peers, key=lambda name: mean[name][0])
        top = max(mean[name][1] for name in peers)
        ratio = mean["ours"][0] / mean[best][0]
        print(f"\n{size} customers, {len(optimism)} splits ({time.perf_counter() - began:.0f} s)")
        for name in sorted(mean, key=lambda name: mean[name][0]):
            print(f"  {name:28s} log-loss {mean[name][0]:.4f}   AUC {mean[name][1]:.4f}")
        print(
            f"  ours / best peer ({best}) {ratio:.4f}; AUC minus best peer's "
            f"{mean['ours'][1] - top:+.4f}; out-of-fold minus in-sample mean of active "
            f"customers {np.mean(optimism):+.4f} (worst split {max(optimism, key=abs):+.4f})",
            flush=True,
        )
        if size < 100:
            fine &= mean["ours"][0] < min(mean["base rate"][0], mean[SEED_FOREST][0])
            continue
        ratios.append(ratio)
        gaps.append(mean["ours"][1] - top)
        to_forest.append(mean["ours"][0] / mean[SEED_FOREST][0])
        worst = max(worst, ratio)
        if size >= 300:
            fine &= abs(np.mean(optimism)) <= 0.02
    if ratios:
        print(
            f"\nfrom 100 customers: ours / best peer {np.mean(ratios):.4f} on average (<= 1.01), "
            f"{worst:.4f} at worst (<= 1.03); / random forest (100) {np.mean(to_forest):.4f} "
            f"(<= 0.95); AUC {np.mean(gaps):+.4f} (>= -0.003)"
        )
        fine &= np.mean(ratios) <= 1.01 and worst <= 1.03
        fine &= np.mean(to_forest) <= 0.95 and np.mean(gaps) >= -0.003
    print("all bounds hold" if fine else "a bound is missed")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
