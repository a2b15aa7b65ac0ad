"""``passerelle status``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from passerelle.cli.naming import MODULES
from passerelle.cli.options import Account, ConnectorData, Json, connector_directory
from passerelle.cli.output import print_json, print_table, say
from passerelle.cli.standing import print_standing, shown, status_code
from passerelle.daemon.alerts.matters import conflicts_wait, deletions_wait
from passerelle.daemon.control.messages import Standing
from passerelle.daemon.standing import kept_standings, standing_of
from passerelle.model.text import Text, plural, sentences
from passerelle.sync.accounts.registry import Account as Known
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.replica import Replica


def _chosen(accounts: Accounts, name: str | None) -> tuple[Known, ...]:
    """The account of a name; without one, all. Raises NotFound, also if there is none at all."""
    return (name is None and accounts.all()) or (accounts.get(name),)


def status(*, account: Account = None, data: ConnectorData = None, json: Json = False) -> int:
    """Show what is in step, what waits to be sent, and what was refused. Asks no server.

    The exit code is for monitoring: 9 if a password is refused, 10 if nothing has gone through for longer than you
    want (see "account set --warn-after"), 13 if something waits for your decision, else 0.

    Args:
        account: Only this account.
        data: Directory of your accounts.
        json: Print JSON for a script.
    """
    accounts, now = Accounts(connector_directory(data)), datetime.now(UTC)
    kept = kept_standings(accounts)
    standings: list[Standing] = []
    found: dict[str, object] = {}
    is_replaced = False
    for one in _chosen(accounts, account):
        with accounts.replica(one) as replica:
            standing = standing_of(one, replica, kept.get(one.name), now)
            is_replaced = is_replaced or bool(replica.waiting.replaced)
            standings.append(standing)
            if json:
                found[one.name] = _as_mapping(one, replica, standing, is_kept=one.name in kept, now=now)
            else:
                _print_status(one.name, replica)
                print_standing(standing, now)
    if json:
        print_json(found)
    return status_code(standings, now, wants_decision=is_replaced)


def _as_mapping(
    account: Known, replica: Replica, standing: Standing, *, is_kept: bool, now: datetime
) -> Mapping[str, object]:
    return {
        "enabled": account.enabled,
        "is_kept": is_kept,
        "is_overdue": standing.is_overdue(now),
        "standing": standing,
        "status": replica.status(),
        "skipped": replica.waiting.skipped(),
    }


def _print_status(name: str, replica: Replica) -> None:
    found = replica.status()
    cells = [
        (one.id, one.name, one.items, one.pending or "", one.last_success and shown(one.last_success))
        for one in found.folders
    ]
    print_table(
        Text("{name} at {server}", name=name, server=found.membership.server),
        ("Id", "Folder", "Items", "To be sent", "In step (UTC)"),
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
    refused = [one for one in replica.waiting.skipped() if not one.held]
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
        say(conflicts_wait(found.conflicts))
    if refused:
        say("Decide with: passerelle skipped show|retry|keep|discard ID")
    for replaced in replica.waiting.replaced:
        say(sentences(replaced.text, Text("Nothing is synchronised with it until you decide: passerelle confirm")))
    held = sum(one.count for one in replica.waiting.held())
    if held:
        say(deletions_wait(held))
