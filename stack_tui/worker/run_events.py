"""The events of a run: from its suite's cases, lm-eval's tasks or a duel's judges."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path

import msgspec

from stack_tui.endpoints.client import Client
from stack_tui.runs.duel_data import read_duel_data
from stack_tui.runs.events import Answer, Event, SampleKey
from stack_tui.runs.spec import DuelSubject, SuiteSubject
from stack_tui.runs.store import read_control
from stack_tui.runs.view import RunView, is_settled
from stack_tui.suites.attempts import sampling_plan
from stack_tui.suites.judging.duels.duel_evaluation import evaluate as evaluate_duel
from stack_tui.suites.model import suite_store
from stack_tui.suites.recorded_model import RecordedModel
from stack_tui.suites.suite_evaluation import evaluate as evaluate_suite
from stack_tui.worker.probe_record import ProbeRecord


def suite_events(
    folder: Path,
    view: RunView,
    model: Client | RecordedModel,
    judges: Sequence[Client],
    recorded: Mapping[str, Answer],
    stopping: asyncio.Event,
) -> AsyncGenerator[Event, None]:
    """Return the events to come of a suite's run, on a model or on recorded outputs."""
    spec = view.spec
    suite = msgspec.structs.replace(suite_store.load(folder / "suite.toml"), panel=spec.panel)
    return evaluate_suite(
        suite,
        model,
        judges,
        only=spec.subject.cases if isinstance(spec.subject, SuiteSubject) else (),
        attempts=sampling_plan(suite, spec.repeats, spec.temperatures, alike=spec.noise),
        recorded=_reusable(view, recorded),
        done=_done(folder, view),
        stopping=stopping,
    )


def run_events(
    folder: Path,
    view: RunView,
    model: Client,
    probed: ProbeRecord,
    judges: Sequence[Client],
    recorded: Mapping[str, Answer],
    stopping: asyncio.Event,
) -> AsyncGenerator[Event, None]:
    """Return the events to come of the run; the settled samples of `view` are left out."""
    if isinstance(view.spec.subject, SuiteSubject):
        return suite_events(folder, view, model, judges, recorded, stopping)
    done = _done(folder, view)
    recorded = _reusable(view, recorded)
    if isinstance(view.spec.subject, DuelSubject):
        return evaluate_duel(
            read_duel_data(folder), judges, recorded=recorded, done=done, stopping=stopping
        )
    assert probed.capabilities is not None
    from stack_tui.benchmarks.benchmark_evaluation import evaluate as evaluate_benchmark
    from stack_tui.benchmarks.catalog.catalog import Catalog
    from stack_tui.benchmarks.catalog.task_index import TaskEntry

    entries = msgspec.convert(probed.tasks, dict[str, TaskEntry])
    return evaluate_benchmark(
        view.spec,
        model,
        probed.capabilities,
        probed.health,
        catalog=Catalog(entries) if entries else None,
        lm_eval_folder=folder / "lm-eval",
        recorded=recorded,
        done={sample.key: sample for sample in view.samples if sample.key in done},
        left=_errors_left(folder, view),
        stopping=stopping,
        log=_log,
    )


def _log(printed: bytes) -> None:
    """Write what lm-eval prints to the worker's log."""
    sys.stderr.buffer.write(printed)
    sys.stderr.flush()


def _reusable(view: RunView, recorded: Mapping[str, Answer]) -> Mapping[str, Answer]:
    """Return the answers without those of samples that met an internal error.

    Such an answer may be what the program could not handle: a resumed run asks for it again.
    """
    broken = {
        (sample.task, sample.id)
        for sample in view.samples
        if sample.failure and sample.failure.kind == "internal"
    }
    return {
        key: answer
        for key, answer in recorded.items()
        if (answer.task, answer.sample) not in broken
    }


def _done(folder: Path, view: RunView) -> set[SampleKey]:
    """Return the samples to leave as they are: settled ones, and errors if they are not retried."""
    settled = {sample.key for sample in view.samples if is_settled(sample)}
    return settled | _errors_left(folder, view)


def _errors_left(folder: Path, view: RunView) -> set[SampleKey]:
    """Return the samples with errors if they are not retried, else none."""
    if read_control(folder).retry_errors:
        return set()
    return {sample.key for sample in view.samples if not is_settled(sample)}
