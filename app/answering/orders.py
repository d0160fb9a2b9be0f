"""Orders to the assistant that stand beside a question: how to answer is not for the question to say."""

import re

_SENTENCE = re.compile(r"(?<=[.?!])\s+|\n+")
_ORDER = re.compile(
    r"^\W*(?:system|assistant|developer|instructions?)\s*:"
    r"|^\W*(?:please\s+)?(?:ignore|disregard|forget|override|pretend|repeat|no matter what|whatever your)\b",
    re.IGNORECASE,
)
_CORRECT = re.compile(r"\bthe (?:correct|right|only) (?:answer|reply)\b[^?]*$", re.IGNORECASE)


def without_orders(question: str) -> str:
    """The question without the sentences that say what to answer; itself when nothing else would be left."""
    sentences = [sentence for sentence in _SENTENCE.split(question) if sentence.strip()]
    kept = [sentence for sentence in sentences if not (_ORDER.search(sentence) or _CORRECT.search(sentence))]
    return " ".join(kept) if kept and len(kept) < len(sentences) else question
