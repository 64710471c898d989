"""One sample on the whole screen."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from stack_tui.suites.model.suite_edit import suite_text
from stack_tui.tui.app import StackApp
from stack_tui.tui.cases.form import CaseForm
from stack_tui.tui.results.sample_screen import SampleScreen
from stack_tui.tui.runs.regrade_form import RegradeForm
from stack_tui.tui.state.snapshot import SuiteFile
from tests.tui.data import CUSTOM, drive, failing, snapshot, wait_for


@pytest.mark.parametrize(("key", "opened"), [("E", CaseForm), ("C", CaseForm), ("a", RegradeForm)])
def test_what_other_rooms_do_with_a_sample_opens_over_it(
    tmp_path: Path, key: str, opened: type[Screen[object]]
) -> None:
    path = tmp_path / "custom.toml"
    path.write_text(suite_text(CUSTOM))

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, SampleScreen))
        await pilot.press(key)
        await wait_for(pilot, lambda: isinstance(app.screen, opened))
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(app.screen, SampleScreen))

    drive(body, snapshot(failing(), suites=(SuiteFile(path, suite=CUSTOM),)))
