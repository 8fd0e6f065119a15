"""Words for yes and no, and marks that people set instead: the one list of them."""

from __future__ import annotations

YES: tuple[str, ...] = (
    "yes", "y", "true", "t", "1", "on", "yep", "yeah", "ja", "oui", "si", "sí",
    "是", "对", "對", "真", "有", "√", "✓", "✔", "✅", "☑",
)  # fmt: skip
NO: tuple[str, ...] = (
    "no", "n", "false", "f", "0", "off", "nope", "nein", "non",
    "否", "不", "不是", "假", "无", "無", "没有", "沒有", "未", "×", "✗", "✘", "❌", "☐",
)  # fmt: skip
#: A mark in some rows of a column and nothing in the others means yes in those rows.
MARKS: tuple[str, ...] = (
    "x", "xx", "v", "o", "*", "•", "●", "■", "◆", "◉", "+", "!", "×", "✗", "✘", "❌",
)  # fmt: skip
