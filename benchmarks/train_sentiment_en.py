"""Train the English sentiment model that csm-xl ships: ``python benchmarks/train_sentiment_en.py``.

Reads the rated sentences that VADER's authors publish inside the source distribution of
vaderSentiment (Amazon reviews of electronics, film reviews, tweets; 20 judges each; MIT License),
which it asks pip for, and writes ``sentiment_en.npz``, its provenance and ``lexicon_vader.txt`` to
``csm_xl/feedback``. Training twice with the same numpy and scipy writes the same bytes. ``--check``
prints the leave-one-trade-out table and writes nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import scipy
from scipy import sparse
from scipy.optimize import minimize
from train_sentiment import PACKAGE, STEPS, area, calibrated, digest_of

from csm_xl.feedback.english import MODEL_FILE, PLENTY, EnglishModel, runs_of, scale, words
from csm_xl.feedback.english_words import read_words

RELEASE = "vaderSentiment==3.3.2"
ARCHIVE = "additional_resources/hutto_ICWSM_2014.tar.gz"
DOMAINS = {
    "electronics": "amazonReviewSnippets_GroundTruth.txt",
    "films": "movieReviewSnippets_GroundTruth.txt",
    "tweets": "tweets_GroundTruth.txt",
}
#: A rating r of VADER's judges (-4 to 4) is read as the probability 1 / (1 + e^(-STEEPNESS * r)), so
#: that a sentence they found neutral teaches the model to say nothing.
STEEPNESS = 1.2
#: A run must be seen in this many sentences, and twice in each of two trades: what only one trade
#: says mostly names its goods.
MIN_SENTENCES, MIN_IN_A_TRADE = 5, 2
#: Weight of the data against the L2 penalty, for a domain of 4,000 sentences.
STRENGTH = 0.5
MIN_STEPS = 1


@dataclass(frozen=True)
class Sentences:
    """Rated sentences of one domain, as the model reads them."""

    texts: list[str]
    rating: np.ndarray
    runs: list[set[str]]
    offset: np.ndarray
    share: np.ndarray

    @property
    def target(self) -> np.ndarray:
        """The probability that each is positive, as its judges saw it."""
        return 1 / (1 + np.exp(-STEEPNESS * self.rating))


@cache
def source() -> Path:
    """The unpacked source distribution of vaderSentiment."""
    folder = Path(tempfile.gettempdir()) / "csm_xl_vader"
    unpacked = folder / RELEASE.replace("==", "-")
    if not (unpacked / "hutto_ICWSM_2014").is_dir():
        options = ["--no-deps", "--no-binary", ":all:", "--dest", str(folder), RELEASE]
        subprocess.run([sys.executable, "-m", "pip", "download", *options], check=True)
        with tarfile.open(folder / f"{unpacked.name}.tar.gz") as archive:
            archive.extractall(folder, filter="data")
        with tarfile.open(unpacked / ARCHIVE) as archive:
            archive.extractall(unpacked, filter="data")
    return unpacked


def load(domain: str) -> Sentences:
    """The rated sentences of a domain."""
    path = source() / "hutto_ICWSM_2014" / DOMAINS[domain]
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    rows = [line.split("\t") for line in lines if line.count("\t") >= 2]
    texts = [row[2] for row in rows]
    read = [read_words(text) for text in texts]
    return Sentences(
        texts,
        np.array([float(row[1]) for row in rows]),
        [runs_of(each) for each in read],
        np.array([words(each) for each in read]),
        np.array([min((each.positive + each.negative) / PLENTY, 1.0) for each in read]),
    )


def common_runs(domains: list[Sentences]) -> list[str]:
    """The runs that the model knows, sorted."""
    seen: dict[str, list[int]] = {}
    for i, domain in enumerate(domains):
        for runs in domain.runs:
            for run in runs:
                seen.setdefault(run, [0] * len(domains))[i] += 1
    trades = min(2, len(domains))
    return sorted(
        run
        for run, times in seen.items()
        if sum(times) >= MIN_SENTENCES and sum(t >= MIN_IN_A_TRADE for t in times) >= trades
    )


def fit(domains: list[Sentences]) -> EnglishModel:
    """Ridge logistic regression on the runs, on top of what the words of feeling say."""
    runs = common_runs(domains)
    place = {run: i for i, run in enumerate(runs)}
    row: list[int] = []
    column: list[int] = []
    value: list[float] = []
    n = 0
    for domain in domains:
        for found in domain.runs:
            own = sorted(place[run] for run in found if run in place)
            row += [n] * len(own)
            column += own
            value += [float(scale(np.array(len(own))))] * len(own)
            n += 1
    x = sparse.csr_matrix((value, (row, column)), shape=(n, len(runs)))
    offset = np.concatenate([domain.offset for domain in domains])
    y = np.concatenate([domain.target for domain in domains])
    weight = STRENGTH * np.concatenate(
        [np.full(len(d.texts), 4000 / len(d.texts)) for d in domains]
    )

    def loss(beta: np.ndarray) -> tuple[float, np.ndarray]:
        z = x @ beta + offset
        slope = weight * (1 / (1 + np.exp(-z)) - y)
        total = float(weight @ (np.logaddexp(0, z) - y * z)) + 0.5 * float(beta @ beta)
        return total, x.T @ slope + beta

    found = minimize(
        loss, np.zeros(len(runs)), jac=True, method="L-BFGS-B", options={"maxiter": 500}
    )
    return EnglishModel(tuple(runs), found.x)


def sides(domain: Sentences) -> np.ndarray:
    """The sentences whose judges saw a side."""
    return np.abs(domain.rating) >= 0.6


def calibrating_slope(z: list[np.ndarray], domains: list[Sentences]) -> tuple[float, float]:
    """The slopes that make log-odds of unseen trades calibrated, both sides as frequent."""
    y = np.concatenate([d.rating[sides(d)] > 0 for d in domains]).astype(float)
    odds = np.concatenate([each[sides(d)] for each, d in zip(z, domains, strict=True)])
    share = np.concatenate([d.share[sides(d)] for d in domains])
    weight = np.where(y > 0, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    return calibrated(odds, share, y, weight)


def ship(model: EnglishModel, slope: tuple[float, float]) -> int:
    """Write the model in steps of one byte; returns the number of runs kept."""
    # Rounded, since processors differ in the last digit.
    step = float(f"{np.abs(model.weights).max() / STEPS:.10g}")
    stored = np.rint(model.weights / step).astype(np.int8)
    keep = np.abs(stored) >= MIN_STEPS
    runs = [run for run, kept in zip(model.runs, keep, strict=True) if kept]
    np.savez_compressed(
        PACKAGE / MODEL_FILE,
        runs=np.frombuffer("\n".join(runs).encode(), dtype=np.uint8),
        weights=stored[keep],
        step=np.float64(step),
        slope=np.round(slope, 3),
    )
    return len(runs)


def write_lexicon() -> None:
    """VADER's words and valences, without its typed faces."""
    text = (source() / "vaderSentiment" / "vader_lexicon.txt").read_text(encoding="utf-8")
    rows = (line.split("\t")[:2] for line in text.splitlines())
    kept = {
        word: float(value) for word, value in rows if re.fullmatch("[a-z]{2,}(?:'[a-z]+)?", word)
    }
    lines = [f"{word} {kept[word]:g}" for word in sorted(kept)]
    head = (
        "# Words of VADER's lexicon and their mean valence, -4 to 4, written by\n"
        f"# benchmarks/train_sentiment_en.py from {RELEASE} (Hutto & Gilbert 2014).\n"
        "# Copyright (c) 2016 C.J. Hutto, MIT License: see lexicon_vader_license.txt.\n"
    )
    (PACKAGE / "lexicon_vader.txt").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    licence = (source() / "LICENSE.txt").read_text(encoding="utf-8")
    (PACKAGE / "lexicon_vader_license.txt").write_text(licence, encoding="utf-8")


PROVENANCE = """\
sentiment_en.npz: weights of the English sentiment model

Written by benchmarks/train_sentiment_en.py (numpy {numpy}, scipy {scipy}).
Trained on the rated sentences that the authors of VADER (Hutto & Gilbert 2014, MIT License) publish
in the source distribution of {release}: {numbers}.
SHA-256 of the source distribution's archive of them: {digest}
Word lists that the weights were fitted on top of, SHA-256:
  lexicon_en.txt     {lexicon}
  lexicon_vader.txt  {vader}

runs     {runs:,} words, pairs of words and (behind "!") negated words of feeling, one a line
weights  ridge logistic regression on top of the word lists, in steps of `step`
slope    calibrates the log-odds of texts without words of feeling, and with plenty of them, both
         sides taken as equally frequent; fitted on predictions for trades that the predicting model had not seen

No sentence can be read back from these numbers. The sentences are not part of csm-xl.
"""


def main() -> None:
    """Train, ship and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="print the table, write nothing")
    check = parser.parse_args().check
    if not check:
        write_lexicon()
    domains = [load(name) for name in DOMAINS]
    unseen = []
    for i, (name, domain) in enumerate(zip(DOMAINS, domains, strict=True)):
        model = fit([d for k, d in enumerate(domains) if k != i])
        z = model.log_odds(domain.texts)
        unseen.append(z)
        side = sides(domain)
        positive = domain.rating[side] > 0
        right = ((z[side] > 0) == positive).mean()
        slope = calibrating_slope([z], [domain])
        print(
            f"{name:12} {side.sum():6,} sentences with a side, by the other trades: "
            f"AUC {area(positive, z[side]):.4f}  accuracy {right:.4f}  "
            f"slopes {slope[0]:.2f} {slope[1]:.2f}"
        )
    slope = calibrating_slope(unseen, domains)
    print(f"slopes over all of them {slope[0]:.3f} {slope[1]:.3f}")
    if check:
        return
    runs = ship(fit(domains), slope)
    text = PROVENANCE.format(
        numpy=np.__version__,
        scipy=scipy.__version__,
        release=RELEASE,
        numbers=", ".join(f"{len(d.texts):,} {n}" for n, d in zip(DOMAINS, domains, strict=True)),
        digest=hashlib.sha256((source() / ARCHIVE).read_bytes()).hexdigest(),
        lexicon=digest_of(PACKAGE / "lexicon_en.txt"),
        vader=digest_of(PACKAGE / "lexicon_vader.txt"),
        runs=runs,
    )
    (PACKAGE / MODEL_FILE).with_suffix(".txt").write_text(text, encoding="utf-8")
    size = (PACKAGE / MODEL_FILE).stat().st_size
    print(f"{MODEL_FILE}: {runs:,} runs, {size:,} bytes")


if __name__ == "__main__":
    main()
