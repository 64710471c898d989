"""The pages of suites and cases."""

from pathlib import Path

import msgspec

from stack_tui.errors import StackError
from stack_tui.suites.model.case import Criterion
from stack_tui.tui.cases.case_page import case_blocks, suite_blocks
from stack_tui.tui.state.snapshot import SuiteFile
from tests.tui.data import (
    CUSTOM,
    KV_CACHE,
    SUITE_FILE,
    text_of,
)


def test_a_case_is_told_whole() -> None:
    shown = text_of(case_blocks(KV_CACHE, CUSTOM))
    assert "KV · cache or caching" in shown
    assert "GPU memory" in shown
    assert KV_CACHE.rubric in shown
    assert KV_CACHE.input in shown


def test_a_suite_tells_its_settings_and_prompts() -> None:
    shown = text_of(suite_blocks(SUITE_FILE))
    assert "temperature 0" in shown
    assert "Be brief." in shown
    assert "TL;DR {input}" in shown


def test_a_bad_suite_file_tells_where_what_and_remedy() -> None:
    problem = StackError("`id` occurs twice", where="cases/x.toml: case[1]", remedy="Rename one.")
    shown = text_of(suite_blocks(SuiteFile(Path("cases/x.toml"), problem=problem)))
    for part in ("cases/x.toml: case[1]", "`id` occurs twice", "Rename one."):
        assert part in shown


def test_a_case_tells_its_criteria_and_its_reference() -> None:
    criterion = Criterion(name="facts", ask="Is every fact right?", weight=2.0)
    text = text_of(
        case_blocks(
            msgspec.structs.replace(KV_CACHE, criteria=(criterion,), reference="A cache."), CUSTOM
        )
    )
    assert "facts" in text
    assert "Is every fact right?  × 2" in text
    assert "A cache." in text
