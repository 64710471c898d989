"""The keys that a folder's files name, and the refusal to send them without permission."""

from collections.abc import Iterable

from stack_tui.config.decode import Endpoint
from stack_tui.config.permissions import ActingPart, not_allowed
from stack_tui.errors import StackError


def acting_parts(endpoints: Iterable[Endpoint]) -> tuple[ActingPart, ...]:
    """Return which key goes to which URL, each once."""
    parts = (
        ActingPart(variable=endpoint.api_key_env, url=endpoint.url)
        for endpoint in endpoints
        if endpoint.api_key_env
    )
    return tuple(dict.fromkeys(parts))


def refuse_foreign_keys(endpoints: Iterable[Endpoint], run: str) -> None:
    """Raise StackError if the folder of `run` names a key for a URL without permission."""
    if parts := not_allowed(acting_parts(endpoints)):
        named = ", ".join(f"{part.variable} to {part.url}" for part in parts)
        raise StackError(
            f"its folder asks to send a key that you have not allowed: {named}",
            where=run,
            remedy=f"If you trust the folder, allow it with: stack-tui trust {run}",
        )
