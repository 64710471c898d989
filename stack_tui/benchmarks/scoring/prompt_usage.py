"""Whether a server read all of a prompt, by its own count of the prompt's tokens."""

from collections.abc import Mapping, Sequence
from typing import Any

# Templates trim texts, and a tokenizer named for a server may differ in details.
_SLACK, _SLACK_SHARE = 8, 50


def unread_tokens(data: Any, lengths: Sequence[int]) -> int:
    """Return how many tokens of a request's prompts the server did not count, 0 if it counts none.

    A server that counts only one prompt of several has not cut any.
    """
    count = _prompt_tokens(data)
    if count is None or (len(lengths) > 1 and count in lengths):
        return 0
    return max(0, sum(lengths) - count)


def unread_text(count: int | None, length: int | None) -> int:
    """Return the same for a text of about `length` tokens, of which the server counts `count`."""
    if not count or length is None or count + _SLACK + length // _SLACK_SHARE >= length:
        return 0
    return length - count


def _prompt_tokens(data: Any) -> int | None:
    usage = data.get("usage") if isinstance(data, Mapping) else None
    count = usage.get("prompt_tokens") if isinstance(usage, Mapping) else None
    valid = isinstance(count, int) and not isinstance(count, bool) and count > 0
    return count if valid else None
