"""Two runs compared, with the suites as they were when each began."""

from stack_tui.reports.comparison import Comparison, compare
from stack_tui.reports.pairing import SuiteFingerprint
from stack_tui.runs.store import Run
from stack_tui.suites import store as suites
from stack_tui.suites.version import case_digests, suite_version


def compare_runs(a: Run, b: Run) -> Comparison:
    """Return how `b` stands against `a`, each as far as it is; changed cases are set apart."""
    a.refresh()
    b.refresh()
    return compare(a.view, b.view, suite_a=_fingerprint(a), suite_b=_fingerprint(b))


def _fingerprint(run: Run) -> SuiteFingerprint | None:
    path = run.folder / "suite.toml"
    if not path.exists():
        return None
    suite = suites.load(path)
    return SuiteFingerprint(version=suite_version(suite), cases=case_digests(suite))
