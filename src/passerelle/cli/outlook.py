"""``passerelle outlook …``: show an account in the Outlook on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from passerelle.cli.options import Account, ConnectorData, Json, connector_directory
from passerelle.cli.outlook_mail import MailOptions, write_mail
from passerelle.cli.outlook_selftest import selftest
from passerelle.cli.output import print_json, print_table, say
from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text, plural
from passerelle.peers.outlook.registry import Installed
from passerelle.sync.accounts.registry import Account as Known
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.outlook_setup import OutlookSetup, OutlookStanding, OwnFolders, system_setup
from passerelle.translations import said

app = App(name="outlook", help="Show an account in classic Outlook: its folders among Outlook's own.")
app.command(selftest)
_NO_MAIL = MailOptions()


@app.command
def setup(
    *,
    file: Path | None = None,
    default_folders: Annotated[bool, Parameter(negative="")] = False,
    all_calendars: Annotated[bool, Parameter(negative="")] = False,
    send_existing: Annotated[bool, Parameter(negative="")] = False,
    mail: MailOptions = _NO_MAIL,
    account: Account = None,
    data: ConnectorData = None,
) -> int:
    """Show an account in the Outlook that runs, in a data file of its own, from now on.

    Start Outlook first. With the next sync your folders are there, and what you do in them reaches the server. With
    --imap and --smtp a file is written that tells Outlook your mail servers; for an account that is in Outlook already
    nothing but that is done.

    Args:
        file: Where to put the data file. Default: beside the account’s other data.
        default_folders: Show your own calendar, contacts and tasks in Outlook’s own folders, where reminders ring. What
            is in those already stays there, and is not sent.
        all_calendars: With --default-folders: show all calendars in Outlook’s own, told apart by a category each, so
            that the reminders of all ring.
        send_existing: With --default-folders: send what is in Outlook’s own folders already to the server, too.
        mail: Where your mail is.
        account: The account, if you have several.
        data: Directory of your accounts.
    """
    accounts, known = _known(data, account)
    homes = _homes(default_folders=default_folders, all_calendars=all_calendars, send_existing=send_existing)
    mailing = mail.of(accounts, known)
    outlook = system_setup(accounts)
    if mailing is None or not known.outlook:
        known = _set_up(outlook, known, file, homes)
    if mailing is not None:
        write_mail(outlook, known, mailing)
    return 0


def _set_up(outlook: OutlookSetup, known: Known, file: Path | None, homes: OwnFolders | None) -> Known:
    changed = outlook.set_up(known, outlook.usual_file(known) if file is None else file.absolute(), homes)
    say(Text("“{account}” is in Outlook now, in “{path}”.", account=changed.name, path=changed.outlook))
    if homes is not None and not homes.sends_existing:
        say("What was in Outlook’s own calendar, contacts and tasks stays there, and is not sent.")
    if homes is not None and homes.sends_existing:
        say("What is in Outlook’s own calendar, contacts and tasks is sent with the next sync, too.")
    say("Your folders come with the next sync: passerelle sync")
    return changed


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
        [(one.name, _profiles(one)) for one in standing.versions],
    )
    if standing.is_running:
        say(Text("Outlook runs, with its profile “{profile}”.", profile=standing.profile))
    else:
        say("Outlook does not run.")
    say(_shown(known, standing))
    return 0


def _profiles(version: Installed) -> str:
    """The profiles of a version, and which of them it starts with unless told otherwise."""
    usual = said(Text("{profile} (default)", profile=version.default_profile or ""))
    return ", ".join(usual if one == version.default_profile else one for one in version.profiles)


def _shown(known: Known, standing: OutlookStanding) -> Text:
    if not known.outlook:
        return Text("The account is not in Outlook. Show it there with: passerelle outlook setup")
    if hindrance := standing.hindrance(known):
        return hindrance
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


def _homes(*, default_folders: bool, all_calendars: bool, send_existing: bool) -> OwnFolders | None:
    if default_folders:
        return OwnFolders(sends_existing=send_existing, all_calendars=all_calendars)
    if send_existing or all_calendars:
        raise Misconfigured("Give --send-existing and --all-calendars together with --default-folders.")
    return None


def _known(data: Path | None, name: str | None) -> tuple[Accounts, Known]:
    accounts = Accounts(connector_directory(data))
    return accounts, accounts.get(name)
