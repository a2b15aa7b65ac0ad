"""``passerelle outlook …``: show an account in the Outlook on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from passerelle.cli.options import Account, ConnectorData, Json, connector_directory
from passerelle.cli.outlook_selftest import selftest
from passerelle.cli.output import print_json, print_table, say
from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text, plural
from passerelle.sync.accounts.registry import Account as Known
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.outlook_setup import OutlookStanding, OwnFolders, system_setup

app = App(name="outlook", help="Show an account in classic Outlook: its folders among Outlook's own.")
app.command(selftest)


@app.command
def setup(
    *,
    file: Path | None = None,
    default_folders: Annotated[bool, Parameter(negative="")] = False,
    send_existing: Annotated[bool, Parameter(negative="")] = False,
    account: Account = None,
    data: ConnectorData = None,
) -> int:
    """Show an account in the Outlook that runs, in a data file of its own, from now on.

    Start Outlook first. With the next sync your folders are there, and what you do in them reaches the server.

    Args:
        file: Where to put the data file. Default: beside the account’s other data.
        default_folders: Show your own calendar, contacts and tasks in Outlook’s own folders, where reminders ring. What
            is in those already stays there, and is not sent.
        send_existing: With --default-folders: send what is in Outlook’s own folders already to the server, too.
        account: The account, if you have several.
        data: Directory of your accounts.
    """
    accounts, known = _known(data, account)
    homes = _homes(default_folders=default_folders, send_existing=send_existing)
    outlook = system_setup(accounts)
    changed = outlook.set_up(known, outlook.usual_file(known) if file is None else file.absolute(), homes)
    say(Text("“{account}” is in Outlook now, in “{path}”.", account=changed.name, path=changed.outlook))
    if homes is OwnFolders.KEPT:
        say("What was in Outlook’s own calendar, contacts and tasks stays there, and is not sent.")
    if homes is OwnFolders.SENT:
        say("What is in Outlook’s own calendar, contacts and tasks is sent with the next sync, too.")
    say("Your folders come with the next sync: passerelle sync")
    return 0


@app.command
def status(*, account: Account = None, data: ConnectorData = None, json: Json = False) -> int:
    """How Outlook stands: which versions there are, whether it runs, what it shows of an account.

    Args:
        account: The account, if you have several.
        data: Directory of your accounts.
        json: Print it as JSON.
    """
    accounts, known = _known(data, account)
    standing = system_setup(accounts).standing(known)
    if json:
        print_json(standing)
        return 0
    print_table(
        "Outlook",
        ("Version", "Profiles"),
        [(one.name, ", ".join(one.profiles)) for one in standing.versions],
    )
    say("Outlook runs." if standing.is_running else "Outlook does not run.")
    say(_shown(known.outlook, standing))
    return 0


def _shown(path: str, standing: OutlookStanding) -> Text:
    if not path:
        return Text("The account is not in Outlook. Show it there with: passerelle outlook setup")
    if standing.is_running and not standing.is_open:
        return Text("Its data file “{path}” was taken out of Outlook.", path=path)
    return plural(
        "{folders} folders with {count} item are in Outlook; {refused} were refused by it.",
        "{folders} folders with {count} items are in Outlook; {refused} were refused by it.",
        count=standing.items,
        folders=standing.folders,
        refused=standing.refused,
    )


@app.command
def remove(*, account: Account = None, data: ConnectorData = None) -> int:
    """Take an account out of Outlook again; nothing of it stays there. Your data and the server’s are not touched.

    Args:
        account: The account, if you have several.
        data: Directory of your accounts.
    """
    accounts, known = _known(data, account)
    system_setup(accounts).remove(known)
    say(Text("“{account}” is no longer in Outlook.", account=known.name))
    if Path(known.outlook).exists():
        say(Text("Outlook has “{path}” still open. Delete it when Outlook is closed.", path=known.outlook))
    return 0


def _homes(*, default_folders: bool, send_existing: bool) -> OwnFolders:
    if send_existing and not default_folders:
        raise Misconfigured("Give --send-existing together with --default-folders.")
    if not default_folders:
        return OwnFolders.UNUSED
    return OwnFolders.SENT if send_existing else OwnFolders.KEPT


def _known(data: Path | None, name: str | None) -> tuple[Accounts, Known]:
    accounts = Accounts(connector_directory(data))
    return accounts, accounts.get(name)
