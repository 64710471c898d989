"""The messages between worker and harness, the process in which lm-eval runs, as msgpack."""

import struct
from typing import Any

import msgspec

from stack_tui.benchmarks.catalog.task_index import TaskEntry
from stack_tui.errors import Failure
from stack_tui.runs.events import TaskPlan
from stack_tui.runs.spec import BenchmarkSubject

_LENGTH = struct.Struct(">I")
LENGTH_BYTES = _LENGTH.size

Loglikelihood = tuple[float, bool]
AnswerValue = Loglikelihood | str | float


class _Frame(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag=str.lower):
    pass


# Batches of documents that the harness builds before the worker asks for more.
AHEAD = 32


class Failed(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="failed"):
    """lm-eval cannot go on: the error to show to the user."""

    what: str
    where: str = ""
    remedy: str = ""
    resumable: bool = True


class Open(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="open"):
    """Load the tasks and build their requests.

    With `messages`, what asks for an output stays a conversation; all else is rendered by the
    template. Without a template, `no_template` says why there is none. `metadata` is what every
    task is told of model and run, as by lm-eval's `TaskManager`.
    """

    spec: BenchmarkSubject
    entries: dict[str, TaskEntry]
    messages: bool = False
    chat_template: str = ""
    template_tokens: dict[str, str] = {}
    no_template: Failed | None = None
    metadata: dict[str, Any] = {}


class More(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="more"):
    """Build one more batch of documents: the worker has room for it.

    Without this the harness would block on a full pipe instead of scoring.
    """


class Answered(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="answered"):
    """A document's answers: for each request a list with one value per repeat."""

    task: str
    doc: int
    values: list[list[AnswerValue]]


class Conclude(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="conclude"):
    """Compute the score of record over all answers, and write lm-eval's files to `folder`."""

    folder: str
    model: str
    model_args: dict[str, Any]


class LoglikelihoodRequest(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="likelihood"):
    """Score the continuation of one of the document's contexts, as often as `repeats` says."""

    context: int = 0
    continuation: str = ""
    repeats: int = 1


class RollingRequest(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="rolling"):
    """Score one of the document's contexts from its first token on."""

    context: int = 0
    repeats: int = 1


class TextRequest(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="text"):
    """Ask for outputs that continue one of the document's contexts."""

    context: int = 0
    gen: dict[str, Any] = {}
    repeats: int = 1


class ConversationRequest(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="messages"):
    """Ask for outputs that answer one of the document's conversations."""

    conversation: int = 0
    gen: dict[str, Any] = {}
    repeats: int = 1


GenerationRequest = TextRequest | ConversationRequest
Request = LoglikelihoodRequest | RollingRequest | GenerationRequest


class Document(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="document"):
    """A document's requests; `contexts` do not repeat the text of their common `prefix`.

    `doc` is its index in this run; by its `digest` it is known again. A context is a text, a
    conversation the JSON of its messages.
    """

    task: str
    doc: int
    dataset_id: int
    contexts: list[str]
    requests: list[Request]
    conversations: list[str] = []
    prefix: str | None = None
    target: str = ""
    choices: list[str] = []
    cluster: str = ""
    """What documents that ask about the same passage have in common."""
    digest: str = ""

    @property
    def prompt(self) -> str:
        """What the model is asked first, without the prefix."""
        return next(iter((*self.contexts, *self.conversations)), "")


class Documents(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="documents"):
    """Documents with their requests, and the prefixes that they are the first to use."""

    documents: list[Document]
    prefixes: dict[str, str] = {}


class Loaded(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="loaded"):
    """The tasks loaded so far; `complete` if these are all.

    `replaced` is how many other tasks had a task's name: lm-eval evaluates the last one alone.
    """

    tasks: list[TaskPlan]
    complete: bool
    replaced: dict[str, int] = {}


class AllSent(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="built"):
    """All documents have been sent."""


class Scored(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="scored"):
    """A document's metrics from lm-eval, by `name,filter`, or why it could not score it."""

    task: str
    doc: int
    metrics: dict[str, float]
    extracted: dict[str, str] = {}
    passed: bool | None = None
    chosen: int | None = None
    failure: Failure | None = None


class Concluded(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="concluded"):
    """lm-eval's results without its samples, its own tables, and unanswered documents by task."""

    results: dict[str, Any]
    table: str
    missing: dict[str, int] = {}


ToHarness = Open | More | Answered | Conclude
FromHarness = Loaded | Documents | AllSent | Scored | Concluded | Failed

_encoder = msgspec.msgpack.Encoder()
_to_harness = msgspec.msgpack.Decoder(ToHarness)
_from_harness = msgspec.msgpack.Decoder(FromHarness)


def frame(message: ToHarness | FromHarness) -> bytes:
    """Return the message encoded, with its length in front."""
    data = _encoder.encode(message)
    return _LENGTH.pack(len(data)) + data


def length(head: bytes) -> int:
    """Return the length in bytes of the message that follows the head."""
    return int(_LENGTH.unpack(head)[0])


def decode_to_harness(data: bytes) -> ToHarness:
    """Return the decoded message to the harness."""
    message: ToHarness = _to_harness.decode(data)
    return message


def decode_from_harness(data: bytes) -> FromHarness:
    """Return the decoded message from the harness."""
    message: FromHarness = _from_harness.decode(data)
    return message
