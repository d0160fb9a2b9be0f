from app.answering.types import Hit
from evals.training.catalogue import Asked, examples, questions
from ingest.types import Cell, Chunk, Metadata, Row

TEXT = "The seminar took place in Oslo on 3 June 2021. Forty people attended."
QUOTE = "The seminar took place in Oslo on 3 June 2021."


def cell(field: str, value: str, document: str = "meetings/seminar") -> Cell:
    return Cell(field, value, None, document, "", 0, len(QUOTE), QUOTE)


def row(*cells: Cell) -> Row:
    return Row("meeting", "seminar", (cell("name", "the seminar"), *cells))


def hit(text: str = TEXT, document: str = "meetings/seminar") -> Hit:
    return Hit(Chunk("c", document, 0, 0, len(text), "", None, text), Metadata(title="Seminar"), 1.0)


def everything(document: str) -> bool:
    return True


def test_what_a_record_says_is_asked_and_answered_from_its_quote() -> None:
    asked = next(one for one in questions([row(cell("city", "Oslo"))], everything, 1) if one.field == "city")
    assert "the seminar" in asked.question
    (example,) = examples(asked, [hit()], everything, 1)
    assert [example.text[start:end] for start, end in example.answers] == ["Oslo"]


def test_a_date_is_found_in_the_words_of_the_quote() -> None:
    asked = Asked("when was the seminar held?", row(), "start", (cell("start", "2021-06-03"),))
    (example,) = examples(asked, [hit()], everything, 1)
    assert [example.text[start:end] for start, end in example.answers] == ["3 June 2021"]


def test_what_no_document_says_is_answered_by_none_of_its_passages() -> None:
    silent = Asked("what was the venue of the seminar?", row(), "venue", ())
    (example,) = examples(silent, [hit()], everything, 1)
    assert example.answers == ()
    assert example.is_relevant


def test_a_passage_that_might_say_it_after_all_teaches_nothing() -> None:
    assert not list(examples(Asked("how many attended?", row(), "participants", ()), [hit()], everything, 1))


def test_nothing_is_learned_from_documents_kept_apart() -> None:
    assert not list(questions([row(cell("city", "Oslo"))], lambda document: False, 1))
    asked = Asked("where was the seminar?", row(), "city", (cell("city", "Oslo"),))
    assert not list(examples(asked, [hit(), hit("Rome was far.", "other")], lambda document: False, 1))
