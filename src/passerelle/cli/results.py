"""Shows what cycles do, and did, whoever ran them. What this loads is light."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import msgspec

from passerelle.cli.output import about, complain, print_json, say
from passerelle.daemon.control.messages import Failure
from passerelle.model.text import Text, listed, plural
from passerelle.sync.report import CycleResult, FolderCounts, OnProgress, Progress, Subject
from passerelle.translations import said

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

Outcome = CycleResult | Failure

NEEDS_DECISION = 13
WAITING = frozenset({Subject.SKIPPED, Subject.HELD, Subject.FOLDER, Subject.UNDECIDED})


def show_outcomes(outcomes: dict[str, Outcome], *, json: bool) -> int:
    """Show what became of each account's cycle; return the exit code."""
    if json:
        print_json({name: as_mapping(outcome) for name, outcome in outcomes.items()})
    for name, outcome in outcomes.items():
        if isinstance(outcome, Failure):
            complain(about(name, outcome.message))
        elif not json:
            print_result(name, outcome)
    return _exit_code(outcomes.values())


def _exit_code(outcomes: Collection[Outcome]) -> int:
    """That of the first failure; a failure weighs more than what waits for a decision."""
    failures = [one.exit_code for one in outcomes if isinstance(one, Failure)]
    results = [one for one in outcomes if isinstance(one, CycleResult)]
    waits = any(report.subject in WAITING for result in results for report in result.reports)
    return failures[0] if failures else NEEDS_DECISION if waits else 0


def as_mapping(outcome: Outcome) -> dict[str, object]:
    """What became of a cycle, for a script."""
    if isinstance(outcome, Failure):
        return {"error": str(outcome.message), "exit_code": outcome.exit_code}
    built: dict[str, object] = msgspec.to_builtins(outcome, str_keys=True, enc_hook=str)
    return {"total": outcome.total, **built}


def print_result(name: str, result: CycleResult) -> None:
    """Tell a person what a cycle did."""
    for counts in result.folders.values():
        say(about(name, Text("{folder} – {counts}", folder=counts.name, counts=_counted(counts))))
    for report in result.reports:
        say(about(name, report.message))
    traffic = result.traffic
    state = plural("{count} change", "{count} changes", count=result.total)
    say(
        Text(
            "{name}: {state}; {requests}, {size:,.0f} KiB, {seconds:.2f} s.",
            name=name,
            state=state if result.total else Text("in step, nothing to do"),
            requests=plural("{count} request", "{count} requests", count=traffic.requests),
            size=traffic.received / 1024,
            seconds=result.seconds,
        )
    )


def _counted(counts: FolderCounts) -> Text:
    """What happened in a folder, without what did not. No table: most of it would be noughts, and it took a while."""
    texts = (
        plural("{count} new here", "{count} new here", count=counts.received),
        plural("{count} changed here", "{count} changed here", count=counts.changed_here),
        plural("{count} removed here", "{count} removed here", count=counts.removed_here),
        plural("{count} new there", "{count} new there", count=counts.sent),
        plural("{count} changed there", "{count} changed there", count=counts.changed_there),
        plural("{count} removed there", "{count} removed there", count=counts.removed_there),
    )
    return listed(*(text for text in texts if text.values["count"]))


def shown_on(bar: Bar, task: TaskID) -> OnProgress:
    """Shows a cycle's progress: the bar counts folders, the text items."""

    def show(at: Progress) -> None:
        bar.update(task, description=said(at.described), completed=at.number, total=at.folders or None)

    return show
