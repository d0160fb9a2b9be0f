import pytest

from app.answering.phrasing import in_language, refusal
from app.answering.types import Claim, Verdict
from app.retrieval.languages import Language


@pytest.mark.parametrize(
    ("missing", "language", "sentence"),
    [
        (None, "en", "The documents do not give an answer to this question."),
        ("the date asked for", "en", "The documents do not give the date asked for."),
        ("the date asked for", "fr", "Les documents ne donnent pas la date demandée."),
        ("the date asked for", "ru", "В документах нет запрошенной даты."),
        ("anything about Wakanda", "fr", "Les documents ne donnent pas d'information sur Wakanda."),
        ("the budget of Project 9.", "fr", "Les documents ne donnent pas l'information demandée pour Project 9."),
        ("the budget of Project 9.", "ru", "В документах нет запрошенных сведений для Project 9."),
        (
            "the total budget asked for; 3 of 9 give one",
            "fr",
            "Les documents ne donnent pas le total demandé; 3 of 9 give one.",
        ),
        ("any meeting of this kind (time 2031)", "ru", "В документах нет записей такого рода."),
        ("something else", "fr", "Les documents ne donnent pas de réponse à cette question."),
        (
            "the date asked for; the nearest passage is about Montenegro",
            "ru",
            "В документах нет запрошенной даты; ближайший отрывок — о: Montenegro.",
        ),
    ],
)
def test_a_refusal_is_in_the_language_of_the_question(missing: str | None, language: Language, sentence: str) -> None:
    assert refusal(missing, language) == sentence


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Yes: Kenya joined."),
        ("fr", "Oui : Kenya joined."),
        ("ru", "Да: Kenya joined."),
    ],
)
def test_yes_is_said_in_the_language_of_the_question_and_the_quote_is_kept(language: Language, text: str) -> None:
    assert in_language(Claim("Yes: Kenya joined.", ()), language).text == text


def test_a_verdict_is_in_the_language_of_the_question() -> None:
    verdict = Verdict("none", short_answer="No", coverage="12 projects on file were searched; Not found: Who?")
    assert in_language(verdict, "fr") == Verdict(
        "none", short_answer="Non", coverage="fiches examinées : 12; Introuvable : Who?"
    )


def test_what_is_asked_back_is_in_the_language_of_the_question() -> None:
    asks = "The documents tell of 2 regional secretariats: Central Asia; Gulf. Which one do you mean?"
    told = in_language(Verdict("none", asks=asks), "ru").asks
    assert told == "Региональных секретариатов в документах: 2: Central Asia; Gulf. Что именно вы имеете в виду?"
