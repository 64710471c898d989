"""A suite and specs for tests of the commands."""

from stack_tui.config.decode import Endpoint
from stack_tui.runs.spec import RunSpec, SuiteSubject

SUITE = '[suite]\nname = "tiny"\nprompt = "Summarize: {input}"\n' + "".join(
    f'\n[[case]]\nid = "case-{n}"\ninput = "The passage number {n} is long enough for a summary."\n'
    "max_words = 99\n"
    for n in range(3)
)


def spec_of(name: str, *, note: str = "") -> RunSpec:
    """Return the spec of a run of SUITE."""
    return RunSpec(
        id=name,
        created="2026-11-24T10:00:00+00:00",
        endpoint=Endpoint(name="local", url="http://127.0.0.1:8000/v1", model="tiny"),
        subject=SuiteSubject(name="tiny", path="cases/tiny.toml", sha256="0" * 64),
        note=note,
    )
