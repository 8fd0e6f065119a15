"""The public data sets that are not shipped with the project."""

import os
from pathlib import Path

import pytest

FOLDER = Path(
    os.environ.get("CSM_XL_DATA") or Path(__file__).resolve().parents[1].parent / "shared" / "data"
)


def data_file(name: str) -> Path:
    """The path of a data set; skips the test where it is absent."""
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"{name} is not in {FOLDER} (set CSM_XL_DATA to its folder)")
    return path
