"""The settings in which two runs differ."""

from collections.abc import Hashable, Sequence

import msgspec

from stack_tui.reports.measures.left_out import left_out
from stack_tui.reports.measures.pairing import SamplePair
from stack_tui.runs.events import Sample
from stack_tui.runs.spec import BenchmarkSubject, DuelSubject, RunSpec, SuiteSubject
from stack_tui.runs.view import RunView

_FEWSHOT = "few-shot"
_NO_SETTING = {
    *("id", "created", "note", "concurrency", "origin"),
    *("endpoint", "subject", "judges"),
}
_NAMES = {
    "fewshot": _FEWSHOT,
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
_PROMPTS = "prompts"
_UNIMPORTANT = {"python"}


class SettingDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A setting and what it was in each run."""

    name: str
    a: str
    b: str


def differing_settings(
    a: RunView,
    b: RunView,
    versions: tuple[str, str] | None = None,
    pairs: Sequence[SamplePair] = (),
) -> tuple[SettingDifference, ...]:
    """Return the settings that differ between `a` and `b`, the most important ones first.

    `versions` are the suites' versions, which comments do not change; without them the files'
    hashes are compared. The last one is whether the `pairs` were asked with the same prompts.
    """
    first, second = _settings(a), _settings(b)
    if not (a.spec.temperatures and b.spec.temperatures):
        first.pop(_TEMPERATURES), second.pop(_TEMPERATURES)
    if versions:
        first[_VERSION], second[_VERSION] = versions
    for name in set(a.plan) ^ set(b.plan):  # what one run did not ask differs in no setting
        for settings in (first, second):
            for label in (f"route of {name}", f"version of {name}", f"{_FEWSHOT} of {name}"):
                settings.pop(label, None)
    found = [
        SettingDifference(name=name, a=first.get(name, "–"), b=second.get(name, "–"))
        for name in {**first, **second}
        if first.get(name, "–") != second.get(name, "–")
    ]
    if other := sum(_prompt(pair.a, a) != _prompt(pair.b, b) for pair in pairs):
        found.append(SettingDifference(name=_PROMPTS, a="–", b=f"{other} of {len(pairs)} differ"))
    return tuple(found)


def _prompt(sample: Sample, view: RunView) -> Hashable:
    """Return all that the model read: the prompt, what it begins with, and the choices."""
    prefix = view.prefixes.get(sample.prefix or "", sample.prefix)
    return prefix, sample.prompt, tuple(choice.text for choice in sample.choices)


def more_than_one_thing(differences: tuple[SettingDifference, ...]) -> bool:
    """Return whether more than one thing differs; a model and its server are one thing.

    Prompts that differ are the effect of another setting, if one differs that can change them.
    """
    names = {difference.name for difference in differences}
    if names - _ONE_THING - {_PROMPTS}:
        names.discard(_PROMPTS)
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
        found |= _fields(spec.subject) | _planned(view)
    not_sent = dict.fromkeys((each.who, each.field) for each in left_out(view.samples))
    for who in dict.fromkeys(who for who, _ in not_sent):
        fields = ", ".join(field for other, field in not_sent if other == who)
        found[f"fields that the {who} refused"] = fields
    if view.started:
        versions = view.started.versions
        found |= {f"{name} version": versions[name] for name in versions.keys() - _UNIMPORTANT}
    return found


def _planned(view: RunView) -> dict[str, str]:
    """Return what each task came to: its version, its scoring method, its few-shot examples."""
    tasks = view.plan.values()
    found = {f"route of {task.name}": task.route for task in tasks}
    found |= {f"version of {task.name}": task.version for task in tasks if task.version}
    shots = {task.name: str(task.fewshot) for task in tasks if task.fewshot is not None}
    if len(set(shots.values())) == 1:
        return found | {_FEWSHOT: next(iter(shots.values()))}
    if shots:
        found |= {_FEWSHOT: "by task"}
    return found | {f"{_FEWSHOT} of {name}": count for name, count in shots.items()}


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
