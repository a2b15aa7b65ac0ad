"""``passerelle sync`` and ``status``."""

from __future__ import annotations

import random
import time
from typing import Annotated

import msgspec
from cyclopts import Parameter
from rich.progress import Progress as Bar
from rich.progress import TaskID

from passerelle.cli.options import ConnectorData, Json, connector_directory
from passerelle.cli.output import complain, print_json, print_table, progress, say
from passerelle.cli.replicas import Account
from passerelle.model.errors import Unreachable
from passerelle.sync.accounts import Account as Known
from passerelle.sync.accounts import Accounts
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult, OnProgress, Progress, Subject

NEEDS_DECISION = 13
WAITING = frozenset({Subject.SKIPPED, Subject.HELD, Subject.FOLDER})
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 300.0
PAUSE_GROWTH = 1.5

_PHASES = {"directory": "People and rooms", "folders": "Folders", "pull": "Receiving", "send": "Sending"}


def sync(
    *,
    watch: Annotated[bool, Parameter(negative="", help="Go on, cycle after cycle, until Ctrl-C.")] = False,
    account: Account = None,
    data: ConnectorData = None,
    json: Json = False,
) -> int:
    """Bring your accounts in step with their servers, both ways.

    Args:
        watch: go on until Ctrl-C; the pause grows while nothing happens.
        account: only this account.
        data: directory of your accounts.
        json: print what happened as JSON.
    """
    accounts = Accounts(connector_directory(data))
    chosen = accounts.all() if account is None and accounts.all() else (accounts.get(account),)
    if watch:
        _watch(accounts, chosen)
    results = {one.name: run_cycle(accounts, one) for one in chosen}
    if json:
        print_json({name: _as_mapping(result) for name, result in results.items()})
    else:
        for name, result in results.items():
            print_result(name, result)
    waits = any(report.subject in WAITING for result in results.values() for report in result.reports)
    return NEEDS_DECISION if waits else 0


def run_cycle(accounts: Accounts, account: Known) -> CycleResult:
    """One cycle of one account under a progress bar."""
    peer = accounts.connect(account)
    try:
        with accounts.replica(account) as replica, progress() as bar:
            return replica.cycle(peer, shown_on(bar, bar.add_task(account.name, total=None)))
    finally:
        peer.close()


def shown_on(bar: Bar, task: TaskID) -> OnProgress:
    """Shows a cycle's progress: the bar counts folders, the text items."""

    def show(at: Progress) -> None:
        where = f" – {at.folder}, {at.items} items" if at.folder else ""
        phase = _PHASES.get(at.phase, at.phase)
        bar.update(task, description=f"{phase}{where}", completed=at.number, total=at.folders or None)

    return show


def _watch(accounts: Accounts, chosen: tuple[Known, ...]) -> None:
    """Cycle for ever. An account that cannot be reached is tried again, more and more rarely."""
    pauses = dict.fromkeys((one.name for one in chosen), SHORTEST_PAUSE_S)
    say("Watching. Ctrl-C ends.")
    while True:
        for one in chosen:
            pauses[one.name] = _watched_cycle(accounts, one, pauses[one.name])
        time.sleep(min(pauses.values()) * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load, guards nothing


def _watched_cycle(accounts: Accounts, account: Known, pause_s: float) -> float:
    """One cycle; the pause that shall follow it."""
    longer = min(pause_s * PAUSE_GROWTH, LONGEST_PAUSE_S)
    try:
        result = run_cycle(accounts, account)
    except Unreachable as error:
        complain(f"{account.name}: {error} Trying again in {longer:.0f} s.")
        return longer
    if not result.total and not result.reports:
        return longer
    print_result(account.name, result)
    return SHORTEST_PAUSE_S


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
        say(f"{name}: {report.message}")
    traffic = result.traffic
    state = f"{result.total} changes" if result.total else "in step, nothing to do"
    say(f"{name}: {state}; {traffic.requests} requests, {traffic.received / 1024:.0f} KiB, {result.seconds:.2f} s.")


def _as_mapping(result: CycleResult) -> object:
    built: dict[str, object] = msgspec.to_builtins(result, str_keys=True)
    return {"total": result.total, **built}


def status(*, account: Account = None, data: ConnectorData = None, json: Json = False) -> int:
    """Show what is in step, what waits to be sent, and what was refused. Asks no server.

    Args:
        account: only this account.
        data: directory of your accounts.
        json: print JSON for a script.
    """
    accounts = Accounts(connector_directory(data))
    chosen = accounts.all() if account is None and accounts.all() else (accounts.get(account),)
    found: dict[str, object] = {}
    for one in chosen:
        with accounts.replica(one) as replica:
            found[one.name] = {"status": replica.status(), "skipped": replica.skipped()}
            if not json:
                _print_status(one.name, replica)
    if json:
        print_json(found)
    return 0


def _print_status(name: str, replica: Replica) -> None:
    found = replica.status()
    cells = [(folder.id, folder.name, folder.items, folder.unsent or "") for folder in found.folders]
    print_table(f"{name} at {found.membership.server}", ("Id", "Folder", "Items", "To be sent"), cells)
    last = found.last
    if last is None:
        say("Never synchronised yet. Next: passerelle sync")
    else:
        say(f"Last cycle: {last.at:%Y-%m-%d %H:%M} UTC, {last.touched} changes, {last.requests} requests.")
    for one in replica.skipped():
        held = "held" if one.held else "refused"
        say(f"Skipped object {one.id} ({held}): “{one.title}” in {one.folder_name}: {one.message}")
    if found.skipped:
        say("Decide with: passerelle skipped retry|approve|discard ID")
