"""Requests made up from the API's own description, sent to a real library behind a real port."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

import requests
import schemathesis
from hypothesis import HealthCheck, given, seed
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

from app.api.application import create_api
from app.wiring import build_services
from ingest.types import IngestReport
from tests.app.api.live import live
from tests.app.api.script import settings
from tests.conftest import House

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@contextmanager
def library_served(house: House) -> Iterator[str]:
    """A house's library at an address; only its changes are pretended."""
    own = settings(data_dir=house.config.data_dir, corpus_dir=house.corpus)
    services = replace(
        build_services(own), ingest=lambda paths, options, progress: IngestReport(), remove=lambda id: None
    )
    with live(create_api(own, services)) as address:
        yield address


def described(address: str) -> dict[tuple[str, str], APIOperation]:
    """Every operation that the API describes, by path and method."""
    schema = schemathesis.openapi.from_dict(requests.get(f"{address}/openapi.json", timeout=10).json())
    operations = (result.ok() for result in schema.get_all_operations())
    return {(operation.path, operation.method): operation for operation in operations}


@dataclass(frozen=True)
class Amount:
    """How many requests are made up at a time, and from what."""

    cases: int
    seed: int = 0


def send(operation: APIOperation, mode: GenerationMode, address: str, amount: Amount) -> int:
    """Make requests up, good ones or bad ones, and check what comes back; how many they were.

    Raises:
        BaseExceptionGroup: a response is a 5xx, or not what the description says.
    """
    sent = 0

    @seed(amount.seed)
    @hypothesis_settings(
        max_examples=amount.cases, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(mode))
    def check(case: Case) -> None:
        nonlocal sent
        sent += 1
        case.call_and_validate(base_url=address, checks=CHECKS, timeout=30)

    with suppress(*_impossible(mode)):
        check()
    return sent


def _impossible(mode: GenerationMode) -> tuple[type[Exception], ...]:
    """Where any text will do, there is no bad request to make up."""
    return (Unsatisfiable,) if mode is GenerationMode.NEGATIVE else ()
