"""``passerelle skipped …``: what to do with changes that a side refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

from cyclopts import App, Parameter

from passerelle.cli.naming import find_folder
from passerelle.cli.options import Account, ConnectorData, Json, connector_directory
from passerelle.cli.output import complain, print_json, print_table, say
from passerelle.groupware.describing import differences
from passerelle.model.errors import Missing, Refused
from passerelle.model.text import Text
from passerelle.peers.naming import heading
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.replica import Replica
from passerelle.sync.skipped.choices import SkippedObject

app = App(name="skipped", help="Decide on changes that were refused.")

All = Annotated[bool, Parameter(name="--all", negative="")]


@app.command(name="list")
def list_skipped(*, account: Account = None, data: ConnectorData = None, json: Json = False) -> int:
    """Show what the server or Outlook refused, and why.

    Args:
        account: Which account, if you have several.
        data: Directory of your accounts.
        json: Print JSON for a script.
    """
    accounts = Accounts(connector_directory(data))
    with accounts.replica(accounts.get(account)) as replica:
        found = replica.waiting.skipped()
    if json:
        print_json(found)
        return 0
    for one in found:
        say(Text("{id}: {message}", id=one.id, message=one.message))
    say(Text("Next: passerelle skipped show|retry|keep|discard NUMBER …") if found else Text("Nothing was refused."))
    return 0


@app.command
def show(number: int, /, *, account: Account = None, data: ConnectorData = None, json: Json = False) -> int:
    """Show one refused change: why, your version beside the other side's, and what you can do.

    Args:
        number: The skipped object, as "list" shows it.
        account: Which account, if you have several.
        data: Directory of your accounts.
        json: Print JSON for a script.
    """
    accounts = Accounts(connector_directory(data))
    with accounts.replica(accounts.get(account)) as replica:
        found = replica.waiting.details(number)
    if json:
        print_json(found)
        return 0
    one = found.skipped
    say(one.message)
    tries = Text("Last tried {at} UTC, {count} times so far.", at=f"{one.since:%Y-%m-%d %H:%M}", count=one.attempts)
    say(tries)
    if found.here is not None or found.there is not None:
        print_table(one.title, ("Field", "Here", heading(one.peer)), differences(found.here, found.there))
    for command, what in found.choices.items():
        say(Text("{command}: {what}", command=command, what=what))
    return 0


@app.command
def retry(*numbers: int, every: All = False, account: Account = None, data: ConnectorData = None) -> int:
    """Try refused changes again with the next cycle.

    Args:
        numbers: The skipped objects, as "list" shows them.
        every: All that were refused, in place of numbers.
        account: Which account, if you have several.
        data: Directory of your accounts.
    """
    said = Text("It is tried again with the next sync.")
    return _decide(data, account, (numbers, every), lambda replica, one: replica.waiting.retry(one), said)


@app.command
def discard(*numbers: int, every: All = False, account: Account = None, data: ConnectorData = None) -> int:
    """Give changes up and take the server's state. "history" still has what you give up.

    What Outlook refused stays as it is here and on the server; it is not tried again until it changes.

    Args:
        numbers: The skipped objects, as "list" shows them.
        every: All that were refused, in place of numbers.
        account: Which account, if you have several.
        data: Directory of your accounts.
    """
    return _decide(
        data, account, (numbers, every), lambda replica, one: replica.waiting.discard(one), Text("It is given up.")
    )


@app.command
def keep(
    *numbers: int,
    every: All = False,
    folder: str | None = None,
    account: Account = None,
    data: ConnectorData = None,
) -> int:
    """Keep your version as a copy in a folder of yours, and take the server's state in the old place.

    The copy of a meeting is an entry of your own: nobody is invited again. What Outlook refused needs no copy: you
    have it here.

    Args:
        numbers: The skipped objects, as "list" shows them.
        every: All that were refused, in place of numbers.
        folder: Where the copies go; default: your own default folder for such items.
        account: Which account, if you have several.
        data: Directory of your accounts.
    """

    def kept(replica: Replica, one: int) -> None:
        replica.waiting.keep(one, None if folder is None else find_folder(replica.session(), folder).id)

    return _decide(data, account, (numbers, every), kept, Text("A copy is kept. The next sync sends it."))


def _decide(
    data: ConnectorData,
    account: Account,
    chosen: tuple[Sequence[int], bool],
    decision: Callable[[Replica, int], object],
    said: Text,
) -> int:
    """Carry out a decision on each; one that fails is told of and keeps no other from being carried out."""
    numbers, every = chosen
    if bool(numbers) == every:
        raise Missing("Say which: numbers as “skipped list” shows them, or --all.", "numbers")
    code = 0
    accounts = Accounts(connector_directory(data))
    with accounts.replica(accounts.get(account)) as replica:
        for one in [skipped.id for skipped in replica.waiting.skipped() if _is_refused(skipped)] if every else numbers:
            try:
                decision(replica, one)
            except Refused as error:
                code = code or error.exit_code
                complain(Text("{number}: {reason}", number=one, reason=error.text))
            else:
                say(Text("{number}: {what}", number=one, what=said))
    return code


def _is_refused(one: SkippedObject) -> bool:
    """Held deletions are decided on with ``confirm``."""
    return not one.held
