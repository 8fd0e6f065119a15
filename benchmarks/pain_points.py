"""What pain points name, beside gold aspects: ``python benchmarks/pain_points.py``.

Needs the reviews (CSM_XL_DATA, else shared/data beside the checkout). For takeaway and hotel reviews
the ten most mentioned themes are printed, to be read by a person. For restaurants (ASAP, 18 aspects)
and laptops (SemEval 2014 task 4, terms) it is counted which complaints the first twelve themes name.
"""

from __future__ import annotations

import csv
import re
import time
from collections import Counter

from train_sentiment import data_folder, load_reviews

from csm_xl.feedback import PainPoint, pain_points

#: The aspects of ASAP under the themes that name them.
ASPECTS = {
    "服务": ("service_waiters_attitude",),
    "等待": ("service_wait_time", "service_serving_speed"),
    "价格": ("price_level", "price_cost_effective", "price_discount"),
    "位置": (
        "location_traffic",
        "location_distance_from_business_district",
        "location_easy_to_find",
    ),
    "停车": ("service_parking_convenience",),
    "噪音": ("environment_noise",),
    "卫生": ("environment_cleaness",),
    "环境": ("environment_space",),
    "装修": ("environment_decoration",),
    "分量": ("dish_portion",),
    "味道": ("dish_taste", "dish_look", "dish_recommendation"),
}


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of a public data set."""
    with (data_folder() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def show(title: str, texts: list[str], n: int = 10) -> list[PainPoint]:
    """Print the most mentioned themes."""
    start = time.process_time()
    points = pain_points(texts, n=n)
    print(f"\n{title}: {len(texts):,} texts, {time.process_time() - start:.1f} s")
    print("theme | kind | mentions | share | mean sentiment | often with | example")
    for point in points:
        print(
            f"{point.theme.zh} {point.theme.en} | {point.kind} | {point.mentions:,} | "
            f"{point.share:.0%} | {point.mean_sentiment:+.2f} | {' '.join(point.often_with)} | "
            f"{point.example}"
        )
    return points


def restaurants() -> None:
    """Which of the gold complaints, by weight, the first twelve themes name."""
    rows = rows_of("reviews_zh_restaurant_aspects.csv")
    named = {point.theme.zh for point in show("restaurants", [r["reviewbody"] for r in rows], 12)}
    weight = {a: sum(row[a] == "-1" for row in rows) for group in ASPECTS.values() for a in group}
    heard = sum(weight[a] for theme, group in ASPECTS.items() if theme in named for a in group)
    print(f"gold complaints whose aspect is named: {heard / sum(weight.values()):.0%} by weight")


def laptops() -> None:
    """Which of the twelve most complained-about terms the first twelve themes speak of."""
    rows = rows_of("reviews_en_laptop_aspects.csv")
    points = show("laptops", [row["text"] for row in rows], 12)
    terms: Counter[str] = Counter()
    for row in rows:
        for aspect in row["aspects"].split(";"):
            term, _, side = aspect.rpartition("=")
            terms[term.lower().strip('"')] += side == "negative"
    heard = []
    for term, times in terms.most_common(12):
        word = re.compile(rf"\b{re.escape(term)}", re.IGNORECASE)
        if any(
            sum(bool(word.search(rows[i]["text"])) for i in p.rows) >= times / 4 for p in points
        ):
            heard.append(term)
    print(f"most complained-about terms that a theme speaks of: {len(heard)} of 12: {heard}")


def main() -> None:
    """Print all of it."""
    for domain in ("takeaway", "hotel"):
        show(domain, load_reviews(domain).texts)
    restaurants()
    laptops()


if __name__ == "__main__":
    main()
