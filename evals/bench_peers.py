"""The same documents, questions and weights for this project and its peers, each in a process of its own.

A peer's environment is made from its pinned requirements when it is first needed, and kept.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from evals.cases import Case, load_cases
from evals.markdown import table
from evals.peers.measure import Figures, Job
from ingest.embedding import EMBEDDED_MODEL, check_model

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENTS = ROOT / ".cache" / "peers"
DOCUMENTS = 200
QUESTIONS = 150
MINUTES = 60.0

_REQUIREMENTS = Path(__file__).with_name("peers") / "requirements"
_STAMP = "installed.txt"
_QUIET = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "OMP_WAIT_POLICY": "PASSIVE"}


@dataclass(frozen=True, slots=True)
class Peer:
    """One of those compared; without requirements it runs in the project's own environment."""

    name: str
    module: str
    requirements: str | None = None


OURS = Peer("this project", "ours")
PEERS = (
    OURS,
    Peer("plain LangChain", "plain", "plain.txt"),
    Peer("txtai", "with_txtai", "with_txtai.txt"),
    Peer("Haystack", "with_haystack", "with_haystack.txt"),
    Peer("LlamaIndex", "with_llama_index", "with_llama_index.txt"),
)


class PeerFailed(Exception):
    """A peer could not be installed or did not do its job."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A peer's figures, or why there are none."""

    peer: Peer
    figures: Figures | None
    reason: str = ""


def compare(documents: int = DOCUMENTS, peers: Sequence[Peer] = PEERS) -> Iterator[tuple[Compared, Sequence[Case]]]:
    """Run one peer after the other over a part of the corpus; with each come the questions asked."""
    with TemporaryDirectory(prefix="coe-peers-") as name:
        folder = Path(name) / "documents"
        kept = copy_part(ROOT / "docs_corpus", folder, documents)
        cases = askable(load_cases(ROOT / "evals" / "reference", "dev"), kept)
        for peer in peers:
            yield _compared(peer, Path(name), folder, cases), cases


def copy_part(corpus: Path, target: Path, documents: int) -> frozenset[str]:
    """Copy so many Markdown files, taken evenly from the whole corpus; their ids come back."""
    files = sorted(path.relative_to(corpus) for path in corpus.rglob("*.md"))
    chosen = [files[at * len(files) // documents] for at in range(min(documents, len(files)))]
    for path in dict.fromkeys(chosen):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(corpus / path, target / path)
    return frozenset(path.with_suffix("").as_posix() for path in chosen)


def askable(cases: Sequence[Case], documents: frozenset[str], most: int = QUESTIONS) -> list[Case]:
    """Questions that stand alone and that one of the documents answers, taken evenly from all such."""
    fit = [case for case in cases if case.answerable and not case.history and documents & set(case.relevant)]
    return [fit[at * len(fit) // most] for at in range(most)] if len(fit) > most else fit


def recall(found: Sequence[Sequence[str]], cases: Sequence[Case]) -> float:
    """Share of questions with a document that answers among the first five found."""
    hits = (
        any(path.removesuffix(".md") in case.relevant for path in paths)
        for paths, case in zip(found, cases, strict=True)
    )
    return sum(hits) / len(cases)


def as_markdown(compared: Sequence[Compared], cases: Sequence[Case]) -> str:
    """A row for each peer, with ratios of processor time to this project's ingestion."""
    ours = next((each.figures for each in compared if each.peer is OURS), None)
    head = ("", "version", "ingestion s", "processor s", "ratio", "retrieval p50 ms", "recall@5")
    return table(head, [_row(each, ours, cases) for each in compared])


def _row(compared: Compared, ours: Figures | None, cases: Sequence[Case]) -> tuple[str, ...]:
    figures = compared.figures
    if figures is None:
        return (compared.peer.name, compared.reason, "", "", "", "", "")
    return (
        compared.peer.name,
        figures.version,
        f"{figures.seconds:.1f}",
        f"{figures.cpu_seconds:.1f}",
        f"{figures.cpu_seconds / ours.cpu_seconds:.1f}" if ours else "",
        f"{median(figures.milliseconds):.0f}",
        f"{recall(figures.found, cases):.1%}",
    )


def _compared(peer: Peer, work: Path, folder: Path, cases: Sequence[Case]) -> Compared:
    try:
        python = environment(peer)
        return Compared(peer, _run(peer, python, work, folder, [case.question for case in cases]))
    except PeerFailed as failure:
        return Compared(peer, None, str(failure))


def environment(peer: Peer) -> Path:
    """The Python of a peer's environment, which is made when it is missing or its requirements changed.

    Raises:
        PeerFailed: it cannot be installed.
    """
    if peer.requirements is None:
        return Path(sys.executable)
    folder, requirements = ENVIRONMENTS / peer.module, _REQUIREMENTS / peer.requirements
    wanted, stamp, python = requirements.read_text(encoding="utf-8"), folder / _STAMP, folder / "bin" / "python"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        _done([sys.executable, "-m", "venv", "--clear", str(folder)])
        _done([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)])
        stamp.write_text(wanted, encoding="utf-8")
    return python


def _run(peer: Peer, python: Path, work: Path, folder: Path, questions: Sequence[str]) -> Figures:
    own = work / peer.module
    (own / "work").mkdir(parents=True)
    job = Job(str(folder), str(check_model(EMBEDDED_MODEL).folder), str(own / "work"), tuple(questions))
    (own / "job.json").write_text(json.dumps(asdict(job)), encoding="utf-8")
    _done([str(python), "-m", f"evals.peers.{peer.module}", str(own / "job.json"), str(own / "figures.json")])
    stored = json.loads((own / "figures.json").read_text(encoding="utf-8"))
    return Figures(**{**stored, "found": tuple(map(tuple, stored["found"]))})


def _done(command: Sequence[str]) -> None:
    try:
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, **_QUIET}, check=True, capture_output=True, timeout=60 * MINUTES
        )
    except subprocess.CalledProcessError as error:
        told = error.stderr.decode(errors="replace").strip().splitlines()
        raise PeerFailed(told[-1][:200] if told else f"exit code {error.returncode}") from error
    except subprocess.TimeoutExpired as error:
        raise PeerFailed(f"took longer than {MINUTES:.0f} minutes") from error
