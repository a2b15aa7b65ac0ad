"""What free/busy times cost, as a section of the manual's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.free_busy import Lookup
from benchmarks.results import Machine

_INTRODUCTION = """\
## Free/busy times

What it takes to be told when somebody is busy in a month, over HTTP: `/servlet/webdav.freebusy` of our server, and the
free-busy report of Radicale (RFC 4791, section 7.10). Everybody has {appointments:,} appointments in fourteen years,
every twentieth a series; both tell of the same minutes. Radicale was asked with nothing parsed yet, and then again.
Made by `make bench ARGS="free-busy --page"`. Times are those of one question about one person: on the clock the median
and what 95 of 100 stay below, and processor time of the server, which other work on the machine changes less.
"""


def free_busy_section(
    lookups: Sequence[Lookup], machine: Machine, versions: Mapping[str, str], date: str, remark: str
) -> str:
    """The section, with times in milliseconds; ``remark`` is a sentence about the circumstances, or empty."""
    ours = lookups[0]
    took_part = ", ".join(f"{name} {version}" for name, version in versions.items() if name != "vdirsyncer")
    return "\n".join(
        [
            _INTRODUCTION.format(appointments=ours.appointments),
            f"Measured on {date} on {machine.processor}, {machine.cores} cores, with {took_part}. {remark}".rstrip(),
            "",
            "| By | People | Median, ms | | 95 %, ms | CPU, ms | |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
            *(_row(one, ours) for one in lookups),
            "",
        ]
    )


def _row(one: Lookup, ours: Lookup) -> str:
    clock = "" if one is ours else f"{one.median_s / ours.median_s:,.0f}×"
    processor = "" if one is ours else f"{one.processor_s / ours.processor_s:,.0f}×"
    times = (f"{seconds * 1000:,.0f}" for seconds in (one.median_s, one.p95_s, one.processor_s))
    median, most, computed = times
    return f"| {one.by} | {one.people} | {median} | {clock} | {most} | {computed} | {processor} |"
