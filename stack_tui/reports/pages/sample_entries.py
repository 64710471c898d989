"""The samples of a run and the matches of a duel, each with all that is known of it."""

from collections.abc import Iterator

from stack_tui.reports.measures.sample_result import (
    describe_match,
    judge_answer,
    match_result,
    outcome,
    why,
    worst_first,
)
from stack_tui.reports.measures.summary import in_order
from stack_tui.reports.pages.model import (
    Callout,
    Excerpt,
    Facts,
    SampleEntry,
    Samples,
    TableBlock,
)
from stack_tui.reports.pages.signs import NOTE, RESULTS, WARNING
from stack_tui.runs.duel_verdicts import named
from stack_tui.runs.events import Sample
from stack_tui.runs.view import RunView

Parts = Iterator[Facts | TableBlock | Callout | Excerpt]


def run_samples(view: RunView) -> tuple[Samples, ...]:
    """Return the run's samples, those that did not pass first; held-out ones apart."""
    several = len(view.tasks) > 1
    parts = (
        ("samples", view.open_samples, frozenset({"passed"})),
        ("held-out samples", view.held_out_samples, frozenset(RESULTS)),
    )
    return tuple(
        Samples(
            title, tuple(_sample(each, several=several) for each in worst_first(samples)), quiet
        )
        for title, samples, quiet in parts
        if samples
    )


def _sample(sample: Sample, *, several: bool) -> SampleEntry:
    result = outcome(sample)
    scores = [f"rule {sample.rule_score:.2f}"] if sample.rule_score is not None else []
    scores += [f"judge {sample.judge_score:.4g}"] if sample.judge_score is not None else []
    return SampleEntry(
        RESULTS[result],
        result,
        f"{sample.task}/{sample.name}" if several else sample.name,
        why(sample),
        " ".join(scores),
        tuple(_parts(sample)),
    )


def _parts(sample: Sample) -> Parts:
    yield from (Callout(WARNING, flag) for flag in sample.flags)
    if sample.prompt:
        yield Excerpt("prompt", sample.prompt, folded=True)
    if sample.output:
        yield Excerpt("output", sample.output)
    if sample.reasoning:
        yield Excerpt("reasoning", sample.reasoning, folded=True)
    if sample.choices:
        rows = tuple(
            (
                "chosen" if place == sample.chosen else "",
                choice.text,
                "–" if choice.logprob is None else f"{choice.logprob:.4f}",
            )
            for place, choice in enumerate(sample.choices)
        )
        yield TableBlock(("", "choice", "log-probability"), rows)
    if sample.target:
        yield Excerpt("target", sample.target)
    if sample.verdicts:
        scores = tuple(
            (
                verdict.judge,
                verdict.model,
                "–" if verdict.score is None else f"{verdict.score:.4g}",
                judge_answer(verdict),
            )
            for verdict in sample.verdicts
        )
        yield TableBlock(("judge", "model", "score", "answer"), scores)


def duel_matches(view: RunView) -> Samples:
    """Return the duel's matches, in the order of the suite."""
    return Samples("matches", tuple(map(_match, in_order(view.samples))))


def _match(sample: Sample) -> SampleEntry:
    return SampleEntry(
        NOTE,
        match_result(sample),
        f"{sample.task}/{sample.name}",
        ", ".join(describe_match(sample)),
        parts=tuple(_match_parts(sample)),
    )


def _match_parts(sample: Sample) -> Parts:
    yield from (Callout(WARNING, flag) for flag in sample.flags)
    yield Excerpt("input", sample.prompt, folded=True)
    for run, output in sample.outputs.items():
        yield Excerpt(f"output of {run}", output)
    if sample.verdicts:
        rows = tuple(
            (
                verdict.judge,
                verdict.model,
                verdict.first,
                named(verdict, sample),
                verdict.failure.message if verdict.failure else verdict.answer,
            )
            for verdict in sample.verdicts
        )
        yield TableBlock(("judge", "model", "shown first", "named", "answer"), rows)
