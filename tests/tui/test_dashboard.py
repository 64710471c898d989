"""The dashboard: four panes, one status line, the keys."""

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot

from stack_tui.config.decode import Config
from stack_tui.tui.app import StackApp
from stack_tui.tui.dashboard import Dashboard
from stack_tui.tui.help import Help
from stack_tui.tui.state.snapshot import Snapshot
from stack_tui.tui.ui.list_pane import Pane
from tests.tui.data import drive, failing, passing, running_card, screen_text, show, snapshot, up


def shown_panes(app: StackApp) -> list[str]:
    return [pane.TITLE for pane in app.query(Pane) if pane.display and pane.region]


def dashboard(app: StackApp) -> Dashboard:
    assert isinstance(app.screen, Dashboard)
    return app.screen


def test_from_120_columns_on_the_panes_stand_two_by_two() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        assert shown_panes(app) == ["Endpoints", "Runs", "Cases", "Results"]
        await pilot.resize_terminal(119, 36)
        await pilot.pause()
        assert shown_panes(app) == ["Runs"]

    drive(body, snapshot(passing()))


def test_below_120_columns_digits_change_the_pane_under_a_tab_strip() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        for digit, title in ("1", "Endpoints"), ("4", "Results"), ("3", "Cases"), ("2", "Runs"):
            await pilot.press(digit)
            await pilot.pause()
            assert shown_panes(app) == [title]
        assert "1 Endpoints" in screen_text(app).splitlines()[1]

    drive(body, snapshot(passing()), size=(80, 24))


def test_z_shows_the_pane_alone_and_all_four_again() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "z")
        await pilot.pause()
        assert shown_panes(app) == ["Results"]
        await pilot.press("z")
        await pilot.pause()
        assert len(shown_panes(app)) == 4
        await pilot.press("z", "escape")
        await pilot.pause()
        assert len(shown_panes(app)) == 4

    drive(body, snapshot(passing()))


def test_tab_goes_through_the_panes_and_marks_the_one_with_the_focus() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("1")
        visited = []
        for _ in range(7):
            visited.append(dashboard(app).active)
            await pilot.press("tab")
        assert sorted(set(visited)) == [1, 2, 3, 4]

    drive(body, snapshot(passing()))


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
def test_the_status_line_tells_the_active_run(size: tuple[int, int]) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        line = screen_text(app).splitlines()[0]
        for part in ("► running", "custom · llama-8b", "1/2", "0:16 left"):
            assert part in line

    drive(body, snapshot(passing(), card=running_card()), size=size)


def test_the_status_line_tells_the_active_run_on_other_screens_too() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "enter")
        await pilot.pause()
        assert "► running" in screen_text(app).splitlines()[0]

    drive(body, snapshot(passing(), card=running_card()))


def test_without_an_active_run_the_status_line_tells_the_last() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        line = screen_text(app).splitlines()[0]
        assert "no run is active" in line
        assert "custom · llama-8b  ✓ finished  pass 50 %" in line

    drive(body, snapshot(passing(), failing()))


def test_every_empty_pane_says_what_to_do_next() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        shown = screen_text(app)
        for part in (
            "stack-tui.toml",
            "n runs a suite of cases",
            "A suite is a TOML file",
            "2 shows the runs",
        ):
            assert part in shown

    drive(body, Snapshot(ready=True), config=Config())


def test_before_the_disk_was_read_nothing_is_called_empty() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        assert "No run yet" not in screen_text(app)
        assert "reading" in screen_text(app)

    drive(body, Snapshot())


def test_endpoints_tell_state_in_a_word_and_a_sign_kind_model_and_latency() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        row = next(line for line in screen_text(app).splitlines() if "● up" in line)
        for part in ("local", "vLLM", "llama-8b", "12 ms"):
            assert part in row

    drive(body, snapshot(passing()), answers=(up(),))


def test_help_tells_the_keys_of_where_one_stands() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "question_mark")
        await pilot.pause()
        await pilot.pause()
        assert isinstance(app.screen, Help)
        assert "Next failing" in screen_text(app)
        await pilot.press("escape")
        assert isinstance(app.screen, Dashboard)

    drive(body, snapshot(passing()), size=(120, 60))


def test_help_longer_than_the_screen_shows_how_far_down_one_is() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "question_mark")
        await pilot.pause()
        marked = [line for line in screen_text(app).splitlines()[2:] if "┃ │" in line]
        assert "Results ─" in marked[0]
        await pilot.press("end")
        await pilot.pause()
        assert "Signs" in screen_text(app)

    drive(body, snapshot(passing()), size=(80, 24))


def test_the_foot_shows_the_keys_that_do_something_here() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        foot = screen_text(app).splitlines()[-1]
        assert "s stop" in foot
        assert "q quit" in foot
        await pilot.press("4")
        await pilot.pause()
        foot = screen_text(app).splitlines()[-1]
        assert "s stop" not in foot
        assert "] next" in foot

    drive(body, snapshot(passing(), card=running_card()))


def test_the_palette_finds_an_action_of_another_pane_and_does_it_there() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("1", "ctrl+p")
        await pilot.pause()
        assert isinstance(app.screen, CommandPalette)
        await pilot.press(*"failing first")
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert dashboard(app).active == 4
        assert "failing first" in screen_text(app)

    drive(body, snapshot(passing(), failing()))


def test_a_click_on_a_tab_goes_to_its_pane() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        column = screen_text(app).splitlines()[1].index("3 Cases")
        await pilot.click(offset=(column, 1))
        await pilot.pause()
        assert shown_panes(app) == ["Cases"]

    drive(body, snapshot(passing()), size=(80, 24))


def test_resizing_keeps_the_pane_and_its_row() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "down")
        for size in (80, 24), (200, 60), (30, 8), (120, 36):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert dashboard(app).active == 4
        assert dashboard(app).pane(4).table.row == 1

    drive(body, snapshot(passing(), failing()))


def test_q_leaves() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("q")
        await pilot.pause()
        assert not app.is_running or app._exit

    drive(body, snapshot(passing()))


def test_the_themes_change_by_a_key() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        seen = {app.theme}
        for _ in range(3):
            await pilot.press("ctrl+t")
            await pilot.pause()
            seen.add(app.theme)
        assert seen == {"stack-dark", "stack-light", "stack-16"}
        await show(app, pilot, snapshot(failing()))

    drive(body, snapshot(passing()))
