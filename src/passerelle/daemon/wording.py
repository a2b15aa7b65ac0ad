"""How an account fares, in sentences; what to do about it depends on who says them."""

from __future__ import annotations

from typing import Final, assert_never

from passerelle.daemon.control.messages import OutlookState, Standing, State
from passerelle.model.text import Text, plural, sentences
from passerelle.peers.base import PushKind

PUSHES: Final = {
    PushKind.EVENTS: Text("The server tells of changes as they happen (server-sent events)."),
    PushKind.DATAGRAMS: Text("The server tells of changes as they happen (UDP)."),
    None: Text("The server is asked again and again (polling)."),
}


def outlook_told(standing: Standing, since: str, last: str) -> Text:
    """How Outlook fares; ``since`` is when that began and ``last`` when it was last in step, as they are to be shown.

    Empty if it does not show the account.
    """
    outlook = standing.outlook
    if outlook is None:
        return Text("")
    if standing.state is State.PAUSED:
        return Text("Outlook is left alone, too.")
    match outlook.state:
        case OutlookState.STARTING:
            return Text("Outlook was not looked at yet.")
        case OutlookState.IN_STEP:
            return Text("Outlook runs, and shows what is here. Last look: {at}.", at=last)
        case OutlookState.CLOSED:
            return Text("Outlook does not run. It catches up when it does.")
        case OutlookState.HINDERED:
            return sentences(Text("Outlook is not in step since {since}.", since=since), outlook.message)
        case OutlookState.UNWATCHED:
            return Text("Last in step with Outlook: {at}.", at=last or Text("never"))
        case _:
            assert_never(outlook.state)


def not_in_outlook(standing: Standing) -> list[Text]:
    """What Outlook does not show yet, or did not take."""
    counted = (
        plural("{count} change is yet to be shown there.", "{count} changes are yet to be shown there.",
               count=standing.to_show),
        plural("{count} change was refused there.", "{count} changes were refused there.", count=standing.not_shown),
    )  # fmt: skip
    return [text for text in counted if text.values["count"]]


def state_told(standing: Standing, since: str) -> Text:
    """How an account fares; ``since`` is when that began, as it is to be shown."""
    match standing.state:
        case State.IN_STEP:
            return Text("Working.") if standing.is_working else Text("In step, and kept so.")
        case State.OFFLINE | State.FAILING:
            kind = Text("Offline") if standing.state is State.OFFLINE else Text("Failing")
            return sentences(Text("{kind} since {since}.", kind=kind, since=since), standing.message)
        case State.REFUSED:
            return Text("The password is refused since {since}.", since=since)
        case State.PAUSED:
            return Text("Paused since {since}.", since=since)
        case State.DISABLED:
            return Text("This account is disabled.")
        case State.STARTING:
            return Text("Being looked at for the first time since its process began.")
        case State.UNWATCHED:
            return Text("No process keeps it in step all the time.")
