"""The command line: the same commands as the ribbon's buttons, on workbook files.

Exit codes: 0 done, 1 a one-line error that says what to do (nothing was written), 2 wrong usage.
"""

from csm_xl.cli.application import app
from csm_xl.cli.running import main

__all__ = ["app", "main"]
