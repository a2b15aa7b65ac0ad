"""What many users at once cost, as a section of the manual's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.load import CONNECTIONS, Load
from benchmarks.results import Machine

_INTRODUCTION = """\
## Many users at once

{users} users read change lists (three of five requests), and make, change and delete appointments of their own through
the OX interface, {connections} requests at a time. Who sends the requests shares the machine with the servers. Each
request has to succeed; afterwards `server check` compares the whole store with itself. Made by
`make bench ARGS="load --page"`. Times are in milliseconds: 95 % is
what 95 of 100 requests stay below, Writes the same of writes alone, CPU that of the servers for one request.
All users come at once: the first request of each, one in fifteen, has its password verified (Argon2id), which takes
the processors longer than ten others.
"""


def load_section(runs: Sequence[Load], machine: Machine, versions: Mapping[str, str], date: str, remark: str) -> str:
    """The section; ``remark`` is a sentence about the circumstances, or empty."""
    took_part = ", ".join(f"{name} {version}" for name, version in versions.items())
    return "\n".join(
        [
            _INTRODUCTION.format(users=runs[0].users, connections=CONNECTIONS),
            f"Measured on {date} on {machine.processor}, {machine.cores} cores, with {took_part}. {remark}".rstrip(),
            "",
            "| Database | Processes | Requests | Per second | Median | 95 % | Writes | CPU | Errors | Findings |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            *map(_row, runs),
            "",
        ]
    )


def _row(one: Load) -> str:
    cells = (
        one.database,
        one.processes,
        f"{one.requests:,}",
        f"{one.per_second:.0f}",
        f"{one.median_ms:.0f}",
        f"{one.most_ms:.0f}",
        f"{one.writes_ms:.0f}",
        f"{one.processor_seconds / one.requests * 1000:.1f}",
        one.errors,
        one.findings,
    )
    return f"| {' | '.join(map(str, cells))} |"
