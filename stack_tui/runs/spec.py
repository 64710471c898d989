"""run.toml: all that is needed to start a run again; never a key."""

import hashlib
import math
import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

from stack_tui.config.decode import Endpoint, PanelMethod
from stack_tui.names import joined_name, slug

RegradeBy = Literal["rules", "judges"]

_MOST_DOCUMENTS = 1e9


class _Subject(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"
):
    pass


class SuiteSubject(_Subject, frozen=True, kw_only=True, omit_defaults=True, tag="suite"):
    """A suite whose cases the model is asked."""

    name: str
    """The suite's name."""
    path: str
    """The file that the run was started from; suite.toml beside run.toml is a copy of it."""
    sha256: str
    """The hash of the file's text at the start, in hex."""
    cases: tuple[str, ...] = ()
    """The ids of the cases to run; empty runs all of them."""

    @property
    def suite_name(self) -> str:
        """The name of the suite whose cases the samples are of."""
        return self.name


class BenchmarkSubject(_Subject, frozen=True, kw_only=True, omit_defaults=True, tag="benchmark"):
    """lm-eval's tasks or groups, and the options that change what is asked or how it is scored."""

    tasks: tuple[str, ...]
    """Names of tasks and groups."""
    fewshot: int | None = None
    """How many examples precede each document; None takes each task's own number."""
    limit: float | None = None
    """Documents per task: a number, or a share if under 1; None runs all of them."""
    sample: int | None = None
    """How many documents to draw at random, by `seed`, in proportion to the tasks' sizes."""
    samples: dict[str, tuple[int, ...]] = {}
    """The documents to run by task, as indexes from 0; a task that is missing runs all of them."""
    gen: dict[str, Any] = {}
    """Generation settings that replace the tasks' own, such as max_gen_toks."""
    system: str | None = None
    """The system prompt; None sends none."""
    apply_chat_template: bool = False
    """Whether prompts are sent as a chat."""
    fewshot_as_multiturn: bool = False
    """Whether each few-shot example is a turn of the chat; new runs have it on with a template."""
    chat_template: str | None = None
    """The name of the tokenizer's chat template to apply; None takes its default one."""
    metadata: dict[str, Any] = {}
    """What tasks are told that make their documents by code, such as max_seq_lengths."""
    include_path: str | None = None
    """A folder of further task definitions."""
    datasets: str | None = None
    """A folder that datasets are read from instead of the Hugging Face hub."""
    tokenizer: str | None = None
    """The tokenizer's name or folder; None takes the model's, as far as it can be found."""
    add_bos: Literal["auto", "yes", "no"] = "auto"
    """Whether prompts of tokens begin with the model's BOS; auto does as its tokenizer does."""
    protocol: Literal["auto", "completions", "chat"] = "auto"
    """The API that generates text."""
    think_end_token: str | None = None
    """The text that ends the model's thinking, "" to score the thinking; None finds its marks."""
    seed: int = 1234
    """The seed of few-shot examples and of generation, from 0 to 2**32 - 1."""
    confirm_unsafe: bool = False
    """Whether tasks that run the model's code may do so."""
    trust_remote_code: bool = False
    """Whether datasets may run code of their own."""

    def __post_init__(self) -> None:
        if self.limit is not None and not 0 < self.limit < _MOST_DOCUMENTS:
            raise ValueError("limit must be above 0: a number of documents, or a share under 1")
        if self.sample is not None and self.sample < 1:
            raise ValueError("sample must be 1 or more documents")
        if not 0 <= self.seed < 2**32:
            raise ValueError("seed must be from 0 to 4,294,967,295")
        for name, value in self.gen.items():
            if not name:
                raise ValueError("gen holds a setting without a name")
            if value is None or (isinstance(value, float) and not math.isfinite(value)):
                raise ValueError(f"gen's {name} must be text, a finite number or a truth value")
        if _holds_null(self.metadata):
            raise ValueError("metadata must not hold null, which a run's file cannot store")

    @property
    def runs_foreign_code(self) -> bool:
        """Whether code of task files, a dataset or the model may run on this machine."""
        return self.has_task_files or self.confirm_unsafe or self.trust_remote_code

    @property
    def has_task_files(self) -> bool:
        """Whether tasks come from a folder or a file that the user names."""
        by_path = any("/" in task or task.endswith((".yaml", ".yml")) for task in self.tasks)
        return by_path or bool(self.include_path)

    @property
    def name(self) -> str:
        """The tasks' names joined by +; of many the first, how many more, and a digest."""
        return joined_name(self.tasks)

    @property
    def suite_name(self) -> str:
        """An empty text: a benchmark's documents are not cases."""
        return ""


def _holds_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_null, value.values()))
    return any(map(_holds_null, value)) if isinstance(value, list) else value is None


class DuelParticipant(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A run that takes part in a duel."""

    letter: str
    """What the run is called within the duel."""
    id: str
    model: str = ""
    url: str = ""
    note: str = ""


class DuelSubject(_Subject, frozen=True, kw_only=True, tag="duel"):
    """Finished runs of one suite whose outputs judges compare; duel.json holds the outputs."""

    suite: str
    """The suite's name."""
    runs: tuple[DuelParticipant, ...]

    @property
    def name(self) -> str:
        """What the duel is called: duel-SUITE."""
        return f"duel-{self.suite}"

    @property
    def suite_name(self) -> str:
        """The name of the suite whose cases the samples are of."""
        return self.suite


Subject = SuiteSubject | BenchmarkSubject | DuelSubject


class RegradeSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the outputs of a re-graded run come from."""

    run: str
    """The run that is re-graded."""
    outputs: str
    """The run that recorded the outputs: the same, unless that was a re-graded one too."""
    again: RegradeBy
    """With "judges" all judges are asked anew, with "rules" only if their question changed."""


class RunSpec(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One evaluation of a suite, of benchmarks, or of runs against each other."""

    id: str
    """The folder's name."""
    created: str
    """When it was started, as ISO 8601."""
    endpoint: Endpoint
    """The endpoint that is evaluated; in a duel, where only judges are asked, the first judge."""
    subject: Subject
    """What is evaluated."""
    judges: tuple[Endpoint, ...] = ()
    """The judges of a suite or duel; a suite without judges is graded by rules alone."""
    panel: PanelMethod = "median"
    """How the scores of several judges are combined."""
    repeats: int = 1
    """How many times each case is run at each temperature."""
    temperatures: tuple[float, ...] = ()
    """The temperatures that each case is run at; empty takes the suite's own."""
    noise: bool = False
    """Whether the run measures the noise floor: every request is sent twice, alike."""
    concurrency: int | None = None
    """Max concurrent requests; None tunes it automatically."""
    note: str = ""
    """Free text by the user."""
    origin: RegradeSource | None = None
    """Where the outputs come from; None if the model is asked."""

    def __post_init__(self) -> None:
        if self.repeats < 1:
            raise ValueError("repeats must be 1 or more")

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The endpoints that the run may send requests to; recorded outputs need no model."""
        return tuple(dict.fromkeys(self.judges if self.origin else (self.endpoint, *self.judges)))

    def same_outputs(self, other: "RunSpec") -> bool:
        """Return whether both runs grade the same outputs, recorded once."""
        mine, theirs = (run.origin.outputs if run.origin else run.id for run in (self, other))
        return self.id != other.id and mine == theirs


_STAMP = "%Y%m%d-%H%M%S"
_STAMP_LENGTH = len("20261123-180712")


def new_run_id(
    subject: str, model: str | None, now: datetime | None = None, newest: str = ""
) -> str:
    """Return a sortable, readable id such as 20261123-180712-mmlu-smollm2-3f2a (UTC).

    It sorts behind `newest`, the id of the newest run, even if the clock was set back since.
    """
    at = (now or datetime.now(UTC)).astimezone(UTC)
    with suppress(ValueError, OverflowError):
        before = datetime.strptime(newest[:_STAMP_LENGTH], _STAMP).replace(tzinfo=UTC)
        at = max(at, before + timedelta(seconds=1))
    stamp = at.strftime(_STAMP)
    words = [slug(subject, 24), slug((model or "").rsplit("/", 1)[-1], 24)]
    return "-".join([stamp, *filter(None, words), secrets.token_hex(2)])


def digest(*parts: Any) -> str:
    """Return a short fingerprint of JSON-like `parts`; the order of keys does not matter."""
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()[:24]
