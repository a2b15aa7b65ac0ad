"""Outlook, as ``passerelle outlook`` sets it up, tells of it and takes an account out of it (manual, chapter 4)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from starlette.responses import Response

from passerelle.daemon.standing import kept_standings
from passerelle.desk.connector.around import account_of, page, standing
from passerelle.desk.connector.household import Household
from passerelle.desk.connector.monitor import outlook_in_words
from passerelle.desk.visit import Visit
from passerelle.model.errors import Invalid, Misconfigured
from passerelle.model.text import Text
from passerelle.sync.accounts.registry import Account
from passerelle.sync.outlook_setup import OwnFolders

PLACES: Final[Mapping[str, tuple[Text, Text]]] = {
    "file": (
        Text("In a data file of their own"),
        Text("Outlook reminds you of nothing in it: the desk does."),
    ),
    "own": (
        Text("In Outlook’s own calendar, contacts and tasks"),
        Text("Reminders ring there. All other folders stay in the data file."),
    ),
    "all": (
        Text("There, with all other calendars in Outlook’s own one"),
        Text("Each has a category of its own, and the reminders of all ring."),
    ),
}
"""Where Outlook may have the user's own folders, and what comes of that."""


def outlook(household: Household, visit: Visit) -> Response:
    """The page of an account."""
    account = account_of(household, visit)
    return page(household, visit, "connector/outlook.html", _values(household, visit, account))


def parts(household: Household, visit: Visit) -> Response:
    """What of it changes with what is done."""
    values = _values(household, visit, account_of(household, visit))
    return visit.page("connector/outlook_state.html", values)


def set_up(household: Household, visit: Visit) -> Response:
    """Show the account in the Outlook that runs, and bring its folders there."""
    account, setup = account_of(household, visit), household.outlook()
    changed = setup.set_up(account, setup.usual_file(account), _own_folders(visit.fields))
    household.start(changed)
    return visit.done(Text("“{account}” is in Outlook now. Your folders follow.", account=changed.name))


def remove(household: Household, visit: Visit) -> Response:
    """Take the account out of Outlook again."""
    account = account_of(household, visit)
    household.outlook().remove(account)
    if Path(account.outlook).exists():
        return visit.done(
            Text("Outlook has “{path}” still open. Delete it when Outlook is closed.", path=account.outlook)
        )
    return visit.done(Text("“{account}” is no longer in Outlook.", account=account.name))


def _own_folders(fields: Mapping[str, str]) -> OwnFolders | None:
    """Which of Outlook's own folders are the user's; None: the data file alone. Raises Invalid."""
    place, sends_existing = fields.get("place", "file"), "send_existing" in fields
    if place not in PLACES:
        raise Invalid(Text("“{value}” is none of what there is to choose.", value=place), "place")
    if place != "file":
        return OwnFolders(sends_existing=sends_existing, all_calendars=place == "all")
    if sends_existing:
        raise Invalid("What is in Outlook’s own folders is sent only if your folders are shown there.", "send_existing")
    return None


def _values(household: Household, visit: Visit, account: Account) -> dict[str, object]:
    found = standing(household, account, kept_standings(household.accounts).get(account.name))
    values = {"part": "outlook", "account": account, "fares": outlook_in_words(visit, found)}
    try:
        setup = household.outlook()
    except Misconfigured as error:
        return {**values, "elsewhere": error.text}
    return {**values, "elsewhere": "", "there": setup.standing(account), "places": PLACES}
