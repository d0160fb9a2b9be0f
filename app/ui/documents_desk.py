"""The desk of those who look after the documents: add, read anew, remove; what could not be read, what answers lack."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.explore.gaps import Gaps, Unanswered
from app.ui.explore_markup import View, document_link, field, listed, section
from app.ui.messages import literal
from ingest.last_run import LastRun
from ingest.library import DocumentRow
from ingest.sources import SUFFIXES
from ingest.types import Failure


@dataclass(frozen=True, slots=True)
class Desk:
    """What only they are shown."""

    run: LastRun | None
    gaps: Gaps


class _Speaker:
    """Says the words of this view."""

    def __init__(self, view: View) -> None:
        self._words = view.words

    def __call__(self, key: str, **values: object) -> str:
        return self._words[f"documents.{key}"].format(**values)


_SAID: Mapping[str, str] = MappingProxyType(
    {
        "waiting": "waiting",
        "sending": "sending",
        "reading": "reading",
        "added": "added_outcome",
        "unchanged": "unchanged_outcome",
        "removed": "removed_outcome",
        "step": "in_step",
        "failed": "failed_outcome",
    }
)
"""Word that the script says → the key of our words."""


def controls(view: View, run: LastRun | None) -> str:
    """Adding files, following the folder, how that went last, and the question before something is removed."""
    say = _Speaker(view)
    said = " ".join(f'data-{name}="{literal(view.words[f"documents.{key}"])}"' for name, key in _SAID.items())
    accepted = ",".join(sorted(SUFFIXES))
    return (
        f'<section class="part desk" {said}><h3>{literal(say("change"))}</h3>'
        f'<form class="upload">{field(say("files"), _picker(accepted))}'
        f'<div class="act"><button type="submit">{literal(say("add"))}</button>'
        f'<button type="button" class="quiet" data-ingest>{literal(say("follow_folder"))}</button></div></form>'
        f'<p class="note">{literal(say("add_hint"))}</p>{_last_run(view, run) if run else ""}'
        f'<dialog aria-labelledby="removal-question"><p id="removal-question">{literal(say("sure"))}</p>'
        f'<p class="named"></p><div class="act"><button type="button" value="yes">{literal(say("remove"))}</button>'
        f'<button type="button" class="quiet" value="no">{literal(say("keep"))}</button></div></dialog></section>'
    )


def _picker(accepted: str) -> str:
    return f'<input type="file" name="files" multiple required accept="{literal(accepted)}">'


def removal(view: View, row: DocumentRow) -> str:
    """The button that removes what was added; the corpus folder's documents go with their files."""
    if row.origin != "added":
        return ""
    say = _Speaker(view)
    return (
        f'<button type="button" class="quiet" data-remove="{literal(row.id)}">{literal(say("remove"))}'
        f'<span class="sr"> {literal(row.title)}</span></button>'
    )


def _last_run(view: View, run: LastRun) -> str:
    say = _Speaker(view)
    day, time = view.day(run.ended.date().isoformat()), f"{run.ended:%H:%M} UTC"
    told = f'<p class="note">{literal(say("last_run", day=day, time=time, count=run.documents))}</p>'
    failed = [_failure(view, each) for each in run.failed]
    return told + section(say("unread"), listed(view, failed) if failed else "", count=len(failed), css="unread")


def _failure(view: View, failure: Failure) -> str:
    """A file that could not be read, and whether answers still use what it said before."""
    held = f" {_Speaker(view)('still_held')}" if failure.path in view.holdings.documents else ""
    return f"<strong>{literal(failure.path)}</strong> <span>{literal(failure.reason + held)}</span>"


def shortcomings(view: View, found: Gaps) -> str:
    """Questions that found no answer, and documents that no answer cited."""
    say = _Speaker(view)
    if not found.answers:
        return section(say("unanswered"), f'<p class="note">{literal(say("nothing_kept"))}</p>')
    uncited = [document_link(row) for row in found.uncited]
    asked = [_unanswered(view, each) for each in found.unanswered]
    note = f'<p class="note">{literal(say("of_answers", count=found.answers))}</p>'
    return "".join(
        [
            section(say("unanswered"), note + (listed(view, asked) if asked else ""), count=len(asked)),
            section(say("uncited"), note + (listed(view, uncited) if uncited else ""), count=len(uncited)),
        ]
    )


def _unanswered(view: View, group: Unanswered) -> str:
    first, *others = group.questions
    times = f"<small>{literal(_Speaker(view)('times', count=group.times))}</small>"
    more = "".join(f"<li>{literal(other)}</li>" for other in others)
    return f"{literal(first)} {times}{f'<ul>{more}</ul>' if more else ''}"
