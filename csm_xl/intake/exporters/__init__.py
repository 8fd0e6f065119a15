"""The exports that are known by name, one declaration each.

A new one is written beside those of its kind and named in :data:`ALL`; the guide's list and the
recognition follow from it.
"""

from csm_xl.intake.declaration import Exporter
from csm_xl.intake.exporters import chinese_shops, crm, payments, shops, surveys

ALL: tuple[Exporter, ...] = (
    *shops.ALL,
    *payments.ALL,
    *crm.ALL,
    *chinese_shops.ALL,
    *surveys.ALL,
)

#: The programs, in the order of the guide.
NAMES: tuple[str, ...] = tuple(dict.fromkeys(exporter.name for exporter in ALL))
