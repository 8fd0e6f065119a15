"""xlwings' object model on workbook files: what :mod:`xlwings.base_classes` asks of an engine."""
