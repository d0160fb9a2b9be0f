"""Many people at once: nobody is refused, and everybody is told about what they asked themselves: `make users`.

Each person asks about a country of their own, in turns by every route, with a moment to read in between. What they are
told under load must be, word for word, what they were told when nobody else asked.
"""

import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic, perf_counter

import httpx
from rich.console import Console
from rich.table import Table

from app.client import Client, ClientError
from app.types import Answer, Timings, Turn

JOINED = "When did {} join the EU CBRN CoE Initiative?"
FOLLOW_UP = "And in which region is it?"
USERS = 32
SECONDS = 120.0
READING_SECONDS = 2.0
READY_SECONDS = 120.0

_READY = re.compile(r"ready at (http://\S+)")


class Mixed(Exception):
    """Somebody was told something else than what they asked for."""


@dataclass(frozen=True, slots=True)
class Person:
    """One who asks about a country, and what they are told when nobody else asks."""

    country: str
    first: Answer
    second: Answer

    @property
    def history(self) -> tuple[Turn, ...]:
        """The conversation that the second question ends."""
        return (Turn(question=self.first.question, answer=self.first.answer),)


@dataclass(frozen=True, slots=True)
class Timing:
    """One request: how long it took and, unless all was well, what went wrong."""

    route: str
    seconds: float
    wrong: str | None


@dataclass(frozen=True, slots=True)
class Load:
    """Everything that was asked in some time."""

    seconds: float
    timings: tuple[Timing, ...]

    @property
    def wrong(self) -> tuple[str, ...]:
        """What went wrong."""
        return tuple(f"{each.route}: {each.wrong}" for each in self.timings if each.wrong)

    @property
    def per_second(self) -> float:
        """Requests answered in a second."""
        return len(self.timings) / self.seconds

    def of(self, route: str) -> "Load":
        """The same of one route."""
        return replace(self, timings=tuple(each for each in self.timings if each.route == route))

    def percentile(self, share: float) -> float:
        """Seconds that this share of the requests stayed within."""
        ordered = sorted(each.seconds for each in self.timings)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def people(client: Client, count: int) -> tuple[Person, ...]:
    """Persons with different countries; where there are fewer countries, several ask about the same."""
    listed = client.catalogue("partners", limit=count)
    countries = [record.values["name"][0] for record in listed.records]
    known = [_alone(client, country) for country in countries]
    return tuple(known[number % len(known)] for number in range(count))


def measure(address: str, persons: Sequence[Person], seconds: float, *, reading: float = READING_SECONDS) -> Load:
    """Let everybody ask until the time is over."""
    timings: list[Timing] = []
    over = monotonic() + seconds

    def use(person: Person, start: int) -> None:
        with Client(address, tries=1) as client:
            number = start
            while monotonic() < over:
                timings.append(_timed(tuple(STEPS)[number % len(STEPS)], client, person, address))
                number += 1
                ended.wait(reading)

    ended = threading.Event()
    threads = [threading.Thread(target=use, args=(person, start)) for start, person in enumerate(persons)]
    started = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(perf_counter() - started, tuple(timings))


def _alone(client: Client, country: str) -> Person:
    first = client.ask(JOINED.format(country))
    person = Person(country, _untimed(first), first)
    second = client.ask(FOLLOW_UP, history=person.history)
    if country not in second.standalone_question:
        raise Mixed(f"asked alone, {FOLLOW_UP!r} after {country} was read as {second.standalone_question!r}")
    return replace(person, second=_untimed(second))


def _timed(route: str, client: Client, person: Person, address: str) -> Timing:
    started = perf_counter()
    try:
        STEPS[route](client, person, address)
        wrong = None
    except (Mixed, ClientError, httpx.HTTPError) as error:
        wrong = f"{type(error).__name__}: {error}"
    return Timing(route, perf_counter() - started, wrong)


def _ask(client: Client, person: Person, address: str) -> None:
    _check_same(client.ask(JOINED.format(person.country)), person.first)


def _follow_up(client: Client, person: Person, address: str) -> None:
    _check_same(client.ask(FOLLOW_UP, history=person.history), person.second)


def _stream(client: Client, person: Person, address: str) -> None:
    *_, last = client.stream(JOINED.format(person.country))
    _check_same(last, person.first)


def _complete(client: Client, person: Person, address: str) -> None:
    said = [
        {"role": "user", "content": person.first.question},
        {"role": "assistant", "content": person.first.answer},
        {"role": "user", "content": FOLLOW_UP},
    ]
    body = {"model": "coe-assistant", "messages": said}
    response = httpx.post(f"{address}/v1/chat/completions", json=body, timeout=60)
    if response.is_error:
        raise ClientError(response.json()["code"], response.json()["detail"])
    _check_same(Answer.model_validate(response.json()["answer"]), person.second)


def _search(client: Client, person: Person, address: str) -> None:
    if not client.search(person.country, country=person.country):
        raise Mixed(f"no passage names {person.country}")


def _catalogue(client: Client, person: Person, address: str) -> None:
    listed = client.catalogue("partners", country=person.country)
    if person.country not in [name for record in listed.records for name in record.values["name"]]:
        raise Mixed(f"the list of {person.country} does not name it")


def _document(client: Client, person: Person, address: str) -> None:
    for citation in person.first.citations[:1]:
        text = client.document(citation.document_id).text
        if text[citation.start : citation.end] != citation.quote:
            raise Mixed(f"{citation.document_id} is another document")


STEPS: Mapping[str, Callable[[Client, Person, str], None]] = {
    "ask": _ask,
    "search": _search,
    "conversation": _follow_up,
    "catalogue": _catalogue,
    "stream": _stream,
    "document": _document,
    "chat completion": _complete,
}
"""What people do in turns."""


def _check_same(told: object, expected: Answer) -> None:
    if not isinstance(told, Answer) or _untimed(told) != expected:
        raise Mixed(f"asked {expected.standalone_question!r}, told {told!r}")


def _untimed(answer: Answer) -> Answer:
    return answer.model_copy(update={"timings_ms": Timings()})


@contextmanager
def serving() -> Iterator[str]:
    """Run `coe serve` with the settings of this process, on a free port."""
    command = [str(Path(sys.executable).with_name("coe")), "serve", "--port", "0"]
    with (
        TemporaryFile("w+", encoding="utf-8") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, encoding="utf-8") as process,
    ):
        impatient = threading.Timer(READY_SECONDS, process.terminate)
        impatient.start()
        try:
            ready = _READY.search(process.stdout.readline()) if process.stdout else None
            impatient.cancel()
            if ready is None:
                log.seek(0)
                raise RuntimeError(f"The server did not become ready: {log.read()}")
            yield ready[1]
        finally:
            process.terminate()


def main(users: int, seconds: float, console: Console) -> int:
    """Serve the library of this machine to many people; 1 when one of them was refused or mixed up with another."""
    with serving() as address:
        with Client(address) as client:
            persons = people(client, users)
        countries = len({each.country for each in persons})
        console.print(f"{users} people, {countries} countries, {os.cpu_count()} processors")
        load = measure(address, persons, seconds)
    console.print(_table(load))
    for wrong, times in Counter(load.wrong).most_common():
        console.print(f"{times} × {wrong}", markup=False)
    busy = os.getloadavg()[0]
    summary = f"{len(load.timings)} requests, {len(load.wrong)} wrong, {load.per_second:.1f} a second"
    console.print(f"{summary}; load of the machine in the last minute: {busy:.1f}")
    return 1 if load.wrong else 0


def _table(load: Load) -> Table:
    table = Table("route", "requests", "p50 s", "p95 s", "longest s")
    for route in STEPS:
        part = load.of(route)
        if part.timings:
            times = (f"{part.percentile(share):.2f}" for share in (0.5, 0.95, 1))
            table.add_row(route, str(len(part.timings)), *times)
    return table


if __name__ == "__main__":
    chosen = dict(enumerate(sys.argv))
    sys.exit(main(int(chosen.get(1, USERS)), float(chosen.get(2, SECONDS)), Console()))
