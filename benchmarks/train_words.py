"""Write the common words that pain points read with: ``python benchmarks/train_words.py``.

``words_zh.txt`` comes from the dictionary of jieba, ``words_en.txt`` from the lexicon of Brill's tagger
as TextBlob ships it; which English words are common is counted in the sentences that
``train_sentiment_en.py`` reads and in the news that come with them. All are under the MIT License.
Needs jieba and textblob.
"""

from __future__ import annotations

import importlib.resources
import re
from collections import Counter
from pathlib import Path

from train_sentiment import PACKAGE
from train_sentiment_en import DOMAINS, source

#: Counts in jieba's dictionary (of the news) from which a word is common: nouns are what themes are
#: named by, and are taken from further down.
NOUN, OTHER = 20, 50
#: The same, in 25,000 English sentences.
ENGLISH_NOUN, ENGLISH_OTHER = 1, 3
_PEOPLE_AND_PLACES = ("nr", "ns", "nt", "nz", "nrt", "nrfg")
HEAD = """\
# Common words, by kind. A theme that is in no list is named by a noun; the other words keep a noun
# from being read out of two halves. Written by benchmarks/train_words.py from {origin}
"""


def chinese() -> dict[str, list[str]]:
    """Chinese words of two to four characters by kind."""
    path = Path(str(importlib.resources.files("jieba"))) / "dict.txt"
    out: dict[str, list[str]] = {"noun": [], "verb": [], "other": []}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, times, tag = line.split()
        if not re.fullmatch("[\u4e00-\u9fff]{2,4}", word):
            continue
        named = tag.startswith("n") and tag not in _PEOPLE_AND_PLACES
        kind = (
            "noun" if named or tag in ("vn", "an") else "verb" if tag.startswith("v") else "other"
        )
        if int(times) >= (NOUN if kind == "noun" else OTHER):
            out[kind].append(word)
    return out


def english() -> dict[str, list[str]]:
    """English words by kind."""
    times: Counter[str] = Counter()
    for name in (*DOMAINS.values(), "nytEditorialSnippets_GroundTruth.txt"):
        text = (source() / "hutto_ICWSM_2014" / name).read_text(encoding="utf-8", errors="replace")
        times.update(re.findall("[a-z]+(?:'[a-z]+)?", text.lower()))
    path = Path(str(importlib.resources.files("textblob"))) / "en" / "en-lexicon.txt"
    out: dict[str, list[str]] = {"noun": [], "verb": [], "other": []}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, tags = line.partition(" ")
        if not re.fullmatch("[a-z]{3,}", word):
            continue
        first = tags.split()[0]
        kind = "noun" if first in ("NN", "NNS") else "verb" if first.startswith("VB") else "other"
        if times[word] >= (ENGLISH_NOUN if kind == "noun" else ENGLISH_OTHER):
            out[kind].append(word)
    return out


def write(name: str, words: dict[str, list[str]], origin: str) -> None:
    """Write a list of words by kind."""
    parts = [HEAD.format(origin=origin)]
    for kind, listed in words.items():
        parts.append(f"[{kind}]\n" + "\n".join(_lines(sorted(set(listed)))) + "\n")
    path = PACKAGE / name
    path.write_text("\n".join(parts), encoding="utf-8")
    print(
        name,
        {kind: len(listed) for kind, listed in words.items()},
        f"{path.stat().st_size:,} bytes",
    )


def _lines(words: list[str]) -> list[str]:
    lines, line = [], ""
    for word in words:
        if len(line) + len(word) >= 100:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [*lines, line]


if __name__ == "__main__":
    write("words_zh.txt", chinese(), "the dictionary of\n# jieba 0.42 (MIT License).")
    write("words_en.txt", english(), "the lexicon of\n# Brill's tagger in TextBlob (MIT License).")
