"""What Excel has and pyOpenVBA's object model has not."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

from hosts.com_values import from_vba
from pyopenvba.apps.excel._model import Application, Range
from pyopenvba.interpreter._objects import MemberSpec, VBAObject, member, method
from pyopenvba.interpreter._values import (
    EMPTY,
    MISSING,
    NOTHING,
    VBAArray,
    VBADate,
    VBAInt,
    error,
    to_text,
)

#: More than any test needs; a column of a sheet has 1,048,576.
MOST_CELLS = 200_000


_RANGE: Any = Application._vba_members["range"].getter
_ACTIVE_CELL: Any = Application._vba_members["activecell"].getter


class HostApplication(Application):
    """Excel's Application with the members that pyOpenVBA has not."""

    vba_type_name = "Application"
    host: Any

    @member
    def Caller(self) -> object:
        return self.host.caller

    @member
    def Range(self, Cell1: object = MISSING, Cell2: object = MISSING) -> object:
        # Two cells of a workbook that is not in front, as xlwings reads its settings.
        if isinstance(Cell1, Range) and isinstance(Cell2, Range):
            corners = f"{Cell1.vba_get('Address')}:{Cell2.vba_get('Address')}"
            return Cell1.vba_get("Worksheet").vba_get("Range", [corners])
        return _RANGE(self, Cell1, Cell2)

    @member
    def ActiveCell(self) -> object:
        return NOTHING if self.host.no_active_cell else _ACTIVE_CELL(self)

    @member
    def Hwnd(self) -> object:
        return VBAInt(4711, "Long")

    @member
    def OperatingSystem(self) -> object:
        return "Windows (64-bit) NT 10.00"

    @method
    def CalculateFull(self) -> object:
        self.host.full_calculations += 1
        self.host.on_full_calculation()
        return EMPTY

    @method
    def OnTime(
        self,
        EarliestTime: object = MISSING,
        Procedure: object = MISSING,
        LatestTime: object = MISSING,
        Schedule: object = MISSING,
    ) -> object:
        assert isinstance(EarliestTime, VBADate)
        planned = (EarliestTime.to_datetime(), to_text(Procedure))
        if Schedule is MISSING or Schedule is True:
            self.host.planned.append(planned)
        elif planned in self.host.planned:
            self.host.planned.remove(planned)
        else:
            raise error(1004, "Method 'OnTime' of object '_Application' failed")
        return EMPTY

    @method
    def MacroOptions(
        self,
        Macro: object = MISSING,
        Description: object = MISSING,
        Category: object = MISSING,
        ArgumentDescriptions: object = MISSING,
    ) -> object:
        if self.host.refuses_help:
            raise error(1004, "Cannot edit a macro on a hidden workbook.")
        self.host.wizard[to_text(Macro)] = SimpleNamespace(
            description=to_text(Description),
            category=to_text(Category),
            arguments=from_vba(ArgumentDescriptions),
        )
        self.host.book.saved = False
        return EMPTY

    @method
    def GetOpenFilename(
        self,
        FileFilter: object = MISSING,
        FilterIndex: object = MISSING,
        Title: object = MISSING,
    ) -> object:
        self.host.dialogs.append(to_text(Title))
        return self.host.chosen_file

    @method
    def GetSaveAsFilename(
        self,
        InitialFilename: object = MISSING,
        FileFilter: object = MISSING,
        FilterIndex: object = MISSING,
        Title: object = MISSING,
    ) -> object:
        self.host.dialogs.append(to_text(Title))
        return self.host.chosen_file


def _precedents(area: Any) -> object:
    """The range that a cell's formula names first; an error where it names none, as in Excel."""
    found = re.search(
        r"\$?[A-Z]{1,3}\$?\d+(:\$?[A-Z]{1,3}\$?\d+)?", to_text(area.vba_get("Formula"))
    )
    if found is None:
        raise error(1004, "No cells were found.")
    return area.vba_get("Worksheet").vba_get("Range", [found[0]])


Range.vba_add_member(MemberSpec("Precedents", "property", getter=_precedents))

_VALUE2 = Range._vba_members["value2"].getter
assert _VALUE2 is not None


def _whole_value2(area: Any) -> object:
    """Every cell of the range, as Excel gives it; pyOpenVBA leaves out what lies below the used cells."""
    rows, columns = area.first.rows, area.first.columns
    if rows * columns > MOST_CELLS:
        raise AssertionError(f"{rows} rows are read: a whole column must be cut first")
    found = _VALUE2(area)
    if rows * columns == 1:
        return found
    array = VBAArray([(1, rows), (1, columns)])
    if not isinstance(found, VBAArray):
        array.set([1, 1], found)
        return array
    (_, bottom), (_, right) = found.bounds
    for i in range(1, bottom + 1):
        for j in range(1, right + 1):
            array.set([i, j], found.get([i, j]))
    return array


Range._vba_members["value2"].getter = _whole_value2


class Control(VBAObject):
    """IRibbonControl."""

    vba_type_name = "IRibbonControl"

    def __init__(self, name: str) -> None:
        self.name = name

    @member
    def Id(self) -> object:
        return self.name


class Ribbon(VBAObject):
    """IRibbonUI."""

    vba_type_name = "IRibbonUI"

    def __init__(self) -> None:
        self.redrawn: list[str] = []

    @method
    def InvalidateControl(self, ControlID: object = MISSING) -> object:
        self.redrawn.append(to_text(ControlID))
        return EMPTY
