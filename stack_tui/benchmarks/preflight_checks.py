"""Checks on a benchmark run before its folder is made."""

from pathlib import Path

from stack_tui.benchmarks.catalog.catalog import Catalog, TaskMember
from stack_tui.benchmarks.generation_settings import refuse_wrong_settings
from stack_tui.benchmarks.scoring import methods
from stack_tui.benchmarks.scoring.model_tokenizer import FileTokenizer, named_file
from stack_tui.endpoints.probe import Capabilities
from stack_tui.errors import StackError
from stack_tui.runs.spec import BenchmarkSubject


def refuse_early(benchmark: BenchmarkSubject, catalog: Catalog, capabilities: Capabilities) -> None:
    """Raise StackError for unknown names, missing places, and tasks that cannot run here."""
    choices = {
        "--limit": benchmark.limit is not None,
        "--sample": benchmark.sample is not None,
        "--samples": bool(benchmark.samples),
    }
    if len(given := [name for name, is_given in choices.items() if is_given]) > 1:
        raise StackError(f"{' and '.join(given)} cannot be combined", remedy="Give one of them.")
    refuse_wrong_settings(benchmark.gen)
    if benchmark.datasets and not Path(benchmark.datasets).is_dir():
        raise StackError("no such folder", where=benchmark.datasets, remedy="Check --datasets.")
    if benchmark.tokenizer:
        named_file(benchmark.tokenizer)
    members = _members_of(benchmark, catalog)
    _refuse_wrong_samples(benchmark, {member.name for member in members})
    facts = [member.facts() for member in members]
    methods.refuse_unable(facts, catalog, capabilities, benchmark.protocol)


async def tokens_to_try(benchmark: BenchmarkSubject) -> list[int]:
    """Return tokens of the tokenizer that the run names, to try prompts of tokens with."""
    if not benchmark.tokenizer:
        return []
    tokenizer = FileTokenizer(named_file(benchmark.tokenizer))
    return (await tokenizer.encode(["Hello, world"]))[0]


def _refuse_wrong_samples(benchmark: BenchmarkSubject, names: set[str]) -> None:
    for name, indexes in benchmark.samples.items():
        if name not in names:
            raise StackError(f"--samples names {name!r}, which is not a task of this run")
        if indexes and min(indexes) < 0:
            raise StackError(
                f"--samples names document {min(indexes)} of the task {name}",
                remedy="Documents are numbered from 0.",
            )


def all_data_is_at_hand(benchmark: BenchmarkSubject, catalog: Catalog) -> bool:
    """Return whether --datasets has all that the tasks need, so that the hub is not needed."""
    if not benchmark.datasets:
        return False
    folder = Path(benchmark.datasets)
    known = [member.facts() for member in _members_of(benchmark, catalog)]
    return all((folder / facts.dataset).is_dir() for facts in known if facts.dataset)


def _members_of(benchmark: BenchmarkSubject, catalog: Catalog) -> list[TaskMember]:
    """Return the tasks that the run's names expand to; raises StackError for one without tasks."""
    found: list[TaskMember] = []
    for name in benchmark.tasks:
        members = catalog.members(name)
        if not members:
            raise StackError(f"{name} holds no tasks", remedy="Check the group's `task` list.")
        found += members
    return found
