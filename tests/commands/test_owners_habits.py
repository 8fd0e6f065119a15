"""What owners do to their workbooks between two clicks: it works, or one sentence says what to do."""

import re

import openpyxl
import pytest
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.table import Table
from workbooks import SHOP, opened, saved, values

from csm_xl import commands
from csm_xl.commands.session import Session
from csm_xl.errors import SheetError, TooLittleDataError
from csm_xl.sample.sample_company import company
from csm_xl.workbook.create import create


def run(path, command):
    """Run a command on the file and save; returns its outcome."""
    book = opened(path)
    try:
        outcome = command(book)
        book.save()
        return outcome
    finally:
        book.close()


def changed(path, change):
    """Let the owner change the workbook."""
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


@pytest.fixture
def shop(tmp_path):
    return saved(tmp_path / "shop.xlsx", SHOP, table="Customers")


@pytest.fixture
def trained(shop):
    run(shop, commands.retrain)
    return shop


def _header(book, place, text):
    sheet = book["Customers"]
    sheet.cell(1, place).value = text
    sheet.tables["Customers"].tableColumns[place - 1].name = text


def _without_column(book, place):
    sheet = book["Customers"]
    sheet.delete_cols(place)
    table = sheet.tables["Customers"]
    table.tableColumns.pop(place - 1)
    table.ref = table.autoFilter.ref = f"A1:{'ABCDEFG'[len(table.tableColumns) - 1]}61"


def _add_column(book, title, cells):
    sheet = book["Customers"]
    table = sheet.tables["Customers"]
    place = len(table.tableColumns) + 1
    for row, cell in enumerate([title, *cells], 1):
        sheet.cell(row, place).value = cell
    new = table.tableColumns[4].__copy__()
    new.id, new.name = place, title
    table.tableColumns.append(new)
    table.ref = table.autoFilter.ref = f"A1:{'ABCDEFGH'[place - 1]}61"


class TestProtection:
    @pytest.mark.parametrize("command", [commands.retrain, commands.refresh])
    def test_a_protected_sheet_is_named_and_nothing_is_written(self, trained, command):
        def protect(book):
            book["Customers"].protection.sheet = True

        changed(trained, protect)
        before = trained.read_bytes()
        book = opened(trained)
        with pytest.raises(SheetError, match=r"sheet Customers is protected.*Unprotect") as told:
            command(book)
        book.close()
        assert "撤消工作表保护" in told.value.text.zh
        assert trained.read_bytes() == before

    def test_a_protected_model_sheet_is_refused_before_the_training(self, trained):
        def protect(book):
            book["Model"].protection.sheet = True

        changed(trained, protect)
        steps = []
        book = opened(trained)
        with pytest.raises(SheetError, match="sheet Model is protected"):
            commands.retrain(book, progress=lambda share, text: steps.append(share))
        book.close()
        assert not steps
        assert "20 present customers" in run(trained, commands.refresh).message.en

    def test_a_protected_structure_is_refused_only_where_a_sheet_must_be_added(self, shop):
        def protect(book):
            book.security = WorkbookProtection(lockStructure=True)

        changed(shop, protect)
        with pytest.raises(SheetError, match=r"structure of shop\.xlsx is protected"):
            run(shop, commands.retrain)
        changed(shop, lambda book: setattr(book, "security", None))
        run(shop, commands.retrain)
        changed(shop, protect)
        assert "60 customers" in run(shop, commands.retrain).message.en

    @pytest.mark.parametrize(
        ("sheet", "command"),
        [
            ("Customers", commands.build_features),
            ("Actions", commands.actions),
            ("Dashboard", commands.dashboard),
            ("Orders", lambda book: commands.import_data(book, book.export, "orders")),
        ],
    )
    def test_every_command_says_which_sheet_of_the_template_it_may_not_write(
        self, tmp_path, sheet, command
    ):
        from sample_books import trained as sample

        book = sample(tmp_path)
        book.export = tmp_path / "orders.csv"
        book.export.write_text("Order ID,Customer ID,Date,Amount\nX1,C0001,2026-06-29,12\n")
        frame = book.sheets[sheet].impl.worksheet.frame
        frame.root.append(frame.root.makeelement(frame._ns + "sheetProtection", sheet="1"))
        with pytest.raises(SheetError, match=f"sheet {sheet} is protected"):
            command(book)
        book.close()


class TestShape:
    def test_merged_cells_stay_merged(self, shop):
        changed(shop, lambda book: book["Customers"].merge_cells("B3:C3"))
        run(shop, commands.retrain)
        book = openpyxl.load_workbook(shop)
        assert [str(area) for area in book["Customers"].merged_cells.ranges] == ["B3:C3"]
        rows = values(shop, "Customers")[1:]
        assert all(isinstance(row[4], float) == (row[3] == "no") for row in rows)

    def test_a_merged_title_above_the_headers_is_no_header(self, tmp_path):
        rows = [("My customers", None, None, None), *SHOP]
        path = saved(tmp_path / "titled.xlsx", rows)
        changed(path, lambda book: book["Customers"].merge_cells("A1:D1"))
        run(path, commands.retrain)
        found = values(path, "Customers")
        assert found[0] == ("My customers", *[None] * 6)
        assert found[1][4:] == ("Churn probability", "Risk", "Churn correction")

    def test_customers_that_a_filter_hides_are_scored_too_and_stay_hidden(self, shop):
        def hide(book):
            for row in range(5, 30):
                book["Customers"].row_dimensions[row].hidden = True

        changed(shop, hide)
        run(shop, commands.retrain)
        sheet = openpyxl.load_workbook(shop)["Customers"]
        scored = [isinstance(sheet.cell(row, 5).value, float) for row in range(2, 62)]
        assert scored == [sheet.cell(row, 4).value == "no" for row in range(2, 62)]
        assert [r for r in range(2, 62) if sheet.row_dimensions[r].hidden] == list(range(5, 30))

    def test_the_totals_row_of_a_table_is_no_customer_and_stays(self, shop):
        def total(book):
            sheet = book["Customers"]
            table = sheet.tables["Customers"]
            table.ref, table.totalsRowCount, table.totalsRowShown = "A1:D62", 1, True
            sheet["A62"], sheet["B62"] = "Total", "=SUBTOTAL(109,Customers[Visits])"
            table.tableColumns[0].totalsRowLabel = "Total"
            table.tableColumns[1].totalsRowFunction = "sum"

        changed(shop, total)
        assert "60 customers" in run(shop, commands.retrain).message.en
        sheet = openpyxl.load_workbook(shop)["Customers"]
        assert sheet["A62"].value == "Total" and str(sheet["B62"].value).startswith("=SUBTOTAL")
        assert sheet["E62"].value is None and sheet.tables["Customers"].ref == "A1:G62"

    def test_a_table_without_rows_asks_for_customers(self, tmp_path):
        path = saved(tmp_path / "empty.xlsx", [SHOP[0], (None,) * 4])

        def table(book):
            book["Customers"].add_table(Table(displayName="Customers", ref="A1:D2"))

        changed(path, table)
        with pytest.raises(TooLittleDataError, match="no customers below"):
            run(path, commands.retrain)


class TestNames:
    def test_a_renamed_sheet_is_found_again(self, trained):
        changed(trained, lambda book: setattr(book["Customers"], "title", "VIP 客户们"))
        assert "20 present customers" in run(trained, commands.refresh).message.en

    def test_a_translated_header_of_the_label_is_found_again(self, shop):
        changed(shop, lambda book: _header(book, 4, "是否流失"))
        assert "60 customers" in run(shop, commands.retrain).message.en

    def test_orders_are_not_left_out_silently_for_a_header_that_nobody_understands(self, tmp_path):
        from sample_books import trained as sample

        book = sample(tmp_path)
        header = book.sheets["Orders"].range("C1")
        assert header.value == "Date"
        header.value = "Who"
        with pytest.raises(SheetError, match=r"sheet Orders has no column “Date”.*Who"):
            commands.retrain(book)
        book.close()

    def test_numbers_of_customers_are_known_whatever_their_title(self, tmp_path):
        from sample_books import trained as sample

        book = sample(tmp_path)
        book.sheets["Customers"].range("A1").value = "Who"
        assert Session(book).company is not None
        book.close()

    def test_a_deleted_feature_is_named(self, trained):
        changed(trained, lambda book: _without_column(book, 3))
        with pytest.raises(SheetError, match="needs the column 'Plan'"):
            run(trained, commands.refresh)

    def test_a_deleted_column_of_ours_comes_back(self, trained):
        changed(trained, lambda book: _without_column(book, 5))
        run(trained, commands.refresh)
        rows = values(trained, "Customers")
        assert set(rows[0][4:]) == {"Churn probability", "Risk", "Churn correction"}

    def test_what_was_typed_into_a_column_of_ours_is_replaced(self, trained):
        before = [row[4] for row in values(trained, "Customers")]
        assert before[4] is None and isinstance(before[6], float)

        def typed(book):
            book["Customers"]["E5"], book["Customers"]["E7"] = "=1+1", "hello"

        changed(trained, typed)
        run(trained, commands.refresh)
        title, *after = [row[4] for row in values(trained, "Customers")]
        assert title == before[0] and after == [
            None if p is None else pytest.approx(p, abs=1e-12) for p in before[1:]
        ]

    def test_a_deleted_model_sheet_is_no_deleted_model(self, trained):
        changed(trained, lambda book: book.remove(book["Model"]))
        assert "20 present customers" in run(trained, commands.refresh).message.en
        run(trained, commands.retrain)
        assert "Model" in openpyxl.load_workbook(trained).sheetnames


class TestOwnResultsUnderAnotherName:
    """A model that learns from its own probabilities looks excellent and knows nothing."""

    def columns(self, path):
        from csm_xl.commands.model_record import model_of
        from csm_xl.commands.session import Session

        book = opened(path)
        try:
            return set(model_of(Session(book))[0].features)
        finally:
            book.close()

    def test_a_renamed_probability_is_not_learned_from(self, trained):
        first = run(trained, commands.retrain).message.en
        changed(trained, lambda book: (_header(book, 5, "My score"), _header(book, 6, "Priority")))
        assert run(trained, commands.retrain).message.en == first
        assert self.columns(trained) == {"Visits", "Plan"}

    def test_a_pasted_copy_is_not_learned_from_though_some_customers_changed_since(self, trained):
        def paste(book):
            sheet = book["Customers"]
            _add_column(book, "Score in June", [sheet.cell(row, 5).value for row in range(2, 62)])
            for row in range(2, 6):
                sheet.cell(row, 2).value += 3

        changed(trained, paste)
        run(trained, commands.retrain)
        assert self.columns(trained) == {"Visits", "Plan"}

    def test_a_column_of_the_owners_with_the_same_words_is_learned_from(self, trained):
        def rated(book):
            _add_column(book, "Priority", ["Low", "High", "Medium", "High"] * 15)

        changed(trained, rated)
        run(trained, commands.retrain)
        assert "Priority" in self.columns(trained)


def test_a_hundred_thousand_customers_are_scored_though_few_are_judged(tmp_path):
    rows = [SHOP[0]] + [
        (
            f"{i:06d}",
            float(i % 17),
            "AB"[i % 2],
            ("yes", "no", None, None)[i % 4] if i < 400 else None,
        )
        for i in range(100_000)
    ]
    path = saved(tmp_path / "big.xlsx", rows)
    outcome = run(path, commands.retrain)
    assert "200 customers" in outcome.message.en
    book = opened(path)
    scores = book.sheets["Customers"].range("E2:E100001").raw_value
    book.close()
    # The hundred who left have none.
    left = [i for i in range(100_000) if i < 400 and i % 4 == 0]
    assert [i for i, (score,) in enumerate(scores) if not isinstance(score, float)] == left


def test_two_workbooks_of_csm_xl_keep_their_own_models(tmp_path):
    one = saved(tmp_path / "one.xlsx", SHOP)
    other = saved(tmp_path / "other.xlsx", [(a, b, c, d) for a, b, c, d in SHOP[:41]])
    first, second = opened(one), opened(other)
    commands.retrain(first)
    commands.retrain(second)
    assert "20 customers scored" in commands.refresh(first).message.en
    assert "13 customers scored" in commands.refresh(second).message.en
    first.close()
    second.close()


def test_cells_that_cannot_be_counted_stop_nobody_and_are_named_by_their_address(tmp_path):
    path = tmp_path / "company.xlsx"
    create(path, "en", company("en", customers=20))
    wrong = {
        ("Orders", "Amount"): "n/a?",
        ("Orders", "Date"): "last week",
        ("Customers", "Start"): "soon",
    }

    def mistype(book):
        for (table, column), cell in wrong.items():
            titles = [title.value for title in book[table][1]]
            book[table].cell(5, titles.index(column) + 1).value = cell

    changed(path, mistype)
    said = " ".join(note.en for note in run(path, commands.build_features).warnings)
    for (table, _), cell in wrong.items():
        assert re.search(rf"{table}![A-Z]+5 “{re.escape(cell)}”", said)


def test_orders_that_cannot_be_read_as_a_whole_are_said_plainly(tmp_path):
    path = tmp_path / "company.xlsx"
    create(path, "en", company("en", customers=20))

    def mistype(book):
        place = [title.value for title in book["Orders"][1]].index("Date") + 1
        for row in range(2, book["Orders"].max_row + 1):
            book["Orders"].cell(row, place).value = "in spring"

    changed(path, mistype)
    with pytest.raises(
        SheetError, match=r"have no date .* in the column Date \(Orders!\w+2 “in spring”"
    ):
        run(path, commands.build_features)


def test_settings_that_were_deleted_are_those_of_a_new_workbook(tmp_path):
    path = tmp_path / "company.xlsx"
    create(path, "en", company("en"))
    changed(path, lambda book: book.remove(book["Settings"]))
    run(path, commands.retrain)
    assert "on the call list" in run(path, commands.refresh).message.en
