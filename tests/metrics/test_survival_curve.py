import numpy as np
import pytest

from csm_xl.metrics import kaplan_meier


def test_kaplan_meier_of_the_leukaemia_trial():
    # Remission weeks under 6-MP, Freireich et al. 1963; the published curve of Cox & Oakes 1984.
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    ended = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    curve = kaplan_meier(weeks, ended)
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.still.round(4).tolist() == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve.quantile(0.5) == 23
    assert np.isnan(curve.quantile(0.9))
    assert curve.ended_within(12) == pytest.approx(1 - 0.7529, abs=5e-5)
    assert curve.ended_within(5) == 0.0
    assert curve.longest == 35
