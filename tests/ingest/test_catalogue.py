"""The catalogue shows what documents say, each value with the words it was taken from, and each thing once."""

from contextlib import closing
from pathlib import Path

import pytest

from ingest import catalogue, names
from ingest.chunking import chunk
from ingest.glossary import Term
from ingest.library import Library, LibraryWriter, StoredChunk
from ingest.records import Meeting, Partner, Person, Project, Record, Secretariat
from ingest.types import Document, Mention, Metadata, Section

TEXT = (
    "4th Workshop in Riga\n\n"
    "The 4th workshop for Central Asia was held in person in Riga, Latvia, from 1 to 3 June 2031. "
    "More than 60 people from Mongolia and the Kyrgyz Republic came. "
    "H.E. Ada Berg, Minister of Rivers, opened the workshop on Project 53."
)
WORKSHOP = Meeting(
    id="riga",
    name="4th Workshop in Riga",
    series="workshop",
    ordinal=4,
    region="Central Asia",
    start="2031-06-01",
    end="2031-06-03",
    city="Riga",
    country="Latvia",
    format="in person",
    participants="more than 60",
    countries=("Mongolia", "Kyrgyzstan"),
    projects=(53,),
    people=(Person("Ada Berg", "Minister of Rivers"),),
)


def document(text: str, *records: Record, id: str = "a", language: str = "en", title: str = "") -> Document:
    heading = text.partition("\n")[0]
    metadata = Metadata(title or heading, kind="meeting", language=language, records=records)
    return Document(id, "corpus", f"{id}.md", f"sha {id} {len(text)}", metadata, text, (Section("", 0, len(text)),))


def stored(library: LibraryWriter, *documents: Document) -> None:
    for one in documents:
        library.add(one, [StoredChunk(piece, [0.0]) for piece in chunk(one)])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library.sqlite"


def test_every_value_of_a_record_is_a_cell_with_its_sentence() -> None:
    one = document(TEXT, WORKSHOP)
    (row, *_) = catalogue.rows(one)
    assert (row.kind, row.id, row.value("start"), row.value("end")) == ("meeting", "riga", "2031-06-01", "2031-06-03")
    assert row.values("countries") == ("Mongolia", "Kyrgyzstan")
    assert [one.text[cell.start : cell.end] for cell in row.cells] == [cell.quote for cell in row.cells]
    assert catalogue.missing(one) == ()


def test_a_value_that_the_text_does_not_state_is_no_cell_and_is_missing() -> None:
    one = document(TEXT.replace("Riga, Latvia", "Riga").replace("Project 53", "a project"), WORKSHOP)
    (row, *_) = catalogue.rows(one)
    assert (row.value("country"), row.values("projects")) == (None, ())
    assert [(field, value) for _, field, value in catalogue.missing(one)] == [("country", "Latvia"), ("projects", "53")]


def test_who_took_part_is_quoted_from_the_list_of_countries() -> None:
    text = "Camp\n\nThe camp was held in Kenya. Kenya, Rwanda and Uganda took part in the camp."
    (row, *_) = catalogue.rows(document(text, Meeting(id="camp", name="Camp", country="Kenya", countries=("Kenya",))))
    quotes = {cell.field: cell.quote for cell in row.cells}
    assert quotes["country"] == "The camp was held in Kenya."
    assert quotes["countries"] == "Kenya, Rwanda and Uganda took part in the camp."


def test_people_and_organisations_are_rows_of_their_own() -> None:
    project = Project(number=53, name="Safe rivers", implementer="River Institute (RI)")
    one = document("Safe rivers\n\nThe River Institute (RI) runs Project 53, Safe rivers.", WORKSHOP, project)
    found = {(row.kind, row.id) for row in (*catalogue.rows(one), *catalogue.rows(document(TEXT, WORKSHOP)))}
    assert {("person", "person-ada-berg"), ("organisation", "organisation-ri")} <= found


def test_titles_and_accents_do_not_make_another_person() -> None:
    names_of_one = ("Dr Aïda Berg", "H.E. Aida Berg", "Aida Berg (also Bergh)")
    assert {catalogue.person_id(name) for name in names_of_one} == {"person-aida-berg"}


def test_a_register_gives_each_of_its_records_the_section_about_it() -> None:
    text = (
        "Register\n\nTwo meetings.\n\nMeeting in Oslo\n\nOn 2 May 2030 experts met in Oslo.\n\n"
        "Meeting in Bern\n\nOn 9 May 2030 experts met in Bern."
    )
    oslo, bern = text.index("Meeting in Oslo"), text.index("Meeting in Bern")
    sections = (
        Section("", 0, oslo),
        Section("Meeting in Oslo", oslo, bern),
        Section("Meeting in Bern", bern, len(text)),
    )
    records = tuple(
        Meeting(id=city, name=f"Meeting in {city}", start=f"2030-05-0{day}", city=city)
        for city, day in (("Bern", 9), ("Oslo", 2))
    )
    one = Document("r", "corpus", "r.md", "sha", Metadata("Register", records=records), text, sections)
    found = {row.id: {cell.section for cell in row.cells} for row in catalogue.rows(one) if row.kind == "meeting"}
    assert found == {"Bern": {"Meeting in Bern"}, "Oslo": {"Meeting in Oslo"}}


def test_the_same_round_table_told_twice_is_one_row() -> None:
    stated = document(
        "14th round table for Central Asia\n\nThe 14th round table for Central Asia met on 1 June 2021.",
        Meeting(
            id="rtm-14",
            name="14th round table for Central Asia",
            series="round-table",
            ordinal=14,
            region="Central Asia",
        ),
    )
    told = document(
        "News\n\nThe fourteenth round table of Central Asia was held in Almaty, Kazakhstan, on 1 June 2021.", id="b"
    )
    (row,) = catalogue.merge(row for one in (told, stated) for row in catalogue.rows(one) if row.kind == "meeting")
    assert (row.id, row.documents, row.value("city")) == ("rtm-14", ("a", "b"), "Almaty")


def test_numbered_workshops_of_two_countries_are_two_rows() -> None:
    workshops = [
        Meeting(id=id, name="First workshop", series="workshop", ordinal=1, region="Gulf") for id in ("oman", "qatar")
    ]
    rows = [row for meeting in workshops for row in catalogue.rows(document("First workshop\n\nGulf.", meeting))]
    assert len(catalogue.merge(row for row in rows if row.kind == "meeting")) == 2


def test_the_library_gives_the_catalogue_with_verbatim_quotes(path: Path) -> None:
    text = TEXT.replace("Riga", "Rīga \U0001f600")
    partner = Partner(name="Mongolia", region="Central Asia", focal_points=(Person("Bo Lee", "National Focal Point"),))
    secretariat = Secretariat(region="Gulf", code="GCC", city="Abu Dhabi", opened="2014-06-18")
    with closing(LibraryWriter(path)) as library:
        stored(library, document(text, WORKSHOP, title="4th Workshop"))
        stored(
            library,
            document("Mongolia\n\nMongolia is a partner in Central Asia. Bo Lee is its focal point.", partner, id="m"),
        )
        stored(
            library,
            document("GCC\n\nThe Gulf (GCC) secretariat opened in Abu Dhabi on 18 June 2014.", secretariat, id="s"),
        )
    with closing(Library(path)) as library:
        for kind in catalogue.KINDS:
            for row in library.catalogue(kind):
                for cell in row.cells:
                    assert library.document(cell.document_id).text[cell.start : cell.end] == cell.quote
        assert [row.id for row in library.catalogue("partner")] == ["partner-mongolia"]
        assert library.catalogue("secretariat")[0].value("opened") == "2014-06-18"
        assert {row.id for row in library.catalogue("person")} == {"person-ada-berg", "person-bo-lee"}


def test_an_english_document_names_what_documents_in_other_languages_tell_too(path: Path) -> None:
    with closing(LibraryWriter(path)) as library:
        french = Meeting(id="riga", name="Quatrième atelier à Riga", city="Riga")
        stored(
            library, document("Quatrième atelier à Riga\n\nL'atelier a eu lieu à Riga.", french, id="0", language="fr")
        )
        stored(library, document(TEXT, WORKSHOP))
    with closing(Library(path)) as library:
        (row,) = library.catalogue("meeting")
        assert (row.value("name"), row.documents) == ("4th Workshop in Riga", ("a", "0"))


def test_a_deleted_document_leaves_no_row_and_no_mention(path: Path) -> None:
    with closing(LibraryWriter(path)) as library:
        stored(library, document(TEXT, WORKSHOP))
        library.delete("a")
    with closing(Library(path)) as library:
        assert [library.catalogue(kind) for kind in catalogue.KINDS] == [()] * len(catalogue.KINDS)
        tables = ("records", "cells", "mentions")
        assert [library.connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables] == [
            (0,)
        ] * 3


def test_chunks_are_found_by_what_they_name(path: Path) -> None:
    with closing(LibraryWriter(path)) as library:
        stored(library, document(TEXT, WORKSHOP), document("Other\n\nTogo joined in 2013.", id="b"))
    with closing(Library(path)) as library:
        wanted = [
            Mention("country", "Kyrgyzstan"),
            Mention("region", "Central Asia"),
            Mention("project", "53"),
            Mention("year", "2031"),
            Mention("kind", "meeting"),
            Mention("meeting", "riga"),
        ]
        found = [library.chunks(library.naming([mention])) for mention in wanted]
        assert [{chunk.document_id for chunk in chunks.values()} for chunks in found] == [{"a"}] * 4 + [
            {"a", "b"},
            {"a"},
        ]
        assert library.naming([Mention("country", "Togo"), Mention("project", "53")]) == []
        togo = [Mention("country", "Togo")]
        assert library.match('"togo" OR "workshop"', 9, togo) == library.naming(togo)


def test_organisations_of_the_glossary_are_found_in_texts_without_records() -> None:
    one = document("Note\n\nThe JRC presented a questionnaire.")
    terms = [Term("JRC", "Joint Research Centre"), Term("NAP", "national action plan")]
    assert [row.id for row in catalogue.rows(one, terms)] == ["organisation-jrc"]


def test_every_shown_country_is_one_that_is_found() -> None:
    assert all(names.country(row[0]) == row[0] for row in names.COUNTRY_FORMS)
