"""File systems of their own, in memory: small ones, and ones that become read-only."""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NEW_NAMESPACE = 0x00020000  # CLONE_NEWNS of Linux; `os.unshare` is of Python 3.12


class CannotMount(Exception):
    """No file system can be mounted here; why."""


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """A file system in memory on a folder, until the block ends.

    Raises:
        CannotMount: this user, or this machine, may not.
    """
    if os.geteuid() != 0:
        raise CannotMount("only root can mount a file system")
    _mount("-t", "tmpfs", "-o", ",".join(options), "tmpfs", folder)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def make_read_only(folder: Path) -> None:
    """Let this process, and those it starts, not write into a folder; all others still can."""
    if ctypes.CDLL(None, use_errno=True).unshare(_NEW_NAMESPACE):
        raise CannotMount(os.strerror(ctypes.get_errno()))
    _mount("--make-rprivate", "/")
    _mount("--bind", folder, folder)
    _mount("-o", "remount,bind,ro", folder)


def fill(folder: Path, *, but: int) -> Path:
    """Fill a file system but for so many bytes; the file to delete afterwards."""
    status = os.statvfs(folder)
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, status.f_bavail * status.f_frsize - but))
    return ballast


def _mount(*arguments: str | Path) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True)
    if done.returncode:
        raise CannotMount(f"no file system can be mounted here: {done.stderr.decode().strip()}")
