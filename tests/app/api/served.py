"""A server of scripted services in a process of its own; what its standard input says decides when it goes on."""

import sys
from collections.abc import Iterator
from pathlib import Path

from app.reception import open_reception
from app.serve import serve
from app.services import Services
from app.settings import Settings
from app.types import Answer, Event, Finished, Question
from ingest.errors import CoeError, ModelMismatch
from tests.app.api.script import Script, answer


def told(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def ask(question: Question) -> Answer:
    if "wait" in question.question:
        told("asked")
        sys.stdin.readline()
    return answer(question)


def events(question: Question) -> Iterator[Event]:
    yield Finished(answer=ask(question))


def build(_: Settings) -> Services:
    if sys.stdin.readline() != "build\n":
        raise ModelMismatch("The model's files are not the expected ones.")
    script = Script()
    return Services(ask, events, script.document, script.check_ready)


def main() -> int:
    try:
        settings = Settings(_env_file=None, port=0, data_dir=Path("nowhere"))
        with open_reception(settings) as reception:
            serve(settings, build, reception)
    except CoeError as error:
        told(str(error))
        return error.exit_code
    told("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
