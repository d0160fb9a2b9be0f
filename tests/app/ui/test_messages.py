import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.types import Answer, Citation, Conflict, Item, Nearest
from app.ui import messages
from app.ui.words import words_in

CITATION = Citation(
    label=1,
    document_id="meetings/ca-rtm-14",
    title="14th Meeting",
    url="https://example.org/source",
    published="2021-06-05",
    section="14th Meeting › Outcome",
    page=3,
    quote="It met in Almaty.",
    start=10,
    end=27,
)
ANSWER = Answer(
    question="Where did it meet?",
    standalone_question="Where did it meet?",
    answer="It met in Almaty [1].",
    short_answer="Almaty",
    completeness="complete",
    as_of="2021-06-05",
    citations=(CITATION,),
    reader="extractive",
)
ENGLISH = words_in("en")
TOLD = messages.Told(ENGLISH, ("extractive",))
LINK = "/documents/meetings/ca-rtm-14?start=10&amp;end=27#passage"


def shown(**changes: object) -> str:
    return messages.finished(ANSWER.model_copy(update=changes), TOLD)


@given(st.text())
def test_literal_text_holds_no_punctuation_a_renderer_could_read(text: str):
    entities_removed = re.sub(r"&#\d+;", "", messages.literal(text))
    assert not re.search(r"[!-/:-@\[-`{-~\n\r]", entities_removed)


@given(st.text(alphabet=st.characters(codec="ascii", exclude_categories=("Cc",))))
def test_literal_text_is_read_back_as_it_was_written(text: str):
    assert html.unescape(messages.literal(text)) == " ".join(text.split())


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\x00", "\x1b", "\ud800"], ids=ascii)
def test_literal_text_drops_what_would_reorder_or_break_it(hidden: str):
    assert messages.literal(f"a{hidden}b") == "ab"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("2021-06-05", "5 June 2021"),
        ("2021-06", "June 2021"),
        ("2021", "2021"),
        ("0000", "0000"),
        ("2021-13-45", "2021-13-45"),
        ("spring", "spring"),
        ("2021-06-05-07", "2021-06-05-07"),
    ],
)
def test_a_date_is_written_as_precisely_as_it_is_known(value: str, written: str):
    assert words_in("en").day(value) == written


@pytest.mark.parametrize(
    ("document_id", "path"),
    [
        ("meetings/ca-rtm-14", "/documents/meetings/ca-rtm-14"),
        ('a"><b?c#d', "/documents/a%22%3E%3Cb%3Fc%23d"),
        ("//evil.example", "/documents///evil.example"),
    ],
)
def test_a_document_path_stays_on_this_host(document_id: str, path: str):
    assert messages.document_path(document_id) == path


def test_a_label_links_to_its_passage():
    link = f'<a class="label source" href="{LINK}"><span class="sr">Source </span>1</a>'
    assert f"<p>It met in Almaty {link}&#46;</p>" in shown()


def test_a_label_without_a_citation_is_text():
    assert "<p>It met &#91;7&#93;&#46;</p>" in shown(answer="It met [7].")


def test_a_number_in_brackets_that_a_quote_has_is_text():
    quote = "The board noted [1] that Almaty met [2] twice [1]"
    told = shown(answer=f"{quote} [1].", citations=(CITATION.model_copy(update={"quote": quote}),))
    said = told[told.index('<div class="said">') :].partition("</div>")[0]
    assert said.count("&#91;1&#93;") == 2
    assert said.count("<a ") == 1
    assert said.endswith("</a>&#46;</p>")


def test_a_card_gives_title_place_date_and_quote():
    assert (
        f'<a class="card source" href="{LINK}"><span class="number">1</span>'
        '<span class="title">14th Meeting</span><span class="facts">Outcome · page 3 · 5 June 2021</span>'
        '<span class="quote">“It met in Almaty&#46;”</span></a>'
    ) in shown()


def test_a_complete_answer_says_so_and_carries_its_date():
    standing = '<span class="complete">Complete</span> <span class="as-of">As of 5 June 2021</span>'
    assert f'<p class="standing">{standing}</p>' in shown()


def test_a_partial_answer_says_so():
    assert '<span class="partial">Partly answered</span>' in shown(completeness="partial")


def test_an_answer_of_several_lines_keeps_paragraphs_and_lists():
    assert '<div class="said"><p>One</p><ul><li>two</li><li>three</li></ul><p>four</p></div>' in shown(
        answer="One\n- two\n- three\n\nfour"
    )


def test_items_that_the_answer_does_not_spell_out_are_listed():
    table = shown(items=(Item(text="Georgia", label=1),))
    date = '<time datetime="2021&#45;06&#45;05">5 June 2021</time>'
    assert f'<tr><td>1</td><td>Georgia</td><td>{date}</td><td><a class="label source"' in table


def test_items_that_the_answer_spells_out_are_not_repeated():
    assert "<table" not in shown(items=(Item(text="Almaty", label=1),))


def test_entries_that_end_the_answer_stand_in_the_table_alone():
    entries = (Item(text="Almaty: the first", label=1), Item(text="Astana: the second", label=1))
    listed = shown(answer="2 cities on file: Almaty; Astana. [1]", items=entries)
    assert '<div class="said"><p>2 cities on file</p></div>' in listed


def test_a_conflict_is_shown_with_its_date_and_label():
    differing = shown(conflicts=(Conflict(value="Astana", date="2020-06", label=1),))
    assert '<td>Astana</td><td><time datetime="2020&#45;06">June 2020</time></td><td><a class=' in differing


def test_a_table_says_whose_date_it_gives():
    told = shown(items=(Item(text="Georgia", label=1),), conflicts=(Conflict(value="62", date="2020-06", label=1),))
    assert re.findall(r'<th scope="col">(.*?)</th>', told) == [
        *("No&#46;", "Entry", "Source dated", "Source"),
        *("Value", "As of", "Source"),
    ]


def test_a_question_read_differently_is_shown_as_it_was_read():
    assert '<p class="note">Read as&#58;' not in shown()
    assert '<p class="note">Read as&#58; Where was it&#63;</p>' in shown(standalone_question="Where was it?")


def test_a_reader_that_was_not_configured_is_named():
    assert "without the language model&#58;" not in shown()
    assert "without the language model&#58; extractive &#40;no key&#41;" in shown(reader="extractive (no key)")


def test_a_refusal_lists_the_nearest_documents():
    near = Nearest(document_id="partners/all", title="Partners", url=None, published="2021")
    assert (
        '<ul class="nearest"><li><a class="source" href="/documents/partners/all">Partners</a> '
        "<small>2021</small></li></ul>"
    ) in shown(completeness="none", citations=(), short_answer=None, nearest=(near,))


def test_stopping_keeps_what_was_said():
    growing = messages.growing("Searched", ["It met in Almaty [1]."], [CITATION], ENGLISH)
    stopped = messages.stopped(growing, ENGLISH)
    assert stopped.startswith('<div class="reply stopped">')
    assert "It met in Almaty" in stopped
    assert '<p class="note">Stopped&#46;</p>' in stopped
    assert 'class="again"' in stopped


def test_stopping_a_finished_answer_changes_nothing():
    assert messages.stopped(shown(), ENGLISH) == shown()


@pytest.mark.parametrize(
    "message",
    [
        messages.question("one\n\ntwo\r\nthree"),
        messages.growing("step", ["a\n\nb [1]"], [CITATION], ENGLISH),
        messages.failure("a\n\nb", ENGLISH),
        shown(answer="a\n\nb", coverage="c\n\nd", short_answer="e\n\nf"),
    ],
    ids=["question", "growing", "failure", "finished"],
)
def test_a_message_is_one_line_so_that_no_part_of_it_is_read_as_markdown(message: str):
    assert "\n" not in message
    assert message.startswith("<div ")
