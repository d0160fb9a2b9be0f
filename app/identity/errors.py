"""What can go wrong with accounts and logins, each as one sentence.

CoeError
├── InvalidName                 a name that no account or key can have
├── InvalidScope                a scope that there is not
├── UnknownName                 no account or key of that name
├── NameTaken                   there is such an account already
├── WeakPassword                a password is too short
├── WrongPassword               name and password do not belong together            HTTP 401
├── TooManyAttempts             five wrong passwords in a quarter of an hour        HTTP 429
└── AccountsUnavailable         the file of accounts cannot be used                 HTTP 503
"""

from ingest.errors import CoeError


class InvalidName(CoeError):
    """A name that no account or key can have."""

    code = "invalid_name"


class InvalidScope(CoeError):
    """A scope that there is not."""

    code = "invalid_scope"


class UnknownName(CoeError):
    """There is no account or key of that name."""

    code = "unknown_name"
    status = 404


class NameTaken(CoeError):
    """There is such an account already."""

    code = "name_taken"
    status = 409


class WeakPassword(CoeError):
    """A password is too short."""

    code = "weak_password"


class WrongPassword(CoeError):
    """Name and password do not belong together; which of them is wrong is not told."""

    code = "wrong_password"
    status = 401


class TooManyAttempts(CoeError):
    """Too many wrong passwords: even the right one is refused for a while."""

    code = "too_many_attempts"
    status = 429


class AccountsUnavailable(CoeError):
    """The file of accounts cannot be used: nobody comes in until it can."""

    code = "accounts_unavailable"
    status = 503
