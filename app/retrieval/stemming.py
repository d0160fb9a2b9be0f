"""Stems of words for any thread: a stemmer keeps the word it works on in itself, so every thread has its own."""

import threading
from functools import lru_cache

import snowballstemmer

_MOST_KNOWN = 65_536
_own = threading.local()


@lru_cache(maxsize=_MOST_KNOWN)
def stem(word: str, language: str = "english") -> str:
    """Stem of a folded word, for comparing sentences; the full-text index has its own stemmer."""
    stemmers = _own.__dict__
    if language not in stemmers:
        stemmers[language] = snowballstemmer.stemmer(language)
    return str(stemmers[language].stemWord(word))
