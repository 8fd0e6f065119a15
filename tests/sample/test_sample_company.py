import datetime as dt
import hashlib
import json
import re

import pytest

from csm_xl import sample
from csm_xl.language import LANGUAGES
from csm_xl.sample.chance import Chance
from csm_xl.vocabulary import layout, words


@pytest.fixture(scope="module", params=LANGUAGES)
def shop(request):
    return sample.company(request.param)


@pytest.fixture(scope="module")
def both():
    return {lang: sample.company(lang) for lang in LANGUAGES}


def digest(company):
    text = json.dumps(company.tables, default=str, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_same_seed_makes_the_same_company_and_another_seed_another():
    assert digest(sample.company("en")) == digest(sample.company("en"))
    assert digest(sample.company("en", seed=1)) != digest(sample.company("en", seed=2))


def test_about_a_fifth_of_two_hundred_customers_left_with_a_date(shop):
    customers = shop.tables["customers"]
    left = [row for row in customers if row["left_on"]]
    assert len(customers) == 200
    assert 0.15 <= len(left) / len(customers) <= 0.25


def test_the_records_cover_eighteen_months(shop):
    days = [row["date"] for row in shop.tables["orders"]]
    assert min(days) >= dt.date(2025, 1, 1)
    assert max(days) <= shop.today == dt.date(2026, 6, 30)
    assert len({(day.year, day.month) for day in days}) == 18


def test_every_column_and_every_word_is_one_of_the_layout(shop):
    for key, rows in shop.tables.items():
        table = layout.table(key)
        for row in rows:
            for column_key, value in row.items():
                column = table.column(column_key)
                assert not column.ours
                if column.words is not None and value:
                    assert value in column.words.within(shop.lang)


def test_keys_are_unique_and_every_row_belongs_to_a_customer(shop):
    tables = shop.tables
    customers = {row["customer_id"] for row in tables["customers"]}
    assert len(customers) == len(tables["customers"])
    for key, column in (("orders", "order_id"), ("feedback", "feedback_id")):
        values = [row[column] for row in tables[key]]
        assert len(set(values)) == len(values)
    for key in ("orders", "feedback", "contacts"):
        assert {row["customer_id"] for row in tables[key]} <= customers
    assert {row["referred_by"] for row in tables["customers"]} - {""} <= customers


def test_nobody_orders_before_the_start_or_after_leaving(shop):
    span = {row["customer_id"]: (row["start"], row["left_on"]) for row in shop.tables["customers"]}
    for row in shop.tables["orders"]:
        start, left = span[row["customer_id"]]
        assert row["date"] >= start
        if row["amount"] > 0:
            assert left is None or row["date"] <= left


def test_refunds_are_negative_and_carry_the_number_of_their_order(shop):
    refund = words.ORDER_KINDS.word("refund", shop.lang)
    orders = {row["order_id"] for row in shop.tables["orders"] if row["kind"] != refund}
    refunds = [row for row in shop.tables["orders"] if row["kind"] == refund]
    assert 20 <= len(refunds) <= 120
    for row in refunds:
        assert row["amount"] < 0
        assert row["order_id"].split("R")[0] in orders


def test_ratings_are_numbers_and_level_words_from_one_to_five(shop):
    ratings = [row["rating"] for row in shop.tables["feedback"]]
    numbers = [rating for rating in ratings if isinstance(rating, int)]
    level_words = [rating for rating in ratings if isinstance(rating, str)]
    assert set(numbers) == {1, 2, 3, 4, 5}
    assert level_words
    assert all(rating in words.LEVELS.within(shop.lang) for rating in level_words)


def test_complaints_have_a_status_and_response_hours_where_answered(shop):
    complaint = words.FEEDBACK_KINDS.word("complaint", shop.lang)
    complaints = [row for row in shop.tables["feedback"] if row["kind"] == complaint]
    assert all(row["status"] for row in complaints)
    hours = [row["response_hours"] for row in complaints if row["response_hours"] is not None]
    assert len(hours) > 0.9 * len(complaints)
    assert all(0 < value <= 240 for value in hours)


def test_some_customers_write_in_the_other_language(shop):
    texts = [row["text"] for row in shop.tables["feedback"] if row["text"]]
    chinese = sum(bool(re.search(r"[\u4e00-\u9fff]", text)) for text in texts)
    share = chinese / len(texts)
    assert 0.01 < (share if shop.lang == "en" else 1 - share) < 0.15


def test_mail_addresses_and_phones_cannot_belong_to_anybody(shop):
    for row in shop.tables["customers"]:
        assert re.fullmatch(r"[a-z.]+\d*@example\.com", row["email"])
        assert re.fullmatch(r"07700 900\d{3}|100\d{8}", row["phone"])
    assert len({row["email"] for row in shop.tables["customers"]}) == 200


def test_both_languages_tell_the_same_story(both):
    english, chinese = both["en"].tables, both["zh"].tables
    for key in ("customers", "orders", "feedback", "contacts"):
        assert len(english[key]) == len(chinese[key])
    for one, other in zip(english["customers"], chinese["customers"], strict=True):
        assert (one["start"], one["left_on"]) == (other["start"], other["left_on"])
    for one, other in zip(english["orders"], chinese["orders"], strict=True):
        assert (one["date"], one["quantity"]) == (other["date"], other["quantity"])


def test_nothing_in_the_chinese_company_is_left_in_english(both):
    for row in both["zh"].tables["customers"]:
        for key in ("name", "company", "city", "source", "plan", "note"):
            assert not re.search(r"[A-Za-z]", row[key])
    for row in both["zh"].tables["orders"]:
        assert not re.search(r"[A-Za-z]", row["kind"] + row["product"])


def test_customers_whose_complaint_was_answered_slowly_leave_more_often():
    company = sample.company("en", customers=800)
    left = {row["customer_id"]: bool(row["left_on"]) for row in company.tables["customers"]}
    worst: dict[str, float] = {}
    for row in company.tables["feedback"]:
        if row["response_hours"]:
            key = row["customer_id"]
            worst[key] = max(worst.get(key, 0.0), row["response_hours"])
    slow = [left[key] for key, hours in worst.items() if hours > 48]
    fast = [left[key] for key, hours in worst.items() if hours < 24]
    assert min(len(slow), len(fast)) > 50
    assert sum(slow) / len(slow) > 1.3 * sum(fast) / len(fast)


def test_leaving_can_be_foreseen_from_behaviour_but_not_for_certain():
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    company = sample.company("en", customers=800)
    cut = dt.date(2026, 3, 31)
    recent = cut - dt.timedelta(days=90)

    def behaviour(key):
        orders = [r["date"] for r in of["orders"].get(key, ()) if r["amount"] > 0]
        visits = of["contacts"].get(key, ())
        ratings = [r["rating"] for r in of["feedback"].get(key, ()) if type(r["rating"]) is int]
        return [
            min((cut - max(orders)).days, 200) if orders else 200,
            sum(day > recent for day in orders),
            sum(day <= recent for day in orders),
            sum((r["times"] or 1) for r in visits if r["date"] > recent),
            sum(ratings) / len(ratings) if ratings else 4.0,
        ]

    of = {}
    for table in ("orders", "contacts", "feedback"):
        of[table] = {}
        for row in company.tables[table]:
            if row["date"] <= cut:
                of[table].setdefault(row["customer_id"], []).append(row)
    features, labels = [], []
    for row in company.tables["customers"]:
        if row["start"] <= recent and not (row["left_on"] and row["left_on"] <= cut):
            features.append(behaviour(row["customer_id"]))
            labels.append(row["left_on"] is not None)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1))
    scores = cross_val_predict(model, features, labels, cv=5, method="predict_proba")[:, 1]
    assert 0.72 < roc_auc_score(labels, scores) < 0.92


def test_a_frame_has_the_keys_of_the_layout_as_columns(shop):
    frame = shop.frame("orders")
    assert list(frame.columns) == [column.key for column in layout.table("orders").owners]
    assert len(frame) == len(shop.tables["orders"])


@pytest.mark.parametrize("count", [0, 901, -1])
def test_an_impossible_number_of_customers_is_refused(count):
    with pytest.raises(ValueError, match="between 1 and 900"):
        sample.company("en", customers=count)


def test_one_customer_is_a_company_too():
    company = sample.company("zh", customers=1)
    assert len(company.tables["customers"]) == 1


def test_draws_follow_their_distributions():
    chance = Chance(7)
    counts = [chance.count(2.5) for _ in range(4000)]
    assert sum(counts) / 4000 == pytest.approx(2.5, abs=0.1)
    normals = [chance.normal() for _ in range(4000)]
    assert sum(normals) / 4000 == pytest.approx(0, abs=0.06)
    assert sum(x * x for x in normals) / 4000 == pytest.approx(1, abs=0.08)
    assert sorted(chance.shuffled(range(30))) == list(range(30))
    assert chance.count(0) == 0
    assert {chance.weighted([("a", 1.0), ("b", 0.0)]) for _ in range(50)} == {"a"}


def test_the_sequence_of_draws_is_the_one_of_record():
    chance = Chance(1)
    assert [chance.below(1000) for _ in range(6)] == [134, 847, 763, 255, 495, 449]
