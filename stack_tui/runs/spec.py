"""run.toml: all that is needed to carry out a run again; never a key."""

import hashlib
import math
import secrets
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from stack_tui.config.decode import Endpoint, PanelMethod
from stack_tui.names import slug

RegradeBy = Literal["rules", "judges"]


_MOST_DOCUMENTS = 1e9


class SuiteSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which suite; its text as it was at the start lies beside run.toml as suite.toml."""

    name: str
    path: str
    sha256: str


class BenchmarkSpec(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Which lm-eval tasks or groups, and the options that change what is asked or scored."""

    tasks: tuple[str, ...]
    fewshot: int | None = None
    limit: float | None = None
    samples: dict[str, tuple[int, ...]] = {}
    gen: dict[str, Any] = {}
    system: str | None = None
    apply_chat_template: bool = False
    fewshot_as_multiturn: bool = False
    include_path: str | None = None
    datasets: str | None = None
    tokenizer: str | None = None
    protocol: Literal["auto", "completions", "chat"] = "auto"
    seed: int = 1234
    confirm_unsafe: bool = False
    trust_remote_code: bool = False

    def __post_init__(self) -> None:
        if self.limit is not None and not 0 < self.limit < _MOST_DOCUMENTS:
            raise ValueError("limit must be above 0: a number of documents, or a share under 1")
        if not 0 <= self.seed < 2**32:
            raise ValueError("seed must be from 0 to 4,294,967,295")
        for name, value in self.gen.items():
            if not name:
                raise ValueError("gen holds a setting without a name")
            if value is None or (isinstance(value, float) and not math.isfinite(value)):
                raise ValueError(f"gen's {name} must be text, a finite number or a truth value")


class RegradeSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The run that is graded again, the one that its outputs came from, and what is done anew."""

    run: str
    outputs: str
    again: RegradeBy


class DuelRun(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A run that takes part in a duel, by the letter that stands for it there."""

    letter: str
    id: str
    model: str = ""
    url: str = ""
    note: str = ""


class DuelSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which finished runs of a suite are judged two by two; duel.json holds their outputs."""

    suite: str
    runs: tuple[DuelRun, ...]


class RunSpec(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One evaluation of one endpoint on one suite or on some benchmarks, or a duel of such runs.

    A run of a suite asks every case at each of the `temperatures`; where none is recorded, at the
    suite's own. A `noise` run asks the same thing twice. A duel's endpoint is its first judge:
    nobody else is asked anything.
    """

    id: str
    created: str
    endpoint: Endpoint
    suite: SuiteSpec | None = None
    benchmark: BenchmarkSpec | None = None
    duel: DuelSpec | None = None
    judges: tuple[Endpoint, ...] = ()
    panel: PanelMethod = "median"
    repeats: int = 1
    temperatures: tuple[float, ...] = ()
    noise: bool = False
    concurrency: int | None = None
    note: str = ""
    origin: RegradeSource | None = None

    def __post_init__(self) -> None:
        if sum(what is not None for what in (self.suite, self.benchmark, self.duel)) != 1:
            raise ValueError("a run has either a suite or benchmarks or a duel")
        if self.repeats < 1:
            raise ValueError("repeats must be 1 or more")

    @property
    def subject(self) -> str:
        """What is evaluated: the suite's name, the tasks' joined by +, or duel-SUITE."""
        if self.suite:
            return self.suite.name
        if self.duel:
            return f"duel-{self.duel.suite}"
        return "+".join(self.benchmark.tasks) if self.benchmark else ""

    @property
    def suite_name(self) -> str:
        """The name of the suite whose cases are evaluated, "" for benchmarks."""
        if self.duel:
            return self.duel.suite
        return self.suite.name if self.suite else ""

    @property
    def asked(self) -> tuple[Endpoint, ...]:
        """The endpoints that carrying the run out may ask; recorded outputs need no model."""
        return tuple(dict.fromkeys(self.judges if self.origin else (self.endpoint, *self.judges)))

    def same_outputs(self, other: "RunSpec") -> bool:
        """Say whether both runs grade what one model answered once."""
        mine, theirs = (run.origin.outputs if run.origin else run.id for run in (self, other))
        return self.id != other.id and mine == theirs


def new_run_id(subject: str, model: str | None, now: datetime | None = None) -> str:
    """Return a sortable, readable id such as 20261123-180712-mmlu-smollm2-3f2a (UTC)."""
    stamp = (now or datetime.now(UTC)).astimezone(UTC).strftime("%Y%m%d-%H%M%S")
    words = [slug(subject, 24), slug((model or "").rsplit("/", 1)[-1], 24)]
    return "-".join([stamp, *filter(None, words), secrets.token_hex(2)])


def digest(*parts: Any) -> str:
    """Return a short fingerprint of JSON-like `parts`, the same in whatever order keys come."""
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()[:24]
