"""Data and schemas that nobody here wrote: in tests/data, or, where too large, in CSM_XL_DATA."""

import os
from pathlib import Path

import pytest

SHIPPED = Path(__file__).resolve().parent / "data"
#: The schemas of ECMA-376 (transitional) and of the ribbon.
SCHEMAS = SHIPPED / "xsd"


def data_file(name: str) -> Path:
    """The path of a data set; skips the test where it is neither shipped nor in CSM_XL_DATA."""
    if (SHIPPED / name).is_file():
        return SHIPPED / name
    folder = os.environ.get("CSM_XL_DATA")
    if not folder:
        pytest.skip(f"{name} is not shipped: set CSM_XL_DATA to its folder (tests/data/README.md)")
    path = Path(folder) / name
    if not path.is_file():
        pytest.skip(f"{name} is not in {folder} (tests/data/README.md says where it comes from)")
    return path
