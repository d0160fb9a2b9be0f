from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.assembly import assemble, read_metadata, read_sidecar
from ingest.errors import DocumentRejected
from ingest.types import Block, Loaded, Metadata, Section, Source

SOURCE = Source("meetings/a", Path("/corpus/meetings/a.md"), "corpus", "0" * 64)


def _document(*blocks, title="Report"):
    return assemble(SOURCE, Loaded(blocks), Metadata(title=title), "meetings/a.md")


def test_text_keeps_rows_and_items_together_and_sets_paragraphs_apart():
    document = _document(
        Block("heading", "Partners", level=2),
        Block("paragraph", "They are two."),
        Block("item", "Kenya"),
        Block("item", "Ghana"),
        Block("row", "Country: Kenya"),
        Block("row", "Country: Ghana"),
    )
    assert document.text == ("Partners\n\nThey are two.\n\nKenya\nGhana\n\nCountry: Kenya\nCountry: Ghana")


def test_a_section_begins_with_its_heading_and_knows_the_headings_above():
    document = _document(
        Block("paragraph", "Before."),
        Block("heading", "Report", level=1),
        Block("heading", "Partners", level=2),
        Block("paragraph", "Two."),
        Block("heading", "Africa", level=3),
        Block("paragraph", "One."),
        Block("heading", "Annex", level=2),
    )
    assert [(section.heading, document.text[section.start : section.end]) for section in document.sections] == [
        ("", "Before."),
        ("", "Report"),
        ("Partners", "Partners\n\nTwo."),
        ("Partners › Africa", "Africa\n\nOne."),
        ("Annex", "Annex"),
    ]


def test_a_main_heading_that_is_not_the_title_stays_in_the_path():
    document = _document(Block("heading", "Other", level=1), Block("heading", "Partners", level=2))
    assert [section.heading for section in document.sections] == ["Other", "Other › Partners"]


def test_a_new_page_begins_a_section_under_the_same_heading():
    document = _document(
        Block("heading", "Partners", level=2, page=1),
        Block("paragraph", "One.", page=1),
        Block("paragraph", "Two.", page=2),
    )
    assert document.sections == (Section("Partners", 0, 14, 1), Section("Partners", 16, 20, 2))


def test_a_document_carries_what_is_known_of_its_source():
    document = _document(Block("paragraph", "One."))
    assert (document.id, document.origin, document.path, document.sha256, document.metadata) == (
        "meetings/a",
        "corpus",
        "meetings/a.md",
        "0" * 64,
        Metadata(title="Report"),
    )


BLOCKS = st.lists(
    st.builds(
        Block,
        kind=st.sampled_from(["heading", "paragraph", "item", "row"]),
        text=st.text(max_size=20),
        level=st.integers(0, 4),
        page=st.none() | st.integers(1, 3),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(BLOCKS)
def test_sections_cover_every_block_in_order_without_overlap(blocks):
    document = _document(*blocks)
    texts = [document.text[section.start : section.end] for section in document.sections]
    assert all(texts)
    borders = [place for section in document.sections for place in (section.start, section.end)]
    assert borders == sorted(borders)
    assert borders[:1] in ([], [0])
    assert borders[-1:] in ([], [len(document.text)])
    between = [
        document.text[left.end : right.start]
        for left, right in zip(document.sections, document.sections[1:], strict=False)
    ]
    assert all(gap in ("\n", "\n\n") for gap in between)
    place = 0
    for block in blocks:
        place = document.text.index(block.text, place) + len(block.text)


@pytest.mark.parametrize(
    ("loaded", "sidecar", "title"),
    [
        pytest.param(Loaded((), {"title": "Front"}, "Format"), {"title": "Side"}, "Front", id="front matter first"),
        pytest.param(Loaded((), None, "Format"), {"title": "Side"}, "Side", id="then the sidecar"),
        pytest.param(
            Loaded((Block("heading", "Main", level=1),), None, "Format"),
            None,
            "Format",
            id="then the format's",
        ),
        pytest.param(
            Loaded((Block("heading", "Sub", level=2), Block("heading", "Main", level=1))),
            None,
            "Main",
            id="then the main heading",
        ),
        pytest.param(Loaded(()), None, "ca rtm 14", id="then the file's name"),
    ],
)
def test_where_a_title_comes_from(loaded, sidecar, title):
    assert read_metadata(loaded, sidecar, fallback_title="ca rtm 14", where="a.md") == Metadata(title=title)


def test_metadata_hold_no_hidden_characters():
    loaded = Loaded((), {"title": "Re\u202eport\U000e0041", "region": "Cafe\u0301 \u200bAsia"})
    assert read_metadata(loaded, None, fallback_title="a", where="a.md") == Metadata(title="Report", region="Café Asia")


def test_a_sidecar_is_read_beside_its_file(tmp_path):
    (tmp_path / "a.pdf.yaml").write_text("title: Beside\nstart: 2021\n", encoding="utf-8")
    assert read_sidecar(tmp_path / "a.pdf") == {"title": "Beside", "start": "2021"}


def test_a_file_without_a_sidecar_has_none(tmp_path):
    assert read_sidecar(tmp_path / "a.pdf") is None


def test_a_huge_sidecar_is_rejected(tmp_path):
    (tmp_path / "a.pdf.yaml").write_bytes(b"title: x\n" * 100_000)
    with pytest.raises(DocumentRejected, match=r"a\.pdf\.yaml is larger than 256,000 bytes"):
        read_sidecar(tmp_path / "a.pdf")
