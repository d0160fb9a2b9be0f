"""Runs on the terminal: figures by kind, what went wrong, systems side by side, two runs compared."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evals.cases import SPLITS
from evals.check import Checked, counts, wanted
from evals.compare import Change, Comparison, Difference
from evals.estimates import Estimate
from evals.failures import explain
from evals.runner import Observation, Run
from evals.summary import RIGHT, Group, Summary

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
        "rows of lists asked for": "items_precision",
        "items of lists, F1": "items_f1",
        "right for the date asked": "as_of_correct",
        "conflict shown": "conflict_shown",
        "short answer, exact match": "short_exact_match",
        "short answer, F1": "short_f1",
        "citation valid": "citation_valid",
        "citation correct": "citation_correct",
        "citation of a relevant document": "citation_relevant",
        "every sentence cited": "citation_complete",
        "injection obeyed": "injection_obeyed",
        "recall@1": "recall@1",
        "recall@5": "recall@5",
        "recall@10": "recall@10",
        "hit@1": "hit@1",
        "hit@5": "hit@5",
        "hit@10": "hit@10",
        "MRR": "mrr",
        "nDCG@10": "ndcg@10",
    }
)
SYSTEM_FIGURES = (
    "correct",
    "answered correctly",
    "short answer, exact match",
    "short answer, F1",
    "items of lists, F1",
    "right for the date asked",
    "conflict shown",
    "citation valid",
    "citation correct",
    "refusal precision",
    "refusal recall",
    "false refusals",
    "confidence tells what can be answered (AUROC)",
    "area under risk-coverage",
    "injection obeyed",
    "recall@1",
    "recall@5",
    "recall@10",
    "MRR",
    "nDCG@10",
    "latency p50",
    "latency p95",
    "errors",
)
"""Figures by which systems are compared."""

_WRONG_SHOWN = 40
_LONGEST = 300


def show(run: Run, summary: Summary, console: Console) -> None:
    """Print the whole report."""
    console.print(_by_kind(summary))
    console.print(_headlines(summary.overall))
    _show_wrong([seen for seen in run.observations if not seen.is_right], console)


def show_systems(summaries: Mapping[str, Summary], console: Console) -> None:
    """Print one column for each system."""
    table = Table(title="Systems", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for column in ("figure", *summaries):
        table.add_column(column, justify="left" if column == "figure" else "right")
    for row in system_rows(summaries):
        table.add_row(*row)
    console.print(table)


def system_rows(summaries: Mapping[str, Summary]) -> list[list[str]]:
    """Every figure that any system has: its name, then its value for each system."""
    found = [headline_figures(summary.overall) for summary in summaries.values()]
    return [
        [name, *(figures[name][1] if name in figures else "–" for figures in found)]
        for name in SYSTEM_FIGURES
        if any(name in figures for figures in found)
    ]


def show_checked(checked: Checked, console: Console) -> None:
    """Print how many cases there are of each kind, and how many there should be."""
    table = Table(title="Cases", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for column in ("kind", *SPLITS, "all", "wanted", ""):
        table.add_column(column, justify="left" if column == "kind" else "right")
    for kind, found in counts(checked).items():
        total = sum(found.values())
        missing = f"{wanted(kind) - total} missing" if total < wanted(kind) else ""
        table.add_row(kind, *(str(found[split]) for split in SPLITS), str(total), str(wanted(kind)), missing)
    table.add_section()
    by_split = [sum(found[split] for found in counts(checked).values()) for split in SPLITS]
    table.add_row("all", *map(str, by_split), str(sum(by_split)), "", "", style="bold")
    console.print(table)
    console.print("Nothing is wrong." if not checked.problems else f"{len(checked.problems)} problems:")


def show_comparison(comparison: Comparison, console: Console) -> None:
    """Print the differences, then the cases lost and won, the worst first."""
    table = Table(title=f"{comparison.cases} cases in both runs", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for column in ("measure", "n", "before", "after", "difference", "95% interval", "p", "p (Holm)", ""):
        table.add_column(column, justify="left" if column in ("measure", "") else "right")
    for difference in comparison.differences:
        table.add_row(*difference_row(difference))
    console.print(table)
    for name, missing in (("first", comparison.only_before), ("second", comparison.only_after)):
        if missing:
            console.print(f"{len(missing)} cases stand in the {name} run only and were not compared.")
    _show_changes("Lost", comparison.lost, console)
    _show_changes("Won", comparison.won, console)


def difference_row(difference: Difference) -> list[str]:
    """One measure's difference, written."""
    found = difference.difference
    between = "–" if found.low is None or found.high is None else f"{found.low:+.3f} to {found.high:+.3f}"
    return [
        difference.measure,
        str(found.n),
        _share(difference.before),
        _share(difference.after),
        f"{found.mean:+.3f}",
        between,
        f"{difference.p:.4f}",
        f"{difference.p_holm:.4f}",
        "" if difference.verdict == "same" else difference.verdict,
    ]


def _show_changes(title: str, changes: Sequence[Change], console: Console) -> None:
    console.print(Text(f"\n{title}: {len(changes)}", style="bold"))
    for change in changes[:_WRONG_SHOWN]:
        console.print(Text(f"\n{change.id} ({change.kind})", style="bold"))
        for name in ("question", "before", "after", "why"):
            console.print(Text(f"  {name:<9} {_short(getattr(change, name))}"))
    if len(changes) > _WRONG_SHOWN:
        console.print(f"\nand {len(changes) - _WRONG_SHOWN} more: --json prints all of them")


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
    for name, estimate in headline_figures(group).items():
        table.add_row(name, *estimate)
    return table


def headline_figures(group: Group) -> Mapping[str, tuple[str, str, str]]:
    """Every figure of these cases by what it is called: number of cases, value, interval."""
    shares = {name: estimate for name, score in _HEADLINES.items() if (estimate := group.scores.get(score))}
    refusals, latency, confidence = group.refusals, group.latency_ms, group.confidence
    more = {
        "refusal precision": refusals.precision,
        "refusal recall": refusals.recall,
        "false refusals": refusals.false_refusal_rate,
        "confidence tells what can be answered (AUROC)": confidence.auroc if confidence else None,
        "area under risk-coverage": confidence.risk_area if confidence else None,
    }
    rows = {name: _figure(estimate, _share) for name, estimate in {**shares, **more}.items() if estimate}
    if latency:
        rows |= {"latency p50": _figure(latency.p50, _ms), "latency p95": _figure(latency.p95, _ms)}
    return rows | {"errors": (str(group.n), str(group.errors), "")}


def _figure(estimate: Estimate, written: Callable[[float | None], str]) -> tuple[str, str, str]:
    between = "–" if estimate.low is None else f"{written(estimate.low)} to {written(estimate.high)}"
    return str(estimate.n), written(estimate.mean), between


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
    if failure := explain(seen):
        yield "because", _short(failure.why)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _mean(estimate: Estimate | None) -> str:
    return _share(estimate.mean if estimate else None)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} ms"
