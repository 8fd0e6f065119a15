"""How csm-xl's own sheets and columns look in a workbook that did not come from the template.

One style: titles of what the owner fills on the accent colour, titles of what csm-xl fills shaded,
long texts broken into lines, rows of titles that stay in sight and are printed on each page, and
the stronger the risk, the stronger its colour.
"""

from __future__ import annotations

import re

import xlwings as xw

from csm_xl.commands.excel import freeze, indent, print_as_wide_as_a_page
from csm_xl.commands.session import Session
from csm_xl.commands.writing import cells, own_column
from csm_xl.company.header_table import HeaderTable
from csm_xl.formulas.addresses import MAX_ROW, column_letters
from csm_xl.language import LANGUAGES, Language
from csm_xl.vocabulary import layout, words
from csm_xl.workbook.palette import (
    ACCENT,
    LEVEL_COLOURS,
    MUTED,
    OWN_HEADER,
    WHITE,
    rgb,
)

#: Excel's style for tables on sheets of our own making: thin lines between rows, no colour.
TABLE_STYLE = "TableStyleLight1"
#: What a title needs beside its letters: the button of a filter, and some air.
_BUTTON = 4.0
#: How wide csm-xl's columns on an owner's sheet are at least.
_WIDTHS = {column.key: column.width for column in layout.table("customers").columns}
_NARROW = 9.0
_NUMBERS = frozenset({"integer", "number", "money", "share", "scale5", "scale10"})


def width_of(text: str) -> float:
    """How many characters wide a text is in a bold font."""
    return sum(2.0 if ord(sign) > 0x2E80 else 1.1 for sign in text)


def broken(text: str, room: float) -> list[str]:
    """A text in lines of at most `room` characters, broken at spaces and between Chinese signs."""
    lines = [""]
    for word in re.findall(r"\s+|[\u2e80-\uffff][，。；：、）”]*|[^\s\u2e80-\uffff]+", text):
        if width_of(lines[-1] + word.rstrip()) > room:
            lines.append("")
        lines[-1] += word if lines[-1] else word.lstrip()
    return [line.rstrip() for line in lines]


def title_width(title: str, least: float) -> float:
    """Wide enough for a title on two lines at its spaces, or one line where it has none."""
    longest = max(map(width_of, title.split()), default=0.0)
    whole = width_of(title)
    chinese = any(ord(sign) > 0x2E80 for sign in title)
    needed = whole / 2 + 2 if chinese and whole > 20 else whole if chinese else longest
    half = whole / 2 + 2
    return max(least, min(whole, max(needed, half)) + _BUTTON)


def dress_titles(area: xw.Range, *, ours: bool) -> None:
    """The look of a row of titles."""
    area.color = rgb(OWN_HEADER if ours else ACCENT)
    area.font.bold = True
    area.font.color = rgb(ACCENT if ours else WHITE)
    area.wrap_text = True
    area.vertical_alignment = "center"


def dress_note(area: xw.Range) -> None:
    """The look of what is said about a sheet at its top: it runs on to the right."""
    area.font.color = rgb(MUTED)
    area.wrap_text = False
    area.horizontal_alignment = "left"


def dress_sheet(sheet: xw.Sheet, row: int, *, landscape: bool, columns: int = 0) -> None:
    """Keep a row of titles in sight and print it on each page, which is as wide as the sheet.

    Parameters
    ----------
    sheet : xlwings.Sheet
    row : int
        The last row that stays; 0 where none does.
    landscape : bool
    columns : int
        How many columns stay.
    """
    sheet.show_gridlines = False
    if row:
        freeze(sheet, row, columns)
    print_as_wide_as_a_page(sheet, landscape=landscape, titles=row)


def dress_table(
    sheet: xw.Sheet, table: HeaderTable, declared: layout.Table, lang: Language
) -> None:
    """The look of a table of ours that was just added: its titles, columns, levels and pages."""
    places = layout.match_headers(table.headers, declared.key).columns
    for key, place in places.items():
        column = declared.column(key)
        letter = column_letters(table.column + place)
        whole = sheet.range(f"{letter}:{letter}")
        title = column.title.within(lang)
        whole.column_width = title_width(title, column.width)
        whole.vertical_alignment = "top"
        whole.number_format = column.number_format
        if column.kind == "long_text" or column.width >= _LONG:
            whole.wrap_text = True
        whole.horizontal_alignment = "right" if column.kind in _NUMBERS else "left"
        if place and column.kind not in _NUMBERS:
            indent(whole)
        dress_titles(cells(sheet, table.row, table.column + place), ours=column.ours)
        if (declared.key, key) == ("actions", "risk"):
            mark_levels(sheet, table.row + 1, table.column + place)
    if table.row > 1:
        dress_note(cells(sheet, 1, table.column))
    dress_sheet(sheet, table.row, landscape=layout.sheet(declared.sheet).landscape)


_HEADING = 12
#: From this width on a column holds sentences, which break into lines.
_LONG = 24.0


def dress_level(cell: xw.Range, key: str) -> None:
    """The look of the word for a risk in one cell."""
    behind, ink = LEVEL_COLOURS[key]
    cell.color, cell.font.color = rgb(behind), rgb(ink)


def mark_levels(sheet: xw.Sheet, row: int, column: int) -> None:
    """Colour the words for risk and for health by rule, in either language, from a row down."""
    area = cells(sheet, row, column, MAX_ROW - row + 1)
    for code, key in enumerate(words.RISKS.keys):
        if key == "low":
            # Whom nobody has to look at stays quiet.
            continue
        behind, ink = LEVEL_COLOURS[key]
        said = {words.RISKS.word(key, lang) for lang in LANGUAGES}
        for word in sorted(said | {words.SIGNALS[code].within(lang) for lang in LANGUAGES}):
            area.conditional_formats.add_cell_value(
                "equal_to",
                f'="{word}"',
                fill_color=rgb(behind),
                font_color=rgb(ink),
                font_bold=key == "high" or None,
            )


def dressed_column(session: Session, table: HeaderTable, key: str, title: str) -> int:
    """The place of csm-xl's own column; one that is new on a sheet of the owner's gets its look."""
    new = key not in table.ours.values()
    place = own_column(session, table, key, title)
    if new and not table.declared:
        sheet = session.sheet(table)
        cell = cells(sheet, table.row, table.column + place)
        dress_titles(cell, ours=True)
        width = title_width(table.headers[place], _WIDTHS.get(key, _NARROW))
        if (cell.column_width or 0.0) < width:
            cell.column_width = width
        if key in ("risk", "signal"):
            mark_levels(sheet, table.row + 1, table.column + place)
    return place


def dress_block(sheet: xw.Sheet, row: int, width: int, numbers: int) -> None:
    """The look of a block of figures: its heading, and a row of titles, `numbers` of them over numbers."""
    heading = cells(sheet, row, 1)
    heading.font.bold = True
    heading.font.size = _HEADING
    heading.font.color = rgb(ACCENT)
    dress_titles(cells(sheet, row + 1, 1, 1, width), ours=True)
    if numbers:
        cells(sheet, row + 1, 2, 1, numbers).horizontal_alignment = "right"
