"""``passerelle sync`` and ``status``."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from passerelle.cli.choosing import enabled_accounts, want_slow_sync
from passerelle.cli.naming import MODULES
from passerelle.cli.options import ConnectorData, Json, connector_directory
from passerelle.cli.output import about, complain, print_json, print_table, progress, said, say
from passerelle.cli.replicas import Account
from passerelle.daemon.turns import cycle_alone
from passerelle.model.errors import PasserelleError
from passerelle.model.text import Text, plural
from passerelle.sync.accounts.registry import Account as Known
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult, OnProgress, Progress, Subject

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

NEEDS_DECISION = 13
WAITING = frozenset({Subject.SKIPPED, Subject.HELD, Subject.FOLDER, Subject.UNDECIDED})

_PHASES = {
    "directory": Text("People and rooms"),
    "folders": Text("Folders"),
    "pull": Text("Receiving"),
    "send": Text("Sending"),
}


def sync(
    *folders: str,
    slow: Annotated[bool, Parameter(negative="")] = False,
    watch: Annotated[bool, Parameter(negative="", help="Go on until Ctrl-C; changes are in step at once.")] = False,
    account: Account = None,
    data: ConnectorData = None,
    json: Json = False,
) -> int:
    """Bring your accounts in step with their servers, both ways.

    Args:
        folders: With --slow: which folders to compare; default: everything.
        slow: Compare every item rather than what has changed since the last time. It mends whatever went wrong.
        watch: Go on until Ctrl-C. What changes here or on the server is in step at once.
        account: Only this account.
        data: Directory of your accounts.
        json: Print what happened as JSON.
    """
    accounts = Accounts(connector_directory(data))
    chosen = enabled_accounts(accounts, account, quiet=json)
    want_slow_sync(accounts, chosen, folders, slow=slow)
    if watch:
        from passerelle.cli.watching import watch_accounts

        return watch_accounts(accounts, account)
    outcomes = {one.name: _attempt(accounts, one) for one in chosen}
    if json:
        print_json({name: _as_mapping(outcome) for name, outcome in outcomes.items()})
    for name, outcome in outcomes.items():
        if isinstance(outcome, PasserelleError):
            complain(about(name, outcome.text))
        elif not json:
            print_result(name, outcome)
    return _exit_code(outcomes.values())


def _chosen(accounts: Accounts, name: str | None) -> tuple[Known, ...]:
    """The account of a name; without one, all. Raises NotFound, also if there is none at all."""
    return (name is None and accounts.all()) or (accounts.get(name),)


def _attempt(accounts: Accounts, account: Known) -> CycleResult | PasserelleError:
    """One cycle, or why it broke off: one account does not keep the others from their turn."""
    try:
        return run_cycle(accounts, account)
    except PasserelleError as error:
        return error


def _exit_code(outcomes: Collection[CycleResult | PasserelleError]) -> int:
    """That of the first failure; a failure weighs more than what waits for a decision."""
    failures = [one.exit_code for one in outcomes if isinstance(one, PasserelleError)]
    results = [one for one in outcomes if isinstance(one, CycleResult)]
    waits = any(report.subject in WAITING for result in results for report in result.reports)
    return failures[0] if failures else NEEDS_DECISION if waits else 0


def run_cycle(accounts: Accounts, account: Known) -> CycleResult:
    """One cycle of one account under a progress bar."""
    peer = accounts.connect(account)
    try:
        with accounts.replica(account) as replica, _shown(account.name) as on_progress:
            return cycle_alone(accounts, account, replica, peer, on_progress)
    finally:
        peer.close()


@contextmanager
def _shown(name: str) -> Iterator[OnProgress]:
    """Shows progress to a person who watches; a cycle in the background need not load what draws it."""
    if not sys.stderr.isatty():
        yield lambda _progress: None
        return
    with progress() as bar:
        yield shown_on(bar, bar.add_task(name, total=None))


def shown_on(bar: Bar, task: TaskID) -> OnProgress:
    """Shows a cycle's progress: the bar counts folders, the text items."""

    def show(at: Progress) -> None:
        description = said(_PHASES.get(at.phase, Text(at.phase)))
        if at.folder:
            description += f" – {at.folder}, {said(plural('{count} item', '{count} items', count=at.items))}"
        bar.update(task, description=description, completed=at.number, total=at.folders or None)

    return show


def print_result(name: str, result: CycleResult) -> None:
    """Tell a person what a cycle did."""
    if result.folders:
        columns = ("Folder", "New here", "Changed here", "Removed here", "New there", "Changed there", "Removed there")
        cells = [
            (f.name, f.received, f.changed_here, f.removed_here, f.sent, f.changed_there, f.removed_there)
            for f in result.folders.values()
        ]
        print_table(name, columns, cells)
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


def _as_mapping(outcome: CycleResult | PasserelleError) -> object:
    if isinstance(outcome, PasserelleError):
        return {"error": str(outcome), "exit_code": outcome.exit_code}
    built: dict[str, object] = msgspec.to_builtins(outcome, str_keys=True)
    return {"total": outcome.total, **built}


def status(*, account: Account = None, data: ConnectorData = None, json: Json = False) -> int:
    """Show what is in step, what waits to be sent, and what was refused. Asks no server.

    Args:
        account: Only this account.
        data: Directory of your accounts.
        json: Print JSON for a script.
    """
    accounts = Accounts(connector_directory(data))
    chosen = _chosen(accounts, account)
    found: dict[str, object] = {}
    for one in chosen:
        with accounts.replica(one) as replica:
            found[one.name] = {"enabled": one.enabled, "status": replica.status(), "skipped": replica.skipped()}
            if not json:
                _print_status(one.name, replica)
                if not one.enabled:
                    say(Text("This account is disabled. Next: passerelle account enable {name}", name=one.name))
    if json:
        print_json(found)
    return 0


def _print_status(name: str, replica: Replica) -> None:
    found = replica.status()
    cells = [(folder.id, folder.name, folder.items, folder.unsent or "") for folder in found.folders]
    print_table(
        Text("{name} at {server}", name=name, server=found.membership.server),
        ("Id", "Folder", "Items", "To be sent"),
        cells,
    )
    left_out = sum(folder.left_out for folder in found.folders)
    if left_out:
        say(
            plural(
                "{count} older appointment is on the server only, as you chose: passerelle account show",
                "{count} older appointments are on the server only, as you chose: passerelle account show",
                count=left_out,
            )
        )
    if len(found.modules) < len(MODULES):
        say("Some modules are not synchronised, as you chose: “passerelle account show” tells which.")
    last = found.last
    if last is None:
        say("Never synchronised yet. Next: passerelle sync")
    else:
        say(
            Text(
                "Last cycle: {at} UTC, {changes}, {requests}.",
                at=f"{last.at:%Y-%m-%d %H:%M}",
                changes=plural("{count} change", "{count} changes", count=last.touched),
                requests=plural("{count} request", "{count} requests", count=last.requests),
            )
        )
    refused = [one for one in replica.skipped() if not one.held]
    for one in refused:
        say(
            Text(
                "Skipped object {id}: “{title}” in {folder}: {message}",
                id=one.id,
                title=one.title,
                folder=one.folder_name,
                message=one.message,
            )
        )
    if found.conflicts:
        say(
            plural(
                "{count} item was changed here and on the server, and waits for you: passerelle conflicts list",
                "{count} items were changed here and on the server, and wait for you: passerelle conflicts list",
                count=found.conflicts,
            )
        )
    if refused:
        say("Decide with: passerelle skipped show|retry|keep|discard ID")
    if replica.replaced is not None:
        say("The server’s data were replaced; nothing is synchronised until you decide: passerelle confirm")
    held = sum(one.count for one in replica.held())
    if held:
        say(
            plural(
                "{count} deletion waits for your word: passerelle confirm",
                "{count} deletions wait for your word: passerelle confirm",
                count=held,
            )
        )
