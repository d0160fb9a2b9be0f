"""A server asked and changed for a long time: memory and open files flat, no error, no answer that drifts.

One process serves; two ask the same questions over and over, one adds a document, asks for it and removes it.
"""

import json
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import typer

from tests.conftest import House
from tests.serving import serving

CORPUS = Path(__file__).parents[2] / "docs_corpus"
QUESTIONS = (
    "When did Kazakhstan join the EU CBRN CoE Initiative?",
    "Which countries take part in Project 66?",
    "How many partner countries are there?",
    "all meetings in Central Asia",
    "Where was the 14th round table for Central Asia held?",
    "What does NFP stand for?",
    "What is the Initiative?",
    "What do the regional secretariats do?",
    "What is a national action plan for?",
    "Who won the football world cup?",
    "Quand le Kazakhstan a-t-il adhéré à l'Initiative ?",
)
ASKERS = 2
SAMPLE_SECONDS = 5.0
SETTLING = 0.25
"""Share of the time after which memory and files should not grow any more."""
MOST_GROWTH = 0.05
"""Share of the memory in use then that may be added to it until the end."""
MOST_FILES = 8
UNLIMITED = "1000000/minute"


@dataclass(frozen=True)
class Sample:
    """What the serving process holds."""

    memory: int
    files: int
    threads: int


@dataclass
class Log:
    """What was seen, by everybody at work."""

    answers: dict[str, str] = field(default_factory=dict)
    """What each question was answered first."""
    asked: int = 0
    changes: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    drifted: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def soak(root: Path, minutes: float) -> dict[str, object]:
    """Let a server of the whole corpus work for so long."""
    house = House(root)
    shutil.copytree(CORPUS, house.corpus, dirs_exist_ok=True)
    house.ingest()
    log, ended, numbers = Log(), threading.Event(), count(1)
    with serving(house, ask_rate=UNLIMITED, request_rate=UNLIMITED, max_in_flight="8") as (process, address):
        ask_all(address, log)
        works = [lambda: asking(address, log)] * ASKERS + [lambda: changing(address, log, numbers)]
        with at_work(works, log, ended):
            deadline = time.monotonic() + minutes * 60
            while time.monotonic() < deadline and process.poll() is None:
                log.samples.append(sample(process.pid))
                ended.wait(SAMPLE_SECONDS)
        if process.poll() is not None:
            log.errors[f"the server ended with {process.returncode}"] += 1
    for name, seen in (("error", log.errors), ("drift", log.drifted)):
        for line, times in seen.most_common(10):
            typer.echo(f"    {name}: {times} × {line}", err=True)
    return figures(log, minutes)


def figures(log: Log, minutes: float) -> dict[str, object]:
    """The table's line: medians when things had settled, and at the end."""
    part = max(1, int(len(log.samples) * SETTLING))
    begun, last = log.samples[part : 2 * part], log.samples[-part:]
    memory = [median(each.memory for each in group) / 2**20 for group in (begun, last)]
    files = [int(median(each.files for each in group)) for group in (begun, last)]
    threads = [int(median(each.threads for each in group)) for group in (begun, last)]
    return {
        "minutes": minutes,
        "answers": log.asked,
        "changes of the library": log.changes,
        "memory in MiB": [round(each) for each in memory],
        "open files": files,
        "threads": threads,
        "errors": sum(log.errors.values()),
        "answers drifted": sum(log.drifted.values()),
        "grown": sum((memory[1] > memory[0] * (1 + MOST_GROWTH), files[1] > files[0] + MOST_FILES)),
    }


@contextmanager
def at_work(works: list[Callable[[], Iterator[None]]], log: Log, ended: threading.Event) -> Iterator[None]:
    """Every work going on, step by step, until the block ends; an error is noted and the work goes on."""

    def keep_on(work: Callable[[], Iterator[None]]) -> None:
        while not ended.is_set():
            try:
                for _ in work():
                    if ended.is_set():
                        return
            except Exception as error:  # any at all is a finding
                with log.lock:
                    log.errors[" ".join(f"{type(error).__name__}: {error}".split())] += 1

    threads = [threading.Thread(target=keep_on, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def ask_all(address: str, log: Log) -> None:
    """What every question is answered before anything happens."""
    with httpx.Client(base_url=address, timeout=60.0) as client:
        log.answers = {question: said(client, question) for question in QUESTIONS}


def asking(address: str, log: Log) -> Iterator[None]:
    """Ask the questions again and again."""
    with httpx.Client(base_url=address, timeout=60.0) as client:
        for question in cycle(QUESTIONS):
            answer = said(client, question)
            with log.lock:
                log.asked += 1
                if answer != log.answers[question]:
                    log.drifted[f"{question} {answer} instead of {log.answers[question]}"] += 1
            yield


def said(client: httpx.Client, question: str) -> str:
    """What an answer says and cites."""
    answer = client.post("/api/v1/ask", json={"question": question}).raise_for_status().json()
    cited = [(each["document_id"], each["quote"]) for each in answer["citations"]]
    return json.dumps([answer["answer"], answer["completeness"], cited], ensure_ascii=False)


def changing(address: str, log: Log, numbers: Iterator[int]) -> Iterator[None]:
    """Add a document, ask for what it says, remove it."""
    with httpx.Client(base_url=address, timeout=60.0) as client:
        for number in numbers:
            text = f"# Lighthouses\n\nThe lighthouse keepers of Ushant counted {number} gannets.\n"
            report = done(client, client.post("/api/v1/documents", params={"name": "gannets.md"}, content=text))
            answer = said(client, "How many gannets did the lighthouse keepers of Ushant count?")
            if f"counted {number} gannets" not in answer:
                raise AssertionError(f"not told of {number} gannets: {answer}")
            yield
            done(client, client.delete(f"/api/v1/documents/{report['written'][0]}"))
            with log.lock:
                log.changes += 2
            yield


def done(client: httpx.Client, accepted: httpx.Response) -> dict[str, Any]:
    """Wait for a job to be done; what it reports."""
    job = accepted.raise_for_status().json()
    while job["state"] == "running":
        time.sleep(0.1)
        job = client.get(f"/api/v1/jobs/{job['id']}").raise_for_status().json()
    if job["state"] != "done":
        raise AssertionError(f"{job['action']} failed: {job['error']}")
    report: dict[str, Any] = job["report"]
    return report


def sample(pid: int) -> Sample:
    """Memory in bytes, open files and threads of a process."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines())
    return Sample(
        memory=int(status["VmRSS"].split()[0]) * 1024,
        files=sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()),
        threads=int(status["Threads"]),
    )
