"""Passwords in an encrypted file, where the system has no keyring (design, section 8)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, final

import msgspec

from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.sync.accounts.private_files import alone, write_private

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_OTHERS = 0o077
"""The bits of a file's mode that let anybody else in."""


@final
class FileSecrets:
    """A file of mode 0600, encrypted with a key that lies in a file of its own of mode 0600.

    It keeps passwords out of backups and listings of one of the files; who may read both may read the passwords.
    Several processes may use it at once. All raise Misconfigured if the files are damaged or do not belong together.
    """

    def __init__(self, directory: Path) -> None:
        self._file = directory / "secrets"
        self._key_file = directory / "secrets.key"

    def get(self, key: str) -> str | None:
        """The password; None if there is none."""
        return self._read().get(key)

    def put(self, key: str, password: str) -> None:
        """Keep a password in place of the earlier one."""
        with alone(self._file):
            self._write({**self._read(), key: password})

    def remove(self, key: str) -> None:
        """Forget a password, if there is one."""
        if self._file.exists():
            with alone(self._file):
                passwords = self._read()
                if passwords.pop(key, None) is not None:
                    self._write(passwords)

    def _read(self) -> dict[str, str]:
        if not self._file.exists():
            return {}
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - needed only where there is such a file

        try:
            clear = self._cipher().decrypt(_content(self._file))
            return msgspec.json.decode(clear, type=dict[str, str])
        except (InvalidToken, OSError, ValueError, msgspec.MsgspecError) as error:
            raise Misconfigured(
                Text(
                    "The passwords in “{file}” cannot be read with the key beside them. Remove both files and give "
                    "the passwords again.",
                    file=str(self._file),
                )
            ) from error

    def _write(self, passwords: dict[str, str]) -> None:
        from cryptography.fernet import Fernet  # noqa: PLC0415 - as above

        if not self._key_file.exists():
            write_private(self._key_file, Fernet.generate_key())
        write_private(self._file, self._cipher().encrypt(msgspec.json.encode(passwords)))

    def _cipher(self) -> Fernet:
        from cryptography.fernet import Fernet  # noqa: PLC0415 - as above

        return Fernet(_content(self._key_file))


def _content(path: Path) -> bytes:
    """What is in a file; if somebody opened it to others, it is closed to them again."""
    if path.stat().st_mode & _OTHERS:
        path.chmod(0o600)
    return path.read_bytes()
