"""How a run's prompts reach the model, decided once from its options and the endpoint."""

from dataclasses import dataclass, field

from stack_tui.benchmarks.scoring import methods
from stack_tui.benchmarks.scoring.model_tokenizer import (
    FileTokenizer,
    ModelTokenizer,
)
from stack_tui.benchmarks.scoring.tokenizer_files import (
    choose_template,
    read_chat_templates,
    read_special_tokens,
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
    """Return how the run's prompts go out.

    Raises StackError if the protocol is not served, or the template that is named not used.
    """
    templated = spec.apply_chat_template
    chat = methods.generation_protocol(spec.protocol, templated, capabilities) == "chat"
    if chat and templated and spec.chat_template and spec.protocol == "chat":
        raise StackError(
            "the server applies its own chat template, not the one that --chat-template names",
            remedy="Use --protocol completions with it.",
        )
    template = _template(spec, tokenizer) if templated else None
    return Prompting(chat, messages=chat and templated, template=template)


def _template(
    spec: BenchmarkSubject, tokenizer: ModelTokenizer | None
) -> ChatTemplate | StackError:
    if not isinstance(tokenizer, FileTokenizer):
        return StackError(
            "the model's chat template is needed to turn conversations into prompts",
            remedy="Name the model's tokenizer folder with --tokenizer, or omit"
            " --apply-chat-template.",
        )
    templates = read_chat_templates(tokenizer.folder)
    try:
        text = choose_template(templates, spec.chat_template, tokenizer.name)
    except StackError as error:
        return error
    return ChatTemplate(text, read_special_tokens(tokenizer.folder))
