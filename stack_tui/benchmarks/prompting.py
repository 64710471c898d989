"""How a run's prompts reach the model, decided once from its options and the endpoint."""

from dataclasses import dataclass, field

from stack_tui.benchmarks.scoring import methods
from stack_tui.benchmarks.scoring.model_tokenizer import (
    FileTokenizer,
    ModelTokenizer,
    read_chat_template,
)
from stack_tui.endpoints.probe import Capabilities
from stack_tui.errors import StackError
from stack_tui.runs.spec import BenchmarkSubject


@dataclass(frozen=True)
class ChatTemplate:
    """The model's chat template, with the texts of its special tokens by name."""

    text: str
    tokens: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Prompting:
    """The decision: `chat` is how outputs are asked for, else by text completions.

    With `messages` these are asked for by conversations. All other prompts are texts: those of the
    task, or what the `template` makes of its conversations, or an error if there is none.
    """

    chat: bool
    messages: bool = False
    template: ChatTemplate | StackError | None = None

    @property
    def protocol(self) -> methods.Protocol:
        """The protocol that outputs are asked for by."""
        return "chat" if self.chat else "completions"


def decide_prompting(
    spec: BenchmarkSubject, capabilities: Capabilities, tokenizer: ModelTokenizer | None
) -> Prompting:
    """Return how the run's prompts go out; raises RouteError if the protocol is not served."""
    templated = spec.apply_chat_template
    chat = methods.generation_protocol(spec.protocol, templated, capabilities) == "chat"
    template = _template(tokenizer) if templated else None
    return Prompting(chat, messages=chat and templated, template=template)


def _template(tokenizer: ModelTokenizer | None) -> ChatTemplate | StackError:
    if not isinstance(tokenizer, FileTokenizer):
        return StackError(
            "the model's chat template is needed to turn conversations into prompts",
            remedy="Name the model's tokenizer folder with --tokenizer, or omit"
            " --apply-chat-template.",
        )
    text, tokens = read_chat_template(tokenizer.folder)
    if text:
        return ChatTemplate(text, tokens)
    return StackError(
        "the tokenizer's folder has no chat template",
        where=tokenizer.name,
        remedy="Omit --apply-chat-template, or use --protocol chat if the task writes its answers.",
    )
