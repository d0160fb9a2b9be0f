"""Errors that a person can mend: one sentence with the value in it, never a traceback.

CoeError                        exit code 2, HTTP 400
├── ConfigurationError          a setting cannot work as it is
├── InvalidQuestion             a question is empty, too long or malformed           HTTP 422
├── DocumentRejected            one file cannot be read; its code says why
├── IngestRunning               another ingestion holds the writer's lock           HTTP 409
├── SourceEmpty                 a sync would delete (nearly) everything             exit code 3
├── UnknownDocument             no such document in the library                     HTTP 404
├── LibraryUnavailable          nothing to answer from                              HTTP 503
│   ├── LibraryMissing          nothing was ingested yet
│   ├── FingerprintMismatch     the index was made by another model or chunking
│   ├── LibraryDamaged          a generation failed its check
│   └── SearchUnavailable       the Chroma server does not answer in time
├── ModelMismatch               the embedding model's files are not the expected ones
└── UntrustedCollection         a stored collection configuration names code to run
"""

from typing import ClassVar


class CoeError(Exception):
    """Root of the tree: `str(error)` is the sentence shown to the person."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    exit_code: ClassVar[int] = 2


class ConfigurationError(CoeError):
    """A setting cannot work as it is."""

    code = "configuration_error"


class InvalidQuestion(CoeError):
    """A question is empty, too long or malformed."""

    code = "invalid_question"
    status = 422


class DocumentRejected(CoeError):
    """One file cannot be read; `reason_code` is stable, the text is for people."""

    code = "document_rejected"
    status = 422

    def __init__(self, reason_code: str, message: str) -> None:
        super().__init__(message)
        self.reason_code = reason_code


class IngestRunning(CoeError):
    """Another ingestion holds the writer's lock."""

    code = "ingest_running"
    status = 409


class SourceEmpty(CoeError):
    """A sync would delete all or nearly all of the library."""

    code = "source_empty_refusing_to_delete"
    exit_code = 3


class UnknownDocument(CoeError):
    """No such document in the library."""

    code = "unknown_document"
    status = 404


class LibraryUnavailable(CoeError):
    """There is nothing to answer from."""

    code = "library_unavailable"
    status = 503


class LibraryMissing(LibraryUnavailable):
    """Nothing was ingested yet."""

    code = "library_missing"


class FingerprintMismatch(LibraryUnavailable):
    """The index was made by another embedding model, chunking or schema."""

    code = "fingerprint_mismatch"


class LibraryDamaged(LibraryUnavailable):
    """A generation failed its check after reopening."""

    code = "library_damaged"


class SearchUnavailable(LibraryUnavailable):
    """The Chroma server does not answer in time."""

    code = "search_unavailable"


class ModelMismatch(CoeError):
    """The embedding model's files are not the expected ones."""

    code = "model_hash_mismatch"
    status = 503


class UntrustedCollection(CoeError):
    """A stored collection configuration names code to run."""

    code = "untrusted_collection_config"
    status = 503
