"""Plots as inline SVG: drawn by hand, so that a page needs no script and no network; colours come from its style."""

import math
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from evals.confidence import Bin, Point
from evals.summary import RIGHT, Group

_WIDTH, _HEIGHT = 420, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 24, 26, 40
_ROW = 20
_NAMES = 112
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def groups_plot(groups: Mapping[str, Group]) -> Markup:
    """Share of cases gone right in each group, with its interval."""
    height = _ROW * len(groups) + 34
    place = _Scale(0.0, 1.0, _NAMES, _WIDTH - 46)
    marks = [_line(place(tick), 6, place(tick), height - 28, "grid") for tick in _TICKS]
    marks += [_text(place(tick), height - 12, f"{tick:.0%}", "middle") for tick in _TICKS]
    for at, (name, group) in enumerate(groups.items()):
        middle = 6 + _ROW * at + _ROW / 2
        right = group.scores[RIGHT]
        marks.append(_text(_NAMES - 10, middle + 4, name, "end"))
        if right.low is not None and right.high is not None:
            marks.append(_line(place(right.low), middle, place(right.high), middle, "interval"))
        marks.append(_dot(place(right.mean), middle, f"{name}: {right.mean:.1%} of {group.n}"))
        marks.append(_text(_WIDTH - 2, middle + 4, str(group.n), "end", "faint"))
    return _svg(height, "Share of cases gone right, with 95% interval; n on the right", marks)


def reliability_plot(bins: Sequence[Bin]) -> Markup:
    """Confidence against the share that the documents do answer; the diagonal is perfect."""
    across, up = _axes()
    marks = [*_frame(across, up, "confidence", "can be answered"), _line(across(0), up(0), across(1), up(1), "ideal")]
    for one in bins:
        marks.append(_line(across(one.confidence), up(one.low), across(one.confidence), up(one.high), "interval"))
        note = f"confidence {one.confidence:.2f}: {one.answerable:.0%} of {one.n} can be answered"
        marks.append(_dot(across(one.confidence), up(one.answerable), note))
    return _svg(_HEIGHT, "Calibration: confidence against the share of questions that can be answered", marks)


def risk_plot(points: Sequence[Point]) -> Markup:
    """Share of wrong answers, as more and more questions are answered."""
    across, up = _axes()
    marks = _frame(across, up, "answered, of all cases", "wrong, of the answered")
    path = " ".join(f"{across(point.coverage):.1f},{up(point.risk):.1f}" for point in points)
    marks.append(Markup('<polyline class="curve" points="{}"/>').format(path))
    return _svg(_HEIGHT, "Risk and coverage, the most confident answers first", marks)


def latency_plot(milliseconds: Sequence[float], marked: Mapping[str, float]) -> Markup:
    """Share of answers given within a time."""
    ordered = sorted(milliseconds)
    longest = _round_up(ordered[-1])
    across = _Scale(0.0, longest, _LEFT, _WIDTH - _RIGHT)
    up = _Scale(0.0, 1.0, _HEIGHT - _BOTTOM, _TOP)
    marks = _frame(across, up, "milliseconds", "answered within", ticks=[tick * longest for tick in _TICKS])
    path = " ".join(f"{across(one):.1f},{up(at / len(ordered)):.1f}" for at, one in enumerate(ordered, start=1))
    marks.append(Markup('<polyline class="curve" points="{}"/>').format(path))
    for at, (name, value) in enumerate(marked.items()):
        marks.append(_line(across(value), up(0), across(value), up(1), "ideal"))
        side = "end" if value > longest * 0.7 else "start"
        shift = -4 if side == "end" else 4
        marks.append(_text(across(value) + shift, up(0.3 - 0.12 * at), f"{name} {value:.0f} ms", side))
    return _svg(_HEIGHT, "Latency: share of answers given within a time", marks)


class _Scale:
    """Places values between two ends of the drawing."""

    def __init__(self, low: float, high: float, begin: float, end: float) -> None:
        self._low, self._per = low, (end - begin) / (high - low)
        self._begin = begin

    def __call__(self, value: float) -> float:
        return self._begin + (value - self._low) * self._per


def _axes() -> tuple[_Scale, _Scale]:
    return _Scale(0.0, 1.0, _LEFT, _WIDTH - _RIGHT), _Scale(0.0, 1.0, _HEIGHT - _BOTTOM, _TOP)


def _frame(across: _Scale, up: _Scale, below: str, beside: str, *, ticks: Iterable[float] = _TICKS) -> list[Markup]:
    bottom, top, left, right = _HEIGHT - _BOTTOM, _TOP, _LEFT, _WIDTH - _RIGHT
    marks: list[Markup] = []
    for tick in _TICKS:
        marks += [_line(left, up(tick), right, up(tick), "grid"), _text(left - 6, up(tick) + 4, f"{tick:.0%}", "end")]
    for tick in ticks:
        marks.append(_line(across(tick), top, across(tick), bottom, "grid"))
        marks.append(_text(across(tick), bottom + 16, f"{tick:,.0f}" if tick > 1 else f"{tick:g}", "middle"))
    marks.append(_text((left + right) / 2, _HEIGHT - 6, below, "middle", "faint"))
    marks.append(_text(4, 12, beside, "start", "faint"))
    return marks


def _round_up(value: float) -> float:
    """The next round number."""
    magnitude = 10.0 ** max(1, math.floor(math.log10(max(value, 10.0))))
    return next(step * magnitude for step in (1.2, 1.6, 2, 3, 4, 6, 8, 10) if step * magnitude >= value)


def _svg(height: float, label: str, marks: Iterable[Markup]) -> Markup:
    inside = Markup("").join(marks)
    template = Markup('<svg viewBox="0 0 {} {:.0f}" role="img" aria-label="{}">{}</svg>')
    return template.format(_WIDTH, height, label, inside)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    template = Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>')
    return template.format(kind, x1, y1, x2, y2)


def _text(x: float, y: float, text: str, anchor: str, kind: str = "label") -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(kind, x, y, anchor, text)


def _dot(x: float, y: float, note: str) -> Markup:
    return Markup('<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="4"><title>{}</title></circle>').format(x, y, note)
