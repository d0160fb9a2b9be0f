"""Files are parsed in a caged process: bounded memory, time and output; no network, programs or writing."""

import gc
import json
import os
import re
import resource
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Self

from ingest.errors import DocumentRejected
from ingest.formats.rejections import too_complex
from ingest.formats.text import clean
from ingest.loaders import load
from ingest.types import Block, Loaded

MEMORY = 1024**3
SECONDS = 60.0
MAX_ANSWER = 64 * 1024**2
START_SECONDS = 60.0
SPENT_MEMORY = 256 * 1024**2
"""A process that still holds this much after a file is replaced by a fresh one."""

_LENGTH = 8
_ENVIRONMENT = MappingProxyType(
    {
        "LANG": "C.UTF-8",
        "PATH": os.defpath,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
)
_REFUSED = re.compile(
    r"(?:ftplib|http|shutil|smtplib|socket|subprocess|urllib)\.|ctypes\.call_function|pty\.spawn"
    r"|os\.(?:exec|fork|forkpty|kill|link|mkdir|posix_spawn|remove|rename|rmdir|spawn|symlink|system|truncate)"
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Cage:
    """Loads files in a child process, reused until one harms it; not for several threads at a time."""

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._seconds = seconds
        self._memory = memory
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def load(self, path: Path) -> Loaded:
        """Blocks of a file; raises `DocumentRejected`, whatever the file does to its parser."""
        if self._child is None:
            self._child = _Child(self._memory)
        name = clean(path.name)
        try:
            answer = self._child.ask(path, self._seconds)
        except _Silent as silence:
            self.close()
            raise too_complex(name, str(silence)) from None
        except BaseException:
            self.close()
            raise
        if answer["spent"]:
            self.close()
        return _loaded(answer)

    @property
    def pid(self) -> int | None:
        """Process id of the child, or None while there is none."""
        return self._child.pid if self._child else None

    def close(self) -> None:
        """Stop the child process; the next file starts another."""
        if self._child is not None:
            self._child.stop()
            self._child = None


class _Silent(Exception):
    """The child gave no usable answer; the text completes a sentence about the file."""


class _Child:
    def __init__(self, memory: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ingest.cage", str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            cwd=Path(__file__).resolve().parents[1],
            env=dict(_ENVIRONMENT),
            start_new_session=True,
        )
        try:
            self._receive(time.monotonic() + START_SECONDS)
        except _Silent as silence:
            self.stop()
            raise RuntimeError(f"the process that reads files does not start: it {silence}") from None

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def ask(self, path: Path, seconds: float) -> Mapping[str, object]:
        """The child's answer to one file."""
        request = json.dumps({"path": str(path.absolute()), "seconds": seconds})
        try:
            _pipe(self._process.stdin).write(request.encode() + b"\n")
        except BrokenPipeError:
            raise _Silent("crashes the program that reads it") from None
        answer: dict[str, object] = json.loads(self._receive(time.monotonic() + seconds))
        return answer

    def stop(self) -> None:
        """Kill the child and release its pipes."""
        self._process.kill()
        _pipe(self._process.stdin).close()
        _pipe(self._process.stdout).close()
        self._process.wait()

    def _receive(self, deadline: float) -> bytes:
        length = int.from_bytes(self._take(_LENGTH, deadline))
        if length > MAX_ANSWER:
            raise _Silent("holds more text than one file may hold")
        return self._take(length, deadline)

    def _take(self, size: int, deadline: float) -> bytes:
        stream = _pipe(self._process.stdout)
        taken = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            while len(taken) < size:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise _Silent("takes too long to read")
                part = stream.read(min(size - len(taken), 1024**2))
                if not part:
                    raise _Silent("crashes the program that reads it")
                taken += part
        return bytes(taken)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise RuntimeError("the process that reads files was started without pipes")
    return stream


def _loaded(answer: Mapping[str, object]) -> Loaded:
    match answer:
        case {"rejected": [str(code), str(message)]}:
            raise DocumentRejected(code, message)
        case {"blocks": list(blocks), "metadata": dict() | None as metadata, "title": str() | None as title}:
            return Loaded(tuple(Block(*fields) for fields in blocks), metadata, title)
        case _:
            raise RuntimeError("the process that reads files gave an answer that is none")


# In the child


def confine(memory: int) -> None:
    """Give up, for the rest of this process, everything that reading a file does not need."""
    if sys.platform == "linux":  # elsewhere the kernel does not keep this limit, or refuses it
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        flags = arguments[2]
        if isinstance(flags, int) and flags & _WRITING:
            raise PermissionError("a file may not be written while another is read")
    elif _REFUSED.match(event):
        raise PermissionError(f"{event} is not allowed while a file is read")


def _answer(path: Path) -> dict[str, object]:
    try:
        loaded = load(path)
    except DocumentRejected as error:
        return {"rejected": [error.reason_code, str(error)]}
    return {
        "blocks": [[block.kind, block.text, block.level, block.page] for block in loaded.blocks],
        "metadata": loaded.metadata,
        "title": loaded.title,
    }


def _is_spent(answer: Mapping[str, object]) -> bool:
    """True when the next file deserves a fresh process: a parser failed in this one, or left it large."""
    rejected = answer.get("rejected")
    if isinstance(rejected, list) and rejected[0] in ("file_corrupt", "file_too_complex"):
        return True
    if _held_memory() > SPENT_MEMORY:
        gc.collect()  # only now: after every file it would take longer than most files do
    return _held_memory() > SPENT_MEMORY


def _held_memory() -> int:
    """Bytes held now; the peak that `getrusage` knows may be the starting process's own."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def _limit_processor_time(seconds: float) -> None:
    """Stops this process even when the one that waits for it is gone."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 5
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _send(channel: int, content: bytes) -> None:
    message = memoryview(len(content).to_bytes(_LENGTH) + content)
    while message:
        message = message[os.write(channel, message) :]


def main() -> None:
    """Answer requests on standard input, one JSON line each, until it closes."""
    channel = os.dup(1)
    sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl would import it, and needs it not
    silence = os.open(os.devnull, os.O_WRONLY)
    confine(int(sys.argv[1]))
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    _send(channel, b"ready")
    for line in sys.stdin.buffer:
        request = json.loads(line)
        _limit_processor_time(request["seconds"])
        answer = _answer(Path(request["path"]))
        reply = {**answer, "spent": _is_spent(answer)}
        _send(channel, json.dumps(reply, ensure_ascii=False).encode())


if __name__ == "__main__":
    main()
