import pytest

from ingest import front_matter
from ingest.errors import DocumentRejected
from ingest.types import Figure, Metadata, Person, SourceReference

FULL = """---
title: "Round table: Central Asia"
kind: meeting
language: en
region: Central Asia
countries: [NO, KZ]
projects: [46, 53]
start: 2021-06-03
end: 2021-06
people:
  - name: A. Example
    role: Chair
figures:
  - {what: partner countries, value: 062, date: 2021}
sources:
  - title: Press release
    publisher: Secretariat
    date: 2021-06-05
    url: https://example.org/a?b=1
---
# Body
"""


def test_every_field_is_read_as_it_is_written():
    raw, body = front_matter.split(FULL)
    assert body == "# Body\n"
    assert front_matter.parse(raw, where="meeting.md") == Metadata(
        title="Round table: Central Asia",
        kind="meeting",
        region="Central Asia",
        countries=("NO", "KZ"),
        projects=(46, 53),
        start="2021-06-03",
        end="2021-06",
        people=(Person("A. Example", "Chair"),),
        figures=(Figure("partner countries", "062", "2021"),),
        sources=(SourceReference("Press release", "Secretariat", "2021-06-05", "https://example.org/a?b=1"),),
    )


def test_a_title_is_enough():
    assert front_matter.parse({"title": "Alone"}, where="a.md") == Metadata(title="Alone")


def test_numbers_and_dates_from_other_readers_become_text():
    raw = {"title": "T", "start": 2021, "figures": [{"what": "countries", "value": 62, "date": 2021}]}
    assert front_matter.parse(raw, where="a.md") == Metadata(
        title="T", start="2021", figures=(Figure("countries", "62", "2021"),)
    )


@pytest.mark.parametrize(
    ("text", "raw", "body"),
    [
        pytest.param("# Title\n", None, "# Title\n", id="none"),
        pytest.param("---\nA rule above.\n---\nText", None, "---\nA rule above.\n---\nText", id="two rules"),
        pytest.param("---\ntitle: open\n", None, "---\ntitle: open\n", id="never closed"),
        pytest.param("---\r\ntitle: A\r\n---\r\nText", {"title": "A"}, "Text", id="Windows line ends"),
        pytest.param("---\n---\nText", {}, "Text", id="empty"),
        pytest.param("\n---\ntitle: A\n---\n", None, "\n---\ntitle: A\n---\n", id="not at the very top"),
    ],
)
def test_split(text, raw, body):
    assert front_matter.split(text) == (raw, body)


def _yaml(body: str) -> str:
    return f"---\n{body}\n---\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(
            _yaml("title: ["),
            "is not valid YAML: expected the node content, but found '<stream end>' (line 2)",
            id="broken",
        ),
        pytest.param(
            _yaml("a: &a [x]\nb: [*a, *a]"),
            "is not valid YAML: aliases (*name) are not allowed",
            id="aliases",
        ),
        pytest.param(
            _yaml("a: !!python/object/apply:os.system [id]"),
            "is not valid YAML: tags (!name) are not allowed",
            id="tags",
        ),
        pytest.param(
            _yaml("a: " + "[" * 5_000 + "]" * 5_000),
            "is not valid YAML: nesting deeper than 8 is not allowed",
            id="nesting",
        ),
        pytest.param(_yaml("a: " + "x" * 64_000), "has 64,004 characters, more than 64,000", id="too long"),
        pytest.param(_yaml("? ~\n: x"), "has a key that is not a word: None", id="key that is no word"),
    ],
)
def test_front_matter_that_is_no_plain_yaml_is_rejected(text, reason):
    with pytest.raises(DocumentRejected) as rejected:
        front_matter.split(text, where="a.md")
    assert (rejected.value.reason_code, str(rejected.value)) == (
        "front_matter_invalid",
        f"a.md: front matter {reason}.",
    )


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param({}, "field `title` is missing", id="no title"),
        pytest.param(
            {"title": "A", "kind": "Meeting!"},
            "field `kind` is not written as it must be, not 'Meeting!'",
            id="kind",
        ),
        pytest.param({"title": " "}, "field `title` must not be empty, not ' '", id="blank title"),
        pytest.param({"titel": "A", "title": "A"}, "field `titel` is not one that is known here", id="unknown key"),
        pytest.param(
            {"title": "A", "people": [{"name": "B", "role": "C", "mail": "D"}]},
            "field `people.0.mail` is not one that is known here",
            id="unknown key inside",
        ),
        pytest.param(
            {"title": "A", "start": "June 2021"},
            "field `start` must be a date as YYYY, YYYY-MM or YYYY-MM-DD, not 'June 2021'",
            id="date in words",
        ),
        pytest.param(
            {"title": "A", "end": "2021-02-30"},
            "field `end` must be a date that exists, not '2021-02-30'",
            id="no such day",
        ),
        pytest.param(
            {"title": "A", "start": "2021-06-03", "end": "2020"},
            "field `end` (2020) is before field `start` (2021-06-03)",
            id="end before start",
        ),
        pytest.param(
            {"title": "A", "countries": "Kenya"},
            "field `countries` must be a list, not 'Kenya'",
            id="no list",
        ),
        pytest.param(
            {"title": "A", "countries": [False]},
            "field `countries.0` must be a text, not False",
            id="truth value",
        ),
        pytest.param(
            {"title": "A", "projects": ["x"]},
            "field `projects.0` must be a whole number, not 'x'",
            id="no number",
        ),
        pytest.param(
            {"title": "A", "sources": ["x"]},
            "field `sources.0` must be a list of `key: value` lines, not 'x'",
            id="no mapping",
        ),
    ],
)
def test_a_wrong_field_is_named(raw, reason):
    with pytest.raises(DocumentRejected) as rejected:
        front_matter.parse(raw, where="a.md")
    assert (rejected.value.reason_code, str(rejected.value)) == (
        "front_matter_invalid",
        f"a.md: front matter {reason}.",
    )


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///x",
        "//example.org",
        "https://",
        "http://a b",
        "https://a/'x",
    ],
)
def test_an_address_that_is_not_of_the_web_is_rejected(url):
    with pytest.raises(DocumentRejected, match=r"field `sources\.0\.url` must be an http or https address"):
        front_matter.parse({"title": "A", "sources": [{"title": "B", "url": url}]}, where="a.md")


def test_a_sidecar_must_be_a_mapping():
    with pytest.raises(DocumentRejected, match=r"a\.pdf\.yaml: front matter must be a list of `key: value` lines"):
        front_matter.read("- title", where="a.pdf.yaml")
