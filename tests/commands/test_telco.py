"""A real sheet: 7,043 telephone customers, a fifth of whom the model never learns from."""

import numpy as np
import pytest
from public_data import data_file
from workbooks import opened, values

from csm_xl import commands
from csm_xl.functions.records import unpack

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def telco(tmp_path_factory):
    import pandas as pd

    frame = pd.read_csv(data_file("telco_churn.csv"))
    truth = (frame["Churn"] == "Yes").to_numpy()
    held_out = np.random.default_rng(7).random(len(frame)) < 0.2
    frame.loc[held_out, "Churn"] = None
    path = tmp_path_factory.mktemp("telco") / "telco.xlsx"
    frame.to_excel(path, index=False, sheet_name="客户数据")
    book = opened(path)
    outcome = commands.retrain(book)
    book.save()
    book.close()
    return path, truth, held_out, outcome


def test_customers_never_learned_from_are_ranked_well(telco):
    from sklearn.metrics import roc_auc_score

    path, truth, held_out, _ = telco
    rows = values(path, "客户数据")
    place = rows[0].index("Churn probability")
    chance = np.array([row[place] for row in rows[1:]], dtype=float)
    left = truth & ~held_out
    assert len(chance) == 7043 and (np.isfinite(chance) == ~left).all()
    assert {row[place + 1] for row in rows[1:]} == {"Low", "Medium", "High", "Left"}
    assert roc_auc_score(truth[held_out], chance[held_out]) >= 0.83


def test_the_model_sheet_reports_quality_with_intervals_and_drivers(telco):
    path, *_ = telco
    cells = {str(row[0]): row for row in values(path, "Model") if row and row[0]}
    assert 0.38 < cells["Log-loss"][1] < 0.45
    value, low, high = cells["AUC"][1:4]
    assert low < value < high and 0.82 < value < 0.87
    assert "Contract" in cells and "customerID" not in cells


def test_cumulative_totals_are_not_learned_from_without_dates(telco):
    path, *_, outcome = telco
    model = unpack(values(path, "_csm"))["model"].text
    assert '"TotalCharges"' not in model.split('"meta"')[0]
    assert any("TotalCharges" in warning.en for warning in outcome.warnings)
