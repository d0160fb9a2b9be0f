"""Office files are archives: checked before anything unpacks them."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import PurePosixPath

from ingest.formats.rejections import corrupt, encrypted, mismatch, too_complex

MAX_MEMBERS = 2_000
MAX_EXPANDED = 200 * 1024 * 1024
MAX_RATIO = 100
SMALL_MEMBER = 1024 * 1024
"""Members up to this size may compress as well as they like."""


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"


def check_archive(data: bytes, name: str, folder: str) -> None:
    """Raises `DocumentRejected` unless this is an office file with such a folder, and of bounded size inside."""
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise encrypted(name)
        raise mismatch(name, "is an office file of the kind before 2007 under a new suffix")
    if not data.startswith(ZIP):
        raise mismatch(name, f"is not a {PurePosixPath(name).suffix.lstrip('.')} file inside")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_members(members, name)
            if not any(member.filename.startswith(folder) for member in members):
                raise mismatch(name, f"holds no {folder} part, so it is another kind of file")
            _check_declarations(archive, name)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise corrupt(name, str(error)) from error


def _check_members(members: Sequence[zipfile.ZipInfo], name: str) -> None:
    if len(members) > MAX_MEMBERS:
        raise too_complex(name, f"is made of {len(members):,} parts, more than {MAX_MEMBERS:,}")
    if sum(member.file_size for member in members) > MAX_EXPANDED:
        raise too_complex(name, f"unpacks to more than {MAX_EXPANDED // 1024**2} MB")
    for member in members:
        if member.flag_bits & 1:
            raise encrypted(name)
        if member.file_size > SMALL_MEMBER and member.file_size > MAX_RATIO * member.compress_size:
            raise too_complex(name, f"unpacks to more than {MAX_RATIO} times its size")
        if _leaves_folder(member.filename):
            raise corrupt(name, "a part of it names a place outside the file")


def _leaves_folder(member: str) -> bool:
    parts = PurePosixPath(member.replace("\\", "/"))
    return parts.is_absolute() or ".." in parts.parts or ":" in member


def _check_declarations(archive: zipfile.ZipFile, name: str) -> None:
    """Office files never declare document types; those that do want entities expanded or files fetched."""
    for member in archive.infolist():
        if not member.filename.lower().endswith((".xml", ".rels")):
            continue
        if b"<!DOCTYPE" in archive.read(member).replace(b"\0", b""):
            raise corrupt(name, "it declares a document type")
