"""What a client of the protocol may do, how much at a time, and how it is told what went wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from app.api.journal import note_defect
from app.api.limits import InFlight, Slots
from app.api.problems import internal_error, problem_of
from app.api.rates import Rates
from app.identity.types import LOCAL, Principal, Scope
from ingest.errors import CoeError


class Forbidden(CoeError):
    """A key or account has not the scope that a tool needs."""

    code = "forbidden"
    status = 403


class RateLimited(CoeError):
    """Somebody asks too often."""

    code = "rate_limited"
    status = 429


@dataclass(frozen=True, slots=True)
class Limits:
    """The places and rates that the tools share with every other way of asking."""

    answering: Slots
    reading: Slots
    in_flight: InFlight
    rates: Rates


@dataclass(frozen=True, slots=True)
class _Caller:
    principal: Principal
    rate_name: str | None
    work_name: str | None
    request_id: str


class Admission:
    """Lets a tool work for those who may use it, within the limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    @contextmanager
    def asking(self, context: Context[Any, Any]) -> Iterator[Slots]:
        """Where to hold a place for an answer; an error of the block becomes one that the client is told."""
        caller = _caller(context)
        with _told(caller):
            _check(caller, "ask")
            self._count(caller)
            with self._limits.in_flight.place(caller.work_name):
                yield self._limits.answering

    @contextmanager
    def reading(self, context: Context[Any, Any]) -> Iterator[None]:
        """Hold a place for something quick while the block runs; an error of it becomes one that is told."""
        caller = _caller(context)
        with _told(caller):
            _check(caller, "read")
            with self._limits.reading.hold():
                yield

    def _count(self, caller: _Caller) -> None:
        if caller.rate_name is None:
            return
        allowance = self._limits.rates.count("ask", caller.rate_name)
        if not allowance.is_kept:
            raise RateLimited(allowance.refusal().detail)


def _caller(context: Context[Any, Any]) -> _Caller:
    request = context.request_context.request
    if request is None:  # over stdio: the person who started the process
        return _Caller(LOCAL, None, None, uuid4().hex)
    state = request.state
    return _Caller(state.principal, state.rate_name, state.work_name, state.request_id)


def _check(caller: _Caller, scope: Scope) -> None:
    if not caller.principal.may(scope):
        raise Forbidden(f"This needs the scope {scope!r}, which the key or account does not have.")


@contextmanager
def _told(caller: _Caller) -> Iterator[None]:
    try:
        yield
    except CoeError as error:
        problem = problem_of(error)
    except Exception as error:
        note_defect(error, request_id=caller.request_id)
        problem = internal_error(caller.request_id)
    else:
        return
    # Tools too: what is anticipated of a resource is anticipated of a tool, but not the other way round.
    kind = ResourceNotFoundError if problem.status == HTTPStatus.NOT_FOUND else ResourceError
    raise kind(f"{problem.code}: {problem.detail}")
