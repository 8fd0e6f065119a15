import numpy as np
import pytest

from csm_xl.errors import ScaleError
from csm_xl.language import use_language
from csm_xl.metrics import Stage, Thresholds, lifecycle

BLANK = np.nan


@pytest.mark.parametrize(
    ("tenure", "silence", "now", "before", "stage"),
    [
        (0, BLANK, 0, 0, Stage.EXPLORATION),
        (BLANK, BLANK, 0, BLANK, Stage.EXPLORATION),
        (0, 0, 1, 0, Stage.TRIAL),
        (1, 1, 0, 0, Stage.TRIAL),
        (30, 5, 3, 9, Stage.TRIAL),
        (31, 5, 3, 9, Stage.DECLINE),
        (400, 91, 9, 9, Stage.DECLINE),
        (400, 90, 9, 9, Stage.MATURITY),
        (400, 10, 4, 8, Stage.MATURITY),
        (400, 10, 3.99, 8, Stage.DECLINE),
        (400, 10, 12, 10, Stage.MATURITY),
        (400, 10, 12.01, 10, Stage.GROWTH),
        (400, 10, 1, 0, Stage.GROWTH),
        (400, 10, 0, 0, Stage.MATURITY),
        (400, BLANK, 0, 0, Stage.DECLINE),
        (BLANK, 10, 5, 5, Stage.MATURITY),
    ],
)
def test_the_first_rule_that_holds_gives_the_stage(tenure, silence, now, before, stage):
    assert lifecycle([tenure], [silence], [now], [before]).checked().tolist() == [stage]


def test_thresholds_move_the_borders():
    lenient = Thresholds(trial_days=10, silent_days=200, decline_ratio=0.1, growth_ratio=3)
    stages = lifecycle([20, 400, 400], [20, 150, 5], [1, 1, 2], [1, 2, 1], lenient).checked()
    assert stages.tolist() == [Stage.MATURITY] * 3


def test_a_blank_row_has_no_stage():
    assert lifecycle(BLANK, BLANK, BLANK, BLANK).checked().tolist() == [0]


def test_a_start_in_the_future_is_a_problem_of_its_row_only():
    rows = lifecycle([-5, 400], [1, 10], [1, 5], [1, 5])
    assert isinstance(rows.problems[0], ScaleError)
    assert rows.values.tolist() == [0, Stage.MATURITY]


def test_stages_have_names_in_both_languages():
    with use_language("zh"):
        assert [str(stage.label) for stage in Stage] == [
            "探索期",
            "试用期",
            "成长期",
            "成熟期",
            "衰退期",
        ]
    with use_language("en"):
        assert str(Stage.DECLINE.label) == "Decline"
