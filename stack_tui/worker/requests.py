"""What can be started: a request for a run, as the commands' options and the app's forms build it.

`worker.launch.start` carries a request out. A new option of a run is a field here, an option of the
command, a field of the form, and the place that uses it.
"""

from pathlib import Path

import msgspec

from stack_tui.config.decode import Endpoint, PanelMethod
from stack_tui.runs.spec import BenchmarkSubject, RegradeBy


class SuiteRun(msgspec.Struct, frozen=True, kw_only=True):
    """Run a suite's cases against an endpoint."""

    suite: Path
    """The suite's TOML file."""
    endpoint: Endpoint
    """The endpoint that is evaluated."""
    judges: tuple[Endpoint, ...] = ()
    """The judges; empty grades by rules alone."""
    panel: PanelMethod = "median"
    """How the scores of several judges are combined."""
    cases: tuple[str, ...] = ()
    """The ids of the cases to run; empty runs all of them."""
    repeats: int | None = None
    """How many times each case is run; None takes the suite's number."""
    temperatures: tuple[float, ...] = ()
    """The temperatures that each case is run at; empty takes the suite's."""
    noise: bool = False
    """Measure the noise floor: the same twice at temperature 0, `repeats` and the like ignored."""
    concurrency: int | None = None
    """Max concurrent requests; None tunes it automatically."""
    note: str = ""
    """Free text that is stored with the run."""

    @property
    def title(self) -> str:
        """What is run, for a message."""
        return self.suite.stem


class BenchmarkRun(msgspec.Struct, frozen=True, kw_only=True):
    """Run lm-eval's tasks against an endpoint."""

    benchmark: BenchmarkSubject
    """The tasks, and the options that change what is asked or how it is scored."""
    endpoint: Endpoint
    """The endpoint that is evaluated."""
    concurrency: int | None = None
    """Max concurrent requests; None tunes it automatically."""
    note: str = ""
    """Free text that is stored with the run."""

    @property
    def title(self) -> str:
        """What is run, for a message."""
        return ", ".join(self.benchmark.tasks)


class DuelRun(msgspec.Struct, frozen=True, kw_only=True):
    """Have judges compare the outputs of finished runs of one suite, two by two."""

    runs: tuple[Path, ...]
    """The folders of the runs, from 2 to 26 of them."""
    judges: tuple[Endpoint, ...]
    """The judges, at least one."""
    concurrency: int | None = None
    """Max concurrent requests; None tunes it automatically."""
    note: str = ""
    """Free text that is stored with the duel."""


class Regrade(msgspec.Struct, frozen=True, kw_only=True):
    """Grade the recorded outputs of a suite's run as a new run; the model is not asked."""

    run: Path
    """The folder of the run whose outputs are graded."""
    by: RegradeBy
    """With "rules", a judge is asked only if its question has changed; with "judges", always."""
    judges: tuple[Endpoint, ...] = ()
    """The judges for "judges"; empty takes the run's own."""
    panel: PanelMethod | None = None
    """How the scores of several judges are combined; None takes the run's method."""
    suite: Path | None = None
    """The suite's file to grade by; None takes the file that the run was started from."""
    concurrency: int | None = None
    """Max concurrent requests; None tunes it automatically."""
    note: str = ""
    """Free text that is stored with the run."""


RunRequest = SuiteRun | BenchmarkRun | DuelRun | Regrade
