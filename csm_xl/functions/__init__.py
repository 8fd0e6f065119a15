"""Every function that a cell can call: what the owner types, handed to the metrics and models.

Each adapter reads its cells, calls one pure function and lays the results out in rows. A column
with a title works (``=CSAT(B:B)``), blank cells are skipped by figures over a column, and figures
row by row keep one result for each row. xlwings finds the functions here by their names.
"""

from csm_xl.functions.actions import NEXT_ACTION
from csm_xl.functions.churn import (
    CHURN_LOGIT,
    CHURN_PROB,
    CHURN_REASONS,
    CHURN_RISK,
    SURVIVAL,
)
from csm_xl.functions.declaration import REGISTRY
from csm_xl.functions.feedback import PAIN_POINTS, SENTIMENT
from csm_xl.functions.health import HEALTH
from csm_xl.functions.lifecycle import LIFECYCLE, LOYALTY_TIER
from csm_xl.functions.lifetime_value import CLV, EXPECTED_PURCHASES
from csm_xl.functions.loyalty import LOYALTY, RFM
from csm_xl.functions.retention import CHURN_RATE, CHURN_RATE_PERIOD, GRR, NRR, RETENTION
from csm_xl.functions.satisfaction import CSAT, EXPERIENCE, NPS, SATISFACTION

__all__ = [
    "CHURN_LOGIT",
    "CHURN_PROB",
    "CHURN_RATE",
    "CHURN_RATE_PERIOD",
    "CHURN_REASONS",
    "CHURN_RISK",
    "CLV",
    "CSAT",
    "EXPECTED_PURCHASES",
    "EXPERIENCE",
    "GRR",
    "HEALTH",
    "LIFECYCLE",
    "LOYALTY",
    "LOYALTY_TIER",
    "NEXT_ACTION",
    "NPS",
    "NRR",
    "PAIN_POINTS",
    "REGISTRY",
    "RETENTION",
    "RFM",
    "SATISFACTION",
    "SENTIMENT",
    "SURVIVAL",
]
