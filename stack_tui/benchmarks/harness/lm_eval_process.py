"""The process in which lm-eval runs: it loads tasks, builds prompts, scores answers, concludes.

It sends nothing to the model. `harness_client` starts it, with two file descriptors as arguments:
one to exchange messages with the worker, and one that is closed when the worker ends. Tasks run
code of their own in here: standard input is empty, and what they print goes to the worker's log.
"""

import queue
import random
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stack_tui.benchmarks.harness import protocol
from stack_tui.benchmarks.harness.frame_pipe import FramePipe
from stack_tui.benchmarks.harness.group_guard import guard_group
from stack_tui.benchmarks.harness.lm_eval_version import check_version
from stack_tui.benchmarks.harness.protocol import (
    AllSent,
    Answered,
    Conclude,
    Concluded,
    Documents,
    Failed,
    FromHarness,
    Loaded,
    More,
    Open,
    Scored,
    ToHarness,
)
from stack_tui.errors import StackError
from stack_tui.internal_error import internal_failure
from stack_tui.text import one_line

_FIRST_BATCH = 48
_BATCH = 64


class Harness:
    """The loaded tasks, and the documents built so far."""

    def __init__(self, pipe: FramePipe, inbox: "queue.Queue[ToHarness | None]") -> None:
        self._pipe = pipe
        self._inbox = inbox

    def send(self, message: FromHarness) -> None:
        """Write one message."""
        self._pipe.send(message)

    def run(self) -> None:
        """Serve until the other end closes; the first message is an Open."""
        opening = self._inbox.get()
        if not isinstance(opening, Open):
            return
        self._spec = opening.spec
        self._wanted = protocol.AHEAD
        self._load(opening)
        for built in self._built.values():
            for batch in self._begun.pop(built.name, None) or self._documents(built, _BATCH):
                self.send(batch)
                self._wanted -= 1
                self._serve_until_wanted()
        self.send(AllSent())
        while (message := self._inbox.get()) is not None:
            self._serve(message)

    def _load(self, opening: Open) -> None:
        check_version()
        # lm_eval_private is the first of all that imports lm-eval: it hides chardet meanwhile.
        from stack_tui.benchmarks.harness import lm_eval_private  # isort: skip
        from stack_tui.benchmarks.harness import (
            chat_rendering,
            conversations,
            random_sample,
            request_building,
            task_loading,
        )

        lm_eval_private.memoize_templates()
        lm_eval_private.parse_yaml_in_c()
        if self._spec.datasets:
            lm_eval_private.redirect_datasets(Path(self._spec.datasets).resolve())
        template, tokens = opening.chat_template, opening.template_tokens
        self._conversations = conversations.Conversations(
            template=chat_rendering.template_renderer(template, tokens) if template else None,
            no_template=opening.no_template,
            messages=opening.messages,
        )
        self._built: dict[str, request_building.LoadedTask] = {}
        self._begun: dict[str, Iterator[Documents]] = {}
        self._metrics: dict[str, str] = {}

        def on_task(task: Any) -> None:
            built = request_building.prepare(task, self._spec)
            self._built[built.name] = built
            self._metrics[built.name] = request_building.primary_metric(task)
            chosen_later = self._spec.samples or self._spec.sample  # when all tasks are known
            if len(self._built) == 1 and not chosen_later:
                self._begin_early(built)

        loaded = task_loading.load_tasks(self._spec, opening.entries, opening.metadata, on_task)
        task_loading.refuse_difference(
            loaded, {name: one.task for name, one in self._built.items()}
        )
        if self._spec.sample is not None:
            random_sample.draw(list(self._built.values()), self._spec.sample, self._spec.seed)
        self._manager, self._loaded = loaded.manager, loaded.items
        groups = request_building.groups_of(self._loaded)
        self._send_loaded(groups, complete=True, replaced=loaded.replaced)

    def _begin_early(self, built: Any) -> None:
        """Build the first task's first documents before the other tasks are loaded.

        A task that draws from Python's or numpy's global generator waits instead: its prompts would
        depend on what is loaded in between.
        """
        import numpy as np

        before, drawn = random.getstate(), np.random.get_state()
        self._send_loaded({built.name: ()}, complete=False)
        steps = self._documents(built, _FIRST_BATCH)
        first = next(steps, None)
        if random.getstate() != before or str(np.random.get_state()) != str(drawn):
            random.setstate(before)
            np.random.set_state(drawn)
            built.start_over(self._spec)
            return
        if first is not None:
            self.send(first)
            self._wanted -= 1
            self._begun[built.name] = steps

    def _send_loaded(
        self,
        groups: dict[str, tuple[str, ...]],
        *,
        complete: bool,
        replaced: dict[str, int] | None = None,
    ) -> None:
        from stack_tui.benchmarks.harness import request_building

        tasks = [
            request_building.plan_of(self._built[name], above) for name, above in groups.items()
        ]
        self.send(Loaded(tasks=tasks, complete=complete, replaced=replaced or {}))

    def _documents(self, built: Any, first: int) -> Iterator[Documents]:
        """Yield the task's documents in batches; the first batch determines the shared prefix."""
        from stack_tui.benchmarks.harness import request_building

        batch: list[Any] = []
        size = first
        begun = False
        for doc_id, instances in built.documents(self._spec, self._conversations):
            batch.append((doc_id, instances))
            if len(batch) >= size:
                yield _batch_of(built, batch, request_building, begun)
                batch, size, begun = [], _BATCH, True
        if batch:
            yield _batch_of(built, batch, request_building, begun)
        if not built.instances:
            raise StackError(f"the task {built.name} has no documents")

    def _serve_until_wanted(self) -> None:
        """Serve what waits, and then whatever comes until the worker wants another batch."""
        while True:
            try:
                message = self._inbox.get(block=self._wanted <= 0)
            except queue.Empty:
                return
            if message is None:
                raise SystemExit(0)
            self._serve(message)

    def _serve(self, message: ToHarness) -> None:
        if isinstance(message, Answered):
            self.send(self._score(message))
        elif isinstance(message, More):
            self._wanted += 1
        elif isinstance(message, Conclude):
            self._conclude(message)

    def _score(self, message: Answered) -> Scored:
        """Return the document's metrics, or why a filter or metric of lm-eval raised."""
        from stack_tui.benchmarks.harness import document_scoring

        built = self._built[message.task]
        instances = built.instances[message.doc]
        try:
            document_scoring.enter(instances, message.values)
            return document_scoring.score(built, message.doc, self._metrics[message.task])
        except Exception as error:
            document_scoring.withdraw(instances)
            failure = internal_failure(error)
            return Scored(task=message.task, doc=message.doc, metrics={}, failure=failure)

    def _conclude(self, message: Conclude) -> None:
        from stack_tui.benchmarks.harness import replay

        results, table, missing = replay.score_of_record(
            self._spec,
            self._manager,
            self._loaded,
            self._built,
            Path(message.folder),
            message.model,
            message.model_args,
        )
        kept = {key: results[key] for key in _KEPT_RESULTS if key in results}
        self.send(Concluded(results=_plain(kept), table=table, missing=missing))


_KEPT_RESULTS = (
    "results",
    "groups",
    "group_subtasks",
    "versions",
    "n-shot",
    "higher_is_better",
    "n-samples",
)


def _batch_of(built: Any, batch: list[Any], plan: Any, begun: bool) -> Documents:
    prefixes = {}
    if not begun:
        built.prefix = plan.shared_prefix([made for _, made in batch])
        if built.prefix is not None:
            prefixes[plan.prefix_id(built.prefix)] = built.prefix
    documents = [plan.as_document(built, doc_id, made) for doc_id, made in batch]
    return Documents(documents=documents, prefixes=prefixes)


def _plain(value: Any) -> Any:
    """Return lm-eval's results as plain data: numpy numbers as Python's, the rest as text."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if hasattr(value, "item"):
        value = value.item()
    return value if isinstance(value, bool | int | float | str) or value is None else str(value)


def _read(pipe: FramePipe, inbox: "queue.Queue[ToHarness | None]") -> None:
    for message in pipe.messages():
        inbox.put(message)
    inbox.put(None)


def main() -> None:
    """Serve the process that started this one."""
    frames, worker = (int(number) for number in sys.argv[1:])
    guard_group(worker, frames)
    pipe = FramePipe(frames)
    inbox: queue.Queue[ToHarness | None] = queue.Queue()
    threading.Thread(target=_read, args=(pipe, inbox), daemon=True).start()
    harness = Harness(pipe, inbox)
    try:
        harness.run()
    except BrokenPipeError:
        return
    except StackError as error:
        harness.send(
            Failed(
                what=error.what,
                where=error.where,
                remedy=error.remedy,
                resumable=error.resumable,
            )
        )
    except Exception as error:
        harness.send(
            Failed(
                what=f"lm-eval failed: {one_line(f'{type(error).__name__}: {error}', 500)}",
                remedy="The traceback is in the worker's log.",
            )
        )
        raise


if __name__ == "__main__":
    main()
