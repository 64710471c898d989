"""A re-graded run as a draft: recorded outputs, graded by rules as they are now or by judges."""

import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from stack_tui.config.foreign_keys import refuse_foreign_keys
from stack_tui.errors import StackError
from stack_tui.runs.events import Answer, Fault, SampleKey
from stack_tui.runs.journal import Tail
from stack_tui.runs.recorded_run import latest_samples, read_recorded
from stack_tui.runs.spec import RegradeSource, RunSpec, SuiteSubject
from stack_tui.runs.store import Run, journal_path
from stack_tui.suites.attempts import sampling_plan
from stack_tui.suites.model import suite_store as suites
from stack_tui.suites.model.case import Suite, only_cases
from stack_tui.suites.recorded_model import RecordedModel
from stack_tui.toml_edit import source
from stack_tui.worker.requests import Regrade
from stack_tui.worker.run_draft import RunDraft, created_now, text_digest

_SAMPLING = ("max_tokens", "top_p", "seed", "extra_body")
_NAMED = 5


def draft_regrade(request: Regrade) -> RunDraft:
    """Return the draft of a run that grades another run's outputs by its suite as it is now.

    Raises StackError if there is nothing to grade.
    """
    run = _suite_run(request.run)
    before = run.spec
    judges, concurrency = before.judges, before.concurrency
    if request.by == "judges":
        judges, concurrency = request.judges or judges, request.concurrency
        if not judges:
            raise StackError(
                "has no judge",
                where=run.folder.name,
                remedy="Name one: --judge with an endpoint's name.",
            )
    if not request.judges or request.by == "rules":
        refuse_foreign_keys(judges, run.folder.name)
    spec = msgspec.structs.replace(
        before,
        id="",
        created=created_now(),
        origin=RegradeSource(
            run=before.id,
            outputs=before.origin.outputs if before.origin else before.id,
            again=request.by,
        ),
        panel=request.panel or before.panel,
        judges=judges,
        concurrency=concurrency,
        note=request.note,
    )
    answers = _answers(run)
    if request.by == "judges":
        answers = [answer for answer in answers if answer.role == "model"]
    return _with_suite(run, spec, answers, request.suite, checks_endpoints=request.by == "judges")


def _suite_run(folder: Path) -> Run:
    run = Run(folder)
    if not isinstance(run.spec.subject, SuiteSubject):
        raise StackError(
            "only a suite's run can be graded again",
            where=folder.name,
            remedy="Benchmarks are scored by lm-eval alone: stack-tui bench.",
        )
    run.refresh()
    return run


def _answers(run: Run) -> list[Answer]:
    """Return the run's answers, including those that it took over from an earlier run."""
    own = (event for event in Tail(journal_path(run.folder)).read() if isinstance(event, Answer))
    found = dict(read_recorded(run.folder).answers)
    found.update((answer.key, answer) for answer in own)
    return list(found.values())


def _with_suite(
    run: Run,
    spec: RunSpec,
    answers: Iterable[Answer],
    suite_path: Path | None,
    *,
    checks_endpoints: bool,
) -> RunDraft:
    """Return the draft with the suite to grade by, and with what its cases need of the run."""
    subject = run.spec.subject
    assert isinstance(subject, SuiteSubject)
    path = suite_path or Path(subject.path)
    if suite_path is None and not path.is_file():
        raise StackError(
            "the suite's file no longer exists",
            where=str(path),
            remedy="Name the suite to grade by: --suite FILE.",
        )
    text = source.read_text(path)
    suite = suites.parse(text, path)
    before = suites.load(run.folder / "suite.toml")
    temperatures = spec.temperatures or before.temperatures
    plan = sampling_plan(suite, spec.repeats, temperatures)
    samples = latest_samples(journal_path(run.folder))
    asked = only_cases(suite, subject.cases)
    left_out = RecordedModel(spec.endpoint, samples).unanswered(asked, plan)
    if len(left_out) == len(asked.cases) * len(plan):
        raise StackError(
            f"none of its outputs answers what {path} asks now: its cases "
            f"{' or '.join(sorted(set(left_out.values())))}",
            where=run.folder.name,
            remedy=f"Run the suite: stack-tui eval {suite.name}",
        )
    spec = msgspec.structs.replace(
        spec,
        subject=SuiteSubject(
            name=suite.name, path=str(path), sha256=text_digest(text), cases=subject.cases
        ),
        temperatures=temperatures,
    )
    started = [run.view.started] if run.view.started else []
    notes = [
        Fault(at=time.time(), where=suite.name, message=message)
        for message in _differences(run, before, suite, left_out)
    ]
    return RunDraft(
        spec,
        suite_text=text,
        recorded=[*started, *samples, *answers, *notes],
        checks_endpoints=checks_endpoints,
    )


def _differences(
    run: Run, before: Suite, suite: Suite, left_out: Mapping[SampleKey, str]
) -> Iterator[str]:
    """Yield what a reader of the new scores has to know."""
    for why in sorted(set(left_out.values())):
        cases = _list_cases(key[1] for key, reason in left_out.items() if reason == why)
        yield f"cases left out, for they {why}: {cases}"
    others = [name for name in _SAMPLING if getattr(before, name) != getattr(suite, name)]
    if others:
        yield f"the outputs were made with another {', '.join(others)} than is set now"
    gone = {sample.id for sample in run.view.samples} - {case.id for case in suite.cases}
    if gone:
        yield f"cases of the run that are no longer in the suite: {_list_cases(gone)}"


def _list_cases(cases: Iterable[str]) -> str:
    names = sorted(set(cases))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
