"""How an account fares, in sentences; what to do about it depends on who says them."""

from __future__ import annotations

from typing import Final

from passerelle.daemon.control.messages import Standing, State
from passerelle.model.text import Text, sentences
from passerelle.peers.base import PushKind

PUSHES: Final = {
    PushKind.EVENTS: Text("The server tells of changes as they happen (server-sent events)."),
    PushKind.DATAGRAMS: Text("The server tells of changes as they happen (UDP)."),
    None: Text("The server is asked again and again (polling)."),
}


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
