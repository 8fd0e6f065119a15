"""An attacker who plants names that no list knows, in every place of a workbook, finds none again."""

from __future__ import annotations

import datetime as dt
import html
import random
import re
import zipfile

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference, Series
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import Font, NamedStyle, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from share.sharing import formulas, parts, shared, values

from csm_xl.share.pseudonyms import CODED

_ONSETS = [
    "Br",
    "Dw",
    "Fl",
    "Gw",
    "Kr",
    "Pl",
    "Qu",
    "Schn",
    "Skr",
    "Thr",
    "Vl",
    "Wr",
    "Zw",
    "Ghr",
    "Mbl",
    "Ndr",
    "Khv",
    "Ptol",
]
_VOWELS = ["a", "e", "i", "o", "u", "oo", "ai", "ie", "ua", "y"]
_CODAS = [
    "bbix",
    "ckle",
    "dvar",
    "ffin",
    "gzt",
    "lmoth",
    "nquist",
    "ppard",
    "rkov",
    "sz",
    "tchley",
    "vvek",
    "xel",
    "ddur",
    "mbru",
]
_RARE = "霏翊琰珩璟昶晔旻煜垚淼骞翀佶恺珂璇瑄玥芃苒菡蓁衿"
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"


class Planted:
    """Words that occur nowhere else, and where they were planted."""

    def __init__(self) -> None:
        self.random = random.Random(20261129)
        self.words: dict[str, str] = {}

    def _keep(self, word: str, where: str) -> str:
        self.words[word.lower()] = where
        return word

    def name(self, where: str) -> str:
        """An invented Western word, such as a name of a person that no list has."""
        while True:
            word = "".join(self.random.choice(p) for p in (_ONSETS, _VOWELS, _CODAS))
            if word.lower() not in self.words:
                return self._keep(word, where)

    def full(self, where: str) -> str:
        """First and last name."""
        return f"{self.name(where)} {self.name(where)}"

    def chinese(self, where: str) -> str:
        """An invented Chinese name."""
        while True:
            word = self.random.choice(_SURNAMES) + "".join(self.random.sample(_RARE, 2))
            if word not in self.words:
                return self._keep(word, where)

    def digits(self, where: str, pattern: str) -> str:
        """A number in which each 0 of the pattern is a digit."""
        while True:
            word = "".join(str(self.random.randint(1, 9)) if c == "0" else c for c in pattern)
            if word.lower() not in self.words:
                return self._keep(word, where)


_TITLES_OF_NAMES = (
    "Name", "Client", "Full name", "Recipient", "Attn", "Handled by", "Owner", "Sales rep", "Passenger",
    "Ship to", "Guest of honour", "Beneficiary", "Reporter", "Nickname", "Username", "Twitter", "Company",
    "Emergency contact", "Zorvex", "Quibble", "x", "Who did it", "Signed", "Coach", "Product owner",
)  # fmt: skip
_TITLES_OF_CHINESE = (
    "收货人", "客户", "姓名", "经手人", "店员", "买家会员名", "昵称", "微信", "旺旺", "学员", "推荐人", "老师", "阿甲乙",
    "负责人", "紧急联系人", "付款人", "公司名称", "是谁", "备注", "教练",
)  # fmt: skip
_NUMBERS = {
    "Phone": "0200 000 0000", "IBAN": "GB00NWBK00000000000000", "Card": "0000 0000 0000 0000",
    "Postcode": "00-000", "Tax ID": "00-0000000", "Passport": "X0000000", "Plate": "KR-ZW 0000",
    "Account no.": "000-000000-000", "WeChat": "wxq_00zw000", "Mystery": "0000000000",
    "银行卡号": "6222000000000000000", "身份证号": "11010119900000000X", "邮编": "000000", "手机号": "1380000000000",
    "车牌号": "沪K·00000", "QQ": "000000000", "税号": "91310000MA0000000X",
}  # fmt: skip
ROWS = 12


def _with_people(book: openpyxl.Workbook, planted: Planted) -> None:
    """Columns of people, under titles that say so and titles that do not."""
    for title, columns, make in (
        ("Orders 2026", _TITLES_OF_NAMES, planted.full),
        ("三月订单", _TITLES_OF_CHINESE, planted.chinese),
    ):
        sheet = book.create_sheet(title)
        sheet.append(["Order no.", "Amount", "Product", *columns])
        people = [
            [make(column) for _ in range(3 if i % 3 else ROWS)] for i, column in enumerate(columns)
        ]
        for column, found in zip(columns, people, strict=True):
            if column == "备注":
                found[:] = [f"{name}打电话来说要退货，下次再联系" for name in found]
        for row in range(ROWS):
            sheet.append(
                [
                    f"A-{row:04}",
                    100.25 + row,
                    ["Oak chair", "Elm bench"][row % 2],
                    *(found[row % len(found)] for found in people),
                ]
            )
    sheet = book.create_sheet("Numbers")
    sheet.append(["Row", *_NUMBERS, "Born", "Age group"])
    for row in range(ROWS):
        born = dt.datetime(1950 + 3 * row, 1 + row, 3 + row)
        numbers = [planted.digits(title, pattern) for title, pattern in _NUMBERS.items()]
        sheet.append([row + 1, *numbers, born, ["young", "old"][row % 2]])


def _with_formulas(book: openpyxl.Workbook, planted: Planted) -> None:
    """Formulas over names, and names that formulas put together."""
    sheet = book.create_sheet("Derived")
    sheet.append(["No.", "Name", "E-mail", "Phone", "Born", "Greeting", "Last four", "Domain", "Login", "Initials",
                  "Length", "Year", "Reversed", "Rank", "Same", "Shown", "Looked up"])  # fmt: skip
    for r in range(2, 2 + ROWS):
        domain = planted.name("domain")
        sheet.append(
            [
                r,
                planted.full("formula"),
                f"{planted.name('mail')}@{domain}.example",
                f"0{r}{planted.digits('formula phone', '0000000')}",
                dt.datetime(1960 + r, 2, 3),
                f'="Dear "&LEFT(B{r},FIND(" ",B{r})-1)',
                f"=RIGHT(D{r},4)",
                f'=MID(C{r},FIND("@",C{r})+1,99)',
                f'=LOWER(SUBSTITUTE(B{r}," ","."))',
                f'=LEFT(B{r},3)&MID(B{r},FIND(" ",B{r})+1,3)',
                f"=LEN(B{r})*1000+CODE(B{r})",
                f"=YEAR(E{r})",
                f"=VALUE(RIGHT(D{r},5))+0",
                f'=COUNTIF(B$2:B${1 + ROWS},"<"&B{r})',
                f"=COUNTIF(B$2:B${1 + ROWS},B{r})",
                f"=B{r}",
                f"=INDEX(B$2:B${1 + ROWS},ROW()-1)",
            ]
        )
    loose = book.create_sheet("Loose")
    first, second = planted.name("pieces"), planted.name("pieces")
    loose["A1"] = f'="{first[:3]}"&"{first[3:]}"'
    loose["A2"] = "=" + "&".join(f"CHAR({ord(c)})" for c in second)
    loose["A3"] = f'=IF(1=1,"{planted.full("constant")}","{planted.name("constant")}")'
    loose["A4"] = f'=COUNTIF(Derived!B:B,"{planted.name("criterion")}*")'
    loose["A5"] = "=SUMPRODUCT(--(LEN(Derived!B2:B13)>5))"
    loose["A6"] = "=Vault!A2"
    loose["A7"] = '=Vault!B2&""'
    loose["A8"] = "=TheBoss"
    loose["A9"] = "=UPPER(Vault!A3)"
    loose["A10"] = "=CHOOSE(2,1,Vault!A4)"
    loose["A11"] = '=SUBSTITUTE(Derived!C2,"@"," at ")'
    loose["A12"] = (
        f'=HYPERLINK("mailto:{planted.name("link")}@mail.example","{planted.name("link")}")'
    )
    loose["A13"] = f"Prepared by {planted.full('label')}"
    loose["A14"] = f"{planted.name('label')}'s books"
    loose["A15"] = f"感谢{planted.chinese('label')}的支持"
    loose["A16"] = f"Attn: {planted.full('label')}"
    loose["A17"], loose["B17"] = "Approved by", planted.full("beside a label")
    loose["A18"], loose["B18"] = "负责人", planted.chinese("beside a label")
    loose["A19"] = CellRichText(
        "Call ", TextBlock(InlineFont(b=True), planted.name("rich text")), " now"
    )
    loose["A20"] = f"call {planted.digits('loose phone', '0500 0000 000')} after six"
    loose["A21"] = (
        f"The daughter of {planted.name('sentence')} moved in with the neighbour and will not need the chair "
        "before the summer, so we wait"
    )
    for c in range(2, 12):
        loose.cell(25, c, planted.name("title of a timesheet"))
        for r in range(26, 30):
            loose.cell(r, c, c + r)
    loose["A25"] = "Week"
    for r in range(26, 30):
        loose.cell(r, 1, f"{r}")
    vault = book.create_sheet("Vault")
    vault.append(["Name", "Iban"])
    for _ in range(4):
        vault.append(
            [planted.full("hidden sheet"), planted.digits("hidden sheet", "DE00000000000000000000")]
        )
    vault.sheet_state = "hidden"
    book.defined_names["TheBoss"] = DefinedName("TheBoss", attr_text="Vault!$A$5")


def _with_everything_else(book: openpyxl.Workbook, planted: Planted) -> None:
    """Places that are no cells."""
    sheet = book.create_sheet("Places")
    sheet.append(["Invoice no.", "Amount", "Region", planted.name("title of a table")])
    for row in range(ROWS):
        sheet.append([f"INV-{row:03}", 50.5 + row, ["North", "South"][row % 2], row])
    sheet.add_table(Table(displayName=planted.name("table"), ref=f"A1:D{ROWS + 1}"))
    for kind in (
        sheet.oddHeader,
        sheet.oddFooter,
        sheet.evenHeader,
        sheet.evenFooter,
        sheet.firstHeader,
    ):
        kind.left.text, kind.center.text = planted.full("header"), f"By {planted.name('header')} &P"
        kind.right.text = planted.chinese("header")
    rule = DataValidation(
        "list", formula1=f'"{planted.name("list")},{planted.chinese("list")},Other"'
    )
    rule.prompt, rule.promptTitle = f"Ask {planted.name('prompt')}", planted.name("prompt")
    rule.error, rule.errorTitle = f"Call {planted.name('prompt')}", planted.chinese("prompt")
    rule.add("F2:F9")
    sheet.add_data_validation(rule)
    custom = DataValidation("custom", formula1=f'C2<>"{planted.name("list")}"')
    custom.add("C2:C9")
    sheet.add_data_validation(custom)
    red = PatternFill("solid", start_color="FFCCCC", end_color="FFCCCC")
    text = f'$C2="{planted.full("conditional format")}"'
    sheet.conditional_formatting.add("C2:C9", FormulaRule(formula=[text], fill=red))
    text = f'"{planted.name("conditional format")}"'
    sheet.conditional_formatting.add(
        "C2:C9", CellIsRule(operator="equal", formula=[text], fill=red)
    )
    sheet["B2"].number_format = f'"{planted.name("number format")}" 0.00'
    sheet["B3"].number_format = "".join(f"\\{c}" for c in planted.name("number format")) + " 0"
    style = NamedStyle(planted.full("style"))
    book.add_named_style(style)
    sheet["B4"].style = style.name
    sheet["B5"].font = Font(name=planted.name("font"))
    sheet["A2"].comment = Comment(planted.full("comment"), planted.name("comment"))
    sheet[
        "A3"
    ].hyperlink = f"mailto:{planted.name('link')}@mail.example?subject={planted.name('link')}"
    sheet["A4"].hyperlink = "#Places!A1"
    sheet["A4"].hyperlink.tooltip = planted.full("tooltip")
    sheet["A4"].hyperlink.display = planted.name("tooltip")
    chart = BarChart()
    chart.title = f"Sales of {planted.full('chart')}"
    chart.x_axis.title, chart.y_axis.title = (
        planted.chinese("axis"),
        f"Pounds, says {planted.name('axis')}",
    )
    chart.series.append(
        Series(Reference(sheet, min_col=2, min_row=2, max_row=9), title=planted.full("series"))
    )
    chart.set_categories(Reference(book["Derived"], min_col=2, min_row=2, max_row=9))
    sheet.add_chart(chart, "H2")
    name = f"kd_{planted.name('defined name')}"
    note = planted.full("comment of a name")
    book.defined_names[name] = DefinedName(name, attr_text="Places!$B$2", comment=note)
    name = planted.name("defined name")
    book.defined_names[name] = DefinedName(name, attr_text=f'"{planted.name("constant name")}"')
    name = planted.name("name of a formula")
    book.defined_names[name] = DefinedName(name, attr_text="LEFT(Derived!$B$2,5)")
    sheet["G2"] = f"={name}"
    book.create_sheet(planted.name("sheet"))["A1"] = 1
    book.create_sheet(f"{planted.chinese('sheet')}的账")["A1"] = 2
    properties = book.properties
    properties.creator, properties.lastModifiedBy = (
        planted.full("property"),
        planted.full("property"),
    )
    properties.title, properties.subject = planted.full("property"), planted.chinese("property")
    properties.keywords, properties.description = planted.name("property"), planted.name("property")
    properties.category, properties.contentStatus = (
        planted.name("property"),
        planted.name("property"),
    )


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """The copy, what was planted, and what the outcome says."""
    folder = tmp_path_factory.mktemp("attack")
    planted = Planted()
    book = openpyxl.Workbook()
    book.remove(book.active)
    _with_people(book, planted)
    _with_formulas(book, planted)
    _with_everything_else(book, planted)
    path = folder / f"{planted.name('file')}.xlsx"
    book.save(path)
    _theme(path, planted)
    out = folder / "copy.xlsx"
    outcome = shared(path, out)
    return out, planted, outcome


def _theme(path, planted: Planted) -> None:
    content = parts(path)
    with zipfile.ZipFile(path, "w") as package:
        for name, data in content.items():
            if name == "xl/theme/theme1.xml":
                for old in (b'name="Office Theme"', b'name="Office"'):
                    data = data.replace(old, f'name="{planted.name("theme")}"'.encode(), 1)
            package.writestr(name, data)


def _said(path) -> str:
    """All that a file can say, in small letters."""
    found = []
    for name, content in parts(path).items():
        text = content.decode("utf-8", "replace")
        found += [name, html.unescape(text), html.unescape(re.sub(r"<[^>]*>", "", text))]
    return "\n".join(found).lower()


def test_none_of_the_planted_words_is_found_again(attacked):
    out, planted, outcome = attacked
    assert len(planted.words) >= 300
    text = _said(out)
    found = {word: where for word, where in planted.words.items() if word in text}
    assert found == {}
    told = " ".join(
        [*map(str, outcome.warnings), *(" ".join(row) for row in outcome.table)]
    ).lower()
    assert [word for word in planted.words if word in told] == []


def test_no_piece_of_a_name_or_number_stands_in_a_cell(attacked):
    out, planted, _ = attacked
    pieces = {w[:5] for w in planted.words if w.isalpha() and len(w) > 6}
    pieces |= {re.sub(r"\D", "", w)[-4:] for w, where in planted.words.items() if where in _NUMBERS}
    held = [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in values(out)
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
        and any(p in CODED.sub("", cell.value).lower() for p in pieces if len(p) >= 4)
    ]
    assert held == []


def test_no_formula_tells_the_rows_apart(attacked):
    """What is made of a name is blank, or the same for the pseudonym; sums and counts stay."""
    out, _, _ = attacked
    sheet = values(out)["Derived"]
    titles = {sheet.cell(1, c).value: c for c in range(1, sheet.max_column + 1)}
    for title in (
        "Born",
        "Last four",
        "Domain",
        "Login",
        "Initials",
        "Length",
        "Year",
        "Reversed",
        "Rank",
    ):
        column = [sheet.cell(r, titles[title]).value for r in range(2, 2 + ROWS)]
        assert set(column) == {None}, title
    assert str(formulas(out)["Derived"].cell(2, titles["Shown"]).value) == "=B2"
    names = [sheet.cell(r, titles["Name"]).value for r in range(2, 2 + ROWS)]
    assert [sheet.cell(r, titles["Shown"]).value for r in range(2, 2 + ROWS)] == names
    assert {sheet.cell(r, titles["Same"]).value for r in range(2, 2 + ROWS)} == {1}
    loose = values(out)["Loose"]
    assert loose["A5"].value == ROWS


def test_what_the_accountant_needs_is_all_there(attacked):
    out, _, _ = attacked
    for title in ("Orders 2026", "三月订单"):
        sheet = values(out)[title]
        for r in range(ROWS):
            row = [sheet.cell(r + 2, c).value for c in (1, 2, 3)]
            assert row == [f"A-{r:04}", 100.25 + r, ["Oak chair", "Elm bench"][r % 2]]
    places = values(out)["Places"]
    assert [places.cell(r + 2, 1).value for r in range(ROWS)] == [
        f"INV-{r:03}" for r in range(ROWS)
    ]
    assert [places.cell(r + 2, 3).value for r in range(2)] == ["North", "South"]
    loose = values(out)["Loose"]
    assert [loose.cell(26, c).value for c in range(2, 12)] == [c + 26 for c in range(2, 12)]
    assert values(out)["Numbers"]["S2"].value == "young" or "young" in _said(out)


#: Facts as owners list them, under titles that say so.
_FACTS = {
    "Product": ("Oak chair", "Elm bench"), "Coupon": ("WELCOME10", "SUMMER5"), "Plan": ("Basic", "Team"),
    "SKU": ("CH-001", "BE-002"), "City": ("London", "Leeds"), "Status": ("active", "cancelled"),
    "Room": ("Room 1", "Blue room"), "Source": ("Search", "Referral"), "Delivery": ("Courier", "Pickup"),
    "Size": ("S", "M"), "Campaign": ("Spring sale", "Newsletter"), "Type": ("Retail", "Trade"),
}  # fmt: skip
_NAMED_FACTS = (
    "{b} for {n}", "{n}'s {b}", "{b} ({n})", "{N}10", "{b}-{n}", "{b} via {n}", "{n}", "{b} / {n} {m}", "VIP{N}", "#{n}",
    "{b}: ask {n}", "{n}_{b}", "ENG-{N}", "{N}2026", "{b}+{n}", "Mrs {n}", "{n} & {m}",
)  # fmt: skip
_CHINESE_FACTS = {
    "商品": ("礼盒", "蛋糕"), "状态": ("正常", "已退费"), "课程": ("英语", "数学"), "来源": ("抖音", "朋友介绍"),
    "规格": ("大", "小"), "门店": ("一店", "二店"), "优惠码": ("NEW10", "VIP5"), "班级": ("一班", "二班"),
    "快递": ("顺丰", "中通"), "套餐": ("月卡", "年卡"),
}  # fmt: skip
_CHINESE_NAMED_FACTS = (
    "{n}的{b}", "{b}（{n}）", "{n}专用", "{n}班", "{b}-{n}", "{n}", "{b}，{n}介绍", "送{n}", "{n}定制{b}", "{b}@{n}",
    "{n}老师{b}", "找{n}要{b}", "VIP{n}",
)  # fmt: skip


def test_a_name_among_facts_is_found_and_the_facts_stay(tmp_path):
    planted, book = Planted(), openpyxl.Workbook()
    book.remove(book.active)
    for sheet, number, facts, forms, make in (
        ("Orders", "Customer ID", _FACTS, _NAMED_FACTS, planted.name),
        ("订单", "客户编号", _CHINESE_FACTS, _CHINESE_NAMED_FACTS, planted.chinese),
    ):
        written = book.create_sheet(sheet)
        written.append([number, "Amount", *facts])
        rows = [[f"C{i:03}", 10 + i, *(v[i % 2] for v in facts.values())] for i in range(80)]
        for place, (title, usual) in enumerate(facts.items(), 2):
            for at, form in zip(planted.random.sample(range(80), len(forms)), forms, strict=True):
                name, other = (make(f"{title}: {form}") for _ in range(2))
                text = form.format(b=usual[at % 2], n=name, m=other, N=name.upper())
                rows[at][place] = text
                if other not in text:
                    del planted.words[other.lower()]
        for row in rows:
            written.append(row)
    path, out = tmp_path / "book.xlsx", tmp_path / "copy.xlsx"
    book.save(path)
    shared(path, out)
    texts = "\n".join(
        html.unescape(content.decode("utf-8", "replace")) for content in parts(out).values()
    ).casefold()
    assert {word: where for word, where in planted.words.items() if word in texts} == {}
    usual = [word for facts in (_FACTS, _CHINESE_FACTS) for pair in facts.values() for word in pair]
    assert [word for word in usual if word.casefold() not in texts] == []


def test_a_form_above_a_table_keeps_its_labels_and_hides_whom_it_is_for(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["INVOICE"],
        ["Invoice no.", "INV-2026-014"],
        ["Bill to", "Marta Kowalczyk"],
        ["Due date", "2026-04-30"],
        ["Description", "Qty", "Rate", "Amount"],
        ["Website redesign", 1, 1200, 1200],
        ["Hosting (annual)", 1, 90, 90],
        ["Total due", None, None, 1290],
    ):
        sheet.append(row)
    path, out = tmp_path / "book.xlsx", tmp_path / "copy.xlsx"
    book.save(path)
    shared(path, out)
    copied = openpyxl.load_workbook(out)[sheet.title]
    kept = [[cell.value for cell in row] for row in copied.iter_rows()]
    for before, after in zip(sheet.iter_rows(values_only=True), kept, strict=True):
        if before[0] != "Bill to":
            assert list(before) == after
    assert "Kowalczyk" not in str(kept[2]) and CODED.search(kept[2][1])


@pytest.mark.parametrize(
    "form", ["{y}-{m:02}-{d:02}", "{d:02}.{m:02}.{y}", "{m}/{d}/{y}", "{d}-{m}-{y} 10:30"]
)
def test_dates_typed_as_texts_are_dates_unless_they_are_births(form, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["日期", "单号", "单位", "金额", "Quand"])
    for i in range(12):
        unit = ("瓶", "块", "盒")[i % 3]
        sold = form.format(y=2026, m=3, d=i + 1)
        born = form.format(y=1960 + 3 * i, m=5, d=1 + i % 9)
        sheet.append([sold, f"DD{i:05}", unit, 35 + i, born])
    path, out = tmp_path / "book.xlsx", tmp_path / "copy.xlsx"
    book.save(path)
    shared(path, out)
    rows = list(openpyxl.load_workbook(out)[sheet.title].iter_rows(values_only=True))
    assert [row[:4] for row in rows] == [row[:4] for row in sheet.iter_rows(values_only=True)]
    assert all(row[4] is None for row in rows[1:])


def test_rare_facts_in_a_language_that_no_dictionary_knows_stay_and_names_in_them_go(tmp_path):
    planted, book = Planted(), openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Bestellnr.", "Product", "Status", "Betrag"])
    usual = ["Stuhl Eiche", "Tisch Buche", "Regal Kiefer"]
    for i in range(60):
        sheet.append([f"B-{i:03}", usual[i % 3], ["bezahlt", "offen"][i % 2], 10 + i])
    sheet["B9"], sheet["B20"] = "Schreibtisch Walnuss", "Kommode Erle"
    sheet["B31"] = f"Stuhl Eiche für {planted.name('a German product')}"
    path, out = tmp_path / "book.xlsx", tmp_path / "copy.xlsx"
    book.save(path)
    shared(path, out)
    copied = openpyxl.load_workbook(out).worksheets[1]
    assert [copied[cell].value for cell in ("B2", "B9", "B20")] == [
        "Stuhl Eiche",
        "Schreibtisch Walnuss",
        "Kommode Erle",
    ]
    assert not any(word in copied["B31"].value.casefold() for word in planted.words)
    assert copied["B31"].value.startswith("Stuhl Eiche")
