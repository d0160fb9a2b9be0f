"""A Ray cluster that reads files and embeds texts: loading, chunking and embedding are stages of Ray Data.

Every node needs the same version of this package and sees the same corpus and data folders. What comes back is what one
machine would have made, to the last bit; a worker that dies is replaced, and what it had in hand is done again.
"""

import logging
import os
import secrets
import socket
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import TypeAdapter

from ingest.cage import Cage
from ingest.embedding import EmbeddingModel, check_model, load_embeddings
from ingest.errors import ConfigurationError, ModelMismatch
from ingest.types import Document, Failure, Source
from ingest.workers import Chunked, Folders, Progress, chunked, load

LOCAL = "local"
"""In place of an address: a cluster of this machine's cores, for as long as the work takes."""

_CONNECT_SECONDS = 5.0
_SOCKETS = Path("/tmp")  # Ray keeps sockets below it, whose names must be short
_QUIET = {"log_to_driver": False, "logging_level": "ERROR"}
_SOURCE = TypeAdapter(Source)
_LOADED: TypeAdapter[Document | Failure] = TypeAdapter(Document | Failure)
_OUTCOME: TypeAdapter[Chunked | Failure] = TypeAdapter(Chunked | Failure)


@dataclass(frozen=True, slots=True)
class RayWorkers:
    """The nodes of the cluster that this process is connected to."""

    ray: Any

    def read(self, sources: Sequence[Source], folders: Folders, progress: Progress) -> Iterator[Chunked | Failure]:
        """What became of each file."""
        rows = [{"source": _SOURCE.dump_json(source)} for source in sources]
        if not rows:
            return
        loaded = self.ray.data.from_items(rows).map(_Load, fn_constructor_args=(folders,), compute=self._pool())
        # Chunking asks for no core of its own: on a cluster of one, it would wait for the one that loading holds.
        outcomes = loaded.map(_chunk, num_cpus=0, compute=self.ray.data.TaskPoolStrategy(size=self._cores()))
        for done, row in enumerate(outcomes.iter_rows(), start=1):
            progress("load", done, len(sources))
            yield _OUTCOME.validate_json(row["outcome"])

    def embed(
        self, slabs: Sequence[Sequence[str]], model: EmbeddingModel, progress: Progress
    ) -> Iterator[Sequence[Sequence[float]]]:
        """Vectors of the texts of each slab."""
        rows = [{"number": number, "texts": list(texts)} for number, texts in enumerate(slabs)]
        embedded = self.ray.data.from_items(rows).map(
            _Embed, fn_constructor_args=(model.name, model.sha256), compute=self._pool()
        )
        done, total = 0, sum(map(len, slabs))
        vectors: dict[int, list[Sequence[float]]] = {}
        for row in embedded.iter_rows():
            texts = slabs[row["number"]]
            vectors[row["number"]] = _unpacked(row["vectors"], len(texts))
            done += len(texts)
            progress("embed", done, total)
        yield from (vectors[number] for number in range(len(slabs)))

    def _pool(self) -> Any:
        return self.ray.data.ActorPoolStrategy(min_size=1, max_size=self._cores())

    def _cores(self) -> int:
        return max(1, int(self.ray.cluster_resources().get("CPU", 1)))


@contextmanager
def ray_workers(address: str) -> Iterator[RayWorkers]:
    """Connect to a Ray cluster by its address, or make one of this machine for as long as it is used.

    Raises:
        ConfigurationError: Ray is not installed, nothing answers at the address, or the cluster fails.
    """
    ray = _imported(address)
    with TemporaryDirectory(prefix="coe-ray-", dir=_SOCKETS) as folder:
        try:
            _connect(ray, address, folder)
            yield RayWorkers(ray)
        except ray.exceptions.RayError as error:
            raise _failed(address, error) from error
        finally:
            ray.shutdown()


def _imported(address: str) -> Any:
    """Ray, told to send no usage statistics and to keep its own messages to itself."""
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}
    if address == LOCAL:
        # Ray listens on every network of the machine and does for anybody what they ask, but for this token.
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise ConfigurationError("--ray needs the extra `scale`: pip install 'coe-assistant[scale]'.") from error
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.ERROR)
    ray.data.DataContext.get_current().enable_progress_bars = False
    return ray


def _connect(ray: Any, address: str, folder: str) -> None:
    try:
        if address == LOCAL:
            ray.init(LOCAL, include_dashboard=False, _temp_dir=folder, **_QUIET)
        else:
            _refuse_silence(address)
            ray.init(address, **_QUIET)
    except (RuntimeError, ConnectionError, ValueError) as error:
        raise _failed(address, error) from error


def _failed(address: str, error: Exception) -> ConfigurationError:
    reason = str(error).strip().rpartition("\n")[2]
    return ConfigurationError(f"The Ray cluster {address!r} failed: {reason}")


def _refuse_silence(address: str) -> None:
    """Ray itself would try again for minutes."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), _CONNECT_SECONDS).close()
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"No Ray cluster answers at {address!r}: --ray takes {LOCAL!r} or an address such as 10.0.0.5:6379."
        ) from error


# On the nodes


class _Load:
    """A stage: each file becomes a document, or the reason why it cannot be read."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._cage = Cage()

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        source = _SOURCE.validate_json(row["source"])
        return {"loaded": _LOADED.dump_json(load(self._cage, source, self._folders))}


def _chunk(row: dict[str, Any]) -> dict[str, Any]:
    """A stage: each document gets its chunks."""
    return {"outcome": _OUTCOME.dump_json(chunked(_LOADED.validate_json(row["loaded"])))}


class _Embed:
    """A stage: each slab of texts becomes its vectors."""

    def __init__(self, name: str, sha256: str) -> None:
        model = check_model(name)
        if model.sha256 != sha256:
            raise ModelMismatch(f"A node of the Ray cluster has another embedding model in {model.folder}.")
        self._embeddings = load_embeddings(model)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        vectors = self._embeddings.embed_documents(list(row["texts"]))
        return {"number": row["number"], "vectors": b"".join(array("f", vector).tobytes() for vector in vectors)}


def _unpacked(packed: bytes, count: int) -> list[Sequence[float]]:
    """Vectors of like length that were put one behind the other."""
    values = array("f", packed)
    length = len(values) // count
    return [values[at : at + length] for at in range(0, len(values), length)]
