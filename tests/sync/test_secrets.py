from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import PasswordDeleteError

from passerelle.sync.secrets import FileSecrets, secrets_of


class Safe(KeyringBackend):
    """A keyring as a desktop has one."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's own
        self.passwords: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.passwords.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.passwords.pop(username, None) is None:
            raise PasswordDeleteError


@pytest.fixture
def safe() -> Iterator[Safe]:
    before, safe = keyring.get_keyring(), Safe()
    keyring.set_keyring(safe)
    yield safe
    keyring.set_keyring(before)


def test_a_desktops_keyring_keeps_the_password_and_no_file_does(safe: Safe, tmp_path: Path) -> None:
    secrets_of(tmp_path).put("anna at home", "secret")
    assert safe.passwords == {"anna at home": "secret"}
    assert list(tmp_path.iterdir()) == []
    assert secrets_of(tmp_path).get("anna at home") == "secret"


def test_without_a_keyring_an_encrypted_file_keeps_the_password(safe: Safe, tmp_path: Path) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # keyring's own
    secrets_of(tmp_path).put("anna at home", "secret")
    assert secrets_of(tmp_path).get("anna at home") == "secret"
    assert b"secret" not in (tmp_path / "secrets").read_bytes()


def test_a_password_from_before_there_was_a_keyring_is_still_known(safe: Safe, tmp_path: Path) -> None:
    FileSecrets(tmp_path).put("anna at home", "secret")
    assert secrets_of(tmp_path).get("anna at home") == "secret"


def test_a_new_password_leaves_no_old_one_behind_in_the_file(safe: Safe, tmp_path: Path) -> None:
    FileSecrets(tmp_path).put("anna at home", "old")
    secrets_of(tmp_path).put("anna at home", "new")
    assert secrets_of(tmp_path).get("anna at home") == "new"
    assert FileSecrets(tmp_path).get("anna at home") is None


def test_a_forgotten_password_is_nowhere(safe: Safe, tmp_path: Path) -> None:
    FileSecrets(tmp_path).put("anna at home", "old")
    secrets_of(tmp_path).remove("anna at home")
    assert secrets_of(tmp_path).get("anna at home") is None
