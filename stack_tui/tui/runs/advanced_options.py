"""The further options of a benchmark: a field for each field of BenchmarkSubject, as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import msgspec
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Label, Select, TextArea

from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.tui.ui.safe_input import SafeInput, SafeTextArea
from stack_tui.worker.benchmark_options import (
    BadOption,
    read_samples,
    read_settings,
    split_settings,
)

_SYSTEM_LINES = 3
_FIRST_FORM: Final = ("tasks", "fewshot", "limit")
"""The fields that stand in the form itself."""

_HINTS: Final[dict[str, str]] = {
    "sample": "a number of documents, drawn at random",
    "samples": '{"gsm8k": [0, 5]}, or a JSON file',
    "gen": "max_gen_toks=64 temperature=0",
    "metadata": "KEY=VALUE …, or a JSON object",
    "system": "a system instruction",
    "chat_template": "the name of a template",
    "include_path": "a folder with more tasks; they may run code",
    "datasets": "a folder with the datasets, to run offline",
    "tokenizer": "a tokenizer.json, or a folder that contains one",
    "think_end_token": "the text that ends the model's thinking, such as </think>",
    "concurrency": "tuned automatically",
    "note": "stored with the run",
}
_BY_DEFAULT: Final[dict[str, str]] = {
    "fewshot_as_multiturn": "as lm-eval: yes with a chat template",
}
_RUN_FIELDS: Final[tuple[str, ...]] = ("concurrency", "note")
"""Those of the run and not of the benchmark."""


class OptionField(NamedTuple):
    """An option: its name, and how it is chosen or typed."""

    name: str
    choices: tuple[tuple[str, Any], ...] = ()
    """What can be chosen, each with its value; empty if the option is typed."""
    read: Callable[[str], Any] = str
    hint: str = ""


def option_fields() -> Iterator[OptionField]:
    """Yield the options, in the order of BenchmarkSubject's fields, then those of the run."""
    struct = msgspec.inspect.type_info(BenchmarkSubject)
    assert isinstance(struct, msgspec.inspect.StructType)
    for field in struct.fields:
        if field.name not in _FIRST_FORM:
            yield _option(field)
    yield OptionField("concurrency", read=_whole_number, hint=_HINTS["concurrency"])
    yield OptionField("note", hint=_HINTS["note"])


def _option(field: msgspec.inspect.Field) -> OptionField:
    kinds = field.type.types if isinstance(field.type, msgspec.inspect.UnionType) else (field.type,)
    default = field.default
    hint = _HINTS.get(field.name, "" if default in (None, msgspec.NODEFAULT) else f"{default}")
    for kind in kinds:
        match kind:
            case msgspec.inspect.BoolType():
                return OptionField(field.name, _truths(field.name, default))
            case msgspec.inspect.LiteralType():
                values = sorted(kind.values, key=lambda value: value != default)
                return OptionField(field.name, tuple((str(each), each) for each in values))
            case msgspec.inspect.IntType():
                return OptionField(field.name, read=_whole_number, hint=hint)
            case msgspec.inspect.FloatType():
                return OptionField(field.name, read=_number, hint=hint)
            case msgspec.inspect.DictType():
                read = read_samples if field.name == "samples" else _settings
                return OptionField(field.name, read=read, hint=hint)
    return OptionField(field.name, hint=hint)


def _truths(name: str, default: object) -> tuple[tuple[str, Any], ...]:
    if name in _BY_DEFAULT:
        return ((_BY_DEFAULT[name], None), ("yes", True), ("no", False))
    return (("no", False), ("yes", True)) if not default else (("yes", True), ("no", False))


def _settings(text: str) -> dict[str, Any]:
    return read_settings(split_settings(text), "")


def _whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadOption("must be a whole number") from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadOption("must be a number") from None


class AdvancedOptions(VerticalScroll):
    """A row for each option; those left as they are count as not given."""

    FIELDS: Final = tuple(option_fields())

    def compose(self) -> ComposeResult:
        for field in self.FIELDS:
            with Horizontal():
                yield Label(field.name.replace("_", " "), markup=False)
                yield _widget(field)

    def read(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the values by name: the benchmark's, and the run's.

        Raises BadOption for a text that cannot be read, with the field's name as its place.
        """
        found: dict[str, Any] = {}
        for field in self.FIELDS:
            widget = self.query_one(f"#option-{field.name}")
            if isinstance(widget, Select):
                found[field.name] = field.choices[_place(widget)][1]
            elif text := _text(widget).strip():
                try:
                    found[field.name] = field.read(text)
                except BadOption as error:
                    name = field.name.replace("_", " ")
                    raise BadOption(error.what, where=name, remedy=error.remedy) from None
        run = {name: found.pop(name) for name in _RUN_FIELDS if name in found}
        return found, run

    def text_of(self, name: str) -> str:
        """Return what is typed for the option."""
        return _text(self.query_one(f"#option-{name}")).strip()


def _widget(field: OptionField) -> Widget:
    id = f"option-{field.name}"
    if field.choices:
        options = [(text, place) for place, (text, _) in enumerate(field.choices)]
        return Select(options, value=0, allow_blank=False, id=id, compact=True)
    if field.name == "system":
        area = SafeTextArea(
            "",
            soft_wrap=True,
            tab_behavior="focus",
            placeholder=field.hint,
            compact=True,
            highlight_cursor_line=False,
            id=id,
        )
        area.styles.height = _SYSTEM_LINES
        return area
    return SafeInput(placeholder=field.hint, compact=True, id=id)


def _place(select: Select[Any]) -> int:
    value = select.value
    return value if isinstance(value, int) else 0


def _text(widget: Widget) -> str:
    if isinstance(widget, TextArea):
        return widget.text
    assert isinstance(widget, Input)
    return widget.value
