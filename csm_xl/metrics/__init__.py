"""Customer success figures: pure functions of arrays.

Aggregates skip NaN (a blank) and raise; element-wise functions return :class:`Rows`, in which one
bad row does not fail the others. Importing this package imports numpy and nothing heavier.
"""

from csm_xl.metrics.cohorts import Cohorts, cohorts
from csm_xl.metrics.experience import experience
from csm_xl.metrics.health import health
from csm_xl.metrics.intervals import (
    Interval,
    bootstrap,
    share_difference,
    wilson,
)
from csm_xl.metrics.kaplan_meier import Waiting, kaplan_meier
from csm_xl.metrics.lifecycle import STAGES, Stage, Thresholds, lifecycle
from csm_xl.metrics.loyalty import (
    Tiers,
    assign_tiers,
    fit_tiers,
    loyalty,
    points_earned,
    referrals,
)
from csm_xl.metrics.retention import (
    churn_rate,
    churn_rate_count,
    churn_rate_period,
    gross_revenue_retention,
    net_revenue_retention,
    retention,
)
from csm_xl.metrics.rfm import rfm
from csm_xl.metrics.rows import Rows
from csm_xl.metrics.satisfaction import csat_mean, csat_positive, nps, ratio

__all__ = [
    "STAGES",
    "Cohorts",
    "Interval",
    "Rows",
    "Stage",
    "Thresholds",
    "Tiers",
    "Waiting",
    "assign_tiers",
    "bootstrap",
    "churn_rate",
    "churn_rate_count",
    "churn_rate_period",
    "cohorts",
    "csat_mean",
    "csat_positive",
    "experience",
    "fit_tiers",
    "gross_revenue_retention",
    "health",
    "kaplan_meier",
    "lifecycle",
    "loyalty",
    "net_revenue_retention",
    "nps",
    "points_earned",
    "ratio",
    "referrals",
    "retention",
    "rfm",
    "share_difference",
    "wilson",
]
