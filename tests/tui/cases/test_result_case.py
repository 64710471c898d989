"""A result that becomes a case."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot

from stack_tui.suites.model import suite_store
from stack_tui.suites.model.suite_edit import suite_text
from stack_tui.tui.app import StackApp
from stack_tui.tui.cases.actions import case_of
from stack_tui.tui.cases.form import CaseForm
from stack_tui.tui.dashboard import Dashboard
from stack_tui.tui.state.snapshot import ChosenRun, Snapshot, SuiteFile
from stack_tui.tui.ui.dialogs import Choose
from tests.tui.data import (
    CUSTOM,
    KV_CACHE,
    benchmark_card,
    chosen_answer,
    drive,
    failing,
    screen_text,
    snapshot,
    wait_for,
)


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a suite's file; drafts are kept beside it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "custom.toml"
    path.write_text(suite_text(CUSTOM))
    return path


def files(*paths: Path) -> tuple[SuiteFile, ...]:
    return tuple(SuiteFile(path, suite=suite_store.load(path)) for path in paths)


def ids(path: Path) -> Sequence[str]:
    return [case.id for case in suite_store.load(path).cases]


def test_a_suites_sample_gives_its_case_as_the_run_had_it_under_a_free_id() -> None:
    case = case_of(failing(), CUSTOM, {"kv-cache", "kv-cache-2"})
    assert case == msgspec.structs.replace(KV_CACHE, id="kv-cache-3")


@pytest.mark.parametrize(
    ("target", "starts_with", "must_mention"), [(" A", "A", ()), ("Paris", None, ("Paris",))]
)
def test_a_benchmarks_sample_gives_its_prompt_and_what_its_target_asks_for(
    target: str, starts_with: str | None, must_mention: tuple[str, ...]
) -> None:
    sample = msgspec.structs.replace(chosen_answer(37), target=target)
    case = case_of(sample, None, ())
    assert (case.id, case.input) == ("mmlu-anatomy-37", "Which bone?\nAnswer:")
    assert (case.starts_with, case.must_mention) == (starts_with, must_mention)
    assert target.strip() in case.rubric


def test_shift_c_opens_it_with_the_sample_beside_it_and_saving_adds_it(suite: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "C")
        await pilot.pause()
        assert isinstance(app.screen, CaseForm)
        await wait_for(pilot, lambda: "KV caching keeps" in screen_text(app))
        await pilot.press("ctrl+s")
        await wait_for(pilot, lambda: "added kv-cache-2" in screen_text(app))

    drive(body, snapshot(failing(), suites=files(suite)))
    assert ids(suite) == ["solar-system", "kv-cache", "kv-cache-2"]


def test_of_several_suites_one_is_chosen_for_a_benchmarks_sample(suite: Path) -> None:
    other = suite.with_name("other.toml")
    other.write_text(suite_text(msgspec.structs.replace(CUSTOM, name="other")))
    card = benchmark_card()
    chosen = ChosenRun(card, (chosen_answer(37),))
    shown = Snapshot(ready=True, runs=(card,), chosen=chosen, suites=files(suite, other))

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "C")
        await pilot.pause()
        assert isinstance(app.screen, Choose)
        await pilot.press("down", "enter")
        await pilot.pause()
        await pilot.press("ctrl+s")
        await wait_for(pilot, lambda: isinstance(app.screen, Dashboard))

    drive(body, shown)
    assert ids(suite) == ["solar-system", "kv-cache"]
    assert ids(other)[-1] == "mmlu-anatomy-37"


def test_without_a_suite_it_says_what_to_do() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "C")
        await wait_for(pilot, lambda: "no suite to add it to" in screen_text(app))

    drive(body, snapshot(failing(), suites=()))
