"""Passwords of accounts: in the system's keyring, or in an encrypted file where there is none (design, section 8)."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, final

from passerelle.sync.accounts.secrets_in_file import FileSecrets


class Secrets(Protocol):
    """Keeps passwords, each under a name."""

    def get(self, key: str) -> str | None:
        """The password; None if there is none."""

    def put(self, key: str, password: str) -> None:
        """Keep a password in place of the earlier one."""

    def remove(self, key: str) -> None:
        """Forget a password, if there is one."""


def secrets_of(directory: Path) -> Secrets:
    """The system's keyring; a file in ``directory`` where there is none.

    What is in that file stays there until the password is given anew: a program that starts without a desktop finds it.
    """
    return _SystemSecrets(directory)


@final
class _SystemSecrets:
    """Loads the keyring only if the file does not know a password: to look for a backend takes a while."""

    def __init__(self, directory: Path) -> None:
        self._file = FileSecrets(directory)

    def get(self, key: str) -> str | None:
        kept = self._file.get(key)
        if kept is not None:
            return kept
        keyring = _keyring()
        return None if keyring is None else keyring.get(key)

    def put(self, key: str, password: str) -> None:
        keyring = _keyring()
        if keyring is None:
            self._file.put(key, password)
        else:
            keyring.put(key, password)
            self._file.remove(key)

    def remove(self, key: str) -> None:
        keyring = _keyring()
        if keyring is not None:
            keyring.remove(key)
        self._file.remove(key)


def _keyring() -> Secrets | None:
    """The system's keyring, if it has one."""
    from passerelle.sync.accounts.secrets_in_keyring import KeyringSecrets, has_keyring  # noqa: PLC0415 - see _SystemSecrets

    return KeyringSecrets() if has_keyring() else None
