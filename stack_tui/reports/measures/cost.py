"""The tokens and the money that a run took, for the model and for each judge."""

import msgspec

from stack_tui.config.decode import Endpoint
from stack_tui.runs.usage import JUDGE_ROLE, Usage
from stack_tui.runs.view import RunView

MILLION = 1_000_000


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint's answers, each counted once: recorded answers are not requested again."""

    who: str
    model: str
    answers: int
    prompt_tokens: int
    completion_tokens: int
    unknown: int
    """Answers without a number of tokens; with any, tokens and cost are lower bounds."""
    cost: float | None
    """None if the endpoint had no prices when the run began."""
    currency: str


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What all endpoints took; `total` is None if one has no price or currencies differ."""

    parts: tuple[Spent, ...]
    total: float | None
    currency: str
    at_least: bool


def cost(view: RunView) -> Cost | None:
    """Return what the run took so far, None without answers."""
    spec = view.spec
    endpoints: dict[str, tuple[str, Endpoint]] = {"model": ("model", spec.endpoint)}
    endpoints |= {
        f"{JUDGE_ROLE}{judge.name}": (f"judge {judge.name}", judge) for judge in spec.judges
    }
    parts = [
        _spent(*endpoints.get(role, (role, spec.endpoint)), view.usage[role])
        for role in (*endpoints, *(role for role in view.usage if role not in endpoints))
        if role in view.usage
    ]
    if not parts:
        return None
    costs = [part.cost for part in parts]
    currencies = {part.currency for part in parts}
    whole = None not in costs and len(currencies) == 1
    return Cost(
        parts=tuple(parts),
        total=sum(cost for cost in costs if cost is not None) if whole else None,
        currency=parts[0].currency,
        at_least=any(part.unknown for part in parts),
    )


def _spent(who: str, endpoint: Endpoint, usage: Usage) -> Spent:
    paid = None
    if endpoint.price_in is not None and endpoint.price_out is not None:
        paid_in = usage.prompt_tokens * endpoint.price_in
        paid = (paid_in + usage.completion_tokens * endpoint.price_out) / MILLION
    return Spent(
        who=who,
        model=endpoint.model or "",
        answers=usage.answers,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        unknown=usage.unknown,
        cost=paid,
        currency=endpoint.currency,
    )
