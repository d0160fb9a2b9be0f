from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.citations import Citer
from app.answering.types import Claim, Evidence, Hit
from app.types import Citation
from ingest.errors import UnknownDocument
from ingest.types import Chunk, Metadata, SourceReference

TEXT = "Kazakhstan joined in 2020. Mongolia joined in 2021.  "
METADATA = Metadata(title="Partners", sources=(SourceReference("List", date="2021-06", url="https://example.org"),))
HIT = Hit(Chunk("c1", "partners", 0, 0, len(TEXT), "Members", 3, TEXT), METADATA, 1.0)


def evidence(start: int, end: int, quote: str | None = None) -> Evidence:
    return Evidence(HIT, start, end, TEXT[start:end] if quote is None else quote)


def text_of(id: str) -> str:
    if id != "partners":
        raise UnknownDocument(id)
    return TEXT


KAZAKHSTAN, MONGOLIA = evidence(0, 26), evidence(27, 51)
UNKNOWN = replace(KAZAKHSTAN, hit=replace(HIT, chunk=replace(HIT.chunk, document_id="gone")))


def test_a_citation_says_where_its_quote_stands() -> None:
    citation = Citation(
        label=1,
        document_id="partners",
        title="Partners",
        url="https://example.org",
        published="2021-06",
        section="Members",
        page=3,
        quote="Mongolia joined in 2021.",
        start=27,
        end=51,
    )
    assert Citer(text_of).cite(Claim("It joined.", (MONGOLIA,))) == ("It joined. [1]", (citation,))


@pytest.mark.parametrize(
    "unsound",
    [
        pytest.param(evidence(0, 26, "Kazakhstan joined in 2021."), id="other words"),
        pytest.param(evidence(1, 27, "Kazakhstan joined in 2020."), id="other place"),
        pytest.param(evidence(0, 0), id="empty"),
        pytest.param(evidence(51, 53), id="white space"),
        pytest.param(evidence(500, 526, "Kazakhstan joined in 2020."), id="behind the end"),
        pytest.param(UNKNOWN, id="unknown document"),
    ],
)
def test_a_claim_whose_quote_is_not_the_documents_own_words_is_dropped(unsound: Evidence) -> None:
    citer = Citer(text_of)
    assert (citer.cite(Claim("It joined.", (unsound,))), citer.citations, citer.refused) == (None, [], 1)


def test_a_claim_stands_on_the_quotes_that_are_sound() -> None:
    citer = Citer(text_of)
    cited = citer.cite(Claim("Both joined.", (UNKNOWN, MONGOLIA)))
    assert cited == ("Both joined. [1]", tuple(citer.citations))
    assert citer.refused == 1


def test_labels_count_in_order_of_first_use_and_the_same_evidence_keeps_its_label() -> None:
    citer = Citer(text_of)
    claims = (Claim("M.", (MONGOLIA,)), Claim("Both.", (KAZAKHSTAN, MONGOLIA, KAZAKHSTAN)), Claim("K.", (KAZAKHSTAN,)))
    cited = [citer.cite(claim) for claim in claims]
    assert [each and (each[0], [c.label for c in each[1]]) for each in cited] == [
        ("M. [1]", [1]),
        ("Both. [2][1]", [2]),
        ("K. [2]", []),
    ]


@given(st.lists(st.lists(st.tuples(st.integers(0, 53), st.integers(0, 53), st.booleans()), min_size=1, max_size=3)))
def test_whatever_is_claimed_every_citation_is_verbatim_and_labels_run_from_one(
    claims: list[list[tuple[int, int, bool]]],
) -> None:
    citer = Citer(text_of)
    for spans in claims:
        citer.cite(Claim("C.", tuple(evidence(a, b, None if sound else "made up") for a, b, sound in spans)))
    assert [citation.label for citation in citer.citations] == list(range(1, len(citer.citations) + 1))
    assert all(TEXT[c.start : c.end] == c.quote and c.quote.strip() for c in citer.citations)
    assert len({(c.start, c.end) for c in citer.citations}) == len(citer.citations)
