"""Chunks are exact stretches of their document, one section each, and lose nothing of it."""

from itertools import accumulate, pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking import CHUNK_CHARACTERS, HEADING_SEPARATOR, chunk, embedded_text, passages
from ingest.types import Chunk, Document, Metadata, Section

WORDS = st.text("abcABC.;,жÉ1 \t\n", max_size=60)
BODIES = st.lists(WORDS | st.integers(1, 900).map("x".__mul__), max_size=40).map(" ".join)


def _document(*parts: tuple[str, str]) -> Document:
    """A document of sections (heading, text below it)."""
    lines = [(heading.rpartition(HEADING_SEPARATOR)[2], body) for heading, body in parts]
    texts = [f"{heading}\n{body}\n" if heading else f"{body}\n" for heading, body in lines]
    borders = [0, *accumulate(map(len, texts))]
    return Document(
        id="d",
        origin="corpus",
        path="d.md",
        sha256="",
        metadata=Metadata(title="Title"),
        text="".join(texts),
        sections=tuple(
            Section(heading, start, end, page=number)
            for number, ((heading, _), (start, end)) in enumerate(zip(parts, pairwise(borders), strict=True), start=1)
        ),
    )


def _section_of(document: Document, piece: Chunk) -> Section:
    return next(section for section in document.sections if section.start <= piece.start < section.end)


@given(st.lists(BODIES, min_size=1, max_size=4))
def test_every_chunk_is_an_exact_stretch_of_one_section(bodies: list[str]) -> None:
    document = _document(*((f"Part {number}", body) for number, body in enumerate(bodies)))

    for piece in chunk(document):
        section = _section_of(document, piece)
        assert document.text[piece.start : piece.end] == piece.text
        assert piece.text.strip() == piece.text != ""
        assert len(piece.text) <= CHUNK_CHARACTERS
        assert piece.end <= section.end
        assert (piece.heading, piece.page) == (section.heading, section.page)


@given(st.lists(BODIES, min_size=1, max_size=4))
def test_chunks_are_in_order_and_hold_everything_but_the_headings(bodies: list[str]) -> None:
    document = _document(*((f"Part {number}", body) for number, body in enumerate(bodies)))

    chunks = chunk(document)

    assert [piece.position for piece in chunks] == list(range(len(chunks)))
    assert all(first.end <= second.start for first, second in pairwise(chunks))
    assert "".join("".join(piece.text.split()) for piece in chunks) == "".join("".join(bodies).split())


@given(BODIES)
def test_the_same_document_gives_the_same_chunks_and_no_id_twice(body: str) -> None:
    document = _document(("", body), ("Again", body))

    chunks = chunk(document)

    assert chunk(document) == chunks
    assert len({piece.id for piece in chunks}) == len(chunks)


@pytest.mark.parametrize("heading", ["Sources", "SOURCES", "About this summary", "Annex › References"])
def test_sections_about_the_sources_are_not_indexed(heading: str) -> None:
    document = _document(("Opening", "It met in Rabat."), (heading, "A report of 2021."))

    assert [piece.text for piece in chunk(document)] == ["It met in Rabat."]


@pytest.mark.parametrize("heading", ["Opening", "1. Opening", "What next? Plans", "Title"])
def test_a_heading_is_not_repeated_in_its_chunk(heading: str) -> None:
    assert [piece.text for piece in chunk(_document((heading, "It met.")))] == ["It met."]


def test_a_long_sentence_is_cut_after_commas() -> None:
    clause = "the countries met again in the spring, "
    [first, *_] = chunk(_document(("", clause * 40)))

    assert first.text.endswith("spring,")
    assert len(first.text) > CHUNK_CHARACTERS - len(clause)


def test_words_of_ordinary_length_are_never_cut() -> None:
    body = " ".join(f"word{number}" for number in range(3_000))
    chunks = chunk(_document(("", body)))

    assert [word for piece in chunks for word in piece.text.split()] == body.split()


@pytest.mark.parametrize(
    "piece", ["word ", "x", "Sentence. ", "; ", "\t"], ids=["words", "x", "sentences", ";", "tabs"]
)
def test_a_line_of_three_hundred_kilobytes_is_cut_within_three_seconds(piece: str) -> None:
    document = _document(("", piece * (300_000 // len(piece))))
    started = process_time()

    chunk(document)

    assert process_time() - started < 3.0


@given(st.lists(st.tuples(st.sampled_from(["", "A"]), st.sampled_from(["One.", "Two.", "One. " * 300])), min_size=1))
def test_what_a_document_repeats_is_searched_once(parts: list[tuple[str, str]]) -> None:
    document = _document(*parts)
    chunks = chunk(document)

    searched = passages(document)

    said = [(piece.heading, piece.text) for piece in searched]
    assert set(said) == {(piece.heading, piece.text) for piece in chunks}
    assert len(said) == len(set(said))
    assert [piece for piece in chunks if piece in searched] == list(searched)


def test_the_model_reads_title_and_headings_before_the_passage() -> None:
    [piece] = chunk(_document(("Part › Opening", "It met.")))

    assert embedded_text("Round table", piece) == "Round table › Part › Opening\nIt met."
