"""Sentiment beside SnowNLP and VADER in one run: ``python benchmarks/sentiment.py``.

Needs the labelled reviews (CSM_XL_DATA, else shared/data beside the checkout), snownlp and
vaderSentiment. Every set is of a trade that the scoring model was not trained on: for takeaway and
hotel reviews a model is fitted without them, restaurants and laptops are in no training set.
``--against FOLDER`` times another version of csm-xl, checked out in that folder, on the same texts.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch

import numpy as np
from snownlp import SnowNLP
from train_sentiment import DOMAINS, area, data_folder, fit, load_reviews, training_part
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from csm_xl.feedback import chinese, pain_points, sentiment
from csm_xl.feedback.characters import fold

ROOT = Path(__file__).resolve().parents[1]
Scorer = Callable[[Sequence[str]], np.ndarray]
#: Reviews of a set that are scored (SnowNLP takes minutes for more), and texts that are timed.
SCORED, TIMED = 1_000, 20_000
#: Sets of reviews written by hand, from the tests.
NAMES = ("ten", "more", "unseen", "further", "other", "fresh", "second_fresh")
BINS = ((-1.0, -0.5), (-0.5, -0.2), (-0.2, 0.2), (0.2, 0.5), (0.5, 1.0))


def snownlp(texts: Sequence[str]) -> np.ndarray:
    """SnowNLP's probability as a score from -1 to 1."""
    return np.array([2 * SnowNLP(text).sentiments - 1 for text in texts])


def snownlp_simplified(texts: Sequence[str]) -> np.ndarray:
    """SnowNLP on texts in simplified characters, on which it was trained."""
    return snownlp(fold(texts).texts())


def vader() -> Scorer:
    """VADER alone."""
    analyzer = SentimentIntensityAnalyzer()
    return lambda texts: np.array([analyzer.polarity_scores(t)["compound"] for t in texts])


def without(trade: str) -> Scorer:
    """SENTIMENT with a Chinese model that never saw the trade."""
    fitted = fit([training_part(load_reviews(d)) for d in DOMAINS if d != trade])
    model = chinese.ChineseModel(fitted.runs, fitted.weights, chinese.shipped_model().slope)

    def score(texts: Sequence[str]) -> np.ndarray:
        with patch.object(chinese, "shipped_model", lambda: model):
            return sentiment(texts)

    return score


def quality(positive: np.ndarray, score: np.ndarray) -> str:
    """AUC with a 95 % bootstrap interval, and right signs; a score of 0 is not right."""
    rng = np.random.default_rng(0)
    draws = []
    for _ in range(200):
        at = rng.integers(0, len(score), len(score))
        if 0 < positive[at].sum() < len(at):
            draws.append(area(positive[at], score[at]))
    low, high = np.quantile(draws, [0.025, 0.975])
    right = (np.sign(score) == np.where(positive, 1, -1)).mean()
    return f"AUC {area(positive, score):.3f} ({low:.3f} to {high:.3f})  right {right:.3f}"


def calibration(positive: np.ndarray, score: np.ndarray) -> str:
    """The share that is positive by score, both sides weighted alike."""
    weight = np.where(positive, 0.5 / positive.mean(), 0.5 / (1 - positive.mean()))
    parts = []
    for low, high in BINS:
        inside = (score >= low) & (score <= high if high == 1 else score < high)
        share = np.average(positive[inside], weights=weight[inside]) if inside.any() else np.nan
        parts.append(f"{low:+.1f} to {high:+.1f}: {share:.2f} of {inside.sum()}")
    return "; ".join(parts)


def compare(
    title: str, positive: np.ndarray, texts: Sequence[str], scorers: dict[str, Scorer]
) -> None:
    """Print the quality of each scorer on the same texts, and the calibration of ours."""
    print(f"\n{title}: {len(texts):,} texts, {positive.mean():.0%} positive", flush=True)
    for name, scorer in scorers.items():
        scores = scorer(texts)
        print(f"  {name:20} {quality(positive, scores)}", flush=True)
        if name == "csm-xl":
            ours = scores
    print(f"  positive by score: {calibration(positive, ours)}")


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def restaurants() -> tuple[np.ndarray, list[str]]:
    """Reviews of restaurants of one or two stars against four or five."""
    rows = rows_of(data_folder() / "reviews_zh_restaurant_aspects.csv")
    rows = [row for row in rows if float(row["star"]) != 3]
    return np.array([float(row["star"]) > 3 for row in rows]), [row["reviewbody"] for row in rows]


def laptops() -> tuple[np.ndarray, list[str]]:
    """Sentences on laptops whose aspects have one polarity."""
    texts, positive = [], []
    for row in rows_of(data_folder() / "reviews_en_laptop_aspects.csv"):
        sides = {part.rpartition("=")[2] for part in row["aspects"].split(";") if part}
        if sides in ({"positive"}, {"negative"}):
            texts.append(row["text"])
            positive.append(sides == {"positive"})
    return np.array(positive), texts


def by_hand(name: str, lang: str) -> tuple[np.ndarray, list[str]]:
    """Hand-written reviews with a side, from the tests."""
    rows = rows_of(ROOT / "tests" / "feedback" / name)
    rows = [row for row in rows if row["lang"] == lang and row["label"] != "0"]
    return np.array([row["label"] == "1" for row in rows]), [row["text"] for row in rows]


def seconds(work: Callable[[], object]) -> float:
    """The least processor seconds of three runs."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def many(texts: Sequence[str]) -> list[str]:
    """Distinct texts: each with a number behind it."""
    return [f"{texts[i % len(texts)]} {i}" for i in range(TIMED)]


OTHER = """
import json, sys, time
from csm_xl.feedback import sentiment
texts = json.load(sys.stdin)
sentiment(["好", "good"])
times = []
for _ in range(3):
    start = time.process_time()
    sentiment(texts)
    times.append(time.process_time() - start)
print(min(times))
"""


def other_version(folder: str, texts: Sequence[str]) -> float:
    """The least processor seconds of three runs of another version's SENTIMENT."""
    done = subprocess.run(
        [sys.executable, "-c", OTHER],
        input=json.dumps(list(texts)),
        env={**os.environ, "PYTHONPATH": folder},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def speed(chinese_texts: Sequence[str], vader_alone: Scorer, against: str | None) -> None:
    """Print the processor seconds of SENTIMENT and PAIN_POINTS beside the peers'."""
    pain_points(["太慢", "It was slow"])
    print(f"\nProcessor seconds for {TIMED:,} texts, least of three runs")
    for lang, texts, peer, name in (
        ("Chinese", chinese_texts, snownlp, "SnowNLP"),
        ("English", laptops()[1], vader_alone, "VADER"),
    ):
        timed = many(texts)
        few = timed[:: TIMED // 200]
        own = seconds(lambda timed=timed: sentiment(timed))
        theirs = seconds(lambda peer=peer, few=few: peer(few)) * len(timed) / len(few)
        points = seconds(lambda timed=timed: pain_points(timed))
        print(
            f"  {lang}: SENTIMENT {own:.2f}, {own / theirs:.4f} x {name}; "
            f"PAIN_POINTS {points:.2f}, {points / own:.2f} x SENTIMENT",
            flush=True,
        )
        if against:
            before = other_version(against, timed)
            print(f"    the other version {before:.2f}; ratio {own / before:.2f}", flush=True)


def main() -> None:
    """Run all comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", help="a checkout of another version to time")
    parser.add_argument("--fast", action="store_true", help="English and speed only")
    given = parser.parse_args()
    against = given.against
    takeaway = load_reviews(DOMAINS[0]).texts
    en: dict[str, Scorer] = {"csm-xl": sentiment, "VADER": vader()}
    compare("laptops", *laptops(), en)
    for name in NAMES:
        compare(f"{name} trades by hand, English", *by_hand(f"reviews_{name}_trades.csv", "en"), en)
    speed(takeaway, en["VADER"], against)
    if given.fast:
        return
    for trade in DOMAINS[:2]:
        reviews = load_reviews(trade)
        at = np.random.default_rng(0).permutation(len(reviews.texts))[:SCORED]
        texts = [reviews.texts[i] for i in at]
        scorers = {
            "csm-xl": without(trade),
            "SnowNLP": snownlp,
            "SnowNLP, simplified": snownlp_simplified,
        }
        compare(f"{trade}, by a model of other trades", reviews.positive[at], texts, scorers)
    zh: dict[str, Scorer] = {"csm-xl": sentiment, "SnowNLP": snownlp}
    compare("restaurants", *restaurants(), zh)
    for name in NAMES:
        compare(f"{name} trades by hand, Chinese", *by_hand(f"reviews_{name}_trades.csv", "zh"), zh)


if __name__ == "__main__":
    main()
