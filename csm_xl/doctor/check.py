"""One thing that was looked at, and what it was found to be."""

from __future__ import annotations

from dataclasses import dataclass

from csm_xl.language import Text

GOOD = Text("good", "正常")
#: Not wrong, but to be known.
NOTE = Text("note", "提示")
WRONG = Text("wrong", "有问题")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes
    ----------
    subject : Text
    verdict : Text
        :data:`GOOD`, :data:`NOTE` or :data:`WRONG`.
    found : Text
        What was found and, unless it is good, what to do.
    """

    subject: Text
    verdict: Text
    found: Text
