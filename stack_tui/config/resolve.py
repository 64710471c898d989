"""What a run uses if neither a command nor a form says so: the one place that decides it."""

from collections.abc import Sequence

from stack_tui.config.decode import EMBEDDED, Config, Endpoint, PanelMethod

SELF = "self"  # in a list of judges: the model that is evaluated
EMBEDDED_ENDPOINT = Endpoint(name="embedded", url=EMBEDDED)


def named_endpoint(config: Config, name: str) -> Endpoint:
    """Return the configured or built-in endpoint called `name`; raises StackError."""
    if name == EMBEDDED_ENDPOINT.name and name not in config.endpoints:
        return EMBEDDED_ENDPOINT
    return config.endpoint(name)


def judge_names(config: Config, suite: Sequence[str], named: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the judges' names: those `named`, else the suite's, else the default ones, else self.

    `named` is what a command's options or a person's choice in a form list.
    """
    return tuple(named) or tuple(suite) or config.defaults.judges or (SELF,)


def resolve_judges(
    config: Config, suite: Sequence[str], named: Sequence[str], model: Endpoint
) -> tuple[Endpoint, ...]:
    """Return a run's judges, each once, in the order of `judge_names`.

    "self" and the name of `model` both stand for `model`, with the model name chosen for this run.
    Raises StackError for a name that is not configured.
    """
    names = judge_names(config, suite, named)
    itself = (SELF, model.name)
    found = (model if name in itself else named_endpoint(config, name) for name in names)
    return tuple(dict.fromkeys(found))


def resolve_panel(
    config: Config, suite: PanelMethod | None, named: PanelMethod | None = None
) -> PanelMethod:
    """Return how several judges' scores are combined: as named, by the suite, or by default."""
    return named or suite or config.defaults.panel or "median"
