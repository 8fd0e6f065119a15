"""Native Excel formulas for the figures over a column: CSAT, NPS, CHURN_RATE, RETENTION.

A figure must fail where csm-xl's own function fails: ``AVERAGE`` alone would skip a cell that
nobody can read. So each form first asks whether the cells that were read are all cells that hold
something. Only operators, ``COUNT``, ``COUNTIF``, ``SUM``, ``INDEX`` and ``SUMPRODUCT`` are used,
which Excel 2010, LibreOffice and formualizer compute alike.

LibreOffice keeps TRUE as the number 1; where a column holds truth values that are no answer, the
forms here refuse, so that the copy keeps the value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from csm_xl.errors import CellError, CsmError
from csm_xl.metrics.satisfaction import DETRACTOR, POSITIVE_LEVEL, PROMOTER
from csm_xl.native.arguments import Argument, NoNativeForm, constant_text, number_text
from csm_xl.vocabulary import words
from csm_xl.vocabulary.cell_readers import (
    DATE,
    FLAG,
    LAST_SERIAL,
    LEVEL,
    NPS_SCORE,
    Reader,
    folded,
    is_no_answer,
)
from csm_xl.vocabulary.cells import is_blank

#: More different texts than this would make a formula that nobody reads.
MAX_WORDS = 60


@dataclass(frozen=True)
class Column:
    """A range whose cells are counted, in the words of a native formula.

    Attributes
    ----------
    range : str
    filled : str
        How many cells hold something, its header not counted.
    known : dict of str to float
        Every text that the formula reads, with the number it stands for.
    """

    range: str
    filled: str
    known: Mapping[str, float]
    shape: tuple[int, int]

    def among(self, wanted: Iterable[str]) -> str:
        """How many cells hold one of some texts; ``""`` where there is none to look for."""
        texts = list(wanted)
        return f"SUMPRODUCT(--({self._equal(texts)}))" if texts else ""

    def _equal(self, texts: list[str]) -> str:
        if len(texts) == 1:
            return f"{self.range}={constant_text(texts[0])}"
        listed = [constant_text(text) for text in texts]
        rows, columns = self.shape
        if rows > 1 and columns > 1:
            # A list stands across a column or down a row; for a block each text is asked alone.
            return "+".join(f"({self.range}={text})" for text in listed)
        return f"{self.range}={{{(',' if columns == 1 else ';').join(listed)}}}"

    def weighed(self) -> str:
        """The sum of what the texts stand for; ``""`` where there are none."""
        texts = [text for text, number in self.known.items() if number]
        if not texts:
            return ""
        numbers = [number_text(self.known[text]) for text in texts]
        rows, columns = self.shape
        if len(texts) == 1 or (rows > 1 and columns > 1):
            each = [
                f"({self.range}={constant_text(t)})*{n}"
                for t, n in zip(texts, numbers, strict=True)
            ]
            return f"SUMPRODUCT({'+'.join(each)})"
        comma = "," if columns == 1 else ";"
        return f"SUMPRODUCT(({self._equal(texts)})*{{{comma.join(numbers)}}})"


def column_of(argument: Argument, reader: Reader, words_known: Mapping[str, float]) -> Column:
    """How the cells of a range are counted.

    Parameters
    ----------
    argument : Argument
        A range.
    reader : Reader
        What its cells may hold.
    words_known : mapping of str to float
        Texts to read even if no cell holds them today.

    Raises
    ------
    NoNativeForm
    """
    if argument.area is None or argument.held is None:
        raise NoNativeForm(
            "A figure over computed values has no native formula; over cells it has.",
            "对计算结果（而不是单元格）求值时没有对应的原生公式。",
        )
    known = dict(words_known)
    folded_known = {text.casefold() for text in known}
    blanks: dict[str, None] = {}
    header = header_cells(argument, reader)
    for position, value in enumerate(argument.flat):
        if isinstance(value, bool) and _refuses_truth(reader):
            raise NoNativeForm(
                "A cell holds TRUE or FALSE, which LibreOffice takes for a number.",
                "有单元格是 TRUE 或 FALSE，而 LibreOffice 会把它当作数字。",
            )
        if not isinstance(value, str) or position in header or value == "":
            continue
        if is_blank(value) or is_no_answer(value):
            blanks[value] = None
        elif value.casefold() not in folded_known:
            number = _read(reader, value)
            if number is not None:
                known[value] = number
                folded_known.add(value.casefold())
    if len(known) > MAX_WORDS:
        raise NoNativeForm(
            f"The cells hold more than {MAX_WORDS} different texts that stand for a number.",
            f"单元格中代表数值的不同文本超过 {MAX_WORDS} 种。",
        )
    text = argument.text
    count = filled(text)
    for blank in blanks:
        count += f"-SUMPRODUCT(--({text}={constant_text(blank)}))"
    for position, title in header.items():
        place = f"INDEX({text},{_place(argument, position)})"
        count += f"-({place}={constant_text(title)})"
    return Column(text, count, known, (argument.rows, argument.columns))


def filled(text: str) -> str:
    """How many cells of a range hold something.

    Not ``COUNTA``: LibreOffice finds one in columns that no cell of a sheet has ever used, and it
    counts the empty texts that formulas give.
    """
    return f'SUMPRODUCT(--({text}<>""))'


def _refuses_truth(reader: Reader) -> bool:
    try:
        reader.read_bool(True)
    except CellError:
        return True
    return False


def _read(reader: Reader, text: str) -> float | None:
    try:
        return reader.read(text)
    except CsmError:
        return None


def _place(argument: Argument, position: int) -> str:
    row, column = divmod(position, argument.columns)
    if argument.columns == 1 or argument.rows == 1:
        return str(position + 1)
    return f"{row + 1},{column + 1}"


def header_cells(argument: Argument, reader: Reader) -> dict[int, str]:
    """The positions and texts of a title row above cells that can be read; else nothing.

    Only where the cells begin at the top of their block; blank rows above it do not matter.
    """
    if not argument.top:
        return {}
    rows = argument.held or ()
    top = next((i for i, row in enumerate(rows) if not all(map(is_blank, row))), len(rows))
    if len(rows) - top < 2:
        return {}
    start = top * argument.columns
    titles = {start + i: v for i, v in enumerate(rows[top]) if not is_blank(v)}
    below = argument.flat[start + argument.columns :]
    if not all(
        isinstance(v, str) and (_unreadable(reader, v) or reader.may_be_title(v, below))
        for v in titles.values()
    ):
        return {}
    for value in below:
        if is_blank(value):
            continue
        try:
            reader.read(value)
        except CsmError:
            continue
        return titles
    return {}


def _unreadable(reader: Reader, text: str) -> bool:
    try:
        reader.read(text)
    except CsmError as error:
        return type(error) is CellError and not reader.attempts(text)
    return False


def checked(conditions: Iterable[tuple[str, str]], result: str) -> str:
    """``IF(condition, error, IF(..., result))``, conditions that cannot hold left out."""
    for condition, error in reversed([pair for pair in conditions if pair[0]]):
        result = f"IF({condition},{error},{result})"
    return result


def none_false(conditions: Sequence[str]) -> str:
    """The condition that one of some does not hold; ``""`` for none.

    A lone truth value is not compared with 0: in Excel FALSE is not equal to 0.
    """
    if not conditions:
        return ""
    return f"NOT({conditions[0]})" if len(conditions) == 1 else "*".join(conditions) + "=0"


def plus(*terms: str) -> str:
    """The terms that are there, added up; ``0`` for none."""
    return "+".join(term for term in terms if term) or "0"


def guarded(arguments: Iterable[Argument], result: str) -> str:
    """The result, ``#N/A`` once a whole column holds more than the formula covers."""
    guards = list(dict.fromkeys(a.guard for a in arguments if a.guard))
    condition = guards[0] if len(guards) == 1 else "+".join(f"({guard})" for guard in guards)
    return checked([(condition, "NA()")] if guards else [], result)


def _in_both_languages(values: words.Words, number: Callable[[str], float]) -> dict[str, float]:
    return {
        word.text.within(lang): number(word.key) for lang in ("en", "zh") for word in values.members
    }


_LEVEL_WORDS = _in_both_languages(words.LEVELS, float)
_FLAG_WORDS = _in_both_languages(words.YES_NO, lambda key: float(key == "yes"))


def csat(ratings: Argument, method: Argument) -> str:
    """Mean level, or share of positive ratings."""
    positive = _is_positive(method)
    column = column_of(ratings, LEVEL, _LEVEL_WORDS)
    r = column.range
    read = plus(f"COUNT({r})", column.among(column.known))
    if positive:
        good = [text for text, level in column.known.items() if level >= POSITIVE_LEVEL]
        total = plus(f'COUNTIF({r},">={POSITIVE_LEVEL}")', column.among(good))
    else:
        total = plus(f"SUM({r})", column.weighed())
    form = checked(
        [
            (f"{column.filled}<>{read}", "#VALUE!"),
            (f'COUNTIF({r},"<1")+COUNTIF({r},">5")>0', "#NUM!"),
        ],
        f"({total})/({read})",
    )
    return guarded([ratings], _method_kept(method, form))


_METHODS = {"mean": False, "平均": False, "positive": True, "好评": True, "好评率": True}


def _is_positive(method: Argument) -> bool:
    if method.held is None:
        raise NoNativeForm("The method of CSAT is computed.", "CSAT 的方法由公式计算得出。")
    if method.blank:
        return False
    word = folded(str(method.value))
    if word not in _METHODS:
        raise NoNativeForm("CSAT has no such method.", "CSAT 没有这种方法。")
    return _METHODS[word]


def _method_kept(argument: Argument, form: str) -> str:
    """Where a cell names the method, the form holds only while it names the same."""
    if argument.left_out or argument.constant:
        return form
    today = '""' if argument.blank else constant_text(str(argument.value))
    return checked([(f"{argument.text}<>{today}", "NA()")], form)


def nps(scores: Argument) -> str:
    """Net promoter score."""
    column = column_of(scores, NPS_SCORE, {})
    r = column.range
    known = column.known
    read = plus(f"COUNT({r})", column.among(known))
    up = plus(
        f'COUNTIF({r},">={PROMOTER}")', column.among(t for t, n in known.items() if n >= PROMOTER)
    )
    down = plus(
        f'COUNTIF({r},"<={DETRACTOR}")',
        column.among(t for t, n in known.items() if n <= DETRACTOR),
    )
    down = down if down.count("+") == 0 else f"({down})"
    form = checked(
        [
            (f"{column.filled}<>{read}", "#VALUE!"),
            (f'COUNTIF({r},"<0")+COUNTIF({r},">10")>0', "#NUM!"),
        ],
        f"100*({up}-{down})/({read})",
    )
    return guarded([scores], form)


def churn_rate(flags: Argument) -> str:
    """Share of flags that say yes."""
    if flags.single:
        raise NoNativeForm(
            "A churn rate of a single cell needs the total as well.",
            "单个单元格的流失率还需要客户总数。",
        )
    column = column_of(flags, FLAG, _FLAG_WORDS)
    r = column.range
    left = plus(
        f"SUMPRODUCT(--((({r}=1)+({r}=TRUE))>0))",
        column.among(t for t, n in column.known.items() if n == 1),
    )
    stayed = plus(
        f'SUMPRODUCT(({r}<>"")*((({r}=0)+({r}=FALSE))>0))',
        column.among(t for t, n in column.known.items() if n == 0),
    )
    form = checked(
        [
            (f'COUNTIF({r},"<0")+COUNTIF({r},">1")>0', "#NUM!"),
            (f"{column.filled}<>{left}+{stayed}", "#VALUE!"),
        ],
        f"({left})/({left}+{stayed})",
    )
    return guarded([flags], form)


def churn_rate_period(
    start_dates: Argument, left_dates: Argument, from_date: Argument, to_date: Argument
) -> str:
    """Share of the customers at the first day who left within the period."""
    start, left = start_dates.upright(), left_dates.upright()
    if start.extent != left.extent or (start.columns, left.columns) != (1, 1):
        raise NoNativeForm(
            "The two ranges of dates have different sizes.", "两个日期区域的大小不同。"
        )
    s, el = (_dates(argument) for argument in (start, left))
    first, last = (_day(argument) for argument in (from_date, to_date))
    days = [a.text for a in (from_date, to_date) if not a.constant]
    both = f'({s.range}<>"")*({el.range}<>"")'
    is_date = f"({s.range}<={LAST_SERIAL:.0f})*({el.range}<={LAST_SERIAL:.0f})"
    outside = "+".join(
        f'COUNTIF({c.range},"<1")+COUNTIF({c.range},">{LAST_SERIAL:.0f}")' for c in (s, el)
    )
    there = f'({s.range}<>"")*({s.range}<={first})*((({el.range}="")+({el.range}>={first}))>0)'
    form = checked(
        [
            (none_false([f"ISNUMBER({day})" for day in days]), "#VALUE!"),
            (f"{s.filled}<>COUNT({s.range})", "#VALUE!"),
            (f"{el.filled}<>COUNT({el.range})", "#VALUE!"),
            (f"({outside})+({last}<{first})>0", "#NUM!"),
            (f"SUMPRODUCT({both}*({el.range}<{s.range})*{is_date})>0", "#NUM!"),
        ],
        f'SUMPRODUCT({there}*({el.range}<>"")*({el.range}<={last}))/SUMPRODUCT({there})',
    )
    return guarded([start_dates, left_dates], form)


def retention(
    start_dates: Argument, left_dates: Argument, from_date: Argument, to_date: Argument
) -> str:
    """1 minus the churn rate of the period."""
    return f"(1-{churn_rate_period(start_dates, left_dates, from_date, to_date)})"


def _dates(argument: Argument) -> Column:
    column = column_of(argument, DATE, {})
    if column.known:
        raise NoNativeForm(
            "Some dates are kept as text, which Excel does not compare.",
            "有些日期是文本，Excel 无法比较。",
        )
    return column


def _day(argument: Argument) -> str:
    """A day of the period as the formula writes it."""
    if not argument.single or argument.left_out:
        raise NoNativeForm("The period needs its two days.", "期间需要起止两个日期。")
    if argument.constant:
        return number_text(DATE.read(argument.value))
    # A text that is no date fails in both; one that is a date would fail in Excel alone.
    written = argument.value if isinstance(argument.value, str) else ""
    if not is_blank(written) and _read(DATE, written) is not None:
        raise NoNativeForm(
            "Some dates are kept as text, which Excel does not compare.",
            "有些日期是文本，Excel 无法比较。",
        )
    return argument.text
