"""The examples that need a model, typed into the sample company's workbook, beside its customers."""

import shutil
from pathlib import Path

import pytest

from csm_xl.commands.opening import open_book
from csm_xl.functions import REGISTRY
from csm_xl.reference import MODELS
from csm_xl.vocabulary import layout

WORKBOOK = Path(__file__).resolve().parents[2] / "workbook" / "CSM.xlsm"
NEED_A_MODEL = [
    name for name, one in REGISTRY.items() if any(p.hidden in MODELS for p in one.parameters)
]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """What each example gives in a cell at the right of the table Customers."""
    path = shutil.copy(WORKBOOK, tmp_path_factory.mktemp("examples"))
    book = open_book(path)
    try:
        sheet = book.sheets["Customers"]
        free = len(layout.table("customers").columns) + 2
        for place, name in enumerate(NEED_A_MODEL):
            sheet[1, free + place].formula = REGISTRY[name].example.en
        book.app.calculate()
        assert not book.impl.calculation_report.kept
        return {name: sheet[1, free + i].value for i, name in enumerate(NEED_A_MODEL)}
    finally:
        book.close()


@pytest.mark.parametrize("name", NEED_A_MODEL)
def test_an_example_that_needs_a_model_works_in_the_sample_workbook(results, name):
    if name == "CHURN_REASONS":
        assert "likely to leave" in results[name]
    else:
        assert isinstance(results[name], float) and results[name] > 0
