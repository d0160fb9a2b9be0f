"""A run, or several systems, as Markdown: for a pull request or a page."""

from collections.abc import Iterable, Mapping, Sequence

from evals.failures import count_causes, explain
from evals.report import headline_figures, system_rows
from evals.runner import Observation, Run
from evals.summary import RIGHT, Group, Summary


def run_as_markdown(run: Run, summary: Summary) -> str:
    """Headline figures, figures by kind, language and split, causes, and every wrong case."""
    wrong = [seen for seen in run.observations if not seen.is_right]
    parts = [
        "# Evaluation run",
        _about(run),
        "## Figures",
        table(
            ("figure", "n", "value", "95% interval"),
            ((name, *row) for name, row in headline_figures(summary.overall).items()),
        ),
        *(part for title, groups in groupings(summary).items() for part in (f"## By {title}", _groups(title, groups))),
        "## Why cases went wrong",
        table(("cause", "cases"), ((cause, str(count)) for cause, count in count_causes(run.observations).items())),
        "## Wrong cases",
        *map(_case, wrong),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def systems_as_markdown(summaries: Mapping[str, Summary]) -> str:
    """One column for each system."""
    return table(("figure", *summaries), system_rows(summaries)) + "\n"


def groupings(summary: Summary) -> dict[str, dict[str, Group]]:
    """Figures by what cases are."""
    return {"kind": summary.by_kind, "language": summary.by_language, "split": summary.by_split}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; whatever stands in a cell stays in it."""
    lines = [head, ["---"] * len(head), *([_inert(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _about(run: Run) -> str:
    if run.record is None:
        return f"{len(run.observations)} cases."
    record = run.record
    state = " with changes" if record.dirty else ""
    asked = ", ".join(f"{name} {value}" for name, value in record.arguments.items() if value)
    made = f"{record.started:%Y-%m-%d %H:%M} UTC, commit {record.commit or 'unknown'}{state}"
    place = f"index {record.index_fingerprint}, Python {record.machine.python} on {record.machine.cores} cores"
    return _inert(f"{len(run.observations)} cases on {made}, {place}. {asked}")


def _groups(title: str, groups: Mapping[str, Group]) -> str:
    rows = []
    for name, group in groups.items():
        right = group.scores[RIGHT]
        between = "–" if right.low is None else f"{right.low:.3f} to {right.high:.3f}"
        latency = f"{group.latency_ms.p50.mean:.0f} ms" if group.latency_ms else "–"
        rows.append((name, str(group.n), f"{right.mean:.3f}", between, latency))
    return table((title, "n", "correct", "95% interval", "p50"), rows)


def _case(seen: Observation) -> str:
    failure = explain(seen)
    said = seen.answer.answer if seen.answer else "–"
    expected = " / ".join(seen.case.expected) or "; ".join(seen.case.items) or "a refusal"
    lines = {
        "question": seen.case.question,
        "answer": said,
        "expected": expected,
        "why": failure.why if failure else "",
    }
    return "\n".join(
        (
            f"### {_inert(seen.case.id)} ({seen.case.kind})",
            "",
            *(f"- {name}: {_inert(line)}" for name, line in lines.items()),
        )
    )


def _inert(text: str) -> str:
    """One line in which nothing is markup."""
    line = " ".join(text.split())
    for character in "\\`*_{}[]<>#|!":
        line = line.replace(character, f"\\{character}" if character != "<" else "&lt;")
    return line
