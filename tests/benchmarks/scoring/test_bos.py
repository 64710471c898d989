"""A BOS begins the texts where the tokenizer puts one, or the run asks for it."""

import asyncio
import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from stack_tui.benchmarks.scoring.bos import AddBos, BosChoice, choose_bos
from stack_tui.benchmarks.scoring.model_tokenizer import FileTokenizer
from stack_tui.errors import StackError


def tokenizer(
    folder: Path, *, adds: bool, config: dict[str, object] | None = None
) -> FileTokenizer:
    made = Tokenizer(models.WordLevel({"<unk>": 0, "<s>": 1, "Hello": 2}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    if adds:
        made.post_processor = processors.TemplateProcessing(
            single="<s> $A", special_tokens=[("<s>", 1)]
        )
    made.save(str(folder / "tokenizer.json"))
    if config is not None:
        (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    return FileTokenizer(folder / "tokenizer.json")


@pytest.mark.parametrize(
    ("adds", "config", "wanted", "choice"),
    [
        (True, None, "auto", BosChoice(1, 1)),
        (True, None, "no", BosChoice(None, 1)),
        (False, None, "auto", BosChoice()),
        (False, {"bos_token": "<s>"}, "auto", BosChoice()),
        (False, {"bos_token": "<s>"}, "yes", BosChoice(1)),
        (False, {"bos_token": "<s>", "add_bos_token": True}, "auto", BosChoice(1, 1)),
        (True, {"bos_token": "<s>", "add_bos_token": False}, "auto", BosChoice()),
    ],
)
def test_auto_does_as_the_tokenizers_own_setting_says(
    adds: bool, config: dict[str, object] | None, wanted: AddBos, choice: BosChoice, tmp_path: Path
) -> None:
    found = asyncio.run(choose_bos(tokenizer(tmp_path, adds=adds, config=config), wanted))
    assert found == choice
    assert found.missing is (wanted == "no")


def test_a_bos_that_nobody_knows_cannot_be_asked_for(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="no BOS token is known"):
        asyncio.run(choose_bos(tokenizer(tmp_path, adds=False), "yes"))
