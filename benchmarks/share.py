"""The accountant's copy of 5,000 customers and 20,000 orders, with a live churn model.

Writing it, beside openpyxl loading and saving the owner's workbook, each in a fresh process: time
of the processor and peak memory, imports included. And LibreOffice opening the copy and computing
every formula anew.

Run: python benchmarks/share.py [customers] [--no-office]   (Linux, which tells a process's peak)
"""

from __future__ import annotations

import datetime as dt
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import openpyxl
from openpyxl.worksheet.table import Table
from side_by_side import seconds

from csm_xl import commands
from csm_xl.commands.hidden_sheet import read_records, write_records
from csm_xl.commands.opening import open_book
from csm_xl.commands.session import Session

ROUNDS = 3
OURS = """
import sys
sys.argv = ["csm-xl", "share", sys.argv[1], "-o", sys.argv[2], "--force"]
from csm_xl.cli.running import main
try:
    main()
except SystemExit as ended:
    assert not ended.code
"""
THEIRS = """
import sys, openpyxl
openpyxl.load_workbook(sys.argv[1]).save(sys.argv[2])
"""
MEASURE = """
import time
from pathlib import Path
# Not getrusage: its peak begins with that of the process which started this one.
peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
print(time.process_time(), peak)
"""

TRAINED_ON = 1_000
ORDERS_EACH = 4
HEADERS = [
    "Customer ID",
    "Name",
    "E-mail",
    "Plan",
    "Channel",
    "Region",
    "Device",
    "Tenure",
    "Visits",
    "Spend",
    "Tickets",
    "Rating",
    "Positive",
    "Total",
    "Satisfaction",
    "Churned",
]


def customers(n: int) -> list[list]:
    """Customers of whom those with few visits tend to leave."""
    chance = random.Random(7)
    rows = []
    for number in range(n):
        visits, tickets = chance.randint(0, 40), chance.randint(0, 8)
        left = chance.random() < 0.55 - 0.012 * visits + 0.03 * tickets
        total = chance.randint(1, 30)
        row: list = [f"C{number:05d}", f"Customer Number {number}", f"c{number}@example.com"]
        row += [chance.choice(["Basic", "Plus", "Pro"]), chance.choice(["Web", "Shop", "Phone"])]
        row += [chance.choice("NESW"), chance.choice(["Phone", "Laptop"]), chance.randint(1, 60)]
        row += [visits, round(chance.gammavariate(2, 60), 2), tickets, chance.randint(1, 5)]
        row += [chance.randint(0, total), total, "=SATISFACTION(M{row},N{row})"]
        rows.append([*row, "yes" if left else "no"])
    return rows


def workbook(path: Path, n: int) -> None:
    """The owner's workbook."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Customers"
    sheet.append(HEADERS)
    for row, values in enumerate(customers(n), 2):
        sheet.append([v.format(row=row) if isinstance(v, str) else v for v in values])
    sheet.add_table(Table(displayName="Customers", ref=f"A1:P{n + 1}"))
    orders = book.create_sheet("Orders")
    orders.append(["Order no.", "Date", "Customer ID", "Kind", "Amount"])
    chance = random.Random(8)
    for number in range(n * ORDERS_EACH):
        day = dt.date(2025, 1, 1) + dt.timedelta(days=chance.randrange(540))
        refund = chance.random() < 0.03
        amount = round(chance.gammavariate(2, 30), 2) * (-1 if refund else 1)
        who = f"C{chance.randrange(n):05d}"
        orders.append([f"O{number:06d}", day, who, "Refund" if refund else "Order", amount])
    board = book.create_sheet("Board")
    board["A1"] = "=CSAT(Customers[Rating])"
    board["A2"] = '=CSAT(Customers!L:L,"positive")'
    board["A3"] = "=CHURN_RATE(Customers[Churned])"
    board["A4"] = "=SUM(Orders!E:E)"
    book.save(path)


def with_model(path: Path, n: int, folder: Path) -> None:
    """Train on some of the customers, score all."""
    small = folder / "small.xlsx"
    workbook(small, min(TRAINED_ON, n))
    book = open_book(small)
    commands.retrain(book)
    records = {name: record.text for name, record in read_records(book).items()}
    book.close()
    book = open_book(path)
    write_records(Session(book), records)
    # Or the scores are older than what the formulas beside them give, and no formulas in the copy.
    book.app.calculate()
    commands.refresh(book)
    book.save()
    book.close()


def without_values(path: Path, out: Path) -> None:
    """The copy with no value beside any formula: LibreOffice must compute them all."""
    value = re.compile(rb"(<f(?:\s[^>]*)?(?:/>|>[^<]*</f>))<v>[^<]*</v>")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, value.sub(rb"\1", content) if "worksheets/" in name else content)


def measured(code: str, path: Path, out: Path) -> tuple[float, float]:
    """Seconds of the processor and peak megabytes of a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", code + MEASURE, str(path), str(out)],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds_taken, peak = done.stdout.split()[-2:]
    return float(seconds_taken), float(peak)


def main() -> None:
    """Run the benchmark."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    n = numbers[0] if numbers else 5_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, out = folder / "owner.xlsx", folder / "copy.xlsx"
        workbook(path, n)
        with_model(path, n, folder)
        mine, theirs = [], []
        for _ in range(ROUNDS):
            mine.append(measured(OURS, path, out))
            theirs.append(measured(THEIRS, path, folder / "openpyxl.xlsx"))
        for place, what, at_most in ((0, "time", 3.0), (1, "peak memory", 1.5)):
            one, other = (statistics.median(m[place] for m in side) for side in (mine, theirs))
            verdict = "holds" if one <= at_most * other else "FAILS"
            print(
                f"the copy of {n:,} customers, by openpyxl's load and save, {what}: "
                f"{one / other:.2f} (claimed: at most {at_most:g}; {verdict})  [{one:.1f} / {other:.1f}]"
            )
        office = shutil.which("soffice")
        if office is None or "--no-office" in sys.argv:
            return
        command = [office, f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        without_values(out, folder / "bare.xlsx")
        command += ["--convert-to", "ods", "--outdir", str(folder), str(folder / "bare.xlsx")]
        taken = seconds(lambda: subprocess.run(command, check=True, capture_output=True))
        verdict = "holds" if taken < 60 else "FAILS"
        print(f"LibreOffice opens, computes and saves it: {taken:.0f} s (claimed: 60; {verdict})")


if __name__ == "__main__":
    main()
