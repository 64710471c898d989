"""Check that an output is JSON of a given schema, or holds some, with the jsonschema library."""

import json
import re
import warnings
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import msgspec

from stack_tui.suites.grading import patterns
from stack_tui.text import one_line

_FENCED = re.compile(r"\s*```[^\n`]*\n.*```\s*", re.DOTALL)
_OPENING = re.compile(r"[\[{]")
# A text with more brackets than that holds its JSON before them; each try costs its length at most.
_MOST_STARTS = 200
_MOST_ERRORS = 100


def schema_problem(schema: Mapping[str, Any]) -> str:
    """Return why the schema cannot be checked offline, "" if it can."""
    from jsonschema.exceptions import SchemaError
    from referencing import Registry, Resource
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    validator = _validator(schema)
    resource = Resource.from_contents(schema, default_specification=DRAFT202012)
    resolver: Any = Registry().resolver_with_root(resource)
    try:
        with warnings.catch_warnings():
            # Patterns that `re` finds odd are the library's business, and not of who reads stderr.
            warnings.simplefilter("ignore")
            validator.check_schema(schema)
        for pattern in _values(schema, "pattern"):
            patterns.compiled(pattern)
        for reference in _values(schema, "$ref"):
            resolver.lookup(reference)
        validator.is_valid(None)
    except SchemaError as error:
        return f"not a valid JSON schema at {error.json_path}: {one_line(error.message, 200)}"
    except patterns.PatternError as error:
        return f"not a valid JSON schema: pattern: {error}"
    except Unresolvable as error:
        return f"the schema refers to something it does not contain: {error.ref!r}"
    except RecursionError:
        return "the schema refers to itself endlessly"
    unsupported = list(_all(schema, "patternProperties"))
    return "patternProperties is not supported" if unsupported else ""


def unchecked_formats(schema: Mapping[str, Any]) -> list[str]:
    """Return the formats in the schema that are not asserted: unknown, or without a checker."""
    checkers = _validator(schema).format_checker.checkers
    return sorted({name for name in _values(schema, "format") if name not in checkers})


def problem(schema: Mapping[str, Any], output: str) -> str:
    """Return what is wrong with the output as JSON, in an issue's words; "" if nothing is."""
    try:
        data = msgspec.json.decode(output)
    except msgspec.DecodeError as reason:
        if _FENCED.fullmatch(output):
            return "not JSON alone: it stands in a code fence; contains_json accepts that"
        return f"not JSON: {reason}"
    except RecursionError:
        return "not JSON: nested too deeply"
    return _mismatch(schema, data)


def contained_problem(schema: Mapping[str, Any], output: str) -> str:
    """Return why no JSON object or list in the output is as the schema wants; "" if one is."""
    first = ""
    for data in _contained(output):
        if not (mismatch := _mismatch(schema, data)):
            return ""
        first = first or mismatch
    return first or "contains no JSON object or list"


def _contained(output: str) -> Iterator[Any]:
    """Yield the JSON objects and lists in a text, the outermost ones, from left to right."""
    decoder = json.JSONDecoder()
    place = 0
    for _ in range(_MOST_STARTS):
        start = _OPENING.search(output, place)
        if start is None:
            return
        try:
            data, place = decoder.raw_decode(output, start.start())
        except (ValueError, RecursionError):
            place = start.end()
        else:
            yield data


def _mismatch(schema: Mapping[str, Any], data: Any) -> str:
    from jsonschema.exceptions import best_match

    try:
        error = best_match(islice(_validator(schema).iter_errors(data), _MOST_ERRORS))
    except RecursionError:
        return "not JSON: nested too deeply"
    except TimeoutError:
        return "json_schema took too long"
    except (ArithmeticError, ValueError):
        return "json_schema cannot check it: a number is too large"
    return (
        "" if error is None else f"json_schema at {error.json_path}: {one_line(error.message, 200)}"
    )


def _validator(schema: Mapping[str, Any]) -> Any:
    """Return a validator that fetches nothing, asserts formats, and limits its patterns' time."""
    from jsonschema import validators
    from referencing import Registry

    known = validators.validator_for(schema, default=validators.Draft202012Validator)
    extend: Any = validators.extend
    bounded = extend(known, {"pattern": _pattern, "uniqueItems": _unique_items})
    checker = known.FORMAT_CHECKER
    return bounded(schema, registry=Registry(), format_checker=checker)


def _pattern(_: Any, pattern: str, text: Any, __: Any) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if isinstance(text, str) and not patterns.search(pattern, text):
        yield ValidationError(f"{text!r} does not match {pattern!r}")


def _unique_items(_: Any, wanted: Any, items: Any, __: Any) -> Iterator[Any]:
    """The library compares every item with every other, which takes 25 s for 6,000 objects."""
    from jsonschema.exceptions import ValidationError

    if not wanted or not isinstance(items, list):
        return
    distinct = {msgspec.json.encode(_comparable(item), order="sorted") for item in items}
    if len(distinct) < len(items):
        yield ValidationError(f"{one_line(str(items[:5]), 200)} has non-unique elements")


def _comparable(value: Any) -> Any:
    """Return the value with whole numbers as integers: JSON knows no difference of 1 and 1.0."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    if isinstance(value, dict):
        return {name: _comparable(item) for name, item in value.items()}
    return value


def _all(schema: Any, key: str) -> Iterator[Any]:
    if isinstance(schema, Mapping):
        for name, value in schema.items():
            if name == key:
                yield value
            yield from _all(value, key)
    elif isinstance(schema, list):
        for value in schema:
            yield from _all(value, key)


def _values(schema: Any, key: str) -> Iterator[str]:
    return (value for value in _all(schema, key) if isinstance(value, str))
