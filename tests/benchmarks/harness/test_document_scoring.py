"""Which documents pass by a metric."""

from types import SimpleNamespace
from typing import Any

import pytest

pytestmark = pytest.mark.filterwarnings("ignore")


def task(**directions: Any) -> Any:
    """A task of which only the directions of its metrics matter."""
    return SimpleNamespace(higher_is_better=lambda: directions)


@pytest.mark.parametrize(
    ("value", "lower", "passed"),
    [
        (1.0, False, True),
        (0.0, False, False),
        (1.0, True, False),
        (0.0, True, True),
        (0.5, False, None),
        (None, False, None),
    ],
)
def test_a_document_passes_by_0_or_1_alone(
    value: float | None, lower: bool, passed: bool | None
) -> None:
    from stack_tui.benchmarks.harness.document_scoring import does_pass

    assert does_pass(value, lower=lower) is passed


def test_the_direction_of_a_metric_is_what_lm_eval_says() -> None:
    from stack_tui.benchmarks.harness.request_building import is_higher_better

    found = task(ter=False, acc=True, odd="max")
    metrics = ("ter,none", "acc,none", "odd,none", "new,none")
    directions = [is_higher_better(found, metric) for metric in metrics]
    assert directions == [False, True, None, None]
