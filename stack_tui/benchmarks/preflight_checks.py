"""Checks on a benchmark run before its folder is made."""

from pathlib import Path

from stack_tui.benchmarks.catalog.catalog import Catalog
from stack_tui.benchmarks.scoring import methods
from stack_tui.benchmarks.scoring.model_tokenizer import named_file
from stack_tui.endpoints.probe import Capabilities
from stack_tui.errors import StackError
from stack_tui.runs.spec import BenchmarkSubject


def refuse_early(benchmark: BenchmarkSubject, catalog: Catalog, capabilities: Capabilities) -> None:
    """Raise StackError for unknown names, missing places, and tasks that cannot run here."""
    if benchmark.limit is not None and benchmark.samples:
        raise StackError("--limit and --samples cannot be combined")
    if benchmark.datasets and not Path(benchmark.datasets).is_dir():
        raise StackError("no such folder", where=benchmark.datasets, remedy="Check --datasets.")
    if benchmark.tokenizer:
        named_file(benchmark.tokenizer)
    leaves = leaves_of(benchmark, catalog)
    for name in benchmark.samples:
        if name not in leaves:
            raise StackError(f"--samples names {name!r}, which is not a task of this run")
    methods.refuse_unable(leaves, catalog, capabilities, benchmark.protocol)


def all_data_is_at_hand(benchmark: BenchmarkSubject, catalog: Catalog) -> bool:
    """Return whether --datasets has all that the tasks need, so that the hub is not needed."""
    if not benchmark.datasets:
        return False
    folder = Path(benchmark.datasets)
    leaves = leaves_of(benchmark, catalog)
    known = [catalog.facts(name) for name in leaves if name in catalog.entries]
    return all((folder / facts.dataset).is_dir() for facts in known if facts.dataset)


def leaves_of(benchmark: BenchmarkSubject, catalog: Catalog) -> list[str]:
    """Return the tasks that the run's names expand to; raises UnknownTask."""
    return [leaf for name in benchmark.tasks for leaf in catalog.leaves(name)]
