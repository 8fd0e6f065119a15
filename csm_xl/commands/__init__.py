"""Every command that a button or the terminal can run, on an xlwings Book.

In Excel the book comes from xlwings' own engine; from a terminal it comes from
:mod:`csm_xl.xlfile`. The code here is the same for both.
"""

from csm_xl.commands.call_list import actions
from csm_xl.commands.check_setup import check_setup
from csm_xl.commands.customer_explanation import explain
from csm_xl.commands.dashboard_blocks import dashboard
from csm_xl.commands.error_explanation import why
from csm_xl.commands.importing import import_data
from csm_xl.commands.order_features import build_features
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.refreshing import refresh
from csm_xl.commands.retraining import read_training, retrain, train, write_training
from csm_xl.commands.sharing import share

__all__ = [
    "Outcome",
    "actions",
    "build_features",
    "check_setup",
    "dashboard",
    "explain",
    "import_data",
    "read_training",
    "refresh",
    "retrain",
    "share",
    "train",
    "why",
    "write_training",
]
