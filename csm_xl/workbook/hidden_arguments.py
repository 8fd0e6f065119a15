"""What functions get without the owner typing it: records, settings, the workbook's language.

In Excel the VBA wrappers pass these from the same cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from csm_xl.formulas.addresses import parse_cell
from csm_xl.formulas.workbook_model import WorkbookModel
from csm_xl.functions.records import Record, unpack
from csm_xl.language import language

_SETTING = "setting."
_PREFIX = "csm_"


class HiddenArguments(Mapping[str, Any]):
    """Hidden arguments by key, each looked up when a function first asks for it.

    Parameters
    ----------
    model : WorkbookModel
        The workbook that is calculated.
    """

    def __init__(self, model: WorkbookModel) -> None:
        self._model = model
        self._records: dict[str, Record] | None = None
        self._found: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        if key not in self._found:
            self._found[key] = self._look_up(key)
        return self._found[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def _look_up(self, key: str) -> Any:
        if key == "language":
            return self._language()
        if key.startswith(_SETTING):
            return self._setting(_PREFIX + key.removeprefix(_SETTING))
        if self._records is None:
            self._records = self._read_records()
        record = self._records.get(key)
        return None if record is None else record.text

    def _language(self) -> str:
        from csm_xl.vocabulary import layout

        return layout.detect_language(self._model.sheet_names) or language()

    def _setting(self, name: str) -> Any:
        """The value of the cell that a defined name points at, None where there is none."""
        for found in self._model.names():
            if found.name.casefold() != name or found.sheet is not None:
                continue
            sheet, mark, cell = found.text.rpartition("!")
            if not mark:
                return None
            sheet = sheet.strip("'").replace("''", "'")
            try:
                row, column = parse_cell(cell.replace("$", ""))
            except ValueError:
                return None
            return (
                self._model.cached(sheet, row, column) if sheet in self._model.sheet_names else None
            )
        return None

    def _read_records(self) -> dict[str, Record]:
        from csm_xl.vocabulary import layout

        if layout.HIDDEN_SHEET not in self._model.sheet_names:
            return {}
        rows = (
            [None] * (first - 1) + list(cells)
            for _, first, cells in self._model.values(layout.HIDDEN_SHEET)
        )
        # The cells that ask for a damaged record say what to do; the others can be calculated.
        return unpack(row for row in rows if len(row) >= 5)
