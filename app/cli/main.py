"""The command `coe`: a table of commands; each is imported only when it is run, so that `--help` answers at once."""

import sys
from importlib import import_module

import typer
from typer.core import TyperCommand, TyperGroup

from ingest.errors import CoeError

COMMANDS: dict[str, tuple[str, str]] = {
    "ask": ("app.cli.ask", "Ask a question and get a cited answer."),
    "ingest": ("app.cli.ingest", "Bring the library in step with the corpus folder, or add files."),
    "catalogue": ("app.cli.catalogue", "List meetings, partners, projects or people, as documents tell them."),
    "corpus": ("app.cli.corpus", "Check and count the documents of the corpus folder."),
    "documents": ("app.cli.documents", "List the documents of the library."),
    "library": ("app.cli.library", "List, check, repair and roll back the library."),
    "remove": ("app.cli.remove", "Remove a document that was added by hand."),
    "serve": ("app.cli.serve", "Serve the chat page and the API."),
    "mcp": ("app.cli.mcp", "Answer an MCP client over standard input and output."),
    "key": ("app.cli.key", "Make, list and revoke keys for programs."),
    "user": ("app.cli.user", "Add, list and remove accounts of people."),
    "feedback": ("app.cli.feedback", "List and export what people said about answers."),
    "purge": ("app.cli.purge", "Delete what was kept long enough, or everything of one person."),
    "eval": ("evals.cli", "Measure answers against the reference questions."),
}
"""Name → module whose `app` is the command, and its line in the help. The modules are named, not imported."""


class LazyGroup(TyperGroup):
    """Shows every command from the table and loads the one that is run."""

    def list_commands(self, ctx):  # type: ignore[no-untyped-def]
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx, cmd_name):  # type: ignore[no-untyped-def]
        """A line for the help; `resolve_command` loads the real one."""
        if cmd_name not in COMMANDS:
            return None
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name][1])

    def resolve_command(self, ctx, args):  # type: ignore[no-untyped-def]
        """The command to run."""
        if args and args[0] in COMMANDS:
            return args[0], load_command(args[0]), args[1:]
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Cited answers over the documents of the EU CBRN Centres of Excellence Initiative.",
)


@app.callback()
def _root() -> None:
    """Cited answers over the documents of the EU CBRN Centres of Excellence Initiative."""


def load_command(name: str):  # type: ignore[no-untyped-def]
    """The command behind a name of the table."""
    command = typer.main.get_command(import_module(COMMANDS[name][0]).app)
    command.name = name
    return command


def main() -> None:
    """Run the command line; what a person can mend is one sentence and exit code 2."""
    try:
        app()
    except CoeError as error:
        typer.echo(f"coe: {error}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
