"""The form that starts a run of benchmarks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Input, Label, Select

from stack_tui.config.decode import Defaults, Endpoint
from stack_tui.errors import StackError
from stack_tui.text import one_line
from stack_tui.tui import bindings
from stack_tui.tui.host import host_of
from stack_tui.tui.runs.advanced_options import AdvancedOptions
from stack_tui.tui.runs.benchmark_plan import estimate, plan_blocks
from stack_tui.tui.runs.start_form import StartForm
from stack_tui.tui.runs.task_picker import TaskPicker
from stack_tui.tui.state.endpoint_list import EndpointView
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import Block, line
from stack_tui.worker.benchmark_options import BadOption, benchmark_subject
from stack_tui.worker.requests import BenchmarkRun

if TYPE_CHECKING:
    from stack_tui.benchmarks.catalog.catalog import Catalog
    from stack_tui.endpoints.capabilities import Capabilities


class NewBenchmark(StartForm[BenchmarkRun]):
    """Ask for tasks, endpoint, few-shot and limit, and show what they need."""

    BINDINGS = bindings.NEW_BENCHMARK
    AUTO_FOCUS = "TaskPicker Input, #cancel"
    HEADING = "New benchmark run"

    def __init__(self, endpoints: Sequence[EndpointView], defaults: Defaults) -> None:
        super().__init__(endpoints)
        self._defaults = defaults
        self._catalog: Catalog | None = None
        self._capabilities: dict[Endpoint, Capabilities | StackError] = {}
        self._include_path = ""

    def fields(self) -> ComposeResult:
        yield TaskPicker()
        yield self.endpoint_row(self._defaults)
        yield Horizontal(
            Label("Few-shot"),
            Input(placeholder="the task's own", type="integer", id="fewshot", compact=True),
            Label("Limit"),
            Input(placeholder="all documents", type="number", id="limit", compact=True),
        )
        yield BlockView(classes="plan", can_focus=False)
        advanced = AdvancedOptions(can_focus=False)
        advanced.display = False
        yield advanced
        yield Label("", id="problem", markup=False)

    def buttons(self) -> ComposeResult:
        yield Button(self._toggle_label(opened=False), id="advanced", compact=True)

    def _toggle_label(self, *, opened: bool) -> str:
        return f"{'Tasks' if opened else 'All options'}  {host_of(self).key_for('form.advanced')}"

    @on(Button.Pressed, "#advanced")
    def action_advanced(self) -> None:
        """Show the further options in place of the tasks, or the tasks again."""
        if self.missing:
            return
        advanced, picker = self.query_one(AdvancedOptions), self.query_one(TaskPicker)
        opened = not advanced.display
        advanced.display = opened
        picker.display = self.query_one(".plan").display = not opened
        self._show_problem("")
        self.query_one("#advanced", Button).label = self._toggle_label(opened=opened)
        if opened:
            advanced.query("Input, Select, TextArea").first().focus()
        else:
            picker.query_one(Input).focus()
            self._reread_tasks(advanced.text_of("include_path"))

    def _reread_tasks(self, include_path: str) -> None:
        """Offer the tasks of another folder too, once one is named."""
        if include_path == self._include_path:
            return
        self._include_path = include_path
        host_of(self).run_job(
            lambda: _open_catalog(include_path),
            self._use_catalog,
            failed=lambda error: self._show_problem(_saying(error)),
            key=(self, "tasks"),
        )

    def _show_problem(self, problem: str) -> None:
        if self.is_attached:
            label = self.query_one("#problem", Label)
            label.update(problem)
            label.display = bool(problem)

    def on_mount(self) -> None:
        if not self.missing:
            self._show(line(("reading the tasks…", "dim")))
            self._show_problem("")
            host_of(self).run_job(_open_catalog, self._use_catalog, key=(self, "tasks"))
            self._probe()

    def _use_catalog(self, catalog: Catalog) -> None:
        if self.is_attached:
            self._catalog = catalog
            self.query_one(TaskPicker).use(catalog)

    @on(Select.Changed)
    def _probe(self) -> None:
        """Probe the endpoint: the scoring methods depend on what it can do."""
        endpoint = self.endpoint
        if endpoint not in self._capabilities:
            host_of(self).run_job(
                lambda: _probe(endpoint),
                lambda found: self._note_capabilities(endpoint, found),
                failed=lambda error: self._note_capabilities(endpoint, error),
            )
        self._plan()

    def _note_capabilities(self, endpoint: Endpoint, found: Capabilities | StackError) -> None:
        self._capabilities[endpoint] = found
        if self.is_attached:
            self._plan()

    @on(TaskPicker.Changed)
    @on(Input.Changed, "#limit")
    def _plan(self) -> None:
        """Show what the ticked tasks need, or the selected one if none is ticked."""
        catalog, picker = self._catalog, self.query_one(TaskPicker)
        if catalog is None:
            return
        names = tuple(picker.ticked or filter(None, [picker.highlighted]))
        capabilities = self._capabilities.get(self.endpoint)
        limit, endpoint = self._number("#limit"), self.endpoint
        runs = host_of(self).snapshot.runs

        def work() -> list[Block]:
            members = [member for name in names for member in catalog.members(name)]
            known = estimate([member.name for member in members], limit, endpoint, runs)
            return plan_blocks(names, members, capabilities, known)

        def then(blocks: list[Block]) -> None:
            if self.is_attached:
                self._show(*blocks)

        def failed(error: StackError) -> None:
            then([line((error.what, "bad"))])

        host_of(self).run_job(work, then, failed=failed, key=(self, "plan"))

    def _number(self, field: str) -> float | None:
        text = self.query_one(field, Input).value
        try:
            return float(text) if text else None
        except ValueError:
            return None

    def _show(self, *blocks: Block) -> None:
        self.query_one(".plan", BlockView).show(blocks)

    def action_start(self) -> None:
        if self.missing:
            return
        tasks = tuple(self.query_one(TaskPicker).ticked)
        if not tasks:
            self._show_problem("Tick a task first: press enter on its name.")
            return
        fewshot, limit = self._number("#fewshot"), self._number("#limit")
        if limit is not None and limit <= 0:
            self._show_problem("The limit must be above 0; leave it empty for all.")
            return
        try:
            options, run = self.query_one(AdvancedOptions).read()
            options |= {"fewshot": None if fewshot is None else int(fewshot), "limit": limit}
            benchmark = benchmark_subject(tasks, options)
        except BadOption as error:
            self._show_problem(_saying(error))
            return
        self.dismiss(BenchmarkRun(benchmark=benchmark, endpoint=self.endpoint, **run))


def _saying(error: StackError) -> str:
    where = f"{error.where}: " if error.where not in ("", "bench") else ""
    return one_line(f"{where}{error.what} {error.remedy}".rstrip(), 300)


def _open_catalog(include_path: str = "") -> Catalog:
    from stack_tui.benchmarks.catalog import catalog

    return catalog.open_catalog(include_path) if include_path else catalog.open_catalog()


def _probe(endpoint: Endpoint) -> Capabilities:
    from stack_tui.endpoints import examine

    return asyncio.run(examine.probe_endpoint(endpoint))
