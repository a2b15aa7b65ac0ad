"""Makes links to calendars, and reads what they show."""

from __future__ import annotations

from datetime import datetime

import icalendar as stranger

from passerelle.groupware.feeds.making import Link, create, proof_of
from passerelle.groupware.feeds.reading import open_feed, pieces
from passerelle.model.ids import FolderId
from passerelle.store import Store
from passerelle.store.feeds import Detail
from tests.groupware.office import Office


def link(office: Office, detail: Detail = Detail.FULL, login: str = "anna", folder: FolderId | None = None) -> Link:
    """A link to somebody's own calendar, or to another folder."""
    id_ = office.default(login) if folder is None else folder
    return create(office.session(login), id_, detail, "Sister")


def told(store: Store, made: Link) -> str | None:
    """What a link shows, unfolded; None if it opens nothing."""
    with store.reading() as tx:
        opened = open_feed(tx, proof_of(made.token))
        text = None if opened is None else b"".join(pieces(tx, opened)).decode()
    return None if text is None else text.replace("\r\n ", "")


def shown(office: Office, made: Link) -> str:
    """What a link shows."""
    text = told(office.store, made)
    assert text is not None
    return text


def events(text: str) -> list[stranger.Event]:
    """The events in a calendar, as another program reads them."""
    found = stranger.Calendar.from_ical(text).walk("VEVENT")
    return [one for one in found if isinstance(one, stranger.Event)]


def titles(text: str) -> list[str]:
    return sorted(str(one.get("SUMMARY")) for one in events(text))


def mark(office: Office, made: Link) -> str:
    """The name of all that a link shows now."""
    with office.store.reading() as tx:
        opened = open_feed(tx, proof_of(made.token))
    assert opened is not None
    return opened.mark


def fetched(office: Office, made: Link) -> tuple[datetime | None, str]:
    """When and by what a feed was read, as far as it was noted."""
    with office.store.reading() as tx:
        feed = tx.feeds.get(made.feed.id)
    assert feed is not None
    return feed.fetched, feed.client
