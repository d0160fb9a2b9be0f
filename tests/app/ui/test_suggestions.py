from app.services import Services
from app.types import Answer, Citation, Question
from app.ui.suggestions import suggesting
from ingest.types import Cell, Row


def row(kind: str, id: str, **values: str) -> Row:
    cells = tuple(
        Cell(
            field=field,
            value=value,
            detail=None,
            document_id="partners/kazakhstan",
            section="",
            quote=value,
            start=0,
            end=1,
        )
        for field, value in values.items()
    )
    return Row(kind=kind, id=id, cells=cells)


KAZAKHSTAN = row("partner", "kazakhstan", name="Kazakhstan", joined="2020-11", region="Central Asia")
CITATION = Citation(
    label=1,
    document_id="partners/kazakhstan",
    title="Kazakhstan, partner country",
    url=None,
    published=None,
    section="",
    page=None,
    quote="x",
    start=0,
    end=1,
)
JOINED = "When did Kazakhstan join the Initiative?"
REGION = "Which region does Kazakhstan belong to?"


def answer(question: str, *, reader: str = "catalogue") -> Answer:
    return Answer(
        question=question,
        standalone_question=question,
        answer="Yes [1].",
        short_answer=None,
        completeness="complete",
        as_of=None,
        citations=(CITATION,),
        reader=reader,
    )


class Asked:
    """Answers everything from the catalogue but what it is told not to, and counts."""

    def __init__(self, *unknown: str) -> None:
        self.unknown = unknown
        self.questions: list[str] = []

    def __call__(self, question: Question) -> Answer:
        self.questions.append(question.question)
        return answer(question.question, reader="extractive" if question.question in self.unknown else "catalogue")

    def services(self) -> Services:
        return Services(
            ask=self,
            events=lambda question: iter(()),
            document=lambda id: (_ for _ in ()).throw(LookupError),
            check_ready=lambda: None,
            catalogue=lambda name, filters: (KAZAKHSTAN,) if name == "partners" else (),
        )


def test_questions_are_about_the_record_of_the_cited_document():
    assert suggesting(Asked().services())(answer("x"), frozenset()) == (JOINED, REGION)


def test_what_was_asked_already_is_not_offered():
    assert suggesting(Asked().services())(answer("x"), frozenset({JOINED})) == (REGION,)


def test_what_the_catalogue_cannot_answer_is_not_offered():
    assert suggesting(Asked(JOINED).services())(answer("x"), frozenset()) == (REGION,)


def test_a_question_is_tried_once_for_each_state_of_the_library():
    asked = Asked()
    suggest = suggesting(asked.services())
    suggest(answer("x"), frozenset())
    suggest(answer("y"), frozenset())
    assert asked.questions == [JOINED, REGION]
