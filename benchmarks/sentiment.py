"""Sentiment beside SnowNLP and VADER in one run: ``python benchmarks/sentiment.py``.

Needs the labelled reviews (CSM_XL_DATA, else shared/data beside the checkout), snownlp and
vaderSentiment. Nothing that is measured here was trained on: takeaway and hotel reviews are those
whose text's SHA-256 begins with 0 to 3.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from snownlp import SnowNLP
from train_sentiment import DOMAINS, Reviews, area, fit, load_reviews, log_odds, training_part
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from csm_xl.feedback import sentiment
from csm_xl.feedback.characters import fold
from csm_xl.feedback.chinese import MODEL_FILE

ROOT = Path(__file__).resolve().parents[1]
Scorer = Callable[[Sequence[str]], np.ndarray]
SHORT_TEXTS = 100_000


def snownlp(texts: Sequence[str]) -> np.ndarray:
    """SnowNLP's probability as a score from -1 to 1."""
    return np.array([2 * SnowNLP(text).sentiments - 1 for text in texts])


def simplified(texts: Sequence[str]) -> list[str]:
    """Texts in simplified characters, on which SnowNLP was trained."""
    return fold(texts).texts()


def vader() -> Scorer:
    """VADER alone."""
    analyzer = SentimentIntensityAnalyzer()
    return lambda texts: np.array([analyzer.polarity_scores(t)["compound"] for t in texts])


def quality(positive: np.ndarray, score: np.ndarray) -> str:
    """AUC with a 95 % bootstrap interval, and accuracy; a score of 0 is half right."""
    rng = np.random.default_rng(0)
    draws = []
    for _ in range(200):
        at = rng.integers(0, len(score), len(score))
        if 0 < positive[at].sum() < len(at):
            draws.append(area(positive[at], score[at]))
    low, high = np.quantile(draws, [0.025, 0.975])
    right = np.where(score == 0, 0.5, (score > 0) == positive).mean()
    return f"AUC {area(positive, score):.4f} ({low:.4f} to {high:.4f})  accuracy {right:.4f}"


def timed(score: Scorer, texts: Sequence[str]) -> tuple[np.ndarray, float]:
    """Scores and processor seconds."""
    start = time.process_time()
    scores = score(texts)
    return scores, time.process_time() - start


def compare(
    title: str, positive: np.ndarray, texts: Sequence[str], scorers: dict[str, Scorer]
) -> None:
    """Print the quality of each scorer on the same texts, and its time beside the first one's."""
    print(f"\n{title}: {len(texts):,} texts, {positive.mean():.0%} positive")
    first = 0.0
    for name, scorer in scorers.items():
        scores, seconds = timed(scorer, texts)
        first = first or seconds
        print(f"  {name:32} {quality(positive, scores)}  time x {seconds / first:.1f}")


def labelled(name: str) -> list[dict[str, str]]:
    """A hand-written list of labelled reviews from the tests."""
    path = ROOT / "tests" / "feedback" / name
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def short_texts(texts: Sequence[str]) -> list[str]:
    """Distinct short texts: each text with a number behind it."""
    return [f"{texts[i % len(texts)]} {i}" for i in range(SHORT_TEXTS)]


def main() -> None:
    """Run all comparisons."""
    sentiment(["好", "good"])
    size = (ROOT / "csm_xl" / "feedback" / MODEL_FILE).stat().st_size
    print(f"{MODEL_FILE}: {size:,} bytes")
    reviews = {domain: load_reviews(domain) for domain in DOMAINS}
    for domain, all_of_it in reviews.items():
        held_out: Reviews = all_of_it.part(all_of_it.held_out)
        compare(
            f"{domain}, held out by hash",
            held_out.positive,
            held_out.texts,
            {
                "csm-xl": sentiment,
                "SnowNLP": snownlp,
                "SnowNLP, text simplified first": lambda texts: snownlp(simplified(texts)),
            },
        )
    hotel = reviews["hotel"].part(reviews["hotel"].held_out)
    z = log_odds(fit([training_part(reviews["takeaway"])]), hotel)
    print("\nthe same hotel reviews by a model trained on takeaway only (SnowNLP has seen many)")
    print(f"  {'csm-xl':32} {quality(hotel.positive, np.tanh(z / 2))}")

    shops = labelled("reviews_other_shops.csv")
    compare(
        "other shops, written by hand",
        np.array([row["label"] == "1" for row in shops]),
        [row["text"] for row in shops],
        {"csm-xl": sentiment, "SnowNLP": snownlp},
    )
    alone = vader()
    for known in ("knew it", "did not know it"):
        rows = [r for r in labelled("reviews_english.csv") if r["word_list"] == known]
        compare(
            f"English, written by hand, the word list {known}",
            np.array([row["label"] == "1" for row in rows]),
            [row["text"] for row in rows],
            {"csm-xl": sentiment, "VADER alone": alone},
        )
    english = [row["text"] for row in labelled("reviews_english.csv")]
    for name, texts, peer, peer_name in (
        ("Chinese", reviews["takeaway"].texts, snownlp, "SnowNLP"),
        ("English", english, alone, "VADER"),
    ):
        many = short_texts(texts)
        _, seconds = timed(sentiment, many)
        part = many[:: SHORT_TEXTS // 1000]
        _, of_peer = timed(peer, part)
        ratio = of_peer / len(part) * len(many) / seconds
        length = np.mean([len(text) for text in many])
        print(
            f"\n{len(many):,} distinct {name} texts of {length:.0f} characters: "
            f"{seconds:.1f} s; {peer_name} needs {ratio:.1f} times as long (from {len(part):,} texts)"
        )


if __name__ == "__main__":
    main()
