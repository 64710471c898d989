"""The choices of a multiple-choice document, with the model's probabilities."""

import math

from stack_tui.runs.events import ChoiceLogprob, Sample
from stack_tui.text import one_line
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, heading, line, meter

_METER = 12


def choices(sample: Sample) -> list[Block]:
    """Return one line per choice: chosen or not, right or not, share, log-probability in nats."""
    if not sample.choices:
        return []
    shares = probabilities(sample.choices)
    return [
        line(""),
        heading("Choices", ("share among them, and log-probability", "dim")),
        *(_choice(sample, place, share) for place, share in enumerate(shares)),
    ]


def probabilities(given: tuple[ChoiceLogprob, ...]) -> list[float | None]:
    """Return each choice's share among the choices given, from their log-probabilities."""
    known = [choice.logprob for choice in given if choice.logprob is not None]
    if not known:
        return [None] * len(given)
    top = max(known)
    weights = [0.0 if c.logprob is None else math.exp(c.logprob - top) for c in given]
    return [
        None if choice.logprob is None else weight / sum(weights)
        for choice, weight in zip(given, weights, strict=True)
    ]


def is_target(sample: Sample, place: int) -> bool:
    """Return whether the choice is the target, which may be its text or its number."""
    target = sample.target.strip()
    texts = [choice.text.strip() for choice in sample.choices]
    return texts[place] == target if target in texts else str(place) == target


def _choice(sample: Sample, place: int, share: float | None) -> Block:
    choice = sample.choices[place]
    taken, right = place == sample.chosen, is_target(sample, place)
    logprob = "–" if choice.logprob is None else f"{choice.logprob:.2f}"
    return line(
        ("→ " if taken else "  ", "accent"),
        ("✓ " if right else "✗ " if taken else "  ", "good" if right else "bad"),
        meter(share or 0.0, _METER),
        f" {format.percent(share):>6} {logprob:>8}  ",
        (one_line(choice.text), "strong" if taken or right else ""),
    )
