"""The attempts of a suite: each repeat and temperature at which all of its cases are asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from stack_tui.runs.events import SampleKey
from stack_tui.suites.model.case import Case, Suite


@dataclass(frozen=True, slots=True)
class Attempt:
    """One pass over every case; `setting` is its temperature if the run has several, else None."""

    temperature: float
    repeat: int = 0
    seed: int | None = None
    setting: float | None = None

    def key(self, suite: Suite, case: Case) -> SampleKey:
        """Return the key of the case's sample in this attempt."""
        return (suite.name, case.id, self.repeat, self.setting)


def sampling_plan(
    suite: Suite, repeats: int, temperatures: Sequence[float] = (), *, alike: bool = False
) -> list[Attempt]:
    """Return the attempts, repeat by repeat; `temperatures` defaults to the suite's.

    Each repeat has its own seed, unless `alike` asks for the same request each time.
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
