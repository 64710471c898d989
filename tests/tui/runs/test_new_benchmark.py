"""The form that starts a run of benchmarks."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select, TextArea

from stack_tui.benchmarks.catalog import catalog
from stack_tui.benchmarks.catalog.catalog import Catalog
from stack_tui.benchmarks.catalog.task_index import TaskEntry
from stack_tui.config.decode import Config, Endpoint
from stack_tui.endpoints import examine
from stack_tui.endpoints.capabilities import Capabilities
from stack_tui.errors import StackError
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.tui.app import StackApp
from stack_tui.tui.dashboard import Dashboard
from stack_tui.tui.runs.advanced_options import AdvancedOptions
from stack_tui.tui.runs.new_benchmark import NewBenchmark
from stack_tui.tui.state.snapshot import Snapshot
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.worker import launch
from stack_tui.worker.requests import BenchmarkRun
from tests.tui.data import (
    LOCAL,
    drive,
    screen_text,
    settle,
    snapshot,
    up,
    wait_for,
)

Started = BenchmarkRun
ABLE = Capabilities(
    chat=True, completions=True, token_prompts=True, prompt_logprobs=True, named_token_ids=True
)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Started]:
    """Give the form three names to find, and return what it has started."""
    letters = tmp_path / "anatomy.yaml"
    letters.write_text("output_type: multiple_choice\ndoc_to_choice: ['A', 'B']\n")
    entries = (
        TaskEntry("mmlu_anatomy", "task", str(letters)),
        TaskEntry("mmlu_astronomy", "task", str(letters)),
        TaskEntry("mmlu", "tag", members=("mmlu_anatomy", "mmlu_astronomy")),
    )
    calls: list[Started] = []

    def start(request: BenchmarkRun, results: Path) -> Path:
        calls.append(request)
        return results / "20991118-120000-new"

    async def probe_endpoint(endpoint: Endpoint) -> Capabilities:
        return ABLE

    def open_catalog(include_path: str | None = None) -> Catalog:
        more = (TaskEntry("mine", "task", str(letters)),) if include_path else ()
        return Catalog({e.name: e for e in (*entries, *more)})

    monkeypatch.setattr(catalog, "open_catalog", open_catalog)
    monkeypatch.setattr(examine, "probe_endpoint", probe_endpoint)
    monkeypatch.setattr(launch, "start", start)
    return calls


async def opened(app: StackApp, pilot: Pilot[None]) -> NewBenchmark:
    """Open the form and wait until the tasks are there."""
    await pilot.press("b")
    await pilot.pause()
    form = app.screen
    assert isinstance(form, NewBenchmark)
    await wait_for(pilot, lambda: form._catalog is not None)
    return form


async def plan(form: NewBenchmark, pilot: Pilot[None], wanted: str) -> str:
    """Return what the form says that the run will take, once it says the wanted."""
    page = form.query_one(".plan", BlockView)
    await wait_for(pilot, lambda: wanted in page.text, wanted)
    return page.text


def test_tasks_are_found_by_typing_and_the_nearest_comes_first(started: list[Started]) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await pilot.press(*"mmlu")
        await pilot.pause()
        rows = [line for line in screen_text(app).splitlines() if "[ ]" in line]
        assert [row.split("[ ] ")[1].split()[0] for row in rows] == [
            "mmlu",
            "mmlu_anatomy",
            "mmlu_astronomy",
        ]

    drive(body, snapshot())


def test_a_group_is_unfolded_and_its_route_told(started: list[Started]) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        form = await opened(app, pilot)
        await pilot.press(*"mmlu", "enter")
        told = await plan(form, pilot, "letters")
        assert "2: mmlu_anatomy, mmlu_astronomy" in told
        assert "unknown until the data is loaded" in " ".join(told.split())

    drive(body, snapshot())


def test_ticked_tasks_are_started_with_few_shot_and_limit(started: list[Started]) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await pilot.press(*"anatomy", "enter", "tab", "tab", "tab", "5", "tab", *"20", "ctrl+s")
        await settle(app, pilot)
        benchmark = BenchmarkSubject(tasks=("mmlu_anatomy",), fewshot=5, limit=20.0)
        assert started == [BenchmarkRun(benchmark=benchmark, endpoint=LOCAL)]
        assert isinstance(app.screen, Dashboard)
        assert app.chosen == Path("eval-results/20991118-120000-new")

    drive(body, snapshot(), answers=(up(),))


def test_without_a_task_the_form_says_how_to_tick_one(started: list[Started]) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await pilot.press(*"anatomy", "ctrl+s")
        await pilot.pause()
        assert "Tick a task first" in screen_text(app)
        assert started == []

    drive(body, snapshot())


def test_an_endpoint_that_cannot_be_asked_says_why(
    started: list[Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(endpoint: Endpoint) -> Capabilities:
        raise StackError("nothing answers there", remedy="Is the server up?")

    monkeypatch.setattr(examine, "probe_endpoint", refuse)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        form = await opened(app, pilot)
        await pilot.press(*"anatomy")
        assert "Is the server up?" in await plan(form, pilot, "nothing answers there")

    drive(body, snapshot())


def test_without_an_endpoint_the_form_says_what_is_missing() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("b")
        await pilot.pause()
        assert "There is no endpoint" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Dashboard)

    drive(body, Snapshot(ready=True), config=Config())


def test_every_option_of_a_benchmark_can_be_set() -> None:
    in_the_form = {"tasks", "fewshot", "limit"}
    offered = {field.name for field in AdvancedOptions.FIELDS}
    assert offered | in_the_form >= set(BenchmarkSubject.__struct_fields__)
    assert {"concurrency", "note"} <= offered


async def typed(form: NewBenchmark, pilot: Pilot[None], **texts: str | int) -> None:
    """Open all options and set those: a number is the place of a choice."""
    await pilot.press("ctrl+o")
    await pilot.pause()
    for name, value in texts.items():
        widget = form.query_one(f"#option-{name}")
        if isinstance(widget, Select):
            widget.value = value
        elif isinstance(widget, TextArea):
            widget.text = str(value)
        elif isinstance(widget, Input):
            widget.value = str(value)
    await pilot.pause()


def test_all_options_reach_the_run(started: list[Started]) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        form = await opened(app, pilot)
        await pilot.press(*"anatomy", "enter")
        await typed(
            form,
            pilot,
            samples='{"mmlu_anatomy": [0, 5]}',
            gen="max_gen_toks=64 until='[\"Q: \"]'",
            metadata='{"max_seq_lengths": [4096]}',
            system="Be brief.\nAnswer.",
            chat_template="tool_use",
            seed="7",
            protocol=1,
            confirm_unsafe=1,
            concurrency="3",
            note="a note",
        )
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        (request,) = started
        assert request.benchmark == BenchmarkSubject(
            tasks=("mmlu_anatomy",),
            samples={"mmlu_anatomy": (0, 5)},
            gen={"max_gen_toks": 64, "until": ["Q: "]},
            metadata={"max_seq_lengths": [4096]},
            system="Be brief.\nAnswer.",
            chat_template="tool_use",
            apply_chat_template=True,
            fewshot_as_multiturn=True,
            seed=7,
            protocol="chat",
            confirm_unsafe=True,
        )
        assert (request.concurrency, request.note) == (3, "a note")

    drive(body, snapshot(), answers=(up(),))


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("samples", "[1]", "samples: expected document numbers by task"),
        ("gen", "temperature", "gen: 'temperature' is not KEY=VALUE"),
        ("gen", "until='", "gen: until=': No closing quotation"),
        ("seed", "many", "seed: must be a whole number"),
        ("seed", "-1", "seed must be from 0"),
    ],
)
def test_an_option_that_cannot_be_read_is_named(
    started: list[Started], name: str, text: str, problem: str
) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        form = await opened(app, pilot)
        await pilot.press(*"anatomy", "enter")
        await typed(form, pilot, **{name: text})
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert problem in screen_text(app)
        assert started == []

    drive(body, snapshot(), answers=(up(),))


def test_tasks_of_a_folder_are_offered_once_it_is_named(started: list[Started]) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        form = await opened(app, pilot)
        await typed(form, pilot, include_path="tasks")
        await pilot.press("ctrl+o", *"mine")
        await wait_for(pilot, lambda: "[ ] mine" in screen_text(app))

    drive(body, snapshot(), answers=(up(),))


def test_all_options_fit_a_small_terminal(started: list[Started]) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        form = await opened(app, pilot)
        await typed(form, pilot)
        shown = screen_text(app)
        assert "apply chat template" in shown
        assert "Start" in shown
        form.query_one("#option-note").focus()
        await wait_for(pilot, lambda: "stored with the run" in screen_text(app))

    drive(body, snapshot(), answers=(up(),), size=(80, 24))
