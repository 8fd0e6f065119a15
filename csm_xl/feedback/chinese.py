"""The sentiment of Chinese text: words of feeling, and learned weights of short character runs.

``log-odds = slope · (words + runs)``

- *words*: (positive − negative) / √(0.5 + positive + negative) of :mod:`csm_xl.feedback.lexicon`;
- *runs*: the weights of the text's distinct runs of two and three characters, and of its distinct
  words of feeling, over √(their number + 5).

What emoji and emoticons say, on which the labelled reviews are silent, comes on top (:func:`signs`).

There is no intercept: a text without evidence is neutral. The slope is smaller where few words of
feeling are found, since runs alone tell the side of a text of an unknown trade in 6 of 10 cases.
The weights were fitted on top of the words, so that the runs only say what the words do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np

from csm_xl.feedback.characters import END, Folded, keys, membership
from csm_xl.feedback.lexicon import Evidence
from csm_xl.feedback.matching import KeyTable

#: Lengths of the character runs. Single characters mostly tell the kind of shop.
RUN_LENGTHS = (2, 3)
#: Words of feeling of up to three characters are learned too, marked in the fourth place.
MOST_CHARACTERS = 3
WORD, NEGATED_WORD = 1, 2
_SIGNS = 1.5
#: A text counts as if it had this many more runs that say nothing, so that a single run of a short
#: text does not decide alone.
_SILENT_RUNS = 5
#: Strength of the words of feeling from which on the calibration does not change any more.
_PLENTY = 1.5
_PUNCTUATION = membership(",。!?;:.~… ")
MODEL_FILE = "sentiment_zh.npz"


@dataclass(frozen=True)
class ChineseModel:
    """Fitted weights of character runs.

    Parameters
    ----------
    runs : array of uint16, shape (m, 4)
        Three character codes, filled up with zeros, and a mark: 0 for a run of characters, 1 for a
        word of feeling, 2 for a negated one.
    weights : array of float, shape (m,)
    slope : tuple of float
        Calibrates the log-odds of texts without words of feeling, and with plenty of them.
    """

    runs: np.ndarray
    weights: np.ndarray
    slope: tuple[float, float] = (1.0, 1.0)

    def __post_init__(self) -> None:
        wide = self.runs.astype(np.uint64)
        key = sum((wide[:, i] << np.uint64(16 * i) for i in range(1, 4)), wide[:, 0])
        table = KeyTable({int(k): i for i, k in enumerate(key)})
        object.__setattr__(self, "_table", table)

    def log_odds(self, folded: Folded, found: Evidence) -> np.ndarray:
        """Log-odds that each folded text is positive, signs aside, shape (n,)."""
        row, run = self.found_runs(folded, found)
        number = np.bincount(row, minlength=folded.n)
        learned = np.bincount(row, weights=self.weights[run], minlength=folded.n) * scale(number)
        silent, outspoken = self.slope
        slope = silent + (outspoken - silent) * outspokenness(found.positive + found.negative)
        return slope * (words(found) + learned)

    def found_runs(self, folded: Folded, found: Evidence) -> tuple[np.ndarray, np.ndarray]:
        """Each text's distinct known runs: text number and run number, sorted by text."""
        table: KeyTable = self._table  # type: ignore[attr-defined]
        rows, runs = [], []
        for key, row in run_keys(folded, found):
            at, run = table.find(key)
            rows.append(row[at].astype(np.int64))
            runs.append(run)
        pair = np.concatenate(rows) * len(self.weights) + np.concatenate(runs)
        pair.sort()
        pair = pair[np.append(True, pair[1:] != pair[:-1])] if pair.size else pair
        return pair // len(self.weights), pair % len(self.weights)


def outspokenness(strength: np.ndarray) -> np.ndarray:
    """0 for texts without words of feeling, 1 for those whose words add up to plenty."""
    return np.minimum(strength / _PLENTY, 1.0)


def scale(number: np.ndarray) -> np.ndarray:
    """What each of a text's `number` runs counts."""
    return 1 / np.sqrt(number + _SILENT_RUNS)


def run_keys(folded: Folded, found: Evidence) -> list[tuple[np.ndarray, np.ndarray]]:
    """Keys and text numbers of all character runs, one pair of arrays per run length.

    Digits count as one another. Runs with Latin letters are left to the word lists, runs with emoji
    to the signs. Runs that hold nothing but an opinion do not count, since 难吃 in 不难吃 blames
    nobody: the word of feeling counts instead, and the negated word as another one. Runs inside the
    name of a thing do not count either: guests who write about 早餐 are mostly content, but 早餐 is
    no praise.
    """
    codes = folded.codes.copy()
    codes[(codes >= ord("0")) & (codes <= ord("9"))] = ord("0")
    latin = (codes >= ord("a")) & (codes <= ord("z"))
    private = (codes >= 0xE000) & (codes <= 0xF8FF)
    codes[latin | private] = END
    opinion = _numbered(found.unit, found.end, codes.size) > 0
    thing = _numbered(found.thing_start, found.thing_end, codes.size)
    silent = opinion | _PUNCTUATION[codes]
    out = []
    for length in RUN_LENGTHS:
        key, begin = keys(codes, length)
        places = [begin + i for i in range(length)]
        only_opinion = np.logical_and.reduce([silent[place] for place in places])
        only_opinion &= np.logical_or.reduce([opinion[place] for place in places])
        only_thing = (thing[begin] > 0) & (thing[begin] == thing[places[-1]])
        counts = ~(only_opinion | only_thing)
        out.append((key[counts], folded.row[begin[counts]]))
    size = found.end - found.start
    short = size <= MOST_CHARACTERS
    begin, length = found.start[short], size[short]
    key = np.where(found.negated[short], NEGATED_WORD, WORD).astype(np.uint64) << np.uint64(48)
    for i in range(MOST_CHARACTERS):
        inside = i < length
        code = folded.codes[np.where(inside, begin + i, 0)].astype(np.uint64)
        key |= np.where(inside, code, np.uint64(0)) << np.uint64(16 * i)
    out.append((key, folded.row[begin]))
    return out


def _numbered(start: np.ndarray, end: np.ndarray, n: int) -> np.ndarray:
    """A number of its own at the characters of each word, 0 between words."""
    size = end - start
    number = np.repeat(np.arange(1, size.size + 1, dtype=np.int32), size)
    within = np.arange(number.size) - np.repeat(np.cumsum(size) - size, size)
    out = np.zeros(n, dtype=np.int32)
    out[np.repeat(start, size) + within] = number
    return out


def words(found: Evidence) -> np.ndarray:
    """What the words of feeling say, as log-odds before calibration."""
    strength = found.positive + found.negative
    return (found.positive - found.negative) / np.sqrt(0.5 + strength)


def signs(found: Evidence) -> np.ndarray:
    """What emoji and emoticons say, as log-odds. Many of one kind say little more than a few."""
    return _SIGNS * found.faces / np.sqrt(1.0 + np.abs(found.faces))


@cache
def shipped_model() -> ChineseModel:
    """The model that comes with csm-xl (see ``sentiment_zh.txt`` for where it comes from)."""
    resource = files("csm_xl.feedback") / MODEL_FILE
    with as_file(resource) as path, np.load(path, allow_pickle=False) as stored:
        weights = stored["weights"].astype(np.float64) * float(stored["step"])
        silent, outspoken = stored["slope"].tolist()
        return ChineseModel(stored["runs"], weights, (silent, outspoken))
