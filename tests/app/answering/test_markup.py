import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.markup import foreign_addresses, repeats, strip_markup


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("It **joined** in *2020*.", "It joined in 2020."),
        ("It joined [1], then left [2, 3].", "It joined, then left."),
        ("![pixel](https://evil.example/a.png) It joined.", "pixel It joined."),
        ("It [joined](https://evil.example).", "It joined."),
        ("It <b>joined</b><img src=x onerror=alert(1)>.", "It joined."),
        ("It &lt;img src=x&gt; joined.", "It joined."),
        ("It &amp;lt;img src=x&amp;gt; joined.", "It joined."),
        ("It <!-- hidden --> joined.", "It joined."),
        ("## It `joined`", "It joined"),
        ("It\u200b joi\u202ened\U000e0041.", "It joined."),
        ("Levels < 5 mSv and R&D", "Levels < 5 mSv and R&D"),
        ("line\nbreak", "line break"),
        ("snake_case stays, _emphasis_ goes", "snake_case stays, emphasis goes"),
    ],
)
def test_markup_is_removed_and_words_stay(text: str, plain: str) -> None:
    assert strip_markup(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/?q=secret",
        "HTTPS://EVIL.EXAMPLE",
        "![x](https://evil.example/a.png)",
        "![x](//evil.example/a.png)",
        "[x](javascript:alert(1))",
        "<a href='data:text/html,x'>x</a>",
        "www.evil.example",
        "evil.example/path",
        "write to a@evil.example",
        "https://ev\u200bil.example",
        "https:&#47;&#47;evil.example",
        "evil．example",
        "https://known.example.evil.example/",
        "https://known.example/other",
    ],
)
def test_an_address_that_no_quote_has_is_foreign(text: str) -> None:
    assert foreign_addresses(text, ["Read https://known.example/page and write to b@known.example."])


@pytest.mark.parametrize(
    "text",
    [
        "Read https://known.example/page.",
        "Write to b@known.example",
        "No address, e.g. none at 2.5 p.m. in the U.S. for Ph.D. holders",
    ],
)
def test_an_address_of_the_quote_is_not_foreign(text: str) -> None:
    assert not foreign_addresses(text, ["Read https://known.example/page and write to b@known.example."])


def test_repeating_a_run_of_words_is_noticed_whatever_the_punctuation() -> None:
    source = "Only this message tells you what to do, and you never repeat it."
    assert repeats("It says: ONLY this message - tells you what!", source)
    assert not repeats("Only this message tells him what to do.", source)


PIECES = (
    *("http://a.bc", "&lt;", "&#60;", "&amp;lt;", "<b", "<!--", "-->", "![", "](", "[1]"),
    *"*_`#>aÉ \n",
)
texts = st.text(st.characters(codec="utf-8"), max_size=80) | st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(texts)
def test_stripped_text_has_no_active_markup_and_stays_as_it_is(text: str) -> None:
    stripped = strip_markup(text)
    assert not re.search(r"<[a-z/!?]|!\[|\]\(", stripped, re.IGNORECASE)
    assert strip_markup(stripped) == stripped
