from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from app.answering.model import SPANS, Passage, load_reader_model
from app.answering.windows import Window, load_tokenizer, windows
from evals.training.export import export
from evals.training.network import ReaderNetwork
from evals.training.training import inputs
from ingest.embedding import EMBEDDED_MODEL, check_model

QUESTION = "Where did the exercise take place?"
PASSAGES = [
    Passage("Exercise", "The exercise Blue Lantern took place in Bukhara in May 2031."),
    Passage("Report › Funding", "Its budget was 4300 euros. " * 12),
    Passage("", "Nobody knows."),
]
START, END = 0, 1
FOLDER = check_model(EMBEDDED_MODEL).folder

# PyTorch's exporter by tracing warns of itself and of values that it takes for constants.
pytestmark = [
    pytest.mark.model,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::torch.jit.TracerWarning"),
]


@pytest.fixture(scope="module")
def network() -> ReaderNetwork:
    torch.manual_seed(1)
    return ReaderNetwork(FOLDER, attention="eager").eval()


@pytest.fixture(scope="module")
def exported(network: ReaderNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("export") / "reader.onnx"
    export(network, out)
    return out


def cut(passage: Passage) -> Window:
    (window,) = windows(load_tokenizer(FOLDER / "tokenizer.json"), QUESTION, passage.place, passage.text)
    return window


def test_the_exported_network_gives_what_the_one_it_was_made_from_gives(network: ReaderNetwork, exported: Path) -> None:
    fed = inputs(network, [cut(passage) for passage in PASSAGES])
    session = onnxruntime.InferenceSession(str(exported), providers=["CPUExecutionProvider"])
    found = session.run(None, dict(zip(("words", "segments", "mask"), (one.numpy() for one in fed), strict=True)))
    with torch.no_grad():
        expected = [one.numpy() for one in network(*fed)]
    is_read = fed[2].numpy() == 1
    for at in (START, END):
        exact, rounded = expected[0][is_read, at], found[0][is_read, at]
        assert np.corrcoef(exact, rounded)[0, 1] > 0.9
        assert np.abs(exact - rounded).mean() < 0.4 * exact.std()
    assert found[1] == pytest.approx(expected[1], abs=0.1)


def test_the_reader_runs_an_exported_network(network: ReaderNetwork, exported: Path) -> None:
    with torch.no_grad():
        _, verdicts = network(*inputs(network, [cut(passage) for passage in PASSAGES]))
    readings = load_reader_model(exported).read(QUESTION, PASSAGES)
    assert np.array([(one.relevant, one.answers) for one in readings]) == pytest.approx(verdicts.numpy(), abs=0.1)
    assert [len(one.spans) for one in readings] == [SPANS] * len(PASSAGES)
