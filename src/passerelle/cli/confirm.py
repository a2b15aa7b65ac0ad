"""``passerelle confirm``: what waits for the user's word: many deletions at once, a server that was replaced."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from passerelle.cli.options import Account, ConnectorData, Json, connector_directory
from passerelle.cli.output import about, print_json, print_table, say, tell
from passerelle.model.errors import Contradiction
from passerelle.model.text import Text, plural, sentences
from passerelle.peers.naming import OUTLOOK, SERVER
from passerelle.sync.accounts.registry import Account as Known
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.deletions.held import Decision, HeldDeletions, Side
from passerelle.sync.replaced.noticing import Replacement, what_follows

_SHOWN = 5
"""Titles of each folder that a person is shown; JSON has all."""


class Waiting(Struct, frozen=True, kw_only=True):
    """What waits for the word of an account's user."""

    deletions: tuple[HeldDeletions, ...]
    replaced: tuple[Replacement, ...]


Flag = Parameter(negative="")


def confirm(
    *what: str,
    delete: Annotated[bool, Flag] = False,
    keep: Annotated[bool, Flag] = False,
    server_replaced: Annotated[bool, Flag] = False,
    outlook_replaced: Annotated[bool, Flag] = False,
    account: Account = None,
    data: ConnectorData = None,
    json: Json = False,
) -> int:
    """Show what waits for your word, and decide on it: many deletions at once, a server that is not what it was.

    When many items of a folder disappear at once, or a folder with many items, on your machine or on the server, that
    may be a mishap. The other side keeps them until you decide; all else goes on.

      passerelle confirm
      passerelle confirm --keep Calendar
      passerelle confirm --delete 12 15

    A server that was restored from a backup, or has other data, lacks things that nobody deleted. Then nothing is
    synchronised until you say --server-replaced: all is compared by content, nothing is deleted on either side, what
    the server has more comes here, and what it lost is sent there again. Likewise if Outlook has another data file
    than before, say --outlook-replaced: everything is shown in it anew.

    The decision takes effect with the next sync.

    Args:
        what: Folders, or numbers as shown; without any, all that waits.
        delete: They are meant: delete the items on the other side, too.
        keep: They are not: bring the items back where they were deleted.
        server_replaced: Take the server as it is now, and send it again what it lost.
        outlook_replaced: Take Outlook’s data file as it is now, and show everything in it.
        account: Only this account.
        data: Directory of your accounts.
        json: Print JSON for a script.
    """
    accounts = Accounts(connector_directory(data))
    if delete + keep + server_replaced + outlook_replaced > 1:
        raise Contradiction("Say only one of --delete, --keep, --server-replaced and --outlook-replaced.")
    if server_replaced or outlook_replaced:
        return _accept(accounts, accounts.get(account), SERVER if server_replaced else OUTLOOK, json=json)
    if not (delete or keep):
        if what:
            raise Contradiction("Say what to do with them: --delete or --keep.")
        return _show(accounts, accounts.all() if account is None else (accounts.get(account),), json=json)
    return _decide(accounts, accounts.get(account), what, Decision.DELETE if delete else Decision.KEEP, json=json)


def _show(accounts: Accounts, chosen: tuple[Known, ...], *, json: bool) -> int:
    found: dict[str, Waiting] = {}
    for one in chosen:
        with accounts.replica(one) as replica:
            found[one.name] = Waiting(deletions=replica.waiting.held(), replaced=replica.waiting.replaced)
    if json:
        print_json(found)
        return 0
    for name, waiting in found.items():
        _print(name, waiting)
    if not any(one.deletions or one.replaced for one in found.values()):
        say("Nothing waits for your word.")
    return 0


def _print(name: str, waiting: Waiting) -> None:
    for one in waiting.replaced:
        say(about(name, one.text))
        if one.is_acceptable:
            say(Text("If that is as it should be: passerelle confirm --{peer}-replaced", peer=one.peer))
    if waiting.deletions:
        columns = ("Number", "Folder", "What", "Deleted", "Titles")
        print_table(name, columns, [_row(one) for one in waiting.deletions])
        say("Decide with: passerelle confirm --delete|--keep")


def _accept(accounts: Accounts, account: Known, peer: str, *, json: bool) -> int:
    with accounts.replica(account) as replica:
        accepted = replica.waiting.accept(peer)
    return tell(accepted, sentences(what_follows(accepted), Text("Next: passerelle sync")), json=json)


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
        decided = replica.waiting.confirm(what, decision)
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
    say("Next: passerelle sync" if decided else "Nothing waits for your word.")
    return 0
