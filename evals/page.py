"""A run as one HTML page that needs nothing else, with the same as Markdown and JSON beside it."""

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evals.confidence import reliability, risk_coverage
from evals.failures import CAUSES, count_causes, explain
from evals.markdown import groupings, run_as_markdown
from evals.plots import groups_plot, latency_plot, reliability_plot, risk_plot
from evals.report import headline_figures
from evals.runner import Observation, Run
from evals.summary import RIGHT, Group, Summary, asked, summarise

_TEMPLATES = Path(__file__).with_name("templates")


def write_report(run: Run, folder: Path) -> tuple[Path, ...]:
    """Write `report.html`, `report.md` and `report.json` into a folder."""
    summary = summarise(run)
    texts = {
        "report.html": run_as_html(run, summary),
        "report.md": run_as_markdown(run, summary),
        "report.json": run_as_json(run, summary),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(folder / name for name in texts)


def run_as_html(run: Run, summary: Summary) -> str:
    """The page. Everything that comes from a run is escaped, and the page may load and run nothing from elsewhere."""
    environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined)
    style, script = (Markup((_TEMPLATES / name).read_text(encoding="utf-8")) for name in ("report.css", "report.js"))
    return environment.get_template("report.html").render(
        style=style,
        script=script,
        script_hash=b64encode(sha256(script.encode()).digest()).decode(),
        record=run.record,
        n=len(run.observations),
        wrong=sum(not seen.is_right for seen in run.observations),
        figures=headline_figures(summary.overall),
        groupings={
            title: {name: _row(group) for name, group in of.items()} for title, of in groupings(summary).items()
        },
        plots=_plots(run, summary),
        causes=count_causes(run.observations),
        all_causes=CAUSES,
        cases=[{"seen": seen, "failure": explain(seen), "rank": at} for at, seen in enumerate(_ordered(run))],
    )


def run_as_json(run: Run, summary: Summary) -> str:
    """Every figure, and for each case whether and why it went wrong."""
    told = asked(run.observations)
    report: dict[str, Any] = {
        "record": run.record.model_dump(mode="json") if run.record else None,
        "summary": summary.model_dump(mode="json"),
        "reliability": [one.model_dump() for one in reliability(told)],
        "risk_coverage": [point.model_dump() for point in risk_coverage(told)],
        "causes": count_causes(run.observations),
        "cases": [_case(seen) for seen in run.observations],
    }
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def _case(seen: Observation) -> dict[str, Any]:
    failure = explain(seen)
    return {
        "id": seen.case.id,
        "right": seen.is_right,
        "cause": failure.cause if failure else None,
        "why": failure.why if failure else None,
        "confidence": seen.confidence,
        "latency_ms": seen.latency_ms,
    }


def _ordered(run: Run) -> list[Observation]:
    """Wrong cases first, by how bad their cause is; the others in the order of the run."""
    causes = {seen.case.id: failure.cause for seen in run.observations if (failure := explain(seen))}
    return sorted(
        run.observations, key=lambda seen: CAUSES.index(causes[seen.case.id]) if seen.case.id in causes else 99
    )


def _row(group: Group) -> list[str]:
    right, refused = group.scores[RIGHT], group.scores.get("refused")
    between = "–" if right.low is None else f"{right.low:.0%} to {right.high:.0%}"
    cited = group.scores.get("citation_correct")
    latency = group.latency_ms
    return [
        str(group.n),
        f"{right.mean:.0%}",
        between,
        f"{cited.mean:.0%}" if cited else "–",
        f"{refused.mean:.0%}" if refused else "–",
        f"{latency.p50.mean:.0f} / {latency.p95.mean:.0f}" if latency else "–",
    ]


def _plots(run: Run, summary: Summary) -> dict[str, Markup]:
    told = asked(run.observations)
    plots = {"By kind": groups_plot(summary.by_kind)}
    if told:
        plots["Calibration of refusal"] = reliability_plot(reliability(told))
    if curve := risk_coverage(told):
        plots["Risk and coverage"] = risk_plot(curve)
    if latency := summary.overall.latency_ms:
        milliseconds = [seen.latency_ms for seen in run.observations if seen.answer is not None]
        plots["Latency"] = latency_plot(milliseconds, {"p50": latency.p50.mean, "p95": latency.p95.mean})
    return plots
