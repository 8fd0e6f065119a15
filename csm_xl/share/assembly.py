"""The copy's package: which part comes from where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from csm_xl.formulas.references import Area
from csm_xl.language import Text
from csm_xl.native.arguments import NoNativeForm
from csm_xl.ooxml import xml_parts
from csm_xl.ooxml.cell_text import escape_controls
from csm_xl.ooxml.shared_strings import item_text
from csm_xl.ooxml.styles import Styles
from csm_xl.ooxml.worksheet import Worksheet
from csm_xl.ooxml.xml_parts import MAIN, RELS, Element
from csm_xl.share.cell_conversion import Copying
from csm_xl.share.chart_part import ChartPart, drawing_part
from csm_xl.share.copy_model import Kept
from csm_xl.share.package_out import PackageOut, app_properties, core_properties
from csm_xl.share.pseudonyms import pseudonym_width
from csm_xl.share.row_looks import looks_in, looks_of
from csm_xl.share.sheet_part import SheetPart, SheetRules
from csm_xl.share.style_part import StylePart, font_name
from csm_xl.share.table_part import table_part
from csm_xl.share.xml_sanitizer import cleaned, common_dialect, serialised

_NS = f"{{{MAIN}}}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
#: The engine of a current Excel: with an older one it would compute everything on opening.
CALC_ID = 191029
_CORE_LINK = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_CALCULATION = ("iterate", "iterateCount", "iterateDelta", "fullPrecision", "refMode")


class Assembly:
    """Puts the package of a copy together.

    Parameters
    ----------
    copying : Copying
        After its run.
    """

    def __init__(self, copying: Copying) -> None:
        self._copying = copying
        self._book = copying.book
        self._package = copying.book.package
        personal = copying.personal
        self.styles = StylePart(self._styles(), personal.text, personal.format_code)
        self._owner = {new: old for old, new in copying.sheets.items()}
        self._charts = 0
        self._drawings = 0
        self._tables = 0
        self._parts: dict[str, SheetPart] = {}
        self._chart_parts: dict[str, bytes] = {}

    # -- the owner's parts ------------------------------------------------------------------------

    def _tree(self, name: str) -> Element:
        content = common_dialect(self._package.read(name))
        return xml_parts.parse(content, name, self._package.path)

    def _frame(self, sheet: Worksheet) -> Element:
        """The tree of a sheet without its cells, which would take most of the memory."""
        content = common_dialect(sheet.xml.head + sheet.xml.tail)
        return xml_parts.parse(content, sheet.part, self._package.path)

    def _linked(self, part: str, kind: str) -> list[tuple[str, str]]:
        """The ids and names of the parts of a kind that a part is linked to."""
        return [
            (link.id, self._package.name_of(link.target))
            for link in self._package.relationships(part)
            if link.kind == kind and not link.external and self._package.has(link.target)
        ]

    def _styles(self) -> Element:
        found = self._linked(self._book.part, "styles")
        if found:
            return self._tree(found[0][1])
        return xml_parts.parse(Styles.minimal(MAIN), "styles", self._package.path)

    def _rich_texts(self) -> dict[str, bytes]:
        """The shared strings of several formats, by their text."""
        found = self._linked(self._book.part, "sharedStrings")
        if not found or b"<r>" not in self._package.read(found[0][1]):
            return {}
        from lxml import etree

        rich = {}
        for item in self._tree(found[0][1]).iterchildren(f"{_NS}si"):
            runs = [cleaned(run) for run in item.iterchildren(f"{_NS}r")]
            if runs:
                inner = b"".join(etree.tostring(run) for run in runs)
                inner = inner.replace(b' xmlns="%s"' % MAIN.encode(), b"")
                rich[item_text(item, _NS)] = b"<is>%s</is>" % inner
        return rich

    # -- the package ------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Fit rules and charts to the copy, so that what cannot be kept is known."""
        rich = self._rich_texts()
        for owner, name in self._copying.sheets.items():
            sheet = self._copying.copy.sheets[name]
            source = self._book.sheet(owner)
            part = SheetPart(
                sheet,
                self._frame(source),
                looks_of(source),
                self.styles,
                self._rules(owner, name),
                rich,
                self._widths(owner),
            )
            part.prepare()
            self._parts[name] = part
            for _, drawing in self._linked(source.part, "drawing")[:1]:
                for _, chart in self._linked(drawing, "chart"):
                    self._chart_parts[chart] = self._chart(chart, owner)

    def _widths(self, owner: str) -> dict[int, float]:
        """How wide columns must be for their pseudonyms."""
        copying = self._copying
        if copying.pseudonyms is None:
            return {}
        return {
            column.column: pseudonym_width(kind, copying.lang)
            for column in copying.personal.replaced
            if column.sheet == owner and (kind := column.kind) is not None
        }

    def _added(self, name: str, root: Element, *, selected: bool) -> SheetPart:
        sheet = self._copying.copy.sheets[name]
        rules = SheetRules(_same, lambda row, column, text, what: text, _same)
        part = SheetPart(sheet, root, looks_in(root, sheet.styles_from), self.styles, rules)
        part.prepare(selected=selected)
        return part

    def package(
        self, added: Mapping[str, Element], order: Iterable[str], title: str, moment: dt.datetime
    ) -> PackageOut:
        """The package; :meth:`prepare` comes first.

        Parameters
        ----------
        added : mapping of str to Element
            The sheets that the owner's workbook has not, with the roots of their parts.
        order : iterable of str
            Every sheet, the first one shown first.
        title : str
            For the document's properties.
        moment : datetime.datetime
            When the copy was made.
        """
        out = PackageOut()
        names = list(order)
        workbook = "xl/workbook.xml"
        links = []
        for number, name in enumerate(names, 1):
            target = f"xl/worksheets/sheet{number}.xml"
            owner = self._owner.get(name)
            drawing: str | None = None
            tables: list[str] = []
            if owner is None:
                part = self._added(name, added[name], selected=number == 1)
            else:
                part = self._parts.pop(name)
                drawing = self._drawing(out, target, owner)
                tables = self._table_links(out, target, owner, name)
            out.add(target, "worksheet", part.pieces(drawing, tables))
            links.append(out.link(workbook, "worksheet", target))
        # Cells ask for new styles while they are written: the styles come after all sheets.
        out.add("xl/styles.xml", "styles", self._styles_last())
        out.link(workbook, "styles", "xl/styles.xml")
        for _, theme in self._linked(self._book.part, "theme")[:1]:
            out.add("xl/theme/theme1.xml", "theme", [self._theme(theme)])
            out.link(workbook, "theme", "xl/theme/theme1.xml")
        out.add(workbook, "workbook", [self._workbook(names, links)])
        out.link("", "officeDocument", workbook)
        out.add(
            "docProps/core.xml",
            "core",
            [core_properties(title, moment.strftime("%Y-%m-%dT%H:%M:%SZ"))],
        )
        out.link("", _CORE_LINK, "docProps/core.xml")
        out.add("docProps/app.xml", "app", [app_properties()])
        out.link("", "extended-properties", "docProps/app.xml")
        return out

    def _styles_last(self) -> Iterator[bytes]:
        yield serialised(self.styles.root)

    def _theme(self, name: str) -> bytes:
        root = cleaned(self._tree(name), (RELS,))
        for named in root.iter():
            if isinstance(named.tag, str) and named.get("name"):
                named.set("name", "Office")
            if isinstance(named.tag, str) and named.get("typeface"):
                named.set("typeface", font_name(named.get("typeface", "")))
        for picture in list(root.iter(f"{_A}blipFill")):
            parent = picture.getparent()
            if parent is not None:
                parent.replace(picture, picture.makeelement(f"{_A}noFill"))
        return serialised(root)

    def _workbook(self, names: list[str], links: list[str]) -> bytes:
        sheets = "".join(
            f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="{link}"/>'
            for number, (name, link) in enumerate(zip(names, links, strict=True), 1)
        )
        defined = ""
        for name in self._copying.copy.names():
            scope = f' localSheetId="{names.index(name.sheet)}"' if name.sheet else ""
            text = escape(escape_controls(name.text))
            defined += f"<definedName name={quoteattr(name.name)}{scope}>{text}</definedName>"
        for function in self._copying.copy.functions:
            comment = f" comment={quoteattr(function.comment)}"
            text = escape(escape_controls(function.text))
            defined += f"<definedName name={quoteattr(function.name)}{comment}>{text}</definedName>"
        if defined:
            defined = f"<definedNames>{defined}</definedNames>"
        calculation = self._book.root.find(f"{self._book.ns}calcPr")
        kept = "".join(
            f" {key}={quoteattr(calculation.get(key, ''))}"
            for key in _CALCULATION
            if calculation is not None and calculation.get(key)
        )
        dates = ' date1904="1"' if self._book.date1904 else ""
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><workbookPr{dates}/>'
            f'<bookViews><workbookView activeTab="0"/></bookViews><sheets>{sheets}</sheets>'
            f'{defined}<calcPr calcId="{CALC_ID}"{kept}/></workbook>'
        ).encode()

    # -- parts of a sheet -------------------------------------------------------------------------

    def _rules(self, owner: str, name: str) -> SheetRules:
        def formula(row: int, column: int, text: str, what: str) -> str | None:
            return self._rule(owner, name, row, column, text, what)

        return SheetRules(self._copying.personal.text, formula, self._location)

    def _rule(
        self, owner: str, name: str, row: int, column: int, text: str, what: str
    ) -> str | None:
        """The formula of a rule for the copy; None, and noted, where there is none."""
        copying = self._copying
        try:
            native = copying.rewriter.rewrite(owner, row, column, text, arrays=True)
            if native is not None and "{" in native.text:
                raise NoNativeForm(
                    "Excel takes no list in braces in such a rule.",
                    "此类规则不接受花括号中的常量列表。",
                )
            return copying.fitting.fit(owner, row, column, text if native is None else native.text)
        except NoNativeForm as error:
            shown = Text(
                f"Format or input rule of {name}!{what}", f"{name}!{what} 的格式或输入规则"
            )
            copying.copy.kept.append(Kept(name, 0, 0, error.text, shown))
            return None

    def _location(self, location: str) -> str | None:
        """Where a link leads in the copy."""
        if not location:
            return None
        try:
            return self._copying.fitting.fit(next(iter(self._copying.sheets)), 1, 1, location)
        except NoNativeForm:
            return None

    def _table_links(self, out: PackageOut, part: str, owner: str, name: str) -> list[str]:
        infos = {table.ref: table for table in self._copying.copy.tables() if table.sheet == name}
        links = []
        for table in self._book.sheet_tables(self._book.sheet(owner)):
            self._tables += 1
            target = f"xl/tables/table{self._tables}.xml"
            sheet = self._copying.copy.sheets[name]
            content = table_part(
                self._tree(table.part),
                self._tables,
                infos[table.ref],
                sheet,
                self._copying.personal.text,
            )
            out.add(target, "table", [content])
            links.append(out.link(part, "table", target))
        return links

    def _drawing(self, out: PackageOut, part: str, owner: str) -> str | None:
        found = self._linked(self._book.sheet(owner).part, "drawing")
        if not found:
            return None
        source = found[0][1]
        target = f"xl/drawings/drawing{self._drawings + 1}.xml"
        charts = {}
        for identity, chart in self._linked(source, "chart"):
            self._charts += 1
            name = f"xl/charts/chart{self._charts}.xml"
            out.add(name, "chart", [self._chart_parts[chart]])
            charts[identity] = out.link(target, "chart", name)
        content = drawing_part(self._tree(source), charts)
        if content is None:
            return None
        self._drawings += 1
        out.add(target, "drawing", [content])
        return out.link(part, "drawing", target)

    def _chart(self, name: str, owner: str) -> bytes:
        copying = self._copying

        reasons: list[Text] = []

        def refer(text: str) -> tuple[str, list[Area]] | None:
            try:
                fitted = copying.fitting.fit(owner, 1, 1, text)
            except NoNativeForm as error:
                reasons.append(error.text)
                return None
            areas = copying.areas(owner, text)
            return fitted, areas

        personal = copying.personal
        chart = ChartPart(
            self._tree(name), refer, copying.copy.cached, personal.text, personal.format_code
        )
        content = chart.part()
        if chart.frozen:
            what = Text(
                f"A chart on {copying.sheets[owner]}", f"“{copying.sheets[owner]}”上的一个图表"
            )
            copying.copy.kept.append(Kept(copying.sheets[owner], 0, 0, reasons[0], what))
        return content


def _same(text: str) -> str:
    return text
