"""The roles that the owner set: with ``--set``, or on the Columns sheet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from csm_xl.errors import SheetError
from csm_xl.language import Text
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import is_blank
from csm_xl.vocabulary.roles import ROLES, SETTABLE

#: The record of roles: by table and title, what was found or set, and which of the two.
RECORD = "roles"


@dataclass(frozen=True)
class Chosen:
    """Roles that the owner set, by table and title.

    Attributes
    ----------
    roles : dict of (str, str) to str
        Folded names of the table and of the column.
    """

    roles: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, headers: Sequence[str], sheet: str, name: str | None) -> dict[int, str]:
        """What the owner set in one table: place to role."""
        found = {}
        for place, header in enumerate(headers):
            for table in (sheet, name or sheet):
                role = self.roles.get((folded(table), folded(header)))
                if role is not None and header:
                    found[place] = role
        return found


def role_named(word: str) -> str | None:
    """The role that a word in either language means, ``left:R`` with its values included; None for no role."""
    base, colon, values = word.partition(":") if ":" in word else word.partition("：")
    wanted = folded(base)
    for role, text in ROLES.items():
        if wanted in (folded(role), folded(text.en), folded(text.zh)):
            return f"{role}:{values.strip()}" if colon and role == "left" else role
    return None


def parse_set(given: str) -> tuple[str, str]:
    """Title and role of an option such as ``"Cancelled?=left"``, split at the last ``=``.

    Raises
    ------
    SheetError
    """
    title, equals, word = given.rpartition("=")
    role = role_named(word)
    if not equals or not title.strip() or role is None or role == "csm-xl":
        raise SheetError(
            f'--set takes a title and a role, such as "Status=left", not “{given}”. Roles: '
            f"{', '.join(SETTABLE)}.",
            f"--set 应写成“标题=角色”，例如“状态=流失”，不能是“{given}”。"
            f"角色有：{'、'.join(ROLES[r].zh for r in SETTABLE)}。",
        )
    return title.strip(), role


def chosen_in(records: Mapping[str, str], shown: Sequence[tuple[str, str, object]]) -> Chosen:
    """What the owner set, by the record and by the Columns sheet, where the sheet differs from it.

    Parameters
    ----------
    records : mapping of str to str
        The workbook's records.
    shown : sequence of (str, str, cell)
        Table, title and role of each row of the Columns sheet.

    Raises
    ------
    SheetError
        Where a role on the sheet is none.
    """
    stored: dict[str, dict[str, list]] = json.loads(records.get(RECORD, "{}"))
    roles = {
        (folded(table), folded(title)): role
        for table, columns in stored.items()
        for title, (role, chosen) in columns.items()
        if chosen
    }
    for table, title, word in shown:
        role, _ = stored.get(table, {}).get(title, ("", False))
        key = (folded(table), folded(title))
        if is_blank(word):
            # Emptied by the owner: csm-xl finds the role again.
            roles.pop(key, None)
            continue
        said = role_named(str(word))
        if said is None:
            raise SheetError(
                f"On the sheet Columns the role of {title} is “{word}”. Choose one from the list: "
                f"{', '.join(SETTABLE)}.",
                f"工作表“列”中“{title}”的角色是“{word}”，请从列表中选择："
                f"{'、'.join(ROLES[r].zh for r in SETTABLE)}。",
            )
        if said != role and said != "csm-xl":
            roles[key] = said
    return Chosen(roles)


def role_text(role: str) -> Text:
    """What a role is called on the Columns sheet."""
    base, colon, values = role.partition(":")
    text = ROLES[base]
    return Text(text.en + colon + values, text.zh + colon + values)
