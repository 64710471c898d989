"""This machine's GPUs: one line each, or in detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack_tui.names import plural
from stack_tui.text import one_line
from stack_tui.tui.ui.blocks import Block, Part, field, heading, line, meter

if TYPE_CHECKING:
    from stack_tui.endpoints.gpu import Gpu, Gpus, Process

_GIB = 1 << 30
_METER = 30


def gpu_blocks(gpus: Gpus | None) -> list[Block]:
    """Return one line per GPU, or one that says why there is none."""
    if gpus is None:
        return []
    if not gpus.gpus:
        return [line((gpus.note, "dim"))]
    return [_gpu(gpu) for gpu in gpus.gpus]


def gpu_details(gpus: Gpus | None) -> list[Block]:
    """Return each GPU with its processes."""
    if gpus is None or not gpus.gpus:
        return gpu_blocks(gpus) or [line(("reading the driver…", "dim"))]
    blocks: list[Block] = []
    for gpu in gpus.gpus:
        blocks += [line("")] if blocks else []
        blocks += [heading(f"GPU{gpu.index} {one_line(gpu.name, 40)}"), *_facts(gpu)]
        blocks += [_process(process) for process in gpu.processes]
    return blocks


def _gpu(gpu: Gpu) -> Block:
    name = one_line(gpu.name, 30).removeprefix("NVIDIA ").split(" ")[0]
    parts: list[Part] = [(f"GPU{gpu.index} {name}  ", "dim")]
    parts.append(f"{'–' if gpu.utilization is None else gpu.utilization} %  ")
    if gpu.memory_used is not None and gpu.memory_total:
        parts.append(f"{gpu.memory_used / _GIB:.0f}/{gpu.memory_total / _GIB:.0f} GB  ")
    if gpu.temperature_c is not None:
        parts.append(f"{gpu.temperature_c} °C  ")
    if gpu.power_w is not None:
        parts.append(f"{_watts(gpu)}  ")
    if gpu.processes:
        parts.append((f"{plural(len(gpu.processes), 'process')}  ", "dim"))
    if gpu.throttled:
        parts.append((f"! throttled: {', '.join(gpu.throttled)}", "warn"))
    return line(*parts)


def _facts(gpu: Gpu) -> list[Block]:
    blocks: list[Block] = []
    if gpu.utilization is not None:
        share = gpu.utilization / 100
        blocks.append(field("busy", meter(share, _METER), f"  {gpu.utilization} %"))
    if gpu.memory_used is not None and gpu.memory_total:
        shown = f"  {gpu.memory_used / _GIB:.1f} of {gpu.memory_total / _GIB:.1f} GB"
        blocks.append(field("memory", meter(gpu.memory_used / gpu.memory_total, _METER), shown))
    facts = {
        "power": "" if gpu.power_w is None else _watts(gpu),
        "temperature": "" if gpu.temperature_c is None else f"{gpu.temperature_c} °C",
        "clock": "" if gpu.clock_mhz is None else f"{gpu.clock_mhz:,} MHz",
    }
    blocks += [field(label, text) for label, text in facts.items() if text]
    if gpu.throttled:
        blocks.append(field("throttled", (f"! {', '.join(gpu.throttled)}", "warn")))
    count = plural(len(gpu.processes), "process")
    blocks.append(field("used by", count if gpu.processes else "no process visible to the driver"))
    return blocks


def _process(process: Process) -> Block:
    held = process.memory_bytes
    memory = "" if held is None else f"{held / _GIB:.1f} GB"
    return field("", f"{process.pid:>9}  {memory:>8}  ", (one_line(process.name, 60), "dim"))


def _watts(gpu: Gpu) -> str:
    limit = f"/{gpu.power_limit_w:.0f}" if gpu.power_limit_w else ""
    return f"{gpu.power_w:.0f}{limit} W"
