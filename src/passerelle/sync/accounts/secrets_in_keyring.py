"""Passwords of accounts in the system's keyring."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import final

import keyring
import keyring.backends.fail
import keyring.errors

from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text

_SERVICE = "passerelle"


def has_keyring() -> bool:
    """Whether the system has a keyring that works. Raises Misconfigured if one is configured that cannot be loaded."""
    with _opened():
        backend = keyring.get_keyring()
        return getattr(backend, "priority", 0) >= 1 and not isinstance(backend, keyring.backends.fail.Keyring)


@final
class KeyringSecrets:
    """The system's keyring. All raise Misconfigured if it is locked, or does not answer."""

    def get(self, key: str) -> str | None:
        """The password; None if there is none."""
        with _opened():
            return keyring.get_password(_SERVICE, key)

    def put(self, key: str, password: str) -> None:
        """Keep a password in place of the earlier one."""
        with _opened():
            keyring.set_password(_SERVICE, key, password)

    def remove(self, key: str) -> None:
        """Forget a password, if there is one."""
        with _opened():
            if keyring.get_password(_SERVICE, key) is not None:
                keyring.delete_password(_SERVICE, key)


@contextmanager
def _opened() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # its backends are plug-ins, which raise what the system's services do
        raise Misconfigured(
            Text("The keyring of this system does not work: {error}. Unlock it and try again.", error=str(error))
        ) from error
