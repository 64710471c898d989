"""Tell a difference between two runs from the noise that a repeated run measured."""

from collections.abc import Iterator
from pathlib import Path

from stack_tui.errors import StackError
from stack_tui.reports.measures.comparison import Comparison
from stack_tui.reports.measures.effects import RATE
from stack_tui.reports.measures.noise import noise_of
from stack_tui.reports.number_format import format_points
from stack_tui.runs.spec import RunSpec
from stack_tui.runs.store import Run, folders, read_spec


def noise_warning(comparison: Comparison, *runs: Run) -> str:
    """Return a warning if the pass rates differ by less than the noise floor, else "".

    The floor is that of the latest noise run of the same suite, endpoint and model in the folder
    of runs.
    """
    effect = comparison.effect(RATE)
    if effect is None or not effect.difference:
        return ""
    for run in runs:
        for folder in _noise_runs(run):
            measured = Run(folder)
            measured.refresh()
            noise = noise_of(measured.view)
            if noise is None or noise.floor is None:
                continue
            if abs(effect.difference) < noise.floor:
                return (
                    f"a difference of {format_points(abs(effect.difference))} is under the noise "
                    f"floor of {format_points(noise.floor)} that {folder.name} measured"
                )
            break
    return ""


def _noise_runs(run: Run) -> Iterator[Path]:
    """Yield the noise runs of the run's suite, endpoint and model, the latest first."""
    for folder in reversed(folders(run.folder.parent)):
        try:
            # Searching the text is cheaper than decoding the spec, and few runs are noise runs.
            if "noise = true" in (folder / "run.toml").read_text(encoding="utf-8"):
                spec = read_spec(folder)
                if spec.noise and _subject(spec) == _subject(run.spec):
                    yield folder
        except (StackError, OSError, UnicodeDecodeError):
            continue


def _subject(spec: RunSpec) -> tuple[str, str, str | None]:
    return spec.subject.name, spec.endpoint.url, spec.endpoint.model
