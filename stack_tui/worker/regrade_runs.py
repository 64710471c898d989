"""Grading what a run has recorded again, as a new run: by rules as they are now, or by judges."""

import asyncio
import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from stack_tui.config.decode import Endpoint, PanelMethod
from stack_tui.errors import StackError
from stack_tui.runs.events import Answer, Event, Fault, SampleKey
from stack_tui.runs.journal import Tail
from stack_tui.runs.recorded_run import latest_samples, read_recorded
from stack_tui.runs.spec import RegradeSource, RunSpec, SuiteSubject
from stack_tui.runs.store import Run, journal_path
from stack_tui.suites.attempts import sampling_plan
from stack_tui.suites.model import suite_store as suites
from stack_tui.suites.model.case import Suite
from stack_tui.suites.recorded_model import RecordedModel
from stack_tui.toml_edit import source
from stack_tui.worker.launch import begin

_SAMPLING = ("max_tokens", "top_p", "seed", "extra_body")
_NAMED = 5


def regrade(
    folder: Path,
    suite_path: Path | None = None,
    *,
    panel: PanelMethod | None = None,
    note: str = "",
) -> Path:
    """Start a run that grades the run's outputs by the suite's rules as they are now.

    Returns its folder. Judges' answers are kept, and asked for only where their question changed.
    Raises StackError where nothing can be graded; then nothing was made.
    """
    run = _read(folder)
    spec = _again(
        run, RegradeSource(run=run.spec.id, outputs=_outputs(run.spec), again="rules"), panel
    )
    return _start(run, spec, suite_path, note, _answers(run), asks=False)


def rejudge(
    folder: Path,
    judges: Sequence[Endpoint],
    suite_path: Path | None = None,
    *,
    panel: PanelMethod | None = None,
    concurrency: int | None = None,
    note: str = "",
) -> Path:
    """Start a run that has the run's outputs judged anew, and graded as `regrade` does."""
    run = _read(folder)
    if not (judges or run.spec.judges):
        raise StackError(
            "names no judge", where=folder.name, remedy="Name one: --judge, an endpoint's name."
        )
    spec = _again(
        run, RegradeSource(run=run.spec.id, outputs=_outputs(run.spec), again="judges"), panel
    )
    spec = msgspec.structs.replace(
        spec, judges=tuple(judges) or run.spec.judges, concurrency=concurrency
    )
    by_model = [answer for answer in _answers(run) if answer.role == "model"]
    return _start(run, spec, suite_path, note, by_model, asks=True)


def _read(folder: Path) -> Run:
    run = Run(folder)
    if not isinstance(run.spec.subject, SuiteSubject):
        raise StackError(
            "only a suite's run can be graded again",
            where=folder.name,
            remedy="Benchmarks are scored by lm-eval alone: stack-tui bench.",
        )
    run.refresh()
    return run


def _outputs(spec: RunSpec) -> str:
    return spec.origin.outputs if spec.origin else spec.id


def _again(run: Run, origin: RegradeSource, panel: PanelMethod | None) -> RunSpec:
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return msgspec.structs.replace(
        run.spec, id="", created=created, origin=origin, panel=panel or run.spec.panel
    )


def _answers(run: Run) -> list[Answer]:
    """Return the run's answers, those that it took from another run among them."""
    own = (event for event in Tail(journal_path(run.folder)).read() if isinstance(event, Answer))
    found = dict(read_recorded(run.folder).answers)
    found.update((answer.key, answer) for answer in own)
    return list(found.values())


def _start(
    run: Run,
    spec: RunSpec,
    suite_path: Path | None,
    note: str,
    answers: Iterable[Answer],
    *,
    asks: bool,
) -> Path:
    subject = run.spec.subject
    path = suite_path or Path(subject.path if isinstance(subject, SuiteSubject) else "")
    if suite_path is None and not path.is_file():
        raise StackError(
            "the suite's file is no longer there",
            where=str(path),
            remedy="Say which one to grade by: --suite FILE.",
        )
    text = source.read_text(path)
    suite = suites.parse(text, path)
    samples = latest_samples(journal_path(run.folder))
    model = RecordedModel(spec.endpoint, samples)
    before = suites.load(run.folder / "suite.toml")
    temperatures = spec.temperatures or before.temperatures
    again = sampling_plan(suite, spec.repeats, temperatures)
    left_out = model.unanswered(suite, again)
    if len(left_out) == len(suite.cases) * len(again):
        raise StackError(
            f"none of its outputs answers what {path} asks now: its cases "
            f"{' or '.join(sorted(set(left_out.values())))}",
            where=run.folder.name,
            remedy=f"Ask the model: stack-tui eval {suite.name}",
        )
    digest = hashlib.sha256(text.encode()).hexdigest()
    spec = msgspec.structs.replace(
        spec,
        subject=SuiteSubject(name=suite.name, path=str(path), sha256=digest),
        temperatures=temperatures,
        note=note,
    )
    recorded: list[Event] = [*samples, *answers, *_told(run, before, suite, left_out)]
    if run.view.started:
        recorded.insert(0, run.view.started)
    return asyncio.run(begin(run.folder.parent, spec, text, recorded, asks=asks))


def _told(
    run: Run, before: Suite, suite: Suite, left_out: Mapping[SampleKey, str]
) -> Iterator[Event]:
    """Yield what a reader of the new scores has to know."""
    for why in sorted(set(left_out.values())):
        cases = _named(key[1] for key, reason in left_out.items() if reason == why)
        yield _fault(suite, f"cases left out, for they {why}: {cases}")
    others = [name for name in _SAMPLING if getattr(before, name) != getattr(suite, name)]
    if others:
        yield _fault(
            suite, f"the outputs were made with another {', '.join(others)} than is set now"
        )
    gone = {sample.id for sample in run.view.samples} - {case.id for case in suite.cases}
    if gone:
        yield _fault(suite, f"cases of the run that are no longer in the suite: {_named(gone)}")


def _fault(suite: Suite, message: str) -> Fault:
    return Fault(at=time.time(), where=suite.name, message=message)


def _named(cases: Iterable[str]) -> str:
    names = sorted(set(cases))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
