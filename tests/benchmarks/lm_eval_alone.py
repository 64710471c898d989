"""lm-eval itself on the known model, with nothing of ours around it: the numbers to be equal to.

python -m tests.benchmarks.lm_eval_alone OUTPUT LIMIT TASK=FEWSHOT...   in the datasets' folder
"""

import json
import sys
from typing import Any

from lm_eval.api.model import LM
from lm_eval.evaluator import simple_evaluate
from lm_eval.loggers import EvaluationTracker
from lm_eval.tasks import TaskManager

from stack_tui.benchmarks.catalog.task_index import OWN_TASKS
from tests.benchmarks.known_model import KnownModel


class Direct(LM):  # type: ignore[misc]
    """The known model, asked without any server."""

    def __init__(self) -> None:
        super().__init__()
        self._model = KnownModel()

    def loglikelihood(self, requests: Any) -> list[tuple[float, bool]]:
        """Score each continuation token by token, split as lm-eval's models split it."""
        return [self._score(*request.args) for request in requests]

    def _score(self, context: str, continuation: str) -> tuple[float, bool]:
        spaces = len(context) - len(context.rstrip())
        if spaces:
            context, continuation = context[:-spaces], context[-spaces:] + continuation
        given = self._model.encode(context)
        whole = self._model.encode(context + continuation)
        scored = [
            self._model.logprob(whole[:at], whole[at]) for at in range(len(given), len(whole))
        ]
        ranks = [self._model.rank(whole[:at], whole[at]) for at in range(len(given), len(whole))]
        return sum(scored), all(rank == 1 for rank in ranks)

    def loglikelihood_rolling(self, requests: Any) -> list[float]:
        """No task of these tests asks for it."""
        raise AssertionError(requests)

    def generate_until(self, requests: Any) -> list[str]:
        """Return what the model says."""
        model = self._model
        return [
            model.decode(model.generate(model.encode(request.args[0]), 256)) for request in requests
        ]


def main() -> None:
    """Run each task on its own and write lm-eval's files."""
    output, limit, *wanted = sys.argv[1:]
    manager = TaskManager(include_path=str(OWN_TASKS))
    for one in wanted:
        task, _, fewshot = one.partition("=")
        tracker = EvaluationTracker(output_path=f"{output}/{task}")
        results = simple_evaluate(
            model=Direct(),
            model_args={"model": "fake-model"},
            tasks=[task],
            num_fewshot=int(fewshot) if fewshot else None,
            limit=float(limit),
            evaluation_tracker=tracker,
            task_manager=manager,
        )
        samples = results.pop("samples")
        tracker.save_results_aggregated(results=results, samples=samples)
        for name in results["configs"]:
            tracker.save_results_samples(task_name=name, samples=samples[name])
    print(json.dumps({"done": wanted}))


if __name__ == "__main__":
    main()
