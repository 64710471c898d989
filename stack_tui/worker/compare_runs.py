"""Compare two runs, with the suites as they were when each began."""

import msgspec

from stack_tui.reports.measures.comparison import Comparison, compare
from stack_tui.reports.measures.pairing import SuiteFingerprint
from stack_tui.runs.store import Run
from stack_tui.suites.model import suite_store as suites
from stack_tui.suites.model.version import case_digests, suite_version
from stack_tui.worker.noise_floor import noise_warning


def compare_runs(a: Run, b: Run) -> Comparison:
    """Return the comparison of `b` with `a`, complete or not; changed cases are left out of it.

    It carries a warning if the difference is below a noise floor that was measured.
    """
    a.refresh()
    b.refresh()
    same = a.spec.same_outputs(b.spec)
    found = compare(a.view, b.view, suite_a=_fingerprint(a, same), suite_b=_fingerprint(b, same))
    warning = noise_warning(found, a, b)
    if not warning:
        return found
    return msgspec.structs.replace(found, warnings=(*found.warnings, warning))


def _fingerprint(run: Run, same_outputs: bool) -> SuiteFingerprint | None:
    """Return what shows which cases changed: no cases if only the grading is compared."""
    path = run.folder / "suite.toml"
    if not path.exists():
        return None
    suite = suites.load(path)
    cases = {} if same_outputs else case_digests(suite)
    return SuiteFingerprint(version=suite_version(suite), cases=cases)
