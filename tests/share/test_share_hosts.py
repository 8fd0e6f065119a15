"""The copy in real spreadsheet programs: computed anew, every number is the owner's."""

import numpy as np
import openpyxl
import pytest
from hosts import libreoffice
from hosts.ecma_schemas import assert_valid
from hosts.memory_workbook import Formula
from openpyxl.worksheet.formula import ArrayFormula
from public_data import data_file
from share.both_ways import computed, native_formulas, places, same
from share.native_cases import SHEETS
from share.sharing import differences, formulas, parts, shared, values

from csm_xl import commands
from csm_xl.calc.calculate import calculate
from csm_xl.churn.formula import ChurnFormula, corrected
from csm_xl.commands.hidden_sheet import read_records
from csm_xl.commands.opening import open_book
from csm_xl.formulas.workbook_model import ErrorValue
from csm_xl.ooxml.workbook_file import Workbook
from csm_xl.sample.sample_company import company
from csm_xl.workbook.create import create

pytestmark = libreoffice.needs_libreoffice


@pytest.fixture(scope="module", params=["en", "zh"])
def sample(request, tmp_path_factory):
    """The sample workbook with a trained model, in one language, and its copy."""
    folder = tmp_path_factory.mktemp(f"sample_{request.param}")
    path = folder / "CSM.xlsm"
    create(path, request.param, company(request.param))
    book = open_book(path)
    commands.retrain(book)
    book.save()
    book.close()
    out = folder / "copy.xlsx"
    return path, out, shared(path, out), request.param


def test_libreoffice_computes_every_number_of_the_sample_company(sample, tmp_path):
    path, out, outcome, _ = sample
    assert not outcome.table
    assert_valid(out)
    again = libreoffice.recalculated(out, tmp_path)
    assert differences(path, again) == []
    errors = [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in again
        if sheet.title not in values(path).sheetnames
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith("#")
    ]
    assert errors == []


def test_formualizer_computes_every_number_of_the_sample_company(sample, tmp_path):
    path, out, _, _ = sample
    bare = libreoffice.without_values(out, tmp_path / "bare.xlsx")
    copy = Workbook(bare, readonly=True)
    report = calculate(copy, {}, {})
    assert report.kept == []
    copy.save(tmp_path / "computed.xlsx")
    assert differences(path, values(tmp_path / "computed.xlsx")) == []


def test_no_part_of_the_copy_tells_a_name_an_address_or_a_path(sample):
    path, out, _, lang = sample
    from csm_xl.vocabulary import layout

    people = values(path)[layout.sheet("customers").title.within(lang)]
    headers = {cell.value: cell.column for cell in people[1]}
    personal = [
        str(
            people.cell(
                row, headers[layout.table("customers").column(key).title.within(lang)]
            ).value
        )
        for key in ("name", "email", "phone")
        for row in range(2, people.max_row + 1)
    ]
    secrets = {text for text in personal if len(text) > 3 and text != "None"}
    assert len(secrets) > 300
    for name, content in parts(out).items():
        text = content.decode("utf-8")
        assert not [secret for secret in secrets if secret in text], name
        assert str(path.parent) not in text
        assert "vbaProject" not in text
        assert 'TargetMode="External"' not in text


def test_the_first_sheet_prints_on_one_page(sample, tmp_path):
    import subprocess

    _, out, _, lang = sample
    about = "About this copy" if lang == "en" else "关于本副本"
    book = openpyxl.load_workbook(out)
    for name in book.sheetnames[1:]:
        book[name].sheet_state = "hidden"
        # LibreOffice prints what is to be printed even of hidden sheets.
        book[name].print_area = None
    one = tmp_path / "one.xlsx"
    book.save(one)
    pdf = libreoffice.converted(one, "pdf", tmp_path)
    text = subprocess.run(["pdfinfo", pdf], check=True, capture_output=True, text=True).stdout
    assert book.sheetnames[0] == about
    assert "Pages:           1" in text


@pytest.fixture(scope="module")
def telco(tmp_path_factory):
    """IBM's telephone company with a trained blend, and its copy."""
    import pandas as pd

    folder = tmp_path_factory.mktemp("telco")
    frame = pd.read_csv(data_file("telco_extract.csv")).sample(400, random_state=3)
    path = folder / "telco.xlsx"
    frame.to_excel(path, sheet_name="Customers", index=False)
    book = open_book(path)
    commands.retrain(book)
    book.save()
    model = ChurnFormula.from_json(read_records(book)["model"].text)
    book.close()
    out = folder / "copy.xlsx"
    shared(path, out)
    return path, out, model


@pytest.mark.data
def test_libreoffice_computes_the_probabilities_of_a_trained_blend(telco, tmp_path):
    path, out, model = telco
    assert model.rules and model.numeric and model.text
    assert differences(path, libreoffice.recalculated(out, tmp_path)) == []


@pytest.mark.data
def test_formualizer_computes_the_probabilities_of_a_trained_blend(telco, tmp_path):
    path, out, _ = telco
    bare = libreoffice.without_values(out, tmp_path / "bare.xlsx")
    copy = Workbook(bare, readonly=True)
    assert calculate(copy, {}, {}).kept == []
    copy.save(tmp_path / "computed.xlsx")
    assert differences(path, values(tmp_path / "computed.xlsx")) == []


def changed(out, folder, model, sheet, changes):
    """The copy with cells of customers changed, and each one's row, column and probability."""
    book = formulas(out)
    customers = book[sheet]
    titles = {cell.value: cell.column for cell in customers[1]}
    scored = next(
        column
        for title, column in titles.items()
        if str(title).startswith(("Churn probability", "流失概率"))
    )
    before = values(out)[sheet]
    expected = {}
    for row, name, value in changes:
        assert customers.cell(row, scored).data_type == "f"
        customers.cell(row, titles[name]).value = value
        cells = {n: [customers.cell(row, titles[n]).value] for n in model.features}
        probability = corrected(model.probability(cells)[0], _correction(customers, row))
        assert abs(probability - before.cell(row, scored).value) > 1e-9
        expected[row, scored] = pytest.approx(probability, abs=1e-9)
    path = folder / "changed.xlsx"
    book.save(path)
    return path, expected


@pytest.mark.data
def test_a_customer_changed_in_libreoffice_gets_the_probability_that_the_model_gives(
    telco, tmp_path
):
    _, out, model = telco
    changes = [
        (2, "tenure", 71),
        (3, "Contract", "Two year"),
        (4, "MonthlyCharges", None),
        (5, "InternetService", "carrier pigeon"),
    ]
    path, expected = changed(out, tmp_path, model, "Customers", changes)
    again = libreoffice.recalculated(path, tmp_path)["Customers"]
    assert {place: again.cell(*place).value for place in expected} == expected


def test_a_customer_of_the_sample_company_changed_gets_the_probability_that_the_model_gives(
    sample, tmp_path
):
    path, _, _, lang = sample
    book = open_book(path, readonly=True)
    model = ChurnFormula.from_json(read_records(book)["model"].text)
    book.close()
    sheet = "Customers" if lang == "en" else "客户"
    out = tmp_path / "customers.xlsx"
    shared(path, out, sheets=[sheet])
    rows = _scored_rows(out, sheet)
    numbers = [name for name in model.features if name in {t.name for t in model.numeric}][:3]
    texts = [term.name for term in model.text][:1]
    changes = [(rows[k], name, 3.0 + 7 * k) for k, name in enumerate(numbers)]
    changes += [(rows[8 + k], name, "Atlantis") for k, name in enumerate(texts)]
    changes += [(rows[12], numbers[0], None)]
    changed_path, expected = changed(out, tmp_path, model, sheet, changes)
    again = libreoffice.recalculated(changed_path, tmp_path)[sheet]
    assert {place: again.cell(*place).value for place in expected} == expected
    copy = Workbook(libreoffice.without_values(changed_path, tmp_path / "f.xlsx"), readonly=True)
    assert calculate(copy, {}, {}).kept == []
    assert {place: copy.cached(sheet, *place) for place in expected} == expected


def _correction(customers, row):
    """What is added to the log-odds of a customer, where the sheet has a column of it."""
    titles = {cell.value: cell.column for cell in customers[1]}
    column = titles.get("Churn correction") or titles.get("流失概率修正")
    return 0.0 if column is None else customers.cell(row, column).value or 0.0


def _scored_rows(out, sheet):
    customers = formulas(out)[sheet]
    column = next(
        c.column for c in customers[1] if str(c.value).startswith(("Churn probability", "流失概率"))
    )
    return [
        r for r in range(2, customers.max_row + 1) if customers.cell(r, column).data_type == "f"
    ]


def test_every_native_form_gives_the_same_in_libreoffice(tmp_path):
    before = computed(SHEETS)
    native = native_formulas(SHEETS, "Formulas")
    book = openpyxl.Workbook()
    data = book.active
    data.title = "数据 1"
    for address, value in SHEETS["数据 1"].items():
        data[address] = value
        if isinstance(value, ErrorValue):
            data[address].data_type = "e"
    sheet = book.create_sheet("Formulas")
    for address, formula in native.items():
        text = "=" + formula.text
        sheet[address] = ArrayFormula(formula.block, text) if formula.block else text
    path = tmp_path / "forms.xlsx"
    book.save(path)
    again = libreoffice.recalculated(path, tmp_path)["Formulas"]
    wrong = [
        (row, column, before.cached("Formulas", row, column), again.cell(row, column).value)
        for row, column in places(SHEETS, "Formulas")
        if not same(before.cached("Formulas", row, column), again.cell(row, column).value)
    ]
    assert wrong == []
    assert isinstance(native["A1"], Formula)


def test_customers_whose_numbers_are_texts_keep_their_scores_in_libreoffice(tmp_path):
    rng = np.random.default_rng(2)
    odd = ["５", "￥1,201.0", "\u00a04", "\u3000", "12.5", " 7 ", "  ", "", None]
    plans = ["a", "b", "\u00a0b", "a\u3000", "c\u00a0d", " c  d", "\u00a0", None]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Shop"
    sheet.append(["Customer", "Visits", "Plan", "Since", "Churned"])
    for i in range(120):
        visits, plan = float(rng.normal(6, 3)), plans[int(rng.integers(len(plans)))]
        since = "2024年1月5日" if i % 17 == 0 else 45000 + int(rng.integers(300))
        left = rng.random() < 1 / (1 + np.exp(3 - visits / 2 - ("b" in (plan or ""))))
        shown = odd[i // 3 % len(odd)] if i % 3 == 0 else visits
        sheet.append([f"C{i:03d}", shown, plan, since, "yes" if left else "no"])
    path, out = tmp_path / "shop.xlsx", tmp_path / "copy.xlsx"
    book.save(path)
    shop = open_book(path)
    commands.retrain(shop)
    shop.save()
    shop.close()
    outcome = shared(path, out)
    assert differences(path, libreoffice.recalculated(out, tmp_path)) == []
    written = [formulas(out)["Shop"].cell(row, 6).value for row in range(2, 122)]
    left = [row[4].value == "yes" for row in formulas(path)["Shop"].iter_rows(min_row=2)]
    there = [i for i in range(120) if not left[i]]
    texts = sum(odd.index(odd[i // 3 % 9]) < 5 or i % 17 == 0 for i in there if i % 3 == 0)
    texts += sum(i % 17 == 0 for i in there if i % 3)
    assert [isinstance(cell, float) for cell in written].count(True) == texts
    assert any("a text" in str(cell) for row in outcome.table for cell in row)
