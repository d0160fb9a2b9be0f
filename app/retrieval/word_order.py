"""English word order for the translated pieces of a French or Russian question: rough, but a model can read it."""

import re
from collections.abc import Callable, Sequence

from app.retrieval.phrases import Foreign, Piece

Step = Callable[[list[Piece]], list[Piece]]

_NOMINAL = frozenset({"acronym", "adjective", "kept", "month", "name", "noun", "number", "ordinal", "pronoun"})
_LINKS = frozenset({"", "a", "about", "all", "and", "for", "its", "of", "of the", "on", "that", "the", "this"})
_ARTICLES = frozenset({"a", "of the", "the"})
_BE = frozenset({"are", "is", "was", "were"})
_MODALS = frozenset({"can", "must"})
_ARRIVALS = frozenset({"came", "became", "joined", "ended", "arrived", "left", "went", "started", "met"})
"""Verbs that French conjugates with `être` and that are not passive."""
_COVERED = frozenset({"countries", "region", "regions"})
"""What projects cover; anything else covers."""
_QUESTION = frozenset({"ask", "which"})
_SILENT = Piece("word", "")
"""Where French has an article and English none; it still says that a new thing begins."""
_YEAR = re.compile(r"(?:19|20)\d\d")


def arranged(pieces: Sequence[Piece], language: Foreign) -> str:
    """The pieces as one English question."""
    ordered = list(pieces)
    for step in _STEPS[language]:
        ordered = step(ordered)
    return _joined(ordered)


def _dates(pieces: list[Piece]) -> list[Piece]:
    """`1st March` is `1 March`; `2020 years` is `2020`."""
    out: list[Piece] = []
    for at, piece in enumerate(pieces):
        following = pieces[at + 1] if at + 1 < len(pieces) else None
        before = out[-1] if out else None
        if piece.kind == "ordinal" and following and following.kind == "month":
            day = "1" if piece.text == "first" else re.sub(r"\D+$", "", piece.text)
            out.append(Piece("kept", day or piece.text))
        elif piece.text == "the" and _is_date(pieces[at + 1 : at + 3]):
            out.append(Piece("word", "on"))
        elif piece.text == "years" and (
            (before and _YEAR.search(before.text)) or (following and _YEAR.fullmatch(following.text))
        ):
            continue
        else:
            out.append(piece)
    return out


def _is_date(pieces: Sequence[Piece]) -> bool:
    return len(pieces) == 2 and pieces[0].kind in {"kept", "ordinal"} and pieces[1].kind == "month"


def _before_noun(*kinds: str) -> Step:
    def moved(pieces: list[Piece]) -> list[Piece]:
        out: list[Piece] = []
        noun: int | None = None
        for piece in pieces:
            if noun is not None and piece.kind in kinds:
                out.insert(noun, piece)
                noun += 1
                continue
            noun = len(out) if piece.kind == "noun" else None
            out.append(piece)
        return out

    return moved


def _prepositions(pieces: list[Piece]) -> list[Piece]:
    """`in Yaoundé` and not `to Yaoundé`; no article before a name or a numbered project."""
    out: list[Piece] = []
    for at, piece in enumerate(pieces):
        following = pieces[at + 1] if at + 1 < len(pieces) else Piece("mark", "")
        place = following.kind == "name" or (following.kind == "kept" and following.text[0].isupper())
        numbered = following.text == "project" and at + 2 < len(pieces) and pieces[at + 2].text.isdigit()
        if place and (piece.text in {"to", "at the"} or (piece.kind == "aux" and piece.text == "has")):
            out.append(Piece("word", "in"))
        elif piece.kind == "word" and piece.text in {"the", "of the"} and (following.kind == "name" or numbered):
            out.append(Piece("word", "of") if piece.text == "of the" else _SILENT)
        else:
            out.append(piece)
    return out


def _counted(pieces: list[Piece]) -> list[Piece]:
    """`How many ministries`: what is counted stands in the plural."""
    out: list[Piece] = []
    counting = False
    for piece in pieces:
        plural = counting and piece.kind == "noun" and not piece.text.endswith("s") and piece.text != "people"
        out.append(Piece("noun", _plural(piece.text)) if plural else piece)
        counting = piece.text.endswith("how many") or (counting and piece.kind in {"acronym", "adjective", "ordinal"})
    return out


def _plural(noun: str) -> str:
    return f"{noun[:-1]}ies" if re.search(r"[^aeiou]y$", noun) else f"{noun}s"


def _genitives(pieces: list[Piece]) -> list[Piece]:
    """Russian puts noun behind noun; English links them by `of`."""
    out: list[Piece] = []
    for at, piece in enumerate(pieces):
        behind_noun = at > 0 and pieces[at - 1].kind == "noun"
        rest = (other for other in pieces[at:] if other.kind not in {"adjective", "acronym", "ordinal", "number"})
        if behind_noun and piece.kind != "kept" and next(rest, piece).kind in {"noun", "name"}:
            linked = piece.kind in {"adjective", "acronym", "ordinal", "number", "noun", "name"}
            out += [Piece("word", "of")] if linked else []
        out.append(piece)
    return out


def _tenses(pieces: list[Piece]) -> list[Piece]:
    """Auxiliaries melt into the verb that follows them; those that stand alone become verbs."""
    out: list[Piece] = []
    helpers: list[str] = []
    held: list[Piece] = []
    for piece in [*pieces, Piece("mark", "")]:
        if piece.kind == "aux":
            helpers.append(piece.text)
        elif helpers and (piece.kind == "pronoun" or piece.text in {"not", "officially", "also", "already", "again"}):
            held.append(piece)
        elif piece.kind == "verb":
            out += [*held, _with_helpers(piece, helpers)]
            helpers, held = [], []
        else:
            out += [*_alone(helpers), *held, piece]
            helpers, held = [], []
    return out[:-1]


def _alone(helpers: Sequence[str]) -> list[Piece]:
    words = [helper for helper in helpers if helper and helper != "has"]
    if not words:
        return [Piece("verb", "has", "have")] if "has" in helpers else []
    return [Piece("verb", "was" if "been" in words else words[0])]


def _with_helpers(verb: Piece, helpers: Sequence[str]) -> Piece:
    first = verb.text.split(" ")[0]
    if "will be" in helpers:
        return Piece("verb", f"will be {verb.text.removeprefix(first).strip()}") if first in _BE else verb
    if first in _BE or first == "will" or not verb.base:
        return verb
    if "been" in helpers:
        return Piece("verb", f"was {verb.text}")
    if "" in helpers and verb.text == "held":
        return Piece("verb", "was held")
    if "has" in helpers and _is_present(verb):
        # Typed without its accent, `a organisé` looks like the present.
        return Piece("verb", f"{verb.base.removesuffix('e')}ed", verb.base)
    copula = next((helper for helper in helpers if helper in _BE), None)
    reflexive = "" in helpers
    return Piece("verb", f"{copula} {verb.text}") if copula and not reflexive and verb.text not in _ARRIVALS else verb


def _inversions(pieces: list[Piece]) -> list[Piece]:
    """`Le Togo a-t-il`: the pronoun says only that it is a question; without a noun before, it is the subject."""
    out: list[Piece] = []
    has_subject = False
    for at, piece in enumerate(pieces):
        if piece.kind == "pronoun" and has_subject:
            asked = any(other.kind in {*_QUESTION, "yesno"} for other in pieces)
            verb_beside = any(pieces[near].kind == "verb" for near in (at - 1, at + 1) if 0 <= near < len(pieces))
            out += [] if asked or not verb_beside else [Piece("yesno", "")]
            continue
        has_subject = has_subject or piece.kind in {"noun", "name", "kept", "acronym"}
        out.append(piece)
    return out


def _questions(pieces: list[Piece]) -> list[Piece]:
    """Question word, auxiliary, subject, verb, rest."""
    asks = next((at for at, piece in enumerate(pieces) if piece.kind in _QUESTION), None)
    if asks is None:
        return _yes_no(pieces)
    head, question, rest = pieces[:asks], pieces[asks], pieces[asks + 1 :]
    rest = [piece for piece in rest if piece.kind != "yesno"]
    if question.kind == "ask":
        size = _owner(rest)
        return [*head, question, *rest[:size], *_inverted(rest[size:])]
    return [*head, question, *_asking_for_thing(question, rest)]


def _owner(pieces: Sequence[Piece]) -> int:
    """Length of `of Yaoundé` in `in which hotel of Yaoundé the training was held`."""
    if not pieces or pieces[0].text != "of":
        return 0
    return 1 + next((size for size, piece in enumerate(pieces[1:]) if piece.kind not in _NOMINAL), 0)


def _yes_no(pieces: list[Piece]) -> list[Piece]:
    marked = any(piece.kind == "yesno" for piece in pieces)
    kept = [piece for piece in pieces if piece.kind != "yesno"]
    starts = kept[0].kind in _NOMINAL or kept[0].text in _ARTICLES if kept else False
    if not (marked or (starts and any(piece.text.startswith("?") for piece in kept[-1:]))):
        return kept
    lead = 1 if kept and kept[0].text in {"and", "but"} else 0
    return [*kept[:lead], *_inverted(kept[lead:])]


def _inverted(pieces: list[Piece]) -> list[Piece]:
    at = _verb(pieces)
    if at is None:
        return pieces
    split = _split(pieces[at])
    if split is None:
        return pieces
    auxiliary, base = split
    subject, rest = pieces[:at], pieces[at + 1 :]
    if not any(piece.kind in _NOMINAL for piece in subject):
        size = _noun_phrase(rest)
        subject, rest = [*subject, *rest[:size]], rest[size:]
    return [auxiliary, *subject, *([base] if base.text else []), *rest]


def _asking_for_thing(question: Piece, rest: list[Piece]) -> list[Piece]:
    """`Which ministry organised` stays; `which document the ministry signed` needs its auxiliary."""
    at = _verb(rest)
    if at is None or question.text.split(" ")[-1] in {*_BE, "of", "about"}:
        return rest
    thing = next((size for size, piece in enumerate(rest) if piece.kind not in _NOMINAL), len(rest))
    if at > thing and rest[thing].kind == "word" and rest[thing].text in {"the", "a", ""}:
        return [*rest[:thing], *_inverted(rest[thing:])]
    if rest[at].base == "cover" and at == thing > 0 and rest[thing - 1].text in _COVERED:
        return [*rest[:at], *_inverted(rest[at:])]
    many = question.text == "how many" or (at == thing > 0 and rest[thing - 1].text.endswith("s"))
    return [*rest[:at], _agreeing(rest[at]), *rest[at + 1 :]] if many else rest


def _agreeing(verb: Piece) -> Piece:
    """The verb of several: `belong` for `belongs`, `were` for `was`."""
    first, _, participle = verb.text.partition(" ")
    if first in {"is", "was"}:
        return Piece("verb", f"{'are' if first == 'is' else 'were'} {participle}".strip())
    return Piece("verb", verb.base, verb.base) if _is_present(verb) else verb


def _is_present(verb: Piece) -> bool:
    return verb.text == "has" or re.fullmatch(r"\w+s\b.*", verb.text) is not None


def _copulas(pieces: list[Piece]) -> list[Piece]:
    """Russian leaves `is` out."""
    at = next((at for at, piece in enumerate(pieces) if piece.kind in _QUESTION), None)
    if at is None or any(piece.kind == "verb" for piece in pieces) or at + 1 == len(pieces):
        return pieces
    question, following = pieces[at], pieces[at + 1]
    if question.text == "which" and following.kind in _NOMINAL:
        return [*pieces[:at], Piece("which", "what is the"), *pieces[at + 1 :]]
    if question.text in {"who", "where", "what", "why"} and following.kind in _NOMINAL:
        return [*pieces[: at + 1], Piece("verb", "is"), *pieces[at + 1 :]]
    return pieces


def _verb(pieces: Sequence[Piece]) -> int | None:
    return next((at for at, piece in enumerate(pieces) if piece.kind == "verb"), None)


def _split(verb: Piece) -> tuple[Piece, Piece] | None:
    first, _, participle = verb.text.partition(" ")
    if first in _BE or first == "will" or first in _MODALS:
        return Piece("verb", first), Piece("verb", participle)
    if not verb.base:
        return None
    return Piece("verb", "does" if _is_present(verb) else "did"), Piece("verb", verb.base)


def _noun_phrase(pieces: Sequence[Piece]) -> int:
    size = 0
    for at, piece in enumerate(pieces):
        if piece.kind in _NOMINAL:
            size = at + 1
        elif not (piece.kind == "word" and piece.text in _LINKS):
            break
    return size


def _joined(pieces: Sequence[Piece]) -> str:
    texts = [piece.text for piece in pieces if piece.text]
    sentence = re.sub(r"\s+([,.;:?!)\]}]+)", r"\1", " ".join(texts))
    sentence = re.sub(r"([(\[{])\s+", r"\1", sentence)
    for pattern, better in _IDIOMS:
        sentence = pattern.sub(better, sentence)
    sentence = re.sub(r"\b(the) the\b", r"\1", re.sub(r'"\s*([^"]*?)\s*"', r'"\1"', sentence)).strip(" ,;:")
    asks = any(piece.kind in {*_QUESTION, "yesno"} for piece in pieces)
    sentence = f"{sentence.rstrip('.')}?" if asks and "?" not in sentence else sentence
    return sentence[:1].upper() + sentence[1:]


_IDIOMS = tuple(
    (re.compile(pattern), better)
    for pattern, better in (
        (r"\b(join(?:ed)?) (?:to|in)\b", r"\1"),
        (r"\b(belongs?) (?:in|at)\b", r"\1 to"),
        (r"\b(participate[sd]?) (?:at|to)\b", r"\1 in"),
        (r"\b(headed|heads?) (?:by|at)\b", r"\1"),
    )
)
"""Prepositions that English verbs want otherwise."""

_STEPS: dict[Foreign, tuple[Step, ...]] = {
    "fr": (
        _dates,
        _prepositions,
        _before_noun("adjective", "acronym"),
        _counted,
        _tenses,
        _inversions,
        _questions,
    ),
    "ru": (_dates, _before_noun("acronym"), _counted, _genitives, _tenses, _copulas, _questions),
}
