"""Random formulas over random cells: the native formula computes what the original computes."""

from hosts.memory_workbook import Formula, MemoryWorkbook
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from share.both_ways import same

from csm_xl.engine.addresses import cell_address
from csm_xl.engine.calculate import calculate
from csm_xl.engine.hidden_arguments import HiddenArguments
from csm_xl.engine.model import ErrorValue
from csm_xl.share.arguments import NoNativeForm
from csm_xl.share.source import rewriter_for

#: Sheets whose names need quotes, and one that does not.
SHEETS = ("反馈 2026", "O'Neil & Co", "Data")
ROWS = 6

RATINGS = st.sampled_from(
    [
        None,
        None,
        1,
        2,
        3,
        4,
        5,
        4.5,
        "满意",
        "Very satisfied",
        "非常不满意",
        "neutral",
        "5",
        " ",
        "odd",
        6,
        ErrorValue("#N/A"),
        "★★★",
        "CSAT(",
    ]
)
SCORES = st.sampled_from([None, 0, 3, 6, 7, 8, 9, 10, "9", 11, "x"])
FLAGS = st.sampled_from([None, 0, 1, True, False, "yes", "No", "是", "否", "maybe", 2])
SHARES = st.sampled_from([None, 0, 0.25, 0.3, 0.6, 1, 0.999999, "0.5", 1.5, -0.1, "x"])
COUNTS = st.sampled_from([None, 0, 1, 2, 3, 10, 400, "7", -1, "x"])
DATES = st.sampled_from([None, 45000, 45010, 45100, 45200.5])
COLUMNS = {"A": RATINGS, "B": SCORES, "C": FLAGS, "D": SHARES, "E": COUNTS, "F": DATES}
TITLES = {"A": "Rating", "B": "Score", "C": "Churned", "D": "Share", "E": "Count", "F": "Date"}


@st.composite
def _cells(draw):
    titled = draw(st.booleans())
    cells = {}
    for column, values in COLUMNS.items():
        for row in range(1, ROWS + 1):
            value = TITLES[column] if titled and row == 1 else draw(values)
            if value is not None:
                cells[f"{column}{row}"] = value
    return cells


def _quoted(sheet):
    return "'" + sheet.replace("'", "''") + "'!"


@st.composite
def _range(draw, column):
    kind = draw(st.sampled_from(["block", "block", "fixed", "whole", "name", "table"]))
    sheet = _quoted(draw(st.sampled_from(SHEETS)))
    first, last = sorted(draw(st.tuples(st.integers(1, ROWS), st.integers(1, ROWS))))
    return {
        "block": f"{sheet}{column}{first}:{column}{last}",
        "fixed": f"{sheet}${column}${first}:${column}${last}",
        "whole": f"{sheet}{column}:{column}",
        "name": f"all_{column}",
        "table": f"Table[{TITLES[column]}]",
    }[kind]


@st.composite
def _cell(draw, column):
    literal = {"D": ["0.5", "1"], "E": ["3", "0", "12"]}.get(column, [])
    row = draw(st.integers(1, ROWS))
    sheet = _quoted(draw(st.sampled_from(SHEETS)))
    return draw(st.sampled_from([f"{sheet}{column}{row}", f"{sheet}${column}${row}", *literal]))


@st.composite
def _call(draw):
    name = draw(
        st.sampled_from(
            [
                "CSAT",
                "NPS",
                "CHURN_RATE",
                "RETENTION",
                "SATISFACTION",
                "LOYALTY",
                "HEALTH",
                "CHURN_RISK",
                "EXPERIENCE",
                "LIFECYCLE",
                "CHURN_LOGIT",
            ]
        )
    )

    def arguments(*columns):
        return ",".join(draw(_cell(column)) for column in columns)

    if name == "CSAT":
        method = draw(st.sampled_from(["", ',"mean"', ',"positive"', ',"好评率"', ","]))
        return f"CSAT({draw(_range('A'))}{method})"
    if name == "NPS":
        return f"NPS({draw(_range('B'))})"
    if name == "CHURN_RATE":
        return f"CHURN_RATE({draw(_range('C'))})"
    if name == "RETENTION":
        days = draw(st.sampled_from(["45005,45150", '"2023-03-20",45150', "45150,45005"]))
        one = draw(_range("F"))
        return f"RETENTION({one},{draw(st.sampled_from([one, draw(_range('F'))]))},{days})"
    if name == "HEALTH":
        weights = draw(st.sampled_from(["", ",{1,2,0,1}"]))
        return f"HEALTH({arguments('D', 'D', 'D', 'D')}{weights})"
    if name == "CHURN_RISK":
        limits = draw(st.sampled_from(["", ",0.2", ",,0.9", ",0.25,0.6"]))
        return f"CHURN_RISK({arguments('D')}{limits})"
    if name == "EXPERIENCE":
        return f"EXPERIENCE({arguments('E', 'E', 'D')})"
    if name == "LIFECYCLE":
        return f"LIFECYCLE({arguments('E', 'E', 'E', 'E')})"
    if name == "CHURN_LOGIT":
        return f"CHURN_LOGIT(-1,{{0.5,0.1}},{_quoted(SHEETS[0])}D2:E2)"
    return f"{name}({arguments('E', 'E')})"


WRAPPINGS = [
    "{0}",
    "({0})",
    "IFERROR({0},-1)",
    'IF(ISNUMBER({0}),{0}*2,"NPS(" & "none")',
    'TEXT(IFERROR({0},0),"0.00")&"“CSAT(A1)”"',
    "IFERROR({0},0)+IFERROR({1},0)/2",
    "SUMPRODUCT(({2}>0)*1)*IF(ISERROR({0}),1,0)",
    'SUM(IF(ISNUMBER({0}),{0},0),1)&"""x"""',
    "IF({0}={1},1,0)",
    "-IFERROR(--{0},3)^2",
]


@st.composite
def _formula(draw):
    wrapping = draw(st.sampled_from(WRAPPINGS))
    block = f"{_quoted(SHEETS[1])}E1:E{ROWS}"
    return wrapping.format(draw(_call()), draw(_call()), block)


@settings(
    max_examples=60,
    deadline=None,
    phases=(Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    st.tuples(_cells(), _cells(), _cells()),
    st.lists(_formula(), min_size=8, max_size=12),
)
def test_random_formulas_compute_the_same_before_and_after(cells, formulas):
    sheets = dict(zip(SHEETS, cells, strict=True))
    more = {
        "names": {f"all_{c}": f"{_quoted(SHEETS[1])}${c}$1:${c}${ROWS}" for c in COLUMNS},
        "tables": [("Table", SHEETS[2], f"A1:F{ROWS}", [TITLES[c] for c in COLUMNS])],
    }
    typed = {f"A{i}": f"={text}" for i, text in enumerate(formulas, 1)}
    before = MemoryWorkbook({**sheets, "F": typed}, **more)
    report = calculate(before, hidden=HiddenArguments(before))
    left_alone = {(k.row, k.column) for k in report.kept}
    rewriter = rewriter_for(before, "en", HiddenArguments(before))
    native = {}
    for cell in before.formulas("F"):
        try:
            found = rewriter.rewrite("F", cell.row, cell.col, cell.text)
        except NoNativeForm:
            continue
        assert found is not None
        native[cell_address(cell.row, cell.col)] = Formula(
            found.text, block=cell_address(cell.row, cell.col) if found.array else None
        )
    after = MemoryWorkbook({**sheets, "F": native}, **more)
    unknown = {(k.row, k.column) for k in calculate(after).kept}
    for cell in after.formulas("F"):
        place = (cell.row, cell.col)
        if place in left_alone:
            continue
        assert place not in unknown, cell.text
        old, new = before.cached("F", *place), after.cached("F", *place)
        assert same(old, new), (formulas[cell.row - 1], old, new, cell.text)
