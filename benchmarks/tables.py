"""The measurements as a table on the terminal and as a page of the manual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from rich import box
from rich.table import Table

from benchmarks.results import Measurement, Phase, Report, medians

_COLUMNS = ("Items", "Work", "By", "Time", "", "Cycle", "CPU", "", "Calls", "Client", "Server")
CAPTION = "Time, cycle (time but for the program's start), CPU of both sides in s; memory in MiB."
_WORDS = {"Work", "By"}
_RULERS = tuple("---" if name in _WORDS else "---:" for name in _COLUMNS)
_PHASES = tuple(Phase)

_INTRODUCTION = """\
# Benchmarks

What synchronisation costs, beside other software that did the like in the same run on the same machine.
Made by `make bench ARGS=--page`; the numbers of another machine differ, their ratios less so.

Work is a first synchronisation, a cycle with nothing to do, and one after ten changes there and ten others here, or a
thousand and a thousand. Each side is a process of its own. Time is from the start of the client program to its end;
Cycle is the part of it that a connector which is running anyway needs; CPU is the processor time of both sides
together, which other programs on the machine change less. All are in seconds; × says how many times ours the others
took. Calls are HTTP requests. Client and Server are the most memory, in MiB, that was resident in each. Where nothing
is to be done, nearly all of our time is the start of Python and its libraries. A connector that watches spends that
once, and carries out what `passerelle sync` asks for: “by daemon” is the same command with nothing to do beside one,
whose memory and processor time are added.

The items are made up: six tenths appointments, every twentieth a series; three tenths contacts, every fifth with a
photo; one tenth tasks. vdirsyncer, which keeps files in step with Radicale, gets contacts in place of the tasks. It
reads the list of all items on both sides each time. Radicale was measured cold, with nothing parsed yet, and warm; our
server has no such difference. To add the account, or to let vdirsyncer discover its collections, is not measured.
Neither is pimsync, which succeeds vdirsyncer: no package of PyPI, npm or Debian 12 brings it.
"""


def terminal_tables(report: Report) -> Iterator[Table]:
    """A table for each number of items, narrow enough for any terminal."""
    for items, rows in groupby(_rows(report.measurements), key=itemgetter(0)):
        table = Table(box=box.SIMPLE_HEAD, padding=0, title=f"{items} items", title_justify="left")
        for name in _COLUMNS[1:]:
            table.add_column(name, justify="left" if name in _WORDS else "right", no_wrap=True)
        for row in rows:
            table.add_row(*row[1:])
        yield table


def manual_page(report: Report) -> str:
    """The page ``docs/reference/benchmarks.md``."""
    machine = report.machine
    where = f"{machine.processor}, {machine.cores} cores, {machine.memory_gib} GiB, {machine.system}"
    versions = ", ".join(f"{name} {number}" for name, number in report.versions.items())
    lines = [
        _INTRODUCTION,
        f"Measured on {report.date} on {where}, with {versions}.",
        "",
        f"| {' | '.join(_COLUMNS)} |",
        f"| {' | '.join(_RULERS)} |",
        *(f"| {' | '.join(row)} |" for row in _rows(report.measurements)),
        *(f"\nNot measured: {reason}" for reason in report.skipped),
    ]
    return "\n".join(lines) + "\n"


def _rows(measurements: Sequence[Measurement]) -> list[tuple[str, ...]]:
    middle = medians(measurements)
    ordered = sorted(middle, key=lambda one: (one.items, _PHASES.index(_comparable(one)), one.phase, one.pair))
    return [_row(one, _ours(middle, one)) for one in ordered]


def _row(one: Measurement, ours: Measurement | None) -> tuple[str, ...]:
    return (
        f"{one.items:,}",
        one.phase,
        one.pair,
        f"{one.seconds:.2f}",
        "" if ours is None or ours is one else f"{one.seconds / ours.seconds:.1f}×",
        "" if one.cycle_seconds is None else f"{one.cycle_seconds:.2f}",
        f"{one.processor_seconds:.2f}",
        "" if ours is None or ours is one else f"{one.processor_seconds / ours.processor_seconds:.1f}×",
        f"{one.requests:,}",
        f"{one.client_mib:.0f}",
        f"{one.server_mib:.0f}",
    )


def _ours(measurements: Sequence[Measurement], one: Measurement) -> Measurement | None:
    """What we took for the same work."""
    same = (other for other in measurements if other.items == one.items and other.phase is _comparable(one))
    return next((other for other in same if other.pair.startswith("Passerelle")), None)


def _comparable(one: Measurement) -> Phase:
    return Phase.FIRST if one.phase is Phase.COLD else one.phase
