"""``passerelle server audit``: who changed rights and groups, who logged in, what administrators did."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from passerelle.cli.naming import find_user
from passerelle.cli.options import Json, ServerData
from passerelle.cli.output import print_json, print_table
from passerelle.cli.server.opening import open_store
from passerelle.groupware.audit import Event, EventKind, events
from passerelle.groupware.provision import SYSTEM_USER
from passerelle.model.errors import Invalid
from passerelle.model.ids import UserId
from passerelle.model.text import Text
from passerelle.store import Reading
from passerelle.translations import said

_DAYS = re.compile(r"(\d{1,4})d")
_KINDS = {
    EventKind.LOGIN: Text("logged in"),
    EventKind.REFUSED: Text("login refused"),
    EventKind.THROTTLED: Text("login throttled"),
    EventKind.COMMAND: Text("command"),
    EventKind.RIGHT: Text("right changed"),
    EventKind.MEMBERSHIP: Text("membership changed"),
    EventKind.USER: Text("account changed"),
}


def audit(*, since: str = "7d", user: str | None = None, data: ServerData = None, json: Json = False) -> int:
    """Show who changed rights and groups, who logged in, and what administrators did.

    Args:
        since: A day such as 2026-11-28, a moment in UTC such as 2026-11-28T09:30, or a number of days such as 7d.
        user: Login of the user who did it or whom it concerns.
        data: The server's directory.
        json: Print the events as JSON.
    """
    start = _moment(since, datetime.now(UTC))
    with open_store(data) as store:
        wanted = None if user is None else find_user(store, user).id
        with store.reading() as tx:
            found = events(tx, start, wanted)
            rows = [] if json else [_row(tx, event) for event in found]
    if json:
        print_json(found)
    else:
        print_table(Text("Audit"), ("When (UTC)", "Who", "What", "To what", "Details"), rows)
    return 0


def _moment(text: str, now: datetime) -> datetime:
    """When to begin.

    Raises:
        Invalid: it is no day, moment or number of days.
    """
    days = _DAYS.fullmatch(text)
    if days:
        return now - timedelta(days=int(days[1]))
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        message = Text(
            "“{text}” is no value for --since. Give a day such as 2026-11-28 or a number of days such as 7d.", text=text
        )
        raise Invalid(message, "since") from error


def _row(tx: Reading, event: Event) -> tuple[object, ...]:
    return (f"{event.at:%Y-%m-%d %H:%M:%S}", _who(tx, event), _KINDS[event.kind], event.about, _details(event))


def _who(tx: Reading, event: Event) -> object:
    if event.account:
        return event.account
    if event.actor is None:
        return Text("nobody known")
    if event.actor == SYSTEM_USER:
        return Text("an administrator")
    user = tx.principals.user(UserId(event.actor))
    return f"user {event.actor}" if user is None else user.login


def _details(event: Event) -> str:
    change = f"{event.holder}: {event.before} → {event.after}" if event.holder else event.after
    often = said(Text("{count} times", count=event.count)) if event.count > 1 else ""
    return ", ".join(filter(None, (change, event.address, event.client, often)))
