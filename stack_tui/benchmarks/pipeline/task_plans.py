"""The plan of a benchmark run: tasks as they load, routes and requests as documents show them."""

import time
from collections.abc import Sequence

import msgspec

from stack_tui.benchmarks.catalog.catalog import Catalog
from stack_tui.benchmarks.harness.protocol import Loaded
from stack_tui.benchmarks.pipeline.forecast import Forecast
from stack_tui.benchmarks.prepared_document import Prepared
from stack_tui.benchmarks.request_scoring import RequestScorer
from stack_tui.benchmarks.sanity import Sanity
from stack_tui.benchmarks.scoring import methods
from stack_tui.runner.stream import Emit
from stack_tui.runs.events import Finding, Planned, TaskPlan


class TaskPlans:
    """Emits the plan each time that it changes."""

    def __init__(self, catalog: Catalog, scorer: RequestScorer, checks: Sanity, emit: Emit) -> None:
        self._catalog = catalog
        self._capabilities = scorer.capabilities
        self._forecast = Forecast(scorer)
        self._checks = checks
        self._emit = emit
        self._plans: dict[str, TaskPlan] = {}
        self._routes: dict[str, str] = {}
        self._methods: dict[str, dict[str, None]] = {}
        self._forecasts: dict[str, int] = {}
        self._partial = True

    async def load(self, message: Loaded) -> None:
        """Add the tasks loaded so far, each with the route that its YAML lets expect."""
        self._partial = not message.complete
        for plan in message.tasks:
            requests = self._forecasts.get(plan.name, plan.requests)
            self._plans[plan.name] = msgspec.structs.replace(plan, requests=requests)
            if plan.name in self._catalog.entries:
                facts = self._catalog.facts(plan.name)
                expected = methods.expected_route(facts, self._capabilities)
                self._routes.setdefault(plan.name, expected or "")
        await self._send()
        for name, others in message.replaced.items():
            await self._emit(_replacing(name, others))

    async def note_route(self, prepared: Sequence[Prepared]) -> None:
        """Correct the route of the documents' task, with a forecast if one is the slow one.

        The route names each method that a part of a document goes by, as in "letters+echo".
        """
        name = prepared[0].document.task
        known = self._methods.setdefault(name, {})
        before = len(known)
        known |= dict.fromkeys(part.method for each in prepared for part in each.parts)
        forecast_due = "forced" in known and name not in self._forecasts
        if not forecast_due and len(known) == before:
            return
        self._routes[name] = "+".join(known)
        if forecast_due:
            plan = self._plans[name]
            requests, finding = await self._forecast.estimate(prepared, plan.samples)
            self._forecasts[name] = requests
            self._plans[name] = msgspec.structs.replace(plan, requests=requests)
            await self._emit(finding)
        await self._send()

    async def _send(self) -> None:
        tasks = tuple(
            msgspec.structs.replace(plan, route=self._routes.get(name, ""))
            for name, plan in self._plans.items()
        )
        self._checks.plan(tasks)
        await self._emit(Planned(at=time.time(), tasks=tasks, partial=self._partial))


def _replacing(name: str, others: int) -> Finding:
    return Finding(
        at=time.time(),
        check="tasks",
        task=name,
        seen=f"{others + 1} tasks are called {name}, and only the last one is evaluated",
        cause="As in lm-eval. A group lists the task more than once, or sets something for a whole"
        " tag or group, whose tasks then all get its name. Name the tasks themselves to run each.",
    )
