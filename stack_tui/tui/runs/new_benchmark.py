"""The form that starts a run of benchmarks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Label, Select

from stack_tui.config.decode import Defaults, Endpoint
from stack_tui.errors import StackError
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.tui.host import host_of
from stack_tui.tui.runs.benchmark_plan import estimate, plan_blocks
from stack_tui.tui.runs.start_form import StartForm
from stack_tui.tui.runs.task_picker import TaskPicker
from stack_tui.tui.state.endpoint_list import EndpointView
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import Block, line
from stack_tui.worker.requests import BenchmarkRun

if TYPE_CHECKING:
    from stack_tui.benchmarks.catalog.catalog import Catalog
    from stack_tui.endpoints.capabilities import Capabilities


class NewBenchmark(StartForm[BenchmarkRun]):
    """Ask for tasks, endpoint, few-shot and limit, and show what they need."""

    AUTO_FOCUS = "TaskPicker Input, #cancel"
    HEADING = "New benchmark run"

    def __init__(self, endpoints: Sequence[EndpointView], defaults: Defaults) -> None:
        super().__init__(endpoints)
        self._defaults = defaults
        self._catalog: Catalog | None = None
        self._capabilities: dict[Endpoint, Capabilities | StackError] = {}

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

    def on_mount(self) -> None:
        if not self.missing:
            self._show(line(("reading the tasks…", "dim")))
            host_of(self).run_job(_open_catalog, self._use_catalog)
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
            self._show(line(("Tick a task first: press enter on its name.", "bad")))
            return
        fewshot, limit = self._number("#fewshot"), self._number("#limit")
        if limit is not None and limit <= 0:
            self._show(line(("The limit must be above 0; leave it empty for all.", "bad")))
            return
        shots = None if fewshot is None else int(fewshot)
        benchmark = BenchmarkSubject(tasks=tasks, fewshot=shots, limit=limit)
        self.dismiss(BenchmarkRun(benchmark=benchmark, endpoint=self.endpoint))


def _open_catalog() -> Catalog:
    from stack_tui.benchmarks.catalog import catalog

    return catalog.open_catalog()


def _probe(endpoint: Endpoint) -> Capabilities:
    from stack_tui.endpoints import examine

    return asyncio.run(examine.probe_endpoint(endpoint))
