from app.types import MAX_ANSWER, MAX_TURNS, Answer, Claimed, Finished, Retrieved, Turn, Understood
from app.ui.conversation import MAX_EXCHANGES, Conversation, Reply, replies
from app.ui.messages import Told
from app.ui.words import words_in


def answer(text: str = "Yes.") -> Answer:
    return Answer(
        question="q",
        standalone_question="q",
        answer=text,
        short_answer=None,
        completeness="complete",
        as_of=None,
        reader="extractive",
    )


def test_history_holds_answered_exchanges_only():
    conversation = (
        Conversation()
        .asked("first", Reply("shown", answer("One.")))
        .asked("failed", Reply("shown"))
        .asked("second", Reply("shown", answer("Two.")))
    )
    assert conversation.history() == (
        Turn(question="first", answer="One."),
        Turn(question="second", answer="Two."),
    )


def test_history_keeps_within_what_a_question_allows():
    conversation = Conversation()
    for number in range(MAX_TURNS + 5):
        conversation = conversation.asked(str(number), Reply("shown", answer("x" * (MAX_ANSWER + 1))))
    history = conversation.history()
    assert [turn.question for turn in history] == [str(number) for number in range(5, MAX_TURNS + 5)]
    assert {len(turn.answer) for turn in history} == {MAX_ANSWER}


def test_a_reply_replaces_the_one_before():
    conversation = Conversation().asked("q", Reply("working")).replied(Reply("done"))
    assert conversation.messages() == [
        {"role": "user", "content": '<div class="question">q</div>'},
        {"role": "assistant", "content": "done"},
    ]


def test_a_conversation_forgets_its_oldest_exchanges():
    conversation = Conversation()
    for number in range(MAX_EXCHANGES + 1):
        conversation = conversation.asked(str(number), Reply("shown"))
    assert [conversation.exchanges[0].question, len(conversation.exchanges)] == ["1", MAX_EXCHANGES]


def test_stopping_leaves_an_answered_exchange_alone():
    conversation = Conversation().asked("q", Reply("shown", answer()))
    assert conversation.stopped(words_in("en")) == conversation


def test_events_become_steps_then_claims_then_the_answer():
    events = [
        Understood(standalone_question="q"),
        Retrieved(passages=1, titles=("One",)),
        Claimed(text="Yes.", citations=()),
        Finished(answer=answer()),
    ]
    found = list(replies(events, Told(words_in("en"), ("extractive",))))
    assert [reply.answer for reply in found] == [None, None, None, answer()]
    assert "Searching the documents" in found[0].shown
    assert "Searched 1 passage in 1 document<" in found[1].shown
    assert "<p>Yes&#46;</p>" in found[2].shown
    assert found[3].shown.startswith('<div class="reply finished answer">')


def test_a_question_that_is_kept_at_once_is_kept_again_in_its_own_place():
    begun = Conversation().asked("q", Reply("working")).kept("c1").pending()
    assert (begun.id, begun.taken_back, begun.without_last().taken_back) == ("c1", 1, 1)
    over = begun.replied(Reply("done", answer())).kept("c1")
    assert (over.taken_back, over.without_last().taken_back) == (0, 1)


def test_a_question_names_the_conversation_that_it_is_kept_in():
    shown = Conversation().asked("q", Reply("working")).kept("c1").messages()[0]["content"]
    assert shown == '<div class="question in-c1">q</div>'
