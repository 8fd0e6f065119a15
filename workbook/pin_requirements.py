"""Pin what install.ps1 installs: every package csm-xl needs on Windows, by version and SHA-256.

    python workbook/pin_requirements.py

Writes requirements.txt, from the package index that pip is set to, and its SHA-256 into install.ps1.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
#: What install.ps1 accepts as a Python.
PYTHONS = ("3.11", "3.12", "3.13")
#: Asked for on Windows only; pip decides that by the computer that it runs on.
ON_WINDOWS = ("pywin32", "colorama", "tzdata")
HEAD = (
    "# What install.ps1 installs beside csm-xl, on Windows with Python "
    f"{PYTHONS[0]} to {PYTHONS[-1]}.\n# Made by workbook/pin_requirements.py.\n"
)


def resolved(python: str, wanted: list[str], pinned: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Version and SHA-256 of each package for one Python, with versions of others where they fit."""
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "constraints.txt"
        constraints.write_text("\n".join(f"{name}=={v}" for name, v in pinned.items()))
        pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
        pip += ["--only-binary=:all:", "--platform", "win_amd64", "--python-version", python]
        pip += ["--target", folder, "--report", "-", "-c", str(constraints)]
        done = subprocess.run([*pip, *wanted], capture_output=True, text=True, check=True)  # noqa: S603
    found = {}
    for package in json.loads(done.stdout)["install"]:
        about = package["metadata"]
        name = re.sub(r"[-_.]+", "-", about["name"]).lower()
        found[name] = (
            about["version"],
            package["download_info"]["archive_info"]["hashes"]["sha256"],
        )
    return found


def main() -> None:
    """Write both files."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *ON_WINDOWS]
    pinned: dict[str, str] = {}
    hashes: dict[str, set[str]] = defaultdict(set)
    for python in PYTHONS:
        for name, (version, digest) in resolved(python, wanted, pinned).items():
            pinned[name] = version
            hashes[name].add(digest)
    lines = [
        f"{name}=={pinned[name]} \\\n"
        + " \\\n".join(f"    --hash=sha256:{digest}" for digest in sorted(hashes[name]))
        for name in sorted(pinned)
    ]
    text = (HEAD + "\n".join(lines) + "\n").encode("ascii")
    (HERE / "requirements.txt").write_bytes(text)
    script = HERE / "install.ps1"
    digest = hashlib.sha256(text).hexdigest().encode()
    place = re.compile(rb"(?<=\$RequirementsSha256 = ')[0-9a-f]*(?=')")
    script.write_bytes(place.sub(digest, script.read_bytes()))
    print(f"{len(pinned)} packages")


if __name__ == "__main__":
    main()
