"""URLs as people paste them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.config.decode import EMBEDDED, Endpoint
from stack_tui.config.urls import base_url, root_url
from stack_tui.endpoints.client import Client
from stack_tui.endpoints.transport import proxy_for


@pytest.mark.parametrize(
    ("pasted", "base"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/v1"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/v1"),
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("http://127.0.0.1:8000/v1//", "http://127.0.0.1:8000/v1"),
        ("http://127.0.0.1:8000/v1/chat/completions", "http://127.0.0.1:8000/v1"),
        ("http://127.0.0.1:8000/v1/completions/", "http://127.0.0.1:8000/v1"),
        ("http://127.0.0.1:11434/api/chat", "http://127.0.0.1:11434/v1"),
        ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"),
        ("https://host/v1beta/openai/", "https://host/v1beta/openai"),
        ("http://[::1]:8000", "http://[::1]:8000/v1"),
    ],
)
def test_a_pasted_url_becomes_the_base_url(pasted: str, base: str) -> None:
    assert base_url(pasted) == base
    assert base_url(base) == base


@given(
    st.lists(
        st.sampled_from(["", "v1", "models", "chat", "completions", "api", "chat/completions", "x"])
    )
)
def test_the_base_url_of_a_base_url_is_itself(parts: list[str]) -> None:
    base = base_url("http://h:1/" + "/".join(parts))
    assert base_url(base) == base


def test_an_endpoints_url_is_the_base_url_however_it_was_written() -> None:
    written = ("http://h:8000", "http://h:8000/", "http://h:8000/v1/", "http://h:8000/v1/models")
    assert {Endpoint(name="e", url=url).url for url in written} == {"http://h:8000/v1"}
    assert Endpoint(name="e", url=EMBEDDED).url == EMBEDDED


def test_the_servers_own_routes_lie_beside_v1() -> None:
    assert root_url("http://host/prefix/v1") == "http://host/prefix"


@pytest.mark.parametrize(
    "url",
    [
        "http://user:secret@host/v1",
        "http://host/v1?key=secret",
        "http://",
        "http://a b",
        "http://h:x",
    ],
)
def test_a_url_that_is_no_base_url_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(ValueError, match="url") as caught:
        Endpoint(name="e", url=url)
    assert "secret" not in str(caught.value)


def test_an_errors_place_is_the_name_and_the_url_in_use() -> None:
    client = Client(Endpoint(name="gpu", url="http://host:8000"))
    assert client.where == "endpoint gpu (http://host:8000/v1)"


def test_only_https_elsewhere_goes_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", "inside.example")
    assert proxy_for("https://api.openai.com/v1") == "http://proxy:3128"
    assert proxy_for("https://inside.example/v1") is None
    assert proxy_for("http://10.0.0.7:8000/v1") is None
    assert proxy_for("https://127.0.0.1:8000/v1") is None
