"""Text exports: CSV in any usual encoding and delimiter, to rows with the lines they begin in."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from csm_xl.errors import FileError

_LOOKED_AT = 200_000
_HIGH = re.compile(rb"[\x80-\xff]{1,2}")
_DELIMITERS = (",", ";", "\t", "，", "|")


def decoded(raw: bytes, name: str) -> str:
    """The text of a file in UTF-8 or UTF-16 (with or without a mark), GB18030, Big5, Shift JIS or Windows-1252.

    Raises
    ------
    FileError
        When it is in none of them, or mixes two.
    """
    if raw.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        candidates = ["utf-32"]
    elif raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif raw[:400:2].count(0) > 150 or raw[1:400:2].count(0) > min(150, len(raw) // 3):
        candidates = ["utf-16-le" if raw[1:400:2].count(0) else "utf-16-be"]
    else:
        # Chinese shop programs write GB18030 without saying so, and it hardly ever reads as UTF-8.
        candidates = ["utf-8-sig", *_local(raw)]
    for encoding in candidates:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # One NUL is a broken byte of a cell; many are a file of another kind.
        if text.count("\0") <= len(text) // 1000 + 3:
            return text.replace("\0", "")
    line = _first_broken_line(raw)
    raise FileError(
        f"{name} is not a text file in one known encoding (see line {line}). Export it again as CSV UTF-8.",
        f"{name} 的文字编码无法识别（见第 {line} 行），请重新导出为 UTF-8 CSV。",
    )


def _local(raw: bytes) -> list[str]:
    """Encodings of one country to try, the likeliest first."""
    if _reads_as_big5(raw):
        return ["big5hkscs", "gb18030"]
    if _reads_as_japanese(raw):
        return ["cp932", "gb18030"]
    found = _HIGH.findall(raw[:_LOOKED_AT])
    # In Chinese text such bytes come in pairs; an accented letter stands alone among plain ones.
    # GB18030 would read many of them with the letter behind as one rare Chinese character.
    if sum(len(high) == 1 for high in found) > len(found) / 2:
        return ["cp1252"]
    return ["gb18030", "big5hkscs"]


def _reads_as_big5(raw: bytes) -> bool:
    """Whether bytes are Traditional Chinese in Big5: nearly all of its characters are common ones."""
    piece = raw[:_LOOKED_AT]
    for cut in range(3):
        # The piece may end within a character.
        try:
            big5 = piece[: len(piece) - cut].decode("big5")
        except UnicodeDecodeError:
            continue
        return _common(big5) > 0.75 and _common(big5) > 1.5 * _common(
            piece.decode("gb18030", "ignore")
        )
    return False


def _reads_as_japanese(raw: bytes) -> bool:
    """Whether bytes are Japanese in Shift JIS: read as such they are kana and Kanji of full width.

    GB18030 would read them as rare characters, and Shift JIS reads Chinese ones as half-width kana.
    """
    piece = raw[:_LOOKED_AT]
    for cut in range(2):
        # The piece may end within a character.
        try:
            text = piece[: len(piece) - cut].decode("cp932")
        except UnicodeDecodeError:
            continue
        high = [sign for sign in text if ord(sign) > 0x7F]
        narrow = sum("\uff61" <= sign <= "\uff9f" for sign in high)
        return len(high) > 3 * narrow and _common(piece.decode("gb18030", "ignore")) < 0.5
    return False


def _common(text: str) -> float:
    """The share of a text's Chinese characters that GB 2312's or Big5's first level would hold."""
    from csm_xl.vocabulary.traditional import simplified

    high = [sign for sign in simplified(text) if ord(sign) > 0x2E80]
    if not high:
        return 0.0
    usual = 0
    for sign in high:
        code = sign.encode("gb2312", "ignore")
        # Level 1 of GB 2312, rows 16 to 55, holds the 3,755 commonest characters.
        usual += len(code) == 2 and 0xB0 <= code[0] <= 0xD7
    return usual / len(high)


def _first_broken_line(raw: bytes) -> int:
    for number, line in enumerate(raw.split(b"\n"), 1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            return number
    return 1


def delimiter(text: str) -> str:
    """Comma, semicolon, tab or bar: the one that cuts the first lines into most equal rows."""
    first = text[:200].splitlines()[:1]
    if first and (declared := re.fullmatch(r"sep=(.)", first[0].strip())):
        return declared[1]
    lines = text[:_LOOKED_AT].splitlines()[:50]
    best, best_score = ",", 0
    for sign in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=sign) if row]
        except csv.Error:
            continue
        if not widths:
            continue
        width, times = Counter(widths).most_common(1)[0]
        score = (width - 1) * times
        if score > best_score:
            best, best_score = sign, score
    return best


def text_rows(text: str, name: str) -> tuple[list[list[str]], list[int]]:
    """The rows of a CSV and the line that each begins in.

    Raises
    ------
    FileError
        An opened quotation mark is never closed.
    """
    # A cell may be as long as the file: what no sheet holds of it is left out later, and told.
    csv.field_size_limit(max(len(text), 1))
    sign = delimiter(text)
    reader = csv.reader(io.StringIO(_lone_returns(text), newline=""), delimiter=sign)
    rows: list[list[str]] = []
    starts: list[int] = []
    end = 0
    try:
        for row in reader:
            rows.append(row)
            starts.append(end + 1)
            end = reader.line_num
    except csv.Error as error:
        raise _unreadable(name, end + 1, error) from error
    last = starts[-1] if starts else 1
    if end - last > 0 and _unclosed(text, last - 1, sign):
        raise _never_closed(name, last)
    if rows and len(rows[0]) == 1 and re.fullmatch(r"sep=.?", rows[0][0].strip()):
        return rows[1:], starts[1:]
    return rows, starts


def _lone_returns(text: str) -> str:
    """Old programs end lines with CR alone; csv would take two lines for one cell."""
    if "\r" in text and "\n" not in text:
        return text.replace("\r", "\n")
    return text


def _unreadable(name: str, line: int, error: csv.Error) -> FileError:
    return FileError(
        f"{name} is not a CSV file that can be read (line {line}: {error}). Export it again as CSV UTF-8.",
        f"{name} 不是可读取的 CSV 文件（第 {line} 行：{error}），请重新导出为 UTF-8 CSV。",
    )


def _never_closed(name: str, line: int) -> FileError:
    return FileError(
        f"{name} has a quotation mark in line {line} that is never closed, so all "
        "that follows would be one cell. Delete it, or export the file again.",
        f"{name} 第 {line} 行的引号没有闭合，其后的内容会被当作一个单元格。"
        "请删除该引号，或重新导出文件。",
    )


def _unclosed(text: str, line: int, sign: str) -> bool:
    """Whether the row that begins after `line` lines, the last one, ends within quotation marks."""
    lines: Iterator[str] = islice(io.StringIO(_lone_returns(text), newline=""), line, None)
    try:
        for _ in csv.reader(lines, delimiter=sign, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False
