"""How the app's end is reported to the shell."""

from pathlib import Path
from typing import Any

import pytest

from stack_tui.config.decode import Config
from stack_tui.tui.app import AppCrashed, StackApp, run_app


@pytest.mark.parametrize("crashed", [False, True])
def test_an_app_that_crashed_is_an_error_with_its_exit_code(
    crashed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(app: StackApp, **_: Any) -> None:
        app._return_code = int(crashed)

    monkeypatch.setattr(StackApp, "run", run)
    for stream in ("stdin", "stdout"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True, raising=False)
    if not crashed:
        run_app(Config(), tmp_path)
        return
    with pytest.raises(AppCrashed) as caught:
        run_app(Config(), tmp_path)
    assert caught.value.exit_code == 4
