"""Small workbooks for the tests of commands."""

import openpyxl
import xlwings as xw

from csm_xl.commands.opening import open_book

FIVE = [
    ("客户ID", "使用频率", "使用时长", "反馈频率", "是否流失"),
    (1, 10, 100, 5, 0),
    (2, 5, 50, 3, 1),
    (3, 8, 80, 4, 0),
    (4, 3, 30, 2, 1),
    (5, 12, 120, 6, 0),
]

SHOP = [("ID", "Visits", "Plan", "Churned")] + [
    (f"{i:05d}", float(i % 17 + (0 if i % 3 else 6)), "AB"[i % 2], "yes" if i % 3 else "no")
    for i in range(1, 61)
]


def saved(path, rows, *, sheet="Customers", table=None):
    """A workbook with these rows, as openpyxl writes it."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    if table:
        from openpyxl.worksheet.table import Table

        book.active.add_table(Table(displayName=table, ref=book.active.dimensions))
    book.save(path)
    return path


def opened(path) -> xw.Book:
    """An xlwings Book on the file."""
    return open_book(path)


def values(path, sheet):
    """The cells of a sheet as openpyxl reads them."""
    return list(openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(values_only=True))
