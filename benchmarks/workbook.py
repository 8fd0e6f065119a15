"""Calculating and refreshing a workbook of 50,000 customers, beside openpyxl loading and saving it.

Each side runs in a process of its own, in turns. Peak memory is that of the whole process, imports
included; time begins after them. Needs Linux, which tells a process's peak.

Run: python benchmarks/workbook.py [customers]
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import openpyxl
from openpyxl.worksheet.table import Table

HEADERS = ["Customer", "Plan", "Orders", "Spend", "Visits", "Rating", "Average order", "Churned"]
TRAINED_ON = 3_000
ROUNDS = 5

OURS = """
import sys, time
from csm_xl.xlfile.lean_import import import_xlwings_without_plots
import_xlwings_without_plots()
from csm_xl.commands import refresh
from csm_xl.commands.opening import open_book
start = time.perf_counter()
book = open_book(sys.argv[1])
refresh(book)
book.save()
"""
ONE = """
import sys, time
from csm_xl.xlfile.lean_import import import_xlwings_without_plots
import_xlwings_without_plots()
from csm_xl.commands.opening import open_book
start = time.perf_counter()
book = open_book(sys.argv[1])
book.app.calculate()
book.save()
"""
EDIT = """
import sys, time
from csm_xl.xlfile.lean_import import import_xlwings_without_plots
import_xlwings_without_plots()
from csm_xl.commands.opening import open_book
start = time.perf_counter()
book = open_book(sys.argv[1])
table = book.sheets["Customers"].tables["Customers"]
rows = table.data_body_range.raw_value
width = len(rows[0])
table.resize(table.range.resize(len(rows) + 1, width + 2))
table.header_row_range[0, width:].value = ["Probability", "Risk"]
table.data_body_range[:, width].value = [[0.001 * (i % 997)] for i in range(len(rows))]
table.data_body_range[:, width + 1].value = [["Low" if i % 3 else "High"] for i in range(len(rows))]
book.save()
"""
THEIRS = """
import sys, time
import openpyxl
start = time.perf_counter()
book = openpyxl.load_workbook(sys.argv[1])
book.save(sys.argv[1])
"""
MEASURE = """
took = time.perf_counter() - start
from pathlib import Path
status = Path("/proc/self/status").read_text()
# Not getrusage: its peak begins with that of the process which started this one.
print(took, int(status.split("VmHWM:")[1].split()[0]) / 1024)
"""


def make(path: Path, customers: int) -> None:
    """A workbook of customers with a formula in each row and key figures of csm-xl's functions."""
    random.seed(1)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Customers"
    sheet.append(HEADERS)
    for number in range(2, customers + 2):
        plan = random.choice(["Basic", "Pro", "Team"])
        rating = random.randint(1, 5)
        risk = 0.5 - 0.08 * rating + (0.15 if plan == "Basic" else 0.0)
        orders = random.randint(1, 40)
        sheet.append(
            [
                f"C{number:06d}",
                plan,
                orders,
                round(random.random() * 1000, 2),
                random.randint(0, 90),
                rating,
                f"=D{number}/C{number}",
                int(random.random() < risk),
            ]
        )
    sheet.add_table(Table(displayName="Customers", ref=f"A1:H{customers + 1}"))
    figures = book.create_sheet("Figures")
    for row, formula in enumerate(
        (
            "=CSAT(Customers[Rating])",
            '=CSAT(Customers[Rating],"positive")',
            "=CHURN_RATE(Customers[Churned])",
            "=SUM(Customers[Spend])",
            "=AVERAGE(Customers[Average order])",
        ),
        1,
    ):
        figures.cell(row, 1, formula)
    book.save(path)


def make_values(path: Path, customers: int) -> None:
    """The same customers as plain values, and one formula of csm-xl."""
    make(path, customers)
    book = openpyxl.load_workbook(path)
    del book["Figures"]
    sheet = book["Customers"]
    for row in range(2, customers + 2):
        sheet.cell(row, 7, round(sheet.cell(row, 4).value / sheet.cell(row, 3).value, 6))
    sheet["J1"] = "=CSAT(Customers[Rating])"
    book.save(path)


def give_a_model(path: Path) -> None:
    """Train on some of the customers and store the model in the workbook."""
    from csm_xl.commands import read_training, train, write_training
    from csm_xl.commands.opening import open_book

    book = open_book(path)
    data = read_training(book)
    part = replace(
        data,
        columns={name: cells[:TRAINED_ON] for name, cells in data.columns.items()},
        label=data.label[:TRAINED_ON],
        rows=None if data.rows is None else data.rows[:TRAINED_ON],
    )
    write_training(book, train(part))
    # Blank the scores, so that every customer's is written by what is measured.
    scored = book.sheets["Customers"].tables["Customers"]
    width = len(HEADERS)
    scored.data_body_range[:, width:].clear_contents()
    book.save()
    book.close()


def run(code: str, path: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", code + MEASURE, str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, peak = done.stdout.split()[-2:]
    return float(seconds), float(peak)


def compare(what: str, code: str, source: Path, scratch: Path, *, at_most: float) -> None:
    """Print both ratios of the medians over some rounds in turns."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        for side, results in ((code, ours), (THEIRS, theirs)):
            scratch.write_bytes(source.read_bytes())
            results.append(run(side, scratch))
    for name, unit, place, limit in (("time", "s", 0, at_most), ("peak memory", "MB", 1, 1.0)):
        mine, other = (statistics.median(r[place] for r in side) for side in (ours, theirs))
        verdict = "holds" if mine <= limit * other else "FAILS"
        print(
            f"{what}, {name}: {mine / other:.2f} (claimed: at most {limit:g}; {verdict})"
            f"  [{mine:.2f} {unit} / {other:.2f} {unit}]"
        )


def main() -> None:
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as folder:
        # Backups of the benchmark's own workbooks go with them.
        os.environ["CSM_XL_HOME"] = folder
        plain, scored = Path(folder) / "plain.xlsx", Path(folder) / "scored.xlsx"
        make(plain, customers)
        compare(
            f"open, write two columns, save; {customers:,} customers",
            EDIT,
            plain,
            Path(folder) / "scratch.xlsx",
            at_most=0.5,
        )
        values = Path(folder) / "values.xlsx"
        make_values(values, customers)
        compare(
            f"calc with one formula of csm-xl; {customers:,} customers",
            ONE,
            values,
            Path(folder) / "scratch.xlsx",
            at_most=0.3,
        )
        scored.write_bytes(plain.read_bytes())
        give_a_model(scored)
        compare(
            f"calc and refresh; {customers:,} customers",
            OURS,
            scored,
            Path(folder) / "scratch.xlsx",
            at_most=0.5,
        )


if __name__ == "__main__":
    main()
