"""Tells a person how an account fares, and a monitor whether somebody has to look."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from shlex import quote

from passerelle.cli.output import say
from passerelle.cli.results import NEEDS_DECISION
from passerelle.daemon.control.messages import Standing, State
from passerelle.daemon.wording import PUSHES, not_in_outlook, outlook_told, state_told
from passerelle.model.errors import Unauthenticated, Unreachable
from passerelle.model.text import Text, sentences

_ADVICE = {
    State.REFUSED: Text("Give the new one with: passerelle account password {name}"),
    State.DISABLED: Text("Next: passerelle account enable {name}"),
    State.UNWATCHED: Text("Start one with: passerelle sync --watch"),
}


def print_standing(standing: Standing, now: datetime) -> None:
    """Print how an account fares, why, what comes next, and a warning if it is due."""
    say(_state(standing))
    if standing.state is State.IN_STEP:
        say(PUSHES[standing.push])
    if standing.outlook is not None:
        last = standing.outlook.last_success
        told = outlook_told(standing, _in_utc(standing.outlook.since), "" if last is None else _in_utc(last))
        say(sentences(told, *not_in_outlook(standing)))
    if standing.next_try is not None and not standing.is_working:
        say(Text("Next look by itself: {at}.", at=_in_utc(standing.next_try)))
    if standing.is_overdue(now):
        at = Text("never") if standing.last_success is None else _in_utc(standing.last_success)
        say(Text("Warning: for longer than you want, nothing has gone through. Last success: {at}.", at=at))


def _state(standing: Standing) -> Text:
    advice = _ADVICE.get(standing.state)
    told = state_told(standing, _in_utc(standing.since))
    return told if advice is None else sentences(told, Text(advice.template, name=quote(standing.account)))


def status_code(standings: Iterable[Standing], now: datetime, *, wants_decision: bool) -> int:
    """The exit code for a monitor: a refused password, then an account that is overdue, then what is to be decided."""
    known = tuple(standings)
    if any(one.state is State.REFUSED for one in known):
        return Unauthenticated.exit_code
    if any(one.is_overdue(now) for one in known):
        return Unreachable.exit_code
    waits = any(one.skipped or one.conflicts or one.held or _outlook_needs_user(one) for one in known)
    return NEEDS_DECISION if waits or wants_decision else 0


def _outlook_needs_user(one: Standing) -> bool:
    return one.outlook is not None and one.outlook.needs_user


def _in_utc(at: datetime) -> str:
    return f"{shown(at)} UTC"


def shown(at: datetime) -> str:
    """A moment, in UTC, to the minute."""
    return f"{at:%Y-%m-%d %H:%M}"
