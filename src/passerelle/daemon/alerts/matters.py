"""What of an account its user has to know without asking. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from shlex import quote
from typing import Final, assert_never

from msgspec import Struct

from passerelle.daemon.control.messages import Standing, State
from passerelle.model.text import Text, plural

_SYNCHRONISATION: Final = Text("Synchronisation")
_WAITS: Final = Text("Waits for you")
"""The pages of the desk where something is done about it."""


class Kind(Enum):
    """Why an account needs its user."""

    OVERDUE = "overdue"
    REFUSED = "refused"
    SKIPPED = "skipped"
    CONFLICTS = "conflicts"
    HELD = "held"
    OUTLOOK = "outlook"


class Matter(Struct, frozen=True):
    """One account, and why it needs its user."""

    account: str
    kind: Kind


Matters = Mapping[Matter, int]
"""What there is at a time, and how much of it."""


def matters(standings: Iterable[Standing], now: datetime) -> Matters:
    """What the users of these accounts have to know at present."""
    found: dict[Matter, int] = {}
    for one in standings:
        counts = {
            Kind.OVERDUE: int(one.is_overdue(now)),
            Kind.REFUSED: int(one.state is State.REFUSED),
            Kind.SKIPPED: one.skipped,
            Kind.CONFLICTS: one.conflicts,
            Kind.HELD: one.held,
            Kind.OUTLOOK: int(one.outlook is not None and one.outlook.needs_user),
        }
        found |= {Matter(one.account, kind): count for kind, count in counts.items() if count}
    return found


def news(before: Matters, present: Matters) -> Matters:
    """What has come, or has become more. What has become less, or goes and comes back unchanged, was known."""
    return {matter: count for matter, count in present.items() if count > before.get(matter, 0)}


def warning(kind: Kind, count: int, standing: Standing) -> Text:
    """What to tell: what is the matter, and what to do."""
    match kind:
        case Kind.OVERDUE:
            return _overdue(standing)
        case Kind.REFUSED:
            return Text(
                "The password no longer holds. Give the new one under “{page}” in the desk, or with: passerelle "
                "account password {name}",
                name=quote(standing.account),
                page=_SYNCHRONISATION,
            )
        case Kind.SKIPPED:
            return plural(
                "{count} change was refused. Decide under “{page}” in the desk, or with: passerelle skipped list",
                "{count} changes were refused. Decide under “{page}” in the desk, or with: passerelle skipped list",
                count=count,
                page=_WAITS,
            )
        case Kind.CONFLICTS:
            return conflicts_wait(count)
        case Kind.HELD:
            return deletions_wait(count)
        case Kind.OUTLOOK:
            reason = Text("") if standing.outlook is None else standing.outlook.message
            return Text("Outlook is not in step any more. {reason}", reason=reason)
        case _:
            assert_never(kind)


def conflicts_wait(count: int) -> Text:
    """That conflicts wait for the user, and what to do."""
    return plural(
        "{count} item was changed here and on the server. Decide under “{page}” in the desk, or with: passerelle "
        "conflicts list",
        "{count} items were changed here and on the server. Decide under “{page}” in the desk, or with: passerelle "
        "conflicts list",
        count=count,
        page=_WAITS,
    )


def deletions_wait(count: int) -> Text:
    """That held deletions wait for the user, and what to do."""
    return plural(
        "{count} deletion waits for your word, under “{page}” in the desk, or with: passerelle confirm",
        "{count} deletions wait for your word, under “{page}” in the desk, or with: passerelle confirm",
        count=count,
        page=_WAITS,
    )


def _overdue(standing: Standing) -> Text:
    if standing.last_success is None:
        return Text("Not in step since this machine started. {reason}", reason=standing.message)
    at = f"{standing.last_success:%Y-%m-%d %H:%M}"
    return Text("Not in step since {at} UTC. {reason}", at=at, reason=standing.message)
