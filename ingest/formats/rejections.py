"""Why a file is not read: one sentence each, with the file's name."""

from ingest.errors import DocumentRejected


def too_complex(name: str, reason: str) -> DocumentRejected:
    """Rejection of a file that costs more than one file may cost."""
    return DocumentRejected("file_too_complex", f"{name} {reason}.")


def corrupt(name: str, reason: str) -> DocumentRejected:
    """Rejection of a file that breaks the rules of its own format."""
    return DocumentRejected("file_corrupt", f"{name} is damaged and cannot be read ({reason}).")


def mismatch(name: str, reason: str) -> DocumentRejected:
    """Rejection of a file that is something else than its suffix says."""
    return DocumentRejected("file_type_mismatch", f"{name} {reason}.")


def encrypted(name: str) -> DocumentRejected:
    """Rejection of a file that opens with a password only."""
    return DocumentRejected("file_encrypted", f"{name} is protected by a password.")
