"""An endpoint as the fields of a form, and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from stack_tui.config.decode import Endpoint
from stack_tui.tui.ui.form_field import Field

_HINTS = {
    "name": "a short name",
    "url": "http://127.0.0.1:8000/v1",
    "model": "empty: the model that it serves",
    "api_key_env": "the environment variable that holds the key, such as MY_KEY",
    "concurrency": "max concurrent requests; empty: tuned automatically",
    "timeout_s": "seconds to wait for an answer",
    "price_in": "per million prompt tokens; empty: unknown",
    "price_out": "per million completion tokens; empty: unknown",
    "currency": "USD",
}


def from_texts(
    texts: Mapping[str, str], taken: Collection[str]
) -> tuple[Endpoint | None, dict[str, str]]:
    """Return the endpoint, None if it has problems, and the problems by field."""
    from stack_tui.config.config_edit import name_problem
    from stack_tui.config.decode import variable_problem

    given = {name: text.strip() for name, text in texts.items() if text.strip()}
    name, variable = given.get("name", ""), given.get("api_key_env", "")
    found = {"name": "is taken" if name in taken else name_problem(name)}
    found["url"] = "" if "url" in given else "is required: http:// or https://, host and port"
    found["api_key_env"] = variable_problem(variable) if variable else ""
    problems = {field: problem for field, problem in found.items() if problem}
    for field in set(given) - set(problems) - {"name"}:
        if problem := _problem({"url": "http://x", field: given[field]}, field):
            problems[field] = problem
    if problems:
        return None, problems
    try:
        return msgspec.convert(given, Endpoint, strict=False), {}
    except msgspec.ValidationError as error:
        message = str(error).partition(" - at ")[0]
        return None, {next((each for each in texts if message.startswith(each)), "url"): message}


def _problem(given: Mapping[str, str], field: str) -> str:
    """Return what is wrong with that one value, "" if nothing is."""
    pair = {"price_in": "0", "price_out": "0"} if field.startswith("price") else {}
    try:
        msgspec.convert({"name": "x", **pair, **given}, Endpoint, strict=False)
    except msgspec.ValidationError as error:
        message = str(error).partition(" - at ")[0]
        if message.startswith("Expected"):
            return f"must be a {'whole number' if 'int' in message else 'number'}, or empty"
        return message.removeprefix(f"{field} ")
    return ""


def _show(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    return "" if value is None else str(value)


FIELDS: tuple[Field, ...] = tuple(
    Field(each.name, 1, _HINTS.get(each.name, ""), _show, str, each.name == "api_key_env")
    for each in msgspec.structs.fields(Endpoint)
    if each.name in _HINTS  # what only old runs record is not for the user to edit
)
