"""Files of other people: bounded before they cost anything, and clear in what is wrong."""

import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stack_tui.config import config_edit
from stack_tui.config import decode as configuration
from stack_tui.config.decode import Endpoint
from stack_tui.errors import StackError
from stack_tui.suites.model import suite_store
from stack_tui.toml_edit import bounded_toml, edit, held_file

BOMBS = {
    "dotted key": "a" + ".a" * 20_000 + " = 1",
    "dotted header": "[a" + ".a" * 20_000 + "]",
    "quoted key": '"a"' + '."a"' * 20_000 + " = 1",
    "nested lists": "a = " + "[" * 5000 + "]" * 5000,
    "nested tables": "a = " + "{a = " * 3000 + "1" + "}" * 3000,
    "digits": "a = " + "9" * 5000,
    "no date": "a = 2026-13-45",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_an_error_with_its_file_at_once(bomb: str, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(bomb)
    began = time.monotonic()
    with pytest.raises(StackError, match=r"x\.toml"):
        configuration.load(path)
    with pytest.raises(StackError, match=r"x\.toml"):
        suite_store.load(path)
    with pytest.raises(StackError):
        edit.set_values(bomb, ("a",), {})
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "text",
    [
        'a = """' + "a." * 200 + '"""',
        "a = 1 # " + "a." * 200,
        "a = [" + "0.5, " * 200 + "]",
        "a = '" + "1.2" * 200 + "'",
    ],
)
def test_points_in_texts_and_numbers_are_no_long_key(text: str) -> None:
    assert bounded_toml.loads(text) == tomllib.loads(text)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    with path.open("wb") as file:
        file.truncate(10 * 2**30)
    with pytest.raises(StackError, match="larger than 64 MiB"):
        configuration.load(path)


@pytest.mark.parametrize("written", ["holdout = true", "holdout = false # kept", "x = [true, 1]"])
def test_booleans_are_changed_like_any_other_value(written: str) -> None:
    text = f"[a]\n{written}\n"
    key = written.partition(" ")[0]
    for value in (True, False, [True, True], "text"):
        changed = edit.set_values(text, ("a",), {key: value, "other": "new"})
        assert tomllib.loads(changed) == {"a": {key: value, "other": "new"}}
    assert edit.set_values(text, ("a",), {**tomllib.loads(text)["a"], "b": 1}).startswith(text)


def test_one_is_not_true() -> None:
    changed = edit.set_values("[a]\nx = true\ny = [true]\n", ("a",), {"x": 1, "y": [1], "z": 2})
    assert changed.startswith("[a]\nx = 1\ny = [1]\n")


def test_no_change_of_the_configuration_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "stack-tui.toml"

    def add(number: int) -> None:
        endpoint = Endpoint(name=f"e{number}", url="http://127.0.0.1:1/v1")
        config_edit.change(path, lambda text: config_edit.put_endpoint(text, endpoint))

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(add, range(12)))
    assert set(configuration.load(path).endpoints) == {f"e{number}" for number in range(12)}


def test_of_two_new_files_of_one_name_one_is_written(tmp_path: Path) -> None:
    def create(number: int) -> bool:
        try:
            held_file.create(tmp_path / "s.toml", f"# {number}", "")
        except held_file.FileChanged:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(create, range(12))) == 1
