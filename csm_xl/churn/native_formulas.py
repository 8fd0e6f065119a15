"""The churn model as native Excel formulas, for a copy that must work without csm-xl.

A sheet shows the model as tables a person can read: what each feature's blank cell is read as,
how much each unit above a knot adds, what each category adds, and the rules with their conditions.
One formula per customer adds them up. It uses functions of Excel 2010 only, no array entry, no
names, and every number in it comes from the tables.

A customer's cells are first turned into *readings*: the number or the category's place that the
tables speak of. Readings may have cells of their own (easier to check), or be written into the
one formula where it stays within Excel's 8,192 characters.

Plain comparisons of whole columns are used because they are what every spreadsheet program does
alike, and fast: looking a feature up per rule (LOOKUP, SUMIF or CHOOSE with many keys) was three
times slower, and INDEX or CHOOSE need array entry in older Excels.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from csm_xl.churn.feature_values import AFTER_LAST_SERIAL, serial_date, spelled, text_key
from csm_xl.churn.formula import ChurnFormula, NumericTerm, TextTerm
from csm_xl.formulas.addresses import column_letters
from csm_xl.formulas.references import quoted_sheet
from csm_xl.language import Text

#: The longest formula Excel takes.
LONGEST = 8192
#: Stands for an open end of a rule; shown as nothing by :data:`OPEN_FORMAT`.
OPEN = 1e300
#: A number format that shows open ends as empty cells.
OPEN_FORMAT = '[>1E+299]"";[<-1E+299]"";General'
OTHERS = Text("(all others)", "（其他）")
BLANK = Text("(blank)", "（空白）")

#: Texts in a column of numbers that every Excel and LibreOffice reads as the model does.
_WHOLE = re.compile(r" *(?:[-+]?[0-9]{1,15} *)?")

Cell = float | str | Text | None


@dataclass(frozen=True)
class Block:
    """One table of the model sheet.

    Parameters
    ----------
    key : {"start", "features", "slopes", "categories", "rules"}
    title : Text
    header : list of Text or str
    rows : list of lists of cells
        Numbers, texts, and Texts (which the writer puts in the workbook's language); None is an
        empty cell. A text is text even where it looks like a number or a formula.
    top : int
        The sheet's row (from 1) of the title; the header is below it, then the rows.
    """

    key: str
    title: Text
    header: list[Text | str]
    rows: list[list[Cell]]
    top: int

    @property
    def first(self) -> int:
        """The sheet's row of the first line of data."""
        return self.top + 2


def reads_alike(term: NumericTerm | TextTerm, cell: object) -> bool:
    """Whether a reading formula reads a cell as the model does, in whatever country it is opened.

    A text in a column of numbers, ``"￥1,200"`` or ``"2024年1月5日"``, is a number to the model and
    in some Excels only, and so is ``"12.5"`` where the comma is the decimal sign. A blank that is
    typed as a hard or a Chinese space is none to Excel's ``TRIM``.
    """
    if isinstance(term, TextTerm) or not isinstance(cell, str):
        return True
    return _WHOLE.fullmatch(cell) is not None


@dataclass(frozen=True)
class ModelSheet:
    """The tables, and the formulas that read them. Made by :func:`sheet`."""

    formula: ChurnFormula
    blocks: list[Block]
    _slopes: dict[str, tuple[int, int]] = field(repr=False)
    _categories: dict[str, tuple[int, int]] = field(repr=False)
    _box_columns: dict[int, int] = field(repr=False)

    def block(self, key: str) -> Block | None:
        """The table of that key, or None where the model has none."""
        return next((block for block in self.blocks if block.key == key), None)

    def reading_formula(self, feature: int, address: str, sheet_name: str = "Model") -> str:
        """The reading of one cell of a customer, as a formula that begins with ``=``.

        Parameters
        ----------
        feature : int
            The feature's place in ``formula.features``, from 0.
        address : str
            The customer's cell, such as ``C2`` or ``Customers!C2``.
        """
        return "=" + self._reading(feature, address, quoted_sheet(sheet_name))

    def row_formula(
        self,
        addresses: Sequence[str],
        readings: Sequence[str] | None = None,
        sheet_name: str = "Model",
        correction: str | None = None,
    ) -> str:
        """The probability of leaving of one customer, as a formula that begins with ``=``.

        Parameters
        ----------
        addresses : sequence of p str
            The customer's cells, in the order of ``formula.features``.
        readings : sequence of p str, optional
            The cells that hold :meth:`reading_formula` for them. Written into this formula when
            not given.
        sheet_name : str
            The sheet that holds the tables.
        correction : str, optional
            The cell that holds what is added to the customer's log-odds; blank is nothing.

        Raises
        ------
        ValueError
            When the formula would be longer than Excel allows: give `readings` cells then.
        """
        model = quoted_sheet(sheet_name)
        start = self.block("start")
        assert start is not None
        parts = [_at(model, 2, start.first)]
        features = self.block("features")
        read = list(readings) if readings is not None else []
        for k, (term, address) in enumerate(zip(self.formula.terms, addresses, strict=True)):
            if readings is None:
                read.append(self._reading(k, address, model))
            if isinstance(term, TextTerm):
                first, last = self._categories[term.name]
                places, weights = _down(model, 3, first, last), _down(model, 4, first, last)
                parts.append(f"SUMPRODUCT(({read[k]}={places})*{weights})")
                continue
            if term.name in self._slopes:
                first, last = self._slopes[term.name]
                knots, weights = _down(model, 2, first, last), _down(model, 3, first, last)
                parts.append(f"SUMPRODUCT(({read[k]}>{knots})*({read[k]}-{knots})*{weights})")
            if term.missing:
                assert features is not None
                parts.append(f'IF(TRIM({address}&"")="",{_at(model, 4, features.first + k)},0)')
        rules = self.block("rules")
        if rules is not None:
            first, last = rules.first, rules.first + len(rules.rows) - 1
            inside = [_down(model, 2, first, last)]
            for k, column in self._box_columns.items():
                inside.append(f"({read[k]}>{_down(model, column, first, last)})")
                inside.append(f"({read[k]}<={_down(model, column + 1, first, last)})")
            parts.append(f"SUMPRODUCT({'*'.join(inside)})")
        if correction is not None:
            parts.append(correction)
        # EXP overflows above 709, where the probability is 0 to every digit.
        text = f"=1/(1+EXP(MIN(700,-({'+'.join(parts)}))))"
        if len(text) > LONGEST:
            raise ValueError(
                f"the formula has {len(text)} characters, Excel takes {LONGEST}: "
                "put the readings into cells of their own"
            )
        return text

    def _reading(self, feature: int, address: str, model: str) -> str:
        term = self.formula.terms[feature]
        features = self.block("features")
        assert features is not None
        row = features.first + feature
        if isinstance(term, TextTerm):
            first, last = self._categories[term.name]
            names, places = _down(model, 2, first, last), _down(model, 3, first, last)
            other = _at(model, 3, last)
            # No MATCH: it would take * and ? in a customer's cell for wildcards.
            return f'({other}+SUMPRODUCT((TRIM({address}&"")={names})*({places}-{other})))'
        value = f"{address}+0"
        if term.kind == "date":
            value = f"IF(OR({address}+0<0,{address}+0>={AFTER_LAST_SERIAL:.0f}),NA(),{address}+0)"
        if math.isfinite(term.highest):
            value = f"MIN({value},{_at(model, 3, row)})"
        return f'IF(TRIM({address}&"")="",{_at(model, 2, row)},{value})'


def sheet(
    formula: ChurnFormula,
    first_row: int = 1,
    spellings: Mapping[str, Iterable[object]] | None = None,
) -> ModelSheet:
    """The tables of a model, one below the other from column A on.

    Parameters
    ----------
    formula : ChurnFormula
    first_row : int
        The sheet's row of the first table's title.
    spellings : mapping of str to cells, optional
        Per text feature the contents of the customers' cells. Scoring takes ``ＶＩＰ`` and
        ``VIP`` for one category where Excel's ``=`` does not: such spellings get lines of their
        own, so that the copy agrees with the workbook.
    """
    top = first_row
    blocks: list[Block] = []

    def add(key: str, title: Text, header: list[Text | str], rows: list[list[Cell]]) -> Block:
        nonlocal top
        block = Block(key, title, header, rows, top)
        blocks.append(block)
        top += len(rows) + 3
        return block

    feature_word, weight = Text("Feature", "特征"), Text("Adds to the log-odds", "对数几率增量")
    add(
        "start",
        Text("Starting point", "起点"),
        [Text("What", "项目"), weight],
        [[Text("Every customer begins with", "每位客户的起始值"), formula.intercept]],
    )
    rows: list[list[Cell]] = []
    for term in formula.terms:
        if isinstance(term, TextTerm):
            rows.append([term.name, None, None, None])
        else:
            highest = term.highest if math.isfinite(term.highest) else None
            rows.append([term.name, term.impute, highest, term.missing])
    if rows:
        add(
            "features",
            Text("Features: how a cell is read", "特征：单元格的读取方式"),
            [
                feature_word,
                Text("Blank is read as", "空白视为"),
                Text("Larger values are read as", "超出时视为"),
                Text("A blank adds to the log-odds", "空白的对数几率增量"),
            ],
            rows,
        )
    slopes, rows, lines = {}, [], {}
    for numeric in (t for t in formula.terms if isinstance(t, NumericTerm)):
        used = [
            (knot, w) for knot, w in zip(numeric.knots, numeric.weights, strict=True) if w != 0.0
        ]
        if used:
            lines[numeric.name] = (len(rows), len(rows) + len(used) - 1)
            rows += [[numeric.name, knot, w] for knot, w in used]
    if rows:
        block = add(
            "slopes",
            Text("Numbers: each unit above", "数值：超过下限的每一单位"),
            [feature_word, Text("Above", "下限"), weight],
            rows,
        )
        slopes = {k: (block.first + a, block.first + b) for k, (a, b) in lines.items()}
    categories, rows, lines = {}, [], {}
    for text in (t for t in formula.terms if isinstance(t, TextTerm)):
        own = _category_lines(text, (spellings or {}).get(text.name, ()))
        lines[text.name] = (len(rows), len(rows) + len(own) - 1)
        rows += own
    if rows:
        block = add(
            "categories",
            Text("Categories", "类别"),
            [feature_word, Text("Category", "类别"), Text("Place", "序号"), weight],
            rows,
        )
        categories = {k: (block.first + a, block.first + b) for k, (a, b) in lines.items()}
    rule_columns = _add_rules(formula, add, weight)
    return ModelSheet(formula, blocks, slopes, categories, rule_columns)


def _category_lines(term: TextTerm, cells: Iterable[object]) -> list[list[Cell]]:
    """Lines of feature, category, place, weight; all others come last."""
    lines: list[list[Cell]] = []
    known: set[str] = set()
    extra: dict[str, list[str]] = {}
    # A text of hard spaces alone is a blank to us, and a text to Excel.
    shown = {cell if isinstance(cell, str) else spelled(cell) for cell in cells}
    for spelling in sorted({text.strip(" ") for text in shown}):
        extra.setdefault(text_key(spelling), []).append(spelling)
    for place, (category, weight) in enumerate(
        zip(term.categories, term.weights, strict=True), start=1
    ):
        for spelling in (category, *extra.get(text_key(category), ())):
            # Excel's = does not tell letter case apart: a second line would count twice.
            alike = " ".join(part for part in spelling.split(" ") if part).lower()
            if alike not in known:
                known.add(alike)
                # The weight stands in the first line only: the places of all are added up.
                own = weight if spelling == category else 0.0
                lines.append([term.name, spelling or None, float(place), own])
    lines.append([term.name, OTHERS, term.other_place, term.other])
    return lines


def _add_rules(formula: ChurnFormula, add: Callable[..., object], weight: Text) -> dict[int, int]:
    """Add the table of rules; per feature the column of its lower end."""
    if not formula.rules:
        return {}
    used = sorted({f for rule in formula.rules for f, _, _ in rule.conditions})
    columns = {f: 3 + 2 * k for k, f in enumerate(used)}
    header: list[Text | str] = [Text("If", "条件"), weight]
    for f in used:
        name = formula.features[f]
        header += [
            Text("{name} above", "{name} 大于").fill(name=name),
            Text("{name} up to", "{name} 不超过").fill(name=name),
        ]
    rows: list[list[Cell]] = []
    for rule in formula.rules:
        row: list[Cell] = [rule_sentence(formula, rule.conditions), rule.value]
        ends = {f: (lo, hi) for f, lo, hi in rule.conditions}
        for f in used:
            lo, hi = ends.get(f, (-math.inf, math.inf))
            row += [max(lo, -OPEN), min(hi, OPEN)]
        rows.append(row)
    add("rules", Text("Combinations", "组合规则"), header, rows)
    return columns


def rule_sentence(formula: ChurnFormula, conditions: Sequence[tuple[int, float, float]]) -> Text:
    """A rule's conditions as a sentence."""
    parts = [_condition(formula.terms[f], lo, hi) for f, lo, hi in conditions]
    return Text(
        " and ".join(part.en for part in parts) or "always",
        " 且 ".join(part.zh for part in parts) or "总是",
    )


def _condition(term: NumericTerm | TextTerm, lo: float, hi: float) -> Text:
    if isinstance(term, TextTerm):
        inside = [
            Text(name, name) if name else BLANK
            for place, name in enumerate(term.categories, start=1)
            if lo < place <= hi
        ]
        if lo < term.other_place <= hi:
            inside.append(OTHERS)
        return Text(
            f"{term.name} is {' or '.join(name.en for name in inside)}",
            f"{term.name} 为 {' 或 '.join(name.zh for name in inside)}",
        )
    low, high = (_shown(term, end) if math.isfinite(end) else "" for end in (lo, hi))
    if low and high:
        return Text(f"{low} < {term.name} ≤ {high}", f"{low} < {term.name} ≤ {high}")
    if low:
        return Text(f"{term.name} > {low}", f"{term.name} > {low}")
    return Text(f"{term.name} ≤ {high}", f"{term.name} ≤ {high}")


def _shown(term: NumericTerm, value: float) -> str:
    if term.kind == "date":
        return serial_date(value).isoformat()
    return f"{value:.15g}"


def _at(model: str, column: int, row: int) -> str:
    return f"{model}!${column_letters(column)}${row}"


def _down(model: str, column: int, first: int, last: int) -> str:
    letters = column_letters(column)
    return f"{model}!${letters}${first}:${letters}${last}"
