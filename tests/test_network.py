"""Nothing is sent anywhere: no command opens a connection, or asks for an address."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

#: Whatever a library tries, Python's own audit events see it.
_RUN = """
import os, sys
from pathlib import Path
seen = []
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto",
                 "socket.bind", "urllib.Request"):
        seen.append((event, str(args)[:80]))
sys.addaudithook(watch)
from csm_xl.cli import main
for words in [
    ["new", "shop.xlsm"],
    ["import", "shop.xlsm", "orders.csv", "--table", "orders"],
    ["features", "shop.xlsm"],
    ["retrain", "shop.xlsm"],
    ["refresh", "shop.xlsm"],
    ["actions", "shop.xlsm"],
    ["dashboard", "shop.xlsm"],
    ["calc", "shop.xlsm"],
    ["share", "shop.xlsm", "-o", "copy.xlsx"],
    ["doctor", "shop.xlsm"],
    ["functions"],
]:
    sys.argv = ["csm-xl", *words]
    try:
        main()
    except SystemExit as stop:
        print(words[0], stop.code, file=sys.stderr)
print(seen)
"""


def test_no_command_opens_a_connection(tmp_path):
    (tmp_path / "orders.csv").write_text(
        "Order ID,Customer ID,Order date,Amount\nX1,C0001,2026-01-02,12.50\n", "utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-c", _RUN],
        cwd=tmp_path,
        env={
            "PYTHONPATH": str(ROOT),
            "CSM_XL_HOME": str(tmp_path / "home"),
            "PATH": "/usr/bin:/bin",
        },
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.stdout.strip().splitlines()[-1] == "[]", done.stdout[-400:]
    ended = dict(line.rsplit(" ", 1) for line in done.stderr.splitlines() if line.count(" ") == 1)
    assert {"new", "import", "retrain", "refresh", "share"} <= {
        w for w, c in ended.items() if c == "0"
    }
