"""The icon on a real session bus, used as a panel uses it, with a daemon and a server of ours behind it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jeepney import DBusAddress, HeaderFields, MessageType, new_method_call, new_method_return
from jeepney.io.blocking import open_dbus_connection

from passerelle.sync.accounts.locks import Busy
from tests.support.commands import PROGRAM, Server, User, passerelle
from tests.support.ox.client import OxUser
from tests.support.waiting import eventually

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("dbus-daemon") is None, reason="needs dbus-daemon (Debian: dbus)"
)

ADA = User(login="ada", name="Ada Lovelace", email="ada@example.org", password="engine no. 1")


class Panel:
    """A panel that takes icons, for one icon: it reads what the icon shows, and clicks in its menu."""

    def __init__(self, address: str) -> None:
        self._line = open_dbus_connection(address)
        self._line.bus_proxy.RequestName("org.kde.StatusNotifierWatcher")
        self.icon = ""

    def close(self) -> None:
        self._line.close()

    def take_icon(self) -> None:
        """Wait for an icon that registers."""
        while not self.icon:
            message = self._line.receive(timeout=30)
            if message.header.message_type is MessageType.method_call:
                assert message.header.fields[HeaderFields.member] == "RegisterStatusNotifierItem"
                self.icon = message.body[0]
                self._line.send(new_method_return(message))

    def shows(self, name: str) -> Any:
        """A property of the icon."""
        answer = self._call(
            "/StatusNotifierItem", "org.freedesktop.DBus.Properties", "Get", "ss", "org.kde.StatusNotifierItem", name
        )
        return answer[0][1]

    def menu(self) -> dict[str, int]:
        """The numbers of all entries, by their labels; those of an account begin with its name."""
        _revision, root = self._call("/MenuBar", "com.canonical.dbusmenu", "GetLayout", "iias", 0, -1, [])
        return dict(_labelled(root, ""))

    def click(self, label: str) -> None:
        """Click on an entry of the menu as it is now."""
        number = self.menu()[label]
        self._call("/MenuBar", "com.canonical.dbusmenu", "Event", "isvu", number, "clicked", ("i", 0), 0)

    def _call(self, path: str, interface: str, method: str, signature: str, *arguments: object) -> Any:
        message = new_method_call(DBusAddress(path, self.icon, interface), method, signature, arguments)
        answer = self._line.send_and_get_reply(message, timeout=30)
        assert answer.header.message_type is MessageType.method_return, answer
        return answer.body


def _labelled(entry: Any, prefix: str) -> Iterator[tuple[str, int]]:
    number, properties, children = entry
    label = properties.get("label", ("s", ""))[1]
    if label:
        yield prefix + label, number
    for _, child in children:
        yield from _labelled(child, f"{label.partition(':')[0]}/" if label else "")


@contextmanager
def running(*words: str | Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([*map(str, words)], env={**os.environ, **environment}, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


@pytest.fixture
def bus() -> Iterator[str]:
    """The address of a session bus."""
    with running("dbus-daemon", "--session", "--nofork", "--print-address=1") as process:
        assert process.stdout is not None
        yield process.stdout.readline().decode().strip()


@pytest.fixture
def panel(bus: str) -> Iterator[Panel]:
    made = Panel(bus)
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("organisation"), zone="Europe/Paris")
    made.add_user(ADA)
    with made:
        yield made


def test_the_icon_shows_how_accounts_fare_and_its_menu_does_what_it_says(
    tmp_path: Path, server: Server, bus: str, panel: Panel
) -> None:
    data = tmp_path / "accounts"
    login = ("--login", ADA.login, "--password-stdin")
    passerelle("account", "add", server.url, *login, data=data, stdin=ADA.password + "\n")
    surroundings = {"DBUS_SESSION_BUS_ADDRESS": bus, "PASSERELLE_LANGUAGE": "en"}
    with running(PROGRAM, "tray", "--data", data, **surroundings) as tray:
        panel.take_icon()
        with running(PROGRAM, "tray", "--data", data, **surroundings) as second:
            assert second.wait(timeout=30) == Busy.exit_code
        eventually(lambda: "service install" in panel.shows("ToolTip")[3], "the icon says that no daemon runs")
        with running(PROGRAM, "sync", "--watch", "--data", data, **surroundings):
            eventually(lambda: panel.shows("ToolTip")[3] == "In step", "the account in step", patience_s=60)
            assert panel.shows("Status") == "Active"
            assert "ada: in step" in panel.menu()

            panel.click("ada/Pause")
            eventually(lambda: panel.shows("ToolTip")[3] == "Paused", "the account paused")
            passerelle("add", "task", "Order paper", data=data)
            tasks = OxUser(server.url, ADA).default("task")
            assert tasks.live() == []
            panel.click("ada/Synchronise now")
            eventually(tasks.live, "the task on the server, although the account is paused", patience_s=40)
            panel.click("ada/Go on")
            eventually(lambda: "ada/Pause" in panel.menu(), "the account goes on")

            panel.click("ada/Disable")
            eventually(lambda: "ada: disabled" in panel.menu(), "the account disabled")
            panel.click("ada/Enable")
            eventually(lambda: "ada: in step" in panel.menu(), "the account enabled", patience_s=60)
        panel.close()
        another = Panel(bus)  # as when the panel was restarted
        another.take_icon()
        another.click("Remove this icon; accounts stay in step")
        assert tray.wait(timeout=30) == 0
        another.close()
