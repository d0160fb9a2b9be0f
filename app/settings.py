"""Settings: values only, read from the environment (prefix COE_) or from a file `.env`."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything a deployment may set; the README's table is tested against these fields."""

    model_config = SettingsConfigDict(env_prefix="COE_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Path(".coe")
    """Folder of the library: generations, lock, copies of added files."""
    corpus_dir: Path = Path("docs_corpus")
    """Folder of documents that `coe ingest` keeps the library in step with."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: Annotated[int, Field(ge=0, le=65535)] = 7860
    """Port to listen on; 0 takes a free one."""
    public_url: str | None = None
    """Address people open, when it is not the listening one: its host and origin are then accepted."""
    allow_anonymous: bool = False
    """Let anybody ask who reaches the server, without key or login."""
    trusted_proxies: str | None = None
    """Addresses of reverse proxies, separated by commas: what they say of the person's address is believed."""
    ask_rate: str = "30/minute"
    """Questions, and passwords tried, that one key, account or address may send, to all workers together."""
    request_rate: str = "600/minute"
    """Other requests, likewise."""
    max_in_flight: Annotated[int, Field(ge=1, le=256)] = 2
    """Answers that each worker works on at the same time for one key, account or visitor."""
    retention_days: Annotated[int, Field(ge=0, le=36500)] = 30
    """Days that conversations are kept; 0 keeps none."""
    log_format: Literal["text", "json"] = "text"
    """Log as lines for people, or as one JSON object a line."""
    log_questions: bool = False
    """Also write questions into the log."""
    otlp_endpoint: str | None = None
    """OpenTelemetry collector that traces are sent to, such as http://127.0.0.1:4318; needs the extra `tracing`."""
    embedding_model: str = "all-MiniLM-L6-v2"
    """`all-MiniLM-L6-v2` (embedded) or the folder of another sentence-transformers model."""
    chroma_url: str | None = None
    """Chroma server to use in place of a folder, such as http://127.0.0.1:8000."""
    chroma_token: SecretStr | None = None
    """Bearer token sent to the Chroma server; required unless the server is on this machine."""
    llm: str | None = None
    """LangChain chat model as provider:model; without it the extractive reader answers."""
    llm_url: str | None = None
    """Base URL of an OpenAI-compatible server, with COE_LLM=openai:model."""
    llm_api_key: SecretStr | None = None
    """Key for the LLM, where the provider's own variable is not set."""
    llm_timeout: Annotated[float, Field(gt=0, le=600)] = 10.0
    """Seconds that the LLM may stay silent before the extractive reader takes over."""
    max_concurrent: Annotated[int, Field(ge=1, le=256)] = 8
    """Answers that each worker works on at the same time; more wait, and too many are refused."""

    @property
    def is_public(self) -> bool:
        """True when the listening address can be reached from other machines."""
        if self.host == "localhost":
            return False
        try:
            return not ip_address(self.host).is_loopback
        except ValueError:
            return True

    @property
    def is_reachable(self) -> bool:
        """True when other machines reach the server, by its own address or by that of a proxy."""
        return self.is_public or self.public_url is not None
