"""What customers say: cleaning, sentiment, and the complaints and wishes behind it."""

from csm_xl.feedback.cleaning import Cleaned, Dropped, clean
from csm_xl.feedback.sentiment import Sentiments, read_sentiment, sentiment

__all__ = ["Cleaned", "Dropped", "Sentiments", "clean", "read_sentiment", "sentiment"]
