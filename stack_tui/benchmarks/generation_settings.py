"""What a benchmark's generation settings may be: checked before anything is sent."""

from collections.abc import Callable, Mapping
from typing import Any

from stack_tui.errors import StackError
from stack_tui.text import one_line


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and value == int(value)


def _is_count(value: Any) -> bool:
    return _is_whole(value) and value > 0


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _is_text_or_texts(value: Any) -> bool:
    return all(isinstance(one, str) for one in (value if isinstance(value, list) else [value]))


_Kind = tuple[Callable[[Any], bool], str]
_COUNT: _Kind = (_is_count, "a whole number above 0")
_WHOLE: _Kind = (_is_whole, "a whole number")
_NUMBER: _Kind = (_is_number, "a number")
_TEXTS: _Kind = (_is_text_or_texts, 'a text, or a JSON list of texts such as ["Q:"]')
_TRUTH: _Kind = (_is_truth, "true or false")

# Servers know further settings, which are sent as they are.
_KINDS: dict[str, _Kind] = {
    "max_gen_toks": _COUNT,
    "max_tokens": _COUNT,
    "min_tokens": _WHOLE,
    "until": _TEXTS,
    "stop": _TEXTS,
    "do_sample": _TRUTH,
    "temperature": _NUMBER,
    "top_p": _NUMBER,
    "top_k": _WHOLE,
    "min_p": _NUMBER,
    "typical_p": _NUMBER,
    "presence_penalty": _NUMBER,
    "frequency_penalty": _NUMBER,
    "repetition_penalty": _NUMBER,
    "seed": _WHOLE,
}


def refuse_wrong_settings(gen: Mapping[str, Any]) -> None:
    """Raise StackError for a known setting whose value has another type than servers take."""
    for name, value in gen.items():
        if name not in _KINDS:
            continue
        is_right, expected = _KINDS[name]
        if not is_right(value):
            raise StackError(
                f"the generation setting {name} is {one_line(repr(value), 80)}, but must be"
                f" {expected}",
                where="--gen",
            )
