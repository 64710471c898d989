"""A stand-in for the metric `squad_v2`: exact matches and F1 of words, in percent."""

from collections import Counter
from typing import Any

import datasets
import evaluate  # type: ignore[import-untyped]


class SquadV2(evaluate.Metric):  # type: ignore[misc]
    """How well the predicted answers match any of the references."""

    def _info(self) -> Any:
        return evaluate.MetricInfo(
            description="Stand-in for squad_v2.",
            citation="",
            inputs_description="",
            features=datasets.Features(
                {
                    "predictions": {
                        "id": datasets.Value("string"),
                        "prediction_text": datasets.Value("string"),
                        "no_answer_probability": datasets.Value("float32"),
                    },
                    "references": {
                        "id": datasets.Value("string"),
                        "answers": datasets.Sequence(
                            {
                                "text": datasets.Value("string"),
                                "answer_start": datasets.Value("int32"),
                            }
                        ),
                    },
                }
            ),
        )

    def _compute(self, predictions: Any, references: Any) -> Any:
        exact, f1, doubt = 0.0, 0.0, 0.0
        for one, other in zip(predictions, references, strict=True):
            texts = other["answers"]["text"] or [""]
            exact += max(float(one["prediction_text"].strip() == text) for text in texts)
            f1 += max(_f1(one["prediction_text"], text) for text in texts)
            doubt += one["no_answer_probability"]
        scores = {
            "exact": exact,
            "f1": f1,
            "HasAns_exact": exact,
            "HasAns_f1": f1,
            "best_f1": doubt,
        }
        return {name: 100 * score / len(predictions) for name, score in scores.items()}


def _f1(one: str, other: str) -> float:
    same = sum((Counter(one.split()) & Counter(other.split())).values())
    return 2 * same / (len(one.split()) + len(other.split())) if same else 0.0
