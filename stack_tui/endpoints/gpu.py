"""The GPUs of this machine, by NVML; a field that a card does not support is None."""

from pathlib import Path
from typing import Any

import msgspec

# NVML's clocks event reasons: hardware slowdown, software thermal, hardware thermal, power brake.
# The power cap (0x4) is left out: a busy card is supposed to run at it.
THROTTLE_REASONS = {
    0x8: "hardware slowdown",
    0x20: "too hot (software)",
    0x40: "too hot (hardware)",
    0x80: "power brake",
}


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """A process with memory on a GPU; `memory_bytes` is None if the driver hides it.

    `name` is empty if the process is not visible, as from within a container.
    """

    pid: int
    memory_bytes: int | None = None
    name: str = ""


class Gpu(msgspec.Struct, frozen=True, kw_only=True):
    """One GPU at one moment: utilisation in percent, memory in bytes, power in watts, °C, MHz."""

    index: int
    name: str
    utilization: int | None = None
    memory_used: int | None = None
    memory_total: int | None = None
    power_w: float | None = None
    power_limit_w: float | None = None
    temperature_c: int | None = None
    clock_mhz: int | None = None
    throttled: tuple[str, ...] = ()
    processes: tuple[Process, ...] = ()


class Gpus(msgspec.Struct, frozen=True, kw_only=True):
    """The GPUs that NVML found, or a note on why there are none."""

    gpus: tuple[Gpu, ...] = ()
    note: str = ""


def read_gpus() -> Gpus:
    """Return the state of the GPUs; never raises. Blocks: a busy driver may take a while."""
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError_LibraryNotFound:
        return Gpus(note="no NVIDIA driver on this machine")
    except pynvml.NVMLError as error:
        return Gpus(note=f"NVIDIA's driver does not answer: {error}")
    try:
        count = pynvml.nvmlDeviceGetCount()
        gpus = tuple(_read(pynvml, index) for index in range(count))
    except pynvml.NVMLError as error:
        return Gpus(note=f"NVIDIA's driver does not answer: {error}")
    finally:
        pynvml.nvmlShutdown()
    return Gpus(gpus=gpus, note="" if gpus else "no NVIDIA GPU on this machine")


def _read(pynvml: Any, index: int) -> Gpu:
    handle = pynvml.nvmlDeviceGetHandleByIndex(index)

    def read(name: str, *arguments: int) -> Any:
        try:
            return getattr(pynvml, f"nvmlDeviceGet{name}")(handle, *arguments)
        except pynvml.NVMLError:
            return None

    memory, rates = read("MemoryInfo"), read("UtilizationRates")
    power_mw, limit_mw = read("PowerUsage"), read("EnforcedPowerLimit")
    reasons = read("CurrentClocksEventReasons") or 0
    return Gpu(
        index=index,
        name=str(read("Name") or f"GPU {index}"),
        utilization=rates.gpu if rates else None,
        memory_used=memory.used if memory else None,
        memory_total=memory.total if memory else None,
        power_w=None if power_mw is None else power_mw / 1000,
        power_limit_w=None if limit_mw is None else limit_mw / 1000,
        temperature_c=read("Temperature", pynvml.NVML_TEMPERATURE_GPU),
        clock_mhz=read("ClockInfo", pynvml.NVML_CLOCK_SM),
        throttled=tuple(name for bit, name in THROTTLE_REASONS.items() if reasons & bit),
        processes=tuple(
            Process(pid=process.pid, memory_bytes=process.usedGpuMemory, name=_name_of(process.pid))
            for process in read("ComputeRunningProcesses") or []
        ),
    )


def _name_of(pid: int) -> str:
    try:
        return (Path("/proc") / str(pid) / "comm").read_text(errors="replace").strip()
    except OSError:
        return ""
