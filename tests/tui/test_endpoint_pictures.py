"""What the screens of an endpoint look like."""

from pathlib import Path

import pytest

from tests.tui.test_pictures import FINISHED, SIZES, Compare, _utc, picture

__all__ = ["_utc"]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder without a configuration; what an endpoint can do is asked by nobody."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "stack_tui.tui.endpoints.endpoint_screen._is_idle_and_near", lambda _: False
    )


@pytest.mark.parametrize("size", SIZES)
def test_an_endpoint_on_the_whole_screen(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert picture(snap_compare, FINISHED, "1", "enter", size=size)


@pytest.mark.parametrize("size", SIZES)
def test_the_form_of_an_endpoint(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert picture(snap_compare, FINISHED, "1", "e", "tab", "x", size=size)


def test_the_form_of_an_endpoint_in_sixteen_colours(snap_compare: Compare) -> None:
    keys = ("1", "a", "x", "ctrl+s")
    assert picture(snap_compare, FINISHED, *keys, size=(80, 24), theme="stack-16")


def test_removing_an_endpoint(snap_compare: Compare) -> None:
    assert picture(snap_compare, FINISHED, "1", "D", size=(80, 24))


@pytest.mark.parametrize("size", SIZES)
def test_the_latencies(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert picture(snap_compare, FINISHED, "1", "t", size=size)
