"""A table of the copy as a part: its columns, their formulas and its style; no query, no filter."""

from __future__ import annotations

from collections.abc import Callable

from csm_xl.formulas.addresses import block_address
from csm_xl.formulas.workbook_model import TableInfo
from csm_xl.ooxml.cell_text import escape_controls
from csm_xl.ooxml.xml_parts import MAIN, Element
from csm_xl.share.copy_model import CopySheet
from csm_xl.share.xml_sanitizer import cleaned, local, only, serialised

_NS = f"{{{MAIN}}}"
_TABLE = (
    "name",
    "displayName",
    "ref",
    "headerRowCount",
    "totalsRowCount",
    "totalsRowShown",
    "headerRowDxfId",
    "dataDxfId",
    "totalsRowDxfId",
    "headerRowBorderDxfId",
    "tableBorderDxfId",
    "totalsRowBorderDxfId",
)
_COLUMN = (
    "id",
    "name",
    "totalsRowFunction",
    "totalsRowLabel",
    "headerRowDxfId",
    "dataDxfId",
    "totalsRowDxfId",
)


def table_part(
    root: Element, identity: int, info: TableInfo, sheet: CopySheet, text: Callable[[str], str]
) -> bytes:
    """The bytes of a table's part.

    Parameters
    ----------
    root : Element
        Of the owner's part, in the common dialect.
    identity : int
        The table's number in the copy.
    info : TableInfo
        The table in the copy.
    sheet : CopySheet
        The sheet it stands on.
    text : callable
        A text without what is personal in it.
    """
    table = only(cleaned(root), _TABLE)
    table.set("id", str(identity))
    table.set("name", info.name)
    table.set("displayName", info.name)
    for child in list(table):
        if local(child) not in ("autoFilter", "tableColumns", "tableStyleInfo"):
            table.remove(child)
    for filtered in table.iterchildren(f"{_NS}autoFilter"):
        reference = filtered.get("ref")
        for criterion in list(filtered):
            filtered.remove(criterion)
        filtered.attrib.clear()
        if reference:
            filtered.set("ref", reference)
    for style in table.iterchildren(f"{_NS}tableStyleInfo"):
        if style.get("name"):
            style.set("name", text(style.get("name", "")))
    r1, c1, r2, _ = info.ref
    first, last = r1 + (1 if info.has_header else 0), r2 - info.totals_rows
    holder = table.find(f"{_NS}tableColumns")
    for other in [e for e in table if local(e) == "tableColumns" and e is not holder]:
        table.remove(other)
    # A list of columns with something else in it is still the list that was read of the owner's.
    columns = [] if holder is None else holder.findall(f"{_NS}tableColumn")
    if holder is not None:
        holder[:] = columns
    for place, (column, title) in enumerate(zip(columns, info.columns, strict=True)):
        only(column, _COLUMN)
        name = escape_controls(title)
        column.set("name", name.replace("\n", "_x000a_").replace("\t", "_x0009_"))
        _formulas(column, sheet, c1 + place, range(first, last + 1), r2)
    table.set("ref", block_address(info.ref))
    return serialised(table)


def _formulas(column: Element, sheet: CopySheet, number: int, rows: range, totals_row: int) -> None:
    """The formula that new rows of a column get, where all its rows have one and the same."""
    texts = {
        formula.text if (formula := sheet.formulas.get((row, number))) is not None else ""
        for row in rows
    }
    for child in list(column):
        if local(child) == "calculatedColumnFormula" and len(texts) == 1 and "" not in texts:
            child.attrib.clear()
            child.text = texts.copy().pop()
        elif local(child) == "totalsRowFormula" and (totals_row, number) in sheet.formulas:
            child.attrib.clear()
            child.text = sheet.formulas[totals_row, number].text
        else:
            column.remove(child)
    if column.get("totalsRowFunction") and (totals_row, number) not in sheet.formulas:
        del column.attrib["totalsRowFunction"]
    label = column.get("totalsRowLabel")
    if label:
        shown = sheet.values.get((totals_row, number))
        if isinstance(shown, str):
            column.set("totalsRowLabel", shown)
        else:
            del column.attrib["totalsRowLabel"]
