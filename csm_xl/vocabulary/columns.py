"""What a sheet, a table and a column are: the vocabulary in which the layout is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from csm_xl.language import Language, Text
from csm_xl.vocabulary.words import Words

#: What a column holds. ``share`` is a fraction shown as a percentage, ``rating`` a number 1 to 5
#: or a level word, ``id`` a key that is text whatever it looks like.
Kind = Literal[
    "id",
    "text",
    "long_text",
    "integer",
    "number",
    "rating",
    "scale5",
    "scale10",
    "money",
    "share",
    "date",
    "datetime",
    "choice",
]

#: Who fills a column: the owner types it, a command writes it, or Excel calculates it.
Source = Literal["owner", "command", "formula"]

#: Excel's number format of each kind. Dates are the same in both languages: nobody misreads
#: 2026-03-05.
NUMBER_FORMATS: dict[Kind, str] = {
    "id": "@",
    "text": "@",
    "long_text": "@",
    "integer": "#,##0",
    "number": "0.00",
    "rating": "General",
    "scale5": "0",
    "scale10": "0",
    "money": "#,##0.00",
    "share": "0.0%",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
    "choice": "@",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    key : str
        What the code calls it, unique in its table.
    title : Text
        The header.
    kind : Kind
        What its cells hold; decides the number format and the validation.
    source : {"owner", "command", "formula"}
        Who fills it.
    note : Text, optional
        What the header's note says.
    words : Words, optional
        The closed list of a ``choice`` column.
    width : float
        Column width in Excel's units (characters of the standard font).
    personal : bool
        Says who a person is: never a feature, replaced by a pseudonym in a shared copy.
    identifier : bool
        A key or number of a document: never a feature.
    template : bool
        Part of a new workbook. The others are only understood when they are found.
    formula : str, optional
        The native formula of a ``formula`` column, see :func:`csm_xl.vocabulary.layout.formula`.
    """

    key: str
    title: Text
    kind: Kind
    source: Source = "owner"
    note: Text | None = None
    words: Words | None = None
    width: float = 12.0
    personal: bool = False
    identifier: bool = False
    template: bool = True
    formula: str | None = None

    @property
    def number_format(self) -> str:
        """Excel's number format of the column's cells."""
        return NUMBER_FORMATS[self.kind]

    @property
    def ours(self) -> bool:
        """Whether csm-xl fills it, so that the owner's data never stand in it."""
        return self.source != "owner"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the workbook.

    Parameters
    ----------
    key : str
        What the code calls it.
    name : str
        Excel's name of the table: the same in both languages, so that formulas can be shared.
    sheet : str
        Key of the sheet it stands on.
    columns : tuple of Column
        All columns that are understood, in the order of the sheet.
    key_columns : tuple of str
        The columns that make a row unique: a second row with the same is the same thing.
    purpose : Text
        One sentence on what a row is.
    rows : int
        How many rows a new workbook sets aside (a table has at least one).
    """

    key: str
    name: str
    sheet: str
    columns: tuple[Column, ...]
    key_columns: tuple[str, ...]
    purpose: Text
    rows: int = 1

    @property
    def template(self) -> tuple[Column, ...]:
        """The columns of a new workbook, in order."""
        return tuple(column for column in self.columns if column.template)

    @property
    def owners(self) -> tuple[Column, ...]:
        """The columns of a new workbook that the owner types."""
        return tuple(column for column in self.template if not column.ours)

    @property
    def ours(self) -> tuple[Column, ...]:
        """The columns of a new workbook that csm-xl fills, by a command or by a formula."""
        return tuple(column for column in self.template if column.ours)

    def column(self, key: str) -> Column:
        """The column called `key`.

        Raises
        ------
        KeyError
            When there is none.
        """
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(f"table {self.key!r} has no column {key!r}")

    def headers(self, lang: Language) -> list[str]:
        """The header row of a new workbook."""
        return [column.title.within(lang) for column in self.template]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the workbook.

    Parameters
    ----------
    key : str
        What the code calls it.
    title : Text
        The name on its tab, at most 31 characters.
    visible : {"visible", "veryHidden"}
        How Excel shows it.
    landscape : bool
        How it is printed on A4.
    template : bool
        Part of a new workbook; the others are added when they are first needed.
    """

    key: str
    title: Text
    visible: Literal["visible", "veryHidden"] = "visible"
    landscape: bool = False
    template: bool = True
