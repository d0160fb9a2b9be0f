"""Stems are those of the word that was asked for, however many threads ask."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

from app.retrieval.stemming import stem

BEGINNINGS = ("relation", "organis", "hope", "nation", "operat", "train", "feudal", "digit", "electric", "sensit")
ENDINGS = ("al", "ational", "isation", "fulness", "iveness", "ically", "ing", "ality", "ements", "ousness")
WORDS = tuple(map("".join, product(BEGINNINGS, ENDINGS)))


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hurried")
def test_threads_do_not_disturb_each_other():
    alone = [stem(word) for word in WORDS]
    work_anew = stem.__wrapped__
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda _: [work_anew(word) for word in WORDS], range(32)))
    assert together == [alone] * 32


def test_each_language_has_its_own():
    assert (stem("meetings"), stem("reunions", "french"), stem("встречи", "russian")) == ("meet", "reunion", "встреч")
