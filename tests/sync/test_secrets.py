import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from cryptography.fernet import Fernet
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError

from passerelle.model.errors import Misconfigured
from passerelle.sync.accounts.private_files import write_private
from passerelle.sync.accounts.secrets import secrets_of
from passerelle.sync.accounts.secrets_in_file import FileSecrets

FERNET_OF_OTHERS = Fernet(Fernet.generate_key()).encrypt(b"{}")


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


# --- the encrypted file ---


def test_only_their_owner_may_read_the_files(tmp_path: Path) -> None:
    directory = tmp_path / "accounts"
    FileSecrets(directory).put("anna at home", "secret")
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    for name in ("secrets", "secrets.key"):
        assert stat.S_IMODE((directory / name).stat().st_mode) == 0o600
    (directory / "secrets").chmod(0o644)
    FileSecrets(directory).get("anna at home")
    assert stat.S_IMODE((directory / "secrets").stat().st_mode) == 0o600


def test_a_file_that_another_user_put_in_the_way_is_not_written_into(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_bytes(b"")
    (tmp_path / "secrets").symlink_to(trap)
    write_private(tmp_path / "secrets", b"secret")
    assert trap.read_bytes() == b""
    assert not (tmp_path / "secrets").is_symlink()


def test_a_write_that_fails_leaves_the_old_passwords_and_no_rest(tmp_path: Path) -> None:
    FileSecrets(tmp_path).put("one", "1")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(OSError, match="elsewhere"):
        write_private(tmp_path / "elsewhere", b"a file cannot replace a directory")
    (tmp_path / "elsewhere").rmdir()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_two_processes_at_once_lose_no_password(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from passerelle.sync.accounts.secrets_in_file import FileSecrets\n"
        "for n in range(15): FileSecrets(Path(sys.argv[1])).put(sys.argv[2] + str(n), 'secret')"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in "ab"]
    assert [one.wait(timeout=60) for one in writers] == [0, 0]
    secrets = FileSecrets(tmp_path)
    assert all(secrets.get(f"{name}{n}") == "secret" for name in "ab" for n in range(15))


@pytest.mark.parametrize("name", ["secrets", "secrets.key"])
@pytest.mark.parametrize("content", [b"", b"damaged", None])
def test_damaged_files_are_named_and_nothing_is_made_of_them(tmp_path: Path, name: str, content: bytes | None) -> None:
    secrets = FileSecrets(tmp_path)
    secrets.put("one", "1")
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    elif name == "secrets.key":
        path.unlink()
    else:
        path.write_bytes(FERNET_OF_OTHERS)
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    uses: tuple[Callable[[], object], ...] = (
        lambda: secrets.get("one"),
        lambda: secrets.put("two", "2"),
        lambda: secrets.remove("one"),
    )
    for use in uses:
        with pytest.raises(Misconfigured, match="Remove both files"):
            use()
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir() if one.name in before} == before


# --- keyrings that do not do as they should ---


class Locked(Safe):
    """A keyring whose owner has not unlocked it; its service raises errors of its own."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("the collection is locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("the collection is locked")


def test_a_locked_keyring_is_told_and_no_file_gets_the_password(safe: Safe, tmp_path: Path) -> None:
    keyring.set_keyring(Locked())
    secrets = secrets_of(tmp_path)
    uses: tuple[Callable[[], object], ...] = (
        lambda: secrets.get("one"),
        lambda: secrets.put("one", "1"),
        lambda: secrets.remove("one"),
    )
    for use in uses:
        with pytest.raises(Misconfigured, match="is locked"):
            use()
    assert list(tmp_path.iterdir()) == []


def test_with_a_keyring_that_appears_later_new_passwords_go_there_and_old_ones_stay_known(
    safe: Safe, tmp_path: Path
) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # keyring's own
    secrets_of(tmp_path).put("old", "1")
    keyring.set_keyring(safe)
    secrets_of(tmp_path).put("new", "2")
    assert (secrets_of(tmp_path).get("old"), secrets_of(tmp_path).get("new")) == ("1", "2")
    assert safe.passwords == {"new": "2"}
    secrets_of(tmp_path).put("old", "3")
    assert safe.passwords == {"new": "2", "old": "3"}
    assert FileSecrets(tmp_path).get("old") is None


def test_a_keyring_that_cannot_be_loaded_is_told(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from passerelle.sync.accounts.secrets import secrets_of\n"
        "from passerelle.model.errors import Misconfigured\n"
        "try: secrets_of(Path(sys.argv[1])).get('one')\n"
        "except Misconfigured as error: print(error)"
    )
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "no.such.Keyring"}
    command = [sys.executable, "-c", code, str(tmp_path)]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert said.startswith("The keyring of this system does not work")
