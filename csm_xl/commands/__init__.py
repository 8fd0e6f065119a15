"""Every command that a button or the terminal can run, on an xlwings Book.

In Excel the book comes from xlwings' own engine; from a terminal it comes from
:mod:`csm_xl.commands.opening`. The code here is the same for both.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csm_xl.commands.call_list import actions
    from csm_xl.commands.checking import check
    from csm_xl.commands.columns_sheet import columns, remember_roles
    from csm_xl.commands.customer_explanation import explain
    from csm_xl.commands.dashboard_sheet import dashboard
    from csm_xl.commands.database_scoring import model_sql, score_orders, score_table
    from csm_xl.commands.database_training import retrain_from
    from csm_xl.commands.error_explanation import why
    from csm_xl.commands.forgetting import forget
    from csm_xl.commands.importing import import_data
    from csm_xl.commands.opening import open_book
    from csm_xl.commands.order_features import build_features, build_features_from
    from csm_xl.commands.outcome import Outcome
    from csm_xl.commands.refreshing import refresh
    from csm_xl.commands.retraining import read_training, retrain, write_training
    from csm_xl.commands.sharing import review, share
    from csm_xl.commands.undoing import undo, undo_last
    from csm_xl.company.training import train

__all__ = [
    "Outcome",
    "actions",
    "build_features",
    "build_features_from",
    "check",
    "columns",
    "dashboard",
    "explain",
    "forget",
    "import_data",
    "model_sql",
    "open_book",
    "read_training",
    "refresh",
    "remember_roles",
    "retrain",
    "retrain_from",
    "review",
    "score_orders",
    "score_table",
    "share",
    "train",
    "undo",
    "undo_last",
    "why",
    "write_training",
]

#: Each is loaded when it is first used: calculating a file needs no learning library.
_HOMES = {
    "Outcome": "outcome",
    "actions": "call_list",
    "check": "checking",
    "columns": "columns_sheet",
    "dashboard": "dashboard_sheet",
    "build_features": "order_features",
    "build_features_from": "order_features",
    "explain": "customer_explanation",
    "model_sql": "database_scoring",
    "score_orders": "database_scoring",
    "score_table": "database_scoring",
    "forget": "forgetting",
    "import_data": "importing",
    "open_book": "opening",
    "read_training": "retraining",
    "refresh": "refreshing",
    "remember_roles": "columns_sheet",
    "retrain": "retraining",
    "retrain_from": "database_training",
    "review": "sharing",
    "share": "sharing",
    "train": "retraining",
    "undo": "undoing",
    "undo_last": "undoing",
    "why": "error_explanation",
    "write_training": "retraining",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
