"""GPUs by NVML: every field may be missing, and so may every GPU."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from stack_tui.endpoints.gpu import Process, read_gpus


class NvmlError(Exception):
    pass


class LibraryNotFoundError(NvmlError):
    pass


def unsupported(*args: Any) -> Any:
    raise NvmlError("Not Supported")


class FakeNvml:
    """An NVML with one busy card; every function may be replaced."""

    NVMLError = NvmlError
    NVMLError_LibraryNotFound = LibraryNotFoundError
    NVML_TEMPERATURE_GPU = 0
    NVML_CLOCK_SM = 1

    def __init__(self, **replaced: Any) -> None:
        self.open = 0
        answers: dict[str, Any] = {
            "nvmlDeviceGetCount": 1,
            "nvmlDeviceGetHandleByIndex": "handle",
            "nvmlDeviceGetName": "NVIDIA H100",
            "nvmlDeviceGetMemoryInfo": SimpleNamespace(used=71 * 2**30, total=80 * 2**30),
            "nvmlDeviceGetUtilizationRates": SimpleNamespace(gpu=98, memory=60),
            "nvmlDeviceGetPowerUsage": 520_000,
            "nvmlDeviceGetEnforcedPowerLimit": 700_000,
            "nvmlDeviceGetCurrentClocksEventReasons": 0x4 | 0x40,
            "nvmlDeviceGetTemperature": 64,
            "nvmlDeviceGetClockInfo": 1980,
            "nvmlDeviceGetComputeRunningProcesses": [
                SimpleNamespace(pid=99_999_999, usedGpuMemory=None)
            ],
        }
        for name, value in (answers | replaced).items():
            setattr(self, name, value if callable(value) else lambda *_, value=value: value)

    def nvmlInit(self) -> None:  # noqa: N802 - NVML's own name
        self.open += 1

    def nvmlShutdown(self) -> None:  # noqa: N802 - NVML's own name
        self.open -= 1


@pytest.fixture
def nvml(monkeypatch: pytest.MonkeyPatch) -> FakeNvml:
    return install(monkeypatch, FakeNvml())


def install(monkeypatch: pytest.MonkeyPatch, nvml: FakeNvml) -> FakeNvml:
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    return nvml


def test_a_busy_card_is_told_in_watts_bytes_and_percent(nvml: FakeNvml) -> None:
    (gpu,) = read_gpus().gpus
    assert (gpu.name, gpu.utilization, gpu.temperature_c) == ("NVIDIA H100", 98, 64)
    assert (gpu.power_w, gpu.power_limit_w, gpu.clock_mhz) == (520.0, 700.0, 1980)
    assert gpu.memory_used == 71 * 2**30
    assert gpu.processes == (Process(pid=99_999_999),)
    assert nvml.open == 0


def test_heat_is_an_alarm_and_the_power_cap_is_not(nvml: FakeNvml) -> None:
    assert read_gpus().gpus[0].throttled == ("too hot (hardware)",)


def test_a_card_that_supports_nothing_is_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [name for name in vars(FakeNvml()) if name.startswith("nvmlDeviceGet")]
    kept = {"nvmlDeviceGetCount", "nvmlDeviceGetHandleByIndex"}
    install(monkeypatch, FakeNvml(**{name: unsupported for name in names if name not in kept}))
    (gpu,) = read_gpus().gpus
    assert gpu.name == "GPU 0"
    assert (gpu.utilization, gpu.memory_used, gpu.power_w, gpu.throttled) == (None, None, None, ())


def test_a_machine_without_a_driver_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise LibraryNotFoundError("NVML Shared Library Not Found")

    nvml = install(monkeypatch, FakeNvml())
    monkeypatch.setattr(nvml, "nvmlInit", missing)
    found = read_gpus()
    assert (found.gpus, found.note) == ((), "no NVIDIA driver on this machine")


@pytest.mark.parametrize("failing", ["nvmlDeviceGetCount", "nvmlDeviceGetHandleByIndex"])
def test_a_driver_that_fails_says_so_in_one_line(
    failing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvml = install(monkeypatch, FakeNvml(**{failing: unsupported}))
    assert read_gpus().note == "NVIDIA's driver does not answer: Not Supported"
    assert nvml.open == 0


def test_no_card_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, FakeNvml(nvmlDeviceGetCount=0))
    assert read_gpus().note == "no NVIDIA GPU on this machine"
