"""How servers say that an output ended, and what that means for it.

docs/suites.md lists the same reasons; a test compares both.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal

Ending = Literal["complete", "truncated", "filtered", "error", "unknown"]

REASONS: Final[Mapping[Ending, frozenset[str]]] = {
    "complete": frozenset((
        *("stop", "stop_sequence", "stop_token", "stop_str", "eos", "eos_token", "eos_found"),
        *("end_turn", "end_of_turn", "complete", "completed", "done", "finished"),
        *("tool_calls", "tool_call", "tool_use", "function_call"),
    )),
    "truncated": frozenset((
        *("length", "max_length", "model_length", "max_tokens", "max_new_tokens"),
        *("max_output_tokens", "max_completion_tokens", "token_limit", "truncated", "incomplete"),
        *("model_context_window_exceeded", "context_length_exceeded"),
    )),
    "filtered": frozenset((
        *("content_filter", "content_filtered", "safety", "image_safety", "refusal", "sensitive"),
        *("recitation", "blocklist", "prohibited_content", "spii", "moderation"),
        *("guardrail_intervened", "error_toxic"),
    )),
    "error": frozenset((
        *("error", "internal_error", "server_error", "engine_error", "network_error", "failed"),
        *("abort", "aborted", "cancel", "cancelled", "canceled", "timeout", "overloaded"),
        *("insufficient_system_resource", "malformed_function_call"),
    )),
}  # fmt: skip
_MEANING: Final[Mapping[str, Ending]] = {
    reason: ending for ending, reasons in REASONS.items() for reason in reasons
}
_PREFIX = re.compile(r"^(?:finish_reason|stop_reason|finishreason)[_.]")
_SEPARATORS = re.compile(r"[\s\-]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def ending_of(reason: str) -> Ending:
    """Return what a server's `finish_reason` means; none at all is a complete output.

    Letter case, hyphens and prefixes such as FINISH_REASON_ make no difference.
    """
    plain = _SEPARATORS.sub("_", _CAMEL.sub("_", reason.strip())).casefold()
    plain = _PREFIX.sub("", plain)
    return "complete" if plain in ("", "null", "none") else _MEANING.get(plain, "unknown")
