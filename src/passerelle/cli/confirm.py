"""``passerelle confirm``: what to do with many deletions at once, which wait for the user's word."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from passerelle.cli.options import ConnectorData, Json, connector_directory
from passerelle.cli.output import print_json, print_table, say
from passerelle.cli.replicas import Account
from passerelle.model.errors import Contradiction
from passerelle.model.text import Text, plural
from passerelle.sync.accounts import Account as Known
from passerelle.sync.accounts import Accounts
from passerelle.sync.held import Decision, HeldDeletions, Side

_SHOWN = 5
"""Titles of each folder that a person is shown; JSON has all."""

Flag = Parameter(negative="")


def confirm(
    *what: str,
    delete: Annotated[bool, Flag] = False,
    keep: Annotated[bool, Flag] = False,
    account: Account = None,
    data: ConnectorData = None,
    json: Json = False,
) -> int:
    """Show deletions that wait for your word, and decide on them.

    When many items of a folder disappear at once, or a folder with many items, on your machine or on the server, that
    may be a mishap. The other side keeps them until you decide; all else goes on.

      passerelle confirm
      passerelle confirm --keep Calendar
      passerelle confirm --delete 12 15

    The decision takes effect with the next sync.

    Args:
        what: Folders, or numbers as shown; without any, all that waits.
        delete: They are meant: delete the items on the other side, too.
        keep: They are not: bring the items back where they were deleted.
        account: Only this account.
        data: Directory of your accounts.
        json: Print JSON for a script.
    """
    accounts = Accounts(connector_directory(data))
    if delete and keep:
        raise Contradiction("Say either --delete or --keep.")
    if not (delete or keep):
        if what:
            raise Contradiction("Say what to do with them: --delete or --keep.")
        return _show(accounts, accounts.all() if account is None else (accounts.get(account),), json=json)
    return _decide(accounts, accounts.get(account), what, Decision.DELETE if delete else Decision.KEEP, json=json)


def _show(accounts: Accounts, chosen: tuple[Known, ...], *, json: bool) -> int:
    found: dict[str, tuple[HeldDeletions, ...]] = {}
    for one in chosen:
        with accounts.replica(one) as replica:
            found[one.name] = replica.held()
    if json:
        print_json(found)
        return 0
    waiting = {name: held for name, held in found.items() if held}
    for name, held in waiting.items():
        columns = ("Number", "Folder", "What", "Deleted", "Titles")
        print_table(name, columns, [_row(one) for one in held])
    say("Decide with: passerelle confirm --delete|--keep" if waiting else "No deletions wait for your word.")
    return 0


def _row(one: HeldDeletions) -> tuple[object, ...]:
    count = plural("{count} item", "{count} items", count=one.count)
    return (
        one.number,
        one.folder_name,
        Text("the folder with {items}", items=count) if one.whole else count,
        Text("on the server") if one.deleted is Side.SERVER else Text("here"),
        _some(one.titles),
    )


def _some(titles: tuple[str, ...]) -> object:
    shown = ", ".join(filter(None, titles[:_SHOWN]))
    rest = len(titles) - _SHOWN
    return Text("{titles} and {count} more", titles=shown, count=rest) if rest > 0 else shown


def _decide(accounts: Accounts, account: Known, what: tuple[str, ...], decision: Decision, *, json: bool) -> int:
    with accounts.replica(account) as replica:
        decided = replica.confirm(what, decision)
    if json:
        print_json(decided)
        return 0
    for one in decided:
        items = plural("{count} item", "{count} items", count=one.count)
        said = (
            Text("“{folder}”: {items} will be deleted.", folder=one.folder_name, items=items)
            if decision is Decision.DELETE
            else Text("“{folder}”: {items} will be kept.", folder=one.folder_name, items=items)
        )
        say(said)
    say("Next: passerelle sync" if decided else "No deletions wait for your word.")
    return 0
