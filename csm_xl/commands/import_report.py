"""What an import says: counts that add up, what was left out and why, what the owner should know."""

from __future__ import annotations

from dataclasses import dataclass, field

from csm_xl.commands.outcome import Outcome
from csm_xl.intake.account import Account, lines_text
from csm_xl.language import Text


@dataclass
class Report:
    """The account of one file's import.

    Attributes
    ----------
    name : str
        The file.
    account : Account
    added, updated, unchanged : int
    notes : list of Text
        Further sentences.
    dry_run : bool
    """

    name: str
    account: Account
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    notes: list[Text] = field(default_factory=list)
    dry_run: bool = False

    def outcome(self) -> Outcome:
        """The outcome of one file."""
        return together([self])


def together(reports: list[Report]) -> Outcome:
    """The outcome of one or several files."""
    several = len(reports) > 1
    total = {
        key: sum(getattr(report, key) for report in reports)
        for key in ("added", "updated", "unchanged")
    }
    read = sum(report.account.read for report in reports)
    merged = sum(report.account.merged for report in reports)
    left_out = sum(report.account.left_out for report in reports)
    name = (
        Text(reports[0].name, reports[0].name)
        if not several
        else Text(f"{len(reports)} files", f"{len(reports)} 个文件")
    )
    would = reports[0].dry_run
    message = Text(
        f"{'Dry run, nothing was written. ' if would else ''}{name.en}: {read} rows read, {total['added']} rows added, "
        f"{total['updated']} updated, {total['unchanged']} unchanged"
        f"{f', {merged} merged' if merged else ''}{f', {left_out} left out' if left_out else ''}.",
        f"{'试运行，未写入任何内容。' if would else ''}{name.zh}：读取 {read} 行，新增 {total['added']} 行，"
        f"更新 {total['updated']} 行，{total['unchanged']} 行无变化"
        f"{f'，合并 {merged} 行' if merged else ''}{f'，未导入 {left_out} 行' if left_out else ''}。",
    )
    notes = []
    for report in reports:
        mark = Text(f"{report.name}: ", f"{report.name}：") if several else Text("", "")
        if several:
            notes.append(
                Text(
                    f"{report.name}: {report.account.read} rows read, {report.added} added, {report.updated} updated, "
                    f"{report.unchanged} unchanged, {report.account.merged} merged, {report.account.left_out} left out.",
                    f"{report.name}：读取 {report.account.read} 行，新增 {report.added}，更新 {report.updated}，"
                    f"无变化 {report.unchanged}，合并 {report.account.merged}，未导入 {report.account.left_out}。",
                )
            )
        for why, lines in report.account.reasons.items():
            where = lines_text(lines)
            n = len(lines)
            notes.append(
                Text(
                    f"{mark.en}{n} row{'s' if n > 1 else ''} left out: {why.en} ({where.en}).",
                    f"{mark.zh}{n} 行未导入：{why.zh}（{where.zh}）。",
                )
            )
        notes += [
            Text(mark.en + note.en, mark.zh + note.zh)
            for note in (*report.account.notes, *report.notes)
        ]
    more = {
        "read": read,
        **total,
        "merged": merged,
        "left_out": [
            {"rows": len(lines), "why": str(why)}
            for report in reports
            for why, lines in report.account.reasons.items()
        ],
        "dry_run": would,
    }
    return Outcome(message, tuple(notes), more=more)
