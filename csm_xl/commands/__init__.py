"""Every command that a button or the terminal can run, on an xlwings Book.

In Excel the book comes from xlwings' own engine; from a terminal it comes from
:mod:`csm_xl.engine`. The code here is the same for both.
"""

from csm_xl.commands.importing import import_data
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.refresh import refresh
from csm_xl.commands.training import read_training, retrain, train, write_training

__all__ = [
    "Outcome",
    "import_data",
    "read_training",
    "refresh",
    "retrain",
    "train",
    "write_training",
]
