"""Workbooks as owners keep them: of many trades, in two languages, laid out in many ways, decorated."""

import datetime as dt
import random
from dataclasses import dataclass

import openpyxl
from hypothesis import strategies as st
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

#: Titles of a name, a start, a price, usage and trouble, and the sheet's name, by trade.
TRADES = {
    "gym": ("Members", "Member", "Joined", "Monthly dues", "Check-ins", "Missed classes"),
    "saas": ("Accounts", "Account", "Signup date", "MRR", "Logins", "Tickets"),
    "cleaning": ("Households", "Household", "Client since", "Fee", "Visits", "Complaints"),
    "b2b": ("Key accounts", "Company", "Contract start", "Annual fee", "Orders 12m", "Returns"),
    "美容院": ("会员档案", "会员姓名", "办卡日期", "月消费", "到店次数", "投诉"),
    "培训班": ("学员名册", "学员", "报名日期", "学费", "上课次数", "缺勤次数"),
    "店鋪": ("客戶名單", "客戶", "入會日期", "月費", "到訪次數", "客訴"),
}
CHINESE = ("美容院", "培训班", "店鋪")
#: How it is noted who left: the title, what stands for who left and for who is there.
NOTES = {
    "status": [("Status", "cancelled", "active"), ("State", "Churned", "Live")],
    "flag": [("Left?", "yes", "no"), ("Still a client?", "no", "yes")],
    "mark": [("Quit", "x", None)],
    "date": [("Cancelled on", "date", None), ("Last day", "date", None)],
    "unsaid": [("Situation", "R", "G")],
}
NOTES_ZH = {
    "status": [("状态", "已流失", "在用"), ("目前情况", "不续了", "正常使用")],
    "flag": [("是否流失", "是", "否")],
    "mark": [("已退课", "√", None)],
    "date": [("退会日期", "date", None)],
    "unsaid": [("备注类型", "甲", "乙")],
}
FURTHER = [
    "Risk",
    "Health",
    "Score",
    "Tier",
    "Stage",
    "Churn probability",
    "Reasons",
    "流失概率",
    "风险",
    "Notes",
]
OTHERS = [
    "Dashboard",
    "Actions",
    "Columns",
    "Model",
    "History",
    "Settings",
    "Playbook",
    "仪表盘",
    "列",
    "Ideas",
]


@dataclass(frozen=True)
class OwnBook:
    """What a workbook is made of."""

    seed: int
    trade: str
    said: str
    rows: int
    top: int
    left: int
    further: tuple[str, ...]
    others: tuple[str, ...]
    table: bool
    totals: bool
    notes: bool
    messy: bool
    decorated: bool

    @property
    def sheet(self):
        """The sheet of customers."""
        return TRADES[self.trade][0]

    def save(self, path):
        """Write it; returns the path."""
        chance = random.Random(self.seed)
        grid = self._grid(chance)
        book = openpyxl.Workbook()
        page = book.active
        page.title = self.sheet
        for i, line in enumerate(grid):
            for j, cell in enumerate(line):
                if cell is not None:
                    page.cell(self.top + i, self.left + j, cell)
        width, last = len(grid[0]), self.top + len(grid) - 1
        if self.top > 2:
            page.cell(1, 1, "My list, as of today")
            page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=3)
        if self.table:
            corner = f"{get_column_letter(self.left)}{self.top}"
            end = f"{get_column_letter(self.left + width - 1)}{last}"
            page.add_table(Table(displayName="Mine", ref=f"{corner}:{end}"))
        if self.totals and not self.table:
            price = get_column_letter(self.left + 2)
            page.cell(last + 1, self.left, "Total")
            page.cell(last + 1, self.left + 2, f"=SUM({price}{self.top + 1}:{price}{last})")
            page.cell(last + 3, self.left, "* all without VAT")
        if self.notes:
            page.cell(self.top + 2, self.left + width + 1, "to do: call the bank")
            page.cell(self.top + 3, self.left + width + 1, "and order flyers")
        if self.decorated:
            self._decorate(book, page, width, last)
        for name in self.others:
            other = book.create_sheet(name)
            other.append(["mine", 1])
            other.append([f"='{self.sheet}'!{get_column_letter(self.left)}{self.top + 1}", "=B1*2"])
        book.save(path)
        return path

    def _grid(self, chance):
        _, name, start, price, used, trouble = TRADES[self.trade]
        chinese = self.trade in CHINESE
        title, gone, there = chance.choice((NOTES_ZH if chinese else NOTES)[self.said])
        rows = [[name, start, price, used, trouble, title, *self.further]]
        for i in range(self.rows):
            use, bad = chance.randint(0, 20), chance.randint(0, 6)
            left = bad / 3 - use / 8 + chance.gauss(0, 0.7) > 0
            begun = dt.date.today() - dt.timedelta(days=chance.randint(400, 1200))
            ended = dt.date.today() - dt.timedelta(days=chance.randint(10, 150))
            said = ended if gone == "date" and left else gone if left else there
            who = f"客户{i:02d}号" if chinese else f"Client {i:02d}"
            more = [chance.choice(["A", "B", "ok", 3, 0.25, None]) for _ in self.further]
            rows.append([who, begun, 20 + chance.randint(0, 80), use, bad, said, *more])
        if self.messy:
            rows[3][2], rows[4][1], rows[5][3] = "ask Bob", "31/31/2024", "n/a"
            rows[6][4] = "=1+1"
        return rows

    def _decorate(self, book, page, width, last):
        for j in range(width):
            cell = page.cell(self.top, self.left + j)
            cell.font, cell.fill = Font(b=True), PatternFill("solid", fgColor="FFDDEEFF")
        body = get_column_letter(self.left + 2)
        area = f"{body}{self.top + 1}:{body}{last}"
        for (cell,) in page[area]:
            cell.number_format = '"$"#,##0.00'
        page.cell(self.top + 1, self.left).comment = Comment("agreed in spring", "me")
        page.freeze_panes = page.cell(self.top + 1, self.left + 1)
        page.column_dimensions[get_column_letter(self.left + 4)].hidden = True
        choice = DataValidation(type="list", formula1='"a,b"', allow_blank=True)
        choice.add(
            f"{get_column_letter(self.left + 5)}{self.top + 1}:{get_column_letter(self.left + 5)}{last}"
        )
        page.add_data_validation(choice)
        page.conditional_formatting.add(
            area, CellIsRule(operator="lessThan", formula=["30"], font=Font(color="FFFF0000"))
        )
        page.page_setup.orientation = "landscape"
        page.oddHeader.center.text = "My clients"
        book.defined_names["prices"] = DefinedName(
            "prices", attr_text=f"'{page.title}'!${body}${self.top + 1}:${body}${last}"
        )
        chart = BarChart()
        chart.add_data(
            Reference(page, range_string=f"'{page.title}'!${body}${self.top + 1}:${body}${last}")
        )
        charts = book.create_sheet("Charts")
        charts.append(["a chart of my own"])
        charts.add_chart(chart, "B3")


def own_books(most=44):
    """Workbooks of any of these kinds, with up to `most` customers."""
    return st.builds(
        OwnBook,
        seed=st.integers(0, 10**6),
        trade=st.sampled_from(sorted(TRADES)),
        said=st.sampled_from(["status", "status", "flag", "mark", "date", "date", "unsaid"]),
        rows=st.integers(8, most),
        top=st.integers(1, 5),
        left=st.integers(1, 3),
        further=st.lists(st.sampled_from(FURTHER), max_size=3, unique=True).map(tuple),
        others=st.lists(st.sampled_from(OTHERS), max_size=3, unique=True).map(tuple),
        table=st.booleans(),
        totals=st.booleans(),
        notes=st.booleans(),
        messy=st.booleans(),
        decorated=st.booleans(),
    )
