"""What each front door imports, and what it must not pay for."""

import subprocess
import sys
from graphlib import TopologicalSorter

import grimp
import pytest

HEAVY = (
    "lm_eval",
    "datasets",
    "scipy",
    "numpy",
    "httpx",
    "aiohttp",
    "jsonschema",
    "jinja2",
    "xllamacpp",
)


@pytest.mark.parametrize(
    ("statement", "kept_out"),
    [
        (
            "from stack_tui.cli.command_line import run; run(['--help'])",
            (*HEAVY, "textual", "rich", "tomlkit"),
        ),
        (
            "import stack_tui.tui.app",
            (*HEAVY, "stack_tui.endpoints.client", "stack_tui.reports.measures.summary"),
        ),
        ("import stack_tui.worker.execute", ("lm_eval", "textual")),
    ],
    ids=["help", "app", "worker"],
)
def test_a_front_door_does_not_pay_for_what_it_does_not_need(
    statement: str, kept_out: tuple[str, ...]
) -> None:
    script = f"{statement}\nimport sys; print('loaded:', *sorted(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(ran.stdout.rpartition("loaded:")[2].split())
    assert loaded.isdisjoint(kept_out)


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports for typing only and inside functions count: a circle is two things that are one."""
    graph = grimp.build_graph("stack_tui")
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imports).prepare()
