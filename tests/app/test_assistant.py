from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from langchain_core.runnables import Runnable

from app.answering.llm import ReaderFailed
from app.answering.types import Claim, Evidence, Hit, Reader, Verdict
from app.assistant import NEAREST, Assistant, Parts, as_question
from app.retrieval.query import Query
from app.retrieval.search import Found
from app.types import Answer, Claimed, Finished, Nearest, Question, Retrieved, Timings, Turn, Understood
from ingest.errors import InvalidQuestion
from ingest.types import Chunk, Metadata, SourceReference

TEXTS = {
    "kz": "Kazakhstan joined in 2020.",
    "mn": "Mongolia joined in 2021.",
    "undated": "Georgia is a partner.",
    "last": "Kenya is a partner.",
}
DATES = {"kz": "2021-06", "mn": "2022-01-05"}
QUESTION = "When did Kazakhstan join?"


def hit(id: str) -> Hit:
    text = TEXTS[id]
    sources = (SourceReference("List", date=DATES.get(id)),)
    return Hit(Chunk(f"{id}-1", id, 0, 0, len(text), "", None, text), Metadata(title=f"On {id}", sources=sources), 1.0)


def said(*ids: str, quote: str | None = None) -> Claim:
    evidence = tuple(Evidence(hit(id), 0, len(TEXTS[id]), quote or TEXTS[id]) for id in ids)
    return Claim(f"About {' and '.join(ids)}.", evidence)


def search(question: str, limit: int) -> Found:
    return Found(Query(question, ()), tuple(map(hit, TEXTS))[:limit])


@dataclass(frozen=True)
class Scripted:
    """A reader that yields these steps and then, where there is a cause, fails."""

    steps: tuple[Claim | Verdict, ...]
    name: str = "extractive"
    failure: str | None = None

    def read(self, question: str, hits: Sequence[Hit]) -> Iterator[Claim | Verdict]:
        yield from self.steps
        if self.failure:
            raise ReaderFailed(self.failure)


COMPLETE = Scripted((said("kz"), said("kz", "undated"), Verdict("complete", short_answer="2020")))


def assistant(reader: Reader = COMPLETE, llm: Reader | None = None) -> Assistant:
    return Assistant(lambda: Parts(search=search, text_of=TEXTS.__getitem__, extractive=lambda: reader, llm=llm))


def untimed(answer: Answer) -> Answer:
    return answer.model_copy(update={"timings_ms": Timings()})


@pytest.mark.parametrize(
    "asked", [QUESTION, {"question": QUESTION}, Question(question=QUESTION)], ids=["text", "mapping", "question"]
)
def test_a_question_may_be_asked_in_every_form(asked: str | dict[str, str] | Question) -> None:
    answer = assistant().invoke(asked)
    assert (answer.question, answer.answer, answer.short_answer, answer.completeness, answer.reader) == (
        QUESTION,
        "About kz. [1] About kz and undated. [1][2]",
        "2020",
        "complete",
        "extractive",
    )
    assert [(citation.label, citation.quote) for citation in answer.citations] == [
        (1, TEXTS["kz"]),
        (2, TEXTS["undated"]),
    ]


def test_a_batch_is_answered_in_order() -> None:
    questions = ["One?", "Two?", "Three?"]
    assert [answer.question for answer in assistant().batch(questions)] == questions


def test_the_assistant_is_one_step_of_a_chain() -> None:
    chain = assistant() | (lambda answer: answer.short_answer)
    assert (isinstance(assistant(), Runnable), chain.invoke(QUESTION)) == (True, "2020")


def test_events_come_in_order_and_end_with_the_whole_answer() -> None:
    *steps, last = assistant().events(Question(question=QUESTION))
    assert isinstance(last, Finished)
    first, second = last.answer.citations
    assert steps == [
        Understood(standalone_question=QUESTION),
        Retrieved(passages=4, titles=("On kz", "On mn", "On undated", "On last")),
        Claimed(text="About kz. [1]", citations=(first,)),
        Claimed(text="About kz and undated. [1][2]", citations=(second,)),
    ]
    assert untimed(last.answer) == untimed(assistant().invoke(QUESTION))


def test_a_follow_up_is_understood_from_the_conversation() -> None:
    history = [{"question": QUESTION, "answer": "In 2020."}]
    answer = assistant().invoke({"question": "And Mongolia?", "history": history})
    assert (answer.question, answer.standalone_question) == ("And Mongolia?", "When did Mongolia join?")


def test_a_model_that_fails_is_replaced_and_the_answer_says_why() -> None:
    broken = Scripted((said("mn"),), name="openai:some", failure="no connection")
    answer = assistant(llm=broken).invoke(QUESTION)
    alone = untimed(assistant().invoke(QUESTION))
    reader = "extractive (openai:some failed: no connection)"
    assert untimed(answer) == alone.model_copy(update={"reader": reader})


def test_a_model_that_works_answers_alone() -> None:
    model = Scripted((said("mn"), Verdict("complete")), name="openai:some")
    answer = assistant(llm=model).invoke(QUESTION)
    assert (answer.answer, answer.reader) == ("About mn. [1]", "openai:some")


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        pytest.param((Verdict("none"),), "an answer to this question", id="nothing found"),
        pytest.param((Verdict("none", missing="the date asked for."),), "the date asked for", id="named"),
        pytest.param((said("kz"), Verdict("none", "2020")), "an answer to this question", id="taken back"),
        pytest.param(
            (said("kz", quote="made up"), Verdict("complete", "2020")), "an answer to this question", id="false"
        ),
    ],
)
def test_a_refusal_names_the_nearest_documents_and_cites_nothing(steps: tuple[Claim | Verdict, ...], text: str) -> None:
    answer = assistant(Scripted(steps)).invoke(QUESTION)
    nearest = tuple(
        Nearest(document_id=id, title=f"On {id}", url=None, published=DATES.get(id)) for id in list(TEXTS)[:NEAREST]
    )
    assert untimed(answer) == Answer(
        question=QUESTION,
        standalone_question=QUESTION,
        answer=f"The documents do not give {text}.",
        short_answer=None,
        completeness="none",
        as_of=None,
        nearest=nearest,
        reader="extractive",
    )


def test_an_answer_of_which_a_quote_was_refused_is_partial() -> None:
    answer = assistant(Scripted((said("kz"), said("mn", quote="made up"), Verdict("complete")))).invoke(QUESTION)
    assert (answer.answer, answer.completeness) == ("About kz. [1]", "partial")


@pytest.mark.parametrize(
    ("ids", "as_of"),
    [
        pytest.param(("mn", "kz", "undated"), "2022-01-05", id="newest"),
        pytest.param(("undated",), None, id="no date"),
    ],
)
def test_an_answer_holds_as_of_its_newest_source(ids: tuple[str, ...], as_of: str | None) -> None:
    assert assistant(Scripted((said(*ids), Verdict("complete")))).invoke(QUESTION).as_of == as_of


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        pytest.param("", "The question is empty.", id="empty"),
        pytest.param(" \n", "The question is empty.", id="white space"),
        pytest.param("a" * 10_000, "The question is longer than 4,000 characters.", id="too long"),
        pytest.param({}, "The field 'question' is not right: Field required.", id="no question"),
        pytest.param(
            {"question": "Who?", "mood": 1},
            "The field 'mood' is not right: Extra inputs are not permitted.",
            id="unknown field",
        ),
    ],
)
def test_what_is_no_question_is_refused_in_one_sentence(asked: str | dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidQuestion) as caught:
        assistant().invoke(asked)
    assert str(caught.value) == sentence


def test_a_mapping_becomes_a_question_with_its_history() -> None:
    turn = {"question": "Who?", "answer": "She."}
    assert as_question({"question": " When? ", "history": [turn]}) == Question(
        question="When?", history=(Turn(question="Who?", answer="She."),)
    )
