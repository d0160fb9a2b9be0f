from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.values import Asked, asked
from app.retrieval.languages import ANSWER_WORDS, Language, answer_words, in_english, language_of
from app.retrieval.phrases import LEXICON_DIR

FRENCH = {
    "Quand s’est tenue la 15e table ronde pour l’Asie du Sud-Est ?": (
        "When was the 15th round table for South East Asia held?"
    ),
    "où s'est tenue la quatorzième table ronde": "Where was the 14th round table held?",
    "Quel est le budget du projet 65 ?": "What is the budget of project 65?",
    "Quand le Kazakhstan a-t-il rejoint l'Initiative ?": "When did Kazakhstan join the Initiative?",
    "Le Kazakhstan est-il membre de l'Initiative ?": "Is Kazakhstan member of the Initiative?",
    "Est-ce que la Mongolie a rejoint l'Initiative en 2019 ?": "Did Mongolia join the Initiative in 2019?",
    "Et quand a-t-il rejoint l'Initiative ?": "And when did it join the Initiative?",
    "Combien de pays le projet 35 couvrait-il ?": "How many countries did project 35 cover?",
    "Qui met en oeuvre le projet 48 ?": "Who implements project 48?",
    "Quel document le ministre a-t-il signé à Tachkent ?": "Which document did the minister sign in Tashkent?",
    "Que signifie le sigle PFN ?": "What is the meaning of the abbreviation PFN?",
    "Que signifie NRBC ?": "What is the meaning of CBRN?",
    "budget projet 65": "Budget project 65",
    "Qui a ouvert la réunion du 1er mars 2021 à Alger ?": "Who opened the meeting of the 1 March 2021 in Algiers?",
}
RUSSIAN = {
    "Когда прошла 14-я встреча круглого стола по Центральной Азии?": "When was 14th round table on Central Asia held?",
    "Где состоялась четырнадцатая встреча за круглым столом?": "Where was 14th round table held?",
    "Какой бюджет у проекта 65?": "What is the budget of project 65?",
    "Входит ли Монголия в Инициативу?": "Does Mongolia belong to Initiative?",
    "Присоединился ли Вьетнам к Инициативе?": "Did Viet Nam join Initiative?",
    "А когда она присоединилась?": "And when did it join?",
    "Кто открыл секретариат в Ташкенте в июле 2015 года?": "Who opened secretariat in Tashkent in July 2015?",
    "Сколько стран охватывает проект 61?": "How many countries does project 61 cover?",
    "В каком году был создан секретариат?": "In what year was secretariat established?",
    "Что означает аббревиатура ХБРЯ?": "What is the meaning of CBRN?",
    "Кто такой Бахтиёр Гулямов?": "Who is Bakhtiyor Gulyamov?",
    "кто исполнитель проекта 100?": "Who is implementer of project 100?",
    "Проводились ли учения в Чаде, Того и Мали?": "Was exercise held in Chad, Togo and Mali?",
    "какую роль играет ЮНИКРИ и МАГАТЭ?": "Which role plays UNICRI and IAEA?",
}


@pytest.mark.parametrize(
    ("question", "language"),
    [
        *((question, "fr") for question in FRENCH),
        *((question, "ru") for question in RUSSIAN),
        ("Project 65 budget", "en"),
        ("brunei 2nd nap workshop dates", "en"),
        ("Kazakhstan", "en"),
        ("Institut Pasteur", "en"),
        ("Le Messager", "en"),
        ("Université de Haute-Alsace", "en"),
        ("When did Côte d'Ivoire join?", "en"),
        ("What is the short form of the Secrétariat général de la Défense et de la Sécurité nationale?", "en"),
        ("Who is ЮНИКРИ?", "en"),
        ("", "en"),
        ("?!", "en"),
        ("QUEL EST LE BUDGET DU PROJET 65", "fr"),
    ],
)
def test_the_language_of_a_question_is_told(question: str, language: Language) -> None:
    assert language_of(question) == language


@pytest.mark.parametrize(("question", "english"), [*FRENCH.items(), *RUSSIAN.items()])
def test_a_question_is_put_into_english(question: str, english: str) -> None:
    assert in_english(question) == english


def test_an_english_question_stays_as_it_is() -> None:
    assert in_english("  where was it HELD ?") == "  where was it HELD ?"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("À quelle date la conférence a-t-elle eu lieu ?", Asked.DATE),
        ("В каком году Грузия вступила в Инициативу?", Asked.DATE),
        ("Dans quelle ville se trouve le secrétariat ?", Asked.PLACE),
        ("В какой стране прошли учения?", Asked.PLACE),
        ("Qui dirige le secrétariat d'Alger ?", Asked.PERSON),
        ("Кто возглавляет секретариат?", Asked.PERSON),
        ("Combien de participants ?", Asked.NUMBER),
        ("Сколько человек обучено?", Asked.NUMBER),
    ],
)
def test_the_english_still_asks_for_the_same_kind_of_value(question: str, kind: Asked) -> None:
    assert asked(in_english(question)) == kind


@pytest.mark.parametrize("form", ["Узбекистан", "Узбекистана", "Узбекистане", "Узбекистаном", "узбекистану"])
def test_a_country_is_known_in_every_case(form: str) -> None:
    assert "Uzbekistan" in in_english(f"семинар {form}")


def test_a_russian_name_is_spelt_in_latin_letters() -> None:
    assert in_english("Кто встретил Стипрайса и Тулеубаева?") == "Who met Stipraisa and Tuleubayev?"


def test_numbers_acronyms_and_unknown_words_stay() -> None:
    english = in_english("Quel est le zorglub de 2 000 000,50 pour MediLabSecure et COVID-19 ?")
    assert [word in english for word in ("zorglub", "2 000 000,50", "MediLabSecure", "COVID-19")] == [True] * 4


def test_yes_and_no_are_said_in_the_language_of_the_question() -> None:
    questions = ("Is it?", "Est-ce que le Togo a adhéré ?", "Входит ли Того?")
    assert [answer_words(question) for question in questions] == [ANSWER_WORDS[name] for name in ("en", "fr", "ru")]


@given(
    st.text()
    | st.text("абвгдежзийклё АЯ-0123456789?,«»", max_size=60)
    | st.text("éàç'’ quéstionlaLE-?e14,(", max_size=60)
)
def test_no_text_is_too_strange(text: str) -> None:
    assert isinstance(in_english(text), str)


@given(st.lists(st.sampled_from([word for question in (*FRENCH, *RUSSIAN) for word in question.split()]), max_size=12))
def test_no_order_of_words_is_too_strange(chosen: list[str]) -> None:
    assert isinstance(in_english(" ".join(chosen)), str)


def test_a_question_takes_less_than_two_milliseconds() -> None:
    questions = [*FRENCH, *RUSSIAN]
    for question in questions:
        in_english(question)
    started = perf_counter()
    for question in questions:
        in_english(question)
    assert (perf_counter() - started) / len(questions) < 0.002


@pytest.mark.parametrize("language", ["fr", "ru"])
def test_every_row_of_a_lexicon_has_a_kind_forms_and_english(language: str) -> None:
    rows = (LEXICON_DIR / f"{language}.tsv").read_text(encoding="utf-8").splitlines()
    assert [row for row in rows if row.count("\t") != 2 or not all(row.split("\t")[:2])] == []
