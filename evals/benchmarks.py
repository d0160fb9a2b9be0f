"""Every figure of speed in one run, as Markdown: `make bench`."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import TypeVar

import httpx
from rich.console import Console

from app.settings import Settings
from evals import bench_growth, bench_ingest, bench_peers
from evals.cases import load_cases
from evals.growth import grow
from evals.markdown import table
from ingest.embedding import EMBEDDED_MODEL
from ingest.pipeline import IngestConfig, ingest

SIZES = (1_000, 5_000, 10_000, 100_000)
"""Chunks; a million takes hours to build and is asked for with `sizes=1000000`."""
QUESTIONS = 60
STARTS = 5
_LOOK_SECONDS = 0.01

_Result = TypeVar("_Result")


def main(sizes: Sequence[int], console: Console) -> None:
    """Measure start, ingestion, growth and peers, one after the other."""
    console.print(f"{os.cpu_count()} processors", markup=False)
    _tell(console, "Start", table(("step", "seconds"), starts()))
    console.print("\n## Ingestion against bare encoding\n", markup=False)
    bench_ingest.compare(bench_ingest.CORPUS, bench_ingest.ROUNDS, console)
    _tell(console, "Growth", bench_growth.as_markdown([_grown(size) for size in sizes]))
    compared, cases = zip(*bench_peers.compare(), strict=True)
    _tell(console, "Peers", bench_peers.as_markdown(compared, cases[0]))


def starts() -> list[tuple[str, str]]:
    """The help, and a server until it answers at all and until it can answer questions."""
    helped = min(_seconds([_coe(), "--help"]) for _ in range(STARTS))
    with TemporaryDirectory(prefix="coe-start-") as name:
        config = IngestConfig(Path(name), bench_ingest.CORPUS, EMBEDDED_MODEL)
        alone(partial(ingest, config))
        listening, ready = _serve_seconds(Path(name))
    return [
        ("`coe --help`", f"{helped:.2f}"),
        ("`coe serve` until the page answers", f"{listening:.1f}"),
        ("`coe serve` until ready to answer", f"{ready:.1f}"),
    ]


def sizes_of(arguments: Sequence[str]) -> tuple[int, ...]:
    """The sizes that were asked for: `1000,10000`; without any, `SIZES`."""
    return tuple(int(size) for size in re.findall(r"\d+", " ".join(arguments))) or SIZES


def alone(measure: Callable[[], _Result]) -> _Result:
    """What a process of its own makes of it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure).result()


def _grown(size: int) -> bench_growth.Grown:
    cases = load_cases(bench_peers.ROOT / "evals" / "reference", "dev")
    alone_standing = [case.question for case in cases if case.answerable and not case.history]
    questions = [alone_standing[at * len(alone_standing) // QUESTIONS] for at in range(QUESTIONS)]
    with TemporaryDirectory(prefix="coe-growth-") as name:
        target = Path(name) / "data"
        alone(partial(grow, Settings().data_dir, target, size))
        return alone(partial(bench_growth.measure, target, questions))


def _serve_seconds(data_dir: Path) -> tuple[float, float]:
    """How long a server takes to answer a browser, if only that it starts, and to be ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [_coe(), "serve", "--port", str(port)]
    environment = {**os.environ, "COE_DATA_DIR": str(data_dir)}
    started = perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as process:
        try:
            while not _answers(port):
                sleep(_LOOK_SECONDS)
            answering = perf_counter() - started
            for line in process.stdout or ():
                if b"ready at" in line:
                    return answering, perf_counter() - started
        finally:
            process.terminate()
    raise RuntimeError("the server ended before it was ready")


def _answers(port: int) -> bool:
    with suppress(httpx.ConnectError):
        return bool(httpx.get(f"http://127.0.0.1:{port}/", headers={"Accept": "text/html"}, timeout=60).text)
    return False


def _seconds(command: Sequence[str]) -> float:
    started = perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return perf_counter() - started


def _coe() -> str:
    return str(Path(sys.executable).with_name("coe"))


def _tell(console: Console, title: str, markdown: str) -> None:
    console.print(f"\n## {title}\n\n{markdown}", markup=False, soft_wrap=True)


if __name__ == "__main__":
    # As ingestion has it: on a busy machine, encoding with threads that spin would be a flattering measure.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    main(sizes_of(sys.argv[1:]), Console())
