"""The status monitor: how accounts fare, what was synchronised when, and what waits to be sent (manual, chapter 6)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from starlette.responses import Response

from passerelle.daemon.control.messages import Failure, OutlookState, Standing, State
from passerelle.daemon.standing import kept_standings
from passerelle.daemon.wording import PUSHES, not_in_outlook, outlook_told, state_told
from passerelle.desk.connector.around import account_of, at, page, standing
from passerelle.desk.connector.household import Household
from passerelle.desk.visit import Visit
from passerelle.model.text import Text, sentences
from passerelle.sync.accounts import enabling
from passerelle.sync.accounts.registry import Account
from passerelle.sync.report import CycleResult

_WORDS: Final = {
    State.STARTING: Text("Starting"),
    State.IN_STEP: Text("In step"),
    State.OFFLINE: Text("Offline"),
    State.REFUSED: Text("Password refused"),
    State.FAILING: Text("Failing"),
    State.UNWATCHED: Text("By hand"),
    State.PAUSED: Text("Paused"),
    State.DISABLED: Text("Disabled"),
}


def monitor(household: Household, visit: Visit) -> Response:
    """The page of an account."""
    account = account_of(household, visit)
    return page(household, visit, "connector/monitor.html", _values(household, visit, account))


def state(household: Household, visit: Visit) -> Response:
    """The part of it that changes by itself."""
    return visit.page("connector/state.html", _values(household, visit, account_of(household, visit)))


def light(household: Household, visit: Visit) -> Response:
    """What the frame of every page says of the account that is shown: how it fares, and what waits to be sent.

    Of Outlook it speaks only while that is out of step: an Outlook that is closed catches up by itself.
    """
    account = household.shown()
    if account is None:
        return Response(status_code=204)
    found = standing(household, account, kept_standings(household.accounts).get(account.name))
    values = {
        "account": account,
        "standing": found,
        "word": _WORDS[found.state],
        "is_good": found.state in {State.IN_STEP, State.STARTING, State.UNWATCHED},
        "state": state_told(found, at(visit, found.since)),
        "last_success": at(visit, found.last_success),
        "outlook": outlook_in_words(visit, found) if _is_outlook_hindered(found) else "",
    }
    return visit.page("connector/light.html", values)


def _is_outlook_hindered(found: Standing) -> bool:
    outlook = None if found.state is State.PAUSED else found.outlook
    return outlook is not None and outlook.state is OutlookState.HINDERED


def synchronise(household: Household, visit: Visit) -> Response:
    """Run a cycle, which compares every item if that was wanted; the page shows where it is."""
    account = account_of(household, visit)
    if visit.fields.get("slow"):
        household.replica(account).want_slow_sync()
    household.start(account)
    return visit.done(Text("{account} is being synchronised.", account=account.name))


def enable(household: Household, visit: Visit) -> Response:
    """Take an account up again."""
    account = account_of(household, visit)
    enabling.enable(household.accounts, account.name)
    return visit.done(Text("The account {name} is enabled.", name=account.name))


def disable(household: Household, visit: Visit) -> Response:
    """Leave an account alone."""
    account = account_of(household, visit)
    enabling.disable(household.accounts, account.name)
    return visit.done(Text("The account {name} is disabled.", name=account.name))


def show(household: Household, visit: Visit) -> Response:
    """Show the items of another account from now on."""
    household.show(account_of(household, visit))
    return visit.go("/calendar")


def _values(household: Household, visit: Visit, account: Account) -> dict[str, object]:
    now = datetime.now(UTC)
    found = standing(household, account, kept_standings(household.accounts).get(account.name))
    status = household.replica(account).status()
    progress, outcome = household.progress(account), household.outcome(account)
    shown = household.shown()
    return {
        "part": "monitor",
        "account": account,
        "is_shown": shown is not None and shown.name == account.name,
        "standing": found,
        "state": state_told(found, at(visit, found.since)),
        "outlook": outlook_in_words(visit, found),
        "is_refused": found.state is State.REFUSED,
        "push": PUSHES[found.push] if found.state is State.IN_STEP else "",
        "last_success": at(visit, found.last_success),
        "next_try": at(visit, found.next_try),
        "is_overdue": found.is_overdue(now),
        "folders": [(one, at(visit, one.last_success)) for one in status.folders],
        "last": status.last,
        "last_at": at(visit, None if status.last is None else status.last.at),
        "progress": progress and progress.described,
        "is_running": progress is not None or found.is_working,
        "failure": outcome.message if isinstance(outcome, Failure) else "",
        "result": outcome if isinstance(outcome, CycleResult) else None,
    }


def outlook_in_words(visit: Visit, found: Standing) -> Text:
    """How Outlook fares; empty if it does not show the account."""
    if found.outlook is None:
        return Text("")
    told = outlook_told(found, at(visit, found.outlook.since), at(visit, found.outlook.last_success))
    return sentences(told, *not_in_outlook(found))
