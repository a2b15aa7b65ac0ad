"""Links to calendars: made, listed and taken back by their makers, and by administrators.

The token of a link cannot be guessed, and is kept here as a digest only: it is shown once, to its maker.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from msgspec import Struct

from passerelle.groupware.access import visible_folder
from passerelle.groupware.actor import ORIGIN, SYSTEM_USER, Actor, actor_of
from passerelle.groupware.audit import note_command
from passerelle.groupware.folder_names import name_for
from passerelle.groupware.rights import is_own_private
from passerelle.groupware.session import Session
from passerelle.groupware.teller import Teller
from passerelle.model.errors import Contradiction, Forbidden, Invalid, NotFound
from passerelle.model.folders import Folder, Module, Rights
from passerelle.model.ids import FolderId, UserId
from passerelle.model.principals import User
from passerelle.model.text import Text
from passerelle.store import Reading, Store, Writing
from passerelle.store.feeds import Detail, Feed

TOKEN_BYTES: Final = 32
MOST: Final = 100
"""How many links somebody may have: enough for every calendar and reader, few enough to look through."""
_MOST_LABEL: Final = 100


class Link(Struct, frozen=True):
    """A feed that was just made, and the token that opens it, which nobody can find out later."""

    feed: Feed
    token: str


class Listed(Struct, frozen=True):
    """A feed, with what its maker and its calendar are called; ``maker`` is the maker's login."""

    feed: Feed
    maker: str
    calendar: str


def proof_of(token: str) -> str:
    """By what a feed is known that has this token. It opens nothing."""
    return sha256(token.encode(errors="replace")).hexdigest()


def may_pass_on(folder: Folder, rights: Rights, actor: Actor) -> bool:
    """Whether somebody may give others a link to a calendar: to an own one, or as its administrator."""
    is_calendar = folder.module is Module.CALENDAR and rights.read > 0
    return is_calendar and (is_own_private(folder, actor) or rights.admin)


def create(session: Session, folder: FolderId, detail: Detail, label: str, now: datetime | None = None) -> Link:
    """Make a link to a calendar for somebody, whom ``label`` names.

    Raises:
        NotFound, Forbidden: the user does not see the calendar, or may not pass it on.
        Invalid: the label is empty or too long.
        Contradiction: this is a replica, whose server makes links; or the user has too many.
    """
    if session.teller is Teller.SERVER:
        raise Contradiction("Links to calendars are made on the server.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = Feed(
        id=secrets.token_hex(16),
        proof=proof_of(token),
        user=session.user_id,
        folder=folder,
        detail=detail,
        label=_checked(label),
        created=now or datetime.now(UTC),
    )
    with session.store.writing(session.user_id, session.origin) as tx:
        _check(tx, actor_of(tx, session.user_id), folder)
        tx.feeds.add(feed)
    return Link(feed, token)


def of_folder(session: Session, folder: FolderId) -> list[Feed]:
    """The user's links to a calendar, the oldest first."""
    with session.store.reading() as tx:
        return [one for one in tx.feeds.of_user(session.user_id) if one.folder == folder]


def own(session: Session) -> list[Listed]:
    """All links of the user, the oldest first, with what their calendars are called."""
    with session.store.reading() as tx:
        return listed(tx, tx.feeds.of_user(session.user_id))


def revoke(session: Session, id_: str) -> None:
    """Take back one of the user's own links: it opens nothing from now on. Raises NotFound."""
    with session.store.writing(session.user_id, session.origin) as tx:
        _revoke(tx, id_, of=session.user_id)


def revoke_any(store: Store, id_: str, by: User | None = None) -> Feed:
    """Take back somebody's link for an administrator, who is noted; return what it was. Raises NotFound."""
    with store.writing(SYSTEM_USER, ORIGIN) as tx:
        feed = _revoke(tx, id_, of=None)
    note_command(store, f"link of user {feed.user} to calendar {feed.folder} revoked", by)
    return feed


def _revoke(tx: Writing, id_: str, *, of: UserId | None) -> Feed:
    feed = tx.feeds.get(id_)
    if feed is None or of not in {None, feed.user}:
        raise NotFound("That link is gone already.")
    tx.feeds.remove(id_)
    return feed


def listed(tx: Reading, feeds: Iterable[Feed]) -> list[Listed]:
    """Feeds with their names."""
    return [_named(tx, feed) for feed in feeds]


def _named(tx: Reading, feed: Feed) -> Listed:
    maker, folder = tx.principals.user(feed.user), tx.folders.get(feed.folder)
    name = "" if folder is None else name_for(tx, feed.user, folder)
    return Listed(feed, "" if maker is None else maker.login, name)


def _check(tx: Reading, actor: Actor, id_: FolderId) -> None:
    folder, rights = visible_folder(tx, actor, id_)
    if folder.module is not Module.CALENDAR:
        raise Contradiction("Only calendars can be shared as a link.")
    if not may_pass_on(folder, rights, actor):
        raise Forbidden(Text("Only its owner or administrator can share “{folder}” as a link.", folder=folder.name))
    if len(tx.feeds.of_user(actor.user)) >= MOST:
        raise Contradiction(Text("You have {most} links already. Revoke one first.", most=MOST))


def _checked(label: str) -> str:
    text = " ".join(label.split())
    if not text:
        raise Invalid("Say for whom the link is.", "label")
    if len(text) > _MOST_LABEL:
        raise Invalid(Text("For whom the link is can be said in {most} characters.", most=_MOST_LABEL), "label")
    return text
