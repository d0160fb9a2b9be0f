import re
import tomllib

import pytest
from starlette.requests import HTTPConnection

from app.ui.languages import language_of
from app.ui.words import HERE, LANGUAGES, preferred, words_in


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_with_the_same_blanks(language: str):
    english, other = words_in("en").table, words_in(language).table
    assert set(other) == set(english)
    blanks = {key: (_blanks(english[key]), _blanks(other[key])) for key in english}
    assert {key: pair for key, pair in blanks.items() if pair[0] != pair[1]} == {}


def test_no_word_of_a_part_stands_in_two_of_its_files():
    files = {path: path.read_text(encoding="utf-8") for path in HERE.rglob("*.toml")}
    said = [(path.relative_to(HERE).parts[0], key) for path, text in files.items() for key in tomllib.loads(text)]
    assert len(said) == len(set(said)) == len(words_in("en").table)


def _blanks(text: str) -> list[str]:
    return sorted(re.findall(r"\{[^}]*\}", text.split(" | ")[0]))


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("en", 1, "1 document"),
        ("en", 0, "0 documents"),
        ("fr", 0, "0 document"),
        ("fr", 2, "2 documents"),
        ("ru", 1, "1 документ"),
        ("ru", 3, "3 документа"),
        ("ru", 11, "11 документов"),
        ("ru", 22, "22 документа"),
    ],
)
def test_counted_words_take_the_form_of_their_number(language: str, number: int, said: str):
    assert words_in(language).counted("ask.documents", number) == said


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("de, ru;q=0.7, en;q=0.8", "en"),
        ("ru;q=0", "en"),
        ("*", "en"),
        ("fr;q=none", "en"),
        (";;,,q=", "en"),
    ],
)
def test_the_language_is_the_best_liked_one_there_is(accepted: str, language: str):
    assert preferred(accepted) == language


@pytest.mark.parametrize(("cookie", "language"), [("ru", "ru"), ("de", "fr"), ("", "fr")])
def test_the_language_chosen_comes_before_the_accepted_ones(cookie: str, language: str):
    headers = [(b"accept-language", b"fr"), (b"cookie", f"language={cookie}".encode())]
    assert language_of(HTTPConnection({"type": "http", "headers": headers})) == language
