"""The benchmark of ingestion compares the same texts, and says what it compared."""

import pytest

from evals.bench_ingest import Round, embedded_texts
from tests.conftest import House


def test_a_ratio_above_one_says_that_ingestion_takes_longer() -> None:
    assert Round(bare=2.0, ingest=3.0).ratio == 1.5


@pytest.mark.model
def test_the_bare_model_is_given_what_ingestion_embeds(house: House) -> None:
    texts = embedded_texts(house.config.data_dir)

    assert len(texts) == 5
    assert "Regional secretariat\nThe secretariat for Central Asia is in Tashkent." in "\n".join(texts)
