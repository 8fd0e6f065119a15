"""How good the churn model is beside what anyone would pick instead, on three public sets.

Random splits of each set at several training sizes, the rest (at most 2,000 customers) held out.
For each size: mean log-loss and AUC of ours and of the peers, and ours over the best peer of that
size in hindsight, with the standard error that the choice of splits leaves.

    python benchmarks/churn_accuracy.py                              everything; takes hours
    python benchmarks/churn_accuracy.py --sets bank --sizes 100 300 --splits 4
    python benchmarks/churn_accuracy.py --keep peers.json            peers are fitted once only
    python benchmarks/churn_accuracy.py --csv customers.csv Churn --drop customerID

The sets are looked for in the folder that CSM_XL_DATA names, else in shared/data beside the
checkout. A peer whose package is not installed (CatBoost, LightGBM, interpret) is left out, and
said to be.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

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
from csm_xl.churn.evaluation import auc, log_loss
from csm_xl.churn.feature_columns import choose_features, kind_of
from csm_xl.churn.feature_values import read_numbers, read_texts

#: File, label and columns that are no features.
SETS = {
    "telco": ("telco_churn.csv", "Churn", ["customerID"]),
    "bank": ("bank_churn.csv", "Exited", ["RowNumber", "CustomerId", "Surname"]),
    "bigml": ("telecom_bigml.csv", "Churn", []),
}
#: Training sizes, and how many splits are made of each.
SPLITS = {30: 20, 60: 20, 100: 20, 300: 16, 1000: 10, 2500: 6, 5000: 4}
HELD_OUT = 2000
#: A peer's mean over sizes from here on, and the bounds of the ratios.
FROM, MEAN, WORST, SMALL, TO_CATBOOST, TO_FOREST = 100, 1.01, 1.06, 1.10, 0.98, 0.90
SEED_FOREST, CATBOOST = "random forest (100)", "CatBoost"


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


def texts_of(frame: pd.DataFrame) -> list[str]:
    """The columns of categories."""
    return [name for name in frame if frame[name].dtype == object]


def encoder(frame: pd.DataFrame) -> Any:
    """What a practitioner puts before every peer that takes numbers only."""
    texts = texts_of(frame)
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


def encoded(model: Any) -> Callable[..., np.ndarray]:
    """A peer that takes numbers only, as training rows, labels, rows to judge -> probabilities."""

    def predict(inside: pd.DataFrame, y: np.ndarray, outside: pd.DataFrame) -> np.ndarray:
        fitted = make_pipeline(encoder(inside), model()).fit(inside, y)
        return fitted.predict_proba(outside)[:, 1]

    return predict


def catboost(inside: pd.DataFrame, y: np.ndarray, outside: pd.DataFrame) -> np.ndarray:
    """CatBoost as it comes, told which columns are categories."""
    from catboost import CatBoostClassifier

    model = CatBoostClassifier(
        verbose=False, random_seed=0, thread_count=1, allow_writing_files=False
    )
    model.fit(inside, y, cat_features=texts_of(inside))
    return model.predict_proba(outside)[:, 1]


def lightgbm(inside: pd.DataFrame, y: np.ndarray, outside: pd.DataFrame) -> np.ndarray:
    """LightGBM as it comes, told which columns are categories."""
    from lightgbm import LGBMClassifier

    inside, outside = inside.copy(), outside.copy()
    for name in texts_of(inside):
        inside[name] = pd.Categorical(inside[name])
        outside[name] = pd.Categorical(outside[name], categories=inside[name].cat.categories)
    model = LGBMClassifier(verbose=-1, random_state=0, n_jobs=1).fit(inside, y)
    return model.predict_proba(outside)[:, 1]


def explainable_boosting(inside: pd.DataFrame, y: np.ndarray, outside: pd.DataFrame) -> np.ndarray:
    """The explainable boosting machine of interpret, as it comes."""
    from interpret.glassbox import ExplainableBoostingClassifier

    model = ExplainableBoostingClassifier(random_state=0, n_jobs=1).fit(inside, y)
    return model.predict_proba(outside)[:, 1]


PEERS: dict[str, Callable[..., np.ndarray]] = {
    "base rate": lambda inside, y, outside: np.full(len(outside), y.mean()),
    "logistic (C 1)": encoded(lambda: LogisticRegression(max_iter=1000)),
    "logistic (C 0.1)": encoded(lambda: LogisticRegression(C=0.1, max_iter=1000)),
    SEED_FOREST: encoded(lambda: RandomForestClassifier(n_estimators=100, random_state=42)),
    "random forest (300, leaf 5)": encoded(
        lambda: RandomForestClassifier(n_estimators=300, min_samples_leaf=5, random_state=0)
    ),
    "HistGradientBoosting": encoded(lambda: HistGradientBoostingClassifier(random_state=0)),
    "GradientBoosting": encoded(
        lambda: GradientBoostingClassifier(
            n_estimators=100, max_depth=3, learning_rate=0.05, subsample=0.5, random_state=0
        )
    ),
    CATBOOST: catboost,
    "LightGBM": lightgbm,
    "EBM": explainable_boosting,
}


class Kept:
    """The peers' figures of earlier runs, so that only ours is fitted again."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.figures: dict[str, Sequence[float]] = {}
        if path is not None and path.exists():
            self.figures = json.loads(path.read_text())

    def put(self, key: str, figures: Sequence[float]) -> None:
        """Keep the figures under a key."""
        if key not in self.figures:
            self.figures[key] = list(figures)
            if self.path is not None:
                self.path.write_text(json.dumps(self.figures))


def splits_of(y: np.ndarray, size: int, wanted: int) -> list[tuple[int, np.ndarray, np.ndarray]]:
    """Number, training rows and held out rows of each split with two of either outcome."""
    found = []
    for split in range(5 * wanted):
        order = np.random.default_rng(1000 * size + split).permutation(len(y))
        train, test = order[:size], order[size : size + HELD_OUT]
        if 2 <= y[train].sum() <= size - 2:
            found.append((split, train, test))
        if len(found) == wanted:
            break
    return found


def run(
    name: str, frame: pd.DataFrame, y: np.ndarray, size: int, wanted: int, kept: Kept, ours: bool
) -> dict[str, np.ndarray]:
    """Per model its (log-loss, AUC) of each split, (splits, 2)."""
    scores: dict[str, list[Sequence[float]]] = {}
    for split, train, test in splits_of(y, size, wanted):
        inside, outside = frame.iloc[train], frame.iloc[test]

        def judged(p: np.ndarray, truth: np.ndarray = y[test]) -> tuple[float, float]:
            return log_loss(truth, p), auc(truth, p)

        if ours:
            model = ChurnClassifier().fit(inside, y[train])
            scores.setdefault("ours", []).append(judged(model.predict_proba(outside)[:, 1]))
        for peer, predict in PEERS.items():
            key = f"{name} {size} {split} {peer}"
            try:
                figures = kept.figures.get(key) or judged(predict(inside, y[train], outside))
            except ImportError:
                continue
            kept.put(key, figures)
            scores.setdefault(peer, []).append(figures)
    return {model: np.array(pairs) for model, pairs in scores.items()}


def ratio_of(ours: np.ndarray, peer: np.ndarray) -> tuple[float, float]:
    """Ratio of two mean log-losses on the same splits, and its standard error."""
    ratio = float(ours.mean() / peer.mean())
    if len(ours) < 2:
        return ratio, float("nan")
    spread = np.std(ours - ratio * peer, ddof=1) / np.sqrt(len(ours)) / peer.mean()
    return ratio, float(spread)


def main() -> int:
    """Print the tables; exit 1 when a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--csv", nargs=2, metavar=("FILE", "LABEL"), help="a set of one's own")
    parser.add_argument("--drop", nargs="*", default=[], help="its columns to leave out")
    parser.add_argument("--sets", nargs="*", choices=sorted(SETS), default=list(SETS))
    parser.add_argument("--sizes", nargs="*", type=int, default=list(SPLITS))
    parser.add_argument("--splits", type=int, help="splits of every size")
    parser.add_argument("--keep", type=Path, help="a file that keeps the peers' figures")
    parser.add_argument("--peers-only", action="store_true", help="only fill that file")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    kept = Kept(options.keep)
    sets = {name: SETS[name] for name in options.sets}
    if options.csv:
        sets = {Path(options.csv[0]).stem: (options.csv[0], options.csv[1], options.drop)}
    ratios: list[float] = []
    to_catboost: list[float] = []
    to_forest: list[float] = []
    fine = True
    for name, (file, label, drop) in sets.items():
        path = data_folder() / file
        if not path.exists():
            print(f"{path} is not there: set CSM_XL_DATA to the folder that holds it")
            return 2
        frame, y = load(path, label, drop)
        print(f"\n{name}: {len(y)} customers, {frame.shape[1]} features, {y.mean():.1%} churned")
        for size in options.sizes:
            if len(y) < size + 500:
                continue
            wanted = options.splits or SPLITS.get(size, 4)
            began = time.perf_counter()
            scores = run(name, frame, y, size, wanted, kept, not options.peers_only)
            took = time.perf_counter() - began
            print(f"\n{name}, {size} customers, {wanted} splits ({took:.0f} s)")
            for model in sorted(scores, key=lambda model: scores[model][:, 0].mean()):
                loss, area = scores[model].mean(axis=0)
                print(f"  {model:28s} log-loss {loss:.4f}   AUC {area:.4f}")
            if options.peers_only:
                continue
            peers = [model for model in scores if model != "ours"]
            best = min(peers, key=lambda model: scores[model][:, 0].mean())
            ours = scores["ours"][:, 0]
            ratio, error = ratio_of(ours, scores[best][:, 0])
            print(f"  ours / best peer ({best}) {ratio:.4f} ± {error:.4f}", flush=True)
            if size < FROM:
                fine &= ratio <= SMALL
                continue
            fine &= not ratio - 2.0 * error > WORST
            ratios.append(ratio)
            to_forest.append(ratio_of(ours, scores[SEED_FOREST][:, 0])[0])
            if CATBOOST in scores:
                to_catboost.append(ratio_of(ours, scores[CATBOOST][:, 0])[0])
    if ratios:
        mean, catboost_mean = np.mean(ratios), np.mean(to_catboost or [np.nan])
        print(
            f"\nfrom {FROM} customers: ours / best peer in hindsight {mean:.4f} on average "
            f"(<= {MEAN}), {max(ratios):.4f} at worst (<= {WORST} after two standard errors); "
            f"/ CatBoost {catboost_mean:.4f} (<= {TO_CATBOOST}); "
            f"/ random forest (100) {np.mean(to_forest):.4f} (<= {TO_FOREST})"
        )
        fine &= bool(mean <= MEAN and np.mean(to_forest) <= TO_FOREST)
        fine &= not catboost_mean > TO_CATBOOST
    print("all bounds hold" if fine else "a bound is missed")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
