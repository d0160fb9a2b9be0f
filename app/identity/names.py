"""Names of accounts and of the holders of keys."""

import re

from app.identity.errors import InvalidName
from app.identity.types import LOCAL, NOBODY

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_RESERVED = (LOCAL.name, NOBODY.name)


def checked_name(name: str) -> str:
    """The name, when somebody can have it.

    Raises:
        InvalidName: it has other characters, is too long, or means somebody else here.
    """
    if _NAME.fullmatch(name) is None or name in _RESERVED or name.startswith("visitor-"):
        raise InvalidName(
            f"{name!r} cannot be a name: use 1 to 64 lower-case letters, digits and . _ @ -, "
            "and not local, nobody or visitor-…."
        )
    return name
