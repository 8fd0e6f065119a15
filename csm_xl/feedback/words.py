"""Words that nobody listed, found by how often and beside what they stand.

Chinese has no spaces. A run of characters is a word when its characters stand together far more
often than chance (pointwise mutual information) and when many different characters stand before and
after it (branching entropy); see Sproat & Shih 1990 and Jin & Tanaka-Ishii 2006. It names something
that customers talk about when what follows it is often an opinion.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from csm_xl.feedback.characters import END, Folded, key_at, membership

_LENGTHS = (2, 3, 4)
#: Mutual information that makes a word, and the share of the greatest possible that does so in a
#: handful of texts, where no run can reach the former.
_COHESION, _COHESION_SHARE = 2.0, 0.6
_ENTROPY = 1.0
#: Share of its appearances that an opinion, a negation or a degree word follows at once, or that
#: follow a word which things are asked for or missed with: 没有小票, 加个深色模式.
_OPINION = 0.25
_ASKED = membership("个加有没缺换供")
#: Characters that hold sentences together and begin or end no name of a thing.
_PARTICLES = "的了是我你他她它们在也都就和与及或而但却被把给让对从到向往于为以因这那哪谁么吗呢吧啊呀哦嘛啦很太不没有还更最又再只才会能要可很真好多少大小个些点着过得地说去来想看用吃买住上下里跟比等一二三四五六七八九十两几每"
_IS_PARTICLE = membership(_PARTICLES)
_ENGLISH = re.compile(r"[a-z]+(?:['-][a-z]+)*")
#: Share of the rarer word's appearances beside the other that makes two English words a name.
_TOGETHER = 0.5


def chinese_names(folded: Folded, judged: np.ndarray, at_least: int) -> dict[str, int]:
    """Runs of two to four Han characters that are words and that customers have opinions on.

    Parameters
    ----------
    folded : Folded
        Clauses.
    judged : array of bool, shape (n_characters,)
        Whether a word of feeling, a negation or a degree word begins at each character.
    at_least : int
        Appearances that a word needs.

    Returns
    -------
    dict of str to int
        Words and how often they appear.
    """
    codes = np.where((folded.codes >= 0x4E00) & (folded.codes <= 0x9FFF), folded.codes, END)
    judged = np.append(judged, False)
    asked = np.append(_ASKED[folded.codes], False)
    single = np.bincount(codes, minlength=0x10000)
    single[END] = 0
    total = max(int(single.sum()), 1)
    known: np.ndarray = np.flatnonzero(single >= at_least)
    count = {1: (known.astype(np.uint64), single[known])}
    often = single[codes] >= at_least
    out: dict[str, int] = {}
    for length in _LENGTHS:
        # A run is frequent only where the one that it begins with and the one it ends with are.
        start = np.flatnonzero(often[:-1] & often[1:])
        key = key_at(codes, start, length)
        # The longest are parts of no other run, so that only those that may be names are counted.
        if length == max(_LENGTHS):
            whole = _edges_free(key, length)
            key, start = key[whole], start[whole]
        known, number = np.unique(key, return_counts=True)
        known, number = known[number >= at_least], number[number >= at_least]
        if not known.size:
            break
        count[length] = known, number
        place = np.minimum(np.searchsorted(known, key), known.size - 1)
        hit = known[place] == key
        place, start = place[hit], start[hit]
        often = np.zeros(codes.size, dtype=bool)
        often[start] = True
        keep = _edges_free(known, length)
        cohesion = _cohesion(known[keep], number[keep], length, count, total)
        greatest = np.log(total / number[keep])
        keep[keep] = (cohesion >= _COHESION) | (cohesion >= _COHESION_SHARE * greatest)
        place, start = place[keep[place]], start[keep[place]]
        before = np.where(start > 0, folded.codes[start - 1], END)
        after = folded.codes[np.minimum(start + length, folded.codes.size - 1)]
        free = np.minimum(_entropy(place, before, known.size), _entropy(place, after, known.size))
        followed = judged[start + length] | asked[start - 1]
        named = np.bincount(place, followed, known.size) / number
        for i in np.flatnonzero(keep & (free >= _ENTROPY) & (named >= _OPINION)):
            word = int(known[i]).to_bytes(8, "little").decode("utf-16-le").rstrip("\0")
            out[word] = int(number[i])
    return out


def english_words_of(clauses: Sequence[str], folded: Folded) -> dict[int, list[str]]:
    """The Latin words in lower case of each clause that has any, by its number."""
    latin = folded.row[(folded.codes >= ord("a")) & (folded.codes <= ord("z"))]
    return {i: _ENGLISH.findall(clauses[i].lower()) for i in np.unique(latin).tolist()}


def english_names(
    clauses: Sequence[Sequence[str]], at_least: int, left_out: frozenset[str]
) -> dict[str, int]:
    """Pairs of English words that stay together.

    Parameters
    ----------
    clauses : sequence of sequence of str
        The words of each clause.
    at_least : int
        Appearances that a pair needs.
    left_out : frozenset of str
        Words that name nothing.
    """
    number: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for words in clauses:
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
