"""A workbook file: its sheets, tables, names and styles, and saving it without loss."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from csm_xl.collector import collector_paused
from csm_xl.formulas.workbook_model import Block, CellValue, FormulaCell, NameInfo, TableInfo
from csm_xl.language import Text
from csm_xl.ooxml import atomic_write as saving
from csm_xl.ooxml import file_errors, xml_parts
from csm_xl.ooxml.defined_names import DefinedNames
from csm_xl.ooxml.package import Package, Relationship
from csm_xl.ooxml.shared_strings import read_strings
from csm_xl.ooxml.styles import Styles
from csm_xl.ooxml.tables import TablePart
from csm_xl.ooxml.value_history import ValueHistory
from csm_xl.ooxml.worksheet import Worksheet
from csm_xl.ooxml.xml_numbers import whole_of
from csm_xl.ooxml.xml_parts import MAIN, RELS, STRICT_MAIN, STRICT_RELS, Element

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_MAIN_TYPES = {
    ".xlsx": f"{_TYPE}sheet.main+xml",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
}
_READABLE_TYPES = {
    *_MAIN_TYPES.values(),
    f"{_TYPE}template.main+xml",
    "application/vnd.ms-excel.template.macroEnabled.main+xml",
}
#: The calculation engine of Excel 2019 and later; files of older ones are calculated on opening.
_CALC_ID = "191029"
_TRUE = ("1", "true", "on")
#: Texts of every customer, order and letter of a small company are a hundredth of this.
MAX_STRINGS_BYTES = 128 << 20
_NEW_SHEET = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<worksheet xmlns="{ns}"><dimension ref="A1"/><sheetFormatPr defaultRowHeight="15"/><sheetData/></worksheet>'
)


class Workbook:
    """A workbook file, open for reading and changing.

    Parameters
    ----------
    path : Path
    readonly : bool
        Whether saving over the file itself is refused. If not, the file must not be open in
        another program and its folder must be writable, which is checked at once.

    Raises
    ------
    FileError, FileBusyError
    """

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        path = _absolute(path)
        self.readonly = readonly
        if not readonly and path.is_file():
            saving.refuse_if_open(path)
            saving.refuse_if_read_only(path)
        self.package = Package(path)
        self.part = self._find_main_part()
        namespace = str(self.root.tag).partition("}")[0][1:]
        if namespace not in (MAIN, STRICT_MAIN):
            raise file_errors.damaged(path, self.part)
        self.namespace = namespace
        self._links = STRICT_RELS if namespace == STRICT_MAIN else RELS
        self._strings: list[str] | None = None
        self._styles: Styles | None = None
        self._date_styles: frozenset[int] | None = None
        self._wrapping_styles: dict[int, int] | None = None
        self._bold_styles: frozenset[int] | None = None
        self._tables: dict[str, list[TablePart]] = {}
        self._table_blocks: dict[str, Block] = {}
        self._formulas_changed = False
        self.defined_names = DefinedNames(self)
        with file_errors.reading(path, self.part):
            self.sheets = self._read_sheets()
            self.defined_names.infos()
        if not self.sheets:
            if self.sheet_elements():
                raise file_errors.no_worksheet(path)
            raise file_errors.damaged(path, Text("no worksheets", "没有工作表"))
        self.provenance = ValueHistory(self)

    # -- the workbook part --------------------------------------------------------------------

    @property
    def path(self) -> Path:
        """The file."""
        return self.package.path

    @property
    def root(self) -> Element:
        """The root of the workbook part."""
        return self.package.tree(self.part)

    @property
    def ns(self) -> str:
        """The spreadsheet namespace in braces, as lxml wants it."""
        return f"{{{self.namespace}}}"

    def _find_main_part(self) -> str:
        package = self.package
        for link in package.relationships(""):
            if link.kind == "officeDocument" and not link.external:
                content_type = package.content_type(link.target)
                if "binary.macroEnabled" in content_type:
                    kind = Text("a binary workbook (.xlsb)", "二进制工作簿（.xlsb）")
                    raise file_errors.other_format(package.path, kind)
                if content_type not in _READABLE_TYPES:
                    raise file_errors.not_a_workbook(package.path)
                return package.name_of(link.target)
        raise file_errors.not_a_workbook(package.path)

    def _read_sheets(self) -> list[Worksheet]:
        links = {link.id: link for link in self.package.relationships(self.part)}
        sheets = []
        for element in self.sheet_elements():
            identity = element.get(f"{{{self._links}}}id", "")
            if not identity:
                # A macro sheet of Excel 5, which has no part: it is listed, and nothing else.
                continue
            link = links.get(identity)
            if link is None or not self.package.has(link.target):
                raise file_errors.damaged(
                    self.path, Text(f"sheet {element.get('name')}", f"工作表 {element.get('name')}")
                )
            if link.kind == "worksheet":
                name = self.package.name_of(link.target)
                sheets.append(Worksheet(self, element.get("name", ""), name))
        return sheets

    def sheet_elements(self) -> list[Element]:
        """The ``<sheet>`` elements, chart sheets included."""
        holder = self.root.find(self.ns + "sheets")
        return [] if holder is None else holder.findall(self.ns + "sheet")

    def sheet_element(self, sheet: Worksheet) -> Element:
        """The ``<sheet>`` element of a worksheet."""
        return next(e for e in self.sheet_elements() if e.get("name") == sheet.name)

    def _property(self, element: str, attribute: str) -> str:
        found = self.root.find(self.ns + element)
        return "" if found is None else found.get(attribute, "")

    @property
    def date1904(self) -> bool:
        """Whether day 0 is 1 January 1904."""
        return self._property("workbookPr", "date1904") in _TRUE

    @property
    def calculation_mode(self) -> str:
        """``auto``, ``manual`` or ``autoNoTable``."""
        return self._property("calcPr", "calcMode") or "auto"

    def calculation_property(self, attribute: str) -> bool:
        """Whether a property of the calculation, such as ``iterate``, is on."""
        return self._property("calcPr", attribute) in _TRUE

    @property
    def links(self) -> str:
        """The namespace of relationships between parts."""
        return self._links

    def mark_calculated(self) -> None:
        """Take back a demand to calculate everything on opening, now that it is done.

        openpyxl writes that demand; Excel would then put errors into the cells of functions that
        it cannot run, where macros are blocked or Python is missing.
        """
        found = self.root.find(self.ns + "calcPr")
        if found is not None and found.attrib.pop("fullCalcOnLoad", "") in _TRUE:
            found.set("calcId", _CALC_ID)
            self.package.touch(self.part)

    @property
    def has_macros(self) -> bool:
        """Whether the workbook holds a VBA project."""
        return self._linked("vbaProject") is not None

    def _linked(self, kind: str) -> Relationship | None:
        links = self.package.relationships(self.part)
        return next((k for k in links if k.kind == kind and not k.external), None)

    # -- what sheets share --------------------------------------------------------------------

    @property
    def strings(self) -> list[str]:
        """The shared strings."""
        if self._strings is None:
            link = self._linked("sharedStrings")
            self._strings = []
            if link is not None and self.package.has(link.target):
                size = self.package.size(link.target)
                if size > MAX_STRINGS_BYTES:
                    raise file_errors.too_large(
                        self.path,
                        Text(f"{link.target}, {size:,} bytes", f"{link.target}，{size:,} 字节"),
                    )
                content = self.package.read(link.target)
                self._strings = read_strings(content, link.target, self.path)
        return self._strings

    @property
    def styles(self) -> Styles:
        """The styles; a workbook without any is given the default one."""
        if self._styles is None:
            link = self._linked("styles")
            if link is None:
                part = "xl/styles.xml"
                if self.package.has(part):
                    part = self.package.free_name("xl/styles{}.xml")
                content = Styles.minimal(self.namespace)
                self.package.add_tree(part, xml_parts.parse(content, part, self.path))
                self.package.relate(self.part, f"{self._links}/styles", part)
                self.package.set_content_type(part, f"{_TYPE}styles+xml")
            else:
                part = self.package.name_of(link.target)
            with file_errors.reading(self.path, part):
                namespace = xml_parts.namespace_of(self.package.tree(part), "styleSheet")
            self._styles = Styles(self.package, part, namespace)
        return self._styles

    @property
    def date_styles(self) -> frozenset[int]:
        """The styles that show a number as a date."""
        if self._date_styles is None:
            if self._linked("styles") is None:
                self._date_styles = frozenset()
            else:
                with file_errors.reading(self.path, "styles"):
                    self._date_styles = self.styles.date_styles()
        return self._date_styles

    @property
    def wrapping_styles(self) -> dict[int, int]:
        """The styles that break a text into lines, each with its indent."""
        if self._wrapping_styles is None:
            known = self._linked("styles") is not None
            self._wrapping_styles = self.styles.wrapping() if known else {}
        return self._wrapping_styles

    @property
    def bold_styles(self) -> frozenset[int]:
        """The styles whose letters are wider than usual."""
        if self._bold_styles is None:
            known = self._linked("styles") is not None
            self._bold_styles = self.styles.bold() if known else frozenset()
        return self._bold_styles

    def styles_changed(self) -> None:
        """Forget what was known of the styles."""
        self._date_styles = self._wrapping_styles = self._bold_styles = None

    def formulas_changed(self) -> None:
        """A formula came or went: the calculation chain no longer fits and is left out."""
        self._formulas_changed = True

    @property
    def keeps_its_sheets(self) -> bool:
        """Whether the structure is protected: no sheet may be added or removed."""
        found = self.root.find(self.ns + "workbookProtection")
        return found is not None and found.get("lockStructure") in ("1", "true")

    # -- sheets and tables --------------------------------------------------------------------

    def sheet(self, name: str) -> Worksheet:
        """A sheet by its name, in any case.

        Raises
        ------
        KeyError
        """
        for sheet in self.sheets:
            if sheet.name.casefold() == name.casefold():
                return sheet
        raise KeyError(name)

    def add_sheet(self, name: str, position: int | None = None) -> Worksheet:
        """A new empty sheet, the last one or before the worksheet at `position` (from 0)."""
        part = self.package.free_name("xl/worksheets/sheet{}.xml")
        content = _NEW_SHEET.format(ns=self.namespace).encode()
        self.package.add(part, content)
        self.package.set_content_type(part, f"{_TYPE}worksheet+xml")
        link = self.package.relate(self.part, f"{self._links}/worksheet", part)
        elements = self.sheet_elements()
        identity = max(whole_of(e, "sheetId") for e in elements) + 1
        holder = self.root.find(self.ns + "sheets")
        assert holder is not None
        element = holder.makeelement(
            self.ns + "sheet",
            {"name": name, "sheetId": str(identity), f"{{{self._links}}}id": link},
            nsmap={"r": self._links},
        )
        sheet = Worksheet(self, name, part)
        if position is None or position >= len(self.sheets):
            holder.append(element)
            self.sheets.append(sheet)
        else:
            at = holder.index(self.sheet_element(self.sheets[position]))
            holder.insert(at, element)
            self.sheets.insert(position, sheet)
            self._shift_positions(at)
        self.package.touch(self.part)
        return sheet

    def _shift_positions(self, at: int) -> None:
        """Names and views count sheets by position: those from `at` on are one further now."""
        for element, attribute in (("definedName", "localSheetId"), ("workbookView", "activeTab")):
            for found in self.root.iter(self.ns + element):
                number = whole_of(found, attribute, -1)
                if number >= at:
                    found.set(attribute, str(number + 1))
                elif found.get(attribute) is None and attribute == "activeTab" and at == 0:
                    found.set(attribute, "1")

    def active_position(self) -> int:
        """The position of the sheet that is shown, among all sheets."""
        view = self.root.find(f"{self.ns}bookViews/{self.ns}workbookView")
        return 0 if view is None else whole_of(view, "activeTab")

    def sheet_state(self, sheet: Worksheet) -> str:
        """``visible``, ``hidden`` or ``veryHidden``."""
        return self.sheet_element(sheet).get("state", "visible")

    def set_sheet_state(self, sheet: Worksheet, state: str) -> None:
        """Show or hide a sheet."""
        if state == self.sheet_state(sheet):
            return
        element = self.sheet_element(sheet)
        if state == "visible":
            element.attrib.pop("state", "")
        else:
            element.set("state", state)
        self.package.touch(self.part)

    def sheet_tables(self, sheet: Worksheet) -> list[TablePart]:
        """The tables on a sheet, in the order of their parts."""
        if sheet.part not in self._tables:
            found = [
                TablePart(self.package, self.package.name_of(link.target), lambda: sheet.name)
                for link in self.package.relationships(sheet.part)
                if link.kind == "table" and self.package.has(link.target)
            ]
            for table in found:
                with file_errors.reading(self.path, table.part):
                    self._table_blocks[table.part] = table.info().ref
            self._tables[sheet.part] = found
        return self._tables[sheet.part]

    def add_table(self, sheet: Worksheet, root: Element) -> TablePart:
        """Put a new table part on a sheet."""
        part = self.package.free_name("xl/tables/table{}.xml")
        self.package.add_tree(part, root)
        self.package.set_content_type(part, f"{_TYPE}table+xml")
        link = self.package.relate(sheet.part, f"{self._links}/table", part)
        sheet.frame.add_table(link)
        table = TablePart(self.package, part, lambda: sheet.name)
        self.sheet_tables(sheet)
        if all(known.part != part for known in self._tables[sheet.part]):
            self._tables[sheet.part].append(table)
        return table

    def reshaped_tables(self) -> frozenset[str]:
        """The names, in small letters, of tables that had another size at first."""
        return frozenset(
            table.name.casefold()
            for sheet in self.sheets
            for table in self.sheet_tables(sheet)
            if self._table_blocks.get(table.part, table.ref) != table.ref
        )

    def table_ids(self) -> set[int]:
        """The identities that tables already have."""
        names = [t.part for s in self.sheets for t in self.sheet_tables(s)]
        return {whole_of(self.package.tree(n), "id") for n in names}

    # -- for the calculation ------------------------------------------------------------------

    @property
    def sheet_names(self) -> list[str]:
        """See ``WorkbookModel``."""
        return [sheet.name for sheet in self.sheets]

    def values(self, sheet: str) -> Iterator[tuple[int, int, list[CellValue]]]:
        """See ``WorkbookModel``."""
        return self.sheet(sheet).constant_rows()

    def formulas(self, sheet: str) -> list[FormulaCell]:
        """See ``WorkbookModel``."""
        return self.sheet(sheet).formulas()

    def cached(self, sheet: str, row: int, col: int) -> CellValue:
        """See ``WorkbookModel``."""
        return self.sheet(sheet).value(row, col)

    def hidden_rows(self, sheet: str) -> list[tuple[int, int]]:
        """See ``WorkbookModel``."""
        return self.sheet(sheet).hidden_rows()

    def filtered_rows(self, sheet: str) -> list[tuple[int, int]]:
        """See ``WorkbookModel``."""
        return self.sheet(sheet).filtered_rows()

    def tables(self) -> list[TableInfo]:
        """See ``WorkbookModel``."""
        return [table.info() for sheet in self.sheets for table in self.sheet_tables(sheet)]

    def names(self) -> list[NameInfo]:
        """See ``WorkbookModel``."""
        return self.defined_names.infos()

    def set_cached(self, sheet: str, row: int, col: int, value: CellValue) -> None:
        """See ``WorkbookModel``."""
        self.sheet(sheet).set_cached(row, col, value)

    # -- saving -------------------------------------------------------------------------------

    def save(self, path: Path | None = None) -> None:
        """Save, over the file itself or as another one.

        Raises
        ------
        FileError, FileBusyError
            Nothing was written.
        """
        target = self.path if path is None else _absolute(path)
        if self.readonly and target == self.path:
            raise file_errors.opened_read_only(target)
        if target != self.path:
            self._fit_suffix(target)
        self.provenance.record()
        if self._formulas_changed:
            self._drop_calculation_chain()
        for sheet in self.sheets:
            if sheet.changed:
                self.package.replace(sheet.part, sheet)
        with collector_paused():
            self.package.save(target)

    def _fit_suffix(self, target: Path) -> None:
        """Excel opens a workbook only if its suffix and its content type agree."""
        suffix = target.suffix.casefold()
        if suffix not in _MAIN_TYPES:
            raise file_errors.wrong_suffix(target)
        if suffix == ".xlsx" and self.has_macros:
            raise file_errors.macros_need_xlsm(target)
        if self.package.content_type(self.part) != _MAIN_TYPES[suffix]:
            self.package.set_content_type(self.part, _MAIN_TYPES[suffix])

    def _drop_calculation_chain(self) -> None:
        link = self._linked("calcChain")
        if link is not None:
            self.package.unrelate(self.part, link)
            self.package.remove(link.target)
        self._formulas_changed = False


def _absolute(path: Path) -> Path:
    """The file itself, links followed."""
    return Path(path).expanduser().resolve()
