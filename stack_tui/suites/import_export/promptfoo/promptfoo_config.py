"""A promptfoo configuration as suites, one per prompt."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from stack_tui.errors import StackError
from stack_tui.names import first_free, slug
from stack_tui.suites.import_export.imported import Imported, Notes
from stack_tui.suites.import_export.promptfoo.assertions import rules_of
from stack_tui.suites.import_export.promptfoo.prompts import Prompt, prompts_of
from stack_tui.suites.import_export.promptfoo.templates import (
    Unmapped,
    render,
    substitute,
    text,
    variables,
)
from stack_tui.suites.import_export.promptfoo.tests import PromptfooTest, tests_of
from stack_tui.suites.import_export.promptfoo.yaml_text import YamlDocument, read_yaml
from stack_tui.suites.model.case import Case, Suite
from stack_tui.suites.model.validation import case_problems, suite_problems
from stack_tui.toml_edit.source import read_utf8

_KNOWN = frozenset(
    {
        "description",
        "prompts",
        "providers",
        "tests",
        "defaultTest",
        "evaluateOptions",
        "assertionTemplates",
    }
)
_INPUT = "{input}"

Bare = tuple[PromptfooTest, Mapping[str, Any]]


def read_promptfoo(path: Path) -> Imported:
    """Return the configuration's suites, with notes on what they leave out.

    Only files in its own folder are read. Raises StackError with file and line.
    """
    config = read_yaml(read_utf8(path), path)
    if not isinstance(config.data, Mapping):
        raise StackError(
            "expected prompts and tests",
            where=str(path),
            remedy="Give a promptfoo configuration.",
        )
    notes = Notes()
    for key in config.data:
        if key not in _KNOWN:
            notes.left_out(config.where(key), f"the setting {key}")
    prompts, tests = prompts_of(config, notes), tests_of(config, notes)
    bare = [(test, rules_of(test.assertions, test.values, path.parent, notes)) for test in tests]
    common = _settings(config, notes)
    name = slug(path.stem.removesuffix("config")) or "promptfoo"
    suites = []
    for number, prompt in enumerate(prompts, 1):
        ending = "" if len(prompts) == 1 else f"-{slug(prompt.label)[:20] or number}"
        # There, one failing assertion fails the test.
        strict: dict[str, Any] = {"pass_mark": 1.0, "length_check": False}
        suite = Suite(name=f"{name[:40]}{ending}", cases=(), **strict, **common)
        if (filled := _filled(suite, prompt, bare, notes)).cases:
            suites.append(filled)
    return Imported(suites=tuple(suites), notes=notes.all())


def _filled(suite: Suite, prompt: Prompt, tests: Sequence[Bare], notes: Notes) -> Suite:
    """Return the suite with the prompt and a case for each test that fits it."""
    names = variables(prompt.user)
    alone = (
        names[0] if len(names) == 1 and "." not in names[0] and _INPUT not in prompt.user else ""
    )
    if alone:
        suite = replace(suite, prompt=substitute(prompt.user, alone, _INPUT))
    cases: dict[str, Case] = {}
    systems: list[str] = []
    for test, rules in tests:
        case_id = first_free(slug(test.description) or f"test-{len(cases) + 1}", cases)
        try:
            user = text(test.values.get(alone)) if alone else render(prompt.user, test.values)
            system = render(prompt.system, test.values)
            case = Case(id=case_id, input=user, labels=test.labels, **rules)
            _check(case, [*systems, system])
        except Unmapped as reason:
            notes.left_out(test.where, str(reason))
        else:
            systems = [system]
            cases[case_id] = case
    return replace(suite, system="".join(systems), cases=tuple(cases.values()))


def _check(case: Case, systems: Sequence[str]) -> None:
    """Raise Unmapped if the case does not fit into the suite."""
    if len(set(systems)) > 1:
        raise Unmapped("a test whose system prompt differs from the first test's")
    for problem in case_problems(case):
        raise Unmapped(f"a test whose {problem.field} {problem.message}")


def _settings(config: YamlDocument, notes: Notes) -> dict[str, Any]:
    """Return the settings that the providers agree on, and those of the options."""
    stated = config.data.get("providers")
    providers = stated if isinstance(stated, list) else [stated] if stated else []
    if providers:
        notes.left_out(config.where("providers"), "providers: choose an endpoint for each run")
    settings: dict[str, Any] = {"description": text(config.data.get("description"))}
    configs = [one.get("config") if isinstance(one, Mapping) else None for one in providers]
    for key in ("temperature", "max_tokens", "top_p", "seed"):
        values = [one.get(key) if isinstance(one, Mapping) else None for one in configs]
        if values and values[0] is not None and all(value == values[0] for value in values):
            settings[key] = values[0]
        elif any(value is not None for value in values):
            notes.left_out(config.where("providers"), f"{key}: the providers differ")
    options = config.data.get("evaluateOptions")
    for key, value in options.items() if isinstance(options, Mapping) else ():
        if key == "repeat":
            settings["repeats"] = value
        else:
            notes.left_out(config.where("evaluateOptions", key), f"the option {key}")
    try:
        suite = msgspec.convert({"name": "x", "cases": (), **settings}, Suite)
    except msgspec.ValidationError as error:
        raise StackError(str(error), where=config.where("providers")) from None
    for problem in suite_problems(suite):
        what = f"{problem.field} {problem.message}"
        raise StackError(what, where=config.where("providers"))
    return settings
