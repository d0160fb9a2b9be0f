"""A follow-up becomes a question that stands alone."""

import re
from collections.abc import Sequence

from app.types import Turn

_LEANS_ON_HISTORY = re.compile(
    r"^(?:and|but|what about|how about|et|а|и)\b"
    r"|\b(?:it|its|he|she|they|them|his|her|their|there|that|those|this|these|one)\b",
    re.IGNORECASE,
)
_SHORT = 4


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question itself, or with the previous question behind it when it leans on that."""
    if not history:
        return question
    leans = _LEANS_ON_HISTORY.search(question) or len(question.split()) < _SHORT
    return f"{question} ({history[-1].question})" if leans else question
