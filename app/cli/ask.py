"""`coe ask`: one question, one cited answer."""

from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from app.assistant import as_question
from app.cli.settings import load_settings
from app.types import Answer
from app.wiring import build_assistant

app = typer.Typer()


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotes.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer object that the API returns.")] = False,
) -> None:
    """Ask a question and get a cited answer."""
    asked = as_question(question)
    answer = build_assistant(load_settings()).invoke(asked)
    if as_json:
        typer.echo(answer.model_dump_json(indent=2))
    else:
        _print(answer, Console())


def _print_rows(answer: Answer, console: Console) -> None:
    for item in answer.items:
        console.print(Text(f"  - {item.text} [{item.label}]"))
    for conflict in answer.conflicts:
        console.print(Text(f"  differs: {conflict.value} ({conflict.date or 'undated'}) [{conflict.label}]"))
    if answer.coverage:
        console.print(Text(answer.coverage, style="dim"))


def _print(answer: Answer, console: Console) -> None:
    if answer.short_answer:
        console.print(Text(answer.short_answer, style="bold"))
    console.print(Text(answer.answer))
    _print_rows(answer, console)
    if answer.completeness == "partial" and not answer.coverage:
        console.print(Text("This answer is partial: what could not be verified was left out.", style="italic"))
    if answer.as_of:
        console.print(Text(f"As of {answer.as_of}.", style="dim"))
    for citation in answer.citations:
        place = " · ".join(
            part for part in (citation.title, citation.section, f"p. {citation.page}" if citation.page else "") if part
        )
        console.print(Text(f"[{citation.label}] {place} ({citation.document_id})", style="cyan"))
        if citation.url:
            console.print(Text(f"    {citation.url}", style="dim"))
    for near in answer.nearest:
        console.print(Text(f"  nearest: {near.title} ({near.document_id})", style="dim"))
    if answer.reader not in ("extractive", "catalogue"):
        console.print(Text(f"Read by {answer.reader}.", style="dim"))
