"""Which endpoints are listed."""

from pathlib import Path

import msgspec
import pytest

from stack_tui.config import decode
from stack_tui.config.decode import EMBEDDED, Config, Defaults, Endpoint
from stack_tui.config.resolve import EMBEDDED_ENDPOINT
from stack_tui.tui.state.endpoint_list import KnownEndpoints, steadied
from tests.tui.data import JUDGE, LOCAL, up

FOUND = Endpoint(name="localhost:8000", url="http://127.0.0.1:8000/v1/")
OTHER = Endpoint(name="localhost:11434", url="http://127.0.0.1:11434/v1")


def configured(*endpoints: Endpoint) -> Config:
    return Config(endpoints={endpoint.name: endpoint for endpoint in endpoints})


def test_what_is_configured_comes_first_and_what_is_found_is_added() -> None:
    listed = KnownEndpoints(found=(OTHER,)).views(configured(LOCAL, JUDGE), [])
    assert [(seen.endpoint.name, seen.origin) for seen in listed] == [
        ("local", "configured"),
        ("judge", "configured"),
        ("localhost:11434", "found here"),
    ]


def test_a_server_that_is_configured_is_not_listed_again_when_found() -> None:
    assert [
        seen.endpoint for seen in KnownEndpoints(found=(FOUND,)).views(configured(LOCAL), [])
    ] == [LOCAL]


@pytest.mark.parametrize("written", ["http://127.0.0.1:8000", "http://127.0.0.1:8000/v1/"])
def test_a_server_is_listed_once_however_its_url_is_written(written: str) -> None:
    text = f'[endpoints.local]\nurl = "{written}"\n'
    config = decode.decode(text, Path("stack-tui.toml"))
    listed = KnownEndpoints(found=(FOUND,)).views(config, [])
    assert [seen.origin for seen in listed] == ["configured"]


def test_an_endpoint_of_an_active_run_is_listed_though_it_is_not_configured() -> None:
    listed = KnownEndpoints().views(configured(LOCAL), [OTHER, LOCAL])
    assert [seen.origin for seen in listed] == ["configured", "used by a run"]


def test_another_model_on_the_same_server_is_another_endpoint() -> None:
    other = Endpoint(name="local-2", url=LOCAL.url, model="org/other")
    assert len(KnownEndpoints().views(configured(LOCAL, other), [])) == 2


def test_the_embedded_endpoint_is_offered_last_where_it_is_installed() -> None:
    assert (
        KnownEndpoints(embedded=True).views(configured(LOCAL), [])[-1].endpoint == EMBEDDED_ENDPOINT
    )
    named = Endpoint(name="tiny", url=EMBEDDED)
    assert [
        seen.endpoint for seen in KnownEndpoints(embedded=True).views(configured(named), [])
    ] == [named]


def test_the_latest_answer_stands_beside_its_endpoint() -> None:
    health = up()
    assert KnownEndpoints(healths={LOCAL: health}).views(configured(LOCAL), [])[0].health is health


def test_a_latency_that_hardly_changed_is_shown_as_before() -> None:
    before = up()
    near = msgspec.structs.replace(before, latency_s=0.015)
    far = msgspec.structs.replace(before, latency_s=0.5)
    assert steadied(near, before).latency_s == before.latency_s
    assert steadied(far, before).latency_s == 0.5
    assert steadied(near, None) is near


def test_what_an_endpoint_is_taken_for_by_default_stands_beside_it() -> None:
    defaults = Defaults(endpoint="local", judges=("judge", "local"))
    config = Config(endpoints={"local": LOCAL, "judge": JUDGE}, defaults=defaults)
    listed = KnownEndpoints(found=(OTHER,)).views(config, [])
    assert [seen.roles for seen in listed] == [("default", "judge"), ("judge",), ()]
