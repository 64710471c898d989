"""A check before a suite's run: that the temperatures it compares reach the model."""

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.completion_client import CompletionClient
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.errors import StackError
from stack_tui.runs.spec import RunSpec
from stack_tui.suites.model.case import Suite

_TOKENS = 16


async def refuse_ignored_temperatures(
    client: Client, model: str | None, spec: RunSpec, suite: Suite
) -> None:
    """Raise StackError if the run depends on its temperatures and the server refuses one of them.

    Costs one short request per temperature, and none for a run at a single one.
    """
    if len(set(spec.temperatures)) < 2 and not spec.noise:
        return
    completions = CompletionClient(client)
    for temperature in dict.fromkeys(spec.temperatures):
        body = {
            "model": model,
            "messages": [{"role": "user", "content": "Hi"}],
            "temperature": temperature,
            "max_tokens": _TOKENS,
            **({} if suite.top_p is None else {"top_p": suite.top_p}),
        }
        try:
            exchange = await completions.ask("chat/completions", body | suite.extra_body)
        except EndpointError as error:
            if error.kind != "bad_request":
                raise
            continue  # refused for another reason, which the run's samples will state
        if "temperature" in exchange.dropped:
            raise _refusal(client.where, temperature, noise=spec.noise)


def _refusal(where: str, temperature: float, *, noise: bool) -> StackError:
    if noise:
        what = "the noise floor is measured at temperature 0, which the server refuses"
        remedy = "Use --repeats instead of --noise to see how much the outputs vary."
    else:
        what = (
            f"the server refuses temperature {temperature:g}, so a run at several temperatures"
            " would ask the same each time"
        )
        remedy = "Run the suite at one temperature."
    return StackError(what, where=where, remedy=remedy)
