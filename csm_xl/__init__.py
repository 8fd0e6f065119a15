"""csm-xl: customer success for a one-person company, inside the workbook its owner keeps."""

__version__ = "0.1.0"
