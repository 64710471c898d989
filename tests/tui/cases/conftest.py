"""Fixtures of the tests on suites and cases."""

from pathlib import Path

import pytest

from tests.tui.cases.suite_on_disk import TEXT


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a suite's file; drafts are kept beside it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "custom.toml"
    path.write_text(TEXT)
    return path
