"""The takes of a suite: each repeat and temperature in which all of its cases are asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from stack_tui.runs.events import SampleKey
from stack_tui.suites.model.case import Case, Suite


@dataclass(frozen=True, slots=True)
class Attempt:
    """One asking of every case; `setting` is its temperature where the run has several of them."""

    temperature: float
    repeat: int = 0
    seed: int | None = None
    setting: float | None = None

    def key(self, suite: Suite, case: Case) -> SampleKey:
        """Return what identifies the sample that comes of the case."""
        return (suite.name, case.id, self.repeat, self.setting)


def sampling_plan(
    suite: Suite, repeats: int, temperatures: Sequence[float] = (), *, alike: bool = False
) -> list[Attempt]:
    """Return the takes, repeat by repeat; without temperatures those of the suite hold.

    Each repeat has a seed of its own, unless all are to be asked `alike`.
    """
    chosen = tuple(temperatures) or suite.temperatures
    return [
        Attempt(
            temperature=temperature,
            repeat=repeat,
            seed=None if suite.seed is None else suite.seed + (0 if alike else repeat),
            setting=temperature if len(chosen) > 1 else None,
        )
        for repeat in range(repeats)
        for temperature in chosen
    ]
