"""What becomes of each column of a workbook in the copy, see :mod:`csm_xl.share.column_decisions`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from csm_xl.formulas.workbook_model import WorkbookModel
from csm_xl.language import Text
from csm_xl.share.column_decisions import (
    BOOK_KEYS,
    KEY,
    OF_BOOKS,
    SAID,
    STAYS,
    ColumnEvidence,
    Said,
    Treatment,
)
from csm_xl.share.personal_patterns import kind_in, looks_like_name
from csm_xl.share.pseudonyms import Kind
from csm_xl.share.regions import Region
from csm_xl.share.title_evidence import title_says
from csm_xl.vocabulary.headers import normalised

_SPLIT = re.compile(r"[,，;；、\n]")


@dataclass(frozen=True)
class PersonalColumn:
    """One column, and what becomes of it.

    Attributes
    ----------
    sheet, header : str
    column : int
    first, last : int
        The rows of its body.
    treatment : Treatment
    why : Text
        In a few words, for the owner.
    """

    sheet: str
    header: str
    column: int
    first: int
    last: int
    treatment: Treatment
    why: Text = field(default=Text("", ""), compare=False)

    @property
    def key(self) -> bool:
        """Whether it holds the owner's own numbers of customers and the like."""
        return self.why is KEY

    @property
    def numbered(self) -> bool:
        """Whether it holds numbers that other tables refer to, of customers, orders or articles."""
        return self.why in (KEY, OF_BOOKS)

    @property
    def certain(self) -> bool:
        """Whether its texts stand whole: the owner said so, or the books are tied out by them."""
        return self.why is SAID or self.numbered

    @property
    def kind(self) -> Kind | None:
        """What kind of pseudonym its contents get; None where they get none."""
        treatment = self.treatment
        if treatment == "text" or treatment == "gone" or treatment == "fact":
            return None
        return None if treatment == "number" else treatment

    @property
    def stays(self) -> bool:
        """Whether the column's contents are the owner's in the copy."""
        return self.treatment in STAYS


def settings_list(text: object) -> list[str]:
    """The headers in the setting that names the personal columns."""
    return [part.strip() for part in _SPLIT.split(str(text or "")) if part.strip()]


def decided_columns(
    model: WorkbookModel,
    found: Iterable[Region],
    listed: Sequence[str] | None,
    said: Mapping[tuple[str, str], Said] | None = None,
) -> list[PersonalColumn]:
    """What becomes of every column.

    Parameters
    ----------
    model : WorkbookModel
    found : iterable of Region
    listed : sequence of str or None
        The headers that Settings name; None where the workbook has no such setting.
    said : mapping of (sheet, header) to Said, optional
        What the owner said; sheets and headers in lower case.
    """
    wanted = {normalised(header) for header in listed or ()}
    columns = []
    for region in found:
        keys = {column: key for key, column in region.match().items()}
        for column, header in region.columns:
            told = next(
                (
                    said[place.casefold(), header.casefold()]
                    for place in (region.sheet, region.table)
                    if said and (place.casefold(), header.casefold()) in said
                ),
                None,
            )
            one = ColumnEvidence(model, region, column, header, keys.get(column), told)
            treatment, why = one.decision(normalised(header) in wanted if header else False, listed)
            first = region.body[0]
            untitled = looks_like_name(header) or kind_in(header) is not None
            if untitled and not region.table and region.header is not None:
                # A list without headers begins with its first name.
                first = region.header
            columns.append(
                PersonalColumn(region.sheet, header, column, first, region.body[2], treatment, why)
            )
    return columns


def personal_columns(
    model: WorkbookModel,
    found: Iterable[Region],
    listed: Sequence[str] | None,
    said: Mapping[tuple[str, str], Said] | None = None,
) -> list[PersonalColumn]:
    """Those of :func:`decided_columns` whose contents do not stay."""
    return [c for c in decided_columns(model, found, listed, said) if not c.stays]


def book_columns(found: Iterable[Region]) -> list[tuple[str, int, int, int]]:
    """Sheet, column, first and last row of the numbers of orders and invoices."""
    columns = []
    for region in found:
        keys = {column: key for key, column in region.match().items()}
        for column, header in region.columns:
            key = keys.get(column)
            books = key in BOOK_KEYS if key is not None else title_says(header) == "books"
            if books:
                columns.append((region.sheet, column, region.body[0], region.body[2]))
    return columns
