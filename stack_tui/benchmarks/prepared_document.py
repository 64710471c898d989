"""Documents as they are asked: each request has its one way to the model, decided beforehand.

The parts of a document are a tagged union. Code that sends one kind cannot be given another: a
scored part holds tokens alone, and only an output's prompt may be a conversation.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from stack_tui.benchmarks.harness.protocol import Document
from stack_tui.benchmarks.scoring.encoding import EncodedPair
from stack_tui.benchmarks.scoring.methods import ByContinuation
from stack_tui.benchmarks.scoring.prompt_fit import PromptChange
from stack_tui.errors import Failure, StackError


@dataclass(frozen=True, slots=True)
class TokenPrompt:
    """A prompt of tokens, for a text completion."""

    tokens: list[int]


@dataclass(frozen=True, slots=True)
class TextPrompt:
    """A prompt of text, for a text completion; `tokens` counts its tokens if that is known."""

    text: str
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class ChatPrompt:
    """The JSON of messages, for a chat; `tokens` counts those of their texts if that is known."""

    messages: str
    tokens: int | None = None


OutputPrompt = TokenPrompt | TextPrompt | ChatPrompt


@dataclass(frozen=True, slots=True)
class Output:
    """One output to ask for: the prompt, the request's other fields, and the answer's key."""

    prompt: OutputPrompt
    fields: dict[str, Any]
    key: str
    repeat: int


@dataclass(frozen=True, slots=True)
class LettersPart:
    """Continuations of one token each after one context, scored by its next token.

    `places` are the indexes of the part's requests in the document, in the order of `pairs`.
    """

    places: list[int]
    pairs: list[EncodedPair]
    key: str
    method: Literal["letters"] = "letters"


@dataclass(frozen=True, slots=True)
class ContinuationsPart:
    """Continuations of any length, scored token by token; see LettersPart."""

    places: list[int]
    pairs: list[EncodedPair]
    key: str
    method: ByContinuation


@dataclass(frozen=True, slots=True)
class RollingPart:
    """A whole text, scored in windows whose log-probabilities are added up."""

    place: int
    windows: list[EncodedPair]
    key: str
    method: Literal["echo"] = "echo"


@dataclass(frozen=True, slots=True)
class WrittenPart:
    """Outputs that the model writes for one request, one per repeat."""

    place: int
    outputs: list[Output]
    method: Literal["generate", "generate chat"]


ScoredPart = LettersPart | ContinuationsPart | RollingPart
DocumentPart = ScoredPart | WrittenPart


@dataclass(slots=True)
class Prepared:
    """A document that can be asked, in parts; `changes` say where a prompt or limit had to give."""

    document: Document
    parts: list[DocumentPart]
    changes: list[PromptChange] = field(default_factory=list)

    @property
    def flags(self) -> tuple[str, ...]:
        """The changes in words, for the document's sample."""
        return tuple(dict.fromkeys(change.flag for change in self.changes))


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that cannot be asked, and why."""

    document: Document
    error: StackError

    @property
    def failure(self) -> Failure:
        """The reason as its sample's."""
        return Failure(kind="bad_request", message=self.error.what, remedy=self.error.remedy)
