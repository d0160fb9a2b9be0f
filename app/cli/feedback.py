"""`coe feedback`: what people said about answers."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.settings import load_settings
from app.conversations.archive import open_archive
from app.conversations.types import KeptFeedback

app = typer.Typer(help="List and export what people said about answers.", no_args_is_help=True)


@app.command("list")
def list_feedback() -> None:
    """List what people said, newest first."""
    table = Table("sent", "verdict", "question", "comment", "source", "generation")
    for entry in _entries():
        given = entry.feedback
        source = next((each.document_id for each in given.answer.citations if each.label == given.label), "")
        cells = (given.verdict, given.answer.question, given.comment, source, str(given.generation))
        table.add_row(f"{entry.sent:%Y-%m-%d %H:%M}", *map(Text, cells))
    Console().print(table)


@app.command()
def export(
    out: Annotated[Path | None, typer.Option(help="File to write, in place of the screen.")] = None,
) -> None:
    """Write what people said as JSON Lines, with question, whole answer and generation, and without whose it was."""
    lines = "".join(_as_json(entry) + "\n" for entry in _entries())
    if out:
        out.write_text(lines, encoding="utf-8")
    else:
        typer.echo(lines, nl=False)


def _entries() -> tuple[KeptFeedback, ...]:
    settings = load_settings()
    return open_archive(settings.data_dir, days=settings.retention_days).book.entries()


def _as_json(entry: KeptFeedback) -> str:
    given = entry.feedback
    line = {
        "id": entry.id,
        "sent": entry.sent.isoformat(),
        "verdict": given.verdict,
        "label": given.label,
        "comment": given.comment,
        "generation": given.generation,
        "answer": given.answer.model_dump(mode="json"),
    }
    return json.dumps(line, ensure_ascii=False)
