"""Every function that a cell can call: what the owner types, handed to the metrics and models.

Each adapter reads its cells, calls one pure function and lays the results out in rows. A column
with a title works (``=CSAT(B:B)``), blank cells are skipped by figures over a column, and figures
row by row keep one result for each row. xlwings finds the functions here by their names.
"""

from typing import TYPE_CHECKING, Any

from csm_xl.functions import (  # noqa: F401  (importing a module declares its functions)
    actions,
    churn,
    feedback,
    health,
    lifecycle,
    lifetime_value,
    loyalty,
    retention,
    satisfaction,
)
from csm_xl.functions.declaration import REGISTRY

__all__ = ["REGISTRY"]

globals().update({name: declared.call for name, declared in REGISTRY.items()})

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...
