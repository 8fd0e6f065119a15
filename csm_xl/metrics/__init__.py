"""Customer success figures: pure functions of arrays.

Aggregates skip NaN (a blank) and raise; element-wise functions return :class:`Rows`, in which one
bad row does not fail the others. Importing this package imports numpy and nothing heavier.
"""

from csm_xl.metrics.experience_score import experience
from csm_xl.metrics.health_score import health
from csm_xl.metrics.intervals import (
    Interval,
    bootstrap,
    share_difference,
    wilson,
)
from csm_xl.metrics.lifecycle_stages import STAGES, Stage, Thresholds, lifecycle
from csm_xl.metrics.loyalty_figures import (
    Tiers,
    assign_tiers,
    fit_tiers,
    loyalty,
    points_earned,
    referrals,
)
from csm_xl.metrics.retention_rates import (
    churn_rate,
    churn_rate_count,
    churn_rate_period,
    gross_revenue_retention,
    net_revenue_retention,
    retention,
)
from csm_xl.metrics.rfm_scores import rfm
from csm_xl.metrics.rows import Rows
from csm_xl.metrics.satisfaction import csat_mean, csat_positive, nps, ratio
from csm_xl.metrics.survival_curve import Waiting, kaplan_meier

__all__ = [
    "STAGES",
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
