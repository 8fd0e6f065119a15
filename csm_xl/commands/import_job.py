"""One file on its way into a workbook: what was read, what is there, what will be written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from csm_xl.commands.import_answers import Answers
from csm_xl.commands.import_merge import NewRow, Plan, Unit, merge
from csm_xl.commands.import_people import People
from csm_xl.commands.import_record import Written
from csm_xl.commands.import_report import Report
from csm_xl.commands.import_target import missing_titles, planned
from csm_xl.commands.session import Session
from csm_xl.company.header_table import HeaderTable
from csm_xl.intake.account import NAMED, lines_text
from csm_xl.intake.identities import Match, Who
from csm_xl.intake.orders import Order
from csm_xl.intake.reading import Intake
from csm_xl.intake.records import Record
from csm_xl.language import Language, Text


@dataclass
class TableChange:
    """What one file changes in one table."""

    table: str
    into: HeaderTable
    new_titles: list[str]
    plan: Plan
    made: bool = False


@dataclass
class Job:
    """Everything that an import needs to know.

    Attributes
    ----------
    session : Session
    lang : {"en", "zh"}
    intake : Intake
    people : People
    records : dict of str to str
        The texts of the very hidden sheet.
    answers : Answers
    report : Report
    changes : list of TableChange
    currency : str or None
        To be set, where the workbook had none.
    """

    session: Session
    lang: Language
    intake: Intake
    people: People
    records: dict[str, str]
    answers: Answers
    report: Report
    changes: list[TableChange] = field(default_factory=list)
    currency: str | None = None
    _written: dict[str, Written] = field(default_factory=dict)

    def written(self, table: str) -> Written:
        """What imports wrote into a table."""
        if table not in self._written:
            self._written[table] = Written(self.records.get(f"imported.{table}"))
        return self._written[table]

    def own_columns(self, rows: Sequence[Record | Order]) -> dict[str, Any]:
        """What the owner's own columns get out of some rows of the file: the last that is filled."""
        return {
            title: column[one.row]
            for title, column in self.intake.own.items()
            for one in rows
            if column[one.row] is not None
        }

    def remembered(self) -> dict[str, str]:
        """The records to store."""
        return {f"imported.{table}": written.text() for table, written in self._written.items()} | {
            "imports": self.answers.text()
        }

    def apply(
        self,
        table: str,
        into: HeaderTable,
        units: list[Unit],
        keys: dict[str, int],
        own: Iterable[str] = (),
        extra: Iterable[str] = (),
        *,
        counts: bool = True,
        remember_as: dict[int, str] | None = None,
    ) -> Plan:
        """Plan what a table's rows become, and count them unless another table's rows are counted.

        Parameters
        ----------
        own : iterable of str
            Titles of the owner's own columns that the file has.
        extra : iterable of str
            Titles of ours that the table needs and may not have.
        """
        own = list(own)
        new_titles = missing_titles(into, [*extra, *own])
        wide = planned(into, new_titles)
        plan = merge(wide, table, units, keys, self.written(table), own, remember_as)
        self.changes.append(TableChange(table, wide, new_titles, plan))
        if counts:
            self.report.added += plan.added
            self.report.updated += plan.updated
            self.report.unchanged += plan.unchanged
        self.tell_owners(plan)
        return plan

    def tell_owners(self, plan: Plan) -> None:
        """Name the owner's edits that were kept."""
        if not plan.owners:
            return
        n = len(plan.owners)
        shown = ", ".join(plan.owners[:5]) + (" …" if n > 5 else "")
        self.report.notes.append(
            Text(
                f"{n} cell{'s' if n > 1 else ''} that you typed or changed stay as they are: {shown}.",
                f"您填写或改过的 {n} 个单元格保持不变：{shown}。",
            )
        )

    def tell_nobody(self, unknown: dict[int, str]) -> None:
        """Name rows of people who are not on the Customers sheet."""
        if not unknown:
            return
        line, who = next(iter(unknown.items()))
        n = len(unknown)
        self.report.notes.append(
            Text(
                f"{n} row{' is' if n == 1 else 's are'} of nobody on the Customers sheet (line {line}: "
                f"{who}) and will not be counted for a customer. Import your customers, or a file that has them, as "
                "customers; then import this file again.",
                f"有 {n} 行的客户不在“客户”表中（第 {line} 行：{who}），不会计入客户统计。"
                "请先导入客户（含客户信息的订单文件也可以作为客户导入），再重新导入此文件。",
            )
        )

    def tell_doubts(self, found: Match, lines: dict[Who, int]) -> None:
        """Name rows whose identities contradict each other, and names that several people have."""
        wrong = [lines[who] for who in found.contradictory if who in lines]
        if wrong:
            where = lines_text(wrong)
            self.report.notes.append(
                Text(
                    f"What these rows say of their customer belongs to different customers, so they are nobody's: "
                    f"{where.en}.",
                    f"以下行的客户信息分属不同客户，因此不归任何人：{where.zh}。",
                )
            )
        self.tell_corrected(found)
        names = [who for who in found.shared_names if who in lines]
        if names:
            where = lines_text(lines[who] for who in names)
            self.report.notes.append(
                Text(
                    f"Several customers are called {names[0].name}, so a name alone tells nothing ({where.en}).",
                    f"有多位客户叫“{names[0].name}”，仅凭姓名无法判断是谁（{where.zh}）。",
                )
            )

    def tell_corrected(self, found: Match) -> None:
        """Name telephone numbers that were read without a digit typed twice."""
        if not found.corrected_phones:
            return
        read = [f"{a} = {b}" for a, b in list(found.corrected_phones.items())[:NAMED]]
        self.report.notes.append(
            Text(
                f"Read without a digit that was typed twice, as a number that is known: {', '.join(read)}.",
                f"以下手机号多打了一位，已按已知号码识别：{'、'.join(read)}。",
            )
        )


def row_of(key: str, values: dict, own: dict | None = None, at: int | None = None) -> NewRow:
    """A row without what is None."""
    return NewRow(key, {k: v for k, v in values.items() if v is not None}, own or {}, at)
