"""Read a question: its words, what they are also called, and how they were probably meant to be spelt."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.retrieval.demonyms import demonyms
from app.retrieval.stemming import stem as stem
from app.retrieval.thesaurus import in_other_words
from ingest.glossary import Term
from ingest.names import COUNTRY_FORMS, standard_country_forms
from ingest.names import fold as fold
from ingest.names import words as words

_PROJECT = re.compile(r"\b[Pp](?:roj(?:ekt|ect|et)?)?\.?\s?(?:(?:[Nn]o|[Nn]r)\.?\s?|#\s?)?0*(\d{1,3})\b")
"""How people write the number of a project: `P65`, `p 65`, `proj. 065`, `Project No 65`."""
_WORD = re.compile(r"[^\W_]+")
_STOP = frozenset(
    """
    a about after all also am an and any are as at be been before being but by can could did didn do does doesn doing
    don for from had has have he her him his how i if in into is isn it its list ll many me mean means meaning much my
    name names no not of on or our out please re s she should so some stand stands such t tell than that the their them
    then there these they this those to up us ve was we were what when where which who whom whose why will with would
    you your know want give show abbreviation acronym
    au aux avec c ce ces combien comment d dans de des du elle en est et il ils j l la le les leur m n ou où par pas
    pour qu quand que quel quelle quelles quels qui quoi s sa se ses son sont sur un une
    был была были было в где для за и из к как какая какие какой каком когда кто ли на о об от по с сколько у что это
    """.split()
)
_SPELLINGS = (
    ("isation", "ization"),
    ("ise", "ize"),
    ("centre", "center"),
    ("programme", "program"),
    ("our", "or"),
)
_QUESTION_WORDS = ("when", "where", "which", "what", "who", "how", "does", "did", "was", "were", "many", "much")
_MIN_CORRECTED = 4
_MAX_EDITS = 2
_LONGEST_PHRASE = 3


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a question names, with every form under which documents may name it."""

    text: str
    forms: tuple[str, ...]
    """The text itself first; lower case, without accents."""
    is_name: bool = False
    """True for names: capitalised within the question, or known to the glossary or the list of countries."""
    corrected: str | None = None
    """The spelling found in the documents, when the question's own is not."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as retrieval and reading see it."""

    text: str
    """Spelling mended and abbreviations spelt out, for the embedding model."""
    concepts: tuple[Concept, ...]


class Vocabulary:
    """What the library's documents call things."""

    def __init__(self, words: Mapping[str, int], terms: Sequence[Term]) -> None:
        self.words = words
        self._choices = [word for word in words if len(word) >= _MIN_CORRECTED and not word.isdigit()]
        rows = [(term.abbreviation, term.expansion) for term in terms]
        peoples = [(country, *forms) for country, forms in demonyms()]
        self._forms = _synonyms([*rows, *COUNTRY_FORMS, *standard_country_forms(), *peoples])
        self._longest = max((key.count(" ") + 1 for key in self._forms), default=1)

    def read(self, question: str) -> Query:
        """Turn a question into concepts; a misspelt word is replaced only when the documents do not know it."""
        question = _PROJECT.sub(r"project \1", question)
        tokens = [match.group() for match in _WORD.finditer(question)]
        concepts: list[Concept] = []
        mended: dict[str, str] = {}
        index = 0
        while index < len(tokens):
            size, forms = self._longest_name(tokens, index)
            is_name = bool(forms)
            if not is_name:
                size, forms = self._longest_phrase(tokens, index)
            text = " ".join(tokens[index : index + size])
            if is_name or size > 1:
                concepts.append(Concept(text, (fold(text), *(f for f in forms if f != fold(text))), is_name))
            elif (asking := self._misspelt_question_word(text)) is not None:
                mended[text] = asking
            elif not is_stop_word(fold(text)):
                concepts.append(self._word(text, is_name=index > 0 and text[0].isupper()))
            index += size
        mended |= {concept.text: concept.corrected for concept in concepts if concept.corrected}
        return Query(_replaced(question, mended), tuple(concepts))

    def _misspelt_question_word(self, text: str) -> str | None:
        folded = fold(text)
        if len(folded) < 3 or folded in self.words or is_stop_word(folded):
            return None
        found = process.extractOne(folded, _QUESTION_WORDS, scorer=OSA.distance, score_cutoff=1)
        return found[0] if found else None

    def _longest_name(self, tokens: Sequence[str], index: int) -> tuple[int, tuple[str, ...]]:
        for size in range(min(self._longest, len(tokens) - index), 0, -1):
            name = " ".join(tokens[index : index + size])
            forms = self._forms.get(fold(name), ())
            # A short everyday word in lower case ("act", "is") is not the abbreviation spelt like it.
            if forms and not (size == 1 and name.islower() and (len(name) < 3 or fold(name) in _STOP)):
                return size, forms
        return 1, ()

    @staticmethod
    def _longest_phrase(tokens: Sequence[str], index: int) -> tuple[int, tuple[str, ...]]:
        """Several words for which documents say something else."""
        for size in range(min(_LONGEST_PHRASE, len(tokens) - index), 1, -1):
            forms = in_other_words(" ".join(tokens[index : index + size]))
            if forms:
                return size, forms
        return 1, ()

    def _word(self, text: str, *, is_name: bool) -> Concept:
        folded = fold(text)
        variants = (*(v for v in _spelling_variants(folded) if v in self.words), *in_other_words(folded))
        if folded in self.words or variants or len(folded) < _MIN_CORRECTED or any(c.isdigit() for c in folded):
            return Concept(text, (folded, *variants), is_name)
        corrected = self._nearest(folded)
        return Concept(text, (folded, corrected) if corrected else (folded,), is_name, corrected)

    def _nearest(self, word: str) -> str | None:
        allowed = 1 if len(word) < 7 else _MAX_EDITS
        found = process.extract(word, self._choices, scorer=OSA.distance, score_cutoff=allowed, limit=8)
        best = min(found, key=lambda hit: (hit[1], hit[0][0] != word[0], -self.words[hit[0]]), default=None)
        return best[0] if best else None


@lru_cache(maxsize=16_384)
def stems(text: str) -> frozenset[str]:
    """Stems of a text's words."""
    return frozenset(stem(word) for word in words(text))


def is_stop_word(word: str) -> bool:
    """True for words that say nothing about a question's subject."""
    return word in _STOP


def _replaced(text: str, words: Mapping[str, str]) -> str:
    for word, better in words.items():
        text = re.sub(rf"\b{re.escape(word)}\b", better, text)
    return text


def _synonyms(rows: Sequence[Sequence[str]]) -> dict[str, tuple[str, ...]]:
    forms: dict[str, list[str]] = {}
    for row in rows:
        names = [" ".join(words(name)) for name in row]
        for name in names:
            forms.setdefault(name, []).extend(other for other in names if other not in forms.get(name, ()))
    return {name: tuple(others) for name, others in forms.items() if name}


def _spelling_variants(word: str) -> tuple[str, ...]:
    pairs = (*_SPELLINGS, *((b, a) for a, b in _SPELLINGS))
    return tuple(word.replace(a, b) for a, b in pairs if a in word)
