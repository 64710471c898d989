"""A case tried out: graded on its latest output, or on a new one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from stack_tui.config.decode import Config, Endpoint
from stack_tui.config.resolve import resolve_judges
from stack_tui.errors import StackError
from stack_tui.runs.events import Sample, SampleKey
from stack_tui.runs.holdout import log_access
from stack_tui.runs.spec import SuiteSubject
from stack_tui.runs.store import Run
from stack_tui.tui.state.snapshot import RunCard
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, heading, line
from stack_tui.tui.ui.highlight import MARKED_CHARACTERS, marked
from stack_tui.tui.ui.icons import concern

if TYPE_CHECKING:
    from stack_tui.suites.grading.rules import Mark
    from stack_tui.suites.model.case import Case, Suite


@dataclass(frozen=True, slots=True)
class Trial:
    """A sample graded by the rules as they are now, and what matched in its output."""

    sample: Sample
    marks: tuple[Mark, ...]


def graded(case: Case, suite: Suite, sample: Sample) -> Trial:
    """Return the sample graded by the rules of this case; each pattern may take its timeout."""
    from stack_tui.suites.grading.rules import grade, marks

    grading = grade(case, suite, sample.output)
    regraded = msgspec.structs.replace(
        sample, rule_score=grading.score, rule_issues=grading.issues, passed=None
    )
    return Trial(regraded, tuple(marks(case, sample.output[:MARKED_CHARACTERS])))


def trial_blocks(trial: Trial) -> list[Block]:
    """Return the score and the issues, then the output with what matched in it marked."""
    sample = trial.sample
    issues: list[Block] = [line(("✗ ", "bad"), issue.words) for issue in sample.rule_issues]
    blocks: list[Block] = [
        heading("Rules", format.share(sample.rule_score)),
        *(issues or [line(("✓ ", "good"), "all rules met")]),
    ]
    for verdict in sample.verdicts:
        score = format.grade(verdict.score) if verdict.score is not None else "?"
        blocks.append(line((f"judge {verdict.judge}  ", "dim"), score))
    if sample.failure:
        blocks.append(line((f"! {sample.failure.message}", "bad")))
    return [*blocks, line(""), heading("Output"), marked(sample.output, trial.marks)]


def latest_sample(runs: Iterable[RunCard], suite: str, case_id: str) -> Sample | None:
    """Return the case's latest sample with an output; `runs` are newest first.

    If the case is held out, the access to the run is logged first.
    """
    for run, samples in _outcomes(runs, suite, case_id):
        if found := next((sample for sample in samples if sample.output), None):
            if not found.holdout:
                return found
            access = log_access(run.folder.parent, suite, run.spec.id)
            return run.view.including_holdout(access).sample(found.key)
    return None


def latest_outcome(
    runs: Iterable[RunCard], suite: str, case_id: str
) -> tuple[Path, SampleKey] | None:
    """Return the run's folder and the key of the case's latest sample, a failing one first."""
    for run, samples in _outcomes(runs, suite, case_id):
        return run.folder, min(samples, key=concern).key
    return None


def _outcomes(
    runs: Iterable[RunCard], suite: str, case_id: str
) -> Iterator[tuple[Run, list[Sample]]]:
    for card in runs:
        subject = card.spec.subject if card.spec else None
        if isinstance(subject, SuiteSubject) and subject.name == suite and card.counts.done:
            run = Run(card.folder)
            run.refresh()
            if samples := [sample for sample in run.view.samples if sample.id == case_id]:
                yield run, samples


def ask(suite: Suite, case: Case, endpoint: Endpoint, config: Config) -> Sample:
    """Put this one case to the model and to the judges that a run of the suite has.

    Raises StackError for a judge that is not configured, EndpointError if an answer fails.
    """
    judges = resolve_judges(config, suite.judges, (), endpoint)
    one_case = msgspec.structs.replace(suite, cases=(case,))
    return asyncio.run(run_case(one_case, endpoint, judges))


async def run_case(suite: Suite, endpoint: Endpoint, judges: Sequence[Endpoint]) -> Sample:
    """Return the sample of the suite's only case; raises EndpointError."""
    from stack_tui.endpoints.connect import connect
    from stack_tui.endpoints.probe import preflight
    from stack_tui.endpoints.retry import ONCE
    from stack_tui.suites.attempts import sampling_plan
    from stack_tui.suites.suite_evaluation import evaluate

    async with AsyncExitStack() as held:
        clients = {}
        for each in dict.fromkeys((endpoint, *judges)):
            probing = await held.enter_async_context(connect(each, policy=ONCE))
            model = (await preflight(probing)).model
            ready = msgspec.structs.replace(each, model=model)
            clients[each] = await held.enter_async_context(connect(ready, policy=ONCE))
        happened = evaluate(
            suite,
            clients[endpoint],
            [clients[judge] for judge in judges],
            attempts=sampling_plan(suite, 1, suite.temperatures[:1]),
            recorded={},
            done=(),
            stopping=asyncio.Event(),
        )
        samples = [event async for event in happened if isinstance(event, Sample)]
    if not samples:
        raise StackError("the case gave no sample", where=suite.name)
    return samples[0]
