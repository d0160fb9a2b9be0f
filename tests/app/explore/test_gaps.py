"""Questions without an answer are grouped, and documents that nobody was ever pointed to are named."""

from app.explore.gaps import Unanswered, gaps, grouped
from app.types import Answer, Citation
from tests.app.explore.world import document


def answer(question: str, *cited: str) -> Answer:
    citations = tuple(
        Citation(
            label=label,
            document_id=id,
            title=id,
            url=None,
            published=None,
            section="",
            page=None,
            quote="q",
            start=0,
            end=1,
        )
        for label, id in enumerate(cited, start=1)
    )
    return Answer(
        question=question,
        standalone_question=question,
        answer="q [1]" if cited else "The documents do not say.",
        short_answer=None,
        completeness="complete" if cited else "none",
        as_of=None,
        citations=citations,
        reader="extractive",
    )


def test_questions_that_share_most_of_their_words_are_one_group() -> None:
    asked = (
        "What is the budget of Project 77?",
        "The budget of Project 77, please",
        "Who heads the secretariat in Nairobi?",
        "What is the budget of Project 77?",
    )
    assert grouped(asked) == (
        Unanswered(("What is the budget of Project 77?", "The budget of Project 77, please"), 3),
        Unanswered(("Who heads the secretariat in Nairobi?",), 1),
    )


def test_gaps_are_refused_questions_and_documents_that_no_answer_cites() -> None:
    documents = (document("a"), document("b"))
    found = gaps((answer("When?", "a"), answer("What is the weather?")), documents)
    assert (found.answers, found.uncited) == (2, (documents[1],))
    assert [group.questions for group in found.unanswered] == [("What is the weather?",)]


def test_without_answers_nothing_was_asked_in_vain() -> None:
    assert gaps((), (document("a"),)).unanswered == ()
