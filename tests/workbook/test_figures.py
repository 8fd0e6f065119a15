"""The key figures of a new workbook, calculated as a file, against the metrics themselves."""

import datetime as dt

import numpy as np
import pytest

from csm_xl import metrics, sample
from csm_xl.commands.opening import open_book
from csm_xl.language import LANGUAGES
from csm_xl.metrics import intervals
from csm_xl.ooxml.parts import read_parts
from csm_xl.vocabulary import layout, words
from csm_xl.workbook.build import build
from csm_xl.workbook.figures import KEY_FIGURES
from csm_xl.workbook.normalised_package import with_chart_values

TODAY = sample.TODAY


@pytest.fixture(scope="module", params=LANGUAGES)
def shop(request):
    return sample.company(request.param, customers=60)


@pytest.fixture(scope="module")
def file(shop, tmp_path_factory):
    path = tmp_path_factory.mktemp("figures") / "book.xlsx"
    path.write_bytes(build(shop.lang, shop.tables, shop.settings))
    book = open_book(path)
    book.app.calculate()
    assert not book.impl.calculation_report.kept
    book.save()
    book.close()
    return path


@pytest.fixture(scope="module")
def figures(file, shop):
    """Key of a figure to its value, answers, low and high."""
    book = open_book(file, readonly=True)
    sheet = book.sheets[layout.sheet("dashboard").title.within(shop.lang)]
    rows = sheet.range("B1:F40").raw_value
    book.close()
    titles = {figure.title.within(shop.lang): figure.key for figure in KEY_FIGURES}
    return {titles[row[0]]: row[1:] for row in rows if row[0] in titles}


def ratings(shop):
    cells = [row["rating"] for row in shop.tables["feedback"]]
    return np.array([float(words.LEVELS.key(c) or c) for c in cells])


def days(shop, key):
    epoch = dt.date(1899, 12, 30)
    cells = [row[key] for row in shop.tables["customers"]]
    return np.array([np.nan if c is None else float((c - epoch).days) for c in cells])


def test_satisfaction_is_the_metric_with_students_interval(figures, shop):
    from scipy import stats

    value, answers, low, high = figures["csat"]
    scores = ratings(shop)
    assert answers == len(scores)
    assert value == pytest.approx(metrics.csat_mean(scores), abs=1e-9)
    expected = stats.t.interval(0.95, len(scores) - 1, scores.mean(), stats.sem(scores))
    assert (low, high) == pytest.approx(expected, abs=1e-9)


def test_shares_have_wilsons_interval(figures, shop):
    scores = ratings(shop)
    satisfied = int((scores >= 4).sum())
    value, answers, low, high = figures["positive"]
    expected = intervals.wilson(satisfied, len(scores))
    assert (value, answers) == (pytest.approx(satisfied / len(scores)), len(scores))
    # The sheet takes 1.96 for the normal quantile.
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-5)


def test_the_churn_rate_is_of_those_who_were_there(figures, shop):
    start, left = days(shop, "start"), days(shop, "left_on")
    today = float((TODAY - dt.date(1899, 12, 30)).days)
    for key, period, expected in (
        ("churn", 90, metrics.churn_rate_period),
        ("retention", 365, metrics.retention),
    ):
        value, answers, low, high = figures[key]
        first = today - period
        assert value == pytest.approx(expected(start, left, first, today), abs=1e-9)
        assert answers == ((start <= first) & ~(left < first)).sum()
        assert 0 <= low <= value <= high <= 1


def test_the_net_promoter_score_lies_within_its_interval(figures, shop):
    scores = [r["recommend"] for r in shop.tables["feedback"] if r["recommend"] is not None]
    value, answers, low, high = figures["nps"]
    assert value == pytest.approx(metrics.nps(np.array(scores, float)), abs=1e-9)
    assert answers == len(scores)
    assert -100 <= low < value < high <= 100


def test_figures_of_columns_that_nobody_filled_yet_are_blank_or_zero(figures):
    assert figures["loyalty"][0] in ("", None)
    assert figures["high"][:2] == ("", 0) or figures["high"][:2] == (None, 0)


def test_customers_and_complaints_are_counted(figures, shop):
    left = sum(row["left_on"] is not None for row in shop.tables["customers"])
    assert figures["customers"][:2] == (len(shop.tables["customers"]) - left, 60)
    complaint = words.FEEDBACK_KINDS.word("complaint", shop.lang)
    resolved = words.CASE_STATES.word("resolved", shop.lang)
    complaints = [row for row in shop.tables["feedback"] if row["kind"] == complaint]
    open_ones = sum(row["status"] != resolved for row in complaints)
    assert figures["complaints"][:2] == (open_ones, len(complaints))


def test_ratings_in_words_and_numbers_count_alike(file, shop):
    book = open_book(file, readonly=True)
    sheet = book.sheets[layout.sheet("feedback").title.within(shop.lang)]
    keys = [column.key for column in layout.table("feedback").template]
    place = keys.index("score") + 1
    count = len(shop.tables["feedback"])
    scores = sheet.range((2, place), (1 + count, place)).raw_value
    book.close()
    assert [row[0] for row in scores] == list(ratings(shop))


def test_the_months_of_the_chart_add_up_to_all_answers(file, shop):
    chart = read_parts(with_chart_values(file.read_bytes()))["xl/charts/chart1.xml"].decode()
    answers = chart.split("<val>")[1].split("</val>")[0]
    points = [float(part.split("</v>")[0]) for part in answers.split("<v>")[1:]]
    assert len(points) == 18
    assert sum(points) == len(shop.tables["feedback"])
