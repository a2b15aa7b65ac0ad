"""Tells a person how an account fares, and a monitor whether somebody has to look."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from passerelle.cli.output import say
from passerelle.cli.results import NEEDS_DECISION
from passerelle.daemon.control.messages import Standing, State
from passerelle.model.errors import Unauthenticated, Unreachable
from passerelle.model.text import Text, sentences
from passerelle.peers.base import PushKind

_PUSHES = {
    PushKind.EVENTS: Text("The server tells of changes as they happen (server-sent events)."),
    PushKind.DATAGRAMS: Text("The server tells of changes as they happen (UDP)."),
    None: Text("The server is asked again and again (polling)."),
}


def print_standing(standing: Standing, now: datetime) -> None:
    """Print how an account fares, why, what comes next, and a warning if it is due."""
    say(_state(standing))
    if standing.state is State.IN_STEP:
        say(_PUSHES[standing.push])
    if standing.next_try is not None and not standing.is_working:
        say(Text("Next look by itself: {at} UTC.", at=shown(standing.next_try)))
    if standing.is_overdue(now):
        at = Text("never") if standing.last_success is None else f"{shown(standing.last_success)} UTC"
        say(Text("Warning: for longer than you want, nothing has gone through. Last success: {at}.", at=at))


def _state(standing: Standing) -> Text:
    since, name = f"{shown(standing.since)} UTC", standing.account
    match standing.state:
        case State.IN_STEP:
            return Text("Working.") if standing.is_working else Text("In step, and kept so.")
        case State.OFFLINE | State.FAILING:
            kind = Text("Offline") if standing.state is State.OFFLINE else Text("Failing")
            return sentences(Text("{kind} since {since}.", kind=kind, since=since), standing.message)
        case State.REFUSED:
            what = Text("The password is refused since {since}.", since=since)
            return sentences(what, Text("Give the new one with: passerelle account password {name}", name=name))
        case State.PAUSED:
            return Text("Paused since {since}.", since=since)
        case State.DISABLED:
            return Text("This account is disabled. Next: passerelle account enable {name}", name=name)
        case State.STARTING:
            return Text("Being looked at for the first time since its process began.")
        case State.UNWATCHED:
            return Text("No process keeps it in step all the time. Start one with: passerelle sync --watch")


def status_code(standings: Iterable[Standing], now: datetime, *, wants_decision: bool) -> int:
    """The exit code for a monitor: a refused password, then an account that is overdue, then what is to be decided."""
    known = tuple(standings)
    if any(one.state is State.REFUSED for one in known):
        return Unauthenticated.exit_code
    if any(one.is_overdue(now) for one in known):
        return Unreachable.exit_code
    waits = any(one.skipped or one.conflicts or one.held for one in known)
    return NEEDS_DECISION if waits or wants_decision else 0


def shown(at: datetime) -> str:
    """A moment, in UTC, to the minute."""
    return f"{at:%Y-%m-%d %H:%M}"
