"""Requests made up from the API's own description, good and bad: never a 5xx, nothing that is not described."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.generation.case import Case
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.api.application import OPERATIONS, create_api
from app.wiring import build_services
from ingest.types import IngestReport
from tests.app.api.live import live
from tests.app.api.script import settings
from tests.conftest import House

CASES = 6
"""For each operation, of good requests and of bad ones; `schemathesis run` makes as many as one has time for."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def address(new_house: Callable[[], House]) -> Iterator[str]:
    """A real library behind a real port; only its changes are pretended."""
    house = new_house()
    own = settings(data_dir=house.config.data_dir, corpus_dir=house.corpus)
    services = replace(
        build_services(own), ingest=lambda paths, options, progress: IngestReport(), remove=lambda id: None
    )
    with live(create_api(own, services)) as address:
        yield address


@pytest.fixture(scope="module")
def described(address: str) -> dict[tuple[str, str], APIOperation]:
    schema = schemathesis.openapi.from_dict(requests.get(f"{address}/openapi.json", timeout=10).json())
    operations = (result.ok() for result in schema.get_all_operations())
    return {(operation.path, operation.method): operation for operation in operations}


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", sorted(OPERATIONS), ids=" ".join)
def test_no_request_that_the_description_suggests_brings_a_defect(
    address: str, described: dict[tuple[str, str], APIOperation], name: tuple[str, str], mode: GenerationMode
):
    operation = described[name]

    @hypothesis_settings(
        max_examples=CASES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(mode))
    def check(case: Case) -> None:
        case.call_and_validate(base_url=address, checks=CHECKS, timeout=30)

    with suppress(*_impossible(mode)):
        check()


def _impossible(mode: GenerationMode) -> tuple[type[Exception], ...]:
    """Where any text will do, there is no bad request to make up."""
    return (Unsatisfiable,) if mode is GenerationMode.NEGATIVE else ()
