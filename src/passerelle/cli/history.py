"""``passerelle history|undo|restore``: what happened to items, and how to take it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from passerelle.cli.naming import find_folder
from passerelle.cli.options import Account, ConnectorData, Json, connector_directory
from passerelle.cli.output import print_json, print_table, say, tell
from passerelle.groupware.describing import differences
from passerelle.model.errors import Missing, NotFound
from passerelle.model.ids import ItemId
from passerelle.model.text import Text, plural, sentences
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.history.entries import Event, What
from passerelle.sync.history.wording import ALONE, came_back_alone, told
from passerelle.sync.replica import Replica


def history(
    what: str | None = None,
    /,
    *,
    limit: int = 20,
    details: Annotated[bool, Parameter(negative="")] = False,
    account: Account = None,
    data: ConnectorData = None,
    json: Json = False,
) -> int:
    """Show what happened to an item, in a folder, or lately: by you, on the server, and decided by Passerelle.

    Earlier versions are known for 90 days. "undo" takes a decision or your last change back, "restore" brings
    back any version of an item, also of one that was deleted.

    Args:
        what: The id of an item, or a folder's name; default: everything.
        limit: How many lines at most, the newest.
        details: Also both versions, field by field.
        account: Which account, if you have several.
        data: Directory of your accounts.
        json: Print JSON for a script, with both versions.
    """
    accounts = Accounts(connector_directory(data))
    with accounts.replica(accounts.get(account)) as replica:
        events = _events(replica, what, limit)
    if json:
        print_json(events)
        return 0
    for one in events:
        say(_line(one))
        if details:
            _print_versions(one)
    if not events:
        say("Nothing is known to have happened.")
    return 0


def _line(one: Event) -> Text:
    at = f"{one.at:%Y-%m-%d %H:%M:%S}"
    if not one.item:
        return Text("{at} UTC – {folder}: {what}", at=at, folder=one.folder_name, what=told(one))
    line = Text(
        "{at} UTC – “{title}” ({id}, {folder}): {what}",
        at=at, title=one.title, id=one.item, folder=one.folder_name, what=told(one),
    )  # fmt: skip
    if one.number is not None:
        return sentences(line, Text("[passerelle undo {number}]", number=one.number))
    return sentences(line, Text("[version {version}]", version=one.version or 0))


def _events(replica: Replica, what: str | None, limit: int) -> Sequence[Event]:
    """The lines that are asked for: a number names an item, and where there was none, a folder."""
    if what is None:
        return replica.history.latest(limit)
    if what.isascii() and what.isdecimal():
        try:
            return replica.history.of_item(ItemId(int(what)))[-limit:]
        except NotFound as error:
            try:
                return replica.history.latest(limit, find_folder(replica.session(), what).id)
            except NotFound:
                raise error from None
    return replica.history.latest(limit, find_folder(replica.session(), what).id)


def _print_versions(one: Event) -> None:
    columns = ("Field", "Gave way", "Stayed") if one.what is What.DECIDED else ("Field", "Before", "After")
    print_table(Text("“{title}”", title=one.title), columns, differences(one.before, one.after))


def undo(
    number: int | None = None,
    /,
    *,
    copy: Annotated[bool, Parameter(negative="")] = False,
    folder: str | None = None,
    account: Account = None,
    data: ConnectorData = None,
    json: Json = False,
) -> int:
    """Take back a decision of Passerelle, or your last change; the next sync sends it.

    A deleted item is made anew. What was changed again since then stays. "undo" once more takes the undo back.

    Args:
        number: A decision, as "history" shows its number; default: your last change.
        copy: Keep what gave way to the decision as an entry of your own instead, for instance where you may only read.
        folder: With --copy: in which folder; default: your own calendar, contacts or tasks.
        account: Which account, if you have several.
        data: Directory of your accounts.
        json: Print the ids of the items concerned as JSON.
    """
    accounts = Accounts(connector_directory(data))
    with accounts.replica(accounts.get(account)) as replica:
        if not copy:
            return _report(replica, replica.history.undo(number), json=json)
        if number is None:
            raise Missing("Say of which decision: “history” shows their numbers.", "number")
        into = None if folder is None else find_folder(replica.session(), folder).id
        made = replica.history.copy(number, into)
    return tell(made, Text("It is kept as {id}. The next sync sends it.", id=made), json=json)


def restore(
    number: int,
    /,
    *,
    version: int | None = None,
    folder: str | None = None,
    account: Account = None,
    data: ConnectorData = None,
    json: Json = False,
) -> int:
    """Make an item what it was, or bring a deleted one back; the next sync sends it.

    Args:
        number: The item's id, also of a deleted one: "history" shows it.
        version: As it was after that change, as "history" numbers it; 0 is before the first. A deleted item comes
            back as it was last.
        folder: Where a deleted item comes back; default: where it was.
        account: Which account, if you have several.
        data: Directory of your accounts.
        json: Print the ids of the items concerned as JSON.
    """
    accounts = Accounts(connector_directory(data))
    with accounts.replica(accounts.get(account)) as replica:
        into = None if folder is None else find_folder(replica.session(), folder).id
        return _report(replica, replica.history.restore(ItemId(number), version, into), json=json)


def _report(replica: Replica, items: Sequence[ItemId], *, json: bool) -> int:
    if not json:
        for item in items:
            events = replica.history.of_item(item)
            last = events[-1]
            say(Text("“{title}” ({id}): {what}", title=last.title, id=item, what=told(last)))
            if came_back_alone(events):
                say(ALONE)
    many = plural("{count} item is as it was. The next sync sends it.", "{count} items are as they were. The next sync "
                  "sends them.", count=len(items))  # fmt: skip
    return tell(items, many, json=json)
