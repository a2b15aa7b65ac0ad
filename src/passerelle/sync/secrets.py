"""Passwords of accounts: in the system's keyring, or in an encrypted file where there is none (design, section 8)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, final

import msgspec

from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


class Secrets(Protocol):
    """Keeps one password per account, named by the account's key."""

    def get(self, key: str) -> str | None:
        """The password; None if there is none."""

    def put(self, key: str, password: str) -> None:
        """Keep a password in place of the earlier one."""

    def remove(self, key: str) -> None:
        """Forget a password, if there is one."""


def secrets_of(directory: Path) -> Secrets:
    """The system's keyring; a file in ``directory`` where there is none. What is in that file stays there."""
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
    from passerelle.sync.secrets_in_keyring import KeyringSecrets, has_keyring  # noqa: PLC0415 - see _SystemSecrets

    return KeyringSecrets() if has_keyring() else None


@final
class FileSecrets:
    """A file of mode 0600, encrypted with a key that lies in a file of its own of mode 0600.

    It keeps passwords out of backups and listings of one of the files; who may read both may read the passwords.
    """

    def __init__(self, directory: Path) -> None:
        self._file = directory / "secrets"
        self._key_file = directory / "secrets.key"

    def get(self, key: str) -> str | None:
        """The password; None if there is none. Raises Misconfigured if the files do not belong together."""
        return self._read().get(key)

    def put(self, key: str, password: str) -> None:
        """Keep a password in place of the earlier one."""
        self._write({**self._read(), key: password})

    def remove(self, key: str) -> None:
        """Forget a password, if there is one."""
        passwords = self._read()
        if passwords.pop(key, None) is not None:
            self._write(passwords)

    def _read(self) -> dict[str, str]:
        if not self._file.exists():
            return {}
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - needed only where there is such a file

        try:
            clear = self._cipher().decrypt(self._file.read_bytes())
            return msgspec.json.decode(clear, type=dict[str, str])
        except (InvalidToken, ValueError, msgspec.MsgspecError) as error:
            raise Misconfigured(
                Text(
                    "The passwords in “{file}” cannot be read with the key beside them. Remove both files and give "
                    "the passwords again.",
                    file=str(self._file),
                )
            ) from error

    def _write(self, passwords: dict[str, str]) -> None:
        _write_private(self._file, self._cipher().encrypt(msgspec.json.encode(passwords)))

    def _cipher(self) -> Fernet:
        from cryptography.fernet import Fernet  # noqa: PLC0415 - as above

        if not self._key_file.exists():
            _write_private(self._key_file, Fernet.generate_key())
        return Fernet(self._key_file.read_bytes())


def _write_private(path: Path, content: bytes) -> None:
    """Replace a file at once by one that only its owner may read."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(path.suffix + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
