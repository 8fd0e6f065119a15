"""How a sheet is shown and printed: frozen rows, gridlines, pages, colours that follow the values."""

from __future__ import annotations

from csm_xl.formulas.addresses import cell_address
from csm_xl.ooxml.sheet_frame import SheetFrame
from csm_xl.ooxml.xml_numbers import whole_of
from csm_xl.ooxml.xml_parts import Element

#: ISO A4; a printer that has only Letter fits the page itself.
_A4 = "9"
#: Inches: left and right, top and bottom, header and footer.
_MARGINS = {"left": 0.5, "right": 0.5, "top": 0.6, "bottom": 0.7, "header": 0.3, "footer": 0.3}
#: Excel's names of comparisons in a conditional format.
OPERATORS = {"equal_to": "equal", "not_equal_to": "notEqual", "greater_than": "greaterThan"}


class SheetLooks:
    """The looks of one sheet, its cells aside.

    Parameters
    ----------
    frame : SheetFrame
    """

    def __init__(self, frame: SheetFrame) -> None:
        self._frame = frame
        self._ns = str(frame.root.tag).partition("}")[0] + "}"

    def _view(self) -> Element:
        views = self._frame.part_of("sheetViews")
        if not len(views):
            views.append(views.makeelement(self._ns + "sheetView", {"workbookViewId": "0"}))
        self._frame.changed = True
        return views[0]

    def freeze(self, row: int, column: int) -> None:
        """Keep the rows above `row` and the columns before `column` in sight; (1, 1) frees them."""
        view = self._view()
        for name in ("pane", "selection"):
            for former in view.findall(self._ns + name):
                view.remove(former)
        if (row, column) == (1, 1):
            return
        where = "bottomLeft" if column == 1 else "topRight" if row == 1 else "bottomRight"
        at = {"topLeftCell": cell_address(row, column), "activePane": where, "state": "frozen"}
        split = {"xSplit": column - 1, "ySplit": row - 1}
        at = {name: str(n) for name, n in split.items() if n} | at
        view.insert(0, view.makeelement(self._ns + "pane", at))
        view.insert(1, view.makeelement(self._ns + "selection", {"pane": where}))

    @property
    def gridlines(self) -> bool:
        """Whether lines between the cells are shown."""
        view = self._frame.root.find(f"{self._ns}sheetViews/{self._ns}sheetView")
        return view is None or view.get("showGridLines", "1") in ("1", "true")

    @gridlines.setter
    def gridlines(self, shown: bool) -> None:
        self._view().set("showGridLines", "1" if shown else "0")

    def page(self, *, landscape: bool) -> None:
        """Print on A4, as wide as one page and as long as it takes."""
        frame, ns = self._frame, self._ns
        properties = frame.part_of("sheetPr")
        fit = properties.find(ns + "pageSetUpPr")
        if fit is None:
            fit = properties.makeelement(ns + "pageSetUpPr")
            properties.append(fit)
        fit.set("fitToPage", "1")
        if frame.root.find(ns + "pageMargins") is None:
            margins = frame.part_of("pageMargins")
            for side, inches in _MARGINS.items():
                margins.set(side, f"{inches:g}")
        setup = frame.part_of("pageSetup")
        setup.set("paperSize", _A4)
        setup.set("orientation", "landscape" if landscape else "portrait")
        setup.set("fitToWidth", "1")
        setup.set("fitToHeight", "0")
        frame.changed = True

    def rule(self, area: str, operator: str, formula: str, look: int) -> None:
        """Lay a look over the cells of `area` whose value compares so with a formula."""
        ns, root = self._ns, self._frame.root
        for former in root.iter(ns + "cfRule"):
            former.set("priority", str(whole_of(former, "priority", 1) + 1))
        holder = next(
            (h for h in root.iter(ns + "conditionalFormatting") if h.get("sqref") == area), None
        )
        if holder is None:
            holder = self._frame.new_part("conditionalFormatting")
            holder.set("sqref", area)
        said = {"type": "cellIs", "dxfId": str(look), "priority": "1", "operator": operator}
        new = holder.makeelement(ns + "cfRule", said)
        text = new.makeelement(ns + "formula")
        text.text = formula
        new.append(text)
        holder.append(new)
        self._frame.changed = True

    def draw(self, relationship: str) -> None:
        """Show the drawing of a relationship."""
        links = self._frame.links
        self._frame.new_part("drawing", {"r": links}).set(f"{{{links}}}id", relationship)
