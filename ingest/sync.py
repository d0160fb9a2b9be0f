"""What an ingestion has to do: files found compared with documents held, without touching either."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ingest.types import Origin, Source, SyncPlan

SAFE_DELETIONS = 5
SAFE_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Held:
    """A document in the library, as far as sync needs to know it."""

    sha256: str
    origin: Origin
    path: str


def plan(found: Collection[Source], held: Mapping[str, Held], *, delete_missing: bool) -> SyncPlan:
    """Write what is new or changed; with `delete_missing`, delete corpus documents whose file is gone.

    Documents added by hand are never deleted here.
    """
    ids = {source.id for source in found}
    changed = {source.id for source in found if _changed(source, held.get(source.id))}
    gone = {id for id, document in held.items() if document.origin == "corpus" and id not in ids}
    return SyncPlan(
        write=tuple(sorted((source for source in found if source.id in changed), key=lambda source: source.id)),
        unchanged=tuple(sorted(ids - changed)),
        delete=tuple(sorted(gone)) if delete_missing else (),
    )


def loses_too_much(plan: SyncPlan, held: Mapping[str, Held]) -> bool:
    """True when a plan deletes so much that a missing or half-mounted folder is the likelier cause.

    A renamed file is not lost: its content comes back under another id.
    """
    written = {source.sha256 for source in plan.write}
    lost = [id for id in plan.delete if held[id].sha256 not in written]
    corpus = [id for id, document in held.items() if document.origin == "corpus"]
    return len(lost) > max(SAFE_DELETIONS, SAFE_SHARE * len(corpus)) or (bool(lost) and len(lost) == len(corpus))


def _changed(source: Source, held: Held | None) -> bool:
    return held is None or held.sha256 != source.sha256 or held.origin != source.origin
