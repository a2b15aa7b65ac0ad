"""The connector does on Windows what it does elsewhere, as far as Wine is one: from the first login to each login."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.interop.outlook.wine import ROOT, TIMEOUT_S, left_out, python, windows, windows_path
from tests.support.commands import Server, User
from tests.support.waiting import eventually

ADA = User("ada", "Ada Byron", "ada@example.org", "difference engine")


class Machine:
    """Ada's Windows."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._words = ("--data", windows_path(data))

    def passerelle(self, *words: str, typed: str = "") -> str:
        """What a command says; it succeeds."""
        with python("-m", "passerelle", *words, *self._words, stdin=subprocess.PIPE) as process:
            said, _ = process.communicate(typed, timeout=TIMEOUT_S)
        assert process.returncode == 0, said
        return said

    def log(self) -> str:
        """What the daemon without a window has said."""
        log = self.data / "watch.log"
        return log.read_text() if log.exists() else ""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "server", zone="Europe/Berlin")
    server.add_user(ADA)
    with server:
        yield server


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.skipif(bool(left_out()), reason=left_out())
def test_its_wheel_is_installed_by_windows_pip(tmp_path: Path) -> None:
    build = ["wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), str(ROOT)]
    subprocess.run([sys.executable, "-m", "pip", *build], check=True, cwd=tmp_path)
    (wheel,) = tmp_path.glob("passerelle-*.whl")
    words = ("install", "-q", "--disable-pip-version-check", "--no-index", "--no-deps", "--target")
    target = tmp_path / "installed"
    with windows(), python("-m", "pip", *words, windows_path(target), windows_path(wheel)) as pip:
        said, _ = pip.communicate(timeout=TIMEOUT_S)
    assert pip.returncode == 0, said
    assert (target / "bin/passerelle.exe").exists()
    assert (target / "passerelle/desk/static").is_dir()


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.skipif(bool(left_out()), reason=left_out())
def test_an_account_is_shown_in_outlook_and_taken_out_again(server: Server, tmp_path: Path) -> None:
    ada = Machine(tmp_path / "accounts")
    login = ("--login", ADA.login, "--password-stdin", "--zone", "Europe/Berlin")
    mail = ("--imap", "imap.example.org", "--smtp", "smtp.example.org")
    with windows():
        ada.passerelle("account", "add", server.url, *login, typed=f"{ADA.password}\n")
        ada.passerelle("sync")
        assert "Outlook does not run." in ada.passerelle("outlook", "status")
        with python("-m", "tests.interop.outlook.server") as outlook:
            assert outlook.stdout is not None
            assert outlook.stdout.readline() == "serving\n"
            assert "importprf" in ada.passerelle("outlook", "setup", *mail)
            ada.passerelle("add", "appointment", "Lunch", "--start", "2026-12-01T12:00", "--end", "13:00")
            ada.passerelle("sync")
            standing = msgspec.json.decode(ada.passerelle("outlook", "status", "--json"))
            shown = {name: standing[name] for name in ("profile", "is_open", "items", "refused")}
            assert shown == {"profile": "Outlook", "is_open": True, "items": 2, "refused": 0}
            ada.passerelle("outlook", "remove")
            assert "not in Outlook" in ada.passerelle("outlook", "status")
        ada.passerelle("account", "remove", "ada")
    assert not (ada.data / "replicas").exists() or not list((ada.data / "replicas").iterdir())


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.skipif(bool(left_out()), reason=left_out())
def test_an_account_is_added_kept_in_step_and_started_at_each_login(server: Server, tmp_path: Path) -> None:
    ada = Machine(tmp_path / "accounts")
    with windows():
        login = ("--login", ADA.login, "--password-stdin", "--zone", "Europe/Berlin")
        ada.passerelle("account", "add", server.url, *login, typed=f"{ADA.password}\n")
        assert "changes; " in ada.passerelle("sync")
        watch = ("-m", "passerelle", "sync", "--watch", "--data", windows_path(ada.data))
        log = ("--log", windows_path(ada.data / "watch.log"))
        with python(*watch, *log, program="pythonw.exe"):
            eventually(lambda: "Watching." in ada.log(), "it watches", patience_s=TIMEOUT_S)
            ada.passerelle("add", "task", "From Windows")
            eventually(lambda: "From Windows" in server.exported(ADA, "Tasks"), "it is sent", patience_s=TIMEOUT_S)
            assert "kept so" in ada.passerelle("status")
        assert "when you log in" in ada.passerelle("service", "install")
        assert "when you log in" in ada.passerelle("service", "status")
        ada.passerelle("service", "remove")
        assert "No service" in ada.passerelle("service", "status")
        ada.passerelle("account", "remove", "ada", "--yes")
