"""Outlook, as ``passerelle outlook`` sets it up, tells of it and takes an account out of it (manual, chapter 4)."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import Response

from passerelle.daemon.standing import kept_standings
from passerelle.desk.connector.around import account_of, page, standing
from passerelle.desk.connector.household import Household
from passerelle.desk.connector.monitor import outlook_in_words
from passerelle.desk.visit import Visit
from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.sync.accounts.registry import Account


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
    changed = setup.set_up(account, setup.usual_file(account))
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


def _values(household: Household, visit: Visit, account: Account) -> dict[str, object]:
    found = standing(household, account, kept_standings(household.accounts).get(account.name))
    values = {"part": "outlook", "account": account, "fares": outlook_in_words(visit, found)}
    try:
        setup = household.outlook()
    except Misconfigured as error:
        return {**values, "elsewhere": error.text}
    return {**values, "elsewhere": "", "there": setup.standing(account)}
