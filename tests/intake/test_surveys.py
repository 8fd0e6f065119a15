"""Surveys: which question is the rating, and the words of levels in several languages."""

import pytest

from csm_xl.intake.reading import Asked, open_export, read_intake


def answers(folder, text):
    path = folder / "a.csv"
    path.write_text(text, encoding="utf-8")
    intake = read_intake(open_export(path, Asked("feedback")), Asked("feedback"), {}, "en")
    return [record.values for record in intake.records]


def test_the_question_that_asks_for_everything_is_the_rating_wherever_it_stands(tmp_path):
    (one,) = answers(
        tmp_path,
        "Timestamp,How satisfied are you with our product quality?,How satisfied are you with our service?,"
        '"Overall, how satisfied are you?",How likely are you to recommend us?\n'
        "2026-03-05,Dissatisfied,Neutral,Very satisfied,9/10\n",
    )
    assert (one["functional"], one["service"], one["rating"], one["recommend"]) == (
        2, 3, "Very satisfied", 9,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("Zeitstempel,Wie zufrieden sind Sie insgesamt?,Wie wahrscheinlich ist eine Weiterempfehlung?\n05.03.2026,Sehr zufrieden,9\n", "Very satisfied"),
        ("Date,Quelle est votre satisfaction globale ?,Nous recommanderiez-vous ?\n05.03.2026,Plutôt insatisfait,9\n", "Dissatisfied"),
        ("Fecha,¿Qué tan satisfecho está en general?,¿Nos recomendaría?\n05.03.2026,Satisfecho,9\n", "Satisfied"),
        ("回答日時,総合満足度,友人におすすめしますか\n2026/03/05,どちらでもない,9\n", "Neutral"),
    ],
)  # fmt: skip
def test_levels_in_other_languages_become_those_of_the_workbook(tmp_path, text, rating):
    (one,) = answers(tmp_path, text)
    assert (one["rating"], one["recommend"]) == (rating, 9)


def test_the_unit_of_a_response_time_is_heeded_in_a_known_export_too(tmp_path):
    text = (
        "Ticket ID,Requester email,Subject,Status,Created at,First response time (minutes),Group\n"
        "1,ann@x.example,Broken,solved,2026-03-05 10:00,90,Support\n"
    )
    (one,) = answers(tmp_path, text)
    assert one["response_hours"] == 1.5
