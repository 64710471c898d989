"""What a run took in tokens and money, the model and each judge apart."""

import msgspec

from stack_tui.config.decode import Endpoint
from stack_tui.runs.usage import JUDGE_ROLE, Usage
from stack_tui.runs.view import RunView

MILLION = 1_000_000


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint's answers, each counted once; what was found in the record was not asked again.

    `unknown` answers lack a number of tokens: then tokens and `cost` are the least there can be.
    `cost` is None where the endpoint had no prices when the run began.
    """

    who: str
    model: str
    answers: int
    prompt_tokens: int
    completion_tokens: int
    unknown: int
    cost: float | None
    currency: str


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """All of them; `total` is None where one has no price, or where currencies differ."""

    parts: tuple[Spent, ...]
    total: float | None
    currency: str
    at_least: bool


def cost(view: RunView) -> Cost | None:
    """Return what the run took so far, None where nothing was answered."""
    spec = view.spec
    asked: dict[str, tuple[str, Endpoint]] = {"model": ("model", spec.endpoint)}
    asked |= {f"{JUDGE_ROLE}{judge.name}": (f"judge {judge.name}", judge) for judge in spec.judges}
    parts = [
        _spent(*asked.get(role, (role, spec.endpoint)), view.usage[role])
        for role in (*asked, *(role for role in view.usage if role not in asked))
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
