"""Requests made up from the API's own description, good and bad: never a 5xx, nothing that is not described."""

from collections.abc import Callable, Iterator

import pytest
from schemathesis import GenerationMode
from schemathesis.schemas import APIOperation

from app.api.application import OPERATIONS
from tests.app.api.made_up import Amount, described, library_served, send
from tests.conftest import House

FEW = Amount(cases=6)
"""For each operation, of good requests and of bad ones; `make fuzz` makes them up for twenty minutes."""


@pytest.fixture(scope="module")
def address(new_house: Callable[[], House]) -> Iterator[str]:
    with library_served(new_house()) as address:
        yield address


@pytest.fixture(scope="module")
def operations(address: str) -> dict[tuple[str, str], APIOperation]:
    return described(address)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", sorted(OPERATIONS), ids=" ".join)
def test_no_request_that_the_description_suggests_brings_a_defect(
    address: str, operations: dict[tuple[str, str], APIOperation], name: tuple[str, str], mode: GenerationMode
):
    send(operations[name], mode, address, FEW)
