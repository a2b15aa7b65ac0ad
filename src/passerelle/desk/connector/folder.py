"""How a folder of a replica is kept in step: a tab of its properties (manual, 7.5)."""

from __future__ import annotations

from starlette.responses import Response

from passerelle.desk.connector.account_form import PERIODS
from passerelle.desk.connector.around import at
from passerelle.desk.connector.household import Household
from passerelle.desk.visit import NobodyYet, Visit
from passerelle.model.errors import NotFound
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId
from passerelle.model.text import Text
from passerelle.sync.accounts.registry import Account
from passerelle.sync.past.period import ALL
from passerelle.sync.status import FolderStatus


def tab(household: Household, visit: Visit) -> Response:
    """What is known of the folder's synchronisation, and what can be done about it."""
    account, folder = _folder(household, visit)
    replica = household.replica(account)
    is_calendar = visit.session.folder(folder.id).folder.module is Module.CALENDAR
    shown = {
        "account": account,
        "folder": folder,
        "last_success": at(visit, folder.last_success),
        "kept": _kept(str(replica.past or ALL)) if is_calendar else "",
    }
    return visit.page("connector/folder.html", shown)


def compare(household: Household, visit: Visit) -> Response:
    """Have every item of the folder compared with the server's, now."""
    account, folder = _folder(household, visit)
    household.replica(account).want_slow_sync([folder.id])
    household.start(account)
    return visit.done(Text("“{folder}” is being compared.", folder=folder.name))


def _kept(past: str) -> Text:
    """Which appointments stay on this machine."""
    return (
        Text("all are kept")
        if past == ALL
        else Text("those that ended within {period}", period=PERIODS.get(past, Text(past)))
    )


def _folder(household: Household, visit: Visit) -> tuple[Account, FolderStatus]:
    """The account that is shown, and how its folder stands.

    Raises:
        NotFound: the folder is not kept in step.
        NobodyYet: there is no account.
    """
    account, id_ = household.shown(), FolderId(visit.number("id"))
    if account is None:
        raise NobodyYet
    found = next((one for one in household.replica(account).status().folders if one.id == id_), None)
    if found is None:
        raise NotFound(Text("This folder was not synchronised yet."))
    return account, found
