"""The scoring method of a task on an endpoint, or the reason why there is none."""

from collections.abc import Iterable, Sequence
from typing import Literal

from stack_tui.benchmarks.catalog.catalog import Catalog, TaskFacts
from stack_tui.endpoints.probe import Capabilities
from stack_tui.errors import StackError

ScoringMethod = Literal["letters", "echo", "forced", "generate"]
ByContinuation = Literal["echo", "forced"]
Protocol = Literal["completions", "chat"]

# Choices of one token each, choices of any length, the likelihood of whole texts, generations.
Wanted = Literal["short choices", "choices", "whole texts", "written answers"]

TOP_N = 20
_WANTED: dict[str, Wanted] = {
    "generate_until": "written answers",
    "loglikelihood_rolling": "whole texts",
}
CHAT_SCORES_NOTHING = "a chat returns no log-probabilities of given answers"
_VARIANTS = ("{}_generative", "{}_chat", "{}_gen", "{}_llama")


class RouteError(StackError):
    """The endpoint cannot run the task; the remedy names what can run instead."""

    exit_code = 3
    resumable = False


def by_letter(capabilities: Capabilities) -> bool:
    """Return whether the endpoint returns log-probabilities of given tokens as the next one."""
    if not capabilities.completions or not capabilities.token_prompts:
        return False
    return bool(capabilities.named_token_ids) or (capabilities.top_logprobs or 0) >= TOP_N


def by_continuation(capabilities: Capabilities) -> ByContinuation | None:
    """Return the route for longer continuations: echo, else forced, else None."""
    if not capabilities.completions or not capabilities.token_prompts:
        return None
    if capabilities.prompt_logprobs or capabilities.echo:
        return "echo"
    return "forced" if capabilities.forced else None


def expected_route(facts: TaskFacts, capabilities: Capabilities) -> ScoringMethod | None:
    """Return the route that a task should take, from its YAML alone; None if it cannot run.

    Only the tokenizer shows which choices are single tokens; short ones in the YAML are assumed to
    be.
    """
    short = facts.output_type == "multiple_choice" and facts.short_choices
    return route_for(
        "short choices" if short else _WANTED.get(facts.output_type, "choices"), capabilities
    )


def route_for(wanted: Wanted, capabilities: Capabilities) -> ScoringMethod | None:
    """Return the route for tasks that need this of a model, None if the endpoint has none."""
    if wanted == "written answers":
        return "generate" if capabilities.chat or capabilities.completions else None
    if wanted == "whole texts":
        return "echo" if by_continuation(capabilities) == "echo" else None
    if wanted == "short choices" and by_letter(capabilities):
        return "letters"
    return by_continuation(capabilities)


def go_by_letters(continuations: Sequence[int], contexts: int, capabilities: Capabilities) -> bool:
    """Return whether continuations of these lengths in tokens are scored by one next token."""
    single = len(continuations) > 1 and all(length == 1 for length in continuations)
    return single and contexts == 1 and by_letter(capabilities)


def generation_protocol(
    wanted: Literal["auto", "completions", "chat"], chat_template: bool, capabilities: Capabilities
) -> Protocol:
    """Return the protocol to generate outputs by; raises RouteError if it is not served.

    `auto` is completions, as in lm-eval's own `local-completions`, unless the prompts are
    conversations or the server has only chat.
    """
    talks = chat_template and capabilities.chat is not False
    auto: Protocol = "completions" if capabilities.completions and not talks else "chat"
    chosen: Protocol = auto if wanted == "auto" else wanted
    if chosen == "chat" and capabilities.chat is False:
        raise RouteError(
            "the endpoint has no chat completions",
            remedy="Use --protocol completions, without --apply-chat-template.",
        )
    if chosen == "completions" and capabilities.completions is False:
        raise RouteError(
            "the endpoint has no text completions",
            remedy="Use --protocol chat --apply-chat-template.",
        )
    return chosen


def refuse_unable(
    tasks: Iterable[TaskFacts], catalog: Catalog, capabilities: Capabilities, protocol: str
) -> None:
    """Raise RouteError for the first task that the endpoint cannot run; sends nothing."""
    for facts in tasks:
        if facts.output_type == "generate_until":
            continue
        if protocol == "chat":
            raise _refusal(facts, catalog, CHAT_SCORES_NOTHING)
        if expected_route(facts, capabilities) is None:
            raise _refusal(facts, catalog, _reason(facts, capabilities))


def _reason(facts: TaskFacts, capabilities: Capabilities) -> str:
    if not capabilities.completions:
        return "the endpoint has chat alone, which returns no log-probabilities of given answers"
    if capabilities.token_prompts is None and not capabilities.tokenize:
        return (
            "the endpoint has no /tokenize to make prompts of tokens with: name the model's"
            " tokenizer with --tokenizer"
        )
    if not capabilities.token_prompts:
        return "the endpoint does not accept prompts of tokens"
    if facts.output_type == "loglikelihood_rolling":
        return "the endpoint returns no log-probabilities of a prompt's own tokens"
    return (
        "the endpoint returns neither a prompt's log-probabilities (it ignores `echo`) "
        "nor those of given tokens"
    )


def _refusal(facts: TaskFacts, catalog: Catalog, reason: str) -> RouteError:
    instead = generative_variant(facts.name, catalog)
    remedy = "Serve the model with /v1/completions and prompt log-probabilities, as vLLM does"
    if instead:
        remedy += (
            f"; or run {instead}, which asks the model to write its answer"
            " (its scores are not comparable with this task's)"
        )
    return RouteError(f"{facts.name} cannot run: {reason}", remedy=f"{remedy}.")


def generative_variant(name: str, catalog: Catalog) -> str | None:
    """Return the task of lm-eval that asks the same by generation, None if there is none."""
    stems = [name, name.removesuffix("_mc1").removesuffix("_mc2")]
    for stem in dict.fromkeys(stems):
        for form in _VARIANTS:
            candidate = form.format(stem)
            if candidate in catalog.entries and _is_generative(candidate, catalog):
                return candidate
    return None


def _is_generative(name: str, catalog: Catalog) -> bool:
    leaves = catalog.leaves(name)
    return bool(leaves) and catalog.facts(leaves[0]).output_type == "generate_until"
