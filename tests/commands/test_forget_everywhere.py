"""forget, looked for by somebody else: a person is planted in every place of a workbook that holds a text."""

import datetime as dt
import html
import random
import re
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from workbooks import opened

from csm_xl import commands, safety_copies


@dataclass(frozen=True)
class Person:
    """Somebody, and by what an independent search knows them."""

    name: tuple[str, ...]
    mail: str
    phone: str
    number: str
    sought: tuple[str, ...]

    @property
    def full(self):
        """The name in one text."""
        return ("" if re.search(r"[\u3400-\u9fff]", self.name[0]) else " ").join(self.name)


PEOPLE = [
    Person(
        ("Ada", "Abbott"), "ada.abbott@posted.example", "+44 7700 900123", "C-0042",
        (r"ada[\s\u00a0,._-]+abbott", r"abbott[\s\u00a0,._-]+ada", "ada.abbott@", r"7700[\s().-]*900[\s().-]*123", "C-0042"),
    ),
    Person(
        ("欧阳", "小明"), "ouyang@posted.example", "13800138042", "VIP0042",
        ("欧阳小明", "ouyang@", r"138[\s-]*0013[\s-]*8042", "VIP0042"),
    ),
    Person(
        ("Brightwater Yoga",), "hello@brightwater.example", "020 7946 0123", "K0042",
        (r"brightwater[\s\u00a0]+yoga", "hello@brightwater", r"20[\s().-]*7946[\s().-]*0123", "K0042"),
    ),
]  # fmt: skip


def texts(page, who):
    page["A1"] = f"Dear {who.full},"
    page["A2"] = f"tel. {who.phone} or {who.mail.upper()}"
    page["A3"] = f"order of {who.number}, shipped"
    page["A4"] = who.full.upper()
    page["A5"] = re.sub(r"\D", "", who.phone)


def formulas(page, who):
    page["C1"] = f'=IF(A1="{who.full}",1,0)'
    page["C2"] = f'=HYPERLINK("mailto:{who.mail}","write")'
    page["C3"] = "write"
    page["C3"].hyperlink = f"mailto:{who.mail}"


def notes(page, who):
    page["E1"] = "x"
    page["E1"].comment = Comment(f"friend of {who.full}\n{who.mail}", who.full)


def rules(page, who):
    rule = DataValidation(type="list", formula1=f'"{who.full},Ben"')
    rule.promptTitle, rule.prompt, rule.error = "who", f"{who.full} or Ben", f"not {who.full}"
    rule.add("G1")
    page.add_data_validation(rule)
    page.conditional_formatting.add(
        "G1:G9", FormulaRule(formula=[f'$G1="{who.full}"'], font=Font(bold=True))
    )


def chart(page, who):
    page["I1"], page["I2"], page["J1"], page["J2"] = "who", who.full, f"fees of {who.full}", 3
    drawn = BarChart()
    drawn.title = f"Fees of {who.full}"
    drawn.add_data(Reference(page, min_col=10, min_row=1, max_row=2), titles_from_data=True)
    drawn.set_categories(Reference(page, min_col=9, min_row=2, max_row=2))
    page.add_chart(drawn, "L2")


def pages(page, who):
    page.oddHeader.center.text = f"For {who.full}"
    page.oddFooter.left.text = who.mail
    page.oddFooter.right.text = '&"Arial,Bold"'.join([who.full[:4], who.full[4:]])
    page.parent.create_sheet(who.full[:31])["A1"] = "plan"


def names(page, who):
    named = DefinedName("best", attr_text=f'"{who.full}"', comment=f"our {who.full}")
    page.parent.defined_names["best"] = named


def properties(page, who):
    told = page.parent.properties
    told.creator = told.lastModifiedBy = who.full
    told.title, told.keywords, told.description = f"List of {who.full}", who.mail, who.phone
    page.parent.custom_doc_props.append(StringProperty(name="Owner", value=who.full))


PLACES = [texts, formulas, notes, rules, chart, pages, names, properties]
_SS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TC = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"


def other_parts(who):
    """Parts that no library here writes, as Excel writes them."""
    return {
        "xl/persons/person.xml": f'<personList xmlns="{_TC}"><person displayName="{who.full}" id="{{1}}" '
        f'userId="{who.mail}" providerId="AD"/></personList>',
        "xl/threadedComments/threadedComment1.xml": f'<ThreadedComments xmlns="{_TC}"><threadedComment ref="B3" '
        f'personId="{{1}}" id="{{2}}"><text>ask {who.full} again</text></threadedComment></ThreadedComments>',
        "xl/pivotCache/pivotCacheDefinition1.xml": f'<pivotCacheDefinition xmlns="{_SS}" refreshedBy="{who.full}">'
        f'<cacheFields count="1"><cacheField name="Client"><sharedItems><s v="{who.full}"/><s v="Ben"/></sharedItems>'
        "</cacheField></cacheFields></pivotCacheDefinition>",
        "xl/externalLinks/externalLink9.xml": f'<externalLink xmlns="{_SS}"><externalBook><sheetDataSet>'
        f'<sheetData sheetId="0"><row r="1"><cell r="A1" t="str"><v>{who.full}</v></cell></row></sheetData>'
        "</sheetDataSet></externalBook></externalLink>",
        "customXml/item9.xml": f"<x><who>{who.full}</who></x>",
    }


def planted(path, who, places, seed, *, parts, columns):
    """A list of customers with somebody in it, and in the given places."""
    chance = random.Random(seed)
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Clients"
    named = ["First name", "Last name"] if columns and len(who.name) == 2 else ["Client"]
    page.append(
        ["No", *named, "E-mail", "Phone", "Last visit", "Fee", "Status", "Referred by", "Notes"]
    )
    rows = []
    for i in range(12):
        own = [f"Person{i}", f"Number{i}"] if len(named) == 2 else [f"Person{i} Number{i}"]
        seen = dt.date.today() - dt.timedelta(days=chance.randint(5, 200))
        by = chance.choice([None, who.full, who.number])
        note = chance.choice([None, f"a friend of {who.full}, {who.mail}"])
        status = "active" if i % 4 else "lost"
        rows.append(
            [
                f"Z-{i:04d}",
                *own,
                f"p{i}@x.example",
                f"0161 496 0{i:03d}",
                seen,
                20 + i,
                status,
                by,
                note,
            ]
        )
    own = list(who.name) if len(named) == 2 else [who.full]
    seen = dt.date.today() - dt.timedelta(days=300)
    told = "lives next door to the bakery"
    rows.insert(
        chance.randint(0, 12),
        [who.number, *own, who.mail, who.phone, seen, 50, "active", None, told],
    )
    for row in rows:
        page.append(row)
    other = book.create_sheet("Elsewhere")
    for place in places:
        place(other, who)
    book.save(path)
    with zipfile.ZipFile(path) as package:
        content = {name: package.read(name) for name in package.namelist()}
    if parts:
        content |= {name: text.encode() for name, text in other_parts(who).items()}
        content["xl/printerSettings/printerSettings1.bin"] = who.full.encode("utf-16-le")
        types = content["[Content_Types].xml"].decode()
        kind = '<Default Extension="bin" ContentType="application/octet-stream"/>'
        content["[Content_Types].xml"] = types.replace("<Override", f"{kind}<Override", 1).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in content.items():
            package.writestr(name, body)
    return path


def traces(path, who):
    """Where the person is still found, by a search that shares nothing with the command's."""
    found = []
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            body = package.read(name)
            for codec in ("utf-8", "utf-16-le"):
                text = body.decode(codec, "ignore")
                for shown in (
                    html.unescape(text),
                    html.unescape(re.sub(r"<[^>]*>", "|", text)),
                    name,
                ):
                    found += [(name, s) for s in who.sought if re.search(s, shown, re.IGNORECASE)]
    return sorted(set(found))


@given(
    who=st.sampled_from(PEOPLE),
    places=st.lists(st.sampled_from(PLACES), unique=True, max_size=len(PLACES)),
    seed=st.integers(0, 10**6),
    parts=st.booleans(),
    columns=st.booleans(),
)
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_is_found_of_a_person_in_some_places(who, places, seed, parts, columns):
    forgotten(who, places, seed, parts, columns)


@pytest.mark.parametrize(
    ("who", "columns"),
    [(PEOPLE[0], True), (PEOPLE[1], True), (PEOPLE[0], False), (PEOPLE[2], False)],
    ids=["in two columns", "Chinese", "in one column", "a firm"],
)
def test_nothing_is_found_of_a_person_in_all_places(who, columns):
    forgotten(who, PLACES, 7, True, columns)


def forgotten(who, places, seed, parts, columns):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("CSM_XL_HOME", str(Path(folder) / "home"))
        path = planted(Path(folder) / "book.xlsx", who, places, seed, parts=parts, columns=columns)
        for command in (commands.refresh, commands.dashboard):
            book = opened(path)
            command(book)
            book.save()
            book.close()
        assert traces(path, who)
        outcome = commands.forget(path, who.number)
        assert traces(path, who) == []
        assert outcome.more["complete"]
        for copy in safety_copies.all_copies_named(str(path)):
            assert traces(copy, who) == []
        # It is a workbook still, with everybody else in it.
        rows = list(openpyxl.load_workbook(path)["Clients"].iter_rows(min_row=2, values_only=True))
        assert sum(row[0] is not None and str(row[0]).startswith("Z-") for row in rows) == 12
