"""Words that nobody listed, found by how often and beside what they stand.

Chinese has no spaces. A run of characters is a word when its characters stand together far more
often than chance (pointwise mutual information) and when many different characters stand before and
after it (branching entropy); see Sproat & Shih 1990 and Jin & Tanaka-Ishii 2006. It names something
that customers talk about when what follows it is often an opinion.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from csm_xl.feedback.characters import END, Folded, keys

_LENGTHS = (2, 3, 4)
#: Mutual information that makes a word, and the share of the greatest possible that does so in a
#: handful of texts, where no run can reach the former.
_COHESION, _COHESION_SHARE = 2.0, 0.6
_ENTROPY = 1.0
#: Share of its appearances that an opinion, a negation or a degree word follows at once, or that
#: follow a word which things are asked for or missed with: 没有小票, 加个深色模式.
_OPINION = 0.25
_ASKED = "个加有没缺换供"
#: Characters that hold sentences together and begin or end no name of a thing.
_PARTICLES = "的了是我你他她它们在也都就和与及或而但却被把给让对从到向往于为以因这那哪谁么吗呢吧啊呀哦嘛啦很太不没有还更最又再只才会能要可很真好多少大小个些点着过得地说去来想看用吃买住上下里跟比等一二三四五六七八九十两几每"
_IS_PARTICLE = np.zeros(0x10000, dtype=bool)
_IS_PARTICLE[[ord(c) for c in _PARTICLES]] = True
_ENGLISH = re.compile(r"[a-z]+(?:['-][a-z]+)*")
#: Share of the rarer word's appearances beside the other that makes two English words a name.
_TOGETHER = 0.5


def chinese_names(folded: Folded, judging: np.ndarray, at_least: int) -> dict[str, int]:
    """Runs of two to four Han characters that are words and that customers have opinions on.

    Parameters
    ----------
    folded : Folded
        Clauses.
    judging : array of int, shape (j,)
        Where a word of feeling, a negation or a degree word begins.
    at_least : int
        Appearances that a word needs.

    Returns
    -------
    dict of str to int
        Words and how often they appear.
    """
    codes = np.where((folded.codes >= 0x4E00) & (folded.codes <= 0x9FFF), folded.codes, END)
    judged_at = np.zeros(codes.size + 1, dtype=bool)
    judged_at[judging] = True
    asked = np.append(np.isin(folded.codes, [ord(c) for c in _ASKED]), False)
    runs = {length: keys(codes, length) for length in range(1, max(_LENGTHS) + 1)}
    longest = max(_LENGTHS)
    key, start = runs[longest]
    # The longest are parts of no other run, so that only those that may be names are counted.
    whole = _edges_free(key, longest)
    runs[longest] = key[whole], start[whole]
    count = {length: np.unique(key, return_counts=True) for length, (key, _) in runs.items()}
    total = max(int(count[1][1].sum()), 1)
    out: dict[str, int] = {}
    for length in _LENGTHS:
        key, start = runs[length]
        whole = _edges_free(key, length)
        key, start = key[whole], start[whole]
        known, number = count[length]
        keep = (number >= at_least) & _edges_free(known, length)
        cohesion = _cohesion(known[keep], number[keep], length, count, total)
        greatest = np.log(total / number[keep])
        keep[keep] = (cohesion >= _COHESION) | (cohesion >= _COHESION_SHARE * greatest)
        known, number = known[keep], number[keep]
        if not known.size:
            continue
        place = np.minimum(np.searchsorted(known, key), known.size - 1)
        hit = known[place] == key
        place, start = place[hit], start[hit]
        before = np.where(start > 0, folded.codes[start - 1], END)
        after = folded.codes[np.minimum(start + length, folded.codes.size - 1)]
        free = np.minimum(_entropy(place, before, known.size), _entropy(place, after, known.size))
        judged = judged_at[start + length] | asked[start - 1]
        named = np.bincount(place, judged, known.size) / number
        for i in np.flatnonzero((free >= _ENTROPY) & (named >= _OPINION)):
            word = int(known[i]).to_bytes(8, "little").decode("utf-16-le").rstrip("\0")
            out[word] = int(number[i])
    return out


def english_words_of(clauses: Sequence[str], folded: Folded) -> dict[int, list[str]]:
    """The Latin words in lower case of each clause that has any, by its number."""
    latin = folded.row[(folded.codes >= ord("a")) & (folded.codes <= ord("z"))]
    return {i: _ENGLISH.findall(clauses[i].lower()) for i in np.unique(latin).tolist()}


def english_names(
    words_of: Mapping[int, Sequence[str]], at_least: int, left_out: frozenset[str]
) -> dict[str, int]:
    """Pairs of English words that stay together.

    Parameters
    ----------
    words_of : mapping of int to sequence of str
        The words of each clause, by its number.
    at_least : int
        Appearances that a pair needs.
    left_out : frozenset of str
        Words that name nothing.
    """
    number: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for words in words_of.values():
        number.update(words)
        pairs.update(pairwise(words))
    return {
        " ".join(pair): times
        for pair, times in pairs.items()
        if times >= at_least
        and times >= _TOGETHER * min(number[pair[0]], number[pair[1]])
        and all(len(word) > 2 and word not in left_out for word in pair)
    }


def _edges_free(known: np.ndarray, length: int) -> np.ndarray:
    first = known & np.uint64(0xFFFF)
    last = known >> np.uint64(16 * (length - 1))
    return ~(_IS_PARTICLE[first] | _IS_PARTICLE[last])


def _cohesion(
    key: np.ndarray,
    number: np.ndarray,
    length: int,
    count: dict[int, tuple[np.ndarray, np.ndarray]],
    total: int,
) -> np.ndarray:
    """Pointwise mutual information of the weakest split of each run."""
    weakest = np.full(key.size, np.inf)
    for cut in range(1, length):
        left = _counts(key & np.uint64((1 << 16 * cut) - 1), *count[cut])
        right = _counts(key >> np.uint64(16 * cut), *count[length - cut])
        weakest = np.minimum(weakest, np.log(number * float(total) / (left * right)))
    return weakest


def _counts(key: np.ndarray, known: np.ndarray, number: np.ndarray) -> np.ndarray:
    return number[np.searchsorted(known, key)].astype(float)


def _entropy(word: np.ndarray, neighbour: np.ndarray, n: int) -> np.ndarray:
    """Entropy of the characters beside each word; the edge of a clause is as free as any other."""
    at_edge = neighbour == END
    # Every edge counts as a neighbour of its own, since anything may follow there.
    neighbour = np.where(at_edge, 0x10000 + np.arange(neighbour.size), neighbour)
    pair, times = np.unique(word.astype(np.int64) << 32 | neighbour, return_counts=True)
    owner = pair >> 32
    share = times / np.bincount(owner, times, n)[owner]
    return np.bincount(owner, -share * np.log(share), n)
