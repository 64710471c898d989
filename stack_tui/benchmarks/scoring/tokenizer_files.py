"""What lies beside a tokenizer: chat templates and the texts of special tokens."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from stack_tui.errors import StackError
from stack_tui.text import one_line

_DEFAULT = "default"
_NAMED_TOKENS = ("bos", "eos", "unk", "sep", "pad", "cls", "mask")


def read_special_tokens(folder: Path) -> dict[str, str]:
    """Return the texts of the tokenizer's special tokens by name, such as bos_token."""
    found = {**_read(folder / "special_tokens_map.json"), **_read(folder / "tokenizer_config.json")}
    tokens: dict[str, str] = {}
    for name in (f"{kind}_token" for kind in _NAMED_TOKENS):
        value = found.get(name)
        if isinstance(value, Mapping):
            value = value.get("content")
        if isinstance(value, str):
            tokens[name] = value
    return tokens


def read_add_bos(folder: Path) -> bool | None:
    """Return the tokenizer's `add_bos_token`, None if its config does not say."""
    adds = _read(folder / "tokenizer_config.json").get("add_bos_token")
    return adds if isinstance(adds, bool) else None


def read_chat_templates(folder: Path) -> dict[str, str]:
    """Return the tokenizer's chat templates by name, the unnamed one as `default`.

    Files of their own stand for those in tokenizer_config.json, as in transformers. Where there are
    none, that of a processor is taken.
    """
    files = {path.stem: path for path in (folder / "additional_chat_templates").glob("*.jinja")}
    if (folder / "chat_template.jinja").is_file():
        files[_DEFAULT] = folder / "chat_template.jinja"
    if files:
        return {name: path.read_text(encoding="utf-8") for name, path in files.items()}
    for place in ("tokenizer_config.json", "chat_template.json"):
        if templates := _templates(_read(folder / place).get("chat_template")):
            return templates
    return {}


def choose_template(templates: Mapping[str, str], name: str | None, where: str) -> str:
    """Return the template called `name`, or the default one; raises StackError if there is none."""
    if not templates:
        raise StackError(
            "the tokenizer's folder has no chat template",
            where=where,
            remedy="Use --protocol chat, or omit --apply-chat-template.",
        )
    if name is None and len(templates) == 1:
        return next(iter(templates.values()))
    chosen = templates.get(name or _DEFAULT)
    if chosen is None:
        known = one_line(", ".join(sorted(templates)), 200)
        raise StackError(
            f"the tokenizer has no chat template called {name!r}"
            if name
            else "the tokenizer has several chat templates, and none is the default",
            where=where,
            remedy=f"Name one with --chat-template: {known}.",
        )
    return chosen


def _templates(found: Any) -> dict[str, str]:
    if isinstance(found, str):
        return {_DEFAULT: found}
    entries = found if isinstance(found, list) else []
    return {
        entry["name"]: entry["template"]
        for entry in entries
        if isinstance(entry, dict)
        and isinstance(entry.get("name"), str)
        and isinstance(entry.get("template"), str)
    }


def _read(path: Path) -> dict[str, Any]:
    """Return the JSON object in the file, an empty one if there is no such file."""
    try:
        found = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError:
        return {}
    except msgspec.DecodeError as error:
        raise StackError(f"is not valid JSON: {error}", where=str(path)) from None
    return found if isinstance(found, dict) else {}
