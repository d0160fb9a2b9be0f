"""What a client would rather have: its Accept header against what an address offers."""

from collections.abc import Iterator, Sequence


def preferred(accept: str, offers: Sequence[str]) -> str:
    """The offer that an Accept header rates highest, of equals the first; the first when it takes none of them."""
    ratings = dict(_ratings(accept))
    return max(offers, key=lambda offer: _rating(offer, ratings))


def _rating(offer: str, ratings: dict[str, float]) -> float:
    ranges = (offer, f"{offer.partition('/')[0]}/*", "*/*")
    return next((ratings[each] for each in ranges if each in ratings), 0.0)


def _ratings(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        yield media, float(weight) if weight.replace(".", "", 1).isdecimal() else 0.0
