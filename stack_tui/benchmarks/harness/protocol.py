"""What passes between the worker and the process in which lm-eval runs: frames of msgpack."""

import struct
from typing import Any, Literal

import msgspec

from stack_tui.benchmarks.catalog.task_index import TaskEntry
from stack_tui.runs.events import TaskPlan
from stack_tui.runs.spec import BenchmarkSubject

_LENGTH = struct.Struct(">I")
LENGTH_BYTES = _LENGTH.size

Loglikelihood = tuple[float, bool]
AnswerValue = Loglikelihood | str | float


class _Frame(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag=str.lower):
    pass


class Open(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="open"):
    """Load the tasks and build their requests; `chat` hands out messages rather than text."""

    spec: BenchmarkSubject
    entries: dict[str, TaskEntry]
    chat: bool = False
    chat_template: str = ""
    template_tokens: dict[str, str] = {}


class Answered(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="answered"):
    """A document's answers: for each of its requests one value for each repeat."""

    task: str
    doc: int
    values: list[list[AnswerValue]]


class Conclude(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="conclude"):
    """Compute the score of record over all that was answered, and write lm-eval's files."""

    folder: str
    model: str
    model_args: dict[str, Any]


class Request(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="request"):
    """One request of a document, its context by its place in the document's `contexts`."""

    kind: Literal["loglikelihood", "loglikelihood_rolling", "generate_until"]
    context: int = 0
    continuation: str = ""
    gen: dict[str, Any] = {}
    repeats: int = 1


class Document(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="document"):
    """A document's requests; `contexts` are without the text of `prefix`, which they share.

    `doc` is its place among those asked for, `shown` its id in the dataset. A context that is a
    conversation is the JSON of its messages (`chat`).
    """

    task: str
    doc: int
    shown: int
    contexts: list[str]
    requests: list[Request]
    prefix: str | None = None
    chat: bool = False
    target: str = ""
    choices: list[str] = []


class Documents(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="documents"):
    """Documents whose requests are built, and the prefixes that they are the first to use."""

    documents: list[Document]
    prefixes: dict[str, str] = {}


class Loaded(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="loaded"):
    """The tasks loaded so far; `complete` once these are all."""

    tasks: list[TaskPlan]
    output_types: dict[str, str]
    complete: bool


class AllSent(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="built"):
    """All documents have been sent."""

    documents: int


class Scored(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="scored"):
    """What lm-eval makes of a document's answers; metrics by `name,filter` as in its results."""

    task: str
    doc: int
    metrics: dict[str, float]
    extracted: dict[str, str] = {}
    passed: bool | None = None
    chosen: int | None = None


class Concluded(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="concluded"):
    """lm-eval's results without its samples, and its own tables."""

    results: dict[str, Any]
    table: str
    missing: dict[str, int] = {}


class Failed(_Frame, frozen=True, kw_only=True, omit_defaults=True, tag="failed"):
    """lm-eval cannot go on, in words for the user."""

    what: str
    where: str = ""
    remedy: str = ""


ToHarness = Open | Answered | Conclude
FromHarness = Loaded | Documents | AllSent | Scored | Concluded | Failed

_encoder = msgspec.msgpack.Encoder()
_to_harness = msgspec.msgpack.Decoder(ToHarness)
_from_harness = msgspec.msgpack.Decoder(FromHarness)


def frame(message: ToHarness | FromHarness) -> bytes:
    """Return the message with its length before it."""
    data = _encoder.encode(message)
    return _LENGTH.pack(len(data)) + data


def length(head: bytes) -> int:
    """Return how many bytes of message follow the head."""
    return int(_LENGTH.unpack(head)[0])


def decode_to_harness(data: bytes) -> ToHarness:
    """Return the message for the harness."""
    message: ToHarness = _to_harness.decode(data)
    return message


def decode_from_harness(data: bytes) -> FromHarness:
    """Return the message from the harness."""
    message: FromHarness = _from_harness.decode(data)
    return message
