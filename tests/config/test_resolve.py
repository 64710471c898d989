"""Who judges a run if the command, the suite, the configuration or nobody says so."""

import pytest

from stack_tui.config.decode import Config, Defaults, Endpoint
from stack_tui.config.resolve import EMBEDDED_ENDPOINT, resolve_judges, resolve_panel
from stack_tui.errors import StackError

LOCAL = Endpoint(name="local", url="http://127.0.0.1:8000/v1", model="small")
JUDGE = Endpoint(name="judge", url="https://judge.example/v1", model="large")
PLAIN = Config(endpoints={"local": LOCAL, "judge": JUDGE})
WITH_DEFAULT = Config(endpoints=PLAIN.endpoints, defaults=Defaults(judges=("judge",), panel="mean"))


def test_the_named_come_before_the_suites_and_these_before_the_default_ones() -> None:
    assert resolve_judges(WITH_DEFAULT, ("local",), ("self",), JUDGE) == (JUDGE,)
    assert resolve_judges(WITH_DEFAULT, ("local",), (), JUDGE) == (LOCAL,)
    assert resolve_judges(WITH_DEFAULT, (), (), LOCAL) == (JUDGE,)
    assert resolve_judges(PLAIN, (), (), LOCAL) == (LOCAL,)


def test_self_and_the_models_name_are_the_model_and_each_judge_is_asked_once() -> None:
    renamed = Endpoint(name="local", url=LOCAL.url, model="chosen for this run")
    names = ("self", "judge", "local", "judge")
    assert resolve_judges(PLAIN, names, (), renamed) == (renamed, JUDGE)


def test_the_built_in_endpoint_can_judge_without_being_configured() -> None:
    assert resolve_judges(PLAIN, ("embedded",), (), LOCAL) == (EMBEDDED_ENDPOINT,)


def test_a_misspelt_judge_is_an_error_that_names_the_one_that_is_meant() -> None:
    with pytest.raises(StackError, match="'jugde'") as caught:
        resolve_judges(PLAIN, ("self", "jugde"), (), LOCAL)
    assert "Did you mean judge?" in caught.value.remedy


def test_a_panel_is_named_or_the_suites_or_the_default_one_or_the_median() -> None:
    assert resolve_panel(WITH_DEFAULT, "majority", "median") == "median"
    assert resolve_panel(WITH_DEFAULT, "majority") == "majority"
    assert resolve_panel(WITH_DEFAULT, None) == "mean"
    assert resolve_panel(PLAIN, None) == "median"
