"""Further sections of a report: holdout, attacks and tokens."""

from datetime import UTC, datetime

from stack_tui.names import plural
from stack_tui.reports.measures.attacks import AttackRate, attack_rates
from stack_tui.reports.measures.cost import Spent, cost
from stack_tui.reports.measures.holdout_summary import holdout
from stack_tui.reports.measures.summary import in_order, intervals, summarize
from stack_tui.reports.number_format import format_interval, format_number, format_with_interval
from stack_tui.reports.pages.model import Blocks, facts, section
from stack_tui.runs.holdout import HoldoutAccess
from stack_tui.runs.view import RunView

_FIGURES = ("pass_rate", "rule_avg", "rule_pass_rate", "judge_avg", "judge_pass_rate")


def holdout_section(view: RunView) -> Blocks:
    """Return the open and the held-out figures side by side, and who saw the held-out texts."""
    found = holdout(view)
    if found is None:
        return ()
    samples = view.open_samples
    here, bounds = summarize(samples), intervals(samples)
    rows = [("cases", f"open {here.n_cases}, holdout {found.summary.n_cases}")]
    for name in _FIGURES:
        rate = name.endswith("rate")
        sides = (
            _figure(getattr(here, name), getattr(bounds, name), rate=rate),
            _figure(getattr(found.summary, name), getattr(found.intervals, name), rate=rate),
        )
        if any(sides):
            rows.append(
                (name.replace("_", " "), f"open {sides[0] or '–'}, holdout {sides[1] or '–'}")
            )
    errors = sum(found.summary.errors.values())
    rows += [("errors", f"{errors} in the holdout")] if errors else []
    rows.append(("revealed", describe_accesses(found.looks)))
    return section("holdout, scored apart", facts(rows))


def _figure(value: float | None, interval: tuple[float, float] | None, *, rate: bool) -> str:
    return "" if value is None else format_with_interval(value, interval, rate=rate)


def describe_accesses(accesses: tuple[HoldoutAccess, ...]) -> str:
    """Return how often the held-out texts were revealed, and to whom last."""
    if not accesses:
        return "never"
    last = accesses[-1]
    when = datetime.fromtimestamp(last.at, UTC)
    times = "once" if len(accesses) == 1 else f"{len(accesses)} times"
    return f"{times}, last by {last.who} on {when:%Y-%m-%d %H:%M} UTC ({last.what})"


def attacks_section(view: RunView) -> Blocks:
    """Return the success rate of each kind of attack."""
    rates = attack_rates(in_order(view.open_samples))
    return section("attacks", facts([(rate.kind, _attack(rate)) for rate in rates]))


def _attack(rate: AttackRate) -> str:
    errors = f", {plural(rate.errors, 'error')}" if rate.errors else ""
    if not rate.answered:
        return f"no answer{errors}"
    share = format_number(rate.succeeded / rate.answered, rate=True)
    return (
        f"{share} ({format_interval(rate.interval, rate=True)}) succeeded, {rate.succeeded} of "
        f"{rate.answered}; task lost in {rate.lost}{errors}"
    )


def tokens_section(view: RunView) -> Blocks:
    """Return tokens, answers and prices, and what is not known of them."""
    found = cost(view)
    if found is None:
        return ()
    rows = [(part.who, _spent(part)) for part in found.parts]
    if found.total is not None and len(found.parts) > 1:
        rows.append(("total", money(found.total, found.currency, at_least=found.at_least)))
    return section("tokens", facts(rows))


def _spent(part: Spent) -> str:
    texts = [f"{part.prompt_tokens:,} in, {part.completion_tokens:,} out"]
    texts.append(plural(part.answers, "answer"))
    if part.unknown:
        texts.append(f"{part.unknown:,} of them did not report all tokens, so the total is higher")
    if part.cost is not None:
        texts.append(money(part.cost, part.currency, at_least=bool(part.unknown)))
    return ", ".join(texts)


def money(amount: float, currency: str, *, at_least: bool = False) -> str:
    """Return an amount such as 0.0123 USD, with "at least" ahead if some of it is unknown."""
    if 0 < amount < 0.0001:
        text = "less than 0.0001"
    else:
        text = f"{amount:,.2f}" if amount >= 1 else f"{amount:.4f}"
    return f"{'at least ' if at_least else ''}{text} {currency}"
