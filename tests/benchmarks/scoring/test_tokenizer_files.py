"""Chat templates and special tokens are found where transformers finds them."""

import json
from pathlib import Path
from typing import Any

import pytest

from stack_tui.benchmarks.scoring.tokenizer_files import (
    choose_template,
    read_chat_templates,
    read_special_tokens,
)
from stack_tui.errors import StackError

NAMED = [{"name": "default", "template": "D"}, {"name": "rag", "template": "R"}]


def write(folder: Path, **files: Any) -> Path:
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_a_single_template_is_the_default(tmp_path: Path) -> None:
    folder = write(tmp_path, tokenizer_config={"chat_template": "T"})
    assert read_chat_templates(folder) == {"default": "T"}


def test_a_list_of_named_templates_is_read(tmp_path: Path) -> None:
    folder = write(tmp_path, tokenizer_config={"chat_template": NAMED})
    templates = read_chat_templates(folder)
    assert choose_template(templates, None, "") == "D"
    assert choose_template(templates, "rag", "") == "R"


def test_files_of_their_own_stand_for_those_in_the_configuration(tmp_path: Path) -> None:
    folder = write(tmp_path, tokenizer_config={"chat_template": NAMED})
    (folder / "chat_template.jinja").write_text("J", encoding="utf-8")
    assert read_chat_templates(folder) == {"default": "J"}
    (folder / "additional_chat_templates").mkdir()
    (folder / "additional_chat_templates" / "tool_use.jinja").write_text("U", encoding="utf-8")
    assert read_chat_templates(folder) == {"default": "J", "tool_use": "U"}


def test_a_processors_template_is_taken_where_the_tokenizer_has_none(tmp_path: Path) -> None:
    folder = write(tmp_path, tokenizer_config={}, chat_template={"chat_template": "P"})
    assert read_chat_templates(folder) == {"default": "P"}


@pytest.mark.parametrize(
    ("templates", "name", "words", "remedy"),
    [
        ({}, None, "no chat template", "--protocol chat"),
        ({"a": "A", "b": "B"}, None, "none is the default", "a, b"),
        ({"default": "D", "rag": "R"}, "tool_use", "'tool_use'", "default, rag"),
    ],
)
def test_a_template_that_is_not_there_is_an_error_that_names_the_others(
    templates: dict[str, str], name: str | None, words: str, remedy: str
) -> None:
    with pytest.raises(StackError) as refusal:
        choose_template(templates, name, "folder")
    assert words in refusal.value.what
    assert remedy in refusal.value.remedy


def test_special_tokens_may_be_texts_or_objects_in_either_file(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        tokenizer_config={"bos_token": {"content": "<s>"}, "unk_token": None},
        special_tokens_map={"eos_token": "</s>", "bos_token": "old"},
    )
    assert read_special_tokens(folder) == {"bos_token": "<s>", "eos_token": "</s>"}


def test_a_folder_without_such_files_has_none(tmp_path: Path) -> None:
    assert read_special_tokens(tmp_path) == {}
    assert read_chat_templates(tmp_path) == {}


def test_a_file_that_is_no_json_is_an_error_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "tokenizer_config.json").write_text("{", encoding="utf-8")
    with pytest.raises(StackError, match="not valid JSON") as refusal:
        read_chat_templates(tmp_path)
    assert refusal.value.where.endswith("tokenizer_config.json")
