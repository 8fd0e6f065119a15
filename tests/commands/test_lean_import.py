"""A button that scores customers does not wait for what only sharing or building needs."""

import subprocess
import sys

import pytest

HEAVY = ["openpyxl", "lxml", "sklearn", "scipy", "lifelines", "formualizer", "pyopenvba"]


@pytest.mark.parametrize("module", ["csm_xl.commands", "csm_xl.functions", "csm_xl.addin"])
def test_nothing_heavy_comes_with_the_commands(module):
    code = f"import sys, {module}; print(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
