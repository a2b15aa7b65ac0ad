"""Passwords: Argon2id hashes, and a short memory of what was verified (design, section 8).

A client with HTTP Basic authentication sends the password with each request; computing Argon2 each time
would cost more than the request. The memory holds no password, only a keyed digest under a key that dies
with the process.
"""

from __future__ import annotations

import hmac
import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from passerelle.model.errors import Invalid
from passerelle.model.text import Text

MAX_PASSWORD_BYTES = 1024
"""Longer passwords are refused, so that nobody can make us hash megabytes."""

_HASHER = PasswordHasher()
_AT_ONCE = threading.BoundedSemaphore(os.cpu_count() or 1)
"""One hash takes a core and 64 MiB: more of them at once than there are cores would only fill the memory."""


def hash_password(password: str) -> str:
    """The Argon2id hash of a password, with its salt and parameters.

    Raises:
        Invalid: the password is empty or too long.
    """
    if not password:
        raise Invalid("The password must not be empty.", "password")
    if len(password.encode()) > MAX_PASSWORD_BYTES:
        raise Invalid(Text("A password can have {most} bytes.", most=MAX_PASSWORD_BYTES), "password")
    with _AT_ONCE:
        return _HASHER.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Whether a password belongs to a hash. Without a hash (no such login) the same work is done, in vain."""
    if not password or len(password.encode(errors="replace")) > MAX_PASSWORD_BYTES:
        return False
    known_or_not = password_hash or _nobody()
    try:
        with _AT_ONCE:
            _HASHER.verify(known_or_not, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with other parameters than new ones are."""
    return _HASHER.check_needs_rehash(password_hash)


@cache
def _nobody() -> str:
    """A hash that no password belongs to."""
    return _HASHER.hash(secrets.token_hex(32))


class Verified:
    """Remembers, for a few minutes, that a login and a password were found to belong to a stored hash.

    As the hash is part of what is remembered, a new password ends the memory of the old one at once.
    """

    def __init__(
        self, lifetime_s: float = 300, size: int = 10_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._lifetime_s = lifetime_s
        self._size = size
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._entries: OrderedDict[bytes, float] = OrderedDict()
        self._lock = threading.Lock()

    def knows(self, login: str, password: str, password_hash: str) -> bool:
        """Whether exactly these were remembered, and not too long ago."""
        digest = self._digest(login, password, password_hash)
        with self._lock:
            expires = self._entries.get(digest)
            if expires is not None and expires <= self._clock():
                del self._entries[digest]
                expires = None
        return expires is not None

    def remember(self, login: str, password: str, password_hash: str) -> None:
        """Remember; the oldest memory goes when there are too many."""
        digest = self._digest(login, password, password_hash)
        with self._lock:
            self._entries[digest] = self._clock() + self._lifetime_s
            self._entries.move_to_end(digest)
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)

    def _digest(self, *parts: str) -> bytes:
        message = b"".join(len(part := text.encode(errors="replace")).to_bytes(4, "big") + part for text in parts)
        return hmac.digest(self._key, message, "sha256")
