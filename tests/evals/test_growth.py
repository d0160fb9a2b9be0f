"""A grown library is a whole one: it opens, is searched and is found to be sound."""

from contextlib import closing
from pathlib import Path

import pytest

from evals.bench_growth import Times
from evals.growth import CHUNKS_OF_DOCUMENT, grow, made_up, material_of
from ingest.generation import Generations
from ingest.library import FILE_NAME, Library
from ingest.publication import check_vectors
from tests.conftest import House


@pytest.mark.model
def test_a_grown_library_holds_the_real_documents_and_made_up_ones_and_is_sound(house: House, tmp_path: Path) -> None:
    chunks = grow(house.config.data_dir, tmp_path / "grown", 40)

    folder = Generations(tmp_path / "grown").folder(1)
    with closing(Library(folder / FILE_NAME)) as library:
        library.check()
        check_vectors(folder, library, 1, None)
        ids = [row.id for row in library.documents()]
        assert (chunks, library.count_chunks()) == (41, 41)
    assert ids == sorted([*house.ids(), "made-up/000000", "made-up/000001", "made-up/000002"])


@pytest.mark.model
def test_a_made_up_document_is_the_same_whenever_it_is_made_and_quotes_itself(house: House) -> None:
    with closing(house.library()) as library:
        material = material_of(library)

    first, again = made_up(material, 7), made_up(material, 7)

    assert first == again
    assert len(first.chunks) == len(first.named) == CHUNKS_OF_DOCUMENT
    text = first.document.text
    assert [text[each.chunk.start : each.chunk.end] for each in first.chunks] == [
        each.chunk.text for each in first.chunks
    ]


def test_percentiles_are_those_of_the_questions() -> None:
    times = Times(clock=tuple(map(float, range(101))), processor=(1.0, 3.0))

    assert (times.percentile(50), times.percentile(95), times.processor_median) == (50.0, 95.0, 2.0)
