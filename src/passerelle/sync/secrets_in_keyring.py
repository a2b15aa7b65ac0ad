"""Passwords of accounts in the system's keyring."""

from __future__ import annotations

from typing import final

import keyring
import keyring.backends.fail
import keyring.errors

from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text

_SERVICE = "passerelle"


def has_keyring() -> bool:
    """Whether the system has a keyring that works."""
    backend = keyring.get_keyring()
    return getattr(backend, "priority", 0) >= 1 and not isinstance(backend, keyring.backends.fail.Keyring)


@final
class KeyringSecrets:
    """The system's keyring."""

    def get(self, key: str) -> str | None:
        """The password; None if there is none. Raises Misconfigured if the keyring is locked."""
        try:
            return keyring.get_password(_SERVICE, key)
        except keyring.errors.KeyringError as error:
            raise Misconfigured(
                Text("The keyring does not give the password: {error}. Unlock it and try again.", error=str(error))
            ) from error

    def put(self, key: str, password: str) -> None:
        """Keep a password. Raises Misconfigured if the keyring is locked."""
        try:
            keyring.set_password(_SERVICE, key, password)
        except keyring.errors.KeyringError as error:
            raise Misconfigured(
                Text("The keyring does not take the password: {error}. Unlock it and try again.", error=str(error))
            ) from error

    def remove(self, key: str) -> None:
        """Forget a password, if there is one."""
        try:
            keyring.delete_password(_SERVICE, key)
        except keyring.errors.PasswordDeleteError:
            return
