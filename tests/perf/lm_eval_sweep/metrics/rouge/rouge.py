"""A stand-in for the metric `rouge`: the F1 of the package `rouge_score`."""

from typing import Any

import datasets
import evaluate  # type: ignore[import-untyped]
from rouge_score import rouge_scorer  # type: ignore[import-untyped]


class Rouge(evaluate.Metric):  # type: ignore[misc]
    """The mean F1 of the best reference of each prediction."""

    def _info(self) -> Any:
        return evaluate.MetricInfo(
            description="Stand-in for rouge.",
            citation="",
            inputs_description="",
            features=datasets.Features(
                {
                    "predictions": datasets.Value("string"),
                    "references": datasets.Sequence(datasets.Value("string")),
                }
            ),
        )

    def _compute(self, predictions: Any, references: Any) -> Any:
        names = ["rouge1", "rouge2", "rougeL"]
        scorer = rouge_scorer.RougeScorer(names)
        found = [
            scorer.score_multi(texts, one)
            for one, texts in zip(predictions, references, strict=True)
        ]
        return {name: sum(one[name].fmeasure for one in found) / len(found) for name in names}
