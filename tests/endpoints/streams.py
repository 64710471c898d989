"""Streamed answers, as servers send them."""

import json
from typing import Any

from tests.fakes import Respond


def streamed(*pieces: str, tokens: int | None = None) -> Respond:
    """Return a chat answer in those pieces, its usage at the end where `tokens` are counted."""
    events: list[dict[str, Any]] = [{"choices": [{"delta": {"role": "assistant"}}]}]
    events += [{"choices": [{"delta": {"content": piece}}]} for piece in pieces]
    if tokens is not None:
        events.append({"choices": [], "usage": {"completion_tokens": tokens}})
    text = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    return Respond(body=f"{text}data: [DONE]\n\n")
