"""``passerelle server feeds …``: the links under which calendars are read without login."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from cyclopts import App

from passerelle.cli.naming import find_user
from passerelle.cli.options import Json, ServerData
from passerelle.cli.output import print_json, print_table, say
from passerelle.cli.server.opening import open_store
from passerelle.groupware.feeds.making import Listed, listed, revoke_any
from passerelle.model.errors import Contradiction, NotFound
from passerelle.model.text import Text
from passerelle.store import Store

_ENOUGH: Final = 8
feeds_app = App(name="feeds", help="Links under which calendars are read without login.")


@feeds_app.command(name="list")
def feeds_list(*, user: str | None = None, data: ServerData = None, json: Json = False) -> int:
    """Show the links to calendars: who made them, for whom, and when they were read last.

    Args:
        user: Only those that this user made.
        data: The server's directory.
        json: Print JSON for a script.
    """
    with open_store(data) as store:
        maker = None if user is None else find_user(store, user)
        with store.reading() as tx:
            found = listed(tx, tx.feeds.all() if maker is None else tx.feeds.of_user(maker.id))
    if json:
        print_json([_facts(one) for one in found])
    else:
        headings = ("Id", "Login", "Calendar", "For whom", "Shows", "Since", "Last read")
        print_table(Text("Links to calendars"), headings, [_row(one) for one in found])
    return 0


@feeds_app.command(name="revoke")
def feeds_revoke(id_: str, /, *, data: ServerData = None) -> int:
    """Take a link back: whoever has it reads nothing any more. This cannot be undone.

    Args:
        id_: As the list shows it, or its beginning.
        data: The server's directory.
    """
    with open_store(data) as store:
        feed = revoke_any(store, _whole(store, id_))
    say(Text("Revoked the link for {label}.", label=feed.label))
    return 0


def _whole(store: Store, start: str) -> str:
    """The id that begins so.

    Raises:
        NotFound: none does.
        Contradiction: several do.
    """
    with store.reading() as tx:
        found = [one.id for one in tx.feeds.all() if start and one.id.startswith(start)]
    if not found:
        raise NotFound("That link is gone already.")
    if len(found) > 1:
        raise Contradiction(Text("Several links begin with “{start}”. Type more of the id.", start=start))
    return found[0]


def _row(one: Listed) -> tuple[str, ...]:
    """What fits beside each other: enough of the id to tell it from others, and not which program reads it."""
    facts = _facts(one)
    return (facts.pop("id")[:_ENOUGH], *list(facts.values())[:-1])


def _facts(one: Listed) -> dict[str, str]:
    """What is known of a link; its token and its proof are no part of that."""
    feed = one.feed
    return {
        "id": feed.id,
        "login": one.maker,
        "calendar": one.calendar,
        "label": feed.label,
        "detail": feed.detail.value,
        "created": _minute(feed.created),
        "fetched": "" if feed.fetched is None else _minute(feed.fetched),
        "client": feed.client,
    }


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
