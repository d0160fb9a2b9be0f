"""Train the reader: one pass of batches of like length, in bfloat16, with a log line every hundred steps."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import TextIO

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from app.answering.windows import Window, windows
from evals.training.examples import Example
from evals.training.network import ReaderNetwork, trained_state

NO_ANSWER = (0, 0)
"""Start and end at [CLS] say that the passage does not answer."""
_SORTED_AHEAD = 64
_LOG_EVERY = 100
_SAVE_EVERY = 500
_IGNORED = -1.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast to learn."""

    seed: int = 7
    epochs: int = 2
    batch: int = 16
    learning_rate: float = 1e-4
    warmup: float = 0.06
    weight_decay: float = 0.01
    answers_weight: float = 0.5
    relevant_weight: float = 0.25
    stop_after: int | None = None
    """Steps after which training ends although the schedule goes on."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One window with what is to be said about it."""

    window: Window
    start: int
    end: int
    answers: float
    relevant: float
    """1 or 0; negative when nobody knows."""


def features(tokenizer: Tokenizer, examples: Sequence[Example], seed: int) -> list[Feature]:
    """One window for each example: of a long passage one that holds the answer, or any where there is none."""
    chance = random.Random(seed)
    return [_feature(tokenizer, example, chance) for example in examples]


def _feature(tokenizer: Tokenizer, example: Example, chance: random.Random) -> Feature:
    cut = list(windows(tokenizer, example.question, example.place, example.text))
    relevant = _IGNORED if example.is_relevant is None else float(example.is_relevant)
    for span in sorted(example.answers, key=lambda _: chance.random()):
        for window in sorted(cut, key=lambda _: chance.random()):
            if place := span_in(window, *span):
                return Feature(window, *place, answers=1.0, relevant=relevant)
    return Feature(chance.choice(cut), *NO_ANSWER, answers=0.0, relevant=relevant)


def span_in(window: Window, start: int, end: int) -> tuple[int, int] | None:
    """First and last piece that cover the characters from `start` to `end`; None when the window cuts them off."""
    covered = [at for at, (left, right) in enumerate(window.offsets) if left < end and start < right]
    if not covered or window.offsets[covered[0]][0] > start or window.offsets[covered[-1]][1] < end:
        return None
    return window.text_at + covered[0], window.text_at + covered[-1]


def batches(items: Sequence[Feature], size: int, chance: random.Random) -> Iterator[list[Feature]]:
    """Shuffled batches of like length: sorted within slabs, so that little is padding and order stays random."""
    order = list(items)
    chance.shuffle(order)
    slabs = (order[at : at + size * _SORTED_AHEAD] for at in range(0, len(order), size * _SORTED_AHEAD))
    made = []
    for slab in slabs:
        slab.sort(key=lambda feature: len(feature.window.ids))
        made += [slab[at : at + size] for at in range(0, len(slab), size)]
    chance.shuffle(made)
    yield from made


def train(network: ReaderNetwork, items: Sequence[Feature], schedule: Schedule, *, out: Path, log: TextIO) -> None:
    """Train in place; the learned weights are saved every few hundred steps and at the end."""
    torch.manual_seed(schedule.seed)
    chance = random.Random(schedule.seed)
    learned = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=schedule.learning_rate, weight_decay=schedule.weight_decay)
    total = schedule.epochs * -(-len(items) // schedule.batch)
    pace = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _pace(step, total, schedule.warmup))
    log.write(json.dumps({"schedule": asdict(schedule), "examples": len(items), "steps": total}) + "\n")
    started, step, losses = perf_counter(), 0, []
    for _ in range(schedule.epochs):
        for batch in batches(items, schedule.batch, chance):
            if step == schedule.stop_after:
                break
            loss = _loss(network, batch, schedule)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(learned, 1.0)
            optimiser.step()
            pace.step()
            optimiser.zero_grad()
            step += 1
            losses.append(float(loss.detach()))
            if step % _LOG_EVERY == 0:
                _note(log, step, losses, started, schedule.batch)
                losses = []
            if step % _SAVE_EVERY == 0:
                save_file(trained_state(network), out)
    save_file(trained_state(network), out)


def _note(log: TextIO, step: int, losses: Sequence[float], started: float, batch: int) -> None:
    seconds = perf_counter() - started
    rate = step * batch / seconds
    mean = sum(losses) / len(losses)
    log.write(json.dumps({"step": step, "loss": round(mean, 4), "seconds": round(seconds), "rate": round(rate, 1)}))
    log.write("\n")
    log.flush()


def _pace(step: int, total: int, warmup: float) -> float:
    rising = max(1, round(warmup * total))
    return (step + 1) / rising if step < rising else max(0.0, (total - step) / max(1, total - rising))


def _loss(network: ReaderNetwork, batch: Sequence[Feature], schedule: Schedule) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        spans, verdicts = network(*inputs(network, [feature.window for feature in batch]))
    spans, verdicts = spans.float(), verdicts.float()
    allowed = _allowed([feature.window for feature in batch], spans.shape[1])
    spans = spans.masked_fill(~allowed.unsqueeze(-1), -1e4)
    start = nn.functional.cross_entropy(spans[..., 0], torch.tensor([feature.start for feature in batch]))
    end = nn.functional.cross_entropy(spans[..., 1], torch.tensor([feature.end for feature in batch]))
    answers = nn.functional.binary_cross_entropy_with_logits(
        verdicts[:, 1], torch.tensor([feature.answers for feature in batch])
    )
    wanted = torch.tensor([feature.relevant for feature in batch])
    known = (wanted >= 0).float()
    relevant = nn.functional.binary_cross_entropy_with_logits(
        verdicts[:, 0], wanted.clamp(min=0), weight=known, reduction="sum"
    ) / known.sum().clamp(min=1)
    return (start + end) / 2 + schedule.answers_weight * answers + schedule.relevant_weight * relevant


def inputs(network: ReaderNetwork, batch: Sequence[Window]) -> tuple[Tensor, Tensor, Tensor]:
    """Padded word embeddings, segments and mask of some windows."""
    length = -(-max(len(window.ids) for window in batch) // 8) * 8
    ids = torch.zeros((len(batch), length), dtype=torch.long)
    segments = torch.zeros_like(ids)
    mask = torch.zeros_like(ids)
    for row, window in enumerate(batch):
        ids[row, : len(window.ids)] = torch.tensor(window.ids)
        segments[row, window.context_at : len(window.ids)] = 1
        mask[row, : len(window.ids)] = 1
    with torch.no_grad():
        words = network.embed_words(ids)
    return words, segments, mask


def _allowed(batch: Sequence[Window], length: int) -> Tensor:
    """[CLS] and the pieces of the passage's text."""
    allowed = torch.zeros((len(batch), length), dtype=torch.bool)
    allowed[:, 0] = True
    for row, window in enumerate(batch):
        allowed[row, window.text_at : window.text_at + len(window.offsets)] = True
    return allowed
