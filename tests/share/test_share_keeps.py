"""What an accountant needs stays in the copy, whatever trade and layout a workbook is of."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest
from share.sharing import formulas, same, saved, shared, values

DAY = dt.datetime(2026, 3, 5)

#: Titles and a first row of varied workbooks; what is marked with * must not be there again.
WORKBOOKS = {
    "bakery": [
        ("Date", DAY), ("Invoice no.", "R-2026/001"), ("Article", "Sourdough"), ("Qty", 3), ("Net", 12.5),
        ("VAT rate", 0.07), ("Total", 13.38), ("Payment method", "Cash"), ("*Customer", "Hroswitha Ygg"),
    ],
    "gym": [
        ("Member no.", "M0042"), ("*Member", "Thorvaldo Quist"), ("Joined", DAY), ("Membership", "Gold"),
        ("Monthly fee", 39.0), ("Status", "Active"), ("Visits", 12), ("*Birthday", dt.datetime(1980, 1, 2)),
    ],
    "agency": [
        ("Project no.", "P-17"), ("*Client", "Zwickel Mbeki"), ("Hours", 7.25), ("Rate", 90), ("Billable", "yes"),
        ("Phase", "Design"), ("Due", DAY), ("*Account manager", "Grizelda Ooms"), ("Invoiced", 652.5),
    ],
    "saas": [
        ("customerID", "7590-VHVEG"), ("gender", "Female"), ("SeniorCitizen", 0), ("Partner", "Yes"), ("tenure", 12),
        ("PhoneService", "No"), ("Contract", "Month-to-month"), ("PaymentMethod", "Electronic check"),
        ("MonthlyCharges", 29.85), ("Churn", "No"),
    ],
    "exports": [
        ("Order Name", "#1001"), ("Created at", "2026-03-05 10:11:12"), ("Financial Status", "paid"),
        ("Currency", "EUR"), ("Subtotal", 80.0), ("Taxes", 15.2), ("Total", 95.2), ("Lineitem quantity", 2),
        ("Lineitem sku", "TEA-01"), ("*Billing Name", "Ixchel Brandt"), ("*Billing Zip", "10115"),
        ("Billing Country", "DE"), ("Vendor VAT number", "DE123456789"),
    ],
    "淘宝": [
        ("订单编号", "202603050001"), ("*买家会员名", "翊琰小铺"), ("买家实际支付金额", 128.5), ("订单状态", "交易成功"),
        ("宝贝标题", "龙井茶 250克"), ("宝贝总数量", 2), ("订单付款时间", DAY), ("物流公司", "顺丰速运"), ("*收货地址", "建国路8号3楼"),
    ],
    "培训": [
        ("学号", "S001"), ("*学员", "赵璟霏"), ("课程", "钢琴"), ("课时", 12), ("学费", 2400), ("到期日期", DAY),
        ("状态", "在读"), ("*家长电话", "13800001234"), ("满意度", "非常满意"),
    ],
    "ledger": [
        ("Posting date", DAY), ("Account code", "4000"), ("Debit", 120.0), ("Credit", 0), ("Balance", 120.0),
        ("Cost centre", "Shop"), ("Voucher", "V-9"), ("Reconciled", True), ("*Prepared by", "Odalys Fenn"),
    ],
    "subscriptions": [
        ("Plan", "Pro"), ("MRR", 49.0), ("Start", DAY), ("Renewal date", DAY), ("Seats", 5), ("Discount", 0.1),
        ("Churn probability", 0.25), ("*Contact e-mail", "o.fenn@fennworks.example"), ("Country", "Ireland"),
    ],
    "clinic": [
        ("Visit date", DAY), ("Treatment", "Massage"), ("Duration", 45), ("Fee", 60), ("Paid", "x"),
        ("Rating", 4.5), ("*Patient", "Bartolomea Sz"), ("*Notes", "asked for Odalys again, likes the window seat"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", WORKBOOKS)
def test_numbers_dates_and_statuses_stay_and_people_do_not(name, tmp_path):
    columns = WORKBOOKS[name]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    sheet.append([title.lstrip("*") for title, _ in columns])
    for row in range(1, 9):
        sheet.append([_varied(title, value, row) for title, value in columns])
    book.save(tmp_path / "own.xlsx")
    shared(tmp_path / "own.xlsx", tmp_path / "copy.xlsx")
    copy = values(tmp_path / "copy.xlsx")["Sheet1"]
    for column, (title, _value) in enumerate(columns, 1):
        owner = [sheet.cell(row, column).value for row in range(2, 10)]
        shown = [copy.cell(row, column).value for row in range(2, 10)]
        if title.startswith("*"):
            assert not set(map(str, owner)) & set(map(str, shown)), title
        else:
            assert all(map(same, owner, shown)), (title, shown)
            assert copy.cell(1, column).value == title


def _varied(title: str, value: object, row: int) -> object:
    """Another value in each row, for people and numbers; facts repeat."""
    if title.startswith("*"):
        if isinstance(value, dt.datetime):
            return value + dt.timedelta(days=900 * row)
        return f"{value}{'甲乙丙丁戊己庚辛'[row % 8] if value[0] > 'z' else chr(96 + row)}"
    if isinstance(value, float):
        return value + row
    if isinstance(value, dt.datetime):
        return value + dt.timedelta(days=row)
    return value


def test_what_the_owner_says_on_the_columns_sheet_stands(tmp_path):
    cells = {"A1": "Company", "B1": "VAT number", "C1": "Team", "D1": "Revenue"}
    said = {"A1": "Sheet", "B1": "Column", "C1": "Role", "D1": "In the copy"}
    for row, (company, team) in enumerate(
        [("Ygg AG", "Red"), ("Quist Oy", "Blue"), ("Fenn Ltd", "Red")], 2
    ):
        cells |= {
            f"A{row}": company,
            f"B{row}": f"ATU1234567{row}",
            f"C{row}": team,
            f"D{row}": row,
        }
    said |= {
        "A2": "Clients",
        "B2": "Company",
        "D2": "keep",
        "A3": "Clients",
        "B3": "Team",
        "D3": "blank",
    }
    path = saved(tmp_path / "own.xlsx", {"Clients": cells, "Columns": said})
    shared(path, tmp_path / "copy.xlsx")
    copy = values(tmp_path / "copy.xlsx")["Clients"]
    assert [copy[f"A{row}"].value for row in (2, 3, 4)] == ["Ygg AG", "Quist Oy", "Fenn Ltd"]
    assert copy["B2"].value == "ATU12345672"
    assert [copy[f"C{row}"].value for row in (2, 3, 4)] == [None, None, None]


@pytest.mark.parametrize("copy_title", ["In the copy", "副本中"])
def test_what_the_columns_sheet_quotes_is_no_secret_and_what_is_said_there_counts(
    copy_title, tmp_path
):
    cells = {"A1": "Customer ID", "B1": "Plan", "C1": "Left", "D1": "Team"}
    for row, plan in enumerate(["VIP", "Basic", "VIP"], 2):
        cells |= {f"A{row}": f"C{row:04d}", f"B{row}": plan, f"C{row}": "no", f"D{row}": "Red"}
    ours = {
        "A1": "What the column is.",
        "A3": "Sheet or table", "B3": "Column", "C3": "Role", "D3": "Why", "E3": "Example",
        "F3": copy_title,
        "A4": "Clients", "B4": "Customer ID", "C4": "id", "D4": "its title", "E4": "C0002",
        "A5": "Clients", "B5": "Plan", "C5": "feature", "D5": "its title", "E5": "VIP",
        "A6": "Clients", "B6": "Left", "C6": "left", "D6": "its title", "E6": "no",
        "A7": "Clients", "B7": "Team", "C7": "feature", "D7": "its title", "E7": "Red",
        "F7": "blank",
    }  # fmt: skip
    path = saved(tmp_path / "own.xlsx", {"Clients": cells, "Columns": ours})
    shared(path, tmp_path / "copy.xlsx")
    book = values(tmp_path / "copy.xlsx")
    rows = list(book["Clients"].iter_rows(min_row=2, values_only=True))
    assert rows[0][:3] == ("C0002", "VIP", "no")
    assert [row[3] for row in rows if len(row) > 3 and row[3] is not None] == []
    assert "Columns" not in book.sheetnames


def test_an_owners_own_sheet_called_columns_is_shared_like_any_other(tmp_path):
    sheets = {"Columns": {"A1": "Month", "B1": "Amount", "A2": "May", "B2": 3, "A3": "June"}}
    shared(saved(tmp_path / "own.xlsx", sheets), tmp_path / "copy.xlsx")
    assert values(tmp_path / "copy.xlsx")["Columns"]["B2"].value == 3


def test_a_count_over_names_stays_as_a_value_and_a_count_of_one_name_stays_live(tmp_path):
    cells = {"A1": "Name", "B1": "Orders", "C1": "Of this name"}
    for row, name in enumerate(["Ygg Ooms", "Quist Fenn", "Ygg Brandt", "Ygg Ooms", "Sz Abel"], 2):
        cells |= {f"A{row}": name, f"B{row}": row, f"C{row}": f"=COUNTIF(A$2:A$6,A{row})"}
    cells["E1"] = '=COUNTIF(A2:A6,"Ygg*")'
    path = saved(tmp_path / "own.xlsx", {"Clients": cells})
    shared(path, tmp_path / "copy.xlsx")
    copy = formulas(tmp_path / "copy.xlsx")["Clients"]
    assert copy["E1"].value == 3
    assert copy["C2"].value == "=COUNTIF(A$2:A$6,A2)"
    assert values(tmp_path / "copy.xlsx")["Clients"]["C2"].value == 2
