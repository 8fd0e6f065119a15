"""What pain points name on the public reviews: ``python benchmarks/pain_points.py``.

Needs the reviews (CSM_XL_DATA, else shared/data beside the checkout).
"""

from __future__ import annotations

import time

from train_sentiment import DOMAINS, load_reviews

from csm_xl.feedback import pain_points


def main() -> None:
    """Print the ten most mentioned themes of each set."""
    for domain in DOMAINS:
        texts = load_reviews(domain).texts
        start = time.process_time()
        points = pain_points(texts, n=10)
        seconds = time.process_time() - start
        print(f"\n{domain}: {len(texts):,} reviews, {seconds:.1f} s")
        print("theme | kind | mentions | mean sentiment | often with | example")
        for point in points:
            print(
                f"{point.theme.zh} {point.theme.en} | {point.kind} | {point.mentions:,} | "
                f"{point.mean_sentiment:+.2f} | {' '.join(point.often_with)} | {point.example}"
            )


if __name__ == "__main__":
    main()
