"""Windows' own Python under Wine, where tests/hosts/windows/lay_out.py has laid it out."""

from __future__ import annotations

import os

import pytest
from hosts.windows import lay_out
from hosts.windows.machine import WindowsPython, laid_out

_MISSING = (
    "Windows is not laid out here: install Debian's packages wine, wine64 and "
    "gcc-mingw-w64-x86-64, then run python tests/hosts/windows/lay_out.py"
)


def _ready(version: str | None) -> WindowsPython:
    if version is None:
        if os.environ.get("CSM_XL_REQUIRE_WINDOWS"):
            pytest.fail(_MISSING)
        pytest.skip(_MISSING)
    lay_out.lay_out(version)
    return WindowsPython(version)


@pytest.fixture(scope="session")
def windows() -> WindowsPython:
    """Windows' Python with csm-xl as it is now."""
    return _ready(next(iter(laid_out()), None))


@pytest.fixture(scope="session", params=laid_out() or [None])
def each_windows(request) -> WindowsPython:
    """Each Python that is laid out."""
    return _ready(request.param)
