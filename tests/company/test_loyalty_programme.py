"""Who brought whom, by whatever the list calls them."""

import pytest

from csm_xl.company.header_table import HeaderTable
from csm_xl.company.loyalty_programme import programme_of
from csm_xl.company.settings import Settings

HEADERS = ["Client", "E-mail", "Phone", "Referred by"]
PEOPLE = [
    ["Ada Fenn", "ada@example.com", "+44 20 7946 0018", None],
    ["Bo Lind", "bo@example.org", "020 7946 0423", None],
    ["Cy Marsh", "cy@example.net", 2079460999, None],
]


def brought(said):
    rows = [*PEOPLE, ["Di Noll", "di@example.com", None, said]]
    found = programme_of(HeaderTable("Clients", None, HEADERS, 1, 1, rows), Settings({}))
    assert found.brought is not None
    return found.brought.tolist()


def test_numbers_of_customers_are_no_feature_and_no_telephone_of_their_own():
    rows = [[1001 + n, f"Client {letter}", None] for n, letter in enumerate("ABCDEF")]
    for n, by in ((2, 1001), (3, 1001), (5, 1002)):
        rows[n][2] = by
    table = HeaderTable("Clients", None, ["No", "Client", "Referred by"], 1, 1, rows)
    assert [one.role for one in table.roles.columns] == ["id", "name", "referred by"]
    found = programme_of(table, Settings({})).brought
    assert found is not None
    assert found.tolist() == [2, 1, 0, 0, 0, 0]
    counted = [[*row[:2], float(n % 3)] for n, row in enumerate(rows)]
    table = HeaderTable("Clients", None, ["No", "Client", "Referred"], 1, 1, counted)
    assert table.roles.columns[2].role == "feature"


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("Ada Fenn", 0),
        (" ADA FENN", 0),
        ("Bo@Example.org", 1),
        ("020 7946 0018", 0),
        ("(020) 79460018", 0),
        ("0044-20-7946-0423", 1),
        ("020 7946 0999", 2),
        (2079460018.0, 0),
        ("a friend", None),
        ("7946", None),
        ("12/05/2024", None),
    ],
)
def test_a_customer_is_known_by_name_mail_and_number_however_written(said, who):
    assert brought(said) == [float(who == i) for i in range(3)] + [0.0]
