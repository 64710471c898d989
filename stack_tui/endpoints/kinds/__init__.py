"""The kinds of server, in the order of recognition; one file each."""

from stack_tui.endpoints.kinds.anthropic import ANTHROPIC
from stack_tui.endpoints.kinds.litellm import LITELLM
from stack_tui.endpoints.kinds.llamacpp import LLAMACPP
from stack_tui.endpoints.kinds.lmstudio import LMSTUDIO
from stack_tui.endpoints.kinds.ollama import OLLAMA
from stack_tui.endpoints.kinds.openai import COMPATIBLE, OPENAI
from stack_tui.endpoints.kinds.server_kind import ServerKind
from stack_tui.endpoints.kinds.sglang import SGLANG
from stack_tui.endpoints.kinds.tgi import TGI
from stack_tui.endpoints.kinds.vllm import VLLM

__all__ = ["COMPATIBLE", "KINDS", "kind_named"]

KINDS: tuple[ServerKind, ...] = (
    VLLM, LLAMACPP, SGLANG, OLLAMA, TGI, LMSTUDIO, LITELLM, OPENAI, ANTHROPIC, COMPATIBLE
)  # fmt: skip


def kind_named(name: str) -> ServerKind | None:
    """Return the kind that Health.server_kind names."""
    return next((kind for kind in KINDS if kind.name == name), None)
