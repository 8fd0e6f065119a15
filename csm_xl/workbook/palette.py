"""The colours of the workbook, as RRGGBB: one accent, and the stronger the risk the stronger the colour."""

from __future__ import annotations

ACCENT = "1B6B72"
SHADE = "EAF2F2"
OWN_HEADER = "CFE1E2"
INK = "1F2933"
MUTED = "66727A"
LINE = "D9DFE3"
WHITE = "FFFFFF"
#: Of areas in charts.
RISK_COLOURS = {"low": "9CC5A1", "medium": "F2C14E", "high": "D1495B"}
#: Of cells: what lies behind a level's word, and the colour of the word.
LEVEL_COLOURS = {"low": ("DCEBDE", INK), "medium": ("FAE3A8", INK), "high": ("D1495B", WHITE)}


def rgb(color: str) -> tuple[int, int, int]:
    """A colour as (red, green, blue)."""
    return int(color[:2], 16), int(color[2:4], 16), int(color[4:], 16)
