"""Compare two runs, with the suites as they were when each began, and with the noise measured."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from stack_tui.errors import StackError
from stack_tui.names import ordinal
from stack_tui.reports.measures.comparison import Comparison, compare
from stack_tui.reports.measures.effects import RATE
from stack_tui.reports.measures.noise import noise_of
from stack_tui.reports.measures.pairing import SuiteFingerprint
from stack_tui.reports.number_format import format_points
from stack_tui.runs import baseline_log
from stack_tui.runs.spec import RunSpec
from stack_tui.runs.store import Run, folders, read_spec
from stack_tui.suites.model import suite_store as suites
from stack_tui.suites.model.version import case_digests, suite_version


def compare_runs(
    a: Run, b: Run, *, margin: float | None = None, pooled: bool = False
) -> Comparison:
    """Return the comparison of `b` with `a`, complete or not; changed cases are left out of it.

    It carries a warning if the difference is below a noise floor that was measured, and from the
    second run on that is compared with this baseline: the best of many differs by chance. For
    `margin` and `pooled` see `compare`.
    """
    a.refresh()
    b.refresh()
    same = a.spec.same_outputs(b.spec)
    found = compare(
        a.view,
        b.view,
        suite_a=_fingerprint(a, same),
        suite_b=_fingerprint(b, same),
        margin=margin,
        pooled=pooled,
    )
    counted = found.verdict != "not final" and not same
    warnings = (_noise_warning(found, a, b), _repetition_warning(a, b) if counted else "")
    more = tuple(filter(None, warnings))
    return msgspec.structs.replace(found, warnings=(*found.warnings, *more)) if more else found


def _repetition_warning(a: Run, b: Run) -> str:
    """Return how many runs were compared with the baseline, "" for the first one."""
    try:
        count = baseline_log.number_in_line(a.folder, b.spec.id)
    except OSError as error:
        return f"the comparison cannot be counted: {error.strerror or 'unknown error'}"
    if count < 2:
        return ""
    return (
        f"this is the {ordinal(count)} run compared with this baseline: the best of several may be "
        "the best by chance"
    )


def _fingerprint(run: Run, same_outputs: bool) -> SuiteFingerprint | None:
    """Return what shows which cases changed: no cases if only the grading is compared."""
    path = run.folder / "suite.toml"
    if not path.exists():
        return None
    suite = suites.load(path)
    cases = {} if same_outputs else case_digests(suite)
    return SuiteFingerprint(version=suite_version(suite), cases=cases)


def _noise_warning(comparison: Comparison, *runs: Run) -> str:
    """Return a warning if the pass rates differ by less than the noise floor, else "".

    The floor is that of the latest noise run of the same suite, endpoint and model in the folder
    of runs.
    """
    effect = comparison.effect(RATE)
    if effect is None or not effect.difference:
        return ""
    for run in runs:
        for folder in _noise_runs(run):
            measured = Run(folder)
            measured.refresh()
            noise = noise_of(measured.view)
            found = noise.floor_of(effect.pairs) if noise else None
            if found is None:
                continue
            floor, at_most = found
            if abs(effect.difference) < floor:
                of = "at most " if at_most else ""
                return (
                    f"a difference of {format_points(abs(effect.difference))} "
                    f"{'may be' if at_most else 'is'} under the noise floor of {of}"
                    f"{format_points(floor)}, by what {folder.name} measured"
                )
            break
    return ""


def _noise_runs(run: Run) -> Iterator[Path]:
    """Yield the noise runs of the run's suite, endpoint and model, the latest first."""
    for folder in reversed(folders(run.folder.parent)):
        try:
            # Searching the text is cheaper than decoding the spec, and few runs are noise runs.
            if "noise = true" in (folder / "run.toml").read_text(encoding="utf-8"):
                spec = read_spec(folder)
                if spec.noise and _subject(spec) == _subject(run.spec):
                    yield folder
        except (StackError, OSError, UnicodeDecodeError):
            continue


def _subject(spec: RunSpec) -> tuple[str, str, str | None]:
    return spec.subject.name, spec.endpoint.url, spec.endpoint.model
