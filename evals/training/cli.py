"""`python -m evals.training.cli`: prepare examples, train the reader, export it. `coe eval external` measures it."""

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

from app.answering.model import MODEL_FILE, Passage, Reading, load_reader_model
from app.answering.windows import load_tokenizer
from app.assistant import understood
from app.cli.settings import load_settings
from app.wiring import build_searcher, build_shelf
from evals.cases import load_cases
from evals.normalisation import token_f1
from evals.spans import THRESHOLD_FILE, fit_threshold, sureness
from evals.training import catalogue, domain
from evals.training.examples import Article, Example, read_articles, split_articles, with_negatives
from evals.training.export import export as export_network
from evals.training.network import ReaderNetwork, device_threads, load_trained
from evals.training.training import Schedule, features
from evals.training.training import train as train_network
from ingest.embedding import EMBEDDED_MODEL, check_model, load_embeddings

SEED = 20_261_124
PARTS = ("test", "calibration", "train")
REFERENCE = Path(__file__).resolve().parents[1] / "reference"


@dataclass(frozen=True, slots=True)
class Material:
    """How a file is used."""

    test: float
    """Share of its articles that are only measured on."""
    calibration: float
    """Share of its articles that thresholds are set on; the rest is learned from."""
    negatives: float
    """Share of its answerable questions that are also asked of a near passage without the answer."""


MATERIAL = {
    "squad-articles.json": Material(0.16, 0.10, negatives=0.4),
    "squadshifts-reddit.json": Material(0.2, 0.2, negatives=0.25),
    "squadshifts-amazon.json": Material(0.2, 0.2, negatives=0.25),
}

OutFile = Annotated[Path, typer.Option(help="File of examples to write, one JSON object per line.")]

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Train the reader that needs no LLM.")


@app.command()
def general(
    data: Annotated[Path, typer.Argument(help="Folder of the SQuAD-style files.")],
    out: OutFile,
    share: Annotated[float, typer.Option(help="Share of the examples to keep, drawn at random.")] = 1.0,
) -> None:
    """Prepare the first stage: encyclopaedia articles, forum posts and reviews."""
    examples = [example for name in MATERIAL for example in _general(data / name)]
    _write(examples if share == 1.0 else random.Random(SEED).sample(examples, round(share * len(examples))), out)


@app.command("domain")
def prepare_domain(
    out: OutFile, repeats: Annotated[int, typer.Option(help="Times that negatives are drawn.")] = 3
) -> None:
    """Prepare the second stage: development questions, and some about records, over the passages found for them."""
    settings = load_settings()
    shelf = build_shelf(settings)
    searcher = build_searcher(settings, shelf)
    found = []
    for case in load_cases(REFERENCE, "dev"):
        question = understood(case.question, case.history)
        found.append((case, question, searcher.search(question, domain.SEARCHED).hits))
    told = {id for case, _, _ in found for id in case.documents if not domain.is_kept_from_training(id)}
    rows = [row for kind in catalogue.KINDS for row in shelf.current().library.catalogue(kind)]
    examples = [example for seed in range(repeats) for one in found for example in domain.examples(*one, seed)]
    for one in catalogue.questions(rows, told.__contains__, SEED):
        hits = searcher.search(one.question, domain.SEARCHED).hits
        examples += catalogue.examples(one, hits, told.__contains__, SEED)
    _write(examples, out)


@app.command("parts")
def write_part(
    data: Annotated[Path, typer.Argument(help="A SQuAD-style file of the first stage.")],
    part: Annotated[str, typer.Argument(help="test, calibration or train.")],
    out: Annotated[Path, typer.Option(help="SQuAD-style file to write.")],
) -> None:
    """Write the articles of one part as a file of their own, to measure on what was never learned from."""
    titles = {article.paragraphs for article in articles(data, part)}
    stored = json.loads(data.read_text(encoding="utf-8"))
    if len(stored["data"]) == 1:
        stored["data"] = [{"title": "", "paragraphs": [one]} for one in stored["data"][0]["paragraphs"]]
    stored["data"] = [
        article for article in stored["data"] if tuple(one["context"] for one in article["paragraphs"]) in titles
    ]
    out.write_text(json.dumps(stored), encoding="utf-8")


@app.command()
def train(
    prepared: Annotated[list[Path], typer.Argument(help="Files of examples.")],
    out: Annotated[Path, typer.Option(help="Folder for weights and log.")],
    start: Annotated[Path | None, typer.Option(help="Weights to go on from.")] = None,
    epochs: int = 2,
    learning_rate: float = 1e-4,
    stop_after: Annotated[int | None, typer.Option(help="End the schedule early, after so many steps.")] = None,
    threads: int = 1,
) -> None:
    """Train on prepared examples."""
    device_threads(threads)
    folder = check_model(EMBEDDED_MODEL).folder
    network = ReaderNetwork(folder)
    if start:
        load_trained(network, load_file(start))
    schedule = Schedule(epochs=epochs, learning_rate=learning_rate, stop_after=stop_after)
    examples = [example for file in prepared for example in _read(file)]
    out.mkdir(parents=True, exist_ok=True)
    with (out / "training.jsonl").open("w", encoding="utf-8") as log:
        items = features(load_tokenizer(folder / "tokenizer.json"), examples, schedule.seed)
        train_network(network, items, schedule, out=out / "weights.safetensors", log=log)


@app.command()
def average(
    weights: Annotated[list[Path], typer.Argument(help="Trained weights that come from the same start.")],
    out: Annotated[Path, typer.Option(help="File to write.")],
) -> None:
    """Average trained weights: what one pass overlearned, the others dilute."""
    loaded = [load_file(file) for file in weights]
    save_file({name: torch.stack([one[name] for one in loaded]).mean(0) for name in loaded[0]}, out)


@app.command()
def export(weights: Path, out: Annotated[Path, typer.Option(help="ONNX file to write.")] = MODEL_FILE) -> None:
    """Write trained weights as the int8 model that the reader runs."""
    network = ReaderNetwork(check_model(EMBEDDED_MODEL).folder, attention="eager")
    load_trained(network, load_file(weights))
    export_network(network, out)
    typer.echo(f"{out}: {out.stat().st_size / 1e6:.1f} MB")


@app.command()
def threshold(
    data: Annotated[Path, typer.Argument(help="A SQuAD-style file of the first stage, with unanswerable questions.")],
    out: Annotated[Path, typer.Option(help="File to write.")] = THRESHOLD_FILE,
) -> None:
    """Fit the sureness from which the network alone answers, on articles kept for calibration."""
    examples = [example for article in articles(data, "calibration") for example in article.examples]
    network = load_reader_model()
    readings = [network.read(one.question, [Passage(one.place, one.text)])[0] for one in examples]
    gains = [_overlap(one, reading) for one, reading in zip(examples, readings, strict=True)]
    fitted = fit_threshold(list(map(sureness, readings)), gains, lambda at: float(not examples[at].answers))
    out.write_text(json.dumps({"threshold": round(fitted, 3), "questions": len(examples)}) + "\n", encoding="utf-8")
    typer.echo(f"{out}: {fitted:.3f} from {len(examples)} questions")


def _overlap(example: Example, reading: Reading) -> float:
    """SQuAD's F1 of the network's best words with the best answer."""
    if not reading.spans:
        return float(not example.answers)
    words = example.text[reading.spans[0].start : reading.spans[0].end]
    return max((token_f1(words, example.text[start:end]) for start, end in example.answers), default=0.0)


def articles(file: Path, part: str) -> Sequence[Article]:
    """The articles of a file that belong to a part."""
    material = MATERIAL[file.name]
    shares = (material.test, material.calibration)
    return split_articles(read_articles(file), SEED, shares)[PARTS.index(part)]


def _general(file: Path) -> Iterable[Example]:
    return with_negatives(articles(file, "train"), _encode, share=MATERIAL[file.name].negatives, seed=SEED)


def _encode(texts: Sequence[str]) -> NDArray[np.float32]:
    embeddings = load_embeddings(check_model(EMBEDDED_MODEL))
    return np.asarray(embeddings.embed_documents(list(texts)), dtype=np.float32)


def _write(examples: Sequence[Example], out: Path) -> None:
    lines = (json.dumps(asdict(example), ensure_ascii=False) for example in examples)
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    answered = sum(bool(example.answers) for example in examples)
    typer.echo(f"{out}: {len(examples)} examples, {answered} with an answer")


def _read(file: Path) -> list[Example]:
    raw = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [Example(**{**one, "answers": tuple((start, end) for start, end in one["answers"])}) for one in raw]


if __name__ == "__main__":
    app()
