"""HTTP Basic authentication (OX reference, section 2.2) behind the login throttle."""

from __future__ import annotations

import base64
import binascii

from passerelle.groupware.provision import authenticate
from passerelle.model.errors import PasserelleError, Unauthenticated
from passerelle.model.principals import User
from passerelle.server.metrics import Attempt, Metrics
from passerelle.server.throttle import Throttle
from passerelle.server.trail import Trail
from passerelle.store import Store

REALM = 'Basic realm="OX WebDAV", encoding="UTF-8"'


class TooManyAttempts(PasserelleError):
    """The address has guessed too often; ``wait_s`` says when it may try again."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"Too many failed logins. Try again in {wait_s} seconds.")
        self.wait_s = wait_s


def credentials(header: str | None) -> tuple[str, str]:
    """Login and password of an ``Authorization`` header.

    Raises:
        Unauthenticated: it is missing, of another scheme, or malformed.
    """
    scheme, _, encoded = (header or "").partition(" ")
    if scheme.lower() != "basic":
        message = "Log in with HTTP Basic authentication."
        raise Unauthenticated(message)
    try:
        raw = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        message = "The Authorization header is malformed."
        raise Unauthenticated(message) from error
    login, _, password = _text(raw).partition(":")
    return login, password


def _text(raw: bytes) -> str:
    """UTF-8 as we announce; Latin-1 from clients that ignore it."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


class Authenticator:
    """Turns credentials into a user, one attempt at a time."""

    def __init__(self, store: Store, throttle: Throttle, metrics: Metrics, trail: Trail) -> None:
        self._store = store
        self._throttle = throttle
        self._metrics = metrics
        self._trail = trail

    def user(self, login: str, password: str, address: str, client: str = "") -> User:
        """The user of a login, given as ``login`` or ``login@context``; ``client`` says what program asks.

        Raises:
            Unauthenticated: login or password are wrong, or empty.
            TooManyAttempts: this address failed too often.
        """
        if not login or not password:
            message = "Login and password must not be empty."
            raise Unauthenticated(message)
        account = login.casefold().partition("@")[0]  # one allowance, whatever contexts a guesser invents
        wait_s = self._throttle.wait_s(account, address)
        if wait_s:
            self._note(Attempt.THROTTLED, login, address)
            raise TooManyAttempts(wait_s)
        try:
            user = self._authenticate(login, password)
        except Unauthenticated:
            self._throttle.failed(account, address)
            self._note(Attempt.FAILED, login, address)
            raise
        self._throttle.succeeded(account, address)
        self._metrics.attempted(Attempt.SUCCEEDED)
        self._trail.logged_in(user.id, address, client)
        return user

    def _note(self, attempt: Attempt, login: str, address: str) -> None:
        self._metrics.attempted(attempt)
        self._trail.refused(attempt, login, address)

    def _authenticate(self, login: str, password: str) -> User:
        try:
            return authenticate(self._store, login, password)
        except Unauthenticated:
            name, at, _context = login.rpartition("@")
            if not at:
                raise
            return authenticate(self._store, name, password)
