"""Another version of lm-eval than the tested ones is refused, with what to do."""

import importlib.metadata
import tomllib
from pathlib import Path
from typing import Any

import pytest

from stack_tui.benchmarks.harness import lm_eval_version
from stack_tui.benchmarks.harness.lm_eval_version import check_version
from stack_tui.errors import StackError


class Installed:
    def __init__(self, version: str) -> None:
        self.version = version

    def locate_file(self, path: str) -> str:
        return f"/site-packages/{path}"


@pytest.mark.parametrize("version", ["0.4.13", "0.4.13.1", "0.4.13.post2"])
def test_a_tested_version_is_accepted(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "distribution", lambda _: Installed(version))
    check_version()


@pytest.mark.parametrize("version", ["0.4.12", "0.4.14", "0.4.130", "0.5.0", "1.0"])
def test_another_version_is_refused_with_what_where_and_remedy(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.metadata, "distribution", lambda _: Installed(version))
    with pytest.raises(StackError) as refused:
        check_version()
    assert version in refused.value.what
    assert refused.value.where == "/site-packages/lm_eval"
    assert "lm-eval[api]==0.4.13" in refused.value.remedy


def test_the_installed_version_is_a_tested_one() -> None:
    check_version()


def test_the_package_pins_the_tested_versions() -> None:
    project: Any = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    (pin,) = [one for one in project["project"]["dependencies"] if one.startswith("lm-eval")]
    assert pin == f"lm-eval[api]>={lm_eval_version.TESTED[0]},<0.4.14"
