"""The score of record: lm-eval's own `simple_evaluate` over the recorded answers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lm_eval.api.group import Group
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from lm_eval.api.task import Task
from lm_eval.evaluator import simple_evaluate
from lm_eval.loggers import EvaluationTracker
from lm_eval.tasks import TaskManager
from lm_eval.utils import make_table

from stack_tui.benchmarks.harness.document_results import DocumentResults, RecordedResults
from stack_tui.benchmarks.harness.lm_eval_private import set_requests, set_results
from stack_tui.benchmarks.harness.loading_errors import TaskError
from stack_tui.benchmarks.harness.request_building import LoadedTask
from stack_tui.benchmarks.harness.task_loading import name_of
from stack_tui.runs.spec import BenchmarkSubject


class Replay(LM):  # type: ignore[misc]
    """A model that answers each request with its recorded answer."""

    tokenizer_name = ""

    def __init__(self) -> None:
        super().__init__()
        self._left: dict[int, list[Any]] = {}

    def record(self, instances: Sequence[Instance]) -> None:
        """Store and clear the instances' answers, which `simple_evaluate` will ask for."""
        for instance in instances:
            self._left[id(instance)] = list(reversed(instance.resps))
            instance.resps = []
            instance.filtered_resps = {}

    def _answer(self, requests: Sequence[Instance]) -> list[Any]:
        return [self._left[id(request)].pop() for request in requests]

    def loglikelihood(self, requests: list[Instance]) -> list[tuple[float, bool]]:
        """Return the recorded log-probabilities."""
        return self._answer(requests)

    def loglikelihood_rolling(self, requests: list[Instance]) -> list[float]:
        """Return the recorded log-probabilities of whole texts."""
        return self._answer(requests)

    def generate_until(self, requests: list[Instance]) -> list[str]:
        """Return the recorded outputs."""
        return self._answer(requests)

    def apply_chat_template(self, chat_history: Any, add_generation_prompt: bool = True) -> Any:
        """Raise: the requests are built already, so there is nothing to template."""
        raise TaskError("lm-eval tried to build a prompt for the score of record")


def score_of_record(
    spec: BenchmarkSubject,
    manager: TaskManager,
    loaded: Sequence[Task | Group],
    built: Mapping[str, LoadedTask],
    folder: Path,
    model: str,
    model_args: Mapping[str, Any],
) -> tuple[dict[str, Any], str, dict[str, int]]:
    """Return results, tables and the number of missing documents by task; write files to `folder`.

    A document without answers is left out by lm-eval's own `samples`; a task without any answered
    document is left out as a whole, with its groups. The results name the missing ones too.
    """
    replay = Replay()
    missing = {name: one.count - len(_answered(one)) for name, one in built.items()}
    incomplete = any(missing.values())
    by_id = incomplete or bool(spec.samples) or spec.sample is not None
    picked = {name: _answered(one) for name, one in built.items() if _answered(one)}
    for name in picked:
        _hold(built[name], replay, picked[name], incomplete)
    items = [item for one in loaded for item in _with_answers(one, picked)]
    if not items:
        raise TaskError("no document has an answer", remedy="Check its errors, then resume it.")
    tracker = EvaluationTracker(output_path=str(folder))
    chosen = {n: [built[n].dataset_id(doc) for doc in docs] for n, docs in picked.items()}
    results = simple_evaluate(
        model=replay,
        model_args=dict(model_args),
        tasks=items,
        limit=None if by_id else spec.limit,
        samples=chosen if by_id else None,
        evaluation_tracker=tracker,
        system_instruction=spec.system,
        apply_chat_template=spec.apply_chat_template,
        fewshot_as_multiturn=spec.fewshot_as_multiturn,
        gen_kwargs=dict(spec.gen) or None,
        task_manager=manager,
        fewshot_random_seed=spec.seed,
        confirm_run_unsafe_code=spec.confirm_unsafe,
    )
    results["config"]["model"] = model
    if incomplete:
        results["config"]["incomplete"] = {name: count for name, count in missing.items() if count}
    samples = results.pop("samples")
    tracker.save_results_aggregated(results=results, samples=samples)
    for name in results["configs"]:
        tracker.save_results_samples(task_name=name, samples=samples[name])
    table = str(make_table(results))
    if "groups" in results:
        table += "\n" + str(make_table(results, "groups"))
    return results, table, {name: count for name, count in missing.items() if count}


def _answered(built: LoadedTask) -> list[int]:
    return sorted(doc for doc, made in built.instances.items() if all(one.resps for one in made))


def _hold(built: LoadedTask, replay: Replay, docs: Sequence[int], incomplete: bool) -> None:
    """Give the task the instances of `docs` and their results; `replay` holds the answers."""
    instances: list[Instance] = []
    scored: list[tuple[int, Any, DocumentResults]] = []
    for place, doc in enumerate(docs):
        made = built.instances[doc]
        replay.record(made)
        index = place if incomplete else doc
        for one in made:
            one.doc_id = index
        instances += made
        scored.append((index, made[0].doc, built.results[doc]))
    set_requests(built.task, instances)
    set_results(built.task, RecordedResults(built.task.process_results, scored))


def _with_answers(item: Task | Group, picked: Mapping[str, Sequence[int]]) -> list[Task | Group]:
    """Return the item, or the part of it whose tasks have answers."""
    if not isinstance(item, Group):
        return [item] if name_of(item) in picked else []
    if all(name_of(task) in picked for task in item.get_all_tasks()):
        return [item]
    return [left for child in item for left in _with_answers(child, picked)]
