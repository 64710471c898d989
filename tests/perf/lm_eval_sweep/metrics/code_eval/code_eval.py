"""A stand-in for the metric `code_eval`: it runs each program in a process of its own."""

import multiprocessing
from typing import Any

import datasets
import evaluate  # type: ignore[import-untyped]

_TIMEOUT_S = 5.0


class CodeEval(evaluate.Metric):  # type: ignore[misc]
    """Which share of the candidate programs passes the tests."""

    def _info(self) -> Any:
        return evaluate.MetricInfo(
            description="Stand-in for code_eval.",
            citation="",
            inputs_description="",
            features=datasets.Features(
                {
                    "predictions": datasets.Sequence(datasets.Value("string")),
                    "references": datasets.Value("string"),
                }
            ),
        )

    def _compute(self, predictions: Any, references: Any, k: Any = (1,)) -> Any:
        passed = [
            [_passes(f"{candidate}\n{test}") for candidate in candidates]
            for candidates, test in zip(predictions, references, strict=True)
        ]
        shares = [sum(one) / len(one) for one in passed]
        return {f"pass@{k[0]}": sum(shares) / len(shares)}, {}


def _passes(program: str) -> bool:
    process = multiprocessing.Process(target=exec, args=(program, {}))
    process.start()
    process.join(_TIMEOUT_S)
    if process.is_alive():
        process.kill()
        process.join()
    return process.exitcode == 0
