"""A duel as a draft: the outputs of finished runs of one suite, gathered to be compared."""

import string
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from stack_tui.config.decode import Config, Endpoint
from stack_tui.config.foreign_keys import refuse_foreign_keys
from stack_tui.config.resolve import SELF, resolve_judges
from stack_tui.errors import StackError
from stack_tui.reports.measures.setting_differences import model_name
from stack_tui.runs.duel_data import CaseText, DuelCase, DuelData, DuelEntry, matches
from stack_tui.runs.events import Sample
from stack_tui.runs.recorded_run import latest_samples
from stack_tui.runs.spec import DuelParticipant, DuelSubject, RunSpec, SuiteSubject
from stack_tui.runs.store import Run, journal_path
from stack_tui.suites.model import suite_store as suites
from stack_tui.suites.model.case import Case, Suite, criteria_of
from stack_tui.suites.model.version import case_digests
from stack_tui.worker.requests import DuelRun
from stack_tui.worker.run_draft import RunDraft, created_now

_MOST = len(string.ascii_lowercase)


def draft_duel(request: DuelRun) -> RunDraft:
    """Return the draft of a duel; raises StackError for runs that cannot be compared."""
    subject, data = gather(request.runs)
    return RunDraft(
        RunSpec(
            id="",
            created=created_now(),
            endpoint=request.judges[0],
            subject=subject,
            judges=request.judges,
            concurrency=request.concurrency,
            note=request.note,
        ),
        duel=data,
    )


def duel_judges(
    config: Config, named: Sequence[str], run: Path, spec: RunSpec
) -> tuple[Endpoint, ...]:
    """Return a duel's judges: as for a run of the suite, else those of `run`, else its endpoint.

    `run` and `spec` are the folder and the spec of the duel's first run. A suite's "self" is left
    out: a duel evaluates no endpoint. Raises StackError for a name that is not configured, and for
    "self" among `named`.
    """
    if SELF in named:
        raise StackError(
            "a duel has no model of its own",
            where="judges",
            remedy="--judge takes an endpoint's name.",
        )
    path = run / "suite.toml"
    of_suite = suites.load(path).judges if path.exists() else ()
    others = [name for name in of_suite if name != SELF]
    if named or others or config.defaults.judges:
        return resolve_judges(config, others, named, spec.endpoint)
    judges = spec.judges or (spec.endpoint,)
    refuse_foreign_keys(judges, run.name)
    return judges


def distinct_runs(folders: Sequence[Path]) -> tuple[Path, ...]:
    """Return the folders, each once; raises StackError unless they are 2 to 26."""
    distinct = tuple(dict.fromkeys(folders))
    if not 2 <= len(distinct) <= _MOST:
        raise StackError(
            f"a duel takes from 2 to {_MOST} runs, not {len(distinct)}",
            where="duel",
            remedy="Name different runs: stack-tui runs lists them.",
        )
    return distinct


def gather(folders: Sequence[Path]) -> tuple[DuelSubject, DuelData]:
    """Return who takes part and what is judged; raises StackError for runs without a comparison."""
    runs = [Run(folder) for folder in distinct_runs(folders)]
    found = [(run, _suite_of(run)) for run in runs]
    names = list(dict.fromkeys(suite.name for _, suite in found))
    if len(names) > 1:
        raise StackError(f"the runs are of different suites: {', '.join(names)}", where="duel")
    letters = string.ascii_lowercase[: len(runs)]
    data = _duel_data(list(zip(letters, found, strict=True)))
    if not any(matches(data)[0].values()):
        raise StackError(
            "no case has an output in two of the runs",
            where="duel",
            remedy="Run the suite on each endpoint: stack-tui eval.",
        )
    participants = tuple(
        DuelParticipant(
            letter=letter,
            id=run.spec.id,
            model=model_name(run.view),
            url=run.spec.endpoint.url,
            note=run.spec.note,
        )
        for letter, (run, _) in zip(letters, found, strict=True)
    )
    return DuelSubject(suite=names[0], runs=participants), data


def _suite_of(run: Run) -> Suite:
    run.refresh()
    if not isinstance(run.spec.subject, SuiteSubject):
        kind = "a duel" if isinstance(run.spec.subject, DuelSubject) else "benchmarks"
        raise StackError(
            f"is a run of {kind}: a duel compares the outputs of a suite's runs only",
            where=run.spec.id,
        )
    if run.view.finished is None:
        raise StackError(
            "has not finished",
            where=run.spec.id,
            remedy=f"Resume it first: stack-tui resume {run.spec.id}",
        )
    return suites.load(run.folder / "suite.toml")


def _duel_data(runs: Sequence[tuple[str, tuple[Run, Suite]]]) -> DuelData:
    cases: dict[str, CaseText] = {}
    found: dict[tuple[str, int, float | None], DuelCase] = {}
    several = any(len(run.spec.temperatures) > 1 for _, (run, _) in runs)
    for letter, (run, suite) in runs:
        digests = case_digests(suite)
        known = {case.id: case for case in suite.cases}
        samples = latest_samples(journal_path(run.folder))
        for sample in sorted(samples, key=lambda sample: (sample.place, sample.repeat)):
            case = known.get(sample.id)
            if case is None:
                continue
            digest = digests[case.id]
            cases[digest] = CaseText(input=case.input, rubric=_judging_text(suite, case))
            entry = DuelEntry(
                run=letter,
                case=digest,
                output=None if sample.status == "error" else sample.output,
                status=sample.status,
            )
            temperature = _temperature(sample, run, several=several)
            key = sample.id, sample.repeat, temperature
            duel_case = found.get(key) or DuelCase(
                id=sample.id,
                repeat=sample.repeat,
                temperature=temperature,
                cluster=sample.cluster,
                place=sample.place,
                labels=case.labels,
                holdout=case.holdout,
            )
            found[key] = replace(duel_case, entries=(*duel_case.entries, entry))
    first = runs[0][1][1]
    return DuelData(
        suite=first.name,
        runs=tuple(letter for letter, _ in runs),
        bouts=tuple(found.values()),
        cases=cases,
        judge_max_tokens=first.judge_max_tokens,
    )


def _judging_text(suite: Suite, case: Case) -> str:
    """Return what describes a good output to a judge: rubric, criteria and reference."""
    criteria = (f"- {each.name}: {each.ask}" for each in criteria_of(suite, case))
    reference = f"A good output, for reference:\n{case.reference}" if case.reference else ""
    return "\n\n".join(filter(None, (case.rubric, "\n".join(criteria), reference)))


def _temperature(sample: Sample, run: Run, *, several: bool) -> float | None:
    """Return the temperature to pair a sample by, if any of the runs has `several`."""
    if not several or sample.temperature is not None:
        return sample.temperature
    return run.spec.temperatures[0] if len(run.spec.temperatures) == 1 else None
