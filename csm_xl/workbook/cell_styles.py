"""How the workbook looks: one accent colour, one font per language, and the cell styles.

Cells that the owner fills are white, cells that csm-xl fills are shaded; everything else is quiet.
"""

from __future__ import annotations

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from csm_xl.language import Language
from csm_xl.workbook.palette import ACCENT, INK, LINE, MUTED, OWN_HEADER, SHADE

#: Fonts that Excel on Windows and on a Mac both have.
FONTS: dict[Language, str] = {"en": "Calibri", "zh": "Microsoft YaHei"}
SIZE = 10

#: Rows of a data sheet to which validations reach: all that Excel has.
LAST_ROW = 1048576

_thin = Side(style="thin", color=LINE)
_accent = Side(style="medium", color=ACCENT)
UNDERLINE = Border(bottom=_thin)
RULE = Border(bottom=_accent)


class Look:
    """The styles of a workbook in one language.

    Parameters
    ----------
    lang : {"en", "zh"}
    """

    def __init__(self, lang: Language) -> None:
        self.lang = lang
        self.name = FONTS[lang]
        self.body = self.font()
        self.muted = self.font(color=MUTED)
        self.bold = self.font(bold=True)
        self.title = self.font(size=20, bold=True, color=ACCENT)
        self.heading = self.font(size=12, bold=True, color=ACCENT)
        self.header = self.font(bold=True, color="FFFFFF")
        self.own_header = self.font(bold=True, color=ACCENT)
        self.link = self.font(color=ACCENT, underline="single")
        self.accent_fill = fill(ACCENT)
        self.own_fill = fill(SHADE)
        self.own_header_fill = fill(OWN_HEADER)

    def font(
        self,
        size: float = SIZE,
        *,
        bold: bool = False,
        color: str = INK,
        underline: str | None = None,
    ) -> Font:
        """A font of the workbook."""
        return Font(name=self.name, size=size, bold=bold, color=color, underline=underline)

    def heading_at(self, sheet: Worksheet, row: int, col: int, text: str, last_col: int) -> None:
        """Write a section's heading with a rule under it, up to `last_col`."""
        cell = sheet.cell(row, col, text)
        cell.font = self.heading
        sheet.row_dimensions[row].height = 22
        for place in range(col, last_col + 1):
            sheet.cell(row, place).border = RULE
            sheet.cell(row, place).alignment = Alignment(vertical="center")


def fill(color: str) -> PatternFill:
    """A plain fill."""
    return PatternFill("solid", start_color=color, end_color=color)


def wrapped(horizontal: str | None = None, vertical: str = "top") -> Alignment:
    """Text that breaks within its cell."""
    return Alignment(horizontal=horizontal, vertical=vertical, wrap_text=True)


def printed(
    sheet: Worksheet,
    lang: Language,
    *,
    landscape: bool,
    title_rows: str | None = None,
    scale: int | None = None,
) -> None:
    """Print on A4, with the sheet's name and page numbers at the bottom.

    Without a `scale` in percent the sheet is as wide as the page.
    """
    setup = sheet.page_setup
    setup.paperSize = sheet.PAPERSIZE_A4
    setup.orientation = "landscape" if landscape else "portrait"
    if scale is None:
        setup.fitToWidth = 1
        setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    else:
        setup.scale = scale
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top, margins.bottom = 0.6, 0.7
    margins.header = margins.footer = 0.3
    # Excel's header and footer fields; the font must be named or Chinese may not print.
    style = f'&"{FONTS[lang]},Regular"&8&K{MUTED}'
    sheet.oddFooter.left.text = f"{style}&A"
    page = "第 &P 页，共 &N 页" if lang == "zh" else "Page &P of &N"
    sheet.oddFooter.right.text = f"{style}{page}"
    if title_rows:
        sheet.print_title_rows = title_rows
    sheet.print_options.horizontalCentered = False
