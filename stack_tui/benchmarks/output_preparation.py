"""Prepare the outputs that a model writes: the prompt's form, its room, and the answers' keys."""

from typing import Any, Literal

import msgspec

from stack_tui.benchmarks.harness.protocol import (
    ConversationRequest,
    Document,
    GenerationRequest,
)
from stack_tui.benchmarks.prepared_document import (
    ChatPrompt,
    Output,
    OutputPrompt,
    TextPrompt,
    TokenPrompt,
    WrittenPart,
)
from stack_tui.benchmarks.scoring import generate
from stack_tui.benchmarks.scoring.prompt_fit import (
    LIMITS,
    PromptChange,
    fit_text,
    fit_tokens,
    output_limit,
)
from stack_tui.runs.spec import digest

# What a chat template may add: to each message, and as a system message of its own.
_A_MESSAGE = 16
_A_TEMPLATE = 96


class OutputPreparer:
    """Prepares the outputs of one run; `identity` is what all its answers depend on."""

    def __init__(self, *, chat: bool, seed: int, identity: str, context_length: int | None) -> None:
        self._chat = chat
        self._seed = seed
        self._identity = identity
        self._context_length = context_length

    def written(
        self,
        document: Document,
        place: int,
        shared: str,
        tokens: list[int] | None,
        *,
        as_tokens: bool,
    ) -> tuple[WrittenPart, PromptChange | None]:
        """Return the outputs of the request at `place`, and what had to give for them to fit.

        `shared` is the text of the document's prefix, `tokens` are those of the prompt's texts if
        they are known. Raises UnfitDocument for a prompt that does not fit.
        """
        request = document.requests[place]
        assert isinstance(request, GenerationRequest)
        limit = output_limit(request.gen)
        if as_tokens and tokens is not None:
            kept, limit, change = fit_tokens(tokens, limit, self._context_length)
            prompt: OutputPrompt = TokenPrompt(kept)
        else:
            prompt = self._as_text(document, request, shared, tokens)
            overhead = _overhead(prompt) if isinstance(prompt, ChatPrompt) else 0
            limit, change = fit_text(prompt.tokens, limit, self._context_length, overhead=overhead)
        chat = isinstance(prompt, ChatPrompt)
        method: Literal["generate", "generate chat"] = "generate chat" if chat else "generate"
        fields = self._fields(request, limit)
        text = (
            document.conversations[request.conversation]
            if isinstance(request, ConversationRequest)
            else document.contexts[request.context]
        )
        cut = [change.got] if change is not None and change.kind == "cut" else []
        outputs = []
        for repeat in range(request.repeats):
            # Each repeat has its own seed.
            sent = fields | {"seed": self._seed + repeat}
            key = digest(self._identity, method, document.prefix, text, sent, repeat, *cut)
            outputs.append(Output(prompt, sent, key, repeat))
        return WrittenPart(place, outputs, method), change

    def _as_text(
        self, document: Document, request: GenerationRequest, shared: str, tokens: list[int] | None
    ) -> TextPrompt | ChatPrompt:
        count = None if tokens is None else len(tokens)
        if isinstance(request, ConversationRequest):
            return ChatPrompt(document.conversations[request.conversation], count)
        text = shared + document.contexts[request.context]
        if not self._chat:
            return TextPrompt(text, count)
        message = msgspec.json.encode([{"role": "user", "content": text}]).decode()
        return ChatPrompt(message, count)

    def _fields(self, request: GenerationRequest, limit: int | None) -> dict[str, Any]:
        gen = {name: value for name, value in request.gen.items() if name not in LIMITS}
        fields = generate.sampling(gen | {"max_gen_toks": limit or 1}, self._seed)
        if limit is None:
            del fields["max_tokens"]
        return fields


def _overhead(prompt: ChatPrompt) -> int:
    return _A_TEMPLATE + _A_MESSAGE * prompt.messages.count('"role"')
