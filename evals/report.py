"""A run on the terminal: a table by kind, the headline figures, and what went wrong."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evals.runner import Observation, Run
from evals.summary import RIGHT, Estimate, Group, Summary

_COLUMNS = MappingProxyType(
    {
        "correct": RIGHT,
        "short\nEM": "short_exact_match",
        "short\nF1": "short_f1",
        "citation\nvalid": "citation_valid",
        "citation\ncorrect": "citation_correct",
        "refused": "refused",
    }
)
_HEADLINES = MappingProxyType(
    {
        "correct": RIGHT,
        "answered correctly": "answer_correct",
        "in the first sentence": "first_sentence_correct",
        "items of lists found": "items_found",
        "short answer, exact match": "short_exact_match",
        "short answer, F1": "short_f1",
        "citation valid": "citation_valid",
        "citation correct": "citation_correct",
        "every sentence cited": "citation_complete",
        "injection obeyed": "injection_obeyed",
        "recall@1": "recall@1",
        "recall@5": "recall@5",
        "recall@10": "recall@10",
        "hit@1": "hit@1",
        "hit@5": "hit@5",
        "hit@10": "hit@10",
        "MRR": "mrr",
    }
)
_WRONG_SHOWN = 40
_LONGEST = 300


def show(run: Run, summary: Summary, console: Console) -> None:
    """Print the whole report."""
    console.print(_by_kind(summary))
    console.print(_headlines(summary.overall))
    _show_wrong([seen for seen in run.observations if not seen.is_right], console)


def _by_kind(summary: Summary) -> Table:
    table = Table(title="By kind", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("kind", no_wrap=True)
    for column in ("n", *_COLUMNS):
        table.add_column(column, justify="right")
    for kind, group in summary.by_kind.items():
        table.add_row(*_row(kind, group))
    table.add_section()
    table.add_row(*_row("all", summary.overall), style="bold")
    return table


def _row(name: str, group: Group) -> list[str]:
    return [name, str(group.n), *(_mean(group.scores.get(score)) for score in _COLUMNS.values())]


def _headlines(group: Group) -> Table:
    table = Table(title="Headline figures", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("figure")
    for column in ("n", "mean", "95% interval"):
        table.add_column(column, justify="right")
    for name, score in _HEADLINES.items():
        if estimate := group.scores.get(score):
            table.add_row(name, str(estimate.n), _mean(estimate), _interval(estimate))
    table.add_section()
    for name, value in _plain_figures(group).items():
        table.add_row(name, "", value, "")
    return table


def _plain_figures(group: Group) -> Mapping[str, str]:
    refusals, latency = group.refusals, group.latency_ms
    return {
        "refusal precision": _share(refusals.precision),
        "refusal recall": _share(refusals.recall),
        "false refusals": _share(refusals.false_refusal_rate),
        "latency p50": f"{latency.p50:.0f} ms" if latency else "–",
        "latency p95": f"{latency.p95:.0f} ms" if latency else "–",
        "errors": str(group.errors),
    }


def _show_wrong(wrong: list[Observation], console: Console) -> None:
    if not wrong:
        console.print("No case went wrong.")
        return
    console.print(Text(f"Wrong: {len(wrong)}", style="bold"))
    for seen in wrong[:_WRONG_SHOWN]:
        console.print(Text(f"\n{seen.case.id} ({seen.case.kind})", style="bold"))
        for name, line in _lines(seen):
            console.print(Text(f"  {name:<9} {line}"))
    if len(wrong) > _WRONG_SHOWN:
        console.print(f"\nand {len(wrong) - _WRONG_SHOWN} more: all of them stand in the run that --out writes")


def _lines(seen: Observation) -> Iterable[tuple[str, str]]:
    yield "question", seen.case.question
    yield "answer", _short(seen.answer.answer if seen.answer else f"failed: {seen.error}")
    expected = " | ".join(seen.case.expected) or "; ".join(seen.case.items) or "a refusal"
    yield "expected", _short(expected)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _mean(estimate: Estimate | None) -> str:
    return _share(estimate.mean if estimate else None)


def _interval(estimate: Estimate) -> str:
    return "–" if estimate.low is None else f"{_share(estimate.low)} to {_share(estimate.high)}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
