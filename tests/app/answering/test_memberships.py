"""Which secretariat serves a country, who is no partner, and everyday ways to ask the catalogue."""

from collections.abc import Callable

import pytest

from app.answering.catalogue_sources import Sources
from app.answering.memberships import Memberships
from app.answering.restated import restated
from app.answering.types import Claim, Verdict
from ingest.library import Library
from tests.app.answering.catalogue_world import build
from tests.conftest import House

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def library(new_house: Callable[[], House]) -> Library:
    return build(new_house()).library()


@pytest.fixture(scope="module")
def memberships(library: Library) -> Memberships:
    return Memberships(library.catalogue, Sources(library))


@pytest.mark.parametrize(
    "question",
    [
        "Which secretariat is Mongolia attached to?",
        "which regional secretariat does Mongolia belong to",
        "Which secretariat covers Mongolia?",
    ],
)
def test_a_country_leads_to_its_secretariat_by_two_quotes(memberships: Memberships, question: str) -> None:
    claim, verdict = memberships.read(question) or ()
    assert isinstance(claim, Claim)
    assert isinstance(verdict, Verdict)
    assert (
        claim.text == "Mongolia is in the region Central Asia, whose Regional Secretariat is in Tashkent, Uzbekistan."
    )
    assert [one.hit.chunk.document_id for one in claim.evidence] == ["partners/mongolia", "secretariats/tashkent"]


@pytest.mark.parametrize("question", ["Is Turkey a partner country?", "is Poland a member of the Initiative"])
def test_a_country_that_is_none_of_the_partners_is_denied_by_the_whole_list(
    memberships: Memberships, question: str
) -> None:
    claim, verdict = memberships.read(question) or ()
    assert isinstance(claim, Claim)
    assert isinstance(verdict, Verdict)
    assert claim.text.startswith("No: ")
    assert claim.text.endswith(" is not a partner country on file: it is none of the 2 listed.")
    assert verdict.short_answer == "No"
    assert [item.text for item in verdict.items] == ["Kazakhstan", "Mongolia"]


@pytest.mark.parametrize(
    "question",
    [
        "Is Mongolia a partner country?",
        "Is Atlantis a partner country?",
        "Is Poland a partner of Project 65?",
        "Which secretariat is Poland attached to?",
        "When did Mongolia join?",
    ],
)
def test_anything_else_is_left_to_others(memberships: Memberships, question: str) -> None:
    assert memberships.read(question) is None


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What happened in Tashkent in 2024?", "Which meetings were held in Tashkent in 2024?"),
        ("Which countries belong to the Tashkent secretariat?", "List the partner countries in Central Asia"),
        (
            "Which countries are served by the regional secretariat in Tashkent?",
            "List the partner countries in Central Asia",
        ),
        ("Who can I contact in Tashkent?", "Who is the head of the Central Asia secretariat?"),
        ("Which countries belong to the Paris secretariat?", None),
        ("Who can I contact in Paris?", None),
        ("What happened at the round table?", None),
    ],
)
def test_an_everyday_question_is_put_into_the_words_of_the_catalogue(
    library: Library, question: str, said: str | None
) -> None:
    assert restated(question, library.catalogue("secretariat")) == said
