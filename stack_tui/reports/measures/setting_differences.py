"""The settings in which two runs differ."""

import msgspec

from stack_tui.runs.spec import BenchmarkSubject, DuelSubject, RunSpec, SuiteSubject
from stack_tui.runs.view import RunView

_NO_SETTING = {
    *("id", "created", "note", "concurrency", "origin"),
    *("endpoint", "subject", "judges"),
}
_NAMES = {
    "fewshot": "few-shot",
    "gen": "generation options",
    "system": "system prompt",
    "include_path": "task folder",
    "apply_chat_template": "chat template",
    "chat_template": "named chat template",
    "fewshot_as_multiturn": "few-shot as turns",
    "samples": "chosen samples",
}
_VERSION = "suite version"
_TEMPERATURES = "temperatures"
_ONE_THING = {"model", "weights", "endpoint", "server"}


class SettingDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A setting and what it was in each run."""

    name: str
    a: str
    b: str


def differing_settings(
    a: RunView, b: RunView, versions: tuple[str, str] | None = None
) -> tuple[SettingDifference, ...]:
    """Return the settings that differ between `a` and `b`, the most important ones first.

    `versions` are the suites' versions, which comments do not change; without them the files'
    hashes are compared.
    """
    first, second = _settings(a), _settings(b)
    if not (a.spec.temperatures and b.spec.temperatures):
        first.pop(_TEMPERATURES), second.pop(_TEMPERATURES)
    if versions:
        first[_VERSION], second[_VERSION] = versions
    return tuple(
        SettingDifference(name=name, a=first.get(name, "–"), b=second.get(name, "–"))
        for name in {**first, **second}
        if first.get(name, "–") != second.get(name, "–")
    )


def more_than_one_thing(differences: tuple[SettingDifference, ...]) -> bool:
    """Return whether more than one thing differs; a model and its server are one thing."""
    names = {difference.name for difference in differences}
    return len(names - _ONE_THING) + bool(names & _ONE_THING) > 1


def model_name(view: RunView) -> str:
    """Return the run's model: as configured, else as the server names it, else "–"."""
    served = view.started.server.get("model") if view.started else None
    return view.spec.endpoint.model or (str(served) if served else "–")


def _settings(view: RunView) -> dict[str, str]:
    spec = view.spec
    found = {"model": model_name(view), "endpoint": spec.endpoint.url}
    if view.started and view.started.server.get("kind"):
        server = view.started.server
        found["server"] = f"{server['kind']} {server.get('version') or ''}".strip()
        found["weights"] = str(server.get("weights") or "–")
    match spec.subject:
        case SuiteSubject():
            found |= {"suite": spec.subject.name, _VERSION: spec.subject.sha256[:12]}
        case DuelSubject():
            found["duel"] = " vs ".join(run.id for run in spec.subject.runs)
    found["judges"] = ", ".join(judge.model or judge.name for judge in spec.judges) or "–"
    found |= _fields(spec)
    if isinstance(spec.subject, BenchmarkSubject):
        found |= _fields(spec.subject)
        found |= {f"route of {task.name}": task.route for task in view.plan.values()}
    return found


def _fields(spec: RunSpec | BenchmarkSubject) -> dict[str, str]:
    """Return every setting with a field of its own, so that new ones are never missed."""
    return {
        _NAMES.get(name, name.replace("_", " ")): _shown(getattr(spec, name))
        for name in spec.__struct_fields__
        if name not in _NO_SETTING
    }


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return (
            ", ".join(f"{item:g}" if isinstance(item, float) else str(item) for item in value)
            or "–"
        )
    return str(value) if value not in (None, {}, "") else "–"
