"""A feed as its readers get it: who opens it, whether anything changed, and all that it shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from msgspec import Struct

from passerelle import __version__
from passerelle.groupware.actor import Actor, actor_of
from passerelle.groupware.exports import FolderReader
from passerelle.groupware.feeds.lowering import Lens, seen
from passerelle.groupware.feeds.making import may_pass_on
from passerelle.groupware.rights import allowed, is_visible
from passerelle.model.folders import Folder, FolderType, Rights
from passerelle.model.ids import Stamp, UserId
from passerelle.model.principals import User
from passerelle.model.text import Text
from passerelle.store import Reading, Store
from passerelle.store.feeds import Detail, Feed
from passerelle.translations import catalogue
from passerelle.wire.contentlines import escape, line
from passerelle.wire.icalendar import write_parts

ORIGIN: Final = "feed"
"""Where the journal would say that a change came from; reading a feed changes nothing that it tells of."""
REFRESH_MINUTES: Final = 60
"""How often readers are asked to come. Most come when they like: Google and Outlook on the web a few times a day."""
_SEEN_EVERY: Final = timedelta(minutes=10)
"""Visits are noted so often: noting each one would make every look a write."""
_MOST_CLIENT: Final = 200


class Opened(Struct, frozen=True):
    """A feed that may be read, in one transaction. ``name`` is what the calendar is called."""

    feed: Feed
    folder: Folder
    rights: Rights
    actor: Actor
    maker: User
    name: str
    stamp: Stamp
    mark: str
    """Names all that the feed shows now: another one, and something may be different."""


def open_feed(tx: Reading, proof: str) -> Opened | None:
    """The feed whose token has this digest; None if there is none, or its maker may not pass the calendar on now.

    Costs a few look-ups, however much the calendar holds.
    """
    feed = tx.feeds.by_proof(proof)
    maker = None if feed is None else tx.principals.user(feed.user)
    folder = None if feed is None else tx.folders.get(feed.folder)
    if feed is None or maker is None or folder is None or maker.deleted or maker.disabled:
        return None
    actor = actor_of(tx, maker.id)
    rights = allowed(folder, actor)
    if not is_visible(rights) or not may_pass_on(folder, rights, actor):
        return None
    name, clock = _name(tx, folder, maker), tx.journal.clock(folder.id)
    known = [__version__, feed.id, feed.detail, name, clock, folder.stamp, rights.read, maker.locale, maker.zone]
    if feed.detail is Detail.FULL:
        known.append(tx.principals.clock())  # it tells who takes part, with names and addresses
    stamp = max(clock, folder.stamp, tx.principals.clock(), Stamp(int(feed.created.timestamp() * 1000)))
    mark = sha256(repr(known).encode()).hexdigest()[:32]
    return Opened(feed, folder, rights, actor, maker, name, stamp, mark)


def pieces(tx: Reading, opened: Opened) -> Iterator[bytes]:
    """The whole calendar as a file (RFC 5545), item by item, in the transaction in which it was opened."""
    words = catalogue(opened.maker.locale)
    lens = Lens(opened.feed.detail, opened.feed.id, opened.folder, words)
    found = FolderReader(opened.folder, opened.rights, opened.actor).snapshot(tx)
    shown = (one for record, series in found if (one := seen(lens, record, series)) is not None)
    return write_parts(shown, "PUBLISH", name=opened.name, properties=_properties(opened))


def note_fetch(store: Store, feed: Feed, client: str, now: datetime | None = None) -> None:
    """Note that a program has read a feed, unless it was noted a short while ago."""
    at = now or datetime.now(UTC)
    if feed.fetched is None or at - feed.fetched >= _SEEN_EVERY:
        with store.writing(_NOBODY, ORIGIN) as tx:
            tx.feeds.see(feed.id, at, client[:_MOST_CLIENT])


_NOBODY: Final = UserId(0)


def _properties(opened: Opened) -> list[str]:
    """What subscribers go by, beside the name: RFC 7986 and what Outlook and others had before it."""
    every = f"PT{REFRESH_MINUTES}M"
    return [
        line("NAME", escape(opened.name)),
        f"REFRESH-INTERVAL;VALUE=DURATION:{every}",
        f"X-PUBLISHED-TTL:{every}",
        line("X-WR-TIMEZONE", opened.maker.zone),
    ]


def _name(tx: Reading, folder: Folder, maker: User) -> str:
    """A private calendar is named with its owner: every user has one that is called “Calendar”."""
    owner = tx.principals.user(folder.owner) if folder.type is FolderType.PRIVATE else None
    if owner is None:
        return folder.name
    named = Text("{owner} – {folder}", owner=owner.display_name, folder=folder.name)
    return catalogue(maker.locale).say(named)
