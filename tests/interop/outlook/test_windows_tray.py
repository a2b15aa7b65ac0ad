"""The icon on Windows, as far as Wine is one: on a taskbar that nobody sees, used with a mouse."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from passerelle.desktop.service.run_key import RUN
from passerelle.model.errors import Unreachable
from tests.interop.outlook.screen import Screen, desktop, screen
from tests.interop.outlook.wine import TIMEOUT_S, left_out, python, windows, windows_path
from tests.support.commands import Server, User, passerelle
from tests.support.waiting import eventually

ADA = User("ada", "Ada Byron", "ada@example.org", "difference engine")
MISSING = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
LEFT_OUT = left_out() or (f"needs {', '.join(MISSING)} (Debian: xvfb, xdotool)" if MISSING else "")

SYNC, PAUSE, DISABLE = -8, -7, -6
ENABLE = -6
"""Lines of an account's menu, from below."""
REMOVE = -1


LOGIN = rf"""
import subprocess, winreg
from concurrent.futures import ThreadPoolExecutor, as_completed

with winreg.OpenKey(winreg.HKEY_CURRENT_USER, r"{RUN}") as run:
    lines = dict(winreg.EnumValue(run, number)[:2] for number in range(winreg.QueryInfoKey(run)[1]))
with ThreadPoolExecutor() as pool:
    ends = {{pool.submit(subprocess.call, line): name for name, line in lines.items()}}
    for end in as_completed(ends):
        print(ends[end].partition(" ")[2] or "daemon", end.result(), flush=True)
"""
"""Does what Windows does at login, and prints the name and exit code of what ends."""


class Machine:
    """Ada's Windows, with a screen."""

    def __init__(self, data: Path, shown: Screen) -> None:
        self.data = data
        self.screen = shown

    def passerelle(self, *words: str, typed: str = "", code: int = 0) -> str:
        """What a command says; it ends as is expected."""
        words = ("-m", "passerelle", *words, "--data", windows_path(self.data))
        with python(*words, stdin=subprocess.PIPE, display=self.screen.name) as process:
            said, _ = process.communicate(typed, timeout=TIMEOUT_S)
        assert process.returncode == code, said
        return said

    @contextmanager
    def icon(self) -> Iterator[subprocess.Popen[str]]:
        """The icon, started as at login: without a window."""
        words = ("-m", "passerelle", "tray", "--data", windows_path(self.data))
        with python(*words, program="pythonw.exe", display=self.screen.name) as process:
            yield process

    @contextmanager
    def daemon(self) -> Iterator[None]:
        """What keeps the account in step."""
        log = windows_path(self.data / "watch.log")
        words = ("-m", "passerelle", "sync", "--watch", "--data", windows_path(self.data), "--log", log)
        with python(*words, program="pythonw.exe", display=self.screen.name):
            yield

    @contextmanager
    def logged_in(self) -> Iterator[subprocess.Popen[str]]:
        """All that `service install` has started at login."""
        self.passerelle("service", "install")
        try:
            with python("-c", LOGIN, display=self.screen.name) as process:
                yield process
        finally:
            self.passerelle("service", "remove")

    def choose(self, line: int, keep: str) -> None:
        """Choose a line of the account's menu."""
        menu = self.screen.opened(f"{keep}-menu")
        self.screen.choose(self.screen.opened_below(menu, 0, f"{keep}-account"), line)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "server", zone="Europe/Berlin")
    server.add_user(ADA)
    with server:
        yield server


@pytest.fixture
def machine(server: Server, tmp_path: Path) -> Iterator[Machine]:
    """With ada's account, and nothing that keeps it in step."""
    with windows(), screen(tmp_path) as shown, desktop(shown):
        ada = Machine(tmp_path / "accounts", shown)
        login = ("--login", ADA.login, "--password-stdin", "--zone", "Europe/Berlin", "--name", "Ada & Co")
        ada.passerelle("account", "add", server.url, *login, typed=f"{ADA.password}\n")
        yield ada


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.skipif(bool(LEFT_OUT), reason=LEFT_OUT)
def test_the_icon_shows_how_an_account_fares_and_its_menu_does_what_it_says(server: Server, machine: Machine) -> None:
    shown = machine.screen
    with machine.icon() as icon:
        shown.shows("grey")
        shown.tip("1-no-daemon-tip")
        with machine.daemon():
            shown.shows("blue")
            shown.tip("2-in-step-tip")
            machine.choose(PAUSE, "3-pause")
            shown.shows("grey")
            machine.passerelle("add", "task", "Order paper")
            assert "Order paper" not in server.exported(ADA, "Tasks")
            machine.choose(SYNC, "4-sync")
            eventually(lambda: "Order paper" in server.exported(ADA, "Tasks"), "it is sent", patience_s=TIMEOUT_S)
            assert "aused" in machine.passerelle("status")
            machine.choose(PAUSE, "5-go-on")
            shown.shows("blue")
            machine.choose(DISABLE, "6-disable")
            shown.shows("grey")
            machine.choose(ENABLE, "7-enable")
            shown.shows("blue")
        menu = shown.opened("8-right-button", button=3)
        assert len(menu.lines) == 5
        shown.choose(menu, REMOVE)
        assert icon.wait(TIMEOUT_S) == 0
        shown.shows("none")


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.skipif(bool(LEFT_OUT), reason=LEFT_OUT)
def test_the_icon_of_each_login_speaks_german_is_there_once_and_warns_and_its_open_menu_outlives_news(
    server: Server, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PASSERELLE_LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    shown = machine.screen
    with machine.logged_in() as login:
        shown.shows("blue")
        shown.tip("1-tip")
        assert "wird schon gezeigt" in machine.passerelle("tray", code=Unreachable.exit_code)
        below = shown.opened_below(shown.opened("2-menu"), 0, "3-account")
        machine.passerelle("add", "task", "Order paper")
        eventually(lambda: "Order paper" in server.exported(ADA, "Tasks"), "it is sent", patience_s=TIMEOUT_S)
        shown.choose(below, PAUSE)
        shown.shows("grey")
        passerelle(
            "server", "user", "password", ADA.login, "--password-stdin", data=server.data, stdin="new secret 1\n"
        )
        machine.choose(PAUSE, "4-go-on")
        shown.shows("orange")
        shown.balloon("5-warning")
        shown.choose(shown.opened("6-menu"), REMOVE)
        assert login.stdout is not None
        assert login.stdout.readline() == "icon 0\n"
        shown.shows("none")
    assert (machine.data / "tray.log").read_text().count("\n") == 1, "what it warned of, and nothing else"
