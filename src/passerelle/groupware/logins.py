"""Who is let in again without a password: the logins of browsers (design, section 8).

The browser gets a key that cannot be guessed and that is kept here as a digest only. A login ends when its user logs
out, gets another password, is disabled or removed; after :data:`SHORT` without a visit; and after :data:`LONG` anyway.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from passerelle.model.errors import NotFound
from passerelle.model.ids import UserId
from passerelle.store import Store, Writing
from passerelle.store.logins import Login

ORIGIN: Final = "desk"
"""Where the journal says that changes made in pages come from."""
SHORT: Final = timedelta(hours=12)
"""How long a login lasts without a visit, unless its user wants to stay logged in on that device."""
LONG: Final = timedelta(days=30)
_SEEN_EVERY: Final = timedelta(minutes=10)
"""Visits are noted so often: noting each one would make every look a write."""
_MOST_CLIENT: Final = 200


def begin(store: Store, user: UserId, client: str = "", *, stays: bool = False, now: datetime | None = None) -> str:
    """Let a user in who has shown the password; return the key that lets the browser in from now on."""
    key, at = secrets.token_urlsafe(32), now or datetime.now(UTC)
    login = Login(
        proof=proof_of(key),
        user=user,
        begun=at,
        seen=at,
        ends=at + LONG,
        is_short=not stays,
        client=client[:_MOST_CLIENT],
    )
    with store.writing(user, ORIGIN) as tx:
        tx.logins.add(login)
    return key


def visitor(store: Store, key: str, now: datetime | None = None) -> UserId | None:
    """Whom a key lets in; None if it is unknown, ended, or of a user who may not log in."""
    at = now or datetime.now(UTC)
    login = _login(store, key, at)
    if login is not None and at - login.seen > _SEEN_EVERY:
        with store.writing(login.user, ORIGIN) as writing:
            writing.logins.see(login.proof, at)
    return None if login is None else login.user


def holds(store: Store, key: str, now: datetime | None = None) -> bool:
    """Whether a key still lets somebody in. Nothing is noted: a page that only listens is no visit."""
    return _login(store, key, now or datetime.now(UTC)) is not None


def _login(store: Store, key: str, at: datetime) -> Login | None:
    with store.reading() as tx:
        login = tx.logins.get(proof_of(key))
        user = None if login is None else tx.principals.user(login.user)
    is_good = user is not None and not user.deleted and not user.disabled
    return login if login is not None and is_good and _lasts(login, at) else None


def end(store: Store, key: str) -> None:
    """Let nobody in with this key any more."""
    with store.writing(_NOBODY, ORIGIN) as tx:
        tx.logins.remove(proof_of(key))


def of_user(store: Store, user: UserId, now: datetime | None = None) -> tuple[Login, ...]:
    """The logins of somebody that still hold, the latest seen first."""
    at = now or datetime.now(UTC)
    with store.reading() as tx:
        return tuple(one for one in tx.logins.of_user(user) if _lasts(one, at))


def current_logins(store: Store, now: datetime | None = None) -> list[Login]:
    """All logins that still hold, the latest seen first."""
    at = now or datetime.now(UTC)
    with store.reading() as tx:
        return [one for one in tx.logins.all() if _lasts(one, at)]


def end_one(store: Store, proof: str, *, of: UserId) -> None:
    """End a login of somebody, known by its proof.

    Raises:
        NotFound: that user has no such login.
    """
    with store.writing(of, ORIGIN) as tx:
        login = tx.logins.get(proof)
        if login is None or login.user != of:
            raise NotFound("That login has ended already.")
        tx.logins.remove(proof)


def prune(tx: Writing, now: datetime) -> None:
    """Forget logins that have ended by themselves."""
    tx.logins.prune(now, now - SHORT)


_NOBODY: Final = UserId(0)


def _lasts(login: Login, at: datetime) -> bool:
    return at < login.ends and (not login.is_short or at - login.seen < SHORT)


def proof_of(key: str) -> str:
    """By what a login is known that has this key. It lets nobody in."""
    return sha256(key.encode(errors="replace")).hexdigest()
