"""Workbook files without Excel: open, calculate, edit without loss, save."""
