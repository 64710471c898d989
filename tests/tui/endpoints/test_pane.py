"""Endpoints: adding, editing, keeping, removing them, and what is told of one."""

from pathlib import Path

import msgspec
import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from stack_tui.config import decode as configuration
from stack_tui.config.decode import Config, Endpoint
from stack_tui.endpoints import examine
from stack_tui.endpoints.capabilities import Capabilities
from stack_tui.endpoints.examine import ProbeResult
from stack_tui.tui.app import StackApp
from stack_tui.tui.dashboard import Dashboard
from stack_tui.tui.endpoints.endpoint_fields import FIELDS
from stack_tui.tui.endpoints.endpoint_screen import EndpointScreen
from stack_tui.tui.endpoints.form import EndpointForm
from stack_tui.tui.state.snapshot import Snapshot
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.dialogs import Confirm, Unsaved
from stack_tui.tui.ui.form_field import FormField, to_texts
from tests.tui.data import (
    drive,
    running_card,
    screen_text,
    snapshot,
    up,
    wait_for,
)

TEXT = """\
# Our servers.
[endpoints.local]
url = "http://127.0.0.1:8000/v1"  # on this box
model = "org/llama-8b"

[endpoints.judge]
url = "https://judge.example/v1"

[defaults]
judges = ["judge"]
"""
FOUND = Endpoint(name="localhost:11434", url="http://127.0.0.1:11434/v1")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the configuration's file."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "stack-tui.toml"
    path.write_text(TEXT)
    return path


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


def change_elsewhere(path: Path, text: str) -> None:
    path.write_text(text)


def words(app: StackApp) -> str:
    return " ".join(screen_text(app).replace("│", " ").split())


def fields(app: StackApp) -> dict[str, FormField]:
    assert isinstance(app.screen, EndpointForm)
    return {each.field.name: each for each in app.screen.query(FormField)}


def fill(app: StackApp, **texts: str) -> None:
    for name, text in texts.items():
        fields(app)[name].query_one(Input).value = text


def problem(field: FormField) -> str:
    label = field.query_one(".problem")
    return str(label.render()) if label.display else ""


def test_an_endpoint_is_added_by_a_form_and_taken_up_at_once(path: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await press(pilot, "1", "a")
        fill(app, name="new", url="http://h:1")
        await press(pilot, "ctrl+s")
        await wait_for(pilot, lambda: "added new" in words(app))
        assert isinstance(app.screen, Dashboard)
        assert [seen.endpoint.name for seen in app.endpoints] == ["local", "judge", "new"]

    drive(body, config=configuration.load(path))
    assert "# on this box" in path.read_text()
    assert configuration.load(path).endpoint("new").url == "http://h:1/v1"


def test_without_a_file_the_form_says_which_one_it_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await press(pilot, "1")
        assert "will be saved in stack-tui.toml" in words(app)
        await press(pilot, "a")
        assert "creates stack-tui.toml" in words(app)
        fill(app, name="new", url="http://h:1")
        await press(pilot, "ctrl+s")
        await wait_for(pilot, lambda: isinstance(app.screen, Dashboard))

    drive(body, config=Config())
    assert configuration.load(tmp_path / "stack-tui.toml").endpoint("new").url == "http://h:1/v1"


def test_what_is_wrong_is_told_at_its_field_as_one_types(path: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await press(pilot, "1", "a")
        fill(app, name="judge", url="ftp", concurrency="0")
        await pilot.pause()
        await pilot.pause()
        assert "is taken" in problem(fields(app)["name"])
        assert "must start with http://" in problem(fields(app)["url"])
        assert "1 or more" in problem(fields(app)["concurrency"])
        assert problem(fields(app)["timeout_s"]) == ""
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, EndpointForm)

    drive(body, config=configuration.load(path))
    assert path.read_text() == TEXT


def test_a_key_that_is_pasted_is_refused_and_never_shown(path: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await press(pilot, "1", "a")
        variable = fields(app)["api_key_env"]
        variable.focus_within()
        await pilot.pause()
        app.screen.focused.post_message(events.Paste("sk-proj-secret"))  # type: ignore[union-attr]
        await pilot.pause()
        await pilot.pause()
        assert variable.text == ""
        assert "never a key" in problem(variable)
        assert "secret" not in screen_text(app)
        await press(pilot, *"MY_KEY")
        assert (variable.text, problem(variable)) == ("MY_KEY", "")

    drive(body, config=configuration.load(path))


def test_an_edit_changes_its_endpoint_and_nothing_else(path: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await press(pilot, "1", "e", "tab", "tab", "end", "2", "ctrl+s")
        await wait_for(pilot, lambda: "changed local" in words(app))

    drive(body, config=configuration.load(path))
    assert path.read_text() == TEXT.replace("llama-8b", "llama-8b2")


def test_an_endpoint_changed_by_somebody_else_meanwhile_is_not_written_over(path: Path) -> None:
    theirs = TEXT.replace("8000", "9000")

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await press(pilot, "1", "e", "tab", "tab", "end", "2")
        change_elsewhere(path, theirs)
        await press(pilot, "ctrl+s")
        await wait_for(pilot, lambda: "was changed there" in words(app))
        assert isinstance(app.screen, EndpointForm)

    drive(body, config=configuration.load(path))
    assert path.read_text() == theirs


def test_a_change_of_another_endpoint_made_meanwhile_is_kept(path: Path) -> None:
    theirs = TEXT.replace("judge.example", "other.example")

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await press(pilot, "1", "e", "tab", "tab", "end", "2")
        change_elsewhere(path, theirs)
        await press(pilot, "ctrl+s")
        await wait_for(pilot, lambda: isinstance(app.screen, Dashboard))

    drive(body, config=configuration.load(path))
    assert path.read_text() == theirs.replace("llama-8b", "llama-8b2")


def test_leaving_the_form_asks_where_something_would_be_lost(path: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        screens = []
        for keys in ("1", "e"), ("escape",), ("e",), ("x", "escape"), ("d",):
            await press(pilot, *keys)
            screens.append(type(app.screen))
        assert screens == [EndpointForm, Dashboard, EndpointForm, Unsaved, Dashboard]

    drive(body, config=configuration.load(path))
    assert path.read_text() == TEXT


def test_the_test_asks_the_endpoint_as_it_is_typed_and_shows_what_it_can_do(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Endpoint] = []

    async def look(endpoint: Endpoint, within_s: float | None = None) -> ProbeResult:
        asked.append(endpoint)
        abilities = Capabilities(chat=True, completions=True, token_prompts=True, echo=True)
        return ProbeResult(name="x", url="", health=up(endpoint), abilities=abilities)

    monkeypatch.setattr(examine, "examine", look)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await press(pilot, "1", "e", "tab", "end", "x", "f5")
        page = app.screen.query_one(".trial", BlockView)
        await wait_for(pilot, lambda: "Capabilities" in page.text)
        assert "● echo" in page.text
        assert [endpoint.url for endpoint in asked] == ["http://127.0.0.1:8000/v1x"]

    drive(body, config=configuration.load(path))
    assert path.read_text() == TEXT


def test_a_found_endpoint_is_kept_under_a_name_on_one_key(path: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        app.note_found([up(FOUND)])
        await press(pilot, "1", "end", "K", "enter")
        assert "added vllm" in words(app)
        assert [seen.origin for seen in app.endpoints] == ["configured"] * 3

    drive(body, config=configuration.load(path))
    assert configuration.load(path).endpoint("vllm").url == FOUND.url


def test_what_only_old_runs_record_of_an_endpoint_is_neither_edited_nor_saved(path: Path) -> None:
    old = msgspec.structs.replace(FOUND, recorded_url=f"{FOUND.url}/")
    assert "recorded_url" not in to_texts(FIELDS, old)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        app.note_found([up(old)])
        await press(pilot, "1", "end", "K", "enter")
        await wait_for(pilot, lambda: "vllm" in app.config.endpoints)

    drive(body, config=configuration.load(path))
    assert configuration.load(path).endpoint("vllm") == msgspec.structs.replace(FOUND, name="vllm")


def test_removing_asks_and_is_taken_back_on_one_key(path: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await press(pilot, "1", "down", "D")
        assert isinstance(app.screen, Confirm)
        assert "a judge by default" in words(app)
        await press(pilot, "escape")
        assert "judge" in app.config.endpoints
        await press(pilot, "D", "y")
        assert list(app.config.endpoints) == ["local"]
        assert configuration.load(path).defaults.judges == ()
        await press(pilot, "u")
        assert list(app.config.endpoints) == ["local", "judge"]

    drive(body, config=configuration.load(path))
    assert path.read_text() == TEXT


def test_the_default_endpoint_and_judges_are_set_and_unset(path: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await press(pilot, "1", "d", "J")
        assert app.config.defaults == configuration.Defaults(
            endpoint="local", judges=("judge", "local")
        )
        await press(pilot, "d", "down", "J")
        assert app.config.defaults == configuration.Defaults(judges=("local",))

    drive(body, config=configuration.load(path))


def test_a_configuration_changed_outside_is_taken_up_and_told(path: Path) -> None:
    path.write_text(TEXT.replace("endpoints.local", "endpoints.mine"))
    changed = configuration.load(path)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        app.use_changed_config(changed)
        await pilot.pause()
        assert "mine" in [seen.endpoint.name for seen in app.endpoints]
        assert "Reloaded" in words(app)

    drive(body)


@pytest.mark.parametrize("in_use", [False, True])
def test_what_an_idle_local_endpoint_can_do_is_found_out_when_it_is_opened(
    path: Path, monkeypatch: pytest.MonkeyPatch, in_use: bool
) -> None:
    asked: list[Endpoint] = []

    async def look(endpoint: Endpoint, within_s: float | None = None) -> ProbeResult:
        asked.append(endpoint)
        return ProbeResult(name="x", url="", abilities=Capabilities(chat=True, completions=False))

    monkeypatch.setattr(examine, "examine", look)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await press(pilot, "1", "enter")
        assert isinstance(app.screen, EndpointScreen)
        page = app.screen.query_one(".whole", BlockView)
        wanted = "p probes" if in_use else "● generate"
        await wait_for(pilot, lambda: wanted in page.text, wanted)
        assert len(asked) == (0 if in_use else 1)

    shown = snapshot(card=running_card()) if in_use else Snapshot(ready=True)
    drive(body, shown, config=configuration.load(path), answers=(up(),), size=(120, 60))
