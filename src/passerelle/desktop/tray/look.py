"""What the icon shows, and the words beside it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Final

from passerelle.daemon.alerts.matters import matters
from passerelle.daemon.control.messages import OutlookState, Standing, State
from passerelle.daemon.wording import not_in_outlook
from passerelle.model.text import Text, plural, sentences

Fleet = Sequence[Standing] | None
"""How all accounts fare; None while no daemon runs."""


class Look(Enum):
    """What the icon shows."""

    IN_STEP = "in step"
    WORKING = "working"
    OFFLINE = "offline"
    ATTENTION = "attention"


SUMMARIES: Final = {
    Look.IN_STEP: Text("In step"),
    Look.WORKING: Text("Synchronising"),
    Look.OFFLINE: Text("Offline"),
    Look.ATTENTION: Text("An account needs you"),
}
NO_DAEMON: Final = Text("Nothing keeps your accounts in step. Start it with: passerelle service install")

_IN_OUTLOOK: Final = {
    OutlookState.STARTING: Text("Outlook was not looked at yet."),
    OutlookState.IN_STEP: Text("Outlook shows what is here."),
    OutlookState.CLOSED: Text("Outlook does not run."),
    OutlookState.HINDERED: Text("Outlook is not in step."),
    OutlookState.UNWATCHED: Text("Outlook was not looked at yet."),
}
_STATES: Final = {
    State.STARTING: Text("starting"),
    State.IN_STEP: Text("in step"),
    State.OFFLINE: Text("offline"),
    State.REFUSED: Text("the password no longer holds"),
    State.FAILING: Text("something stands against it"),
    State.PAUSED: Text("paused"),
    State.DISABLED: Text("disabled"),
}


def look_of(fleet: Fleet, now: datetime) -> Look:
    """What the icon shows: whatever needs the user first, then what goes on, then what does not."""
    active = [one for one in fleet or () if one.state not in {State.PAUSED, State.DISABLED}]
    if matters(active, now):
        return Look.ATTENTION
    if any(one.is_working for one in active):
        return Look.WORKING
    if not active or any(one.state is not State.IN_STEP for one in active):
        return Look.OFFLINE
    return Look.IN_STEP


def summary(fleet: Fleet, now: datetime) -> Text:
    """The words beside the icon."""
    if fleet is None:
        return NO_DAEMON
    if fleet and all(one.state is State.PAUSED for one in fleet):
        return Text("Paused")
    found = SUMMARIES[look_of(fleet, now)]
    hindered = [one.outlook.message for one in fleet if one.outlook is not None and one.outlook.message]
    return Text("{state}. {outlook}", state=found, outlook=sentences(*hindered)) if hindered else found


def state_of(standing: Standing) -> Text:
    """How an account fares, in a few words."""
    if standing.is_working:
        return Text("synchronising")
    return _STATES[standing.state]


def details(standing: Standing, local: datetime | None) -> list[Text]:
    """What else there is to say of an account; ``local`` is its last success on the user's clock."""
    found = [Text.of(standing.message)] if standing.message else []
    if local is not None:
        found.append(Text("Last in step: {at}", at=f"{local:%Y-%m-%d %H:%M}"))
    counted = (
        plural("{count} change waits to be sent", "{count} changes wait to be sent", count=standing.pending),
        plural("{count} refused change", "{count} refused changes", count=standing.skipped),
        plural("{count} item changed on both sides", "{count} items changed on both sides", count=standing.conflicts),
        plural("{count} deletion waits for your word", "{count} deletions wait for your word", count=standing.held),
    )
    return [*found, *_outlook(standing), *(text for text in counted if text.values["count"])]


def _outlook(standing: Standing) -> list[Text]:
    """How Outlook fares, and what it does not show."""
    if standing.outlook is None or standing.state is State.PAUSED:
        return []
    told = _IN_OUTLOOK[standing.outlook.state]
    return [sentences(told, standing.outlook.message, *not_in_outlook(standing))]
