"""The accountant's copy: the owner's workbook without macros, without Python, every number live."""
