"""What the report of a training says, against what is so: verdicts, intervals and levels of risk.

On random customers of three public sets, at sizes from 20 to 1,000:

* with shuffled labels there is nothing to learn: the verdict must be "do not rely on it";
* with true labels, the printed 95 % intervals against the later value: that of the trained
  formula on all customers who were not there; and how often the verdict is at least "a hint";
* how often an AUC is printed as 1.000 (1.000-1.000);
* on sets thinned to base rates of 2 to 60 %, who is called High and Low.

    python benchmarks/churn_verdicts.py                              everything; takes an hour
    python benchmarks/churn_verdicts.py --sets telco --sizes 20 40 --runs 20
    python benchmarks/churn_verdicts.py --levels --rates 2 30

The sets are looked for where `churn_accuracy.py` looks.
"""

from __future__ import annotations

import argparse
import sys
import warnings

import numpy as np
import pandas as pd
from churn_accuracy import HELD_OUT, SETS, data_folder, load

from csm_xl.churn.evaluation import MEASURES
from csm_xl.churn.risk import cuts_of, risk_levels
from csm_xl.churn.training import Trained, train

#: Customers, and how many trainings with shuffled and with true labels each, shared by the sets.
RUNS = {20: 60, 40: 60, 60: 60, 120: 60, 1000: 30}
#: Of trainings with shuffled labels, and of intervals; from where on real labels must be seen.
SHUFFLED, COVERED, SEEN, SEEN_FROM = 0.95, (0.90, 0.99), 0.90, 1000
JUDGED = ("log_loss", "brier", "auc")
#: Base rates in per cent, customers to learn from, and sets drawn.
RATES, LEARNT_FROM, DRAWN = (2, 5, 15, 30, 60), 1000, 4

Set = tuple[pd.DataFrame, np.ndarray]


def trained_on(frame: pd.DataFrame, y: np.ndarray) -> Trained:
    """A training as a sheet without dates gives it."""
    return train(frame.reset_index(drop=True), y, n_jobs=1)


def part(y: np.ndarray, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows to learn from, two of either outcome among them, and rows to judge."""
    for again in range(1000):
        order = np.random.default_rng([size, seed, again]).permutation(len(y))
        if 2 <= y[order[:size]].sum() <= size - 2:
            break
    return order[:size], order[size:]


def within(share: float, n: int, least: float, most: float = 1.0) -> bool:
    """Whether a share of n draws does not speak against its bounds (two standard errors)."""
    error = 2.0 * np.sqrt(max(least * (1.0 - least), most * (1.0 - most)) / n)
    return least - error <= share <= most + error


def verdicts(sets: dict[str, Set], size: int, runs: int) -> bool:
    """Print what is said at one size; whether the bounds hold."""
    said: list[str] = []
    heard: dict[str, list[str]] = {name: [] for name in sets}
    covered: dict[str, list[float]] = {key: [] for key in JUDGED}
    certain = 0
    for run in range(runs):
        name = list(sets)[run % len(sets)]
        frame, y = sets[name]
        train_rows, judged = part(y, size, run)
        shuffled = np.random.default_rng(run).permutation(y[train_rows])
        report = trained_on(frame.iloc[train_rows], shuffled).report
        said.append(report.trust_level)
        certain += report.figures["auc"].low == 1.0
        trained = trained_on(frame.iloc[train_rows], y[train_rows])
        heard[name].append(trained.report.trust_level)
        certain += trained.report.figures["auc"].low == 1.0
        p = trained.formula.probability(frame.iloc[judged])
        for key in JUDGED:
            figure = trained.report.figures[key]
            if figure.low is not None and figure.high is not None:
                later = MEASURES[key](y[judged], p)
                covered[key].append(float(figure.low <= later <= figure.high))
    none = said.count("none") / runs
    fine = within(none, runs, SHUFFLED) and not certain
    print(f"\n{size} customers, {runs} trainings with shuffled and as many with true labels")
    print(f'  shuffled: "do not rely on it" {none:.1%} (>= {SHUFFLED:.0%}); {counts(said)}')
    for name, levels in heard.items():
        print(f"  {name}: {counts(levels)}")
    if size >= SEEN_FROM and "telco" in heard:
        seen = 1.0 - heard["telco"].count("none") / len(heard["telco"])
        print(f'  telco, at least "a hint": {seen:.1%} (>= {SEEN:.0%})')
        fine &= within(seen, len(heard["telco"]), SEEN)
    for key, inside in covered.items():
        share = float(np.mean(inside)) if inside else float("nan")
        print(f"  95 % interval of {key} held the later value: {share:.1%} of {len(inside)}")
        fine &= not inside or within(share, len(inside), *COVERED)
    print(f"  AUC printed as certain: {certain} of {2 * runs}", flush=True)
    return fine


def counts(words: list[str]) -> str:
    """How often each verdict was given."""
    order = ("none", "little", "some", "good")
    return ", ".join(f"{word} {words.count(word)}" for word in order if word in words)


def thinned(y: np.ndarray, rate: float, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows at a base rate to learn from, and others at that rate to judge."""
    rng = np.random.default_rng([seed, round(1000 * rate)])
    left, stayed = rng.permutation(np.flatnonzero(y == 1)), rng.permutation(np.flatnonzero(y == 0))
    whole = min(int(len(left) / rate), int(len(stayed) / (1.0 - rate)))
    n_left = round(whole * rate)
    rows = rng.permutation(np.concatenate([left[:n_left], stayed[: whole - n_left]]))
    size = min(size, len(rows) // 2)
    return rows[:size], rows[size : size + HELD_OUT]


def levels(sets: dict[str, Set], rates: list[int], draws: int) -> bool:
    """Print who is High and Low at each base rate; whether the bounds hold on average.

    Cuts are learned from one half; its customers who stayed are those present in a sheet without
    dates, and the other half are customers of a later day, some of whom will leave.
    """
    fine = True
    print(
        "\nbase rate   set      present: High    later: High    Low   leave in Low/all   of leavers"
    )
    for rate in rates:
        for name, (frame, y) in sets.items():
            found = []
            for seed in range(draws):
                inside, outside = thinned(y, rate / 100.0, LEARNT_FROM, seed)
                if min(y[inside].sum(), len(inside) - y[inside].sum()) < 2:
                    continue
                trained = trained_on(frame.iloc[inside], y[inside])
                cuts = cuts_of(trained.formula.meta)
                present = trained.report.out_of_fold[y[inside] == 0]
                now = risk_levels(present, cuts.medium, cuts.high)
                p = trained.formula.probability(frame.iloc[outside])
                then, left = risk_levels(p, cuts.medium, cuts.high), y[outside]
                low = then == 0
                in_low = float(left[low].mean()) if low.any() else 0.0
                found.append(
                    (
                        (now == 2).mean(),
                        (then == 2).mean(),
                        low.mean(),
                        in_low / max(left.mean(), 1e-9),
                        float(left[low].sum() / max(left.sum(), 1.0)),
                    )
                )
            high, later, share, ratio, among = np.mean(found, axis=0)
            holds = 0.05 <= high <= 0.25 and share >= 0.30 and ratio <= 0.5 and among <= 0.5
            fine &= bool(holds)
            print(
                f"{rate:6d} %   {name:8s} {high:12.1%} {later:14.1%} {share:7.1%} "
                f"{ratio:15.2f} {among:15.1%}   {'' if holds else '<-'}",
                flush=True,
            )
    return fine


def main() -> int:
    """Print the tables; exit 1 when a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sets", nargs="*", choices=sorted(SETS), default=list(SETS))
    parser.add_argument("--sizes", nargs="*", type=int, default=list(RUNS))
    parser.add_argument("--runs", type=int, help="trainings of every size")
    parser.add_argument("--levels", action="store_true", help="only the levels of risk")
    parser.add_argument("--rates", nargs="*", type=int, default=list(RATES))
    parser.add_argument("--draws", type=int, default=DRAWN)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    sets: dict[str, Set] = {}
    for name in options.sets:
        file, label, drop = SETS[name]
        if not (data_folder() / file).exists():
            print(f"{data_folder() / file} is not there: set CSM_XL_DATA to its folder")
            return 2
        sets[name] = load(data_folder() / file, label, drop)
    fine = True
    for size in [] if options.levels else options.sizes:
        fine &= verdicts(sets, size, options.runs or RUNS.get(size, 30))
    if options.levels or not options.runs:
        fine &= levels(sets, options.rates, options.draws)
    print("all bounds hold" if fine else "a bound is missed")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
