"""The sentiment of English text: words of feeling in their sentence, and learned word pairs.

``log-odds = slope · (words + runs)``

- *words*: (positive − negative) / √(0.5 + positive + negative) of the words and phrases of feeling,
  each read with what negates, strengthens, grants or only wishes for it;
- *runs*: the weights of the text's distinct words and pairs of words over √(their number + 5).

As in :mod:`csm_xl.feedback.chinese` there is no intercept, and the weights were fitted on top of the
words, so that they only say what the words do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from itertools import pairwise

import numpy as np

from csm_xl.feedback.english_words import Read, read_words

MODEL_FILE = "sentiment_en.npz"
#: A text counts as if it had this many more words that say nothing.
_SILENT_RUNS = 5
#: Strength of the words of feeling from which on the calibration does not change any more.
PLENTY = 2.0


@dataclass(frozen=True)
class EnglishModel:
    """Fitted weights of words and of pairs of words.

    Parameters
    ----------
    runs : tuple of str, shape (m,)
        Words, pairs of words with a space between them, and negated words of feeling, which begin
        with ``!``.
    weights : array of float, shape (m,)
    slope : tuple of float
        Calibrates the log-odds of texts without words of feeling, and with plenty of them.
    """

    runs: tuple[str, ...]
    weights: np.ndarray
    slope: tuple[float, float] = (1.0, 1.0)

    def __post_init__(self) -> None:
        weight: dict[str, float] = {}
        pairs: dict[str, dict[str, float]] = {}
        for run, value in zip(self.runs, self.weights.tolist(), strict=True):
            first, _, second = run.partition(" ")
            if second:
                pairs.setdefault(first, {})[second] = value
            else:
                weight[run] = value
        object.__setattr__(self, "_weight", weight)
        object.__setattr__(self, "_pairs", pairs)

    def log_odds(self, texts: Sequence[str]) -> np.ndarray:
        """Log-odds that each text is positive, shape (n,)."""
        silent, outspoken = self.slope
        out = np.zeros(len(texts))
        for i, text in enumerate(texts):
            read = read_words(text)
            share = min((read.positive + read.negative) / PLENTY, 1.0)
            learned = self._learned(read)
            out[i] = (silent + (outspoken - silent) * share) * (words(read) + learned)
        return out

    def _learned(self, read: Read) -> float:
        """What the runs of :func:`runs_of` weigh together, without writing all of them down."""
        weight: dict[str, float] = self._weight  # type: ignore[attr-defined]
        pairs: dict[str, dict[str, float]] = self._pairs  # type: ignore[attr-defined]
        known = weight.keys() & read.words
        if read.negated:
            known -= read.negated
            known |= weight.keys() & {"!" + word for word in read.negated}
        found = {
            (first, second)
            for first, second in pairwise(read.words)
            if first in pairs and second in pairs[first]
        }
        total = sum(weight[run] for run in sorted(known))
        total += sum(pairs[first][second] for first, second in sorted(found))
        return total / float(len(known) + len(found) + _SILENT_RUNS) ** 0.5


def scale(number: np.ndarray) -> np.ndarray:
    """What each of a text's `number` runs counts."""
    return 1 / np.sqrt(number + _SILENT_RUNS)


def words(read: Read) -> float:
    """What the words of feeling say, as log-odds before calibration."""
    return (read.positive - read.negative) / (0.5 + read.positive + read.negative) ** 0.5


def runs_of(read: Read) -> set[str]:
    """The distinct words, pairs and negated words of feeling of a text, as the model counts them."""
    found = set(read.words)
    found.update([f"{a} {b}" for a, b in pairwise(read.words) if a and b])
    found.discard("")
    for word in read.negated:
        found.discard(word)
        found.add("!" + word)
    return found


@cache
def shipped_model() -> EnglishModel:
    """The model that comes with csm-xl (see ``sentiment_en.txt`` for where it comes from)."""
    resource = files("csm_xl.feedback") / MODEL_FILE
    with as_file(resource) as path, np.load(path, allow_pickle=False) as stored:
        runs = tuple(stored["runs"].tobytes().decode().split("\n"))
        weights = stored["weights"].astype(np.float64) * float(stored["step"])
        silent, outspoken = stored["slope"].tolist()
        return EnglishModel(runs, weights, (silent, outspoken))
