"""Computing a workbook: what must be computed, by which calculator, and what keeps its value."""
