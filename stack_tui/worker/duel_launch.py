"""Starting a duel: the outputs of finished runs of one suite gathered, then judged."""

import asyncio
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from stack_tui.config.decode import Endpoint
from stack_tui.errors import StackError
from stack_tui.reports.measures.setting_differences import model_name
from stack_tui.runs.duel_data import CaseText, DuelCase, DuelData, DuelEntry, matches
from stack_tui.runs.events import Sample
from stack_tui.runs.recorded_run import latest_samples
from stack_tui.runs.spec import DuelRun, DuelSubject, RunSpec, SuiteSubject
from stack_tui.runs.store import Run
from stack_tui.suites.model import suite_store as suites
from stack_tui.suites.model.case import Case, Suite, criteria_of
from stack_tui.suites.model.version import case_digests
from stack_tui.worker.launch import begin

_MOST = len(string.ascii_lowercase)


@dataclass(frozen=True)
class Gathered:
    """A duel before its judges are asked: who takes part, and what is judged."""

    subject: DuelSubject
    contest: DuelData
    judges: tuple[str, ...]


def gather(folders: Sequence[Path]) -> Gathered:
    """Copy what the runs put out; raises StackError where they cannot be held against each other.

    `judges` are those that the first run's suite names.
    """
    runs = [Run(folder) for folder in dict.fromkeys(folders)]
    if not 2 <= len(runs) <= _MOST:
        raise StackError(
            f"a duel takes from 2 to {_MOST} runs, not {len(runs)}",
            where="duel",
            remedy="Name different runs: stack-tui runs lists them.",
        )
    found = [(run, _suite_of(run)) for run in runs]
    names = list(dict.fromkeys(suite.name for _, suite in found))
    if len(names) > 1:
        raise StackError(f"the runs are of different suites: {', '.join(names)}", where="duel")
    letters = string.ascii_lowercase[: len(runs)]
    contest = _contest(list(zip(letters, found, strict=True)))
    if not any(matches(contest)[0].values()):
        raise StackError(
            "no case has an output in two of the runs",
            where="duel",
            remedy="Run the same suite again on each: stack-tui eval.",
        )
    taking_part = tuple(
        DuelRun(
            letter=letter,
            id=run.spec.id,
            model=model_name(run.view),
            url=run.spec.endpoint.url,
            note=run.spec.note,
        )
        for letter, (run, _) in zip(letters, found, strict=True)
    )
    return Gathered(DuelSubject(suite=names[0], runs=taking_part), contest, found[0][1].judges)


def start_duel(
    results: Path,
    gathered: Gathered,
    judges: Sequence[Endpoint],
    *,
    concurrency: int | None = None,
    note: str = "",
) -> Path:
    """Check the judges, make the duel's folder, start its worker, and return the folder.

    Blocks until the worker has begun. Raises EndpointError for a judge that cannot be asked; then
    nothing was made.
    """
    draft = RunSpec(
        id="",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        endpoint=judges[0],
        subject=gathered.subject,
        judges=tuple(judges),
        concurrency=concurrency,
        note=note,
    )
    return asyncio.run(begin(results, draft, None, contest=gathered.contest))


def _suite_of(run: Run) -> Suite:
    run.refresh()
    if not isinstance(run.spec.subject, SuiteSubject):
        kind = "a duel" if isinstance(run.spec.subject, DuelSubject) else "benchmarks"
        raise StackError(
            f"is a run of {kind}: only a suite's outputs can be judged two by two",
            where=run.spec.id,
        )
    if run.view.finished is None:
        raise StackError(
            "has not finished",
            where=run.spec.id,
            remedy=f"Go on with it first: stack-tui resume {run.spec.id}",
        )
    return suites.load(run.folder / "suite.toml")


def _contest(runs: Sequence[tuple[str, tuple[Run, Suite]]]) -> DuelData:
    cases: dict[str, CaseText] = {}
    bouts: dict[tuple[str, int, float | None], DuelCase] = {}
    several = any(len(run.spec.temperatures) > 1 for _, (run, _) in runs)
    for letter, (run, suite) in runs:
        digests = case_digests(suite)
        known = {case.id: case for case in suite.cases}
        for sample in sorted(
            latest_samples(run.folder), key=lambda sample: (sample.place, sample.repeat)
        ):
            case = known.get(sample.id)
            if case is None:
                continue
            digest = digests[case.id]
            cases[digest] = CaseText(input=case.input, rubric=_wanted(suite, case))
            entry = DuelEntry(
                run=letter,
                case=digest,
                output=None if sample.status == "error" else sample.output,
                status=sample.status,
            )
            temperature = _temperature(sample, run, several=several)
            key = sample.id, sample.repeat, temperature
            bout = bouts.get(key) or DuelCase(
                id=sample.id,
                repeat=sample.repeat,
                temperature=temperature,
                cluster=sample.cluster,
                place=sample.place,
                labels=case.labels,
                holdout=case.holdout,
            )
            bouts[key] = replace(bout, entries=(*bout.entries, entry))
    first = runs[0][1][1]
    return DuelData(
        suite=first.name,
        runs=tuple(letter for letter, _ in runs),
        bouts=tuple(bouts.values()),
        cases=cases,
        judge_max_tokens=first.judge_max_tokens,
    )


def _wanted(suite: Suite, case: Case) -> str:
    """Return what judges are told of a good output: rubric, criteria and reference."""
    criteria = (f"- {each.name}: {each.ask}" for each in criteria_of(suite, case))
    reference = f"A good output, for reference:\n{case.reference}" if case.reference else ""
    return "\n\n".join(filter(None, (case.rubric, "\n".join(criteria), reference)))


def _temperature(sample: Sample, run: Run, *, several: bool) -> float | None:
    """Return what holds a sample against its like, where any of the runs asked at several."""
    if not several or sample.temperature is not None:
        return sample.temperature
    return run.spec.temperatures[0] if len(run.spec.temperatures) == 1 else None
