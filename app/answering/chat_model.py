"""The chat model that the settings name."""

import os
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from ingest.errors import ConfigurationError

_EXTRAS = ("openai", "anthropic", "ollama")


def load_chat_model(
    llm: str, *, url: str | None = None, api_key: SecretStr | None = None, timeout: float = 10.0
) -> BaseChatModel:
    """The chat model that `provider:model` names.

    Raises:
        ConfigurationError: the setting is malformed, its package is missing, or the model cannot be set up.
    """
    provider, _, model = llm.partition(":")
    if not provider.strip() or not model.strip():
        raise ConfigurationError(f"COE_LLM must read provider:model, such as openai:NAME; it is {llm!r}.")
    _check_url(url)
    try:
        options = _options(provider, url, api_key, timeout)
        loaded: BaseChatModel = init_chat_model(model, model_provider=provider, temperature=0, **options)
    except ImportError as error:
        raise ConfigurationError(_missing_package(llm, provider, error)) from error
    except Exception as error:
        # Not chained: the text of a failed validation shows its input, and the key is part of it.
        raise ConfigurationError(_cannot_load(llm, provider, api_key, error)) from None
    return loaded


def _check_url(url: str | None) -> None:
    if url is None:
        return
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname:
            return
    raise ConfigurationError("COE_LLM_URL must be an http:// or https:// address with a host.")


def _options(provider: str, url: str | None, api_key: SecretStr | None, timeout: float) -> dict[str, Any]:
    if provider == "ollama":
        options: dict[str, Any] = {"client_kwargs": {"timeout": timeout}}
    else:
        options = {"timeout": timeout, "max_retries": 0}
    if url is not None:
        options["base_url"] = url
    if url is not None and provider == "openai":
        # The variable OPENAI_API_KEY is meant for OpenAI and is not sent to another host.
        options |= {"api_key": api_key or SecretStr("none"), "use_responses_api": False}
    elif api_key is not None:
        options["api_key"] = api_key
    return options


def _missing_package(llm: str, provider: str, error: ImportError) -> str:
    if provider in _EXTRAS:
        return f"COE_LLM={llm} needs a package: pip install 'coe-assistant[{provider}]'."
    return f"COE_LLM={llm} needs a package. {error}."


def _cannot_load(llm: str, provider: str, api_key: SecretStr | None, error: Exception) -> str:
    if str(error).startswith("Unsupported provider"):
        return f"COE_LLM={llm}: LangChain knows no provider {provider!r}."
    if api_key is None and not os.environ.get(f"{provider.upper()}_API_KEY"):
        return f"COE_LLM={llm} needs a key: set COE_LLM_API_KEY."
    return f"COE_LLM={llm} cannot be set up ({type(error).__name__})."
