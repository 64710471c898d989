"""The versions of lm-eval that the harness works with."""

import importlib.metadata

from stack_tui.errors import StackError

# Those that tests/benchmarks/harness/test_lm_eval_private.py ran on; pyproject.toml pins the same.
TESTED = ("0.4.13",)


def check_version() -> None:
    """Raise StackError if the installed lm-eval is not one that the harness was tested on."""
    found = importlib.metadata.distribution("lm_eval")
    if not any(f"{found.version}.".startswith(f"{tested}.") for tested in TESTED):
        tested = ", ".join(TESTED)
        raise StackError(
            f"lm-eval {found.version} is installed, and benchmarks are tested on {tested} only",
            where=str(found.locate_file("lm_eval")),
            remedy=f"Install a tested version: pip install 'lm-eval[api]=={TESTED[-1]}'",
        )
