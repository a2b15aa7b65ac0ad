"""What was measured, as values, and the file that keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from statistics import median

import msgspec
from msgspec import Struct


class Phase(StrEnum):
    """What the two sides had to do."""

    COLD = "first, cold"
    FIRST = "first"
    IDLE = "nothing to do"
    BY_DAEMON = "by daemon"
    CHANGED = "10+10 changes"
    MANY_CHANGED = "1,000+1,000"


CHANGES = {Phase.CHANGED: 10, Phase.MANY_CHANGED: 1_000}
"""How many appointments change on each side."""


def changes_among(items: int) -> dict[Phase, int]:
    """The changes to be made among so many items: each concerns other appointments, and most stay as they are."""
    return {phase: count for phase, count in CHANGES.items() if 5 * count <= items}


class Measurement(Struct, frozen=True, kw_only=True):
    """One synchronisation by one pair of client and server.

    ``seconds`` passed on the clock; ``processor_seconds`` both sides computed, which other programs on the machine
    change less. ``cycle_seconds`` is what the client says that its work took, without its own start, if it does.
    Memory is the peak of each process, in MiB.
    """

    pair: str
    phase: Phase
    items: int
    seconds: float
    processor_seconds: float
    requests: int
    client_mib: float
    server_mib: float
    cycle_seconds: float | None = None


class Machine(Struct, frozen=True):
    """Where it was measured."""

    processor: str
    cores: int
    memory_gib: int
    system: str


class Report(Struct, frozen=True, kw_only=True):
    """One run of the benchmarks. ``skipped`` says what was not measured, and why."""

    date: str
    machine: Machine
    versions: dict[str, str]
    measurements: tuple[Measurement, ...]
    skipped: tuple[str, ...] = ()


def medians(measurements: Iterable[Measurement]) -> list[Measurement]:
    """Repeated measurements as one each, in the order in which they were first made."""
    groups: dict[tuple[str, Phase, int], list[Measurement]] = {}
    for one in measurements:
        groups.setdefault((one.pair, one.phase, one.items), []).append(one)
    return [
        Measurement(
            pair=pair,
            phase=phase,
            items=items,
            seconds=median(one.seconds for one in group),
            processor_seconds=median(one.processor_seconds for one in group),
            requests=int(median(one.requests for one in group)),
            client_mib=median(one.client_mib for one in group),
            server_mib=median(one.server_mib for one in group),
            cycle_seconds=_median_cycle(group),
        )
        for (pair, phase, items), group in groups.items()
    ]


def _median_cycle(group: list[Measurement]) -> float | None:
    told = [one.cycle_seconds for one in group if one.cycle_seconds is not None]
    return median(told) if told else None


def write(report: Report, file: Path) -> None:
    """Keep a report as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
