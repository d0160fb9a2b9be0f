"""The file behind a document is handed out as it was read, or not at all."""

from pathlib import Path

import pytest

from ingest.errors import UnknownDocument
from ingest.originals import original_of
from tests.conftest import House


def original(house: House, id: str) -> Path:
    return original_of(house.config.data_dir, house.corpus, house.library().document(id))


def test_a_file_of_the_corpus_and_the_copy_of_an_added_one(house: House) -> None:
    added = house.write("../note.txt", "The field exercise took place in Tbilisi in 2019.")
    house.ingest(added)
    added.unlink()
    assert original(house, "partners/georgia") == (house.corpus / "partners" / "georgia.md").resolve()
    assert original(house, "added/note.txt").read_text() == "The field exercise took place in Tbilisi in 2019."


def test_a_file_that_was_changed_or_deleted_since_is_not_handed_out(house: House) -> None:
    house.write("partners/georgia.md", "Something else.")
    (house.corpus / "secretariat.md").unlink()
    for id in ("partners/georgia", "secretariat"):
        with pytest.raises(UnknownDocument, match="gone, or was changed"):
            original(house, id)


def test_a_link_that_leads_out_of_the_corpus_is_not_followed(house: House) -> None:
    secret = house.write("../secret.md", (house.corpus / "secretariat.md").read_text())
    (house.corpus / "secretariat.md").unlink()
    (house.corpus / "secretariat.md").symlink_to(secret)
    with pytest.raises(UnknownDocument):
        original(house, "secretariat")
