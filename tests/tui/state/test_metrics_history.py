"""How busy a server is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.endpoints.gpu import Gpu, Gpus
from stack_tui.tui.endpoints.gpu_page import gpu_blocks
from stack_tui.tui.load_page import load_blocks
from stack_tui.tui.state.metrics_history import Load, LoadHistory, Series, sparkline
from tests.tui.data import text_of


def test_rates_are_over_the_last_half_minute() -> None:
    history = LoadHistory()
    for second in range(0, 100, 10):
        tokens = 10.0 * second if second < 50 else 500.0
        load = history.add(1000.0 + second, {"generation_tokens": tokens, "running": 3.0})
    assert load.running == 3.0
    assert load.tokens_out == 0.0
    assert load.recent.tokens_out[0] == pytest.approx(10.0)


def test_a_first_reading_has_gauges_and_no_rates() -> None:
    load = LoadHistory().add(1000.0, {"generation_tokens": 5.0, "waiting": 2.0})
    assert load.waiting == 2.0
    assert load.tokens_out is None
    assert load.recent.tokens_out == ()


def test_a_restarted_servers_counters_do_not_run_backwards() -> None:
    history = LoadHistory()
    history.add(1000.0, {"prompt_tokens": 9000.0})
    load = history.add(1010.0, {"prompt_tokens": 100.0})
    assert load.tokens_in == pytest.approx(10.0)


def test_percentiles_come_from_what_the_window_added() -> None:
    history = LoadHistory()
    history.add(1000.0, {"ttft_bucket_0.1": 0.0, "ttft_bucket_1": 0.0, "ttft_bucket_+Inf": 0.0})
    after = {"ttft_bucket_0.1": 100.0, "ttft_bucket_1": 100.0, "ttft_bucket_+Inf": 100.0}
    assert history.add(1010.0, after).first_token == pytest.approx((0.05, 0.095))


@given(st.lists(st.floats(0, 1e6)), st.integers(1, 30))
def test_a_sparkline_is_no_wider_than_asked_and_its_highest_bar_is_full(
    values: list[float], width: int
) -> None:
    line = sparkline(tuple(values), width)
    assert len(line) <= width
    assert not line or "█" in line


def test_only_what_a_server_tells_is_shown() -> None:
    shown = text_of(load_blocks(Load(running=41.0, waiting=0.0, kv_cache=0.37)))
    assert shown == "running 41  waiting 0  kv 37 %"
    assert load_blocks(None) == []


def test_tokens_latencies_and_preemptions_are_told() -> None:
    load = Load(
        tokens_in=5100.0,
        tokens_out=812.0,
        recent=Series(tokens_out=(1.0, 2.0)),
        first_token=(0.12, 0.34),
        between_tokens=(0.012, 0.03),
        preempted=2.0,
    )
    shown = text_of(load_blocks(load))
    assert "preempted 2.0/s" in shown
    assert "in 5.1k  out 812 tok/s  ▄█" in shown
    assert "TTFT 120/340 ms  between 12/30 ms p50/p95" in shown


def test_a_gpu_is_told_on_one_line() -> None:
    gpu = Gpu(
        index=0,
        name="NVIDIA H100 80GB HBM3",
        utilization=98,
        memory_used=71 << 30,
        memory_total=80 << 30,
        temperature_c=64,
        power_w=520.4,
        power_limit_w=700.0,
        throttled=("too hot (hardware)",),
    )
    assert text_of(gpu_blocks(Gpus(gpus=(gpu,)))) == (
        "GPU0 H100  98 %  71/80 GB  64 °C  520/700 W  ! throttled: too hot (hardware)"
    )


def test_where_there_is_no_gpu_one_quiet_line_says_why() -> None:
    assert text_of(gpu_blocks(Gpus(note="no NVIDIA driver on this machine"))) == (
        "no NVIDIA driver on this machine"
    )
