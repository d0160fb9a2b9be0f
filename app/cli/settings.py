"""Settings for a command; a wrong one is a sentence, not a traceback."""

from pydantic import ValidationError

from app.settings import Settings
from ingest.errors import ConfigurationError


def load_settings() -> Settings:
    """The settings from environment and `.env`.

    Raises:
        ConfigurationError: a value is not acceptable.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "COE_" + "_".join(map(str, first["loc"])).upper()
        raise ConfigurationError(f"{name}={first['input']!r} is not right: {first['msg']}.") from None
