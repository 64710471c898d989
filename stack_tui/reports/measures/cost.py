"""What a run took in tokens and money, the model and each judge apart."""

import msgspec

from stack_tui.config.decode import Endpoint
from stack_tui.names import plural
from stack_tui.reports.pages.section import Section
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


def cost_section(found: Cost | None) -> Section | None:
    """Return the tokens, answers and prices in words, what is not known said so."""
    if found is None:
        return None
    rows = [(part.who, _words(part)) for part in found.parts]
    if found.total is not None and len(found.parts) > 1:
        rows.append(("in all", money(found.total, found.currency, at_least=found.at_least)))
    return Section(title="tokens", rows=tuple(rows))


def _words(part: Spent) -> str:
    words = [f"{part.prompt_tokens:,} in, {part.completion_tokens:,} out"]
    words.append(plural(part.answers, "answer"))
    if part.unknown:
        words.append(f"{part.unknown:,} of them did not say all they took, so it is more")
    if part.cost is not None:
        words.append(money(part.cost, part.currency, at_least=bool(part.unknown)))
    return ", ".join(words)


def money(amount: float, currency: str, *, at_least: bool = False) -> str:
    """Return an amount such as 0.0123 USD; one that is only part known is “at least” so much."""
    if 0 < amount < 0.0001:
        shown = "less than 0.0001"
    else:
        shown = f"{amount:,.2f}" if amount >= 1 else f"{amount:.4f}"
    return f"{'at least ' if at_least else ''}{shown} {currency}"
