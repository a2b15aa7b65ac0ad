"""``python -m benchmarks``: measures synchronisation, ours and that of other software, and writes down the numbers.

``python -m benchmarks free-busy`` measures free/busy times, ``load`` many users at once, ``accounts`` many accounts in
one process, ``latency`` how soon an edit on one machine is visible on another, ``desk`` the pages in a browser,
``outlook`` the calls that Outlook takes.

Nothing is asserted about time: machines differ. That what was synchronised is complete is checked each time.
"""

from __future__ import annotations

import compileall
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from cyclopts import App, Parameter
from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

import passerelle
from benchmarks import accounts, desk, free_busy, latency, load, outlook, passerelle_both, vdirsyncer_radicale
from benchmarks.free_busy_page import free_busy_section
from benchmarks.load_page import load_section
from benchmarks.machine import our_versions, their_versions, this_machine
from benchmarks.processes import Failed
from benchmarks.results import Measurement, Report, write
from benchmarks.sections import with_section, with_sections_of
from benchmarks.tables import CAPTION, manual_page, terminal_tables
from tests import postgresql

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "reference" / "benchmarks.md"
OTHERS = ROOT / ".venv-bench" / "bin"
SIZES = (1_000, 10_000, 100_000)

Part = Literal["passerelle", "vdirsyncer"]

app = App(name="python -m benchmarks", help_format="plaintext", result_action="return_value")


class _Job(Struct, frozen=True):
    """One scenario to measure: its name, how many items, and what yields its measurements."""

    name: str
    items: int
    measure: Callable[[Path], Iterator[Measurement]]


@app.default
def main(
    *,
    sizes: Annotated[tuple[int, ...], Parameter(consume_multiple=True)] = SIZES,
    parts: Annotated[tuple[Part, ...], Parameter(consume_multiple=True)] = ("passerelle", "vdirsyncer"),
    repeat: int = 1,
    page: bool = False,
) -> int:
    """Measure first synchronisation, a cycle with nothing to do, and cycles after changes on both sides.

    Args:
        sizes: numbers of items.
        parts: whose synchronisation to measure; vdirsyncer takes part up to 10,000 items.
        repeat: how often; the median is shown.
        page: write the manual's page too.
    """
    console = Console()
    # as an installer does: what is run in place would else be compiled while it is measured
    compileall.compile_dir(Path(passerelle.__file__).parent, quiet=2)
    jobs, skipped = _jobs(sizes, parts)
    failed: list[str] = []
    measurements = tuple(_measured(jobs * repeat, console, failed))
    now = datetime.now(UTC)
    report = Report(
        date=f"{now:%Y-%m-%d}",
        machine=this_machine(),
        versions=our_versions() | (their_versions(OTHERS) if "vdirsyncer" in parts and OTHERS.is_dir() else {}),
        measurements=measurements,
        skipped=(*skipped, *failed),
    )
    file = RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    write(report, file)
    for table in terminal_tables(report):
        console.print(table)
    console.print(CAPTION)
    for reason in report.skipped:
        console.print(f"Not measured: {reason}")
    console.print(f"Kept in {file.relative_to(ROOT)}")
    if page:
        PAGE.write_text(with_sections_of(PAGE.read_text(), manual_page(report)))
        console.print(f"Wrote {PAGE.relative_to(ROOT)}")
    return 1 if failed else 0


@app.command(name="free-busy")
def free_busy_times(*, people: int = 50, appointments: int = 10_000, page: bool = False, remark: str = "") -> int:
    """Measure how long it takes to be told when somebody is busy in a month.

    Args:
        people: how many people have a calendar on our server; some of them have it on Radicale too.
        appointments: how many each of them has.
        page: write the section of the manual's page too.
        remark: a sentence about the circumstances, for the page.
    """
    console = Console()
    compileall.compile_dir(Path(passerelle.__file__).parent, quiet=2)
    lookups: list[free_busy.Lookup] = []
    measures = [partial(free_busy.measure_ours, people, appointments)]
    if (OTHERS / "radicale").exists():
        measures.append(partial(free_busy.measure_theirs, people, appointments, OTHERS))
    for measure in measures:
        with TemporaryDirectory(prefix="passerelle-bench-") as directory:
            lookups += measure(Path(directory))
    free_busy.check_agreement(lookups)
    versions = our_versions() | (their_versions(OTHERS) if len(measures) > 1 else {})
    section = free_busy_section(lookups, this_machine(), versions, f"{datetime.now(UTC):%Y-%m-%d}", remark)
    console.print(section, markup=False)
    if page:
        PAGE.write_text(with_section(PAGE.read_text(), section))
        console.print(f"Wrote {PAGE.relative_to(ROOT)}")
    return 0


@app.command(name="load")
def many_users(
    *, users: int = 200, requests: int = 15, processes: int = 2, page: bool = False, remark: str = ""
) -> int:
    """Let many users work at once, on SQLite with one process and on PostgreSQL with several.

    Args:
        users: how many.
        requests: how many each of them sends.
        processes: servers on PostgreSQL.
        page: write the section of the manual's page too.
        remark: a sentence about the circumstances, for the page.
    """
    console = Console()
    compileall.compile_dir(Path(passerelle.__file__).parent, quiet=2)
    runs: list[load.Load] = []
    with TemporaryDirectory(prefix="passerelle-bench-") as directory:
        runs.append(load.measure(Path(directory), None, users=users, requests=requests, processes=1))
    binaries = postgresql.programs()
    if binaries is None:
        console.print("Not measured: PostgreSQL is not installed (Debian package postgresql).")
    else:
        with postgresql.running(binaries) as database, TemporaryDirectory(prefix="passerelle-bench-") as directory:
            url = database.url(database.new_database())
            runs.append(load.measure(Path(directory), url, users=users, requests=requests, processes=processes))
    section = load_section(runs, this_machine(), our_versions(), f"{datetime.now(UTC):%Y-%m-%d}", remark)
    console.print(section, markup=False)
    if page:
        PAGE.write_text(with_section(PAGE.read_text(), section))
        console.print(f"Wrote {PAGE.relative_to(ROOT)}")
    return 1 if any(run.errors or run.findings for run in runs) else 0


@app.command(name="accounts")
def many_accounts(*, count: int = 50, items: int = 200, page: bool = False, remark: str = "") -> int:
    """Keep many accounts in step by one process.

    Args:
        count: how many.
        items: how many each of them has.
        page: write the section of the manual's page too.
        remark: a sentence about the circumstances, for the page.
    """
    console = Console()
    with TemporaryDirectory(prefix="passerelle-bench-") as directory:
        found = accounts.measure(count, items, Path(directory))
    section = accounts.section(found, items, this_machine(), our_versions(), f"{datetime.now(UTC):%Y-%m-%d}", remark)
    console.print(section, markup=False)
    if page:
        PAGE.write_text(with_section(PAGE.read_text(), section))
        console.print(f"Wrote {PAGE.relative_to(ROOT)}")
    return 0


@app.command(name="latency")
def push_latency(*, edits: int = 200, many: int = 50, page: bool = False, remark: str = "") -> int:
    """Measure how soon an edit on one machine is visible on another, with one account and with many.

    Args:
        edits: how many.
        many: how many accounts the process of the first machine keeps the second time.
        page: write the section of the manual's page too.
        remark: a sentence about the circumstances, for the page.
    """
    console = Console()
    compileall.compile_dir(Path(passerelle.__file__).parent, quiet=2)
    found = []
    for count in (1, many):
        with TemporaryDirectory(prefix="passerelle-bench-") as directory:
            found.append(latency.measure(count, edits, Path(directory)))
    section = latency.section(found, this_machine(), our_versions(), f"{datetime.now(UTC):%Y-%m-%d}", remark)
    console.print(section, markup=False)
    if page:
        PAGE.write_text(with_section(PAGE.read_text(), section))
        console.print(f"Wrote {PAGE.relative_to(ROOT)}")
    return 0


@app.command(name="desk")
def pages_in_a_browser(
    *, appointments: int = 2000, contacts: int = 10_000, page: bool = False, remark: str = ""
) -> int:
    """Measure the pages in Chromium: what they weigh, how soon a full month is shown, how a long list scrolls.

    Args:
        appointments: how many are in the month.
        contacts: how many are in the folder.
        page: write the section of the manual's page too.
        remark: a sentence about the circumstances, for the page.
    """
    console = Console()
    if not desk.CHROMIUM.exists():
        console.print("Not measured: Chromium is not installed (Debian package chromium).")
        return 1
    compileall.compile_dir(Path(passerelle.__file__).parent, quiet=2)
    with TemporaryDirectory(prefix="passerelle-bench-") as directory:
        found = desk.measure(appointments, contacts, Path(directory), OTHERS)
    versions = our_versions() | (their_versions(OTHERS) if (OTHERS / "radicale").exists() else {})
    section = desk.section(found, this_machine(), versions, f"{datetime.now(UTC):%Y-%m-%d}", remark)
    console.print(section, markup=False)
    if page:
        PAGE.write_text(with_section(PAGE.read_text(), section))
        console.print(f"Wrote {PAGE.relative_to(ROOT)}")
    return 0


@app.command(name="outlook")
def calls_to_outlook(*, items: int = 10_000, page: bool = False, remark: str = "") -> int:
    """Count the calls that showing a replica in Outlook takes, by the double that tests use.

    Args:
        items: how many appointments, and how many contacts.
        page: write the section of the manual's page too.
        remark: a sentence about the circumstances, for the page.
    """
    console = Console()
    with TemporaryDirectory(prefix="passerelle-bench-") as directory:
        found = outlook.measure(items, Path(directory))
    section = outlook.section(found, this_machine(), our_versions(), f"{datetime.now(UTC):%Y-%m-%d}", remark)
    console.print(section, markup=False)
    if page:
        PAGE.write_text(with_section(PAGE.read_text(), section))
        console.print(f"Wrote {PAGE.relative_to(ROOT)}")
    return 0


def _jobs(sizes: tuple[int, ...], parts: tuple[Part, ...]) -> tuple[list[_Job], list[str]]:
    """What to measure, and why some of it cannot be."""
    jobs: list[_Job] = []
    skipped: list[str] = []
    if "passerelle" in parts:
        jobs += [_Job(passerelle_both.PAIR, size, partial(passerelle_both.measure, size)) for size in sizes]
    if "vdirsyncer" in parts and not (OTHERS / "vdirsyncer").exists():
        skipped.append(f"{vdirsyncer_radicale.PAIR}: not installed; `scripts/setup bench` brings them.")
    elif "vdirsyncer" in parts:
        for size in sizes:
            if size > vdirsyncer_radicale.LARGEST:
                skipped.append(f"{vdirsyncer_radicale.PAIR} with {size:,} items: it takes too long.")
                continue
            measure = partial(vdirsyncer_radicale.measure, size, OTHERS)
            jobs.append(_Job(vdirsyncer_radicale.PAIR, size, measure))
    return jobs, skipped


def _measured(jobs: list[_Job], console: Console, failed: list[str]) -> Iterator[Measurement]:
    """Carry the jobs out, each in an empty directory, and show how far they are; note those that fail."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        for job in jobs:
            task = progress.add_task(f"{job.name}, {job.items:,} items", total=None)
            with TemporaryDirectory(prefix="passerelle-bench-") as directory:
                try:
                    for measurement in job.measure(Path(directory)):
                        progress.update(task, advance=1)
                        yield measurement
                except Failed as error:
                    failed.append(f"{job.name} with {job.items:,} items: {error}")
            progress.update(task, total=progress.tasks[task].completed)


if __name__ == "__main__":
    sys.exit(app())
