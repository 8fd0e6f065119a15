"""Share: a copy for the accountant, without macros and without Python, every number still live."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import xlwings as xw

from csm_xl.commands.excel import save_copy
from csm_xl.commands.outcome import Outcome, Progress
from csm_xl.commands.pseudonym_secret import store_secret, stored_secret
from csm_xl.commands.session import Session
from csm_xl.errors import FileError, SheetError
from csm_xl.language import Text
from csm_xl.ooxml import atomic_write as saving
from csm_xl.share import pseudonyms
from csm_xl.vocabulary.words import YES_NO
from csm_xl.working_folder import working_folder

if TYPE_CHECKING:
    from csm_xl.share.copy_builder import Made

#: How many cells that were kept as values a terminal lists.
LISTED = 15


def share(
    book: xw.Book,
    out: Path,
    *,
    values: bool = False,
    keep_names: bool = False,
    name_key: Path | None = None,
    keep_text: bool = False,
    functions: bool = False,
    figures_only: bool = False,
    new_pseudonyms: bool = False,
    force: bool = False,
    sheets: Sequence[str] | None = None,
    save: Callable[[], None] | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Write a copy of the workbook that an accountant can open, check and file.

    The owner's workbook is not changed, but for the secret that keeps pseudonyms the same in every
    copy: it is put into the workbook's hidden records the first time names are replaced.

    Parameters
    ----------
    book : xlwings.Book
    out : Path
        The copy, an ``.xlsx`` file.
    values : bool
        Make every formula its value.
    keep_names : bool
        Keep names instead of pseudonyms.
    name_key : Path, optional
        Write the owner's key, pseudonym to name, to this .csv or .xlsx file.
    keep_text : bool
        Keep what customers wrote, without the names and numbers that are known.
    functions : bool
        Keep csm-xl's functions in formulas, as defined names of LAMBDA.
    figures_only : bool
        Leave out the sheets that hold rows of customers, orders and the like.
    new_pseudonyms : bool
        Give everybody a new pseudonym, where the secret behind the old ones is lost.
    force : bool
        Replace files that are there.
    sheets : sequence of str, optional
        The sheets to share; all data and result sheets if left out.
    save : callable, optional
        Saves the workbook once the secret is in it, before the copy is written. In Excel its owner
        does that.
    progress : callable, optional

    Raises
    ------
    CsmError
        With one sentence that says what to do; nothing was written.
    """
    # Copying needs much that the other commands do not.
    from csm_xl.ooxml.workbook_file import Workbook
    from csm_xl.share.cell_conversion import Options
    from csm_xl.share.copy_builder import make_copy

    out = Path(out)
    name_key = None if name_key is None else Path(name_key)
    _refuse(book, out, name_key, force=force, keep_names=keep_names)
    session = Session(book)
    secret: bytes | None = None
    if not keep_names:
        secret = None if new_pseudonyms else stored_secret(session)
        secret = secret or pseudonyms.new_secret()
    records, lang = session.records, session.language
    # A copy that could not say what was lost would pass the owner's scores off as typed numbers.
    # The secret has a sentence of its own, and does not matter where names are kept.
    records.refuse_damaged(unused=[pseudonyms.RECORD])
    now = dt.datetime.now()
    written = keep_text or YES_NO.key(session.settings.get("share_text")) == "yes"
    with working_folder() as folder:
        snapshot = _snapshot(book, folder)
        made = make_copy(
            Workbook(snapshot, readonly=True),
            lang=lang,
            options=Options(
                values,
                written,
                sheets,
                now.date(),
                functions=functions,
                figures_only=figures_only,
            ),
            secret=secret,
            source=book.name,
            made=now,
            records=records,
            progress=progress,
        )
        content = b"" if name_key is None else pseudonyms.key_file(name_key, made.key, lang)
        # Everything else is written before anything of the owner's is: what fails leaves the
        # workbook as it was, and nothing that goes by a secret which is not in it.
        targets = [path.expanduser().resolve() for path in (out, name_key) if path is not None]
        with _put_back_if_it_fails(targets, folder):
            saving.replace_file(targets[0], made.package.write)
            for target in targets[1:]:
                saving.replace_file(target, lambda file: _write(file, content))
            # Without its secret the next copy would name everybody anew.
            stored = secret is not None and store_secret(session, secret)
            if stored and save is not None:
                save()
    if progress is not None:
        progress(1.0, Text("Done", "完成"))
    return _outcome(out, made, name_key, unsaved=stored and save is None)


def review(
    book: xw.Book, *, keep_text: bool = False, sheets: Sequence[str] | None = None
) -> Outcome:
    """What would become of every column of texts in a copy, and why; nothing is written.

    Parameters
    ----------
    book : xlwings.Book
    keep_text : bool
        As for :func:`share`.
    sheets : sequence of str, optional
        As for :func:`share`.
    """
    from csm_xl.ooxml.workbook_file import Workbook
    from csm_xl.share import column_review
    from csm_xl.share.cell_conversion import Copying, Options
    from csm_xl.workbook.hidden_arguments import HiddenArguments

    session = Session(book)
    lang = session.language
    try:
        secret = stored_secret(session)
    except SheetError:
        secret = None
    written = keep_text or YES_NO.key(session.settings.get("share_text")) == "yes"
    with working_folder() as folder:
        snapshot = _snapshot(book, folder)
        model = Workbook(snapshot, readonly=True)
        named = pseudonyms.Pseudonyms(secret or pseudonyms.new_secret(), lang)
        options = Options(False, written, sheets, dt.date.today())
        copying = Copying(model, lang, options, HiddenArguments(model), named)
        rows = column_review.rows(copying)
        notes = column_review.notes(copying)
    message = Text(
        "{n} columns of texts; {k} of them stay as they are. Nothing was written.",
        "文本列共 {n} 列，其中 {k} 列保持原样。未写入任何文件。",
    ).fill(n=len(rows), k=sum(row.stays for row in rows))
    return Outcome(message, notes, column_review.HEADERS, tuple(row.cells for row in rows))


def _snapshot(book: xw.Book, folder: Path) -> Path:
    """The workbook as its owner sees it, under its own name, which sentences about it say."""
    name = Path(book.name)
    snapshot = folder / (name if name.suffix else name.with_suffix(".xlsx")).name
    save_copy(book, snapshot)
    return snapshot


@contextlib.contextmanager
def _put_back_if_it_fails(paths: Sequence[Path], folder: Path) -> Iterator[None]:
    """Leave what stands at some places, or does not, as it was unless all goes well."""
    former = {}
    for n, path in enumerate(paths):
        if path.exists():
            former[path] = shutil.copyfile(path, folder / f"former-{n}")
    try:
        yield
    except BaseException:
        for path in paths:
            with contextlib.suppress(FileError, OSError):
                if path in former:
                    saving.replace_file(path, partial(_pour, former[path]))
                else:
                    path.unlink(missing_ok=True)
        raise


def _pour(copy: Path, file: BinaryIO) -> None:
    with copy.open("rb") as whole:
        shutil.copyfileobj(whole, file)


def _write(file: object, content: bytes) -> None:
    file.write(content)  # type: ignore[attr-defined]


def _refuse(
    book: xw.Book, out: Path, name_key: Path | None, *, force: bool, keep_names: bool
) -> None:
    """Refuse what cannot be done before any work begins."""
    if out.suffix.lower() != ".xlsx":
        raise FileError(
            f"The copy has no macros, so its name must end in .xlsx, not {out.suffix or out.name}.",
            f"副本不含宏，文件名必须以 .xlsx 结尾，而不是 {out.suffix or out.name}。",
        )
    if keep_names and name_key is not None:
        raise FileError(
            "With names kept there is no key to write. Leave out one of the two.",
            "保留姓名时不需要对照表，请去掉其中一项。",
        )
    if name_key is not None:
        pseudonyms.key_file(name_key, {}, "en")
        if name_key.expanduser().resolve() == out.expanduser().resolve():
            raise FileError(
                "The copy and its key need different names: the key is for you alone.",
                "副本与对照表不能同名：对照表只供您自己使用。",
            )
    for path in (out, name_key):
        if path is None:
            continue
        target = path.expanduser().resolve()
        if target == Path(book.fullname):
            raise FileError(
                "The copy cannot replace the workbook itself. Choose another name.",
                "副本不能覆盖工作簿本身，请换一个文件名。",
            )
        if target.exists() and not force:
            raise FileError(
                f"{path.name} is already there. Choose another name, or allow it to be replaced "
                "(--force).",
                f"{path.name} 已存在。请换一个文件名，或允许覆盖（--force）。",
            )
        saving.refuse_if_open(target)
        saving.refuse_if_read_only(target)


def _outcome(out: Path, made: Made, name_key: Path | None, *, unsaved: bool) -> Outcome:
    from csm_xl.share.kept_sheet import grouped

    message = Text("{name} is written{what}.", "已写入 {name}{what}。").fill(
        name=out.name, what=_formulas(made.formulas, len(made.kept))
    )
    warnings = list(made.warnings)
    if made.key:
        if name_key is None:
            note = Text(
                "{n} names, addresses and numbers were replaced by pseudonyms.",
                "已将 {n} 个姓名、地址和号码替换为代号。",
            ).fill(n=f"{len(made.key):,}")
        else:
            note = Text(
                "{n} names, addresses and numbers were replaced by pseudonyms. The key is in {key}: "
                "keep it to yourself.",
                "已将 {n} 个姓名、地址和号码替换为代号。对照表在 {key} 中，请妥善保管。",
            ).fill(n=f"{len(made.key):,}", key=name_key.name)
        warnings.append(note)
    warnings += made.notes
    if unsaved:
        warnings.append(
            Text(
                "The secret that gives everybody the same pseudonym in the next copy is in this "
                "workbook now; it counts once the workbook is saved.",
                "使下一份副本沿用相同代号的密钥已写入本工作簿，保存工作簿后生效。",
            )
        )
    if made.stale:
        warnings.append(
            Text(
                "{n} churn scores are older than the data and were kept as they were. Refresh first "
                "to share current ones.",
                "有 {n} 个流失概率已过时，保留原值。如需分享最新的概率，请先刷新。",
            ).fill(n=f"{made.stale:,}")
        )
    table = tuple(
        (str(where), str(count), _with_detail(why, what))
        for where, count, why, what in grouped([*made.kept, *made.frozen])[:LISTED]
    )
    headers = (
        Text("Kept as a value", "保留为数值"),
        Text("Cells", "单元格数"),
        Text("Why", "原因"),
    )
    return Outcome(message, tuple(warnings), headers, table)


def _with_detail(why: Text, what: Text) -> str:
    return f"{why} ({what})" if str(what) else str(why)


def _formulas(live: int, kept: int) -> Text:
    """What became of the formulas; nothing of a workbook that has none."""
    said_live = Text(f"{live:,} live formula{'s' * (live != 1)}", f"可重算的公式 {live:,} 个")
    said_kept = Text(
        f"{kept:,} formula{'s' * (kept != 1)} kept as {'values' if kept != 1 else 'a value'}",
        f"保留为数值的公式 {kept:,} 个",
    )
    said = [text for text, count in ((said_live, live), (said_kept, kept)) if count]
    if not said:
        return Text("", "")
    return Text(
        f": {', '.join(text.en for text in said)}", f"：{'，'.join(text.zh for text in said)}"
    )
