"""csm-xl's functions as defined names of LAMBDA, for Excels without Python: on a Mac, a phone, the web.

Excel 365 and Excel 2024 compute them; other Excels show the numbers that stand in the cells. Row by
row figures are the native forms of the copy; figures of a column read each cell by a name of its
own (``CSM_LEVEL`` and the like), which anybody can open in the Name Manager.

A text that Python reads and these names do not (``4 stars``) is an error, never another number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from csm_xl.formulas.references import Area
from csm_xl.functions import REGISTRY
from csm_xl.language import Language, Text
from csm_xl.metrics.satisfaction import DETRACTOR, POSITIVE_LEVEL, PROMOTER
from csm_xl.native import customers, rows
from csm_xl.native.arguments import Argument, constant_text
from csm_xl.native.rows import Context
from csm_xl.vocabulary import rating_words, yes_no

#: Excel's limits for the comment of a name, and for a formula.
MAX_COMMENT = 255
_FUNCTIONS = re.compile(r"(?<![\w.])(LAMBDA|LET|MAP|REDUCE|ISOMITTED|DROP)\(")
#: Excel's largest number.
_MOST = 9.99e307
_ERROR = {"#VALUE!": 'VALUE("x")', "#NUM!": "SQRT(-1)", "#DIV/0!": "1/0"}


@dataclass(frozen=True)
class LambdaName:
    """One defined name.

    Attributes
    ----------
    name : str
    text : str
        As a file stores it, without ``=``.
    comment : str
        Its help, as the Name Manager and the list of functions show it.
    """

    name: str
    text: str
    comment: str


def lambda_names(lang: Language, settings: dict[str, str] | None = None) -> list[LambdaName]:
    """All of them.

    Parameters
    ----------
    lang : {"en", "zh"}
        The language of the comments, and of the words that functions give.
    settings : dict of str to str, optional
        The keys of the settings that the workbook keeps in cells, with their names.
    """
    context = Context(lang, settings or {})
    found = [LambdaName(name, _stored(text), note.within(lang)) for name, text, note in _readers()]
    for name, text in _figures(context):
        help_text = REGISTRY[name].help.within(lang)
        comment = f"{REGISTRY[name].signature}: {help_text}"
        found.append(LambdaName(name, _stored(text), comment[:MAX_COMMENT]))
    return found


# -- the text of a LAMBDA -------------------------------------------------------------------------


def _stored(text: str) -> str:
    """A LAMBDA as people write it, in the words of a file: parameters marked, functions new ones."""
    optional = set(re.findall(r"\[(\w+)\]", text))
    named = set(re.findall(r"(?:LAMBDA\(|(?<=,))((?:\[?[a-z_]\w*\]?,)+)", text))
    names = {part.strip("[]") for group in named for part in group.split(",") if part}
    names |= {match[1] for match in re.finditer(r"(?:LET\(|,)([a-z_]\w*),", text)}
    pieces = re.split(r'("(?:[^"]|"")*")', text)
    for place, piece in enumerate(pieces):
        if piece.startswith('"'):
            continue
        new = re.sub(r"\[(\w+)\]", r"_xlop.\1", piece)
        new = re.sub(
            r"(?<![\w.!'\"])([a-z_]\w*)(?![\w(.!])",
            lambda m: f"_xlpm.{m[1]}" if m[1] in names | optional else m[1],
            new,
        )
        pieces[place] = _FUNCTIONS.sub(r"_xlfn.\1(", new)
    return "".join(pieces)


def _any_of(value: str, words: Iterable[str]) -> str:
    """The condition that a text is one of some words."""
    return f"SUM(--({value}={{{','.join(constant_text(word) for word in words)}}}))>0"


def _number_in(value: str, low: float, high: float, otherwise: str) -> str:
    """The number in a cell, within its scale, also where it is typed as a text."""
    scaled = f"IF(({value}+0<{low:g})+({value}+0>{high:g})>0,{_ERROR['#NUM!']},{value}+0)"
    return f'IF(IFERROR(({value}+0)&""={value}&"",FALSE),{scaled},{otherwise})'


def _readers() -> Iterable[tuple[str, str, Text]]:
    """The names that read one cell."""
    levels = _ERROR["#VALUE!"]
    for level in (1, 2, 3, 4, 5):
        words = rating_words.words_of(level).split("|")
        levels = f"IF({_any_of('word', words)},{level},{levels})"
    nothing = _any_of("word", sorted({"", *rating_words.NO_ANSWER}))
    truth = f"IF(ISLOGICAL(cell),{_ERROR['#VALUE!']}"

    def reader(inner: str, blank: str = nothing) -> str:
        read = f'LET(word,LOWER(TRIM(cell)),IF({blank},"",{inner}))'
        return f"LAMBDA(cell,IF(ISERROR(cell),cell,{truth},{read})))"

    yield (
        "CSM_LEVEL",
        reader(_number_in("word", 1, 5, levels)),
        Text("One rating as a number from 1 to 5.", "将一个评分读作 1 到 5 的数字。"),
    )
    yield (
        "CSM_SCORE",
        reader(_number_in("word", 0, 10, _ERROR["#VALUE!"])),
        Text("One answer from 0 to 10.", "读取一个 0 到 10 的回答。"),
    )
    yield (
        "CSM_PRICE",
        reader(_number_in("word", 0, _MOST, _ERROR["#VALUE!"]), 'word=""'),
        Text("One price, not below 0.", "读取一个不小于 0 的价格。"),
    )
    no = f"IF({_any_of('word', yes_no.NO)},0,{_ERROR['#VALUE!']})"
    flag = f"IF({_any_of('word', yes_no.YES)},1,{no})"
    flag = _number_in("word", 0, 1, flag)
    whole = f"IF(ISNUMBER(cell),IF((cell<>0)*(cell<>1),{_ERROR['#VALUE!']},{flag}),{flag})"
    yield (
        "CSM_FLAG",
        f"LAMBDA(cell,IF(ISERROR(cell),cell,IF(ISLOGICAL(cell),IF(cell,1,0),"
        f'LET(word,LOWER(TRIM(cell)),IF({nothing},"",{whole})))))',
        Text("Yes as 1, no as 0.", "是为 1，否为 0。"),
    )


def _column(cells: str, reader: str, body: str) -> str:
    """A figure of a column: `read` is its cells as numbers, `n` how many hold one.

    Only in the first row of a sheet the first cell may be a title.
    """
    count = "SUM(MAP(read,LAMBDA(one,IF(ISNUMBER(one),1,0))))"
    return (
        f"LET(read,{_numbers(cells, reader)},total,SUM(read),"
        f"n,{count},IF(ISERROR(total),total,IF(n=0,total/0,{body})))"
    )


def _numbers(cells: str, reader: str) -> str:
    """The cells of a column as numbers, below its title."""
    title = (
        f"IFERROR(IF((MIN(ROW({cells}))=1)*(ROWS({cells})>1)*ISTEXT(INDEX({cells},1)),"
        f"ISERROR({reader}(INDEX({cells},1))),FALSE),FALSE)"
    )
    return f"MAP(IF({title},DROP({cells},1),{cells}),LAMBDA(one,{reader}(one)))"


def _revenue(kept: str) -> str:
    """What is left of the prices of then: `kept` of the price `one` then and the price `other` now."""
    both = f"IF(ISNUMBER(one),IF(ISNUMBER(other),{kept},0),0)"
    return (
        f"LAMBDA(before,now_paid,LET(then,{_numbers('before', 'CSM_PRICE')},"
        f"later,{_numbers('now_paid', 'CSM_PRICE')},total,SUM(then),new,SUM(later),"
        f"IF(ISERROR(total),total,IF(ISERROR(new),new,"
        f"SUM(MAP(then,later,LAMBDA(one,other,{both})))/total))))"
    )


def _share(condition: str) -> str:
    """How many of the numbers that were read meet a condition on `one`."""
    return f"SUM(MAP(read,LAMBDA(one,IF(ISNUMBER(one),IF({condition},1,0),0))))"


class _Weights(Argument):
    """Weights that are a parameter: each is taken out of the list by its place."""

    def cell(self, row: int, column: int) -> Argument:
        """See :class:`Argument`."""
        place = row * self.columns + column + 1
        return Argument(f"INDEX({self.text},{place})", None)


def _given(name: str) -> Argument:
    """A parameter that is one cell; numbers may be typed as texts."""
    return Argument(name, (("1",),))


def _weights(name: str, count: int) -> Argument:
    block = (1, 1, 1, count)
    return _Weights(name, ((1.0, *[0.0] * (count - 1)),), Area("", block))


def _figures(context: Context) -> Iterable[tuple[str, str]]:
    """The functions that people type."""
    positive = _column("ratings", "CSM_LEVEL", f"{_share(f'one>={POSITIVE_LEVEL}')}/n")
    mean = _column("ratings", "CSM_LEVEL", "total/n")
    method = 'IF(ISOMITTED(method),"mean",LOWER(TRIM(method)))'
    chosen = (
        f"IF({_any_of('word', ('positive', '好评', '好评率'))},{positive},"
        f"IF({_any_of('word', ('', 'mean', '平均'))},{mean},{_ERROR['#VALUE!']}))"
    )
    yield "CSAT", f"LAMBDA(ratings,[method],LET(word,{method},{chosen}))"
    up, down = _share(f"one>={PROMOTER}"), _share(f"one<={DETRACTOR}")
    yield "NPS", f"LAMBDA(scores,{_column('scores', 'CSM_SCORE', f'100*({up}-{down})/n')})"
    for name, part in (("SATISFACTION", "positive"), ("LOYALTY", "repeat")):
        form = rows.ratio(_given(part), _given("total"))
        yield name, f"LAMBDA({part},total,{form})"
    flags = _column("churned", "CSM_FLAG", "total/n")
    counts = rows.ratio(_given("churned"), _given("customers"))
    yield (
        "CHURN_RATE",
        f"LAMBDA(churned,[customers],IF(ISOMITTED(customers),"
        f"IF(ROWS(churned)*COLUMNS(churned)=1,{_ERROR['#VALUE!']},{flags}),{counts}))",
    )
    yield "NRR", _revenue("IF(one>0,other,0)")
    yield "GRR", _revenue("MIN(one,other)")
    three = (_given("functional"), _given("service"), _given("emotional"))
    plain = rows.experience(*three, Argument())
    weighed = _of_lists(rows.experience(*three, _weights("weights", 3)))
    names = "functional,service,emotional,[weights]"
    yield "EXPERIENCE", f"LAMBDA({names},IF(ISOMITTED(weights),{plain},{weighed}))"
    # Parameters that are called like functions would hide these.
    four = (_given("content"), _given("loyal"), _given("used"), _given("leaving"))
    plain = rows.health(*four, Argument())
    weighed = _of_lists(rows.health(*four, _weights("weights", 4)))
    names = "content,loyal,used,leaving,[weights]"
    yield "HEALTH", f"LAMBDA({names},IF(ISOMITTED(weights),{plain},{weighed}))"
    risk = rows.churn_risk(_given("probability"), _given("lower"), _given("upper"), context)
    given = 'lower,IF(ISOMITTED(medium),"",medium),upper,IF(ISOMITTED(high),"",high)'
    yield "CHURN_RISK", f"LAMBDA(probability,[medium],[high],LET({given},{risk}))"
    stage = customers.lifecycle(
        _given("tenure_days"),
        _given("days_since_last"),
        _given("usage_now"),
        _given("usage_before"),
        context,
    )
    yield "LIFECYCLE", f"LAMBDA(tenure_days,days_since_last,usage_now,usage_before,{stage})"
    counts = _of_lists("(COUNT(coefficients)=0)+(COUNT(features)<>COUNT(coefficients))>0")
    weighed = (
        "IF(ROWS(coefficients)=ROWS(features),SUMPRODUCT(coefficients,features),"
        "IF(ROWS(coefficients)=1,SUM(MMULT(coefficients,features)),"
        "SUM(MMULT(features,coefficients))))"
    )
    yield (
        "CHURN_LOGIT",
        f"LAMBDA(intercept,coefficients,features,IF({counts},{_ERROR['#VALUE!']},"
        f"1/(1+EXP(MIN(700,-(intercept+{weighed}))))))",
    )


def _of_lists(form: str) -> str:
    """A form whose counts take lists that are typed or computed, not cells alone."""
    form = re.sub(r"COUNT\((\w+)\)", r"SUM(MAP(\1,LAMBDA(one,IF(ISNUMBER(one),1,0))))", form)
    return re.sub(r'COUNTIF\((\w+),"<0"\)', r"SUM(MAP(\1,LAMBDA(one,IF(one<0,1,0))))", form)
