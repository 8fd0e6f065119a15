"""What customers say: cleaning, sentiment, and the complaints and wishes behind it."""

from csm_xl.feedback.cleaning import Cleaned, Dropped, clean
from csm_xl.feedback.pain_point_list import KINDS, TRENDS, PainPoint, pain_points
from csm_xl.feedback.sentiment_scores import Sentiments, read_sentiment, sentiment

__all__ = [
    "KINDS",
    "TRENDS",
    "Cleaned",
    "Dropped",
    "PainPoint",
    "Sentiments",
    "clean",
    "pain_points",
    "read_sentiment",
    "sentiment",
]
