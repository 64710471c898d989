"""What is told of an endpoint: models, abilities, routes, and how busy it and the GPUs are."""

from datetime import UTC, datetime

import msgspec

from stack_tui.config.decode import EMBEDDED, Endpoint
from stack_tui.endpoints.capabilities import Capabilities
from stack_tui.endpoints.examine import ProbeResult
from stack_tui.endpoints.gpu import Gpu, Gpus, Process
from stack_tui.endpoints.kinds.server_kind import Model
from stack_tui.errors import Failure
from stack_tui.tui.endpoints.endpoint_page import brief_blocks, endpoint_blocks
from stack_tui.tui.endpoints.gpu_page import gpu_details
from stack_tui.tui.load_page import load_details
from stack_tui.tui.state.endpoint_list import EndpointView
from stack_tui.tui.state.metrics_history import Load, Series
from tests.tui.data import BEGAN, LOCAL, refused, text_of, up


def test_a_server_that_loads_models_tells_their_memory_and_when_they_go() -> None:
    until = datetime.fromtimestamp(BEGAN + 272, UTC).isoformat()
    models = (
        Model(id="small", loaded=True, size_bytes=3 << 30, vram_bytes=3 << 30, expires_at=until),
        Model(id="big", loaded=True, size_bytes=20 << 30, vram_bytes=15 << 30),
        Model(id="other", loaded=False),
    )
    health = msgspec.structs.replace(up(), server_kind="Ollama", models=models)
    shown = text_of(brief_blocks(EndpointView(LOCAL, "configured", health)))
    assert "small  3.0 GB in VRAM, unloads in 4:32" in shown
    assert "big  15.0 of 20.0 GB in VRAM" in shown
    assert "other" not in shown


def test_an_endpoint_that_loads_its_model_is_not_told_as_wrong() -> None:
    failure = Failure(kind="server_error", message="503: Loading model", remedy="See its log.")
    health = msgspec.structs.replace(up(), state="loading", failure=failure)
    shown = text_of(brief_blocks(EndpointView(LOCAL, "configured", health)))
    assert "loading its model" in shown
    assert "See its log" not in shown


def test_routes_are_told_by_what_tasks_want() -> None:
    found = ProbeResult(
        name="local",
        url="",
        abilities=Capabilities(chat=True, completions=True, token_prompts=True, top_logprobs=20),
    )
    shown = text_of(endpoint_blocks(EndpointView(LOCAL, "configured", up(), finding=found), "p"))
    assert "short choices    ● letters" in shown
    assert "choices          ✗ such tasks cannot run here" in shown
    assert "written answers  ● generate" in shown


def test_the_load_of_an_endpoint_that_went_down_is_not_told() -> None:
    health = msgspec.structs.replace(up(), state="down")
    shown = text_of(
        endpoint_blocks(EndpointView(LOCAL, "configured", health, Load(running=3.0)), "p")
    )
    assert "running" not in shown


def test_a_gpu_is_told_whole_with_its_processes() -> None:
    process = Process(pid=4711, memory_bytes=70 << 30, name="python")
    gpu = Gpu(index=0, name="NVIDIA H100", utilization=98, clock_mhz=1980, processes=(process,))
    shown = text_of(gpu_details(Gpus(gpus=(gpu,))))
    for part in ("GPU0 NVIDIA H100", "98 %", "1,980 MHz", "4711", "70.0 GB", "python"):
        assert part in shown


def test_load_is_told_with_its_course_over_the_last_minutes() -> None:
    course = Series(running=(1.0, 4.0), tokens_out=(600.0, 1200.0), kv_cache=(0.25, 0.5))
    load = Load(running=4.0, kv_cache=0.5, tokens_out=1200.0, requests=2.5, recent=course)
    lines = text_of(load_details(load)).splitlines()
    assert lines[0].split() == ["running", "4", "▂█", "up", "to", "4"]
    assert lines[1].split() == ["KV", "cache", "50", "%", "▂▄", "up", "to", "50", "%"]
    assert lines[2].split() == ["tokens", "out", "1.2k/s", "▄█", "up", "to", "1.2k/s"]
    assert lines[3].split() == ["requests", "2.5/s"]


def test_a_server_that_keeps_its_metrics_to_itself_says_how_to_have_them() -> None:
    seen = EndpointView(LOCAL, "configured", up(), Load(note="start it with --metrics"))
    assert "start it with --metrics" in text_of(brief_blocks(seen))


def test_an_endpoint_that_fails_tells_the_error_and_its_remedy() -> None:
    seen = EndpointView(LOCAL, "configured", refused(LOCAL))
    for shown in (text_of(brief_blocks(seen)), text_of(endpoint_blocks(seen, "p"))):
        assert "401: the key is refused" in shown
        assert "→ Set $JUDGE_KEY." in shown


def test_an_endpoint_that_is_up_tells_models_context_and_latency() -> None:
    shown = text_of(endpoint_blocks(EndpointView(LOCAL, "configured", up()), "p"))
    for part in ("● up", "vLLM 0.32.0", "8,192 tokens", "12 ms", LOCAL.url):
        assert part in shown


def test_the_embedded_endpoint_says_that_it_is_there_to_show_the_tool() -> None:
    seen = EndpointView(Endpoint(name="embedded", url=EMBEDDED), "built in")
    for blocks in (brief_blocks(seen), endpoint_blocks(seen, "p")):
        assert "tiny model" in text_of(blocks)
