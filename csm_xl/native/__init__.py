"""What a function of csm-xl is in Excel's own words, for a workbook that must work without csm-xl."""
