"""How often one may come: limits by key, account or address, told in the headers of every response."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, Storage
from limits.strategies import SlidingWindowCounterRateLimiter

from app.api.access import Rate
from app.api.problems import Problem
from app.settings import Settings
from ingest.errors import ConfigurationError

_IPV6_HOME = 64
"""Bits of an IPv6 address that a household or a machine has for itself: it may take any address within."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left to somebody after a request was counted."""

    is_kept: bool
    headers: Mapping[str, str]

    def refusal(self) -> Problem:
        """The problem of one who came too often."""
        sentence = f"Too many requests; please try again in {self.headers['Retry-After']} s."
        return Problem(429, "rate_limited", sentence, self.headers)


class Rates:
    """Counts requests, in this process's memory where nothing else is given."""

    def __init__(self, settings: Settings, counts: Storage | None = None) -> None:
        """Raises `ConfigurationError` when a rate of the settings is none."""
        self._items: dict[Rate, RateLimitItem] = {
            "ask": _item("COE_ASK_RATE", settings.ask_rate),
            "request": _item("COE_REQUEST_RATE", settings.request_rate),
        }
        self._limiter = SlidingWindowCounterRateLimiter(counts or MemoryStorage())

    def count(self, rate: Rate, whose: str) -> Allowance:
        """Count one request."""
        item = self._items[rate]
        is_kept = self._limiter.hit(item, rate, whose)
        stats = self._limiter.get_window_stats(item, rate, whose)
        seconds = max(1, math.ceil(stats.reset_time - time.time()))
        headers = {
            "RateLimit-Policy": f'"{rate}";q={item.amount};w={item.get_expiry()}',
            "RateLimit": f'"{rate}";r={max(0, stats.remaining)};t={seconds}',
        }
        return Allowance(is_kept, headers if is_kept else {**headers, "Retry-After": str(seconds)})


def address_name(address: str) -> str:
    """The name under which requests from an address are counted."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, _IPV6_HOME), strict=False)) if parsed.version == 6 else address


def _item(setting: str, rate: str) -> RateLimitItem:
    try:
        item = parse(rate)
    except ValueError:
        item = None
    if item is None or item.amount < 1:
        raise ConfigurationError(f"{setting} must be a rate such as 30/minute, not {rate!r}.")
    return item
