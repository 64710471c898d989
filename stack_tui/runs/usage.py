"""The tokens that answers took, as far as servers report them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

JUDGE_ROLE = "judge:"


@dataclass(slots=True)
class Usage:
    """The tokens of one role's answers; `unknown` counts answers that lack a number."""

    answers: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    unknown: int = 0

    def add(self, response: Any) -> None:
        """Count a response: as the server sent it, or the part that a benchmark stores."""
        prompt, completion = _stated(response)
        self.answers += 1
        self.prompt_tokens += prompt or 0
        self.completion_tokens += completion or 0
        self.unknown += prompt is None or completion is None


def _stated(response: Any) -> tuple[int | None, int | None]:
    if not isinstance(response, Mapping):
        return None, None
    usage = response.get("usage", response)
    if not isinstance(usage, Mapping):
        return None, None
    return _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))


def _count(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and value >= 0 else None
