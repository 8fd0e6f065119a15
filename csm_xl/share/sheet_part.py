"""One sheet of the copy as a part: cells, widths, panes, formats, print settings; nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass

from csm_xl.formulas.addresses import parse_cell
from csm_xl.ooxml.xml_numbers import columns_of, decimal_of, whole_of
from csm_xl.ooxml.xml_parts import MAIN, RELS, Element
from csm_xl.share.copy_model import CopySheet
from csm_xl.share.row_looks import RowLook
from csm_xl.share.sheet_cells import SheetCells
from csm_xl.share.style_part import StylePart
from csm_xl.share.xml_sanitizer import cleaned, local, only

_NS = f"{{{MAIN}}}"
#: The codes in headers and footers: page numbers, fonts, sizes, colours.
_HEADER_CODE = re.compile(r'(&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|\d+|[A-Za-z&]))')
#: What a sheet may consist of besides its cells, in the order that the schema asks for.
_BEFORE = ("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols")
_AFTER = (
    "autoFilter",
    "mergeCells",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "ignoredErrors",
)
_VIEW = (
    "showGridLines",
    "showRowColHeaders",
    "showZeros",
    "rightToLeft",
    "view",
    "zoomScale",
    "zoomScaleNormal",
    "zoomScalePageLayoutView",
    "zoomScaleSheetLayoutView",
    "topLeftCell",
    "workbookViewId",
)
_COLUMN = ("min", "max", "width", "style", "bestFit", "customWidth", "outlineLevel")
#: The texts of an input rule, with as many characters as Excel takes.
_HINTS = {"promptTitle": 32, "prompt": 255, "errorTitle": 32, "error": 255}
_MAX_HEADER = 255
_PAGE = (
    "paperSize",
    "scale",
    "firstPageNumber",
    "fitToWidth",
    "fitToHeight",
    "pageOrder",
    "orientation",
    "blackAndWhite",
    "draft",
    "cellComments",
    "useFirstPageNumber",
    "errors",
    "horizontalDpi",
    "verticalDpi",
)


@dataclass(frozen=True)
class SheetRules:
    """What decides about the parts of a sheet that are no cells.

    Attributes
    ----------
    text : callable
        A text without what is personal in it.
    formula : callable
        A formula of a rule, for the copy, from the row and column it is written for; None where
        the rule must go. The last argument says what the rule is.
    location : callable
        Where an internal link leads in the copy, or None where it leads nowhere.
    """

    text: Callable[[str], str]
    formula: Callable[[int, int, str, str], str | None]
    location: Callable[[str], str | None]


class SheetPart:
    """The part of one sheet.

    Parameters
    ----------
    sheet : CopySheet
    root : Element
        The root of the owner's part, in the common dialect; cells are not looked for in it.
    looks : iterable of RowLook
        How its rows look.
    styles : StylePart
    rules : SheetRules
    rich : mapping of str to bytes
        Texts of several formats, with their runs.
    widths : mapping of int to float
        How wide columns must be at least.
    """

    def __init__(
        self,
        sheet: CopySheet,
        root: Element,
        looks: Iterable[RowLook],
        styles: StylePart,
        rules: SheetRules,
        rich: Mapping[str, bytes] | None = None,
        widths: Mapping[int, float] | None = None,
    ) -> None:
        self._widths = widths or {}
        self._sheet, self._root, self._rules = sheet, root, rules
        self._cells = SheetCells(sheet, looks, styles, rich or {})
        self._before: list[bytes] = []
        self._after: list[bytes] = []

    def prepare(self, *, selected: bool = False) -> None:
        """Everything but the cells; rules that cannot be kept are noted while this is done.

        Parameters
        ----------
        selected : bool
            Whether it is the sheet that is shown first.
        """
        from lxml import etree

        for names, store in ((_BEFORE, self._before), (_AFTER, self._after)):
            for name in names:
                for element in self._elements(name, selected):
                    store.append(_bare(etree.tostring(element)))

    def pieces(self, drawing: str | None, tables: list[str]) -> Iterator[bytes]:
        """The bytes of the part.

        Parameters
        ----------
        drawing : str or None
            The link to the sheet's drawing.
        tables : list of str
            The links to its tables.
        """
        yield (
            b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            b'<worksheet xmlns="%s" xmlns:r="%s">' % (MAIN.encode(), RELS.encode())
        )
        yield from self._before
        yield b"<sheetData>"
        yield from self._cells.rows()
        yield b"</sheetData>"
        yield from self._after
        if drawing is not None:
            yield b'<drawing r:id="%s"/>' % drawing.encode()
        if tables:
            parts = b"".join(b'<tablePart r:id="%s"/>' % link.encode() for link in tables)
            yield b'<tableParts count="%d">%s</tableParts>' % (len(tables), parts)
        yield b"</worksheet>"

    # -- the rest ---------------------------------------------------------------------------------

    def _elements(self, name: str, selected: bool) -> Iterator[Element]:
        if name == "dimension":
            return
        found = list(self._root.iterchildren(f"{_NS}{name}"))
        if name == "sheetViews" and not found:
            views = self._root.makeelement(f"{_NS}sheetViews")
            views.append(views.makeelement(f"{_NS}sheetView", {"workbookViewId": "0"}))
            found = [views]
        if name == "cols" and not found and self._widths:
            found = [self._root.makeelement(f"{_NS}cols")]
        for element in found:
            clean = cleaned(element)
            build = getattr(self, f"_{name}", None)
            if build is not None:
                clean = build(clean, selected)
            if clean is not None:
                yield clean

    def _sheetPr(self, element: Element, selected: bool) -> Element:
        only(element, ())
        for child in list(element):
            if local(child) not in ("tabColor", "outlinePr", "pageSetUpPr"):
                element.remove(child)
        return element

    def _sheetViews(self, element: Element, selected: bool) -> Element:
        views = list(element) or [element.makeelement(f"{_NS}sheetView")]
        element[:] = views[:1]
        view = only(views[0], _VIEW)
        view.set("workbookViewId", "0")
        if selected:
            view.set("tabSelected", "1")
        for child in list(view):
            if local(child) != "pane":
                view.remove(child)
        return element

    def _cols(self, element: Element, selected: bool) -> Element | None:
        _tidy_columns(element)
        for column in element:
            if self._sheet.styles_from and column.get("style"):
                column.set("style", str(whole_of(column, "style") + self._sheet.styles_from))
        for number, width in sorted(self._widths.items()):
            _widen(element, number, width)
        return element if len(element) else None

    def _autoFilter(self, element: Element, selected: bool) -> Element:
        for child in list(element):
            element.remove(child)
        return element

    def _conditionalFormatting(self, element: Element, selected: bool) -> Element | None:
        element.attrib.pop("pivot", "")
        row, column = _first_cell(element.get("sqref", ""))
        for rule in list(element):
            what = f"{element.get('sqref', '')}"
            text = rule.get("text")
            keeps = text is None or self._rules.text(text) == text
            for part in rule.iter(f"{_NS}formula"):
                keeps = keeps and self._fitted(part, "text", row, column, what)
            for part in rule.iter(f"{_NS}cfvo"):
                if part.get("type") == "formula" and part.get("val"):
                    keeps = keeps and self._fitted(part, "val", row, column, what)
            if not keeps:
                element.remove(rule)
        return element if len(element) else None

    def _fitted(self, part: Element, where: str, row: int, column: int, what: str) -> bool:
        old = (part.text if where == "text" else part.get("val")) or ""
        new = self._rules.formula(row, column, old, what)
        if new is None:
            return False
        if where == "text":
            part.text = new
        else:
            part.set("val", new)
        return True

    def _dataValidations(self, element: Element, selected: bool) -> Element | None:
        for rule in list(element):
            what = rule.get("sqref", "")
            row, column = _first_cell(what)
            keeps = True
            for part in rule:
                keeps = keeps and self._fitted(part, "text", row, column, what)
                quoted = (part.text or "").strip()
                if quoted.startswith('"'):
                    items = quoted.strip('"').split(",")
                    keeps = keeps and all(self._rules.text(item) == item for item in items)
            if not keeps:
                element.remove(rule)
                continue
            for name, longest in _HINTS.items():
                hint = rule.get(name)
                if hint and (len(hint) > longest or self._rules.text(hint) != hint):
                    # Prompts are free text: half of one would help nobody.
                    del rule.attrib[name]
        if not len(element):
            return None
        element.set("count", str(len(element)))
        only(element, ("count",))
        return element

    def _hyperlinks(self, element: Element, selected: bool) -> Element | None:
        for link in list(element):
            location = self._rules.location(link.get("location", ""))
            if location is None:
                element.remove(link)
                continue
            only(link, ("ref", "tooltip", "display"))
            link.set("location", location)
            for name in ("tooltip", "display"):
                told = link.get(name)
                if told and self._rules.text(told) != told:
                    del link.attrib[name]
        return element if len(element) else None

    def _pageSetup(self, element: Element, selected: bool) -> Element:
        return only(element, _PAGE)

    def _headerFooter(self, element: Element, selected: bool) -> Element:
        for part in element:
            pieces = _HEADER_CODE.split(part.text or "")
            # Every second piece is a code; &Z and &G would print a path and a missing picture.
            texts = [self._rules.text(piece) for piece in pieces[::2]]
            whole = "".join(texts)
            codes = ["" if code in ("&Z", "&G") else code for code in pieces[1::2]]
            shown = self._rules.text(whole)
            if shown == whole:
                # Else a name began in one format and ended in the next.
                shown = "".join(a + b for a, b in zip(texts, [*codes, ""], strict=True))
            part.text = shown if len(shown) <= _MAX_HEADER else ""
        return element


def _tidy_columns(columns: Element) -> None:
    """Leave out what would make Excel repair the copy: nonsense, and what speaks of a column again."""
    last = 0
    for column in sorted(columns, key=lambda entry: columns_of(entry) or (0, 0)):
        spanned = columns_of(column)
        columns.remove(column)
        if spanned is None or spanned[0] <= last or local(column) != "col":
            continue
        last = spanned[1]
        only(column, _COLUMN).set("max", str(last))
        for name in ("width", "style", "outlineLevel"):
            number = decimal_of(column, name)
            if number is None or number < 0:
                column.attrib.pop(name, "")
        columns.append(column)


def _widen(columns: Element, number: int, width: float) -> None:
    """Make one column at least so wide, and leave those that shared its entry as they are."""
    at = next((entry for entry in columns if whole_of(entry, "max") >= number), None)
    if at is not None and whole_of(at, "min") <= number:
        if (decimal_of(at, "width") or 0) >= width:
            return
        before, after = deepcopy(at), deepcopy(at)
        before.set("max", str(number - 1))
        after.set("min", str(number + 1))
        if whole_of(at, "min") < number:
            at.addprevious(before)
        if whole_of(at, "max") > number:
            at.addnext(after)
        wide = at
    else:
        wide = columns.makeelement(f"{_NS}col")
        if at is None:
            columns.append(wide)
        else:
            at.addprevious(wide)
    for name, value in (("min", number), ("max", number), ("width", width), ("customWidth", 1)):
        wide.set(name, str(value))


def _bare(content: bytes) -> bytes:
    """An element without the declarations that the root already has."""
    return content.replace(b' xmlns="%s"' % MAIN.encode(), b"").replace(
        b' xmlns:r="%s"' % RELS.encode(), b""
    )


def _first_cell(areas: str) -> tuple[int, int]:
    """Row and column of the first cell of ``A2:A9 C2``; A1 where there is none."""
    first = areas.split(" ")[0].partition(":")[0].replace("$", "")
    try:
        return parse_cell(first)
    except ValueError:
        return 1, 1
