import pytest

from app.answering.chat_model import load_chat_model
from ingest.errors import ConfigurationError
from tests.llm_server import llm_server, says


def test_the_model_also_answers_without_streaming() -> None:
    with llm_server(says("hello")) as server:
        assert load_chat_model("openai:scripted", url=server.url).invoke("hi").text == "hello"


@pytest.mark.parametrize(
    ("llm", "sentence"),
    [
        ("gpt", "COE_LLM must read provider:model, such as openai:NAME; it is 'gpt'."),
        ("openai:", "COE_LLM must read provider:model, such as openai:NAME; it is 'openai:'."),
        (":x", "COE_LLM must read provider:model, such as openai:NAME; it is ':x'."),
        ("", "COE_LLM must read provider:model, such as openai:NAME; it is ''."),
        ("nobody:x", "COE_LLM=nobody:x: LangChain knows no provider 'nobody'."),
        ("openai:x", "COE_LLM=openai:x needs a key: set COE_LLM_API_KEY."),
    ],
)
def test_a_setting_that_cannot_work_says_what_to_do(llm: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ConfigurationError) as failed:
        load_chat_model(llm)
    assert str(failed.value) == sentence


def test_a_missing_package_names_the_extra_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "langchain_anthropic", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'coe-assistant\[anthropic\]'"):
        load_chat_model("anthropic:x")


@pytest.mark.parametrize("url", ["127.0.0.1:11434", "file:///etc/passwd", "http://", "http://[::1", ""])
def test_an_address_that_cannot_work_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError) as failed:
        load_chat_model("openai:x", url=url)
    assert str(failed.value) == "COE_LLM_URL must be an http:// or https:// address with a host."
