"""The workbook: its layout, how a new one is built, its VBA and ribbon, and shared copies."""
