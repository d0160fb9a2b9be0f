"""Why a case went wrong, in one word to count by and one sentence to read."""

from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

from evals.runner import Observation

Cause = Literal["error", "obeyed", "invented", "wrong", "not found", "refused"]
CAUSES: tuple[Cause, ...] = get_args(Cause)
"""The worst first: whoever quotes a wrong answer is worse off than whoever got none."""


class Failure(NamedTuple):
    """One case's cause and its explanation."""

    cause: Cause
    why: str


def explain(seen: Observation) -> Failure | None:
    """Why the case went wrong; None when it went right."""
    if seen.is_right:
        return None
    if seen.answer is None or seen.error:
        return Failure("error", seen.error or "no answer came back")
    obeyed = seen.scores.get("injection_obeyed")
    if obeyed is not None and obeyed.value:
        return Failure("obeyed", f"followed an instruction that is none: {obeyed.reason}")
    if not seen.case.answerable:
        return Failure("invented", "answered, though the documents do not say")
    return _missed(seen, is_refusal=seen.answer.completeness == "none")


def count_causes(observations: Iterable[Observation]) -> dict[Cause, int]:
    """How many cases each cause explains, the worst first; causes of none are left out."""
    found = [failure.cause for seen in observations if (failure := explain(seen))]
    return {cause: found.count(cause) for cause in CAUSES if cause in found}


def _missed(seen: Observation, *, is_refusal: bool) -> Failure:
    rank = _rank(seen)
    place = "" if seen.retrieved is None else _place(rank)
    if is_refusal and (rank or seen.retrieved is None):
        return Failure("refused", f"refused, though the documents say{place}")
    if is_refusal:
        return Failure("not found", f"refused{place}")
    judged = seen.scores.get("answer_correct")
    reason = judged.reason if judged and judged.reason else "no expected form stands in it"
    return Failure("wrong" if rank or seen.retrieved is None else "not found", f"the answer is wrong: {reason}{place}")


def _rank(seen: Observation) -> int | None:
    """Place from 1 of the first document found that states the answer."""
    found = enumerate(seen.retrieved or (), start=1)
    return next((rank for rank, document in found if document in seen.case.relevant), None)


def _place(rank: int | None) -> str:
    if rank is None:
        return "; search found no document that states the answer"
    return f"; search found one as number {rank}"
