"""Importing 200,000 orders, beside what nobody can do without: reading them and writing them.

The other side is ``pandas.read_csv`` with one group-by of the same file, and openpyxl writing the rows
that come in. Each side runs in a process of its own, in turns; time is the processor's, peak memory
that of the whole process. Needs Linux, which tells a process's peak.

Run: python benchmarks/big_import.py [orders] [rounds]
"""

from __future__ import annotations

import csv
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TITLES = [
    "Order number",
    "Order date",
    "Customer email",
    "Product",
    "Quantity",
    "Total",
    "Order status",
]

OURS = """
import sys, time
from csm_xl.xlfile.lean_import import import_xlwings_without_plots
import_xlwings_without_plots()
from pathlib import Path
from csm_xl.commands.importing import import_data
from csm_xl.commands.opening import open_book
start = time.process_time()
book = open_book(sys.argv[1])
outcome = import_data(book, Path(sys.argv[2]), "orders")
book.save()
assert outcome.more["added"] == int(sys.argv[3]), outcome.message.en
"""
PLAIN = """
import sys, time
import pandas as pd
import openpyxl
start = time.process_time()
frame = pd.read_csv(sys.argv[2])
sums = frame.groupby("Customer email")["Total"].sum()
book = openpyxl.Workbook()
sheet = book.active
sheet.append(list(frame.columns))
for row in frame.itertuples(index=False):
    sheet.append(row)
book.save(sys.argv[1] + ".out.xlsx")
assert len(frame) == int(sys.argv[3])
"""
END = """
import resource
print(time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def export(path: Path, orders: int) -> None:
    """Write the export of a shop."""
    draw = random.Random(7)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(TITLES)
        for n in range(orders):
            day = f"2025-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"
            mail = f"buyer{draw.randrange(orders // 5)}@mail.example"
            amount = f"{draw.uniform(5, 200):.2f}"
            writer.writerow(
                [f"N{n:07d}", day, mail, f"Tea {n % 40}", draw.randint(1, 4), amount, "paid"]
            )


def measured(code: str, *arguments: str) -> tuple[float, float]:
    """Seconds of the processor and peak MB of a process."""
    done = subprocess.run(
        [sys.executable, "-c", code + END, *arguments], capture_output=True, text=True, check=True
    )
    seconds, peak = done.stdout.split()[-2:]
    return float(seconds), float(peak)


def main() -> None:
    """Print seconds, memory and their ratios."""
    from csm_xl.workbook.build import build

    orders = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as folder:
        source, book = Path(folder) / "orders.csv", Path(folder) / "book.xlsx"
        export(source, orders)
        found: dict[str, list[tuple[float, float]]] = {
            "csm-xl import": [],
            "pandas and openpyxl": [],
        }
        for _ in range(rounds):
            book.write_bytes(build("en"))
            arguments = (str(book), str(source), str(orders))
            found["csm-xl import"].append(measured(OURS, *arguments))
            found["pandas and openpyxl"].append(measured(PLAIN, *arguments))
    for name, times in found.items():
        seconds, peaks = zip(*times, strict=True)
        print(f"{name}: {statistics.median(seconds):.1f} s, {max(peaks):,.0f} MB at most")
    ours, plain = found["csm-xl import"], found["pandas and openpyxl"]
    ratios = [a[0] / b[0] for a, b in zip(ours, plain, strict=True)]
    peaks = [a[1] / b[1] for a, b in zip(ours, plain, strict=True)]
    print(
        f"ratio of time {statistics.median(ratios):.2f}, of memory {statistics.median(peaks):.2f}"
    )


if __name__ == "__main__":
    main()
