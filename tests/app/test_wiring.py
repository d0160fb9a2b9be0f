"""One answer reads one generation, whatever is published while it is made; the old one goes with its last answer."""

import gc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.services import Services
from app.settings import Settings
from app.types import Answer, Event, Finished, Question, Retrieved, Understood
from app.wiring import build_services
from ingest.errors import UnknownDocument
from tests.conftest import House

pytestmark = pytest.mark.model

QUESTION = Question(question="Where is the secretariat for Central Asia?")
OLD = "The secretariat for Central Asia is in Tashkent."


def services_of(house: House) -> Services:
    return build_services(Settings(_env_file=None, data_dir=house.config.data_dir, corpus_dir=house.corpus))


def move_secretariat(house: House, name: str, city: str) -> None:
    """The document under another name, with another text: of the old one nothing is left."""
    for path in house.corpus.glob("*secretariat.md"):
        path.unlink()
    house.write(f"{name}-secretariat.md", f"# Regional secretariat\n\nThe secretariat for Central Asia is in {city}.\n")
    house.ingest()


def until(events: Iterator[Event], kind: type[Event]) -> None:
    while not isinstance(next(events), kind):
        pass


def ended(events: Iterator[Event]) -> Answer:
    *_, last = events
    assert isinstance(last, Finished)
    return last.answer


@pytest.mark.parametrize("moment", [Understood, Retrieved])
def test_an_answer_begun_before_an_ingestion_is_of_the_old_library(house: House, moment: type[Event]) -> None:
    services = services_of(house)
    events = services.events(QUESTION)
    until(events, moment)

    move_secretariat(house, "new", "Almaty")

    assert services.ask(QUESTION).citations[0].document_id == "new-secretariat"
    with pytest.raises(UnknownDocument):
        services.document("secretariat")
    answer = ended(events)
    assert (answer.completeness, answer.citations[0].quote) == ("complete", OLD)


def test_an_old_library_is_closed_when_its_last_answer_ended(house: House) -> None:
    services = services_of(house)
    with closing(services.events(QUESTION)) as events:  # type: ignore[type-var]
        until(events, Retrieved)
        move_secretariat(house, "new", "Almaty")
        services.ask(QUESTION)
        assert _open_below(house) == {"000001", "000002"}
        ended(events)
    gc.collect()

    assert _open_below(house) == {"000002"}


def _open_below(house: House) -> set[str]:
    """Generations of which this process holds the library open."""
    root = house.config.data_dir.resolve() / "generations"
    files = [link.resolve() for link in Path("/proc/self/fd").iterdir()]
    return {file.relative_to(root).parts[0] for file in files if file.is_relative_to(root)}
